import type { PanelData, PanelId } from "../knowledge/panel-data.ts";
import { panelDef } from "../knowledge/panels.ts";
import type { PanelReading, ReasonCode, Source, Status } from "../knowledge/reading.ts";
import { mergeFragments } from "./merge.ts";
import type { CommandResult, Good } from "./result-store.ts";

/** What the collector knows about one command of a panel. */
export type PanelCommandState = CommandResult & { intervalMs?: number | undefined; nextDue?: number | undefined };

/** What is true for all panels of a device right now. */
export type DeviceState = {
  now: number;
  paused: boolean;
  throttled: boolean;
  suspended: boolean;
  ended?: "needs_user" | "prompt" | "no_transport";
};

/** Above this many rows a payload carries the count only, and views ask for windows [T77]. */
export const MAX_ROWS = 500;
/** Data older than this many intervals is stale. */
const STALE_INTERVALS = 3;
/** Share of unknown lines that makes a reading partial [T71]; parsers note it. */
const PARTIAL_NOTES = new Set(["mostly_unknown", "duplicate_key", "no_total", "total_differs"]);

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
  commands: readonly PanelCommandState[],
  notes: readonly string[],
  device: DeviceState,
): { status: Status; reason?: ReasonCode; hint?: string } {
  const failures = commands.flatMap(({ failed }) => (failed ? [failed] : []));
  const goods = commands.flatMap(({ good }) => (good ? [good] : []));
  const hint = failures.find((failed) => failed.hint !== undefined)?.hint;
  const withHint = <T extends object>(value: T): T & { hint?: string } => (hint ? { ...value, hint } : value);
  const ended = device.ended === "no_transport" ? "limit" : device.ended;
  if (failures.length === 0 && goods.length === 0)
    return ended ? { status: "error", reason: ended } : { status: "pending" };
  const fresh = commands.some(({ good, failed }) => good && !failed);
  if (!fresh && failures.length > 0) {
    const refusals = failures.filter(({ why }) => isRefusal(why));
    // What one command refused another may still answer: not offered is said after the last of them [T76].
    if (refusals.length === failures.length && goods.length === 0 && commands.some(isAwaited))
      return ended ? { status: "error", reason: ended } : { status: "pending" };
    const first = failures.find(({ why }) => !isRefusal(why));
    if (first) return withHint({ status: "error", reason: reasonOf(first.why) });
    const kind =
      (["gated", "denied", "unsupported"] as const).find((each) => refusals.some(({ why }) => why === each)) ??
      "unsupported";
    return withHint(kind === "unsupported" ? { status: kind } : { status: kind, reason: reasonOf(kind) });
  }
  const stale = staleReason(commands, device);
  if (stale) return withHint({ status: "stale", ...stale });
  const broken = failures.find(({ why }) => why !== "unsupported" && why !== "gated");
  if (broken) return withHint({ status: "partial", reason: reasonOf(broken.why) });
  // Half of what the panel is made of has not been asked for yet: not all rows there are.
  if (commands.some(isAwaited)) return withHint({ status: "partial" });
  if (notes.some((note) => PARTIAL_NOTES.has(note)) || goods.some(({ trace }) => trace.dropped > 0))
    return withHint({ status: "partial" });
  // A command that this box merely does not know is no news while the others answer; a feature that is off is.
  const off = failures.find(({ why, hint: said }) => why === "gated" && said !== undefined)?.hint;
  return off ? { status: "ok", hint: off } : { status: "ok" };
}

/** A command that polls this panel and has not answered once; one that waits for its size guard is not awaited. */
function isAwaited({ good, failed, intervalMs, nextDue }: PanelCommandState): boolean {
  return !good && !failed && intervalMs !== undefined && nextDue !== undefined && Number.isFinite(nextDue);
}

function staleReason(commands: readonly PanelCommandState[], device: DeviceState): { reason?: ReasonCode } | undefined {
  if (device.ended) return { reason: device.ended === "no_transport" ? "limit" : device.ended };
  if (device.suspended) return { reason: "suspended" };
  if (device.paused) return { reason: "paused" };
  const old = commands.some(
    ({ good, failed, intervalMs }) =>
      good && !failed && intervalMs !== undefined && device.now - good.capture.ts > STALE_INTERVALS * intervalMs,
  );
  const resting = device.throttled && commands.every(({ intervalMs }) => intervalMs === undefined);
  if (resting) return { reason: "throttled" };
  return old ? {} : undefined;
}

/** When the freshest panel state of these commands turns stale by age; nothing when it never does. */
export function staleAt(commands: readonly PanelCommandState[]): number | undefined {
  const times = commands.flatMap(({ good, failed, intervalMs }) =>
    good && !failed && intervalMs !== undefined ? [good.capture.ts + STALE_INTERVALS * intervalMs + 1] : [],
  );
  return times.length === 0 ? undefined : Math.min(...times);
}

/** Full data of a panel, rows included. */
export function panelData<P extends PanelId>(
  panel: P,
  commands: readonly PanelCommandState[],
): { data: PanelData[P]; notes: string[]; fieldSource: Map<string, number> } | undefined {
  const goods = commands.flatMap(({ good }) => (good ? [good] : []));
  const merged = mergeFragments(
    panel,
    goods.map(({ fragment }) => fragment),
  );
  return merged && { data: merged.data, notes: merged.merged.notes, fieldSource: merged.merged.fieldSource };
}

/** The reading of one panel as views get it. */
export function buildReading<P extends PanelId>(
  panel: P,
  commands: readonly PanelCommandState[],
  device: DeviceState,
): PanelReading<P> {
  const goods = commands.flatMap(({ good }) => (good ? [good] : []));
  const found = panelData(panel, commands);
  const notes = [...(found?.notes ?? []), ...goods.flatMap(({ trace }) => trace.notes)];
  const used = goods.filter(({ fragment }) => fragment[panel] !== undefined);
  const ts = used.length === 0 ? device.now : Math.min(...used.map(({ capture }) => capture.ts));
  const intervals = commands.flatMap(({ intervalMs }) => (intervalMs === undefined ? [] : [intervalMs]));
  const due = commands.flatMap(({ nextDue }) => (nextDue !== undefined && Number.isFinite(nextDue) ? [nextDue] : []));
  const sources = goods.map(sourceOf);
  const reading = {
    panel,
    schema: panelDef(panel).schema,
    ts,
    age_ms: Math.max(0, device.now - ts),
    ...(intervals.length > 0 ? { interval_ms: Math.min(...intervals) } : {}),
    ...(due.length > 0 ? { next_due: Math.min(...due) } : {}),
    ...judge(commands, notes, device),
    sources: [...sources, ...commands.flatMap(({ failed }) => (failed ? [failedSourceOf(failed)] : []))],
    ...(found && sources.length > 1 ? { field_source: Object.fromEntries(found.fieldSource) } : {}),
    ...(found ? { data: bounded(found.data) } : {}),
  };
  return reading;
}

/** Long tables stay in the worker. */
function bounded<D extends object>(data: D): D {
  const rows: unknown = "rows" in data ? data.rows : undefined;
  if (!Array.isArray(rows) || rows.length <= MAX_ROWS) return data;
  const copy = { ...data };
  if ("rows" in copy) delete copy.rows;
  return copy;
}
