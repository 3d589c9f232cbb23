import type { Theme, ThemeTokens } from "./theme.ts";

/** Name of a CSS variable that comes from a theme. */
export type ThemeVariable = `--rs-${string}`;

/** `bgRaised` becomes `bg-raised`. */
function dashed(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

/** The theme as CSS variables, to be set on one element in one go so that everything changes in the same frame [U74]. */
export function cssVariables(theme: Theme): Record<ThemeVariable, string> {
  const variables: Record<ThemeVariable, string> = {};
  for (const name of Object.keys(theme.tokens) as (keyof ThemeTokens)[]) {
    variables[`--rs-${dashed(name)}`] = theme.tokens[name];
  }
  theme.chart.series.forEach((colour, index) => {
    variables[`--rs-chart-${index + 1}`] = colour;
  });
  variables["--rs-chart-grid"] = theme.chart.grid;
  variables["--rs-chart-threshold"] = theme.chart.threshold;
  variables["--rs-term-bg"] = theme.terminal.background;
  variables["--rs-term-fg"] = theme.terminal.foreground;
  for (const [name, colour] of Object.entries(theme.highlight)) variables[`--rs-hl-${dashed(name)}`] = colour;
  for (const [name, strength] of Object.entries(theme.effects)) variables[`--rs-fx-${dashed(name)}`] = String(strength);
  return variables;
}
