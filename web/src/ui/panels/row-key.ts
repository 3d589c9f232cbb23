import type { FieldDef } from "#telemetry/knowledge/field-defs.ts";
import type { PanelDef } from "#telemetry/knowledge/panels.ts";
import { seriesRowKey } from "#telemetry/knowledge/series-names.ts";
import type { Row } from "./table-order.ts";

/** The row of a panel that a change or an alert is about, while the panel shows it. */
export function rowOfKey(
  def: PanelDef,
  data: unknown,
  key: string,
): { row: Row; fields: readonly FieldDef[] } | undefined {
  if (key === "" || data === undefined) return undefined;
  for (const section of def.sections) {
    if (section.kind !== "table") continue;
    const rows = (data as Readonly<Record<string, unknown>>)[section.path];
    if (!Array.isArray(rows)) continue;
    const row = (rows as Row[]).find((one) => seriesRowKey(section.fields, one) === key);
    if (row !== undefined) return { row, fields: section.fields };
  }
  return undefined;
}
