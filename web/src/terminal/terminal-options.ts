import type { ITerminalInitOnlyOptions, ITerminalOptions } from "@xterm/xterm";
import type { Theme } from "#themes/theme.ts";
import { WORD_SEPARATORS } from "./copy-text.ts";
import { TERMINAL_FONT_STACK } from "./font-ready.ts";
import { xtermTheme } from "./xterm-theme.ts";

/** Lines kept above the screen [U56]. */
const SCROLLBACK_TOUCH = 5_000;
const SCROLLBACK_DESKTOP = 10_000;
/** Text size in CSS pixels [U36]. */
const FONT_MIN_PX = 10;
const FONT_MAX_PX = 32;
export const FONT_DEFAULT_PX = 15;

/** A text size within what the terminal draws well. */
export function clampFontSize(px: number): number {
  return Number.isFinite(px) ? Math.max(FONT_MIN_PX, Math.min(FONT_MAX_PX, Math.round(px))) : FONT_DEFAULT_PX;
}

/** Options of a new terminal. */
export function terminalOptions(
  theme: Theme,
  fontSize: number,
  touch: boolean,
): ITerminalOptions & ITerminalInitOnlyOptions {
  return {
    allowProposedApi: true,
    cols: 80,
    rows: 24,
    // Reports of the terminal are off until the device's profile allows them; our own field reads the keyboard [S84].
    disableStdin: true,
    scrollback: touch ? SCROLLBACK_TOUCH : SCROLLBACK_DESKTOP,
    fontFamily: TERMINAL_FONT_STACK,
    fontSize,
    fontWeight: 400,
    fontWeightBold: 600,
    lineHeight: 1.15,
    customGlyphs: true,
    rescaleOverlappingGlyphs: true,
    cursorBlink: false,
    cursorStyle: "block",
    cursorInactiveStyle: "outline",
    minimumContrastRatio: 4.5,
    // Bold black is what many programs use for grey; as plain black it would have to be lifted to a foreign hue.
    drawBoldTextInBrightColors: true,
    scrollOnUserInput: false,
    wordSeparator: WORD_SEPARATORS,
    theme: xtermTheme(theme),
    logLevel: "error",
    windowOptions: {},
  };
}
