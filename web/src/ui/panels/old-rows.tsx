import type { PanelReading } from "#bridge/types.ts";
import type { PanelDef } from "#telemetry/knowledge/panels.ts";
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

/** The rows of a panel whose part of it failed, under what was read. */
export function OldRows({ def, reading }: { def: PanelDef; reading: PanelReading }) {
  const text = oldRowsText(def, reading);
  return text === undefined ? null : (
    <p className="rs-empty-line">
      <bdi>{text}</bdi>
    </p>
  );
}
