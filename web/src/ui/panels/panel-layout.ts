import type { PanelId, PanelReading, UiStateView } from "#bridge/types.ts";
import { cardPanels, type PanelDef } from "#telemetry/knowledge/panels.ts";

/** Key of the shared layout that holds the order of panels. */
export const PANEL_ORDER_KEY = "panels";

/** Shared layout key of the ports that a device's user pinned. */
export const pinsKey = (device: string): string => `pins.${device}`;

/** Shared layout key of the columns that the user chose for the tables of a panel. */
export const columnsKey = (panel: PanelId): string => `columns.${panel}`;

/** Ports polled every few seconds cost the device the most, so there are few [T: tier E]. */
export const PINNED_PORTS_MAX = 4;

const strings = (value: unknown): string[] =>
  Array.isArray(value) ? value.filter((item): item is string => typeof item === "string") : [];

/** Visible by the user's choice, else by the catalogue [U79]. */
export function panelVisible(ui: UiStateView | undefined, def: PanelDef): boolean {
  return ui?.panels[def.id]?.visible ?? def.initial;
}

/** All cards in the user's order; cards that the order does not name follow in the catalogue's. */
export function orderedPanels(ui: UiStateView | undefined): readonly PanelDef[] {
  const order = strings(ui?.layouts[PANEL_ORDER_KEY]?.layout.order);
  if (order.length === 0) return cardPanels;
  const place = new Map(order.map((id, index) => [id, index]));
  const at = (def: PanelDef): number => place.get(def.id) ?? order.length + def.order;
  return cardPanels.toSorted((a, b) => at(a) - at(b));
}

/** Order with one panel moved by `step`; undefined when it is at the edge already. */
export function movedPanel(panels: readonly PanelDef[], id: PanelId, step: -1 | 1): PanelId[] | undefined {
  const ids = panels.map((def) => def.id);
  const from = ids.indexOf(id);
  const to = from + step;
  if (from < 0 || to < 0 || to >= ids.length) return undefined;
  ids.splice(from, 1);
  ids.splice(to, 0, id);
  return ids;
}

/** Ports that the user pinned on this device. */
export const pinnedPorts = (ui: UiStateView | undefined, device: string): string[] =>
  strings(ui?.layouts[pinsKey(device)]?.layout.ports).slice(0, PINNED_PORTS_MAX);

/** Columns that the user chose for a table; undefined: those that fit the screen. */
export function chosenFields(ui: UiStateView | undefined, panel: PanelId, table: string): string[] | undefined {
  const fields = strings(ui?.layouts[columnsKey(panel)]?.layout[table]);
  return fields.length === 0 ? undefined : fields;
}

/** The panel's layout with another choice for one table; undefined: what fits. */
export function withChosenFields(
  ui: UiStateView | undefined,
  panel: PanelId,
  table: string,
  fields: readonly string[] | undefined,
): Record<string, unknown> {
  const { [table]: _, ...rest } = ui?.layouts[columnsKey(panel)]?.layout ?? {};
  return fields === undefined || fields.length === 0 ? rest : { ...rest, [table]: [...fields] };
}

/** Panels to ask for, in their order: of a box that no pack knows its raw answers come first, unless the person hid them. */
export function wantedPanels(
  ui: UiStateView | undefined,
  platform: string | undefined,
  pinned: readonly string[],
): readonly PanelDef[] {
  const all = orderedPanels(ui);
  const visible = all.filter((def) => panelVisible(ui, def) && (def.id !== "traffic" || pinned.length > 0));
  if (platform !== "unknown" || ui?.panels.raw?.visible === false) return visible;
  return [...all.filter((def) => def.id === "raw"), ...visible.filter((def) => def.id !== "raw")];
}

/** The platform or the login cannot serve this panel, and there is nothing else to show in it [T76]. */
export const isNotOffered = (reading: PanelReading | undefined): reading is PanelReading =>
  reading?.status === "unsupported" && reading.data === undefined;

/** The line that stands for panels that are not offered. */
export function notOfferedLine(titles: readonly string[], platform: string | undefined): string {
  const count = titles.length === 1 ? "1 panel is" : `${titles.length} panels are`;
  if (platform === "unknown") return `${count} not offered for an unknown platform`;
  return `${count} not offered here: ${titles.join(", ")}`;
}
