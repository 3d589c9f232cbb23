import { rowsWithoutHistory } from "../history/series-values.ts";
import type { PanelData, PanelId } from "../knowledge/panel-data.ts";
import { panelDef } from "../knowledge/panels.ts";
import type { PanelReading, ReasonCode, Source, Status } from "../knowledge/reading.ts";
import { mergeFragments } from "./merge.ts";
import type { CommandResult, Good } from "./result-store.ts";
import { PARTIAL_NOTES, rowsByKey, tablesOf } from "./row-ledger.ts";

/** What the collector knows about one command of a panel. */
export type PanelCommandState = CommandResult & {
  intervalMs?: number | undefined;
  nextDue?: number | undefined;
  /** Why the plan holds it back. */
  held?: string | undefined;
  /** Speaks of a pinned port only, and more often: its row stands by the time of the answer. */
  pinned?: boolean;
  /** Polled for another panel: adds to this one's rows, and says nothing of how well this one is. */
  beside?: boolean;
  /** Asked less often, or not at all, because it proved heavy [T79]. */
  demoted?: { ms: number; bytes: number; stopped: boolean } | undefined;
};

/** What is true for all panels of a device right now. */
export type DeviceState = {
  /** By the clock that nobody sets [T15]. */
  now: number;
  /** How far the time of day is ahead of that, milliseconds. */
  ahead?: number;
  paused: boolean;
  throttled: boolean;
  suspended: boolean;
  /** The share of the device's time is used up and something waits for it [T54]. */
  capped: boolean;
  /** What a person is asked before telemetry goes on [T59]. */
  asks?: string;
  ended?: "needs_user" | "prompt" | "no_transport";
};

/** Above this many rows a payload carries the count only, and views ask for windows [T77]. */
export const MAX_ROWS = 500;
/** Data older than this many intervals is stale. */
const STALE_INTERVALS = 3;

/** Where an understood answer came from. */
export function sourceOf(good: Good): Source {
  const { capture, trace, form } = good;
  return {
    command: capture.command,
    form,
    parser: trace.parser,
    parser_version: trace.version,
    ts: capture.ts,
    ms: capture.done_at - capture.sent_at,
    bytes: capture.bytes,
    rows: trace.rows,
    unparsed_lines: trace.unparsed.count,
    complete: capture.complete,
    capture: capture.id,
    notes: [...capture.notes, ...trace.notes],
  };
}

/** Where an answer came from that was not understood. */
export function failedSourceOf({ capture, trace, why }: NonNullable<CommandResult["failed"]>): Source {
  return {
    command: capture.command,
    form: "text",
    parser: trace?.parser ?? "",
    parser_version: trace?.version ?? 0,
    ts: capture.ts,
    ms: capture.done_at - capture.sent_at,
    bytes: capture.bytes,
    rows: 0,
    unparsed_lines: trace?.unparsed.count ?? 0,
    complete: capture.complete,
    capture: capture.id,
    notes: [...capture.notes, why],
  };
}

const REASONS: Record<string, ReasonCode> = {
  timeout: "timeout",
  overflow: "overflow",
  gap: "gap",
  damaged: "damaged",
  paged: "truncated",
  truncated: "truncated",
  cancelled: "needs_user",
  denied: "no_permission",
  gated: "feature_off",
  limit: "limit",
  unsupported: "feature_off",
};

function reasonOf(why: string): ReasonCode {
  return REASONS[why] ?? "parse";
}

/** A refusal says what the box cannot or may not do; everything else is a failed try. */
function isRefusal(why: string): boolean {
  return why === "unsupported" || why === "denied" || why === "gated";
}

/** Status, reason and hint of a panel from its commands' last answers [T28] [T76]. */
export function judge(
  all: readonly PanelCommandState[],
  notes: readonly string[],
  device: DeviceState,
): { status: Status; reason?: ReasonCode; hint?: string } {
  const commands = all.filter(({ beside }) => !beside);
  const failures = commands.flatMap(({ failed }) => (failed ? [failed] : []));
  const goods = commands.flatMap(({ good }) => (good ? [good] : []));
  const hint = failures.find((failed) => failed.hint !== undefined)?.hint;
  const withHint = <T extends object>(value: T): T & { hint?: string } => (hint ? { ...value, hint } : value);
  const ended = device.ended === "no_transport" ? "limit" : device.ended;
  if (failures.length === 0 && goods.length === 0) {
    if (ended) return { status: "error", reason: ended };
    const waits = waitsFor(commands, device);
    return waits ? { status: "stale", ...waits } : { status: "pending" };
  }
  const fresh = commands.some(({ good, failed }) => good && !failed);
  if (!fresh && failures.length > 0) {
    const refusals = failures.filter(({ why }) => isRefusal(why));
    // What one command refused another may still answer: not offered is said after the last of them [T76].
    if (refusals.length === failures.length && goods.length === 0 && commands.some(isAwaited))
      return ended ? { status: "error", reason: ended } : { status: "pending" };
    const first = failures.find(({ why }) => !isRefusal(why));
    const rests = commands.some(({ failed, held }) => failed && held === "suspended");
    if (first && rests) return { status: "error", reason: reasonOf(first.why), hint: hint ?? SUSPENDED };
    if (first) return withHint({ status: "error", reason: reasonOf(first.why) });
    const kind =
      (["gated", "denied", "unsupported"] as const).find((each) => refusals.some(({ why }) => why === each)) ??
      "unsupported";
    return withHint(kind === "unsupported" ? { status: kind } : { status: kind, reason: reasonOf(kind) });
  }
  const stale = staleReason(commands, device);
  if (stale) return stale.hint === undefined ? withHint({ status: "stale", ...stale }) : { status: "stale", ...stale };
  const broken = failures.find(({ why }) => why !== "unsupported" && why !== "gated");
  if (broken) return withHint({ status: "partial", reason: reasonOf(broken.why) });
  // Half of what the panel is made of has not been asked for yet: not all rows there are.
  if (commands.some(isAwaited)) return withHint({ status: "partial" });
  if (notes.some((note) => PARTIAL_NOTES.has(note)) || goods.some(({ trace }) => trace.dropped > 0))
    return withHint({ status: "partial" });
  // A command that this box merely does not know is no news while the others answer; a feature that is off is.
  const off =
    failures.find(({ why, hint: said }) => why === "gated" && said !== undefined)?.hint ?? heavyHint(commands);
  return off ? { status: "ok", hint: off } : { status: "ok" };
}

/** A command that polls this panel and has not answered once; one that waits for its size guard is not awaited. */
function isAwaited({ good, failed, intervalMs, nextDue }: PanelCommandState): boolean {
  return !good && !failed && intervalMs !== undefined && nextDue !== undefined && Number.isFinite(nextDue);
}

/** A rest of one hint: what holds the panel back and until when, in the person's words. */
type Waits = { reason?: ReasonCode; hint?: string };

const SUSPENDED =
  "Two commands in a row had no answer: the dearer half of them, this one included, rests for five minutes.";
const CAPPED = "Telemetry has used its share of this device's time: this is asked when there is some left.";
const BUSY = "The device's processor is busy: only the essential panels go on, every two minutes.";

/** Why a panel that has nothing yet still waits, when that is news. */
function waitsFor(commands: readonly PanelCommandState[], device: DeviceState): Waits | undefined {
  if (device.asks !== undefined) return { reason: "limit", hint: device.asks };
  if (commands.length > 0 && commands.every(({ held }) => held === "suspended"))
    return { reason: "throttled", hint: SUSPENDED };
  // Not even asked once: the device was busy before its turn came [T55].
  if (device.throttled && commands.length > 0 && commands.every(({ intervalMs }) => intervalMs === undefined))
    return { reason: "throttled", hint: BUSY };
  return undefined;
}

function staleReason(commands: readonly PanelCommandState[], device: DeviceState): Waits | undefined {
  if (device.ended) return { reason: device.ended === "no_transport" ? "limit" : device.ended };
  if (device.suspended) return { reason: "suspended" };
  if (device.paused) return device.asks === undefined ? { reason: "paused" } : { reason: "limit", hint: device.asks };
  const old = commands.some(
    ({ good, failed, intervalMs }) =>
      good && !failed && intervalMs !== undefined && device.now - good.capture.ts > STALE_INTERVALS * intervalMs,
  );
  const resting = device.throttled && commands.every(({ intervalMs }) => intervalMs === undefined);
  if (resting) return { reason: "throttled", hint: BUSY };
  const answered = commands.filter(({ good, failed }) => good && !failed);
  if (answered.length > 0 && answered.every(({ held }) => held === "suspended"))
    return { reason: "throttled", hint: SUSPENDED };
  if (answered.some(({ demoted }) => demoted?.stopped)) return { reason: "throttled", hint: heavyHint(commands) ?? "" };
  if (!old) return undefined;
  return device.capped ? { reason: "throttled", hint: CAPPED } : {};
}

/** That and why a panel is asked less often than others [T79]. */
function heavyHint(commands: readonly PanelCommandState[]): string | undefined {
  const demoted = commands.find((each) => each.demoted)?.demoted;
  if (!demoted) return undefined;
  const cost = `${(demoted.ms / 1_000).toFixed(1)} s and ${Math.ceil(demoted.bytes / 1_024)} KiB, twice in a row`;
  return demoted.stopped
    ? `Not watched any more: one answer took ${cost}.`
    : `Asked less often: one answer took ${cost}.`;
}

/** When the freshest panel state of these commands turns stale by age; nothing when it never does. */
export function staleAt(commands: readonly PanelCommandState[]): number | undefined {
  const times = commands.flatMap(({ good, failed, intervalMs, beside }) =>
    good && !failed && !beside && intervalMs !== undefined ? [good.capture.ts + STALE_INTERVALS * intervalMs + 1] : [],
  );
  return times.length === 0 ? undefined : Math.min(...times);
}

/**
 * Answers that a panel is made of: those of commands whose last try went well, so that what a command said before it
 * failed is not shown as if it were fresh [T7] [T76]; only when none went well, the last good ones, as old as they are.
 */
function believed(commands: readonly PanelCommandState[]): Answered[] {
  const goods = commands.filter((each): each is Answered => each.good !== undefined);
  const fresh = goods.filter(({ failed }) => !failed);
  const own = goods.filter(({ beside }) => !beside);
  if (fresh.some(({ beside }) => !beside)) return fresh;
  // A pinned port's own answer is no panel: it adds to one.
  return own.length === 0 ? [] : goods.filter(({ beside, failed }) => !beside || !failed);
}

type Answered = PanelCommandState & { good: Good };

/** Full data of a panel, rows included. */
export function panelData<P extends PanelId>(
  panel: P,
  commands: readonly PanelCommandState[],
): { data: PanelData[P]; notes: string[]; fieldSource: Map<string, number> } | undefined {
  const known = believed(commands);
  const merged = mergeFragments(
    panel,
    known.map(({ good }) => good.fragment),
    known.map(({ good, pinned }) => ({ ts: good.capture.ts, pinned: pinned === true })),
  );
  return merged && { data: merged.data, notes: merged.merged.notes, fieldSource: merged.merged.fieldSource };
}

/** The reading of one panel as views get it. */
export function buildReading<P extends PanelId>(
  panel: P,
  commands: readonly PanelCommandState[],
  device: DeviceState,
): PanelReading<P> {
  const goods = believed(commands).map(({ good }) => good);
  const own = commands.filter(({ beside }) => !beside);
  const found = panelData(panel, commands);
  const notes = [...(found?.notes ?? []), ...goods.flatMap(({ trace }) => trace.notes)];
  const used = goods.filter(({ fragment }) => fragment[panel] !== undefined);
  const times = used.map(({ capture }) => capture.ts);
  const ts = times.length === 0 ? device.now : Math.min(...times);
  const newest = Math.max(ts, ...times);
  const intervals = own.flatMap(({ intervalMs }) => (intervalMs === undefined ? [] : [intervalMs]));
  const due = own.flatMap(({ nextDue }) => (nextDue !== undefined && Number.isFinite(nextDue) ? [nextDue] : []));
  const sources = goods.map(sourceOf);
  const shown = found && bounded(found.data);
  const without = shown === undefined ? 0 : rowsWithoutHistory(panel, found?.data ?? {}, shown);
  const reading = {
    panel,
    schema: panelDef(panel).schema,
    ts,
    ...(newest > ts ? { newest_ts: newest } : {}),
    age_ms: Math.max(0, device.now - ts),
    ...(intervals.length > 0 ? { interval_ms: Math.min(...intervals) } : {}),
    ...(due.length > 0 ? { next_due: Math.min(...due) } : {}),
    ...judge(commands, notes, device),
    sources: [...sources, ...commands.flatMap(({ failed }) => (failed ? [failedSourceOf(failed)] : []))],
    ...(found && sources.length > 1 ? { field_source: Object.fromEntries(found.fieldSource) } : {}),
    ...(without > 0 ? { without_history: without } : {}),
    ...(shown ? { data: shown } : {}),
  };
  return reading.status === "partial" && found ? { ...reading, ...partly(panel, commands, found.data) } : reading;
}

/** Of what is not in half a reading: the rows that are proven to be gone, and those whose command merely failed [T7] [T85]. */
function partly(
  panel: PanelId,
  commands: readonly PanelCommandState[],
  data: object,
): Pick<PanelReading, "gone" | "old_rows"> {
  const own = commands.filter(({ beside }) => !beside);
  const failed = own.filter(({ failed: last }) => last !== undefined && !isRefusal(last.why));
  const gone: Record<string, string[]> = {};
  const old: Record<string, object[]> = {};
  for (const section of tablesOf(panel)) {
    const { path } = section;
    const present = rowsByKey(section, data);
    const proven = own
      .filter(({ failed: last }) => last === undefined)
      .flatMap(({ rows }) => [...(rows?.goneFrom(panel, path) ?? [])])
      .filter((key) => !present.has(key) && !failed.some(({ rows }) => rows?.has(panel, path, key)));
    if (proven.length > 0) gone[path] = [...new Set(proven)];
    const rows = failed
      .flatMap(({ good }) => [...rowsByKey(section, good?.fragment[panel])])
      .filter(([key]) => !present.has(key));
    // Long tables stay in the worker, and so do their old rows [T77].
    if (rows.length > 0 && present.size + rows.length <= MAX_ROWS) old[path] = [...new Map(rows).values()];
  }
  return {
    ...(Object.keys(gone).length > 0 ? { gone } : {}),
    ...(Object.keys(old).length > 0 ? { old_rows: old } : {}),
  };
}

/** Long tables stay in the worker. */
function bounded<D extends object>(data: D): D {
  const rows: unknown = "rows" in data ? data.rows : undefined;
  if (!Array.isArray(rows) || rows.length <= MAX_ROWS) return data;
  const copy = { ...data };
  if ("rows" in copy) delete copy.rows;
  return copy;
}
