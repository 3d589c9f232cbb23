import type { Comparison, Difference, NotCompared, PanelId } from "#bridge/types.ts";
import type { Unit } from "#telemetry/knowledge/field-defs.ts";
import { panelDef } from "#telemetry/knowledge/panels.ts";
import { groupDigits } from "../format/numbers.ts";
import { valueText } from "../format/value-text.ts";

/** One line of a comparison, ready to be shown; text of the device is escaped. */
export type DifferenceLine = {
  key: string;
  what: string;
  /** Field and how it differs: "State changed", "In errors grew by 12". */
  how: string;
  from?: string;
  to?: string;
};

/** The differences of one panel. */
export type PanelDifferences = { panel: PanelId; title: string; lines: DifferenceLine[] };

/** Units whose values are numbers that are shown shortened. */
const NUMERIC: ReadonlySet<Unit> = new Set([
  "bps",
  "bytes",
  "count",
  "dbm",
  "nm",
  "pct",
  "celsius",
  "watt",
  "rpm",
  "ms",
]);

function sayValue(text: string | undefined, unit: Unit | undefined): string | undefined {
  if (text === undefined) return undefined;
  if (unit === "bool") return text === "true" ? "yes" : "no";
  const asNumber = unit !== undefined && NUMERIC.has(unit) && text !== "" ? Number(text) : Number.NaN;
  if (Number.isFinite(asNumber)) return valueText(asNumber, unit ?? "text", 0)?.text;
  return valueText(text, unit === "counter" ? "counter" : "text", 0)?.text;
}

function fieldLabel({ panel, section, field }: Difference): string {
  const found = panelDef(panel)
    .sections.filter((one) => (one.kind === "table" ? one.path === section : section === undefined))
    .flatMap(({ fields }) => fields)
    .find((one) => one.field === field);
  return found?.label ?? field ?? "";
}

function howText(difference: Difference): string {
  const { kind, from, to } = difference;
  if (kind === "appeared") return "Appeared";
  if (kind === "gone") return "Gone";
  const label = fieldLabel(difference);
  if (kind === "grew" && from !== undefined && to !== undefined)
    return `${label} grew by ${groupDigits(String(BigInt(to) - BigInt(from)))}`;
  return `${label} changed`;
}

/** Differences by panel, in the order of the comparison; which table of a panel goes with the row's name. */
export function differencesByPanel({ differences }: Pick<Comparison, "differences">): PanelDifferences[] {
  const out = new Map<PanelId, PanelDifferences>();
  for (const difference of differences) {
    const { panel, section, key, field = "", label, unit } = difference;
    const of = out.get(panel) ?? { panel, title: panelDef(panel).title, lines: [] };
    out.set(panel, of);
    const line: DifferenceLine = {
      key: `${section ?? ""} ${key} ${field}`,
      what: valueText(label, "text", 0)?.text ?? of.title,
      how: howText(difference),
    };
    const [from, to] = [sayValue(difference.from, unit), sayValue(difference.to, unit)];
    if (from !== undefined) line.from = from;
    if (to !== undefined) line.to = to;
    of.lines.push(line);
  }
  return [...out.values()];
}

const WHY: Record<NotCompared["why"], string> = {
  missing_before: "not read before",
  missing_after: "not read after",
  no_data_before: "gave no data before",
  no_data_after: "gave no data after",
  stale_before: "could not be read before: only older data was known",
  stale_after: "could not be read after: only older data was known",
  partial_before: "read only in part before: what else is new there is not known",
  partial_after: "read only in part after: what else is gone there is not known",
  too_long: "too long: only its count was kept",
  schema: "its meaning changed between two versions of the app",
};

/** A panel or table that could not be compared, and why. */
export function notComparedText({ panel, section, why }: NotCompared): string {
  const { title, sections } = panelDef(panel);
  const part = sections.find((one) => one.kind === "table" && one.path === section)?.title;
  return `${title}${part === undefined ? "" : ` (${part})`}: ${WHY[why]}`;
}

/** How the comparison came out, in one line. */
export function summaryText({ differences, not_compared, equal }: Comparison): string {
  const count = (n: number, one: string, many: string): string => `${n} ${n === 1 ? one : many}`;
  const parts = [
    differences.length === 0 ? "No differences" : count(differences.length, "difference", "differences"),
    `${count(equal.length, "panel is", "panels are")} equal`,
  ];
  if (not_compared.length > 0) parts.push(`${not_compared.length} could not be compared`);
  return `${parts.join(", ")}.`;
}

const two = (value: number): string => String(value).padStart(2, "0");

/** A name for a snapshot that sorts and says when it was. */
export function suggestedName(at: number): string {
  const time = new Date(at);
  const day = `${time.getFullYear()}-${two(time.getMonth() + 1)}-${two(time.getDate())}`;
  return `Snapshot ${day} ${two(time.getHours())}:${two(time.getMinutes())}`;
}
