import { describe, expect, it } from "vitest";
import { type Comparison, compareSnapshots } from "#telemetry/compare/compare.ts";
import { Mask } from "#telemetry/compare/mask.ts";
import { comparisonJson, comparisonMarkdown, timeWithOffset } from "#telemetry/compare/report.ts";
import { type Snapshot, takeSnapshot } from "#telemetry/compare/snapshot.ts";
import { panelDef } from "#telemetry/knowledge/panels.ts";
import type { PanelReading } from "#telemetry/knowledge/reading.ts";
import { seriesRowKey } from "#telemetry/knowledge/series-names.ts";

function reading(panel: string, data: object | undefined, more: object = {}): PanelReading {
  const base = { panel, schema: 1, ts: 5, age_ms: 0, interval_ms: 30_000, status: "ok", sources: [] };
  return { ...base, ...(data === undefined ? {} : { data }), ...more } as unknown as PanelReading;
}
const info = { hostname: "core1", serial: "FOC1", model: "C9300", os: "IOS-XE", os_version: "17.9.4", uptime_s: 99 };
const ports = (...list: object[]) => reading("ifstate", { rows: list, row_count: list.length });
const eth0 = { name: "eth0", oper: "up", speed_bps: 1e9, ipv4: ["10.0.0.1/30", "10.0.0.5/30"], desc: "to core2" };
const snap = (name: string, at: number, readings: PanelReading[], rows?: object[]): Snapshot =>
  takeSnapshot({ id: name, name, at, label: "rack 4", readings, ...(rows && { rows: () => rows }) });

const before = snap("before", 0, [reading("device_info", info), ports(eth0, { name: "eth9", oper: "up" })]);
const after = snap("after", 3_600_000, [
  reading("device_info", { ...info, uptime_s: 5_000, os_version: "17.12.1" }),
  ports({ ...eth0, oper: "down", ipv4: ["10.0.0.5/30", "10.0.0.1/30"] }, { name: "eth1", oper: "up" }),
]);

describe("snapshots", () => {
  it("[T87] freeze data, status and sources, and who the device said it was", () => {
    expect(before.device).toEqual({
      label: "rack 4",
      hostname: "core1",
      serial: "FOC1",
      model: "C9300",
      os: "IOS-XE",
      os_version: "17.9.4",
    });
    expect(Object.keys(before.panels)).toEqual(["device_info", "ifstate"]);
  });

  it("what says nothing of the device is left out; a long table comes whole from the collector or as a count", () => {
    const long = reading("ifstate", { row_count: 900 });
    expect(snap("x", 0, [long, reading("audit", { entries: [] })]).panels).toMatchObject({
      ifstate: { counted: ["rows"] },
    });
    const whole = snap("x", 0, [long], [{ name: "a" }]);
    expect(whole.panels.ifstate?.data).toMatchObject({ rows: [{ name: "a" }] });
    expect(whole.panels.audit).toBeUndefined();
  });
});

describe("compare", () => {
  it("[T87] lists what differs per panel; uptimes and the order of addresses do not", () => {
    const { differences, equal, not_compared } = compareSnapshots(before, after);
    expect(differences.map(({ panel, label, kind, field, from, to }) => [panel, label, kind, field, from, to])).toEqual(
      [
        ["device_info", "core1", "changed", "os_version", "17.9.4", "17.12.1"],
        ["ifstate", "eth0", "changed", "oper", "up", "down"],
        ["ifstate", "eth1", "appeared", undefined, undefined, undefined],
        ["ifstate", "eth9", "gone", undefined, undefined, undefined],
      ],
    );
    expect([equal, not_compared]).toEqual([[], []]);
    expect(compareSnapshots(before, before)).toMatchObject({ differences: [], equal: ["device_info", "ifstate"] });
  });

  it("[T87] says what could not be compared and why", () => {
    const broken = snap("broken", 1, [
      reading("device_info", info),
      reading("ifstate", undefined, { status: "error" }),
      reading("bgp", { rows: [] }),
    ]);
    expect(compareSnapshots(before, broken).not_compared).toEqual([
      { panel: "ifstate", why: "no_data_after" },
      { panel: "bgp", why: "missing_before" },
    ]);
    const counted = snap("counted", 1, [reading("ifstate", { row_count: 900 })]);
    expect(compareSnapshots(counted, before).not_compared).toContainEqual({
      panel: "ifstate",
      section: "rows",
      why: "too_long",
    });
  });

  it("[T87] a side that was read in part says nothing of what it lacks, and is never called equal", () => {
    const whole = snap("whole", 0, [ports({ name: "a", oper: "up", desc: "x" }, { name: "b", oper: "up" })]);
    const half = snap("half", 1, [
      reading("ifstate", { rows: [{ name: "a", oper: "down" }, { name: "c" }], row_count: 2 }, { status: "partial" }),
    ]);
    const kinds = (found: Comparison) => found.differences.map(({ kind, label, field }) => [kind, label, field]);
    const after = compareSnapshots(whole, half);
    expect(kinds(after)).toEqual([
      ["changed", "a", "oper"],
      ["appeared", "c", undefined],
    ]);
    expect(after).toMatchObject({ not_compared: [{ panel: "ifstate", why: "partial_after" }], equal: [] });
    const before = compareSnapshots(half, whole);
    expect(kinds(before)).toEqual([
      ["changed", "a", "oper"],
      ["gone", "c", undefined],
    ]);
    expect(before.not_compared).toEqual([{ panel: "ifstate", why: "partial_before" }]);
    expect(compareSnapshots(half, half).equal).toEqual([]);
  });

  it("[T85] [T87] of half a reading the rows that are proven gone are gone, the others are not known", () => {
    const whole = snap("whole", 0, [ports({ name: "a" }, { name: "b" }, { name: "c" })]);
    const gone = { rows: ["b"] };
    const half = snap("half", 1, [reading("ifstate", { rows: [{ name: "a" }] }, { status: "partial", gone })]);
    const told = ({ differences, not_compared }: Comparison) => [
      differences.map(({ kind, key }) => [kind, key]),
      not_compared.map(({ why }) => why),
    ];
    expect(told(compareSnapshots(whole, half))).toEqual([[["gone", "b"]], ["partial_after"]]);
    expect(told(compareSnapshots(half, whole))).toEqual([[["appeared", "b"]], ["partial_before"]]);
    const routers = (list: object[], more: object) => reading("bgp", { rows: list }, more);
    const peer = { vrf: "default", afi: "ipv4", peer: "192.0.2.7", state: "established" };
    const table = panelDef("bgp").sections.find(({ kind }) => kind === "table");
    const left = routers([], { status: "partial", gone: { rows: [seriesRowKey(table?.fields ?? [], peer)] } });
    const states = { before: snap("x", 0, [routers([peer], {})]), after: snap("y", 1, [left]) };
    const json = comparisonJson(compareSnapshots(states.before, states.after), states, { offsetMin: 0, mask: true });
    expect(json).toContain('"kind": "gone"');
    expect(json).not.toContain("192.0.2.7");
  });

  it("[T87] data that was old already then is not compared as if it were of that time", () => {
    const peers = (status: string, ts: number) => reading("bgp", { rows: [] }, { status, ts });
    const now = snap("now", 100, [peers("ok", 90)]);
    for (const status of ["stale", "error", "denied"]) {
      const old = snap("old", 50, [peers(status, 1)]);
      expect(compareSnapshots(old, now).not_compared).toEqual([{ panel: "bgp", why: "stale_before" }]);
      const found = compareSnapshots(now, old);
      expect(found).toMatchObject({ not_compared: [{ panel: "bgp", why: "stale_after" }], equal: [] });
      expect(found.read).toEqual([{ panel: "bgp", before: 90, after: 1 }]);
      expect(comparisonMarkdown(found, { before: now, after: old }, { offsetMin: 0, mask: false })).toContain(
        "1970-01-01T00:00:00+00:00 | 1970-01-01T00:00:00+00:00 |",
      );
    }
  });

  it("counters that tell of trouble are shown when they grew, and no others; light from 1 dB on", () => {
    const of = (crc: string, in_octets: string) => reading("ifcounters", { rows: [{ name: "e", crc, in_octets }] });
    const found = compareSnapshots(snap("a", 0, [of("5", "1")]), snap("b", 1, [of("17", "99")]));
    expect(found.differences).toMatchObject([{ kind: "grew", field: "crc", from: "5", to: "17" }]);
    const light = (rx_dbm: number) => reading("optics", { rows: [{ if: "e", lane: "1", rx_dbm }] });
    expect(compareSnapshots(snap("a", 0, [light(-3)]), snap("b", 1, [light(-3.4)])).differences).toEqual([]);
    expect(compareSnapshots(snap("a", 0, [light(-3)]), snap("b", 1, [light(-9)])).differences).toHaveLength(1);
  });

  it("another serial number is another box", () => {
    const other = snap("o", 1, [reading("device_info", { ...info, serial: "FOC2" })]);
    expect(compareSnapshots(before, other).other_device).toBe(true);
  });
});

describe("reports", () => {
  const options = { offsetMin: 60, mask: false };
  const comparison = compareSnapshots(before, after);

  it("[T87] Markdown for a ticket, with local times and offset; same input, same bytes", () => {
    const text = comparisonMarkdown(comparison, { before, after }, options);
    expect(text).toBe(comparisonMarkdown(compareSnapshots(before, after), { before, after }, options));
    expect(text).toContain("# core1: what changed");
    expect(text).toContain("1970-01-01T02:00:00+01:00");
    expect(text).toContain("| eth0 | State | up | down |");
    expect(text).toContain("| eth9 | gone |  |  |");
  });

  it("a device's text cannot become markup", () => {
    const evil = snap("e", 1, [reading("device_info", info), ports({ ...eth0, desc: "a|b\n# [x](javascript:1) <b>" })]);
    const text = comparisonMarkdown(compareSnapshots(before, evil), { before, after: evil }, options);
    expect(text).toContain("a\\|b \\# \\[x\\](javascript:1) \\<b\\>");
    expect(text.split("\n").filter((line) => line.startsWith("# "))).toHaveLength(1);
  });

  it("[T87] JSON is versioned and has both states as they were read", () => {
    const json = JSON.parse(comparisonJson(comparison, { before, after }, options)) as Record<string, unknown>;
    expect(json).toMatchObject({
      format: "rackside.comparison",
      version: 1,
      device: { hostname: "core1" },
      before: { name: "before", time: { utc: "1970-01-01T00:00:00.000Z", offset_min: 60 } },
    });
    expect((json.states as { after: { panels: object } }).after.panels).toHaveProperty("ifstate");
  });

  it("[T87] masked: no name, address or serial is left, and equal ones stay equal", () => {
    const lldp = (remote_name: string) =>
      reading("neighbors", {
        rows: [{ local_if: "eth0", proto: "lldp", chassis_id: "00:11:22:33:44:55", remote_if: "e1", remote_name }],
      });
    const a = snap("a", 0, [reading("device_info", info), ports(eth0), lldp("core2")]);
    const b = snap("b", 1, [
      reading("device_info", info),
      ports({ ...eth0, ipv4: ["192.0.2.7/24"], desc: "was 2001:db8::1 at CORE2" }),
      lldp("core3"),
    ]);
    const masked = { offsetMin: 0, mask: true };
    const found = compareSnapshots(a, b);
    for (const text of [
      comparisonMarkdown(found, { before: a, after: b }, masked),
      comparisonJson(found, { before: a, after: b }, masked),
    ]) {
      for (const secret of ["core1", "core2", "core3", "CORE2", "FOC1", "10.0.0", "192.0.2", "2001:db8", "00:11:22"])
        expect(text).not.toContain(secret);
      expect(text).toContain("eth0");
    }
  });

  it("times of day are no addresses", () => {
    const mask = new Mask();
    expect(mask.text("at 10:04:09 on eth0")).toBe("at 10:04:09 on eth0");
    expect(mask.text("fe80::1 and 10.1.2.3")).toBe("ip-1 and ip-2");
    expect(timeWithOffset(0, -330)).toBe("1969-12-31T18:30:00-05:30");
  });
});
