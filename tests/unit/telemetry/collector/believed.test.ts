import { describe, expect, it } from "vitest";
import { buildReading, type PanelCommandState } from "#telemetry/collector/reading.ts";

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
