import type { PanelId } from "#bridge/types.ts";
import { PINNED_PORTS_MAX } from "../panels/panel-layout.ts";

/** What a port's card shows of panels, whether they are shown as panels or not. */
const CARD_PANELS: readonly PanelId[] = ["traffic", "ifstate", "ifcounters", "neighbors", "lag", "device_info"];

/** Panels to ask for: those on the screen, and those that an open card reads. */
export const withCardPanels = (panels: readonly string[], card: string | undefined): readonly string[] =>
  card === undefined ? panels : [...new Set([...panels, ...CARD_PANELS])];

/** Ports asked for every few seconds: the card's is one of them, and the oldest of the others rests if they are too many [T88]. */
export function withCardPort(pinned: readonly string[], card: string | undefined): readonly string[] {
  if (card === undefined) return pinned;
  return [...pinned.filter((port) => port !== card).slice(-(PINNED_PORTS_MAX - 1)), card];
}
