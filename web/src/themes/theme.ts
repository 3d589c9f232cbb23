/** A colour as `#rrggbb`, lower case, opaque: contrast can only be promised for colours that hide what is behind them. */
export type Colour = `#${string}`;

/** Version of the theme format; an imported theme of a newer one is refused [U78]. */
export const THEME_VERSION = 1;

/** Colours of surfaces, text and state; every one becomes a CSS variable [U74]. */
export type ThemeTokens = {
  bg: Colour;
  bgRaised: Colour;
  bgSunken: Colour;
  bgOverlay: Colour;
  /** Decorative separators; never the only mark of anything. */
  line: Colour;
  /** Borders of controls: at least 3:1 on every surface. */
  lineStrong: Colour;
  text: Colour;
  textMuted: Colour;
  /** Hints and units: at least 4.5:1 on every surface. */
  textFaint: Colour;
  accent: Colour;
  /** Text on a filled accent. */
  accentText: Colour;
  focus: Colour;
  ok: Colour;
  info: Colour;
  warn: Colour;
  crit: Colour;
  stale: Colour;
  unknown: Colour;
  selection: Colour;
};

/** The terminal's colours: ANSI 0..15 in order, plus what the terminal itself draws. */
type TerminalPalette = {
  foreground: Colour;
  background: Colour;
  cursor: Colour;
  /** The character under a block cursor. */
  cursorText: Colour;
  selection: Colour;
  selectionInactive: Colour;
  searchMatch: Colour;
  searchActive: Colour;
  ansi: readonly [
    black: Colour,
    red: Colour,
    green: Colour,
    yellow: Colour,
    blue: Colour,
    magenta: Colour,
    cyan: Colour,
    white: Colour,
    brightBlack: Colour,
    brightRed: Colour,
    brightGreen: Colour,
    brightYellow: Colour,
    brightBlue: Colour,
    brightMagenta: Colour,
    brightCyan: Colour,
    brightWhite: Colour,
  ];
};

/** Colours of charts; series differ in lightness as well, and the charts add dashes and markers [U75]. */
export type ChartPalette = {
  series: readonly [Colour, Colour, Colour, Colour, Colour, Colour, Colour, Colour];
  grid: Colour;
  threshold: Colour;
};

/** Colours of the rule groups that mark words in the terminal's output [U58]. */
type HighlightPalette = {
  interface: Colour;
  address: Colour;
  mac: Colour;
  up: Colour;
  down: Colour;
  adminDown: Colour;
  errors: Colour;
  severity: Colour;
  percent: Colour;
  configMode: Colour;
};

/** Screen effects, each 0 (off) to 1; drawn by static CSS, never animated [U76]. */
type ThemeEffects = { scanlines: number; glow: number; curvature: number };

/** A theme is data: the same tokens drive CSS variables, the terminal's palette and the charts [U74]. */
export type Theme = {
  id: string;
  name: string;
  version: typeof THEME_VERSION;
  /** For the browser's own controls and scroll bars. */
  scheme: "dark" | "light";
  /** One hue for everything: state then differs in lightness, shape and word only [U75]. */
  singleHue: boolean;
  tokens: ThemeTokens;
  terminal: TerminalPalette;
  chart: ChartPalette;
  highlight: HighlightPalette;
  effects: ThemeEffects;
};
