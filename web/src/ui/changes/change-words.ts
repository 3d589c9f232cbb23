import type { AlertState, ChangeEvent } from "#bridge/types.ts";
import type { FieldDef, Unit } from "#telemetry/knowledge/field-defs.ts";
import { panelDef } from "#telemetry/knowledge/panels.ts";
import { clockText } from "../format/times.ts";
import { valueText } from "../format/value-text.ts";
import type { Tone } from "../primitives/chip.tsx";
import type { IconName } from "../primitives/icon.tsx";
import { escapeDeviceText } from "../text/escape-device-text.ts";

/** A level as shape and word; colour only repeats it [U75]. */
export type Look = { icon: IconName; tone: Tone; word: string; filled?: true };

const LEVELS: Record<ChangeEvent["severity"], Look> = {
  crit: { icon: "warn", tone: "crit", word: "critical", filled: true },
  warn: { icon: "warn", tone: "warn", word: "warning" },
  change: { icon: "change", tone: "info", word: "change" },
};

export const severityLook = (severity: ChangeEvent["severity"]): Look => LEVELS[severity];

/** What a change without values did; one with values shows them instead. */
const KINDS: Record<ChangeEvent["kind"], string> = {
  appeared: "appeared",
  gone: "is gone",
  changed: "changed",
  flapped: "went and came back",
  reset: "began anew",
};

export const kindText = ({ kind }: Pick<ChangeEvent, "kind">): string => KINDS[kind];

/** The field of a panel by its name: that of the record for a change without a key, else that of a table. */
export function fieldOf(panel: ChangeEvent["panel"], field: string | undefined, key: string): FieldDef | undefined {
  if (field === undefined) return undefined;
  const sections = panelDef(panel).sections.toSorted(
    (a, b) => Number((b.kind === "record") === (key === "")) - Number((a.kind === "record") === (key === "")),
  );
  for (const section of sections) {
    const found = section.fields.find((def) => def.field === field);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Units whose values are words or lists, as they were compared. */
const WORDS: ReadonlySet<Unit> = new Set(["text", "name", "state", "counter", "list", "rows", "trend"]);

/** A value that was kept as text, in its field's unit; absent stays absent [T5]. */
export function keptValueText(value: string | undefined, unit: Unit | undefined, now: number): string | undefined {
  if (value === undefined || value === "") return undefined;
  if (unit === "bool") return value === "true" ? "yes" : "no";
  if (unit === "state") return valueText(value.replaceAll("_", " "), "text", now)?.text;
  const isNumber = unit !== undefined && !WORDS.has(unit) && value.trim() !== "" && Number.isFinite(Number(value));
  return valueText(isNumber ? Number(value) : value, unit ?? "text", now)?.text;
}

/** What changed from what to what; each absent when it is not known. */
export type Values = { field?: string; from?: string; to?: string };

/** What changes tell that is no field of a panel. */
const OTHER_LABELS: Readonly<Record<string, string>> = { answer: "Answer" };

/** Label and values of a change, formatted by the field's unit. */
export function changeValues(event: ChangeEvent, now: number): Values {
  const def = fieldOf(event.panel, event.field, event.key);
  const from = keptValueText(event.from, def?.unit, now);
  const to = keptValueText(event.to, def?.unit, now);
  return {
    ...(event.field === undefined ? {} : { field: def?.label ?? OTHER_LABELS[event.field] ?? event.field }),
    ...(from === undefined ? {} : { from }),
    ...(to === undefined ? {} : { to }),
  };
}

/** Value and limit of an alert in their field's unit. */
export function alertValues(alert: AlertState, now: number): { value?: string; limit?: string } {
  const unit = fieldOf(alert.panel, alert.field, alert.key)?.unit;
  const value = keptValueText(alert.value, unit, now);
  const limit = keptValueText(alert.limit, unit, now);
  return { ...(value === undefined ? {} : { value }), ...(limit === undefined ? {} : { limit }) };
}

const SECONDS = /:\d\d$/;

/**
 * When it happened: the time of the reading that showed it, or, across a gap, between which two [T86]. `now` only decides
 * whether dates are told.
 */
export function whenText(event: Pick<ChangeEvent, "at" | "not_before" | "across_gap">, now: number): string {
  if (event.across_gap !== true) return clockText(event.at, now);
  const from = clockText(event.not_before, now);
  const to = clockText(event.at, isSameDay(event.at, event.not_before) ? event.at : now);
  const [short, shortTo] = [from.replace(SECONDS, ""), to.replace(SECONDS, "")];
  // Within a minute the seconds are what tells the two apart.
  return shortTo === short || short.endsWith(` ${shortTo}`)
    ? `between ${from} and ${to}`
    : `between ${short} and ${shortTo}`;
}

const isSameDay = (a: number, b: number): boolean => new Date(a).toDateString() === new Date(b).toDateString();

/** A burst that ended where it began: that it changed is what counts, not from where to where [T85]. */
export const isThereAndBack = ({ kind, count, from, to }: ChangeEvent): boolean =>
  kind === "changed" && count > 1 && from !== undefined && from === to;

/** A change in one sentence, for a voice, a notification and the strip. */
export function changeSentence(event: ChangeEvent, now: number): string {
  const { field, from, to } = changeValues(event, now);
  const label = escapeDeviceText(event.label);
  const times = event.count > 1 ? `, ${event.count} times` : "";
  if (from === undefined && to === undefined) return `${label} ${kindText(event)}${times}`;
  if (isThereAndBack(event)) return `${label}: ${field ?? ""} changed ${event.count} times, now ${to ?? "unknown"}`;
  const what =
    event.kind === "flapped" || event.kind === "reset" ? `${kindText(event)}, ${field ?? ""}` : (field ?? "");
  return `${label}: ${what} ${from ?? "unknown"} → ${to ?? "unknown"}${times}`;
}
