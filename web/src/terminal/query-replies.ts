import type { IDisposable, IModes, IParser } from "@xterm/xterm";
import { deviceTitle } from "./device-text.ts";

/** What the answers are made from, and where they go. */
export type QueryContext = {
  /** Cursor of the active screen, both from 1. */
  cursor(): { row: number; column: number };
  modes(): IModes;
  alternateScreen(): boolean;
  /** Sends an answer; the caller mutes and counts [S82] [S83]. */
  reply(text: string): void;
  /** A title of the device, already escaped and cut [S86]. */
  title(text: string): void;
  /** What the device wants on the clipboard, or asks of it: the text of OSC 52 as it came [S85]. */
  clipboard(data: string): void;
  /** Shell integration marks of OSC 133: A prompt begins, B it ends, C output begins, D command done [U103]. */
  promptMark(mark: string): void;
};

/** Colours that a device may neither read nor change [S81] [S88]. */
const COLOUR_OSCS = [4, 5, 10, 11, 12, 13, 14, 17, 19, 104, 105, 110, 111, 112, 117, 119];

const first = (params: readonly (number | number[])[]): number => (typeof params[0] === "number" ? params[0] : 0);

/** State of a mode for DECRQM: 0 unknown, 1 set, 2 reset, 3 always set, 4 never (DEC STD 070). */
function privateModeState(mode: number, context: QueryContext): number {
  const modes = context.modes();
  const state = (on: boolean) => (on ? 1 : 2);
  const tracking = modes.mouseTrackingMode;
  switch (mode) {
    case 1:
      return state(modes.applicationCursorKeysMode);
    case 6:
      return state(modes.originMode);
    case 7:
      return state(modes.wraparoundMode);
    case 45:
      return state(modes.reverseWraparoundMode);
    case 66:
      return state(modes.applicationKeypadMode);
    case 9:
      return state(tracking === "x10");
    case 1000:
      return state(tracking === "vt200");
    case 1002:
      return state(tracking === "drag");
    case 1003:
      return state(tracking === "any");
    case 1004:
      return state(modes.sendFocusMode);
    case 47:
    case 1047:
    case 1049:
      return state(context.alternateScreen());
    case 2004:
      return state(modes.bracketedPasteMode);
    case 2026:
      return state(modes.synchronizedOutputMode);
    default:
      return 0;
  }
}

/**
 * Puts our handlers before the terminal's own for every sequence that asks for an answer or reaches outside the
 * screen: only DA1, DSR 5, DSR 6 and DECRQM are answered, the rest is silent [S81] [S85] [S88].
 */
export function registerQueryReplies(parser: IParser, context: QueryContext): IDisposable[] {
  const silent = () => true;
  const position = (prefix: string) => {
    const { row, column } = context.cursor();
    context.reply(`\x1b[${prefix}${row};${column}R`);
  };
  const setTitle = (text: string) => {
    context.title(deviceTitle(text));
    return true;
  };
  return [
    parser.registerCsiHandler({ final: "c" }, (params) => {
      if (first(params) === 0) context.reply("\x1b[?1;2c");
      return true;
    }),
    parser.registerCsiHandler({ prefix: ">", final: "c" }, silent),
    parser.registerCsiHandler({ prefix: "=", final: "c" }, silent),
    parser.registerCsiHandler({ final: "n" }, (params) => {
      if (first(params) === 5) context.reply("\x1b[0n");
      else if (first(params) === 6) position("");
      return true;
    }),
    parser.registerCsiHandler({ prefix: "?", final: "n" }, (params) => {
      if (first(params) === 6) position("?");
      return true;
    }),
    parser.registerCsiHandler({ intermediates: "$", final: "p" }, (params) => {
      const mode = first(params);
      const state = mode === 4 ? (context.modes().insertMode ? 1 : 2) : 0;
      context.reply(`\x1b[${mode};${state}$y`);
      return true;
    }),
    parser.registerCsiHandler({ prefix: "?", intermediates: "$", final: "p" }, (params) => {
      const mode = first(params);
      context.reply(`\x1b[?${mode};${privateModeState(mode, context)}$y`);
      return true;
    }),
    parser.registerDcsHandler({ intermediates: "$", final: "q" }, silent),
    parser.registerCsiHandler({ final: "t" }, silent),
    ...COLOUR_OSCS.map((id) => parser.registerOscHandler(id, silent)),
    parser.registerOscHandler(52, (data) => {
      context.clipboard(data);
      return true;
    }),
    parser.registerOscHandler(0, setTitle),
    parser.registerOscHandler(1, silent),
    parser.registerOscHandler(2, setTitle),
    parser.registerOscHandler(133, (data) => {
      context.promptMark(data.slice(0, 1));
      return true;
    }),
  ];
}
