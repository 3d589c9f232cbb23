import { describe, expect, it } from "vitest";
import { buildReading, type PanelCommandState } from "#telemetry/collector/reading.ts";
import { TrendStore } from "#telemetry/model/series.ts";

const S = 1_000;
const trace = { parser: "p", version: 1, rows: 1, unparsed: { count: 0, samples: [] }, dropped: 0, notes: [] };
const capture = (ts: number) => ({
  command: "c",
  ts,
  sent_at: ts,
  done_at: ts,
  bytes: 1,
  complete: true,
  id: `c${ts}`,
  notes: [],
});
const neighbor = (neighbor_id: string, afi: string) => ({
  vrf: "d",
  instance: "1",
  if: "eth0",
  neighbor_id,
  afi,
  state: "full",
});

/** One command of the OSPF panel: what it last said, and how its last try failed, if it did. */
function command(ts: number, row: object, why?: string): PanelCommandState {
  const good = { capture: capture(ts), fragment: { ospf: { rows: [row], row_count: 1 } }, trace, form: "json" };
  const failed = why === undefined ? {} : { failed: { capture: capture(ts + 30 * S), why, hint: "It does not run." } };
  return { good, ...failed, intervalMs: 30 * S, nextDue: ts + 60 * S } as unknown as PanelCommandState;
}
const build = (commands: PanelCommandState[], now: number) =>
  buildReading("ospf", commands, { now, paused: false, throttled: false, suspended: false } as never);
const ids = (reading: ReturnType<typeof build>) => reading.data?.rows?.map((row) => row.neighbor_id);

describe("a panel of several commands", () => {
  const v4 = (ts: number) => command(ts, neighbor("1", "ipv4"));

  it("[T7] [T76] what a command said before it failed is not shown as fresh: a dead daemon's neighbours go", () => {
    const both = build([v4(60 * S), command(60 * S, neighbor("2", "ipv6"))], 61 * S);
    expect(ids(both)).toEqual(["1", "2"]);
    const gated = build([v4(90 * S), command(60 * S, neighbor("2", "ipv6"), "gated")], 91 * S);
    expect(ids(gated)).toEqual(["1"]);
    expect(gated).toMatchObject({ status: "ok", hint: "It does not run.", ts: 90 * S });
    const hung = build([v4(90 * S), command(60 * S, neighbor("2", "ipv6"), "timeout")], 91 * S);
    expect(ids(hung)).toEqual(["1"]);
    expect(hung).toMatchObject({ status: "partial", reason: "timeout" });
  });

  it("[T28] when every command failed the last good data stay, with the error", () => {
    const all = build([command(60 * S, neighbor("1", "ipv4"), "timeout")], 100 * S);
    expect(all).toMatchObject({ status: "error", reason: "timeout", ts: 60 * S });
    expect(ids(all)).toEqual(["1"]);
  });

  it("[T54] [T55] what was never asked because the device is busy says so, and does not merely wait", () => {
    const waiting = [{ intervalMs: undefined }] as unknown as PanelCommandState[];
    const busy = { now: 5, paused: false, throttled: true, suspended: false };
    const reading = buildReading("ospf", waiting, busy as never);
    expect(reading).toMatchObject({ status: "stale", reason: "throttled", hint: expect.stringContaining("busy") });
    expect(build(waiting, 5).status).toBe("pending");
  });

  it("[T12] a command that failed does not hold the panel's time back; the newest answer's time is told, too", () => {
    const reading = build([v4(90 * S), command(0, neighbor("2", "ipv6"), "gated")], 91 * S);
    expect(reading.ts).toBe(90 * S);
    expect(build([v4(90 * S), command(80 * S, neighbor("2", "ipv6"))], 91 * S)).toMatchObject({
      ts: 80 * S,
      newest_ts: 90 * S,
    });
  });
});

describe("[T77] [T82] rows beyond those that lines are kept of", () => {
  const read = (panel: "ifcounters" | "ifstate", n: number) => {
    const rows = Array.from({ length: n }, (_, at) => ({ name: `eth${at}`, class: "phys", in_octets: "1" }));
    const good = { capture: capture(0), fragment: { [panel]: { rows, row_count: n } }, trace, form: "json" };
    const commands = [{ good, intervalMs: 30 * S, nextDue: S }] as unknown as PanelCommandState[];
    return buildReading(panel, commands, { now: S, paused: false, throttled: false, suspended: false } as never);
  };

  it("a reading says how many there are", () => {
    expect(read("ifcounters", 200)).not.toHaveProperty("without_history");
    expect(read("ifcounters", 230)).toMatchObject({ without_history: 30 });
    // Those stay in the worker, and none of them has a line.
    expect(read("ifcounters", 900)).toMatchObject({ without_history: 900, data: { row_count: 900 } });
    expect(read("ifstate", 900)).not.toHaveProperty("without_history");
  });

  it("new ones are never refused for names that passed by: their short lines go first", () => {
    const store = new TrendStore<"in_bps">();
    for (let at = 0; at < 2_000; at++) {
      store.add("stays", at, { in_bps: at });
      store.add(`eth${at}`, at, { in_bps: at });
      store.breakLine(`never ${at}`);
    }
    expect(store.points("eth1999")).toEqual([{ t: 1_999, in_bps: 1_999 }]);
    expect(store.points("stays")).toHaveLength(60);
    expect(store.points("eth0")).toBeUndefined();
  });
});
