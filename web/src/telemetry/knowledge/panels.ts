import { PANEL_IDS, type PanelId } from "./panel-data.ts";
import type { PanelContent, PanelDef } from "./panel-sections.ts";
import { lookupPanels } from "./panels-lookup.ts";
import { networkPanels } from "./panels-network.ts";
import { systemPanels } from "./panels-system.ts";

export type { Unit } from "./field-defs.ts";
export type * from "./panel-data.ts";
export { PANEL_IDS } from "./panel-data.ts";
export type * from "./panel-sections.ts";
export type * from "./reading.ts";

const sections: Record<PanelId, PanelContent> = { ...systemPanels, ...networkPanels, ...lookupPanels };

/** Definition of one panel. */
export function panelDef(id: PanelId): PanelDef {
  const { title, kind, initial, place = "card", schema = 1, sections: parts } = sections[id];
  return { id, title, order: PANEL_IDS.indexOf(id), kind, initial: initial === true, place, schema, sections: parts };
}

/** All panels in their usual order. */
export const panelCatalog: readonly PanelDef[] = PANEL_IDS.map((id) => panelDef(id));

/** The panels that are cards of their own; the others belong to a port or to a question. */
export const cardPanels: readonly PanelDef[] = panelCatalog.filter(({ place }) => place === "card");
