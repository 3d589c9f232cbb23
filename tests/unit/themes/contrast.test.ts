import { describe, expect, it } from "vitest";
import { contrastRatio, distance, type Sight } from "#themes/colour.ts";
import { themes } from "#themes/registry.ts";
import type { Colour, Theme, ThemeTokens } from "#themes/theme.ts";

const surfaces = (theme: Theme): Colour[] => [
  theme.tokens.bg,
  theme.tokens.bgRaised,
  theme.tokens.bgSunken,
  theme.tokens.bgOverlay,
];
const STATES = ["ok", "info", "warn", "crit", "stale", "unknown"] as const satisfies readonly (keyof ThemeTokens)[];

/** Names of the pairs that miss the ratio, so that a failure says what to mend. */
function misses(pairs: readonly (readonly [name: string, fore: Colour, back: Colour])[], ratio: number): string[] {
  return pairs
    .filter(([, fore, back]) => contrastRatio(fore, back) < ratio)
    .map(([name, fore, back]) => `${name} ${fore} on ${back}: ${contrastRatio(fore, back).toFixed(2)}`);
}
const onSurfaces = (theme: Theme, names: readonly (keyof ThemeTokens)[]) =>
  names.flatMap((name) => surfaces(theme).map((back) => [name, theme.tokens[name], back] as const));

describe("contrast ratio", () => {
  it("is 21 for black on white, 1 for a colour on itself, and 0 for no colour", () => {
    expect(contrastRatio("#000000", "#ffffff")).toBeCloseTo(21, 5);
    expect(contrastRatio("#777777", "#777777")).toBe(1);
    expect(contrastRatio("#12", "#ffffff")).toBe(0);
  });
  it("agrees with the published value for #767676 on white", () => {
    expect(contrastRatio("#767676", "#ffffff")).toBeCloseTo(4.54, 2);
  });
});

describe.each(themes.map((theme) => [theme.id, theme] as const))("theme %s", (_id, theme) => {
  it("[U74] text and muted text have at least 7:1 on every surface", () => {
    expect(misses(onSurfaces(theme, ["text", "textMuted"]), 7)).toEqual([]);
  });
  it("[U74] faint text, accent and state have at least 4.5:1 on every surface", () => {
    expect(misses(onSurfaces(theme, ["textFaint", "accent", "ok", "info", "warn", "crit"]), 4.5)).toEqual([]);
  });
  it("stale, unknown, borders and focus have at least 3:1 on every surface [U88]", () => {
    expect(misses(onSurfaces(theme, ["stale", "unknown", "lineStrong", "focus"]), 3)).toEqual([]);
  });
  it("text on a filled accent and on a selection stays readable", () => {
    expect(misses([["accentText", theme.tokens.accentText, theme.tokens.accent]], 7)).toEqual([]);
    expect(misses([["text", theme.tokens.text, theme.tokens.selection]], 4.5)).toEqual([]);
  });
  it("[U74] terminal text has at least 7:1, selected and found text 4.5:1", () => {
    const { foreground, background, selection, searchMatch, cursor, cursorText } = theme.terminal;
    expect(misses([["foreground", foreground, background]], 7)).toEqual([]);
    expect(misses([["foreground", foreground, selection]], 4.5)).toEqual([]);
    expect(misses([["foreground", foreground, searchMatch]], 4.5)).toEqual([]);
    expect(misses([["cursorText", cursorText, cursor]], 4.5)).toEqual([]);
  });
  it("[U77] every terminal colour but black has at least 4.5:1 on the terminal's background", () => {
    const pairs = theme.terminal.ansi
      .map((colour, index) => [`ansi ${index}`, colour, theme.terminal.background] as const)
      .filter((_, index) => index !== 0);
    expect(misses(pairs, 4.5)).toEqual([]);
  });
  it("chart series have at least 3:1 on the surfaces that charts stand on", () => {
    const pairs = theme.chart.series.flatMap((colour, index) =>
      [theme.tokens.bg, theme.tokens.bgRaised].map((back) => [`series ${index + 1}`, colour, back] as const),
    );
    expect(misses(pairs, 3)).toEqual([]);
  });
  it("[U58] highlight colours have at least 4.5:1 on the terminal's background", () => {
    const pairs = Object.entries(theme.highlight).map(([name, c]) => [name, c, theme.terminal.background] as const);
    expect(misses(pairs, 4.5)).toEqual([]);
  });
  it.each<Sight>(["normal", "protan", "deutan", "tritan"])("[U75] ok, warn and crit differ for %s sight", (sight) => {
    const { ok, warn, crit } = theme.tokens;
    for (const [a, b] of [
      [ok, warn],
      [ok, crit],
      [warn, crit],
    ] as const) {
      expect(distance(a, b, sight)).toBeGreaterThan(0.07);
    }
  });
});

describe.each(themes.filter((theme) => theme.singleHue).map((theme) => [theme.id, theme] as const))(
  "single-hue theme %s",
  (_id, theme) => {
    it("[U75] all six states differ in lightness alone", () => {
      const all = STATES.map((name) => theme.tokens[name]);
      for (const [i, a] of all.entries()) {
        for (const b of all.slice(i + 1)) expect(distance(a, b, "achromat")).toBeGreaterThan(0.035);
      }
    });
    it("[U75] crit is the brightest and unknown the dimmest of the states", () => {
      const ratios = STATES.map((name) => contrastRatio(theme.tokens[name], theme.tokens.bg));
      expect(Math.max(...ratios)).toBe(ratios[STATES.indexOf("crit")]);
      expect(Math.min(...ratios)).toBe(ratios[STATES.indexOf("unknown")]);
    });
  },
);
