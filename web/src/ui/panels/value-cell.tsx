import type { FieldDef } from "#telemetry/knowledge/field-defs.ts";
import { ChartButton } from "../charts/chart-button.tsx";
import type { ChartSpec } from "../charts/chart-spec.ts";
import { SeededSparkline } from "../charts/seeded-sparkline.tsx";
import { valueText } from "../format/value-text.ts";
import type { ShortName } from "./short-names.ts";
import { StateMark } from "./state-mark.tsx";
import type { Row } from "./table-order.ts";
import { trendOf } from "./trend.ts";

type ValueCellProps = {
  row: Row;
  def: FieldDef;
  now: number;
  /** How ports are called; absent: as they are. */
  shortName?: ShortName | undefined;
  /** What a tap on a small chart opens. */
  chart?: ((row: Row, field: string) => ChartSpec | undefined) | undefined;
};

/** One value of a row; what is unknown is drawn as unknown [T5]. */
export function ValueCell({ row, def, now, shortName, chart }: ValueCellProps) {
  const value = row[def.field];
  if (def.unit === "trend") {
    const trend = trendOf(value);
    const spec = chart?.(row, def.field);
    return (
      <ChartButton spec={spec}>
        <SeededSparkline
          device={spec?.device ?? ""}
          label={def.label}
          otherwise={<Unknown />}
          series={spec?.lines.map(({ series }) => series) ?? []}
          trend={trend}
        />
      </ChartButton>
    );
  }
  if (def.unit === "state" && typeof value === "string") return <StateMark word={value} />;
  const shown = valueText(value, def.unit, now);
  if (shown === undefined) return <Unknown />;
  if (shortName !== undefined && def.unit === "name" && typeof value === "string") {
    const short = def.field === "name" && typeof row.short === "string" ? row.short : shortName(value);
    if (short !== value) return <bdi title={shown.text}>{valueText(short, def.unit, now)?.text}</bdi>;
  }
  return <bdi title={shown.exact === shown.text ? undefined : shown.exact}>{shown.text}</bdi>;
}

function Unknown() {
  return (
    <span className="rs-unknown">
      <span aria-hidden="true">–</span>
      <span className="rs-visually-hidden">unknown</span>
    </span>
  );
}
