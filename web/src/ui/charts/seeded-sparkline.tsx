import { type ReactNode, useEffect, useMemo, useState } from "react";
import { bridge } from "#bridge/app-bridge.ts";
import { deskCommand } from "#bridge/desk-commands.ts";
import type { HistoryRange } from "#bridge/types.ts";
import { Sparkline } from "../panels/sparkline.tsx";
import type { Trend } from "../panels/trend.ts";
import { SeedQueue } from "./seed-queue.ts";
import { seededTrend, wantsSeed } from "./seeded-trend.ts";

/** As far back as a sparkline goes, milliseconds, and as many points as its width shows. */
const PAST_MS = 30 * 60_000;
const POINTS_MAX = 60;

const queue = new SeedQueue(
  (device, series) => {
    const to = Date.now();
    return bridge.dispatch(deskCommand(device, "series_range", { series, from: to - PAST_MS, to, points: POINTS_MAX }));
  },
  (run, ms) => setTimeout(run, ms),
);

type SeededProps = {
  device: string;
  /** Series as history names them; their fields are those of the trend. */
  series: readonly string[];
  trend: Trend | undefined;
  label: string;
  height?: number;
  max?: number;
  /** Where there is neither past nor present. */
  otherwise: ReactNode;
};

/** A sparkline that begins with what the tablet kept, so that a reload does not empty it [T82]. */
export function SeededSparkline({ device, series, trend, label, height, max, otherwise }: SeededProps) {
  const [past, setPast] = useState<{ of: string; ranges: readonly HistoryRange[] }>();
  const names = series.join("\n");
  const wants = names !== "" && wantsSeed(trend);
  useEffect(() => {
    if (!wants) return undefined;
    let live = true;
    const ask = async (): Promise<void> => {
      const ranges = await queue.past(device, names.split("\n"));
      if (live) setPast({ of: names, ranges });
    };
    void ask();
    return () => {
      live = false;
    };
  }, [device, names, wants]);
  const shown = useMemo(() => (past?.of === names ? seededTrend(trend, past.ranges) : trend), [trend, past, names]);
  if (shown === undefined) return otherwise;
  return (
    <Sparkline
      label={label}
      trend={shown}
      {...(height === undefined ? {} : { height })}
      {...(max === undefined ? {} : { max })}
    />
  );
}
