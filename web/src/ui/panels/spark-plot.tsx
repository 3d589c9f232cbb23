import "uplot/dist/uPlot.min.css";
import { useLayoutEffect, useRef } from "react";
import uPlot from "uplot";
import type { ChartPalette } from "#themes/theme.ts";
import { useTheme } from "../layout/theme-root.tsx";
import type { Trend } from "./trend.ts";

type SparkPlotProps = { trend: Trend; height: number; max: number | undefined };

/** Second lines are dashed: no line is told apart by its hue alone [U75]. */
const DASHES: readonly (number[] | undefined)[] = [undefined, [4, 3], [1, 3]];

/** Draws the lines on a canvas as wide as its place; made anew only when theme, size or the number of lines changes. */
export default function SparkPlot({ trend, height, max }: SparkPlotProps) {
  const host = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot>(undefined);
  const { chart } = useTheme();
  const lines = trend.fields.length;

  useLayoutEffect(() => {
    const element = host.current;
    if (element === null) return undefined;
    const series = Array.from({ length: lines }, (_, index) => seriesOf(chart, index));
    const empty = Array.from({ length: lines + 1 }, () => []) as unknown as uPlot.AlignedData;
    const made = new uPlot(
      {
        width: Math.max(24, element.clientWidth),
        height,
        padding: [3, 1, 3, 1],
        cursor: { show: false },
        legend: { show: false },
        axes: [{ show: false }, { show: false }],
        scales: { x: { time: false }, y: { range: (_plot, _low, high) => [0, max ?? Math.max(high, 1e-9)] } },
        series: [{}, ...series],
      },
      empty,
      element,
    );
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
  }, [chart, height, max, lines]);

  // After the effect above in every case: a plot made anew gets its data in the same frame.
  useLayoutEffect(() => {
    plot.current?.setData([trend.times, ...trend.lines]);
  });
  return <div ref={host} style={{ position: "absolute", inset: 0 }} />;
}

function seriesOf(chart: ChartPalette, index: number): uPlot.Series {
  const dash = DASHES[index % DASHES.length];
  return {
    stroke: chart.series[index % chart.series.length] ?? chart.series[0],
    width: 1.5,
    points: { show: false },
    spanGaps: false,
    ...(dash === undefined ? {} : { dash }),
    ...(index === 0 ? { fill: `${chart.series[0]}26` } : {}),
  };
}
