import type { RecordSection as RecordDef } from "#telemetry/knowledge/panels.ts";
import { valueText } from "../format/value-text.ts";
import { FigureChart, type RecordPlace } from "./figure-chart.tsx";
import type { Row } from "./table-order.ts";

type ShortFiguresProps = { def: RecordDef; values: Row; skip?: readonly string[]; place?: RecordPlace | undefined };

/** Small figures in a line, label beside value; a tap on one that is kept opens its chart [T83]. */
export function ShortFigures({ def, values, skip = [], place }: ShortFiguresProps) {
  return (
    <dl className="rs-short">
      {def.fields.map((field) => {
        const shown = skip.includes(field.field) ? undefined : valueText(values[field.field], field.unit, 0);
        return shown === undefined ? null : (
          <div key={field.field}>
            <dt>{field.label}</dt>
            <dd>
              <FigureChart def={def} field={field} place={place} values={values}>
                {shown.text}
              </FigureChart>
            </dd>
          </div>
        );
      })}
    </dl>
  );
}
