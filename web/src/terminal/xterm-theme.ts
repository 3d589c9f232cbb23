import type { ISearchDecorationOptions } from "@xterm/addon-search";
import type { ITheme } from "@xterm/xterm";
import type { Theme } from "#themes/theme.ts";

/** The theme's terminal colours in the terminal's own words. */
export function xtermTheme(theme: Theme): ITheme {
  const { terminal, tokens } = theme;
  const [black, red, green, yellow, blue, magenta, cyan, white, ...bright] = terminal.ansi;
  const [brightBlack, brightRed, brightGreen, brightYellow, brightBlue, brightMagenta, brightCyan, brightWhite] =
    bright;
  return {
    foreground: terminal.foreground,
    background: terminal.background,
    cursor: terminal.cursor,
    cursorAccent: terminal.cursorText,
    selectionBackground: terminal.selection,
    selectionInactiveBackground: terminal.selectionInactive,
    scrollbarSliderBackground: `${tokens.lineStrong}80`,
    scrollbarSliderHoverBackground: `${tokens.lineStrong}c0`,
    scrollbarSliderActiveBackground: tokens.lineStrong,
    overviewRulerBorder: terminal.background,
    black,
    red,
    green,
    yellow,
    blue,
    magenta,
    cyan,
    white,
    brightBlack,
    brightRed,
    brightGreen,
    brightYellow,
    brightBlue,
    brightMagenta,
    brightCyan,
    brightWhite,
  };
}

/** Colours of found text: fill and border, so that the active match differs by more than hue [U75]. */
export function searchColours(theme: Theme): ISearchDecorationOptions {
  const { searchMatch, searchActive, foreground } = theme.terminal;
  return {
    matchBackground: searchMatch,
    matchOverviewRuler: searchActive,
    activeMatchBackground: searchActive,
    activeMatchBorder: foreground,
    activeMatchColorOverviewRuler: foreground,
  };
}
