import "uplot/dist/uPlot.min.css";
import { type KeyboardEvent, type PointerEvent, useLayoutEffect, useRef } from "react";
import uPlot from "uplot";
import type { SeriesGap } from "#bridge/types.ts";
import type { Theme } from "#themes/theme.ts";
import { useTheme } from "../layout/theme-root.tsx";
import { type AxisRange, type AxisUnit, tickText } from "./chart-axis.ts";
import { type ChartColumns, gapWord } from "./chart-columns.ts";
import { clockTick, DASHES, drawMarkers, withAlpha } from "./chart-marks.ts";
import type { Reference } from "./chart-spec.ts";

/** What is drawn at present; the plot reads it at every frame, so that live data need no new plot. */
export type Drawing = {
  columns: ChartColumns;
  bands: readonly SeriesGap[];
  references: readonly Reference[];
  axis: AxisRange;
  unit: AxisUnit;
  from: number;
  to: number;
};

type ChartPlotProps = {
  drawing: Drawing;
  height: number;
  label: string;
  /** The place in `columns.times` under the finger, or none. */
  onPoint: (index: number | undefined) => void;
};

const AXIS_PX = 56;
const FONT_PX = 14;

/** Lines with band, gaps and references on a canvas; finger, pointer and arrow keys move the reading [T84]. */
export function ChartPlot({ drawing, height, label, onPoint }: ChartPlotProps) {
  const host = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot>(undefined);
  const shown = useRef(drawing);
  const told = useRef(onPoint);
  const theme = useTheme();
  const lines = drawing.columns.lines.length;

  // Before the plot is made or gets its data: both look here.
  useLayoutEffect(() => {
    shown.current = drawing;
    told.current = onPoint;
  });

  useLayoutEffect(() => {
    const element = host.current;
    if (element === null) return undefined;
    const made = new uPlot(options(theme, lines, element.clientWidth, height, shown, told), empty(lines), element);
    plot.current = made;
    const resized = new ResizeObserver(() => {
      const width = element.clientWidth;
      if (width > 0 && width !== made.width) made.setSize({ width, height });
    });
    resized.observe(element);
    return () => {
      resized.disconnect();
      made.destroy();
      plot.current = undefined;
    };
  }, [theme, height, lines]);

  useLayoutEffect(() => {
    const { columns } = drawing;
    const data = [columns.times, ...columns.lines.flatMap(({ avg, max, min }) => [avg, max, min])];
    plot.current?.setData(data as uPlot.AlignedData);
  });

  const follow = (event: PointerEvent): void => {
    if (event.pointerType === "mouse") return;
    const over = plot.current?.over.getBoundingClientRect();
    if (over !== undefined) plot.current?.setCursor({ left: event.clientX - over.left, top: event.clientY - over.top });
  };
  const step = (event: KeyboardEvent): void => {
    const by = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    const made = plot.current;
    if (by === undefined || made === undefined) return;
    event.preventDefault();
    const { times } = drawing.columns;
    const at = Math.min(times.length - 1, Math.max(0, (made.cursor.idx ?? times.length) + by));
    const time = times[at];
    if (time !== undefined) made.setCursor({ left: made.valToPos(time, "x"), top: 1 });
  };
  return (
    // biome-ignore lint/a11y/useSemanticElements: a slider's input could not hold a plot
    <div
      aria-label={label}
      className="rs-chart-plot"
      onKeyDown={step}
      onPointerDown={follow}
      onPointerMove={follow}
      ref={host}
      role="group"
      style={{ height }}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: arrow keys move the reading
      tabIndex={0}
    />
  );
}

const empty = (lines: number): uPlot.AlignedData => Array.from({ length: lines * 3 + 1 }, () => []) as never;

type Held<T> = { readonly current: T };

function options(
  { chart, tokens }: Theme,
  lines: number,
  width: number,
  height: number,
  shown: Held<Drawing>,
  told: Held<ChartPlotProps["onPoint"]>,
): uPlot.Options {
  const colour = (line: number): string => chart.series[line % chart.series.length] ?? chart.series[0];
  const quiet: uPlot.Series = { stroke: "transparent", width: 0, points: { show: false } };
  const text = { stroke: tokens.textMuted, font: `${FONT_PX}px "IBM Plex Sans", sans-serif` };
  const axis = { ...text, grid: { stroke: chart.grid, width: 1 }, ticks: { stroke: chart.grid, width: 1, size: 4 } };
  return {
    width: Math.max(200, width),
    height,
    padding: [12, 12, 0, 0],
    legend: { show: false },
    cursor: { drag: { x: false, y: false }, y: false, points: { size: 9 } },
    scales: {
      x: { time: false, range: () => [shown.current.from / 1_000, shown.current.to / 1_000] },
      y: { range: () => [shown.current.axis.low, shown.current.axis.high] },
    },
    axes: [
      {
        ...axis,
        size: 30,
        space: 84,
        incrs: [60, 300, 600, 900, 1_800, 3_600, 7_200, 10_800, 14_400, 21_600, 43_200, 86_400],
        values: (_plot, splits) => splits.map((at) => clockTick(at * 1_000, shown.current.to - shown.current.from)),
      },
      {
        ...axis,
        size: AXIS_PX,
        space: 44,
        values: (_plot, splits) => splits.map((value) => tickText(value, shown.current.unit)),
      },
    ],
    series: [
      {},
      ...Array.from({ length: lines }, (_, line): uPlot.Series[] => {
        const dash = DASHES[line % DASHES.length];
        const avg: uPlot.Series = { stroke: colour(line), width: 2, points: { show: false } };
        return [dash === undefined ? avg : { ...avg, dash }, quiet, quiet];
      }).flat(),
    ],
    bands: Array.from({ length: lines }, (_, line) => ({
      series: [line * 3 + 2, line * 3 + 3] as [number, number],
      fill: withAlpha(colour(line), 0.26),
    })),
    hooks: {
      drawClear: [(made) => drawGaps(made, shown.current, tokens.textMuted)],
      draw: [
        (made) => {
          for (let line = 0; line < lines; line++)
            drawMarkers(made, line * 3 + 1, line, colour(line), tokens.bgOverlay);
          drawReferences(made, shown.current.references, chart.threshold, tokens.text);
        },
      ],
      setCursor: [(made) => told.current(made.cursor.idx ?? undefined)],
    },
  };
}

/** Stretches without values are hatched and named where there is room [T83]. */
function drawGaps(plot: uPlot, { bands }: Drawing, stroke: string): void {
  const { ctx, bbox } = plot;
  const ratio = devicePixelRatio;
  for (const { from, to, why } of bands) {
    const left = Math.max(bbox.left, plot.valToPos(from / 1_000, "x", true));
    const right = Math.min(bbox.left + bbox.width, plot.valToPos(to / 1_000, "x", true));
    const width = Math.max(ratio, right - left);
    ctx.save();
    ctx.beginPath();
    ctx.rect(left, bbox.top, width, bbox.height);
    ctx.clip();
    ctx.fillStyle = withAlpha(stroke, 0.12);
    ctx.fillRect(left, bbox.top, width, bbox.height);
    ctx.strokeStyle = withAlpha(stroke, 0.3);
    ctx.lineWidth = ratio;
    ctx.beginPath();
    for (let at = left - bbox.height; at < left + width; at += 10 * ratio) {
      ctx.moveTo(at, bbox.top + bbox.height);
      ctx.lineTo(at + bbox.height, bbox.top);
    }
    ctx.stroke();
    ctx.font = `${FONT_PX * ratio}px "IBM Plex Sans", sans-serif`;
    const word = gapWord(why);
    const size = ctx.measureText(word).width;
    if (size + 8 * ratio <= width) {
      ctx.fillStyle = stroke;
      ctx.textAlign = "center";
      ctx.textBaseline = "top";
      ctx.fillText(word, left + width / 2, bbox.top + 4 * ratio);
    }
    ctx.restore();
  }
}

function drawReferences(plot: uPlot, references: readonly Reference[], colour: string, text: string): void {
  const { ctx, bbox } = plot;
  const ratio = devicePixelRatio;
  for (const { label, value } of references) {
    const y = plot.valToPos(value, "y", true);
    if (y < bbox.top || y > bbox.top + bbox.height) continue;
    ctx.save();
    ctx.strokeStyle = colour;
    ctx.lineWidth = 1.5 * ratio;
    ctx.setLineDash([2 * ratio, 3 * ratio]);
    ctx.beginPath();
    ctx.moveTo(bbox.left, y);
    ctx.lineTo(bbox.left + bbox.width, y);
    ctx.stroke();
    ctx.font = `${FONT_PX * ratio}px "IBM Plex Sans", sans-serif`;
    ctx.fillStyle = text;
    ctx.textAlign = "left";
    ctx.textBaseline = y - bbox.top > 20 * ratio ? "bottom" : "top";
    ctx.fillText(label, bbox.left + 6 * ratio, y + (ctx.textBaseline === "top" ? 3 : -3) * ratio);
    ctx.restore();
  }
}
