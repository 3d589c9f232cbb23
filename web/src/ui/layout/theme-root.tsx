import "./effects.css";
import { type ReactNode, useLayoutEffect } from "react";
import { useViewSelector } from "#bridge/hooks.ts";
import { cssVariables } from "#themes/css-variables.ts";
import { themeById } from "#themes/registry.ts";
import type { Theme } from "#themes/theme.ts";
import { preferences, setPreferences, usePreferences } from "./preferences.ts";

/** Puts a theme's variables on the root element in one go, so that everything changes in the same frame [U74]. */
function paint(theme: Theme): void {
  const root = document.documentElement;
  for (const [name, value] of Object.entries(cssVariables(theme))) root.style.setProperty(name, value);
  root.style.colorScheme = theme.scheme;
  root.style.background = theme.tokens.bg;
  root.dataset.theme = theme.id;
  document.querySelector('meta[name="theme-color"]')?.setAttribute("content", theme.tokens.bg);
}

/** Colours before the worker has answered: those of the last time. */
export function paintLastTheme(): void {
  paint(themeById(preferences().theme));
}

/** The theme in force: the user's, as confirmed by ui_state, else the last one of this tablet. */
export function useTheme(): Theme {
  const { theme } = usePreferences();
  const id = useViewSelector("ui_state", (view) =>
    view === undefined || view.sync === "loading" ? undefined : view.theme,
  );
  return themeById(id ?? theme);
}

/** Applies theme, text size, density and hand to the whole page. */
export function ThemeRoot({ children }: { children: ReactNode }) {
  const theme = useTheme();
  const { textScale, density, hand, effects } = usePreferences();
  useLayoutEffect(() => {
    paint(theme);
    setPreferences({ theme: theme.id });
  }, [theme]);
  useLayoutEffect(() => {
    const root = document.documentElement;
    root.style.setProperty("--fs-scale", String(textScale));
    root.dataset.density = density;
    root.dataset.hand = hand;
    root.dataset.effects = effects ? "on" : "off";
  }, [textScale, density, hand, effects]);
  return (
    <>
      {children}
      <div aria-hidden="true" className="rs-effects" />
    </>
  );
}
