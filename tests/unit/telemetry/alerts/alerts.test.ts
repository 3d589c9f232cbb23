import { describe, expect, it } from "vitest";
import type { AlertRule } from "#telemetry/alerts/alert.ts";
import { AlertEvaluator } from "#telemetry/alerts/evaluate.ts";
import { checkRule } from "#telemetry/alerts/rule-check.ts";
import { SHIPPED_RULES } from "#telemetry/alerts/shipped-rules.ts";
import type { PanelReading } from "#telemetry/knowledge/reading.ts";

const S = 1_000;
function reading(panel: string, ts: number, data: object, more: object = {}): PanelReading {
  const base = { panel, schema: 1, ts, age_ms: 0, interval_ms: 30 * S, status: "ok", sources: [], data };
  return { ...base, ...more } as unknown as PanelReading;
}
const cpu = (ts: number, busy_pct: number | undefined, more: object = {}) =>
  reading("cpu", ts, busy_pct === undefined ? {} : { busy_pct }, more);
const rows = (panel: string, ts: number, list: object[], more: object = {}) =>
  reading(panel, ts, { rows: list, row_count: list.length }, more);
const busy: AlertRule = {
  id: "cpu.busy",
  title: "Busy",
  panel: "cpu",
  field: "busy_pct",
  op: "above",
  warn: 80,
  crit: 95,
  hold_s: 60,
  clear: 70,
  enabled: true,
};
const states = (evaluator: AlertEvaluator) => evaluator.alerts.map(({ level, phase }) => `${level} ${phase}`);

describe("alerts", () => {
  it("[T90] raises only after it held, clears only beyond the other mark: no flutter", () => {
    const alerts = new AlertEvaluator([busy]);
    alerts.take(cpu(0, 85));
    alerts.take(cpu(30 * S, 85));
    expect(states(alerts)).toEqual([]);
    alerts.take(cpu(60 * S, 85));
    expect(states(alerts)).toEqual(["warn active"]);
    // Between 70 and 80 it stays.
    alerts.take(cpu(90 * S, 75));
    alerts.take(cpu(180 * S, 75));
    expect(states(alerts)).toEqual(["warn active"]);
    alerts.take(cpu(210 * S, 60));
    expect(states(alerts)).toEqual(["warn active"]);
    alerts.take(cpu(270 * S, 60));
    expect(states(alerts)).toEqual(["warn cleared"]);
  });

  it("[T15] [T90] a clock that is set neither raises before it held nor keeps from raising", () => {
    for (const ahead of [3_600 * S, -3_600 * S]) {
      const alerts = new AlertEvaluator([busy]);
      const moved = { clock_ahead_ms: ahead };
      alerts.take(cpu(0, 85));
      alerts.take(cpu(30 * S + ahead, 85, moved));
      expect(states(alerts)).toEqual([]);
      alerts.take(cpu(60 * S + ahead, 85, moved));
      expect(states(alerts)).toEqual(["warn active"]);
      alerts.take(cpu(60 * S + ahead, 85, { ...moved, status: "stale", age_ms: 80 * S }));
      expect(states(alerts)).toEqual(["warn active"]);
      alerts.take(cpu(60 * S + ahead, 85, { ...moved, status: "stale", age_ms: 91 * S }));
      expect(states(alerts)).toEqual(["warn unknown"]);
    }
  });

  it("[T90] what flutters between warning and critical has held as a warning", () => {
    const alerts = new AlertEvaluator([busy]);
    for (let at = 0; at <= 6; at++) alerts.take(cpu(at * 30 * S, at % 2 === 0 ? 94 : 97));
    expect(states(alerts)).toEqual(["warn active"]);
    alerts.take(cpu(210 * S, 97));
    alerts.take(cpu(240 * S, 97));
    alerts.take(cpu(270 * S, 97));
    expect(states(alerts)).toEqual(["crit active"]);
  });

  it("[T90] a panel of several commands is judged by its newest answer", () => {
    const alerts = new AlertEvaluator([{ ...busy, hold_s: 60 }]);
    for (let at = 0; at <= 3; at++) alerts.take(cpu(0, 99, { newest_ts: at * 30 * S }));
    expect(states(alerts)).toEqual(["crit active"]);
  });

  it("a value that falls back before it held raises nothing", () => {
    const alerts = new AlertEvaluator([busy]);
    for (const [at, value] of [
      [0, 99],
      [30, 20],
      [60, 99],
      [90, 20],
      [120, 99],
    ] as const)
      alerts.take(cpu(at * S, value));
    expect(states(alerts)).toEqual([]);
  });

  it("[T90] absent and old input neither raises nor clears; after three intervals it is unknown", () => {
    const alerts = new AlertEvaluator([{ ...busy, hold_s: 0 }]);
    alerts.take(cpu(0, 99));
    expect(states(alerts)).toEqual(["crit active"]);
    alerts.take(cpu(30 * S, undefined));
    alerts.take(cpu(60 * S, 1, { status: "stale" }));
    expect(states(alerts)).toEqual(["crit active"]);
    expect(alerts.tick(91 * S)).toMatchObject([{ now: { phase: "unknown" } }]);
    expect(states(alerts)).toEqual(["crit unknown"]);
    alerts.take(cpu(120 * S, 99));
    expect(states(alerts)).toEqual(["crit active"]);
    alerts.take(cpu(150 * S, 1));
    expect(states(alerts)).toEqual(["crit cleared"]);
  });

  it("[T90] oper down is an alert on a port that was up, and on no other", () => {
    const alerts = new AlertEvaluator(SHIPPED_RULES);
    const port = (name: string, oper: string, admin = "up") => ({ name, class: "phys", admin, oper });
    alerts.take(rows("ifstate", 0, [port("eth0", "up"), port("eth1", "down"), port("eth2", "up")]));
    expect(alerts.alerts).toEqual([]);
    alerts.take(rows("ifstate", 30 * S, [port("eth0", "down"), port("eth1", "down"), port("eth2", "down", "down")]));
    expect(alerts.alerts.map(({ id, level }) => [id, level])).toEqual([["port.down/eth0", "crit"]]);
    // Shut by a person meanwhile: no longer at fault.
    alerts.take(rows("ifstate", 60 * S, [port("eth0", "down", "down")]));
    expect(alerts.alerts).toMatchObject([{ id: "port.down/eth0", phase: "cleared" }]);
  });

  it("[T90] BGP not established; shut by a person is fine; OSPF 2way between drothers is fine", () => {
    const alerts = new AlertEvaluator(SHIPPED_RULES);
    const peer = (name: string, state: string) => ({ vrf: "default", afi: "ipv4", peer: name, state });
    alerts.take(rows("bgp", 0, [peer("a", "established"), peer("b", "idle"), peer("c", "admin-down")]));
    expect(alerts.alerts).toMatchObject([{ id: "bgp.not_established/b|default|ipv4", level: "crit", label: "BGP b" }]);
    const neighbor = (id: string, state: string) => ({
      vrf: "default",
      instance: "1",
      if: "eth0",
      neighbor_id: id,
      state,
    });
    alerts.take(rows("ospf", 0, [neighbor("1", "full"), neighbor("2", "2way"), neighbor("3", "exstart")]));
    alerts.take(rows("ospf", 60 * S, [neighbor("1", "full"), neighbor("2", "2way"), neighbor("3", "exstart")]));
    expect(alerts.alerts.filter(({ panel }) => panel === "ospf").map(({ key }) => key.split("|")[0])).toEqual(["3"]);
  });

  it("[T90] ten thousand rows that pass by leave a bounded number of watches and of alerts, whether proven gone or not", () => {
    for (const status of ["ok", "partial"]) {
      const alerts = new AlertEvaluator(SHIPPED_RULES);
      let dropped = 0;
      for (let at = 0; at < 500; at++) {
        const passing = Array.from({ length: 20 }, (_, n) => `10.0.${at}.${n}`);
        const list = [...passing, "stays"].map((peer) => ({ vrf: "default", peer, afi: "ipv4", state: "idle" }));
        const changes = alerts.take(rows("bgp", at * 300 * S, list, { status }));
        dropped += changes.filter(({ before, now }) => before === now).length;
        // Each is up again before it goes: what is over needs no place for ever.
        const up = list.map((peer) => ({ ...peer, state: peer.peer === "stays" ? "idle" : "established" }));
        for (const after of [100, 200]) {
          const more = alerts.take(rows("bgp", (at * 300 + after) * S, after === 100 ? list : up, { status }));
          dropped += more.filter(({ before, now }) => before === now).length;
        }
      }
      expect(alerts.watched).toBeLessThan(1_000);
      expect(alerts.alerts.length).toBeLessThan(1_000);
      expect(dropped).toBeGreaterThan(8_000);
      expect(alerts.alerts.filter(({ label, phase }) => label.includes("stays") && phase === "active")).toHaveLength(1);
    }
  });

  it("[T85] [T90] a row that half a reading proves to be gone is cleared, and no other", () => {
    const alerts = new AlertEvaluator(SHIPPED_RULES);
    const peer = (name: string) => ({ vrf: "default", peer: name, afi: "ipv4", state: "idle" });
    for (let at = 0; at < 20; at++)
      alerts.take(rows("bgp", at * 30 * S, [peer("10.0.0.1"), peer("10.0.0.2")], { status: "partial" }));
    expect(states(alerts)).toHaveLength(2);
    const keys = alerts.alerts.map(({ key }) => key);
    alerts.take(rows("bgp", 630 * S, [], { status: "partial", gone: { rows: [keys[0]] } }));
    const phases = new Map(alerts.alerts.map(({ key, phase }) => [key, phase]));
    expect([phases.get(keys[0] ?? ""), phases.get(keys[1] ?? "")]).toEqual(["cleared", "active"]);
  });

  it("a row that a complete reading no longer has is cleared; a partial reading clears nothing", () => {
    const alerts = new AlertEvaluator(SHIPPED_RULES);
    alerts.take(rows("bgp", 0, [{ vrf: "d", afi: "ipv4", peer: "a", state: "idle" }]));
    alerts.take(rows("bgp", 30 * S, [], { status: "partial" }));
    expect(states(alerts)).toEqual(["crit active"]);
    alerts.take(rows("bgp", 60 * S, []));
    expect(states(alerts)).toEqual(["crit cleared"]);
  });

  it("acknowledged stays so until it gets worse, and is gone once it is over", () => {
    const alerts = new AlertEvaluator([{ ...busy, hold_s: 0 }]);
    alerts.take(cpu(0, 85));
    expect(alerts.acknowledge("cpu.busy/", 5)).toBe(true);
    alerts.take(cpu(30 * S, 86));
    expect(alerts.alerts).toMatchObject([{ acknowledged_at: 5 }]);
    alerts.take(cpu(60 * S, 99));
    expect(alerts.alerts[0]?.acknowledged_at).toBeUndefined();
    alerts.acknowledge("cpu.busy/", 6);
    alerts.take(cpu(90 * S, 1));
    expect(alerts.alerts).toEqual([]);
    expect(alerts.acknowledge("nothing", 1)).toBe(false);
  });

  it("[T86] what an earlier run knew is unknown until a reading says more", () => {
    const first = new AlertEvaluator([{ ...busy, hold_s: 0 }]);
    first.take(cpu(0, 99));
    const next = new AlertEvaluator([{ ...busy, hold_s: 0 }]);
    next.restore(first.alerts);
    expect(states(next)).toEqual(["crit unknown"]);
    next.take(cpu(600 * S, 99));
    expect(next.alerts).toMatchObject([{ phase: "active", since: 0 }]);
  });

  it("a rule that is switched off takes its alerts along", () => {
    const alerts = new AlertEvaluator([{ ...busy, hold_s: 0 }]);
    alerts.take(cpu(0, 99));
    alerts.setRules([{ ...busy, enabled: false }]);
    expect(alerts.alerts).toEqual([]);
  });
});

describe("rules as data", () => {
  it("[T90] every shipped rule passes the check that a person's rule must pass, and survives JSON", () => {
    for (const rule of SHIPPED_RULES) {
      const checked = checkRule(JSON.parse(JSON.stringify(rule)));
      expect(checked, rule.id).toMatchObject({ ok: true });
      expect(checked.ok && checked.rule).toEqual(rule);
    }
    expect(new Set(SHIPPED_RULES.map(({ id }) => id)).size).toBe(SHIPPED_RULES.length);
  });

  it.each([
    [null, "rule"],
    [{}, "panel"],
    [{ ...busy, panel: "nope" }, "panel"],
    [{ ...busy, section: "nope" }, "section"],
    [{ ...busy, field: "__proto__" }, "field"],
    [{ ...busy, op: "drop" }, "op"],
    [{ ...busy, id: "A b" }, "id"],
    [{ ...busy, warn: "80" }, "warn"],
    [{ ...busy, warn: Number.NaN }, "warn"],
    [{ ...busy, warn: undefined, crit: undefined }, "warn"],
    [{ ...busy, clear: 90 }, "clear"],
    [{ ...busy, hold_s: -1 }, "hold_s"],
    [{ ...busy, title: "x".repeat(81) }, "title"],
    [{ ...busy, match: { nope: "x" } }, "match"],
    [{ ...busy, match: [] }, "match"],
  ])("names what is wrong: %#", (given, field) => {
    expect(checkRule(given)).toMatchObject({ ok: false, field });
  });
});
