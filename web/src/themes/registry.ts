import { crtAmber } from "./crt-amber.ts";
import { crtGreen } from "./crt-green.ts";
import { dark } from "./dark.ts";
import { light } from "./light.ts";
import type { Theme } from "./theme.ts";

/** Shipped themes in the order in which a person chooses among them. */
export const themes: readonly Theme[] = [dark, light, crtAmber, crtGreen];

/** The theme of that id; dark for an id that this version does not know, so that a newer client's choice does no harm. */
export function themeById(id: string): Theme {
  return themes.find((theme) => theme.id === id) ?? dark;
}
