import { DRAIN_MS } from "./limits.ts";
import { markerSeen } from "./line-command.ts";
import type { Prompt } from "./prompt.ts";

/** The wait for the late end of a command that was given up: until its marker, or for so long [T44]. */
export class Drain {
  until = 0;
  private marker: string | undefined;

  /** @param marker the command's marker when it was written; without one the prompt alone is the end */
  begin(marker: string | undefined, at: number): void {
    this.until = at + DRAIN_MS;
    this.marker = marker;
  }

  /** The link was away for `ms`. */
  rested(ms: number): void {
    this.until += ms;
  }

  /** The end has come by, as far as the lines tell. */
  isMarked(lines: readonly string[], prompt: Prompt | undefined, logLine: RegExp | undefined): boolean {
    const { marker } = this;
    return marker === undefined || (prompt !== undefined && markerSeen(lines, marker, prompt, logLine));
  }
}
