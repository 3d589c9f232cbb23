import type { FieldDef } from "#telemetry/knowledge/field-defs.ts";
import { valueText } from "../format/value-text.ts";
import { StateMark } from "../panels/state-mark.tsx";
import type { Row } from "../panels/table-order.ts";
import { useNow } from "../status/use-now.ts";

type ValuesProps = { fields: readonly FieldDef[]; row: Row; skip?: readonly string[] };

/** Every known value of a row with its label; what is unknown is left out. */
export function Values({ fields, row, skip = [] }: ValuesProps) {
  const now = useNow();
  return (
    <dl className="rs-record rs-selectable">
      {fields.map((def) => {
        const shown =
          skip.includes(def.field) || def.unit === "trend" ? undefined : valueText(row[def.field], def.unit, now);
        if (shown === undefined) return null;
        return (
          <div data-long={shown.text.length > 26 || undefined} key={def.field}>
            <dt>{def.label}</dt>
            <dd title={shown.exact}>
              {def.unit === "state" ? <StateMark word={String(row[def.field])} /> : <bdi>{shown.text}</bdi>}
            </dd>
          </div>
        );
      })}
    </dl>
  );
}
