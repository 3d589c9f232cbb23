import type { CollectorStats, PanelData, PanelId } from "../knowledge/panel-data.ts";
import { panelDef } from "../knowledge/panels.ts";
import type { PanelReading, TelemetryUpdate } from "../knowledge/reading.ts";
import type { SeenNames } from "../packs/build-command.ts";
import type { Pack } from "../packs/pack.ts";
import { dutyCap, usedMs, WINDOW_MS } from "../plan/plan.ts";
import { dueAt, intervalMs, type PlannedCommand, type PlanState, tierOf } from "../plan/plan-state.ts";
import type { AuditLog } from "./audit-log.ts";
import { type ActiveCommand, type CommandSet, MAX_VRFS } from "./command-set.ts";
import type { EventLog } from "./event-log.ts";
import type { LoadGuard } from "./load-guard.ts";
import type { OnDemand } from "./on-demand.ts";
import { buildReading, type DeviceState, type PanelCommandState, panelData, staleAt } from "./reading.ts";
import type { ResultStore } from "./result-store.ts";
import { readingInWallTime, rowsInWallTime } from "./wall-time.ts";

/** Everything that readings are made of. */
export type ReadingSources = {
  pack: Pack | undefined;
  commands: CommandSet;
  asks: OnDemand;
  results: ResultStore;
  plan: PlanState;
  audit: AuditLog;
  events: EventLog;
  guard: LoadGuard;
  bytesTotal: number;
  transport: string | undefined;
  device: DeviceState;
};

const RAW_KNOWN = "The platform is known: the raw answer stands behind every panel's sources.";
/** The audit panel shows this many entries; the export has all. */
const AUDIT_ROWS = 200;

function stateOf(sources: ReadingSources, pack: Pack, each: ActiveCommand, panel: PanelId): PanelCommandState {
  const { planned } = each;
  const pinned = each.def.tier === "E" && panel !== "traffic";
  return {
    ...sources.results.get(planned.key),
    intervalMs: intervalMs(planned, sources.plan),
    nextDue: dueAt(planned, sources.plan),
    held: (planned.held_until ?? 0) > sources.device.now ? planned.held_why : undefined,
    demoted: planned.demoted && { ...planned.demoted, stopped: tierOf(planned) === "L" },
    ...(pinned ? { pinned } : {}),
    ...(pinned && !pack.panels[panel]?.commands.includes(each.id) ? { beside: true } : {}),
  };
}

/** The commands of a panel with their last answers. */
export function panelCommands(sources: ReadingSources, panel: PanelId): PanelCommandState[] {
  const { pack, commands } = sources;
  return pack ? commands.forPanel(pack, panel).map((each) => stateOf(sources, pack, each, panel)) : [];
}

/** The reading of any panel, in times of day; panels about telemetry itself need no command. */
export function readingOf(sources: ReadingSources, panel: PanelId): PanelReading {
  return readingInWallTime(steadyReading(sources, panel), sources.device.ahead ?? 0);
}

function steadyReading(sources: ReadingSources, panel: PanelId): PanelReading {
  if (panel === "collector") return own("collector", statsOf(sources), sources.device.now);
  if (panel === "audit") return own("audit", { entries: sources.audit.recent(AUDIT_ROWS) }, sources.device.now);
  const { pack } = sources;
  const commands = panelCommands(sources, panel);
  if (panel === "raw" && pack?.id === "unknown") return rawReading(sources, commands);
  const missing = panel === "raw" && pack ? RAW_KNOWN : pack?.unsupported[panel];
  if (missing && commands.length === 0) {
    const reading = base(panel, sources.device.now);
    return { ...reading, status: "unsupported", hint: missing, ...logData(sources, panel) } as PanelReading;
  }
  if (pack && commands.length === 0 && sources.commands.isTooNew(pack, panel)) {
    const reading = base(panel, sources.device.now);
    return { ...reading, status: "unsupported", hint: "This version of the system has no command for it." };
  }
  if (panel === "traffic" && pack && commands.length === 0) {
    const reading = base(panel, sources.device.now);
    return { ...reading, status: "gated", hint: "Pin an interface to watch its traffic." };
  }
  const reading = withLeftOut(buildReading(panel, commands, sources.device), sources.commands.vrfsLeftOut(panel));
  return panel === "log" ? ({ ...reading, ...logData(sources, panel) } as PanelReading) : reading;
}

/** What is understood but not all there is: VRFs beyond those that are asked for one by one. */
function withLeftOut(reading: PanelReading, left: readonly string[]): PanelReading {
  if (left.length === 0 || reading.status !== "ok") return reading;
  const names = `${left.slice(0, 3).join(", ")}${left.length > 3 ? " and so on" : ""}`;
  const hint = `${left.length} VRFs are not asked for (${names}): at most ${MAX_VRFS} are, of names that a command may carry.`;
  return { ...reading, status: "partial", hint };
}

function base(panel: PanelId, now: number): Omit<PanelReading, "data" | "panel"> & { panel: PanelId } {
  return { panel, schema: panelDef(panel).schema, ts: now, age_ms: 0, status: "pending", sources: [] };
}

function own<P extends "collector" | "audit">(panel: P, data: PanelData[P], now: number): PanelReading {
  // One of the two members of the union that `panel` names; the pair of panel and data is checked by the signature.
  return { ...base(panel, now), status: "ok", data } as PanelReading;
}

function logData(sources: ReadingSources, panel: PanelId): { data?: PanelData["log"] } {
  const entries = panel === "log" ? sources.events.list() : [];
  return entries.length > 0 ? { data: { entries } } : {};
}

/** Everything that an unknown box has answered, questions of detection included: a refusal is an answer here, too. */
function rawReading(sources: ReadingSources, commands: PanelCommandState[]): PanelReading {
  const reading = buildReading("raw", commands, sources.device);
  const byCommand = new Map(sources.results.asked);
  for (const { good, failed } of commands) {
    const capture = failed?.capture ?? good?.capture;
    if (capture !== undefined) byCommand.set(capture.command, capture);
  }
  if (byCommand.size === 0) return reading;
  const outputs = [...byCommand.values()].map((capture) => ({
    command: capture.command,
    text: [capture.text, capture.stderr].filter((text) => text !== "").join("\n"),
    capture: capture.id,
    at: capture.ts,
  }));
  const ts = Math.min(...outputs.map(({ at }) => at));
  const shown = { ...reading, ts, age_ms: Math.max(0, sources.device.now - ts), data: { outputs } };
  if (!REFUSALS.has(reading.status) && reading.status !== "pending") return shown;
  const { reason: _, hint: __, ...plain } = shown;
  return sources.device.suspended ? { ...plain, status: "stale", reason: "suspended" } : { ...plain, status: "ok" };
}

const REFUSALS: ReadonlySet<string> = new Set(["unsupported", "denied", "gated"]);

/** What telemetry costs the device and what holds it back [T61]. */
function statsOf(sources: ReadingSources): CollectorStats {
  const { plan, device, guard } = sources;
  const polled = [...sources.commands.active.values()].map(({ planned, def }) => ({ planned, tier: def.tier }));
  const asked = sources.asks.planned().map((planned) => ({ planned, tier: planned.tier }));
  const commands = [...polled, ...asked].map(({ planned, tier }) => {
    const due = dueAt(planned, plan);
    const interval = intervalMs(planned, plan);
    const { good, failed } = sources.results.get(planned.key);
    const trace = good?.trace ?? failed?.trace;
    return {
      command: planned.key,
      tier,
      ...(interval === undefined ? {} : { interval_ms: interval }),
      ...(planned.last_ms === undefined ? {} : { last_ms: planned.last_ms, bytes: planned.bytes }),
      ...(planned.cost_ms === undefined ? {} : { cost_ms: planned.cost_ms }),
      ok: planned.ok,
      errors: planned.errors,
      timeouts: planned.timeouts,
      ...(trace ? { parser: trace.parser, unparsed: trace.unparsed.count } : {}),
      ...(Number.isFinite(due) && due > 0 ? { next_due: due } : {}),
      ...stateWord(planned),
    };
  });
  const lastMinute = plan.runs.filter(({ start, ms }) => start + ms > device.now - WINDOW_MS).length;
  const resting = polled.filter(({ planned }) => planned.held_why === "suspended" && isHeld(planned, device.now));
  const state = guardOf(device, resting.length > 0);
  return {
    commands,
    commands_per_min: lastMinute,
    duty_pct: Math.round((usedMs(plan, device.now) / WINDOW_MS) * 1000) / 10,
    duty_cap_pct: dutyCap(plan, device.now) * 100,
    bytes_total: sources.bytesTotal,
    guard: state,
    ...guardReason(
      device,
      resting.map(({ planned }) => planned.key),
    ),
    ...(guard.before === undefined ? {} : { cpu_before_pct: guard.before }),
    ...(guard.now === undefined ? {} : { cpu_now_pct: guard.now }),
    ...(sources.pack ? { platform: sources.pack.title } : {}),
    ...(sources.transport ? { transport: sources.transport } : {}),
  };
}

function isHeld({ held_until }: PlannedCommand, now: number): boolean {
  return (held_until ?? 0) > now;
}

function stateWord({ held_why, demoted }: PlannedCommand): { state?: string } {
  if (held_why) return { state: held_why };
  return demoted ? { state: "demoted" } : {};
}

function guardOf(device: DeviceState, resting: boolean): CollectorStats["guard"] {
  if (device.suspended) return "suspended";
  if (device.paused) return "paused";
  if (device.throttled) return "throttled";
  return resting ? "backing_off" : "normal";
}

/** Why telemetry does less than it could, in the order in which it matters [T57] [T61]. */
function guardReason(device: DeviceState, resting: readonly string[]): { guard_reason?: string } {
  if (device.asks !== undefined) return { guard_reason: device.asks };
  if (device.throttled)
    return { guard_reason: "The device's processor is busy: only the essential panels go on, every two minutes." };
  if (resting.length > 0)
    return { guard_reason: `Two commands in a row had no answer. These rest for five minutes: ${resting.join("; ")}.` };
  return device.capped ? { guard_reason: "The share of the device's time is used up; the rest waits its turn." } : {};
}

/** Rows of a panel's table, whole, in times of day. */
export function tableRows(sources: ReadingSources, panel: PanelId, table: string): Record<string, unknown>[] {
  const own = panel === "log" || panel === "collector" || panel === "audit" || panel === "raw";
  const found = own ? readingOf(sources, panel).data : panelData(panel, panelCommands(sources, panel))?.data;
  const value: unknown = found && Object.entries(found).find(([name]) => name === table)?.[1];
  if (!Array.isArray(value)) return [];
  const rows = value.filter((row): row is Record<string, unknown> => typeof row === "object" && row !== null);
  return own ? rows : rowsInWallTime(panel, rows, sources.device.ahead ?? 0);
}

/** When the next of these panels turns stale by age. */
export function nextStale(sources: ReadingSources, panels: Iterable<PanelId>): number | undefined {
  const times = [...panels]
    .flatMap((panel) => staleAt(panelCommands(sources, panel)) ?? [])
    .filter((at) => at > sources.device.now);
  return times.length === 0 ? undefined : Math.min(...times);
}

/** Wraps a reading as the mission's message. */
export function updateOf(device: string, seq: number, payload: PanelReading): TelemetryUpdate {
  return { session_id: "ssh2", type: "telemetry", action: "telemetry_update", device, seq, payload };
}

/** Speed of each interface, bits per second, where it is known. */
export function speedsOf(sources: ReadingSources): ReadonlyMap<string, number> {
  const rows = panelData("ifstate", panelCommands(sources, "ifstate"))?.data.rows ?? [];
  return new Map(rows.flatMap((row) => (row.speed_bps === undefined ? [] : [[row.name, row.speed_bps]])));
}

/** Panels whose rows name what parameters may name, with the fields that do [T63]. */
const NAMES: Record<keyof SeenNames, [panel: PanelId, field: string][]> = {
  interface: [["ifstate", "name"]],
  vrf: [
    ["ifstate", "vrf"],
    ["routing_table", "vrf"],
    ["bgp", "vrf"],
    ["ospf", "vrf"],
  ],
  peer: [["bgp", "peer"]],
};

/** VRFs besides the default one that the box listed, in its order. */
export function knownVrfs({ commands, results }: ReadingSources): string[] {
  const lists = [...commands.active.keys()].map((key) => results.get(key).good?.fragment.vrfs ?? []);
  return [...new Set(lists.flat())];
}

/** Names that readings of this device have shown: the only ones that a command may name [T63]. */
export function seenNames(sources: ReadingSources): SeenNames {
  const of = (kind: keyof SeenNames): Set<string> =>
    new Set(
      NAMES[kind].flatMap(([panel, field]) =>
        tableRows(sources, panel, "rows").flatMap(({ [field]: value }) => (typeof value === "string" ? [value] : [])),
      ),
    );
  const vrf = new Set([...of("vrf"), ...knownVrfs(sources)]);
  return { interface: of("interface"), vrf, peer: of("peer") };
}
