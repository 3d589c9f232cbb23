import type { ReactNode } from "react";
import type { PanelId } from "#bridge/types.ts";
import type { FieldDef } from "#telemetry/knowledge/field-defs.ts";
import type { RecordSection as RecordDef } from "#telemetry/knowledge/panels.ts";
import { ChartButton } from "../charts/chart-button.tsx";
import { chartOf } from "../charts/chart-spec.ts";
import type { Row } from "./table-order.ts";

/** Where a record stands: its device and panel, which name its series. */
export type RecordPlace = { device: string; panel: PanelId; title: string };

type FigureChartProps = {
  place: RecordPlace | undefined;
  def: RecordDef;
  field: FieldDef;
  values: Row;
  children: ReactNode;
};

/** A figure of a record; a tap opens its chart where a line of it is kept [T83]. */
export function FigureChart({ place, def, field, values, children }: FigureChartProps) {
  // A record below the panel's top has no series of its own.
  const spec =
    place === undefined || def.path !== undefined
      ? undefined
      : chartOf({ ...place, fields: def.fields, row: values, record: true }, field.field);
  if (spec === undefined) return <bdi>{children}</bdi>;
  return (
    <ChartButton spec={spec}>
      <bdi className="rs-figure">{children}</bdi>
    </ChartButton>
  );
}
