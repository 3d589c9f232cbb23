import { useState } from "react";
import type { SeriesGap } from "#bridge/types.ts";
import { clockText, durationText, exactTime } from "../format/times.ts";
import { Icon } from "../primitives/icon.tsx";
import { sayExact } from "./chart-axis.ts";
import { gapWord } from "./chart-columns.ts";
import type { ChartSpec } from "./chart-spec.ts";
import { pointRows } from "./point-rows.ts";
import type { SeriesAnswer } from "./use-series-ranges.ts";

/** Gaps told one by one; of more only the newest, and how many. */
const GAPS_SHOWN = 6;

/** What the shaded stretches are, in words [T83]. */
export function GapList({ bands, now }: { bands: readonly SeriesGap[]; now: number }) {
  if (bands.length === 0) return null;
  const shown = bands.slice(-GAPS_SHOWN).toReversed();
  return (
    <section>
      <h3 className="rs-chart-heading">Without values</h3>
      <ul className="rs-chart-gaps" data-testid="chart-gaps">
        {shown.map(({ from, to, why }) => (
          <li key={`${from} ${why}`}>
            {clockText(from, now)} to {clockText(to, now)}: {gapWord(why)}{" "}
            <span className="rs-muted">({durationText((to - from) / 1_000)})</span>
          </li>
        ))}
      </ul>
      {bands.length > shown.length ? <p className="rs-muted">{bands.length - shown.length} earlier ones.</p> : null}
    </section>
  );
}

/** The points of the chart as a table: for screen readers, and for exact values [U87]. */
export function PointTable({ answer, spec, now }: { answer: SeriesAnswer; spec: ChartSpec; now: number }) {
  const [open, setOpen] = useState(false);
  return (
    <details className="rs-details" onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>
        <Icon name="right" />
        The points as a table
      </summary>
      {open ? (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region has to be reachable by keyboard
        <div className="rs-chart-points rs-scroll rs-selectable" tabIndex={0}>
          <table>
            <caption className="rs-visually-hidden">
              {spec.title}, newest first: average, and smallest to largest where a point stands for several readings
            </caption>
            <thead>
              <tr>
                <th scope="col">Time</th>
                {spec.lines.map(({ label, series }) => (
                  <th key={series} scope="col">
                    {label}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {pointRows(answer.ranges).map(({ t, cells }) => (
                <tr key={t}>
                  <th scope="row">
                    <time dateTime={exactTime(t)}>{clockText(t, now)}</time>
                  </th>
                  {cells.map((cell, line) => (
                    <td key={spec.lines[line]?.series}>
                      {cell === undefined ? <span className="rs-muted">no value</span> : sayExact(cell.avg, spec.unit)}
                      {cell === undefined || cell.min === cell.max ? null : (
                        <span className="rs-muted">
                          {" "}
                          ({sayExact(cell.min, spec.unit)} to {sayExact(cell.max, spec.unit)})
                        </span>
                      )}
                    </td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      ) : null}
    </details>
  );
}
