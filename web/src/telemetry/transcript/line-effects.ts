import type { Capture } from "./capture.ts";
import type { TailRules } from "./tail.ts";
import type { Write } from "./writer.ts";

/** What a line does or found out. */
export type LineEffect =
  | { type: "write"; write: Write }
  | { type: "ready" }
  | { type: "captured"; capture: Capture }
  /** A command that was given up kept the line this long; what came was discarded, and counts as cost [T44]. */
  | { type: "drained"; ms: number }
  | { type: "async"; lines: string[] }
  | { type: "close"; reason: string }
  | { type: "ended"; reason: "needs_user" | "prompt"; text: string };

/** Where the line is: only in `ready` may a command begin. */
export type LinePhase = "waiting" | "learning" | "setup" | "ready" | "running" | "paged" | "draining" | "dead";

/** What the line needs to know about the device. */
export type LineRules = TailRules & { logLine?: RegExp };
