/** How a value is to be read and shown; `state` values come from the closed vocabularies, with `<field>_raw` beside them. */
export type Unit =
  | "text"
  | "name"
  | "state"
  | "count"
  | "counter"
  | "bytes"
  | "bps"
  | "pps"
  | "per_s"
  | "seconds"
  | "ms"
  | "pct"
  | "celsius"
  | "watt"
  | "volt"
  | "milliampere"
  | "dbm"
  | "nm"
  | "rpm"
  | "at"
  | "bool"
  | "list"
  | "rows"
  | "trend";

/** One field of a record or column of a table. */
export type FieldDef = {
  field: string;
  label: string;
  unit: Unit;
  align: "left" | "right";
  /** Decimal text of any length: compare as integer, never as `number`. */
  counter?: true;
  sort?: "natural" | "number" | "text" | "none";
  /** Part of the row's key. */
  key?: true;
  /** Shown on narrow screens too; lower comes first. */
  prio?: 1 | 2 | 3;
};

const RIGHT = new Set<Unit>([
  "count",
  "counter",
  "bytes",
  "bps",
  "pps",
  "per_s",
  "seconds",
  "ms",
  "pct",
  "celsius",
  "watt",
  "volt",
  "milliampere",
  "dbm",
  "nm",
  "rpm",
]);

function sortOf(unit: Unit): NonNullable<FieldDef["sort"]> {
  if (unit === "name") return "natural";
  if (unit === "list" || unit === "rows" || unit === "trend") return "none";
  if (RIGHT.has(unit) || unit === "at") return "number";
  return "text";
}

/** Builds a field definition; alignment and order follow from the unit. */
export function field(name: string, label: string, unit: Unit, prio: 1 | 2 | 3 = 2): FieldDef {
  const def: FieldDef = {
    field: name,
    label,
    unit,
    align: RIGHT.has(unit) ? "right" : "left",
    sort: sortOf(unit),
    prio,
  };
  return unit === "counter" ? { ...def, counter: true } : def;
}

/** A field that is part of the row's key. */
export function keyField(name: string, label: string, unit: Unit = "name"): FieldDef {
  return { ...field(name, label, unit, 1), key: true };
}
