import type { RecordSection as RecordDef } from "#telemetry/knowledge/panels.ts";
import { valueText } from "../format/value-text.ts";
import type { Row } from "./table-order.ts";

type ShortFiguresProps = { def: RecordDef; values: Row; skip?: readonly string[] };

/** Small figures in a line, label beside value. */
export function ShortFigures({ def, values, skip = [] }: ShortFiguresProps) {
  return (
    <dl className="rs-short">
      {def.fields.map((field) => {
        const shown = skip.includes(field.field) ? undefined : valueText(values[field.field], field.unit, 0);
        return shown === undefined ? null : (
          <div key={field.field}>
            <dt>{field.label}</dt>
            <dd>{shown.text}</dd>
          </div>
        );
      })}
    </dl>
  );
}
