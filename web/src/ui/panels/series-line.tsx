import { useView } from "#bridge/hooks.ts";
import type { PanelId } from "#bridge/types.ts";
import { SeededSparkline } from "../charts/seeded-sparkline.tsx";
import { trendOfSeries } from "./trend.ts";

type SeriesLineProps = {
  device: string;
  panel: PanelId;
  /** As history names it: `<panel>:<row key>/<field>`. */
  series: string;
  label: string;
};

/** The past of one field of one row, for as long as it is looked at. */
export function SeriesLine({ device, panel, series, label }: SeriesLineProps) {
  const name = series.slice(panel.length + 1);
  const trend = trendOfSeries(useView(`series:${device}:${panel}:${name}`));
  return <SeededSparkline device={device} height={36} label={label} otherwise={null} series={[series]} trend={trend} />;
}
