import type { PanelId } from "#bridge/types.ts";
import type { FieldDef, Unit } from "#telemetry/knowledge/field-defs.ts";
import { panelDef } from "#telemetry/knowledge/panels.ts";
import { isSeries, seriesRowKey } from "#telemetry/knowledge/series-names.ts";

type Row = Readonly<Record<string, unknown>>;

/** A value of the device that a line is held against: a speed, a limit. */
export type Reference = { label: string; value: number };

/** What a chart shows: lines of one panel in one unit, with what they are measured against [T84]. */
export type ChartSpec = {
  device: string;
  title: string;
  panel: PanelId;
  unit: Unit;
  /** `series` as history names it: `<panel>:<row key>/<field>` or `<panel>:<field>`. */
  lines: readonly { series: string; label: string }[];
  references: readonly Reference[];
};

/** Where a table's row came from: its panel, its columns, and its values. */
export type ChartSource = {
  device: string;
  panel: PanelId;
  fields: readonly FieldDef[];
  row: Row;
  /** What the row is called; a record has no name. */
  title: string;
  /** A record's series have no row key. */
  record?: true;
};

const LIMITS = { hi_alarm: "High alarm", hi_warn: "High warning", lo_warn: "Low warning", lo_alarm: "Low alarm" };
const PAIR = /^(in|out)_/;

/** Both directions of a port go together; everything else stands alone. */
function together(fields: readonly FieldDef[], field: string): FieldDef[] {
  const rest = PAIR.test(field) ? field.replace(PAIR, "") : undefined;
  const names = rest === undefined ? [field] : [`in_${rest}`, `out_${rest}`];
  return names.flatMap((name) => fields.find((def) => def.field === name) ?? []);
}

/** The panel that keeps the series: rates of the joined interface table are those of the counters. */
function keeper(panel: PanelId, field: string): PanelId {
  const own = panelDef(panel).sections.some((section) => section.fields.some((def) => def.field === field));
  return own || panel !== "ifstate" ? panel : "ifcounters";
}

/** What a trend column draws. */
function trendField({ fields, row }: ChartSource): string | undefined {
  const points = Array.isArray(row.trend) ? (row.trend as Row[]) : [];
  const named = Object.keys(points.at(-1) ?? {}).find((name) => name !== "t" && name !== "gap");
  return named ?? ["in_bps", "busy_pct"].find((name) => fields.some((def) => def.field === name));
}

const number = (value: unknown): value is number => typeof value === "number" && Number.isFinite(value);

function references(row: Row, field: string, unit: Unit): Reference[] {
  if (unit === "bps" && number(row.speed_bps) && row.speed_bps > 0) return [{ label: "Speed", value: row.speed_bps }];
  const own = row[`${field.replace(/_[a-z]+$/, "")}_limits`];
  const limits = typeof own === "object" && own !== null ? (own as Row) : undefined;
  if (limits !== undefined)
    return Object.entries(LIMITS).flatMap(([name, label]) => {
      const value = limits[name];
      return number(value) ? [{ label, value }] : [];
    });
  const named: readonly (readonly [string, string, string])[] = [
    ["temp_c", "warn_c", "Warning at"],
    ["temp_c", "crit_c", "Critical at"],
    ["out_w", "capacity_w", "Capacity"],
    ["power_used_w", "power_capacity_w", "Capacity"],
    ["pfx_rx", "pfx_max", "Limit"],
  ];
  return named.flatMap(([of, at, label]) => {
    const value = row[at];
    return of === field && number(value) ? [{ label, value }] : [];
  });
}

/** The chart behind a value or a trend; undefined where no line is kept. */
export function chartOf(source: ChartSource, field: string): ChartSpec | undefined {
  const { device, panel, fields, row, title } = source;
  const name = field === "trend" ? trendField(source) : field;
  if (name === undefined) return undefined;
  const defs = together(fields, name);
  const [first] = defs;
  if (first === undefined) return undefined;
  const of = keeper(panel, first.field);
  const kept = defs.filter((def) => def.unit === first.unit && isSeries(of, def));
  if (kept.length === 0) return undefined;
  const key = source.record === true ? "" : `${seriesRowKey(keysOf(of, fields), row)}/`;
  return {
    device,
    title,
    panel: of,
    unit: first.unit,
    lines: kept.map((def) => ({ series: `${of}:${key}${def.field}`, label: def.label })),
    references: references(row, first.field, first.unit),
  };
}

/** Keys of the table in the order in which the keeper's own definition has them: names of series depend on it. */
function keysOf(panel: PanelId, fields: readonly FieldDef[]): readonly FieldDef[] {
  const keys = new Set(fields.filter((def) => def.key).map((def) => def.field));
  const own = panelDef(panel).sections.find(
    (section) =>
      section.kind === "table" &&
      section.fields.filter((def) => def.key).every((def) => keys.has(def.field)) &&
      fields.some((def) => section.fields.some((one) => one.field === def.field && !one.key)),
  );
  return own?.fields ?? fields;
}
