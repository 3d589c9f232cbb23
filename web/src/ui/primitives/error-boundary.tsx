import { Component, type ErrorInfo, type ReactNode } from "react";
import { CopyButton } from "../text/copy-button.tsx";
import { Button } from "./button.tsx";
import { Callout } from "./callout.tsx";

type Props = { what: string; children: ReactNode };
type State = { failure?: string | undefined };

/** Keeps a fault of one part of the page in that part: says so, offers the report and another try [U99]. */
export class ErrorBoundary extends Component<Props, State> {
  override state: State = {};

  static getDerivedStateFromError(error: unknown): State {
    return { failure: error instanceof Error ? (error.stack ?? error.message) : String(error) };
  }

  override componentDidCatch(_error: unknown, info: ErrorInfo): void {
    this.setState(({ failure = "" }) => ({ failure: `${failure}\n${info.componentStack ?? ""}` }));
  }

  override render(): ReactNode {
    const { failure } = this.state;
    if (failure === undefined) return this.props.children;
    const report = `Rackside ${__APP_VERSION__}: ${this.props.what}\n${failure}`;
    return (
      <Callout
        actions={
          <>
            <Button icon="refresh" onClick={() => this.setState({ failure: undefined })}>
              Show it again
            </Button>
            <CopyButton label="Copy report" text={report} />
          </>
        }
        icon="error"
        title={`${this.props.what} could not be shown`}
        tone="crit"
      >
        <p>A fault in the app itself. Your sessions go on; everything else on the page keeps working.</p>
      </Callout>
    );
  }
}
