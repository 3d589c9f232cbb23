import { describe, expect, it } from "vitest";
import { ChangeFolder } from "#telemetry/changes/change-log.ts";
import { type NewChange, PanelWatch } from "#telemetry/changes/diff.ts";
import { WATCHED } from "#telemetry/changes/watched.ts";
import { panelDef } from "#telemetry/knowledge/panels.ts";
import type { PanelReading } from "#telemetry/knowledge/reading.ts";
import { seriesRowKey } from "#telemetry/knowledge/series-names.ts";

const S = 1_000;
function reading(panel: string, ts: number, data: object | undefined, more: object = {}): PanelReading {
  const sources = [{ capture: `c${ts}`, ts }];
  const base = { panel, schema: 1, ts, age_ms: 0, interval_ms: 30 * S, status: "ok", sources };
  return { ...base, ...(data === undefined ? {} : { data }), ...more } as unknown as PanelReading;
}
const rows = (...list: object[]) => ({ rows: list, row_count: list.length });
const ports = (ts: number, list: object[], more: object = {}) => reading("ifstate", ts, rows(...list), more);
const eth0 = { name: "eth0", class: "phys", admin: "up", oper: "up" };

function shownBy(first: PanelReading, ...then: PanelReading[]): NewChange[] {
  const watch = new PanelWatch();
  expect(watch.take(first)).toEqual([]);
  return then.flatMap((one) => watch.take(one));
}

describe("changes", () => {
  it("[T15] a clock that is set hides no change and makes none, in a run or between two", () => {
    const HOUR = 3_600 * S;
    const up = (ts: number, uptime_s: number, more: object = {}) => reading("device_info", ts, { uptime_s }, more);
    expect(shownBy(up(9 * HOUR, 5_000), up(10 * HOUR + 30 * S, 5_030, { clock_ahead_ms: HOUR }))).toEqual([]);
    const back = { clock_ahead_ms: -HOUR };
    const down = ports(8 * HOUR + 30 * S, [{ ...eth0, oper: "down" }], back);
    expect(shownBy(ports(9 * HOUR, [eth0]), down)).toMatchObject([{ from: "up", to: "down", at: 8 * HOUR + 30 * S }]);
    const kept = ports(9 * HOUR, [eth0], { status: "stale", reason: "kept" });
    expect(shownBy(kept, ports(8 * HOUR, [{ ...eth0, oper: "down" }]))).toMatchObject([{ across_gap: true }]);
  });

  it("[T85] a pulled cable: port, field, before and after, both times and the captures", () => {
    const [event, ...others] = shownBy(ports(0, [eth0]), ports(30 * S, [{ ...eth0, oper: "down" }]));
    expect(others).toEqual([]);
    expect(event).toMatchObject({
      panel: "ifstate",
      key: "eth0",
      label: "eth0",
      field: "oper",
      kind: "changed",
      from: "up",
      to: "down",
      severity: "crit",
      at: 30 * S,
      not_before: 0,
      captures: ["c30000"],
    });
    expect(event?.across_gap).toBeUndefined();
  });

  it("[T85] an address whose length another command tells is the same; another length, or another address, is a change", () => {
    const lo = (ts: number, ...ipv4: string[]) => ports(ts, [{ ...eth0, ipv4 }]);
    const events = shownBy(
      lo(0, "10.0.0.1", "10.0.1.1"),
      lo(1, "10.0.0.1/30", "10.0.1.1/24"),
      lo(2, "10.0.0.1", "10.0.1.1/24"),
      lo(3, "10.0.0.1/30", "10.0.1.1/25"),
      lo(4, "10.0.0.2", "10.0.1.1/25"),
    );
    expect(events.map(({ at, from, to }) => [at, from, to])).toEqual([
      [3, "10.0.0.1, 10.0.1.1/24", "10.0.0.1/30, 10.0.1.1/25"],
      [4, "10.0.0.1/30, 10.0.1.1/25", "10.0.0.2, 10.0.1.1/25"],
    ]);
  });

  it("[T85] a daemon that is gone or hangs, and its return; what keeps telemetry from asking is none", () => {
    const peer = { vrf: "default", afi: "ipv4", peer: "192.0.2.1", state: "established" };
    const bgp = (ts: number, more: object = {}) => reading("bgp", ts, rows(peer), more);
    const hung = { status: "error", reason: "timeout", age_ms: 20 * S };
    const events = shownBy(
      bgp(0),
      bgp(0, hung),
      bgp(0, { ...hung, age_ms: 30 * S }),
      bgp(60 * S),
      reading("bgp", 90 * S, undefined, { status: "gated" }),
      bgp(60 * S, { status: "stale", reason: "suspended" }),
      bgp(120 * S),
    );
    expect(events.map(({ at, from, to, severity }) => [at, from, to, severity])).toEqual([
      [20 * S, "ok", "timed out", "warn"],
      [60 * S, "timed out", "ok", "change"],
      [90 * S, "ok", "not running or off", "warn"],
      [120 * S, "not running or off", "ok", "change"],
    ]);
    expect(events[0]).toMatchObject({ panel: "bgp", key: "", field: "answer", kind: "changed", not_before: 0 });
    // never answered before: nothing changed
    expect(shownBy(reading("bgp", 0, undefined, { status: "gated" }), bgp(30 * S))).toEqual([]);
    expect(shownBy(bgp(0), bgp(0, { status: "stale", reason: "throttled", age_ms: 90 * S }))).toEqual([]);
  });

  it("a port that a person shut is no fault; a loopback is a lesser one", () => {
    const shut = shownBy(ports(0, [eth0]), ports(30 * S, [{ ...eth0, admin: "down", oper: "down" }]));
    expect(shut.map(({ field, severity }) => [field, severity])).toEqual([
      ["oper", "warn"],
      ["admin", "warn"],
    ]);
    const loop = shownBy(
      ports(0, [{ ...eth0, class: "loop" }]),
      ports(30 * S, [{ ...eth0, class: "loop", oper: "down" }]),
    );
    expect(loop[0]?.severity).toBe("warn");
  });

  it("[T85] of a panel that is always partial a row goes when the part that showed it was read whole", () => {
    const half = (ts: number, list: object[], gone?: string[]) =>
      ports(ts, list, { status: "partial", ...(gone && { gone: { rows: gone } }) });
    const eth2 = { ...eth0, name: "eth2" };
    const first = half(0, [eth0, eth2]);
    expect(shownBy(first, half(30 * S, [])).map(({ key }) => key)).toEqual([]);
    expect(shownBy(first, half(30 * S, [], ["eth0"]), half(60 * S, [], ["eth0"]))).toMatchObject([
      { kind: "gone", key: "eth0", not_before: 0, at: 30 * S },
    ]);
  });

  it("[T85] a neighbour that half a reading proved to be unlisted goes when its time is over, not before", () => {
    const at = (ts: number, list: object[], gone: string[] = []) =>
      reading("neighbors", ts, rows(...list), { status: "partial", gone: { rows: gone } });
    const one = { local_if: "eth0", remote_name: "sw1", protocol: "lldp", ttl_s: 120 };
    const watch = new PanelWatch();
    watch.take(at(0, [one]));
    const section = WATCHED.find(({ panel }) => panel === "neighbors");
    expect(section?.ttlField).toBe("ttl_s");
    const def = panelDef("neighbors").sections.find((each) => each.kind === "table");
    const key = seriesRowKey(def?.fields ?? [], one);
    expect(watch.take(at(30 * S, [], [key]))).toEqual([]);
    expect(watch.take(at(121 * S, [])).map(({ kind }) => kind)).toEqual(["gone"]);
  });

  it("ten thousand rows that pass by in half readings leave a bounded number remembered", () => {
    const watch = new PanelWatch();
    for (let at = 0; at < 10_000; at++)
      watch.take(ports(at * S, [{ ...eth0, name: `eth${at}` }], { status: "partial" }));
    expect(watch.remembered).toBeLessThan(2_000);
  });

  it("[T85] appeared and gone; nothing is gone from a partial reading", () => {
    const eth1 = { ...eth0, name: "eth1" };
    const partial = ports(30 * S, [eth1], { status: "partial" });
    expect(shownBy(ports(0, [eth0]), partial).map(({ kind, key }) => [kind, key])).toEqual([["appeared", "eth1"]]);
    expect(shownBy(ports(0, [eth0]), partial, ports(60 * S, [eth1])).map(({ kind, key }) => [kind, key])).toEqual([
      ["appeared", "eth1"],
      ["gone", "eth0"],
    ]);
  });

  it("[T85] of several commands each makes a reading: its time is that of the answer that showed it", () => {
    const of = (links: number, addresses: number, oper: string): PanelReading =>
      ports(Math.min(links, addresses), [{ ...eth0, oper }], {
        sources: [
          { capture: `l${links}`, ts: links },
          { capture: `a${addresses}`, ts: addresses },
        ],
      });
    // the addresses rest: the oldest answer stays the same
    const events = shownBy(of(5 * S, 0, "up"), of(35 * S, 0, "down"), of(35 * S, 0, "down"));
    expect(events).toMatchObject([{ field: "oper", at: 35 * S, not_before: 0 }]);
  });

  it("[T85] while the halves of a panel come in nothing has appeared", () => {
    const eth1 = { ...eth0, name: "eth1" };
    const half = ports(0, [eth0], { status: "partial" });
    const then = [ports(5 * S, [eth0, eth1]), ports(30 * S, [eth0, eth1, { ...eth0, name: "eth2" }])];
    expect(shownBy(half, ...then).map(({ kind, key }) => [kind, key])).toEqual([["appeared", "eth2"]]);
  });

  it("[T85] a neighbour is gone only when its time to live is over", () => {
    const one = { local_if: "eth0", proto: "lldp", chassis_id: "aa", remote_if: "e1", remote_name: "sw1", ttl_s: 120 };
    const lldp = (ts: number, ...list: object[]) => reading("neighbors", ts, rows(...list), { interval_ms: 300 * S });
    expect(shownBy(lldp(0, one), lldp(60 * S))).toEqual([]);
    expect(shownBy(lldp(0, one), lldp(60 * S), lldp(300 * S))).toMatchObject([{ kind: "gone", label: "sw1 on eth0" }]);
  });

  it("[T85] a flap between two readings shows though the state is equal", () => {
    expect(shownBy(ports(0, [{ ...eth0, flaps: "4" }]), ports(30 * S, [{ ...eth0, flaps: "6" }]))).toMatchObject([
      { kind: "flapped", from: "4", to: "6", severity: "warn" },
    ]);
    const peer = { vrf: "default", afi: "ipv4", peer: "10.0.0.1", state: "established" };
    const bgp = (ts: number, uptime_s: number) => reading("bgp", ts, rows({ ...peer, uptime_s }));
    expect(shownBy(bgp(0, 5_000), bgp(30 * S, 5_030))).toEqual([]);
    expect(shownBy(bgp(0, 5_000), bgp(30 * S, 7))).toMatchObject([{ kind: "flapped", label: "BGP 10.0.0.1" }]);
  });

  it("[T85] uptimes, ages and counters are no events; a reload is one", () => {
    const info = (ts: number, uptime_s: number) => reading("device_info", ts, { hostname: "r1", uptime_s });
    expect(shownBy(info(0, 1_000), info(300 * S, 1_300))).toEqual([]);
    // Readings of a busy box come late: no reload.
    expect(shownBy(info(0, 1_000), info(300 * S, 1_250))).toEqual([]);
    expect(shownBy(info(0, 1_000), info(300 * S, 20))).toMatchObject([
      { kind: "reset", severity: "crit", label: "r1" },
    ]);
    const routes = (ts: number, age_s: number) =>
      reading(
        "routing_table",
        ts,
        rows({ vrf: "default", afi: "ipv4", total: 5, default: { via: "10.0.0.1", age_s } }),
      );
    expect(shownBy(routes(0, 1), routes(30 * S, 31))).toEqual([]);
  });

  it("route counts: a step is an event, a tremor of a big table is not; the default route gone is critical", () => {
    const of = (ts: number, total: number, via: string | undefined) => {
      const row = { vrf: "default", afi: "ipv4", total };
      return reading("routing_table", ts, rows(via === undefined ? row : { ...row, default: { via } }));
    };
    expect(shownBy(of(0, 900_000, "a"), of(30 * S, 900_400, "a"))).toEqual([]);
    expect(shownBy(of(0, 12, "a"), of(30 * S, 10_012, "a"))).toMatchObject([
      { field: "total", from: "12", to: "10012" },
    ]);
    expect(shownBy(of(0, 12, "a"), of(30 * S, 12, undefined))).toMatchObject([{ field: "default", severity: "crit" }]);
  });

  it("[T5] [T85] half a reading without a default route proves nothing", () => {
    const of = (ts: number, more: object, status = "ok") =>
      reading("routing_table", ts, rows({ vrf: "default", afi: "ipv4", total: 5, ...more }), { status });
    expect(shownBy(of(0, { default: { via: "a" } }), of(30 * S, {}, "partial"))).toEqual([]);
  });

  it("[T5] a value that is not known is no other value", () => {
    const { oper: _, ...unknown } = eth0;
    expect(shownBy(ports(0, [eth0]), ports(30 * S, [unknown]))).toEqual([]);
    // The last known row stays as it was read: unknown in between changes nothing.
    expect(shownBy(ports(0, [unknown]), ports(30 * S, [eth0]))).toEqual([]);
  });

  it("[T85] what half a reading does not say of a row is compared with what was last known of it", () => {
    const half = (ts: number, list: object[]) => ports(ts, list, { status: "partial" });
    const bare = { name: "eth0", class: "phys", admin: "up" };
    const up = { ...eth0, flaps: "4", speed_bps: 1e9 };
    expect(shownBy(ports(0, [up]), half(30 * S, [bare]), half(60 * S, [bare]), ports(90 * S, [up]))).toEqual([]);
    const down = { ...up, oper: "down" };
    expect(shownBy(ports(0, [up]), half(30 * S, [bare]), half(60 * S, [bare]), ports(90 * S, [down]))).toMatchObject([
      { field: "oper", from: "up", to: "down", not_before: 0, at: 90 * S },
    ]);
    const flapped = { ...up, flaps: "6" };
    expect(shownBy(ports(0, [up]), half(30 * S, [bare]), ports(60 * S, [flapped]))).toMatchObject([
      { kind: "flapped", from: "4", to: "6", not_before: 0 },
    ]);
    const info = (ts: number, data: object, status = "ok") => reading("device_info", ts, data, { status });
    const reloaded = [info(30 * S, { hostname: "r1" }, "partial"), info(600 * S, { hostname: "r1", uptime_s: 60 })];
    expect(shownBy(info(0, { hostname: "r1", uptime_s: 9_000 }), ...reloaded)).toMatchObject([
      { kind: "reset", severity: "crit", not_before: 0 },
    ]);
    // A state of now has its own cause, or none.
    const off = { ...eth0, oper: "err-disabled", reason: "bpduguard" };
    const again = shownBy(ports(0, [off]), half(30 * S, [eth0]), ports(60 * S, [off]));
    expect(again.map(({ field, to }) => [field, to])).toEqual([
      ["oper", "up"],
      ["oper", "err-disabled"],
      ["reason", "bpduguard"],
    ]);
  });

  it("[T5] [T85] a default route that half a reading does not have is no new one afterwards", () => {
    const row = { vrf: "default", afi: "ipv4", total: 5, default: [{ via: "10.0.0.1", if: "eth0" }] };
    const { default: _, ...without } = row;
    const routes = (ts: number, one: object, status = "ok") => reading("routing_table", ts, rows(one), { status });
    expect(shownBy(routes(0, row), routes(30 * S, without, "partial"), routes(60 * S, row))).toEqual([]);
  });

  it("[T86] after a reconnect the first reading is compared with the last before it, and says so", () => {
    const events = shownBy(
      ports(0, [eth0]),
      ports(0, [eth0], { status: "stale", reason: "suspended" }),
      ports(300 * S, [{ ...eth0, oper: "down" }]),
    );
    expect(events).toMatchObject([{ not_before: 0, at: 300 * S, across_gap: true }]);
  });

  it("[T86] what an earlier run kept is what the first reading is compared with", () => {
    const watch = new PanelWatch();
    expect(watch.take(ports(0, [eth0], { status: "stale", reason: "kept" }))).toEqual([]);
    expect(watch.take(ports(600 * S, [{ ...eth0, oper: "down" }]))).toMatchObject([
      { across_gap: true, not_before: 0 },
    ]);
  });

  it("a failed, old or repeated reading is compared with nothing", () => {
    const down = [{ ...eth0, oper: "down" }];
    expect(shownBy(ports(30 * S, [eth0]), ports(60 * S, down, { status: "error" }), ports(20 * S, down))).toEqual([]);
  });

  it("whatever is watched exists in its panel", () => {
    for (const { panel, path, fields, ...rest } of WATCHED) {
      const sections = panelDef(panel).sections;
      const own =
        path === undefined
          ? sections.filter(({ kind }) => kind === "record")
          : sections.filter((section) => section.kind === "table" && section.path === path);
      const known = new Set(own.flatMap((section) => section.fields.map(({ field }) => field)));
      const used = [
        ...fields.map(({ field }) => field),
        rest.flapCounter,
        rest.ageField,
        rest.changedAt,
        rest.ttlField,
      ];
      for (const field of used) if (field !== undefined) expect([...known], `${panel}.${path}`).toContain(field);
    }
  });
});

describe("folding", () => {
  const change = (at: number, more: Partial<NewChange> = {}): NewChange => ({
    at,
    not_before: at - 1,
    panel: "ifstate",
    key: "eth0",
    label: "eth0",
    field: "oper",
    kind: "changed",
    from: "up",
    to: "down",
    severity: "crit",
    captures: [],
    ...more,
  });

  it("[T85] a burst of one key within 30 s is one event with a count, from its first value to its last", () => {
    const folder = new ChangeFolder();
    const first = folder.add(change(0));
    expect(first.folded).toBe(false);
    const second = folder.add(change(20 * S, { from: "down", to: "up", severity: "change" }));
    expect(second).toMatchObject({ folded: true, event: { count: 2, from: "up", to: "up", severity: "crit" } });
    expect(second.event.id).toBe(first.event.id);
    expect(folder.add(change(60 * S)).folded).toBe(false);
    expect(folder.add(change(61 * S, { key: "eth1" })).folded).toBe(false);
  });

  it("[T85] what is gone and there again within 30 s went and came back; gone once more is a new event", () => {
    const folder = new ChangeFolder();
    const row = { panel: "ospf", key: "n", field: undefined, from: undefined, to: undefined } as unknown as NewChange;
    folder.add(change(0, { ...row, kind: "gone" }));
    const back = folder.add(change(15 * S, { ...row, kind: "appeared", severity: "change" }));
    expect(back).toMatchObject({ folded: true, event: { kind: "flapped", count: 2, severity: "crit" } });
    expect(folder.add(change(25 * S, { ...row, kind: "gone" }))).toMatchObject({
      folded: false,
      event: { kind: "gone" },
    });
  });

  it("an older reading gets an id of its own, after the ones before", () => {
    const folder = new ChangeFolder();
    const ids = [100, 105, 100, 105].map((at, n) => folder.add(change(at, { key: `k${n}` })).event.id);
    expect(ids.toSorted()).toEqual(ids);
    expect(new Set(ids).size).toBe(4);
  });

  it("[T15] [T85] with the clock set back nothing folds into what happened long before, and ids grow on", () => {
    const folder = new ChangeFolder();
    const before = folder.add(change(9_000 * S));
    // An hour later, and the clock was set back by two.
    const after = folder.add(change(5_400 * S), 12_600 * S);
    expect(after.folded).toBe(false);
    expect(after.event.id > before.event.id).toBe(true);
    expect(folder.add(change(5_410 * S), 12_610 * S).folded).toBe(true);
    const next = new ChangeFolder();
    next.goOnAfter(after.event.id);
    const ids = [after.event.id, ...[1, 1, 2].map((at, n) => next.add(change(at * S, { key: `k${n}` })).event.id)];
    expect(ids.toSorted()).toEqual(ids);
    expect(new Set(ids).size).toBe(4);
  });

  it("ids are never given twice, however many fall into one moment", () => {
    const folder = new ChangeFolder();
    const ids = Array.from({ length: 10_050 }, (_, n) => folder.add(change(5, { key: `k${n}` })).event.id);
    expect(ids.toSorted()).toEqual(ids);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it("ids grow with time, several at one time as well", () => {
    const folder = new ChangeFolder();
    const ids = [1, 1, 2, 30, 1_000].map((at, n) => folder.add(change(at * S, { key: `k${n}` })).event.id);
    expect(ids.toSorted()).toEqual(ids);
    expect(new Set(ids).size).toBe(5);
  });
});
