import type { Bgp, BgpRow, Cpu, IfCountersRow, IfRates, TrafficRow } from "../knowledge/panel-data.ts";
import { type CounterSample, type RateResult, RateTracker } from "../model/rates.ts";
import { TrendStore } from "../model/series.ts";
import type { CpuTicks, Fragment } from "../parsers/result.ts";

/** What is known about a sample besides its counters. */
export type SampleContext = {
  /** Receive time of the capture [T12]. */
  ts: number;
  /** Waited for a resume: no part in rates. */
  late: boolean;
  intervalMs: number;
  speeds: ReadonlyMap<string, number>;
  /** How often the box refreshes its counters, where its pack says so [T18]. */
  refreshMs?: number | undefined;
  /** How wide the box counts, as its pack says [T17]. */
  counterBits?: 32 | 64 | undefined;
  /** The answer was about pinned ports. */
  pinned: boolean;
};

const COUNTER_FIELDS = [
  "in_octets",
  "out_octets",
  "in_ucast",
  "out_ucast",
  "in_pkts",
  "out_pkts",
  "in_mcast",
  "in_bcast",
  "in_err",
  "out_err",
  "crc",
  "in_drop",
  "out_drop",
] as const;
const OCTETS = ["in_octets", "out_octets"];
/** Samples further apart than this many intervals give no rate [T16]. */
const MAX_INTERVALS = 3;
/** Sparklines are sent for at most this many ports; more would cost more than they show. */
const MAX_TRENDS = 64;
const round = (value: number, digits = 0): number => Math.round(value * 10 ** digits) / 10 ** digits;

/** Turns cumulative counters of successive answers into rates, percentages and short series [T15]-[T20]. */
export class Deriver {
  private readonly rates = new RateTracker();
  private readonly ifTrend = new TrendStore<"in_bps" | "out_bps">();
  private readonly portTrend = new TrendStore<"in_bps" | "out_bps" | "err_per_s">();
  private readonly cpuTrend = new TrendStore<"busy_pct">();
  private readonly cleared = new Map<string, number>();

  /** Continuity was lost: reconnect, resume, reload. */
  reset(): void {
    this.rates.reset();
    this.ifTrend.breakAll();
    this.portTrend.breakAll();
    this.cpuTrend.breakAll();
  }

  /** The answer with everything that follows from it and the one before. */
  derive(fragment: Fragment, context: SampleContext): Fragment {
    const out: Fragment = { ...fragment };
    const { ifcounters, cpu_ticks, bgp } = fragment;
    if (ifcounters?.rows && context.pinned) out.traffic = this.traffic(ifcounters.rows, context);
    else if (ifcounters?.rows) out.ifcounters = { ...ifcounters, rows: this.counters(ifcounters.rows, context) };
    if (cpu_ticks) out.cpu = this.cpu(fragment.cpu ?? {}, cpu_ticks, context);
    else if (fragment.cpu?.busy_pct !== undefined) out.cpu = this.withTrend(fragment.cpu, context);
    if (bgp?.rows) out.bgp = withTotals(bgp);
    return out;
  }

  private counters(rows: IfCountersRow[], context: SampleContext): IfCountersRow[] {
    this.rates.keepOnly(new Set([...rows.map((row) => row.name), ...this.kept]));
    const trends = rows.length <= MAX_TRENDS;
    return rows.map((row) => {
      const { rates, held } = this.ifRates(row.name, row, context);
      if (!trends) return { ...row, ...rates };
      if (!held) addTrend(this.ifTrend, row.name, context.ts, rates);
      const trend = this.ifTrend.points(row.name);
      return { ...row, ...rates, ...(trend ? { trend } : {}) };
    });
  }

  /** Keys of pinned ports and processors, which all-port answers say nothing about. */
  private readonly kept = new Set<string>();

  private traffic(rows: IfCountersRow[], context: SampleContext): NonNullable<Fragment["traffic"]> {
    const out = rows.map((row): TrafficRow => {
      const key = `pinned ${row.name}`;
      this.kept.add(key);
      const { rates, held } = this.ifRates(key, row, context);
      if (!held) addTrend(this.portTrend, row.name, context.ts, rates);
      const trend = this.portTrend.points(row.name);
      const speed = context.speeds.get(row.name);
      const { class: _, short: __, hidden: ___, ...counted } = row;
      return { ...counted, ...(speed ? { speed_bps: speed } : {}), ...rates, ...(trend ? { trend } : {}) };
    });
    return { rows: out, row_count: out.length };
  }

  private ifRates(key: string, row: IfCountersRow, context: SampleContext): { rates: IfRates; held: boolean } {
    const cleared = this.cleared.get(key);
    if (row.last_cleared_s !== undefined) this.cleared.set(key, row.last_cleared_s);
    if (cleared !== undefined && row.last_cleared_s !== undefined && row.last_cleared_s < cleared)
      this.rates.forget(key);
    const counters = new Map<string, bigint>();
    for (const field of COUNTER_FIELDS) {
      const value = row[field];
      if (value !== undefined) counters.set(field, BigInt(value));
    }
    const speedBps = context.speeds.get(row.name);
    const taken = this.take(key, { at: context.ts, counters }, context, speedBps);
    const { rates } = taken;
    // Nothing new was counted: the line goes on where it stands.
    const held = taken.held === true || taken.gap === "cached" || taken.gap === "too_soon";
    if (taken.gap !== undefined) return { rates: {}, held };
    const out: IfRates = {};
    const put = (field: keyof IfRates, value: number | undefined, digits = 0): void => {
      if (value !== undefined) out[field] = round(value, digits);
    };
    const [inBps, outBps] = [rates.get("in_octets"), rates.get("out_octets")];
    put("in_bps", inBps);
    put("out_bps", outBps);
    put("in_pps", rates.get("in_pkts") ?? rates.get("in_ucast"), 1);
    put("out_pps", rates.get("out_pkts") ?? rates.get("out_ucast"), 1);
    if (speedBps && inBps !== undefined) put("in_util_pct", (inBps / speedBps) * 100, 2);
    if (speedBps && outBps !== undefined) put("out_util_pct", (outBps / speedBps) * 100, 2);
    const [inErr, outErr] = [rates.get("in_err"), rates.get("out_err")];
    if (inErr !== undefined || outErr !== undefined) put("err_per_s", (inErr ?? 0) + (outErr ?? 0), 3);
    return { rates: out, held };
  }

  /** Rates, or why there are none. */
  private take(key: string, sample: CounterSample, context: SampleContext, speedBps?: number): RateResult {
    if (context.late) {
      this.rates.forget(key);
      return { rates: new Map(), gap: "epoch" };
    }
    const maxDtMs = MAX_INTERVALS * context.intervalMs;
    const { refreshMs, counterBits } = context;
    return this.rates.sample(key, sample, { speedBps, maxDtMs, refreshMs, counterBits, octets: OCTETS });
  }

  private cpu(cpu: Cpu, ticks: CpuTicks[], context: SampleContext): Cpu {
    const out: Cpu = { ...cpu };
    const cores: NonNullable<Cpu["cores"]> = [];
    for (const each of ticks) {
      const { id, ...counters } = each;
      this.kept.add(`cpu ${id}`);
      const sample = { at: context.ts, counters: new Map(Object.entries(counters)) };
      const { rates, gap } = this.take(`cpu ${id}`, sample, { ...context, refreshMs: undefined });
      const share = gap === undefined ? shares(rates) : undefined;
      if (id === "all") Object.assign(out, share ?? {});
      else cores.push({ id, ...(share?.busy_pct === undefined ? {} : { busy_pct: share.busy_pct }) });
    }
    if (cores.length > 0) out.cores = cores;
    return this.withTrend(out, context);
  }

  private withTrend(cpu: Cpu, context: SampleContext): Cpu {
    if (cpu.busy_pct === undefined) this.cpuTrend.breakLine("cpu");
    else this.cpuTrend.add("cpu", context.ts, { busy_pct: cpu.busy_pct });
    const trend = this.cpuTrend.points("cpu");
    return trend ? { ...cpu, trend } : cpu;
  }
}

function addTrend(
  store: TrendStore<"in_bps" | "out_bps" | "err_per_s"> | TrendStore<"in_bps" | "out_bps">,
  key: string,
  t: number,
  rates: IfRates,
): void {
  if (rates.in_bps === undefined && rates.out_bps === undefined) {
    store.breakLine(key);
    return;
  }
  store.add(key, t, {
    ...(rates.in_bps === undefined ? {} : { in_bps: rates.in_bps }),
    ...(rates.out_bps === undefined ? {} : { out_bps: rates.out_bps }),
    ...(rates.err_per_s === undefined ? {} : { err_per_s: rates.err_per_s }),
  });
}

/** Shares of processor time; idle and waiting for disks are not busy. */
function shares(
  rates: ReadonlyMap<string, number>,
): Pick<Cpu, "busy_pct" | "user_pct" | "system_pct" | "iowait_pct" | "interrupt_pct"> | undefined {
  const value = (name: string): number => rates.get(name) ?? 0;
  const total = [...rates.values()].reduce((sum, rate) => sum + rate, 0);
  if (total <= 0) return undefined;
  const pct = (ticks: number): number => round((ticks / total) * 100, 1);
  return {
    busy_pct: pct(total - value("idle") - value("iowait")),
    user_pct: pct(value("user") + value("nice")),
    system_pct: pct(value("system")),
    iowait_pct: pct(value("iowait")),
    interrupt_pct: pct(value("irq") + value("softirq")),
  };
}

/**
 * Peers by state, only when every state is known. A peer has a row for each address family but is one session: it is up
 * when any of its families is, and shut when all are.
 */
function withTotals(bgp: Bgp): Bgp {
  const rows = bgp.rows ?? [];
  if (rows.some((row) => row.state === undefined)) return bgp;
  const peers = new Map<string, Set<BgpRow["state"]>>();
  for (const { vrf, peer, state } of rows) {
    const key = `${vrf} ${peer}`;
    peers.set(key, (peers.get(key) ?? new Set()).add(state));
  }
  const totals = { up: 0, down: 0, admin_down: 0 };
  for (const states of peers.values()) {
    if (states.has("established")) totals.up++;
    else if (states.size === 1 && states.has("admin-down")) totals.admin_down++;
    else totals.down++;
  }
  return { ...bgp, totals };
}
