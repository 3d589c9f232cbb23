import * as limits from "./limits.ts";
import { isConfigPrompt, learnPrompt, type Prompt } from "./prompt.ts";

/** A host may be renamed while the line is on it: a line feed finds out, at most once an hour [T37]. */
export class RenameWatch {
  private askedAt: number | undefined;
  /** The unknown last line that a line feed was sent for while nothing ran. */
  private tail: string | undefined;

  /** True when a line feed may be sent now; it counts as sent. */
  mayAsk(at: number): boolean {
    if (this.askedAt !== undefined && at - this.askedAt < limits.RENAME_EVERY_MS) return false;
    this.askedAt = at;
    return true;
  }

  /** An unknown last line while nothing runs: the new prompt, or what to do about it. */
  idle(tail: string, at: number): Prompt | "ask" | "lost" {
    const before = this.tail;
    this.tail = undefined;
    if (before !== undefined) return (!isConfigPrompt(tail) && learnPrompt(before, tail)) || "lost";
    if (!this.mayAsk(at)) return "lost";
    this.tail = tail;
    return "ask";
  }

  /** The line is at its prompt. */
  settled(): void {
    this.tail = undefined;
  }
}
