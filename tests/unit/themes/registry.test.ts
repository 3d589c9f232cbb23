import { describe, expect, it } from "vitest";
import { parseColour } from "#themes/colour.ts";
import { cssVariables } from "#themes/css-variables.ts";
import { dark } from "#themes/dark.ts";
import { themeById, themes } from "#themes/registry.ts";
import { THEME_VERSION } from "#themes/theme.ts";

/** Every string of a theme that stands where a colour must stand. */
function colours(value: unknown): string[] {
  if (typeof value === "string") return [value];
  if (Array.isArray(value)) return value.flatMap(colours);
  if (value !== null && typeof value === "object") return Object.values(value).flatMap(colours);
  return [];
}

describe("themes", () => {
  it("[U74] ships crt-amber, crt-green, dark and light, each id once", () => {
    expect(themes.map((theme) => theme.id).sort()).toEqual(["crt-amber", "crt-green", "dark", "light"]);
  });
  it("an unknown id falls back to dark", () => {
    expect(themeById("user.somebody-elses")).toBe(dark);
    expect(themeById("crt-green").id).toBe("crt-green");
  });
  it.each(themes.map((theme) => [theme.id, theme] as const))(
    "[U74] %s is complete and holds only #rrggbb",
    (_, theme) => {
      expect(theme.version).toBe(THEME_VERSION);
      expect(theme.name).not.toBe("");
      const { tokens, terminal, chart, highlight } = theme;
      for (const colour of colours({ tokens, terminal, chart, highlight })) {
        expect(parseColour(colour), colour).toBeDefined();
        expect(colour).toBe(colour.toLowerCase());
      }
      expect(terminal.ansi).toHaveLength(16);
      expect(chart.series).toHaveLength(8);
      for (const [group, keys] of [
        [tokens, Object.keys(dark.tokens)],
        [highlight, Object.keys(dark.highlight)],
      ] as const) {
        expect(Object.keys(group).sort()).toEqual([...keys].sort());
      }
      for (const strength of Object.values(theme.effects)) {
        expect(strength).toBeGreaterThanOrEqual(0);
        expect(strength).toBeLessThanOrEqual(1);
      }
    },
  );
});

describe("CSS variables", () => {
  it("[U74] every theme sets the same names, among them those that style sheets rely on", () => {
    const names = (id: string) => Object.keys(cssVariables(themeById(id))).sort();
    for (const theme of themes) expect(names(theme.id)).toEqual(names("dark"));
    const wanted =
      "bg bg-raised bg-sunken bg-overlay line line-strong text text-muted text-faint accent accent-text focus";
    const states = "ok info warn crit stale unknown selection chart-grid chart-threshold chart-1 chart-8 term-bg";
    for (const name of `${wanted} ${states}`.split(" ")) expect(names("dark")).toContain(`--rs-${name}`);
  });
  it("carries the theme's own values", () => {
    expect(cssVariables(dark)["--rs-bg-raised"]).toBe(dark.tokens.bgRaised);
    expect(cssVariables(dark)["--rs-chart-3"]).toBe(dark.chart.series[2]);
  });
});
