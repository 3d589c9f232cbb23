import type { FieldDef } from "../knowledge/field-defs.ts";

/** A table to be written to a file: rows in the order in which they are to be written, and where they came from. */
export type TableFile = {
  device: string;
  panel: string;
  table: string;
  /** When it was read, epoch milliseconds. */
  read_at: number;
  /** How good it is, where that is known: rows may be missing from half a reading, and an old one may not hold any more. */
  status?: string;
  commands: readonly string[];
  fields: readonly FieldDef[];
  rows: readonly Readonly<Record<string, unknown>>[];
};

/**
 * What a spreadsheet would take for a formula when it comes from a device: it trims blanks and control characters first, and
 * some take full-width and small signs for the plain ones. What begins with a tab or a line end is text in any case.
 */
const FORMULA = /^(?:[\s\p{Cc}\p{Cf}]*[=+\-@＝＋－＠﹦﹢﹣﹫]|[\t\r\n])/u;
const NUMBER = /^-?\d+(?:\.\d+)?$/;

/** RFC 4180 with CRLF; every row says device, time (UTC) and command. Units are those of the column's name. */
export function tableCsv({ device, read_at, commands, fields, rows }: TableFile): string {
  const columns = fields.filter(({ unit }) => unit !== "trend");
  const head = [...columns.map(({ field }) => field), "device", "read_at", "command"];
  const from = [device, new Date(read_at).toISOString(), commands.join("; ")];
  const lines = rows.map((row) => [...columns.map(({ field }) => row[field]), ...from]);
  return [head, ...lines].map((line) => `${line.map(cell).join(",")}\r\n`).join("");
}

function cell(value: unknown): string {
  if (typeof value === "number" || typeof value === "boolean") return String(value);
  const text = textOf(value);
  const safe = FORMULA.test(text) && !NUMBER.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

function textOf(value: unknown): string {
  if (typeof value === "string") return value;
  if (value === undefined || value === null) return "";
  if (Array.isArray(value) && value.every((one) => typeof one !== "object")) return value.join(" ");
  return JSON.stringify(value);
}

/** For programs: exact values, counters as decimal text, absent fields absent. */
export function tableJson({ device, panel, table, read_at, status, commands, fields, rows }: TableFile): string {
  const units = Object.fromEntries(fields.map(({ field, unit }) => [field, unit]));
  const clean = rows.map((row) => Object.fromEntries(Object.entries(row).filter(([field]) => field !== "trend")));
  const out = {
    format: "rackside.table",
    version: 1,
    device,
    panel,
    table,
    read_at: new Date(read_at).toISOString(),
    ...(status === undefined ? {} : { status }),
    commands,
    units,
    rows: clean,
  };
  return `${JSON.stringify(out, undefined, 2)}\n`;
}

/** A file's name of the parts that identify it: letters, digits, dots and dashes only. */
export function fileName(parts: readonly string[], at: number, ending: string): string {
  const stamp = new Date(at).toISOString().slice(0, 19).replaceAll(":", "");
  const safe = [...parts, stamp].map((part) => part.replaceAll(/[^\w.-]+/g, "-").replaceAll(/^[-.]+|-+$/g, ""));
  return `${safe.filter((part) => part !== "").join("_")}.${ending}`;
}
