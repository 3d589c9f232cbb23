import { describe, expect, it } from "vitest";
import type { AlertsView, ListedRule } from "#machines/desk-views.ts";
import type { Result } from "#protocol/local-messages.ts";
import type { DeskCommand, DeskPayloads } from "#protocol/local-telemetry.ts";
import { ManualTime } from "#support/fake-timers.ts";
import type { PanelReading } from "#telemetry/knowledge/reading.ts";
import { AlertsDesk } from "#workers/desks/alerts-desk.ts";
import type { DeskContext } from "#workers/desks/desk.ts";
import { HeldTables } from "#workers/desks/held-tables.ts";
import { MemoryRecords } from "#workers/desks/record-store.ts";
import type { HostEnv } from "#workers/host-env.ts";
import { Publisher } from "#workers/publisher.ts";

const S = 1_000;
const cpu = (ts: number, busy_pct: number) =>
  ({
    session_id: "ssh2",
    type: "telemetry",
    action: "telemetry_update",
    device: "d1",
    seq: 1,
    payload: {
      panel: "cpu",
      schema: 1,
      ts,
      age_ms: 0,
      interval_ms: 5 * S,
      status: "ok",
      sources: [],
      data: { busy_pct },
    } as unknown as PanelReading,
  }) as const;

function rig(records = new MemoryRecords()) {
  const time = new ManualTime();
  const env = time as unknown as HostEnv;
  const publisher = new Publisher(env);
  const collectors = { of: () => null, feed: () => false };
  const context: DeskContext = {
    tables: new HeldTables(),
    show: () => {},
    env,
    publisher,
    records,
    collectors,
    reading: () => undefined,
    readings: () => [],
  };
  const desk = new AlertsDesk(context);
  const ask = async <A extends AlertsDesk["actions"][number]>(action: A, payload: DeskPayloads[A]): Promise<Result> =>
    desk.serve({ v: 1, device: "d1", session_id: "ssh2", type: "telemetry", action, payload } as DeskCommand);
  const rule = async (id: string): Promise<ListedRule | undefined> => {
    const listed = await ask("alert_rules", {});
    return listed.ok ? (listed.value as ListedRule[]).find((one) => one.id === id) : undefined;
  };
  const view = (): AlertsView | undefined => {
    publisher.flush();
    return publisher.get("alerts:d1");
  };
  return { desk, ask, rule, view, records };
}

describe("[T90] rules of the person", () => {
  it("a rule says whether it is as shipped, changed, or the person's own; removing a change gives the shipped one back", async () => {
    const { ask, rule } = rig();
    const shipped = await rule("cpu.busy");
    expect(shipped).toMatchObject({ origin: "shipped", crit: 95, our_default: true });
    expect(await ask("alert_rule_put", { rule: { ...shipped, crit: 50, warn: 40, clear: 30 } })).toEqual({ ok: true });
    expect(await rule("cpu.busy")).toMatchObject({ origin: "changed", crit: 50 });
    await ask("alert_rule_remove", { id: "cpu.busy" });
    expect(await rule("cpu.busy")).toEqual(shipped);
    await ask("alert_rule_put", { rule: { ...shipped, id: "own.cpu", title: "My limit" } });
    expect(await rule("own.cpu")).toMatchObject({ origin: "own", title: "My limit" });
    await ask("alert_rule_remove", { id: "own.cpu" });
    expect(await rule("own.cpu")).toBeUndefined();
  });

  it("the next run has them, without their origin in what is kept", async () => {
    const first = rig();
    await first.ask("alert_rule_put", { rule: { ...(await first.rule("cpu.busy")), enabled: false } });
    expect(JSON.stringify(await first.records.range("rules", "*"))).not.toContain("origin");
    const next = rig(first.records);
    await next.desk.restore();
    expect(await next.rule("cpu.busy")).toMatchObject({ origin: "changed", enabled: false });
  });

  it("a wrong rule is refused with the field that is wrong, and nothing changes", async () => {
    const { ask, rule } = rig();
    const wrong = { ...(await rule("cpu.busy")), hold_s: -1 };
    expect(await ask("alert_rule_put", { rule: wrong })).toMatchObject({
      ok: false,
      error: { code: "invalid", reason: "alert_rule", detail: expect.stringMatching(/^hold_s: /) as string },
    });
    expect(await rule("cpu.busy")).toMatchObject({ origin: "shipped", hold_s: 60 });
  });
});

describe("[T90] alerts of a device", () => {
  it("name the field whose value raised them, and are acknowledged and snoozed by their id", async () => {
    const { desk, ask, view } = rig();
    for (const at of [0, 30, 61]) desk.take(cpu(at * S, 97));
    expect(view()).toMatchObject({
      crit: 1,
      alerts: [{ id: "cpu.busy/", field: "busy_pct", value: "97", limit: "95" }],
    });
    await ask("alert_ack", { alert: "cpu.busy/" });
    await ask("alert_snooze", { alert: "cpu.busy/", until: 900 * S });
    expect(view()).toMatchObject({ crit: 0, alerts: [{ phase: "active", snoozed_until: 900 * S }] });
    expect(await ask("alert_ack", { alert: "none/" })).toMatchObject({ ok: false, error: { code: "gone" } });
  });
});
