import type { ReactNode } from "react";
import type { ErrorPayload } from "#bridge/types.ts";
import { Callout } from "../primitives/callout.tsx";
import type { Tone } from "../primitives/chip.tsx";
import { ErrorNote } from "./error-note.tsx";

type ErrorNoticeProps = {
  /** What did not happen. */
  title: string;
  /** Undefined: nothing went wrong, and nothing is shown. */
  error: ErrorPayload | undefined;
  tone?: Tone;
  /** What the refusal itself does not know, such as what was done before it. */
  children?: ReactNode;
};

/** A refusal that a person must not miss: what did not happen, why, and what to do [S98]. */
export function ErrorNotice({ title, error, tone = "crit", children }: ErrorNoticeProps) {
  if (error === undefined) return null;
  return (
    <Callout title={title} tone={tone} urgent>
      {children === undefined ? null : <p>{children}</p>}
      <ErrorNote error={error} kept={children === undefined} />
    </Callout>
  );
}
