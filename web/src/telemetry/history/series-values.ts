import type { FieldDef, Unit } from "../knowledge/field-defs.ts";
import type { PanelId } from "../knowledge/panel-data.ts";
import type { PanelSection } from "../knowledge/panel-sections.ts";
import { panelDef } from "../knowledge/panels.ts";
import { type PanelReading, provesGone } from "../knowledge/reading.ts";
import { isSeries, seriesRowKey } from "../knowledge/series-names.ts";

/** Rows per table that get series; beyond, a chart is asked for by pinning. */
export const ROWS_MAX = 200;

/** One value of a series at the time of a reading; null: the row is there and the value is not [T5]. */
export type SeriesValue = { name: string; unit: Unit; value: number | null };

/** The numbers of a reading by `<field>` or `<row key>/<field>`, without the panel's name. */
export function* seriesValues(reading: PanelReading): Generator<SeriesValue> {
  if (reading.data === undefined) return;
  for (const section of panelDef(reading.panel).sections) yield* valuesOf(reading.panel, section, reading.data);
}

function* valuesOf(
  panel: PanelId,
  section: PanelSection,
  data: Readonly<Record<string, unknown>>,
): Generator<SeriesValue> {
  const measured = section.fields.filter((def) => isSeries(panel, def));
  if (measured.length === 0) return;
  if (section.kind === "record") {
    const record = section.path === undefined ? data : (data[section.path] as Record<string, unknown> | undefined);
    for (const def of measured) if (record !== undefined) yield value(def.field, def, record);
    return;
  }
  const rows = data[section.path];
  if (!Array.isArray(rows)) return;
  for (const row of rows.slice(0, ROWS_MAX) as Record<string, unknown>[]) {
    const key = rowKey(section, row);
    for (const def of measured) yield value(`${key}/${def.field}`, def, row);
  }
}

/** Rows that no line is kept of: those after the first ones, or all of a table that stays in the worker [T77] [T82]. */
export function rowsWithoutHistory(panel: PanelId, whole: object, shown: object): number {
  let without = 0;
  for (const section of panelDef(panel).sections) {
    if (section.kind !== "table" || !section.fields.some((def) => isSeries(panel, def))) continue;
    const [all, told] = [lengthOf(whole, section.path), lengthOf(shown, section.path)];
    without += all - Math.min(told, ROWS_MAX);
  }
  return without;
}

function lengthOf(data: object, path: string): number {
  const rows: unknown = Object.entries(data).find(([name]) => name === path)?.[1];
  return Array.isArray(rows) ? rows.length : 0;
}

/** How a row of a table is named in series, changes and snapshots: its key fields, joined. */
export function rowKey(section: PanelSection, row: Readonly<Record<string, unknown>>): string {
  return seriesRowKey(section.fields, row);
}

function value(name: string, { unit, field }: FieldDef, row: Readonly<Record<string, unknown>>): SeriesValue {
  const found = row[field];
  return { name, unit, value: typeof found === "number" && Number.isFinite(found) ? found : null };
}

/** Whether a series that a reading lacks is at its end, since its row is gone [T83]; `name` as {@link seriesValues} gives it. */
export function isSeriesGone(reading: PanelReading, name: string): boolean {
  const row = name.slice(0, Math.max(0, name.lastIndexOf("/")));
  if (reading.status === "ok" || row === "") return reading.status === "ok";
  return Object.keys(reading.gone ?? {}).some((path) => provesGone(reading, path, row));
}
