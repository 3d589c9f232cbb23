import { lazy, Suspense } from "react";
import { closeChart, useAskedChart } from "./chart-request.ts";

const ChartSheet = lazy(() => import("./chart-sheet.tsx"));

/** Where the chart of a device that somebody asked for appears. */
export function ChartHost({ device, connected }: { device: string; connected: boolean }) {
  const spec = useAskedChart();
  if (spec === undefined || spec.device !== device) return null;
  return (
    <Suspense fallback={null}>
      <ChartSheet connected={connected} key={spec.lines[0]?.series} onClose={closeChart} spec={spec} />
    </Suspense>
  );
}
