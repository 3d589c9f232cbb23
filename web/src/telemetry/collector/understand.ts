import type { Pack } from "../packs/pack.ts";
import type { ParseResult } from "../parsers/result.ts";
import type { RunResult } from "../plan/plan-events.ts";
import { parsers } from "../platforms/parsers.ts";
import { type Capture, classify, type OutcomeRules } from "../transcript/capture.ts";
import type { ActiveCommand } from "./command-set.ts";

/** What an answer turned out to be. */
export type Understood =
  | { ok: true; result: ParseResult & { ok: true } }
  | { ok: false; why: string; hint?: string; result?: ParseResult };

const compiled = new WeakMap<Pack, OutcomeRules>();

/** The refusal patterns of a pack, compiled once. */
export function outcomeRules(pack: Pack): OutcomeRules {
  let rules = compiled.get(pack);
  if (!rules) {
    const list = (sources: readonly string[]): RegExp[] => sources.map((source) => new RegExp(source));
    const { unsupported, denied, gated, limit } = pack.errors;
    rules = {
      errors: { unsupported: list(unsupported), denied: list(denied), gated: list(gated), limit: list(limit) },
      hints: pack.hints.map(({ re, text }) => ({ re: new RegExp(re), text })),
    };
    compiled.set(pack, rules);
  }
  return rules;
}

/** Trace of an answer that is read elsewhere. */
const unread = (parser: string): ParseResult["trace"] => ({
  parser,
  version: 0,
  attempts: [],
  lines: 0,
  consumed: 0,
  unparsed: { count: 0, samples: [] },
  rows: 0,
  dropped: 0,
  notes: [],
});

/**
 * A full table's answer: refusal and damage are told here, its rows are not read, since that would hold the thread for as
 * long as a table is long [T9] [T74]. Whoever asked reads the text piece by piece.
 */
export function understandFull(capture: Capture, command: ActiveCommand, pack: Pack): Understood {
  if (!capture.complete) return { ok: false, why: capture.outcome, ...hungHint(capture, command, pack) };
  const { outcome, hint } = classify(capture.text, capture.stderr, capture.exit, outcomeRules(pack));
  if (outcome !== "ok") return { ok: false, why: outcome, ...(hint ? { hint } : {}) };
  return { ok: true, result: { ok: true, data: {}, trace: unread(command.variant.parser) } };
}

/** Refusal, damage, or data: an incomplete capture is never parsed [T7], a refusal never becomes an empty table. */
export function understand(capture: Capture, command: ActiveCommand, pack: Pack): Understood {
  if (!capture.complete) return { ok: false, why: capture.outcome, ...hungHint(capture, command, pack) };
  const result = parsed(capture.text, command, pack);
  // What a box logged about others is no refusal of ours: entries are short, and speak of denied logins [T47].
  const isLog = command.def.log === true && result?.ok === true && result.trace.rows > 0;
  const { outcome, hint } = classify(isLog ? "" : capture.text, capture.stderr, capture.exit, outcomeRules(pack));
  if (outcome !== "ok") return { ok: false, why: outcome, ...(hint ? { hint } : {}) };
  if (!result) return { ok: false, why: "parse" };
  if (result.ok) return { ok: true, result };
  const failed = capture.exit !== undefined && capture.exit !== null && capture.exit !== 0;
  // Nothing on stdout beside a complaint is no proof of anything [T66].
  const empty = result.why === "empty" && !failed && capture.stderr.trim() === "";
  if (empty && command.def.empty === "none") return { ok: true, result: { ok: true, data: {}, trace: result.trace } };
  if (empty && command.def.empty === "off") {
    return { ok: false, why: "gated", hint: "The protocol is not configured on this device.", result };
  }
  return { ok: false, why: failed ? "error" : "parse", result };
}

/** What the parser says; nothing where there is none, or where it failed. */
function parsed(text: string, { variant, params }: ActiveCommand, pack: Pack): ParseResult | undefined {
  try {
    return parsers.get(variant.parser)?.parse(text, { prefixes: pack.interfaces.prefixes, params });
  } catch {
    // Parsers are total; one that is not must still not take telemetry down [T9].
    return undefined;
  }
}

/** What a command without an answer means where a daemon stands behind it; a pack's hints see it as `timeout: <daemon>`. */
function hungHint(capture: Capture, { def }: ActiveCommand, pack: Pack): { hint?: string } {
  if (capture.outcome !== "timeout" || def.daemon === undefined) return {};
  const hint = outcomeRules(pack).hints.find(({ re }) => re.test(`timeout: ${def.daemon}`))?.text;
  return hint === undefined ? {} : { hint };
}

const RUN_OUTCOMES = ["ok", "gap", "timeout", "unsupported", "denied", "gated", "limit"] as const;

/** What the plan makes of an answer: a refusal it knows, or an error. */
export function runOutcome(why: string): RunResult["outcome"] {
  return RUN_OUTCOMES.find((known) => known === why) ?? "error";
}
