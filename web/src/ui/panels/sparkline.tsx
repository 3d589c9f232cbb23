import { lazy, Suspense } from "react";
import type { Trend } from "./trend.ts";

/** uPlot comes after the first paint (section 20 of the tablet design). */
const SparkPlot = lazy(() => import("./spark-plot.tsx"));

type SparklineProps = { trend: Trend; label: string; height?: number; max?: number };

/** A small chart beside the figure it belongs to; never the only carrier of a value. */
export function Sparkline({ trend, label, height = 28, max }: SparklineProps) {
  return (
    <div
      aria-label={`${label} over time`}
      className="rs-spark"
      role="img"
      style={{ "--spark-h": `${height}px` } as React.CSSProperties}
    >
      <Suspense fallback={null}>
        <SparkPlot height={height} max={max} trend={trend} />
      </Suspense>
    </div>
  );
}
