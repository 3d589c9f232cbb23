import type { Answer } from "../collector/events.ts";
import type { PortGap, PortPanel } from "./questions.ts";

/** What one command of a lookup said; `command` is its id in the pack, the text that was sent is in `source`. */
export type LookupAnswer = Omit<Answer, "table" | "ticket"> & { command: string };

/** Everything that was asked of one port for its card, and what could not be asked [T88]. */
export type PortDetails = { answers: readonly (LookupAnswer & { panel: PortPanel })[]; gaps: readonly PortGap[] };
