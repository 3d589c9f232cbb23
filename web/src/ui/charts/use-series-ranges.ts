import { useEffect, useRef, useState } from "react";
import { deskCommand } from "#bridge/desk-commands.ts";
import { useDispatch } from "#bridge/hooks.ts";
import type { ErrorPayload, HistoryRange } from "#bridge/types.ts";
import type { ChartRange } from "./chart-ranges.ts";

/** Points of a line: about two per pixel of a tablet's sheet would only thicken it. */
const POINTS_MAX = 480;

/** What the tablet has of some series; `from` and `to` are what was asked for. */
export type SeriesAnswer = { range: ChartRange; from: number; to: number; ranges: readonly HistoryRange[] };

/**
 * The past of some series, asked again whenever `newest` (the time of the panel's last reading) has gone on by a step of
 * the range. The last answer stays until the next is there; one question is under way at a time.
 */
export function useSeriesRanges(
  device: string,
  series: readonly string[],
  range: ChartRange,
  newest: number,
): { answer: SeriesAnswer | undefined; error: ErrorPayload | undefined } {
  const dispatch = useDispatch();
  const [answer, setAnswer] = useState<SeriesAnswer>();
  const [error, setError] = useState<ErrorPayload>();
  const asked = useRef(0);
  const names = series.join("\n");
  /** Changes when there is something new to ask for. */
  const due = range.stepMs === 0 ? newest : Math.floor(newest / range.stepMs);
  useEffect(() => {
    const turn = ++asked.current;
    const ask = async (): Promise<void> => {
      const to = Math.max(Date.now(), due);
      const from = to - range.lengthMs;
      const payload = { series: names.split("\n"), from, to, points: POINTS_MAX };
      const result = await dispatch<HistoryRange[]>(deskCommand(device, "series_range", payload));
      if (turn !== asked.current) return;
      setError(result.ok ? undefined : result.error);
      if (result.ok) setAnswer({ range, from, to, ranges: result.value ?? [] });
    };
    void ask();
  }, [device, dispatch, names, range, due]);
  useEffect(
    () => () => {
      asked.current++;
    },
    [],
  );
  return { answer: answer?.range === range ? answer : undefined, error };
}
