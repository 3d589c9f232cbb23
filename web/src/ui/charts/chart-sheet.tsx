import "./charts.css";
import { useMemo, useState } from "react";
import { useView } from "#bridge/hooks.ts";
import type { HistoryRange } from "#bridge/types.ts";
import { clockText, durationText } from "../format/times.ts";
import { Sheet } from "../primitives/dialog.tsx";
import { Segments, Switch } from "../primitives/field.tsx";
import { ErrorNote } from "../status/error-note.tsx";
import { useNow } from "../status/use-now.ts";
import { axisRange, axisUnit, sayValue } from "./chart-axis.ts";
import { axisStart, chartColumns, gapBands, openGap } from "./chart-columns.ts";
import { ChartPlot, type Drawing } from "./chart-plot.tsx";
import { CHART_RANGES, chartRange, type RangeId } from "./chart-ranges.ts";
import { ChartReadout } from "./chart-readout.tsx";
import type { ChartSpec } from "./chart-spec.ts";
import { GapList, PointTable } from "./chart-words.tsx";
import { type SeriesAnswer, useSeriesRanges } from "./use-series-ranges.ts";

/** Share of the screen that the plot takes, and its limits in CSS pixels: room stays for the words below it. */
const HEIGHT_SHARE = 0.38;
const HEIGHT_PX = { least: 220, most: 440 };
const plotHeight = (): number => Math.min(HEIGHT_PX.most, Math.max(HEIGHT_PX.least, innerHeight * HEIGHT_SHARE));

type ChartSheetProps = { spec: ChartSpec; connected: boolean; onClose: () => void };

/** The past of a value over an hour, a day or a week, from what the tablet keeps: it needs no connection [T83] [T84]. */
export default function ChartSheet({ spec, connected, onClose }: ChartSheetProps) {
  const [id, setId] = useState<RangeId>("hour");
  const [whole, setWhole] = useState(false);
  const [height] = useState(plotHeight);
  const [point, setPoint] = useState<number>();
  const [since, setSince] = useState(() => Date.now());
  const reading = useView(`panel:${spec.device}:${spec.panel}`);
  const now = useNow();
  const range = chartRange(id);
  const series = spec.lines.map((line) => line.series);
  const { answer, error } = useSeriesRanges(spec.device, series, range, reading?.ts ?? 0);
  const drawing = useMemo(
    () => (answer === undefined ? undefined : drawn(answer, spec, whole, connected, reading)),
    [answer, spec, whole, connected, reading],
  );
  const hasPoints = answer?.ranges.some(({ points }) => points.length > 0) === true;
  const change = (next: RangeId): void => {
    setPoint(undefined);
    setSince(Date.now());
    setId(next);
  };
  return (
    <Sheet icon="activity" onClose={onClose} testId="chart-sheet" title={titleOf(spec)} width="860px">
      <Segments
        choices={CHART_RANGES.map((one) => ({ value: one.id, label: one.label }))}
        label="Time"
        onChange={change}
        value={id}
      />
      {error === undefined ? null : <ErrorNote error={error} />}
      {drawing === undefined && error === undefined ? (
        <p className="rs-chart-empty rs-muted">
          Reading what the tablet keeps of the {range.words}
          {` · ${durationText(Math.max(0, now - since) / 1_000)}`}
        </p>
      ) : null}
      {drawing !== undefined && answer !== undefined && !hasPoints ? (
        <p className="rs-chart-empty" data-testid="chart-empty">
          No data: nothing was measured in the {range.words}
          {spec.lines.length > 1 ? " in either direction." : "."}
        </p>
      ) : null}
      {drawing === undefined || answer === undefined || !hasPoints ? null : (
        <>
          <ChartReadout answer={answer} columns={drawing.columns} index={point} now={now} spec={spec} />
          <figure className="rs-chart" data-points={drawing.columns.times.length} data-testid="chart">
            <figcaption className="rs-chart-unit">{drawing.unit.label}</figcaption>
            <ChartPlot
              drawing={drawing}
              height={height}
              label={`${titleOf(spec)}, ${range.words}`}
              onPoint={setPoint}
            />
          </figure>
          <p className="rs-muted">{spanText(answer, now)}</p>
          {drawing.axis.beyond.length === 0 ? null : (
            <p className="rs-muted">
              Above the picture:{" "}
              {drawing.axis.beyond.map(({ label, value }) => `${label} ${sayValue(value, spec.unit)}`).join(", ")}.
            </p>
          )}
          {drawing.axis.beyond.length === 0 && !whole ? null : (
            <Switch
              checked={whole}
              hint="How much of it is used, instead of how the values move"
              label="Up to the limit"
              onChange={setWhole}
            />
          )}
          <GapList bands={drawing.bands} now={now} />
          <PointTable answer={answer} now={now} spec={spec} />
        </>
      )}
    </Sheet>
  );
}

const titleOf = ({ title, lines }: ChartSpec): string =>
  `${title}: ${lines.map(({ label }, index) => (index === 0 ? label : label.toLowerCase())).join(" and ")}`;

function drawn(
  { ranges, from, to, range }: SeriesAnswer,
  { references, unit }: ChartSpec,
  whole: boolean,
  connected: boolean,
  reading: Parameters<typeof openGap>[4],
): Drawing {
  const axis = axisRange(ranges, references, unit, whole);
  const open = openGap(ranges, to, range.stepMs, connected, reading);
  return {
    columns: chartColumns(ranges),
    bands: [...gapBands(ranges, from, to), ...(open === undefined ? [] : [open])],
    references: references.filter((one) => !axis.beyond.includes(one)),
    axis,
    unit: axisUnit(unit, Math.max(Math.abs(axis.high), Math.abs(axis.low))),
    from: axisStart(ranges, from, to),
    to,
  };
}

/** Since when there are values, and how many readings they are of. */
function spanText({ ranges, range, from }: SeriesAnswer, now: number): string {
  const points = ranges.flatMap((one: HistoryRange) => one.points);
  const first = Math.min(...points.map(({ t }) => t));
  const last = Math.max(...points.map(({ t }) => t));
  const samples = Math.max(...ranges.map((one) => one.points.reduce((sum, { n }) => sum + n, 0)));
  const kept = first - from > range.lengthMs / 10 ? ` Before ${clockText(first, now)} nothing was kept.` : "";
  if (samples === 1) return `1 reading at ${clockText(last, now)}.${kept}`;
  return `${samples} readings from ${clockText(first, now)} to ${clockText(last, now)}.${kept}`;
}
