import { type FieldDef, field, keyField } from "#telemetry/knowledge/field-defs.ts";
import { interfaceStateWord } from "./state-words.ts";
import type { Row } from "./table-order.ts";

/** Columns of the joined table first, everything else of both panels after them. */
export function interfaceFields(state: readonly FieldDef[], counters: readonly FieldDef[]): FieldDef[] {
  const lead = [
    keyField("name", "Interface"),
    field("oper", "State", "state", 1),
    field("in_bps", "In", "bps", 1),
    field("out_bps", "Out", "bps", 1),
    field("trend", "Trend", "trend", 1),
    field("desc", "Description", "text", 1),
    field("err_per_s", "Errors/s", "per_s", 2),
    field("in_err", "In errors", "counter", 2),
    field("speed_bps", "Speed", "bps", 2),
    field("ipv4", "IPv4", "list", 2),
  ];
  const names = new Set(lead.map((def) => def.field));
  const rest = [...state, ...counters].filter((def) => {
    if (names.has(def.field)) return false;
    names.add(def.field);
    return true;
  });
  return [...lead, ...rest];
}

/** State rows with rates and counters of the same interface beside them; interfaces of the platform itself are hidden [T24]. */
export function joinInterfaces(state: readonly Row[], counters: readonly Row[], hidden: boolean): Row[] {
  const byName = new Map(counters.map((row) => [row.name, row]));
  return state
    .filter((row) => hidden || row.hidden !== true)
    .map((row) => ({ ...byName.get(row.name), ...row, oper: interfaceStateWord(row) ?? row.oper }));
}
