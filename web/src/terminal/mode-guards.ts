import type { IBufferNamespace, IDisposable } from "@xterm/xterm";
import { type CoreParams, coreOf } from "./emulator-core.ts";

/** Mouse tracking, its encodings, and focus reports: gated together [S84]. */
const REPORT_MODES = new Set([9, 1000, 1001, 1002, 1003, 1004, 1005, 1006, 1015, 1016]);
/** No mode has this number: what asks for it asks for nothing. */
const NO_MODE = 0;
const CONCEAL = 8;
const REVEAL = 28;
/** Colours written with semicolons: after 38, 48 or 58 the kind, and how many parameters belong to it. */
const COLOUR_STARTS = new Set([38, 48, 58]);
const COLOUR_LENGTHS: Readonly<Record<number, number>> = { 5: 2, 2: 4 };

/** Takes mouse and focus reports out of what a sequence turns on, and leaves the rest of it. */
function withoutReports({ params, length }: CoreParams): void {
  for (let at = 0; at < length; at++) {
    if (REPORT_MODES.has(params[at] ?? NO_MODE)) params[at] = NO_MODE;
  }
}

/** How many parameters after `at` belong to the colour that begins there; none where it is not written in full. */
function colourLength(all: CoreParams, at: number): number | undefined {
  const length = COLOUR_LENGTHS[all.params[at + 1] ?? 0];
  if (length === undefined || at + length >= all.length) return undefined;
  for (let next = at + 1; next <= at + length; next++) {
    if (all.hasSubParams(next)) return undefined;
  }
  return length;
}

/**
 * Text that a device conceals is shown: what is on the screen, and what is copied from it, is what a person sees [S88].
 * Emulators differ in how much of a sequence a broken colour takes with it, so that an 8 after it may be a colour for
 * one and a command for the other: from a broken colour on, the sequence says nothing.
 */
function withoutConceal(all: CoreParams): void {
  for (let at = 0; at < all.length; at++) {
    if (all.params[at] === CONCEAL) all.params[at] = REVEAL;
    if (!COLOUR_STARTS.has(all.params[at] ?? 0) || all.hasSubParams(at)) continue;
    const length = colourLength(all, at);
    if (length === undefined) {
      all.params.fill(REVEAL, at, all.length);
      return;
    }
    at += length;
  }
}

/** Turns mouse and focus reports off, as if the device had done it [S82]. */
export function clearReports(terminal: object): void {
  const core = coreOf(terminal);
  core.coreMouseService.activeProtocol = "NONE";
  core.coreService.decPrivateModes.sendFocus = false;
}

/**
 * Keeps modes of the device within what is allowed: reports only while `reportsAllowed`, so that they are off after a
 * replay and after the alternate screen, whatever was left on [S82] [S84]; and no concealed text [S88].
 */
export function guardModes(
  terminal: { readonly buffer: Pick<IBufferNamespace, "onBufferChange"> },
  reportsAllowed: () => boolean,
): IDisposable[] {
  const core = coreOf(terminal);
  return [
    core.registerCsiHandler({ prefix: "?", final: "h" }, (params) => {
      if (!reportsAllowed()) withoutReports(params);
      return false;
    }),
    core.registerCsiHandler({ final: "m" }, (params) => {
      withoutConceal(params);
      return false;
    }),
    terminal.buffer.onBufferChange((active) => {
      if (active.type === "normal") clearReports(terminal);
    }),
  ];
}
