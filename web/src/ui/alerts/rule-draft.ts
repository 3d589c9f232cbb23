import type { AlertOp, AlertRule, PanelId } from "#bridge/types.ts";
import type { FieldDef } from "#telemetry/knowledge/field-defs.ts";
import { type PanelDef, panelCatalog, panelDef } from "#telemetry/knowledge/panels.ts";

/** A rule as a form holds it: texts, as typed. */
export type RuleDraft = {
  id: string;
  title: string;
  panel: PanelId;
  /** `<table>/<field>`, or `/<field>` of the panel's own record. */
  place: string;
  op: AlertOp;
  was: string;
  warn: string;
  crit: string;
  clear: string;
  hold_s: string;
};

export const isNumeric = (op: AlertOp): boolean => op === "above" || op === "below";

/** Units of numbers as a person types them; those of a count have none. */
const NUMBERS = new Map<FieldDef["unit"], string | undefined>([
  ["count", undefined],
  ["bytes", "bytes"],
  ["bps", "bits per second"],
  ["pps", "packets per second"],
  ["per_s", "per second"],
  ["seconds", "seconds"],
  ["ms", "milliseconds"],
  ["pct", "%"],
  ["celsius", "°C"],
  ["watt", "W"],
  ["volt", "V"],
  ["milliampere", "mA"],
  ["dbm", "dBm"],
  ["rpm", "rpm"],
]);
const WORDS = new Set<FieldDef["unit"]>(["state", "text", "name"]);

type Place = { place: string; label: string; numeric: boolean; unit: string | undefined };

/** What a rule can look at in a panel: numbers and words, by section. */
export function places(panel: PanelId): readonly Place[] {
  return panelDef(panel).sections.flatMap((section) => {
    // Records inside the panel's data have no name in a rule.
    if (section.kind === "record" && section.path !== undefined) return [];
    const path = section.kind === "table" ? section.path : "";
    return section.fields
      .filter(({ unit, key }) => NUMBERS.has(unit) || (WORDS.has(unit) && key !== true))
      .map(({ field, label, unit }) => ({
        place: `${path}/${field}`,
        label: path === "" || path === "rows" ? label : `${section.title ?? path}: ${label}`,
        numeric: NUMBERS.has(unit),
        unit: NUMBERS.get(unit),
      }));
  });
}

/** Panels in which a rule can look at something. */
export const rulePanels: readonly PanelDef[] = panelCatalog.filter(({ id }) => places(id).length > 0);

/** What can be asked of a number, and of a word. */
export const opsOf = (numeric: boolean): readonly AlertOp[] => (numeric ? ["above", "below"] : ["is", "is_not", "was"]);

const limitText = (limit: AlertRule["warn"]): string =>
  limit === undefined ? "" : Array.isArray(limit) ? limit.join(", ") : String(limit);

export function draftOf(rule: AlertRule): RuleDraft {
  return {
    id: rule.id,
    title: rule.title,
    panel: rule.panel,
    place: `${rule.section ?? ""}/${rule.field}`,
    op: rule.op,
    was: rule.was ?? "",
    warn: limitText(rule.warn),
    crit: limitText(rule.crit),
    clear: limitText(rule.clear),
    hold_s: String(rule.hold_s),
  };
}

/** An empty form; `id` must be one that no rule has. */
export function newDraft(id: string): RuleDraft {
  const empty = { was: "", warn: "", crit: "", clear: "", hold_s: "0" };
  return { id, title: "", panel: "cpu", place: places("cpu")[0]?.place ?? "", op: "above", ...empty };
}

/** A number as typed, with either decimal sign; what is none stays text, for the worker to refuse with its reason. */
function numberOf(text: string): number | string | undefined {
  const plain = text.trim().replace(",", ".");
  if (plain === "") return undefined;
  return Number.isFinite(Number(plain)) ? Number(plain) : text;
}

const wordsOf = (text: string): string[] | undefined => {
  const words = text
    .split(",")
    .map((word) => word.trim())
    .filter((word) => word !== "");
  return words.length === 0 ? undefined : words;
};

/** The rule to send; `from` is the one that was edited, whose other parts stay. The worker checks it. */
export function ruleOf(draft: RuleDraft, from: AlertRule | undefined): Record<string, unknown> {
  const [section = "", field = ""] = draft.place.split("/");
  const limit = isNumeric(draft.op) ? numberOf : wordsOf;
  const [warn, crit, clear] = [limit(draft.warn), limit(draft.crit), numberOf(draft.clear)];
  const isSamePlace = from !== undefined && from.panel === draft.panel && (from.section ?? "") === section;
  const isOurs = from?.our_default === true && from.warn === warn && from.crit === crit;
  return {
    id: draft.id,
    title: draft.title.trim(),
    panel: draft.panel,
    ...(section === "" ? {} : { section }),
    ...(isSamePlace && from.match !== undefined ? { match: from.match } : {}),
    field,
    op: draft.op,
    ...(draft.op === "was" ? { was: draft.was.trim() } : {}),
    ...(warn === undefined ? {} : { warn }),
    ...(crit === undefined ? {} : { crit }),
    hold_s: numberOf(draft.hold_s) ?? 0,
    ...(clear === undefined || !isNumeric(draft.op) ? {} : { clear }),
    ...(isSamePlace && from.from_device !== undefined ? { from_device: from.from_device } : {}),
    // A limit that the person set is not ours any more [T89].
    ...(isOurs ? { our_default: true } : {}),
    enabled: from?.enabled ?? true,
  };
}

/** The field that the worker found wrong, and why, from its answer's detail. */
export function wrongField(detail: string | undefined): { field: string; why: string } | undefined {
  const found = /^(\w+): ([\s\S]+)$/.exec(detail ?? "");
  return found?.[1] === undefined || found[2] === undefined ? undefined : { field: found[1], why: found[2] };
}
