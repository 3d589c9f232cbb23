import { useView } from "#bridge/hooks.ts";
import type { PanelId } from "#bridge/types.ts";
import type { FieldDef } from "#telemetry/knowledge/field-defs.ts";
import { Sparkline } from "./sparkline.tsx";
import { plainText, type Row } from "./table-order.ts";
import { trendOfSeries } from "./trend.ts";

/** Units of which the worker keeps a past. */
const MEASURED = new Set<FieldDef["unit"]>(["bps", "pps", "per_s", "pct", "celsius", "watt", "dbm", "rpm"]);

export const isMeasured = (def: FieldDef): boolean => MEASURED.has(def.unit);

/** Name of a row's series at the worker: the row's key fields, a slash, the field. */
export const seriesName = (row: Row, fields: readonly FieldDef[], field: string): string =>
  `${fields
    .filter((def) => def.key)
    .map((def) => plainText(row[def.field]))
    .join("|")}/${field}`;

type SeriesLineProps = { device: string; panel: PanelId; name: string; label: string };

/** The past of one field of one row, for as long as it is looked at. */
export function SeriesLine({ device, panel, name, label }: SeriesLineProps) {
  const trend = trendOfSeries(useView(`series:${device}:${panel}:${name}`));
  return trend === undefined ? null : <Sparkline height={36} label={label} trend={trend} />;
}
