import type { RecordSection as RecordDef } from "#telemetry/knowledge/panels.ts";
import { valueText } from "../format/value-text.ts";
import { useNow } from "../status/use-now.ts";
import { FigureChart, type RecordPlace } from "./figure-chart.tsx";
import { Sparkline } from "./sparkline.tsx";
import { StateMark } from "./state-mark.tsx";
import type { Row } from "./table-order.ts";
import { trendOf } from "./trend.ts";

/** Values longer than this get a line of their own. */
const LONG_CHARS = 26;

type RecordSectionProps = {
  def: RecordDef;
  values: Row;
  skip?: readonly string[];
  /** Also what is rarely needed; a card leaves it to the sheet. */
  full: boolean;
  place?: RecordPlace | undefined;
};

/** Label and value pairs; what is unknown is left out, since a label without a value tells nothing. */
export function RecordSection({ def, values, skip = [], full, place }: RecordSectionProps) {
  const now = useNow();
  const shown = def.fields.flatMap((field) => {
    if (field.unit === "trend" || skip.includes(field.field) || (!full && field.prio === 3)) return [];
    const text = valueText(values[field.field], field.unit, now);
    return text === undefined ? [] : [{ field, text }];
  });
  const trend = trendOf(values.trend);
  if (shown.length === 0 && trend === undefined) return null;
  return (
    <>
      {def.title === undefined ? null : <h4 className="rs-muted">{def.title}</h4>}
      {trend === undefined || skip.includes("trend") ? null : <Sparkline height={40} label="Trend" trend={trend} />}
      <dl className="rs-record">
        {shown.map(({ field, text }) => (
          <div data-long={text.text.length > LONG_CHARS || undefined} key={field.field}>
            <dt>{field.label}</dt>
            <dd title={text.exact === text.text ? undefined : text.exact}>
              {field.unit === "state" ? (
                <StateMark word={text.text} />
              ) : (
                <FigureChart def={def} field={field} place={place} values={values}>
                  {text.text}
                </FigureChart>
              )}
            </dd>
          </div>
        ))}
      </dl>
    </>
  );
}
