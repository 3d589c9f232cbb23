import { PANEL_IDS, type PanelId } from "./panel-data.ts";
import type { PanelContent, PanelDef } from "./panel-sections.ts";
import { networkPanels } from "./panels-network.ts";
import { systemPanels } from "./panels-system.ts";

export type { FieldDef, Unit } from "./field-defs.ts";
export type * from "./panel-data.ts";
export { PANEL_IDS } from "./panel-data.ts";
export type * from "./panel-sections.ts";
export type * from "./reading.ts";

const sections: Record<PanelId, PanelContent> = { ...systemPanels, ...networkPanels };

/** All panels in their usual order. */
export const panelCatalog: readonly PanelDef[] = PANEL_IDS.map((id, order) => {
  const def = sections[id];
  return {
    id,
    title: def.title,
    order,
    kind: def.kind,
    initial: def.initial === true,
    schema: 1,
    sections: def.sections,
  };
});

/** Definition of one panel. */
export function panelDef(id: PanelId): PanelDef {
  const { title, kind, initial, sections: parts } = sections[id];
  return { id, title, order: PANEL_IDS.indexOf(id), kind, initial: initial === true, schema: 1, sections: parts };
}
