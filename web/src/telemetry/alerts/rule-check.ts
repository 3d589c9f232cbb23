import { PANEL_IDS, type PanelId } from "../knowledge/panel-data.ts";
import { panelDef } from "../knowledge/panels.ts";
import type { AlertOp, AlertRule } from "./alert.ts";

/** The rule, or what is wrong with it and where. */
export type CheckedRule = { ok: true; rule: AlertRule } | { ok: false; field: string; why: string };

const OPS: ReadonlySet<string> = new Set(["above", "below", "is", "is_not", "was"] satisfies AlertOp[]);
const MAX_TEXT = 80;
const MAX_WORDS = 16;
const MAX_HOLD_S = 24 * 3600;
const ID = /^[a-z0-9][a-z0-9._-]{0,63}$/;

type Fields = Readonly<Record<string, unknown>>;

class Wrong extends Error {
  readonly field: string;
  constructor(field: string, why: string) {
    super(why);
    this.field = field;
  }
}

/** Checks a rule of the person or of a file [T90]: unknown panels, fields and words are told, never guessed. */
export function checkRule(given: unknown): CheckedRule {
  try {
    if (typeof given !== "object" || given === null) throw new Wrong("rule", "A rule is an object.");
    return { ok: true, rule: read(given as Fields) };
  } catch (error) {
    if (error instanceof Wrong) return { ok: false, field: error.field, why: error.message };
    throw error;
  }
}

function read(given: Fields): AlertRule {
  const panel = textOf(given, "panel");
  if (!(PANEL_IDS as readonly string[]).includes(panel)) throw new Wrong("panel", `There is no panel "${panel}".`);
  const section = given.section === undefined ? undefined : textOf(given, "section");
  const known = fieldsOf(panel as PanelId, section);
  if (known === undefined) throw new Wrong("section", `The panel ${panel} has no table "${section ?? ""}".`);
  const field = textOf(given, "field");
  if (!known.has(field)) throw new Wrong("field", `The panel ${panel} has no field "${field}" there.`);
  const op = textOf(given, "op");
  if (!OPS.has(op)) throw new Wrong("op", `"${op}" is none of ${[...OPS].join(", ")}.`);
  const id = textOf(given, "id");
  if (!ID.test(id)) throw new Wrong("id", "An id is small letters, digits, dots and dashes.");
  const numeric = op === "above" || op === "below";
  const rule: AlertRule = {
    id,
    title: textOf(given, "title"),
    panel: panel as PanelId,
    field,
    op: op as AlertOp,
    hold_s: numberOf(given, "hold_s", 0, MAX_HOLD_S),
    enabled: given.enabled !== false,
  };
  if (section !== undefined) rule.section = section;
  if (given.match !== undefined) rule.match = matchOf(given.match, known);
  for (const level of ["warn", "crit"] as const) {
    if (given[level] === undefined) continue;
    rule[level] = numeric ? numberOf(given, level) : wordsOf(given[level], level);
  }
  if (rule.warn === undefined && rule.crit === undefined)
    throw new Wrong("warn", "A rule needs a warning or a critical value.");
  if (given.clear !== undefined) rule.clear = numberOf(given, "clear");
  if (rule.clear !== undefined) checkClear(rule, rule.clear);
  if (op === "was") rule.was = textOf(given, "was");
  if (given.our_default === true) rule.our_default = true;
  if (given.from_device !== undefined) rule.from_device = textOf(given, "from_device");
  return rule;
}

/** Clearing on the raising side of a limit would make an alert that never clears, or that flutters. */
function checkClear({ op, warn, crit }: AlertRule, clear: number): void {
  const limit = typeof warn === "number" ? warn : crit;
  if (typeof limit !== "number") throw new Wrong("clear", "Only a number can clear at another value.");
  if (op === "above" ? clear > limit : clear < limit)
    throw new Wrong("clear", "It clears on the other side of the limit.");
}

function fieldsOf(panel: PanelId, section: string | undefined): ReadonlySet<string> | undefined {
  const own = panelDef(panel).sections.filter((one) =>
    section === undefined ? one.kind === "record" : one.kind === "table" && one.path === section,
  );
  return own.length === 0 ? undefined : new Set(own.flatMap(({ fields }) => fields.map(({ field }) => field)));
}

function textOf(given: Fields, field: string): string {
  const value = given[field];
  if (typeof value !== "string" || value === "") throw new Wrong(field, "A text is missing.");
  if (value.length > MAX_TEXT) throw new Wrong(field, `At most ${MAX_TEXT} characters.`);
  return value;
}

function numberOf(given: Fields, field: string, least = -1e15, most = 1e15): number {
  const value = given[field];
  if (typeof value !== "number" || !Number.isFinite(value)) throw new Wrong(field, "A number is missing.");
  if (value < least || value > most) throw new Wrong(field, `Between ${least} and ${most}.`);
  return value;
}

function wordsOf(given: unknown, field: string): string[] {
  const list = Array.isArray(given) ? (given as unknown[]) : [given];
  if (list.length === 0 || list.length > MAX_WORDS) throw new Wrong(field, `One to ${MAX_WORDS} words.`);
  return list.map((word) => textOf({ [field]: word }, field));
}

function matchOf(given: unknown, known: ReadonlySet<string>): Record<string, string[]> {
  if (typeof given !== "object" || given === null || Array.isArray(given))
    throw new Wrong("match", "Fields with their words.");
  const entries = Object.entries(given);
  if (entries.length > MAX_WORDS) throw new Wrong("match", `At most ${MAX_WORDS} fields.`);
  return Object.fromEntries(
    entries.map(([field, words]) => {
      if (!known.has(field)) throw new Wrong("match", `There is no field "${field}".`);
      return [field, wordsOf(words, "match")];
    }),
  );
}
