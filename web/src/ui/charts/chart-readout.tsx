import { clockText } from "../format/times.ts";
import { useTheme } from "../layout/theme-root.tsx";
import { sayExact, sayValue } from "./chart-axis.ts";
import type { ChartColumns } from "./chart-columns.ts";
import { DASHES } from "./chart-marks.ts";
import type { ChartSpec } from "./chart-spec.ts";
import type { SeriesAnswer } from "./use-series-ranges.ts";

type ReadoutProps = {
  spec: ChartSpec;
  answer: SeriesAnswer;
  columns: ChartColumns;
  index: number | undefined;
  now: number;
};

/** The key of the lines with the values under the finger; of the whole stretch while there is none. Its place never changes. */
export function ChartReadout({ spec, answer, columns, index, now }: ReadoutProps) {
  const time = index === undefined ? undefined : columns.times[index];
  return (
    <div aria-live={time === undefined ? "off" : "polite"} className="rs-chart-readout" data-testid="chart-readout">
      <p className="rs-chart-when">{time === undefined ? "Tap the chart for a value" : clockText(time * 1_000, now)}</p>
      <dl>
        {spec.lines.map(({ label, series }, line) => {
          const cells = columns.lines[line];
          const at = time === undefined || index === undefined ? undefined : index;
          const figures =
            at === undefined ? whole(answer, line) : { avg: cells?.avg[at], min: cells?.min[at], max: cells?.max[at] };
          return (
            <div key={series}>
              <dt>
                <LineKey line={line} /> {label}
              </dt>
              <dd>{figuresText(figures, spec.unit, at !== undefined)}</dd>
            </div>
          );
        })}
      </dl>
    </div>
  );
}

type Figures = { avg?: number | null | undefined; min?: number | null | undefined; max?: number | null | undefined };

function figuresText({ avg, min, max }: Figures, unit: ChartSpec["unit"], exact: boolean): string {
  if (typeof avg !== "number" || typeof min !== "number" || typeof max !== "number") return "no value";
  if (exact && min === max) {
    const [short, long] = [sayValue(avg, unit), sayExact(avg, unit)];
    return short === long ? short : `${short} (${long})`;
  }
  if (min === max) return sayValue(avg, unit);
  return `${sayValue(avg, unit)} average, ${sayValue(min, unit)} to ${sayValue(max, unit)}`;
}

function whole({ ranges }: SeriesAnswer, line: number): Figures {
  const points = ranges[line]?.points ?? [];
  if (points.length === 0) return {};
  const n = points.reduce((sum, point) => sum + point.n, 0);
  return {
    avg: points.reduce((sum, point) => sum + point.avg * point.n, 0) / n,
    min: Math.min(...points.map(({ min }) => min)),
    max: Math.max(...points.map(({ max }) => max)),
  };
}

/** A piece of the line as it is drawn: dash and mark [U75]. */
function LineKey({ line }: { line: number }) {
  const { chart, tokens } = useTheme();
  const stroke = chart.series[line % chart.series.length] ?? chart.series[0];
  const fill = line % 3 === 0 ? stroke : tokens.bgOverlay;
  return (
    <svg aria-hidden="true" height="14" width="38">
      <line
        stroke={stroke}
        strokeDasharray={DASHES[line % DASHES.length]?.join(" ")}
        strokeWidth="2"
        x2="38"
        y1="7"
        y2="7"
      />
      {line % 3 === 0 ? <circle cx="19" cy="7" fill={fill} r="4" stroke={stroke} strokeWidth="1.5" /> : null}
      {line % 3 === 1 ? <rect fill={fill} height="8" stroke={stroke} strokeWidth="1.5" width="8" x="15" y="3" /> : null}
      {line % 3 === 2 ? <path d="M19 3 23 11H15Z" fill={fill} stroke={stroke} strokeWidth="1.5" /> : null}
    </svg>
  );
}
