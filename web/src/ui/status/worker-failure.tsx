import { bridge } from "#bridge/app-bridge.ts";
import { useView } from "#bridge/hooks.ts";
import { Button } from "../primitives/button.tsx";
import { Dialog } from "../primitives/dialog.tsx";
import { CopyButton } from "../text/copy-button.tsx";

/** Two crashes in a minute stop the app with a report that can be copied [U97]. */
export function WorkerFailure() {
  const worker = useView("worker");
  const report = [
    "Rackside: the worker stopped twice within a minute.",
    `version ${__APP_VERSION__}`,
    `replaced ${worker?.replaced ?? 0} times`,
    worker?.report ?? "no report",
  ].join("\n");
  return (
    <Dialog
      decision
      footer={
        <>
          <CopyButton label="Copy report" text={report} />
          <Button icon="refresh" onClick={() => bridge.restart()} variant="primary">
            Start again
          </Button>
        </>
      }
      icon="error"
      onClose={() => bridge.restart()}
      title="The app’s worker stopped"
      tone="crit"
    >
      <p>
        The part of the app that holds the connections failed twice within a minute, so it was not started a third time.
        Your sessions go on at the proxy for their grace time, and the screens below are kept.
      </p>
      <pre className="rs-report rs-scroll rs-selectable">{report}</pre>
    </Dialog>
  );
}
