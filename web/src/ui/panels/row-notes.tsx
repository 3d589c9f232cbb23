import type { PanelReading } from "#bridge/types.ts";
import type { PanelDef } from "#telemetry/knowledge/panels.ts";
import { groupDigits } from "../format/numbers.ts";
import { type Row, rowTitle } from "./table-order.ts";

/** Names of so many rows fit under a table. */
const NAMED = 4;

/** Which rows could not be read this time: they may be there, unlike rows that are gone. Nothing to say: undefined. */
export function oldRowsText(def: PanelDef, { old_rows }: Pick<PanelReading, "old_rows">): string | undefined {
  const titles = def.sections.flatMap((section) => {
    const rows = section.kind === "table" ? (old_rows?.[section.path] ?? []) : [];
    return rows.map((row) => rowTitle(section.fields, row as Row));
  });
  if (titles.length === 0) return undefined;
  const more = titles.length - NAMED;
  const names = titles.slice(0, more === 1 ? NAMED + 1 : NAMED).join(", ");
  return `Stale, could not be read this time: ${names}${more > 1 ? ` and ${more} more` : ""}.`;
}

/** That lines over time are kept of the first rows only; undefined when of all [T82]. */
export function historyText({ without_history: more }: Pick<PanelReading, "without_history">): string | undefined {
  if (more === undefined || more === 0) return undefined;
  return `${groupDigits(String(more))} more ${more === 1 ? "row has" : "rows have"} no history.`;
}

/** What is to be said of rows that the sections of a panel do not show, or not in full. */
export function RowNotes({ def, reading }: { def: PanelDef; reading: PanelReading }) {
  return [oldRowsText(def, reading), historyText(reading)].map((text) =>
    text === undefined ? null : (
      <p className="rs-empty-line" key={text}>
        <bdi>{text}</bdi>
      </p>
    ),
  );
}
