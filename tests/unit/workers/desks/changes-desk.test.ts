import { describe, expect, it } from "vitest";
import type { ChangesView } from "#machines/desk-views.ts";
import type { DeskCommand, DeskPayloads } from "#protocol/local-telemetry.ts";
import { ManualTime } from "#support/fake-timers.ts";
import type { ChangeEvent } from "#telemetry/changes/change.ts";
import type { PanelReading } from "#telemetry/knowledge/reading.ts";
import { ChangesDesk } from "#workers/desks/changes-desk.ts";
import type { DeskContext } from "#workers/desks/desk.ts";
import { HeldTables } from "#workers/desks/held-tables.ts";
import { MemoryRecords } from "#workers/desks/record-store.ts";
import type { HostEnv } from "#workers/host-env.ts";
import { Publisher } from "#workers/publisher.ts";

const S = 1_000;
function port(ts: number, oper: string, more: object = {}): PanelReading {
  const data = { rows: [{ name: "eth0", class: "phys", admin: "up", oper }], row_count: 1 };
  const base = { panel: "ifstate", schema: 1, ts, age_ms: 0, interval_ms: 30 * S, status: "ok", sources: [], data };
  return { ...base, ...more } as unknown as PanelReading;
}
const update = (payload: PanelReading) =>
  ({ session_id: "ssh2", type: "telemetry", action: "telemetry_update", device: "d1", seq: 1, payload }) as const;

function rig(records = new MemoryRecords(), kept: PanelReading[] = []) {
  const time = new ManualTime();
  const env = time as unknown as HostEnv;
  const publisher = new Publisher(env);
  const told: ChangeEvent[] = [];
  const context: DeskContext = {
    tables: new HeldTables(),
    show: () => {},

    env,
    publisher,
    records,
    collectors: { of: () => null, feed: () => false },
    reading: () => undefined,
    readings: () => kept.map((reading) => ["d1", reading] as const),
  };
  const desk = new ChangesDesk(context, (_, event) => told.push(event));
  const view = (): ChangesView | undefined => {
    publisher.flush();
    return publisher.get("changes:d1");
  };
  const ask = <A extends "changes_list" | "changes_seen">(action: A, payload: DeskPayloads[A]) =>
    desk.serve({ v: 1, device: "d1", session_id: "ssh2", type: "telemetry", action, payload } as DeskCommand);
  return { desk, view, ask, told, records };
}

describe("changes desk", () => {
  it("[T85] shows changes newest first and counts what was not seen, until it was", async () => {
    const { desk, view, ask, told } = rig();
    for (const [n, oper] of ["up", "down", "up", "down"].entries()) desk.take(update(port(n * 60 * S, oper)));
    expect(view()?.events.map(({ to }) => to)).toEqual(["down", "up", "down"]);
    expect(view()).toMatchObject({ unseen: 3 });
    expect(told).toHaveLength(3);
    await ask("changes_seen", { until: 120 * S });
    expect(view()).toMatchObject({ unseen: 1, seen_until: 120 * S });
  });

  it("[T15] [T85] after a restart with the clock set back what is new comes last, and is new", async () => {
    const HOUR = 3_600 * S;
    const first = rig();
    for (const [n, oper] of ["up", "down", "up"].entries()) first.desk.take(update(port(9 * HOUR + n * 60 * S, oper)));
    await first.ask("changes_seen", { until: 9 * HOUR + 120 * S });
    const next = rig(first.records, [port(9 * HOUR + 120 * S, "up", { status: "stale", reason: "kept" })]);
    await next.desk.restore();
    next.desk.take(update(port(8 * HOUR, "down")));
    expect(next.view()?.events.map(({ to }) => to)).toEqual(["down", "up", "down"]);
    expect(next.view()).toMatchObject({ unseen: 1 });
    expect(next.view()?.seen_until).toBeLessThan(8 * HOUR);
    const last = rig(first.records);
    await last.desk.restore();
    expect(last.view()?.events[0]).toMatchObject({ at: 8 * HOUR });
  });

  it("[T85] a burst is told once", () => {
    const { desk, view, told } = rig();
    for (const [n, oper] of ["up", "down", "up", "down"].entries()) desk.take(update(port(n * 10 * S, oper)));
    expect(view()?.events).toMatchObject([{ count: 3, from: "up", to: "down" }]);
    expect(told).toHaveLength(1);
  });

  it("[T86] the next run shows what was, and compares its first reading with the last kept one", async () => {
    const first = rig();
    first.desk.take(update(port(0, "up")));
    first.desk.take(update(port(60 * S, "down")));
    await first.ask("changes_seen", { until: 30 * S });
    const next = rig(first.records, [port(60 * S, "down", { status: "stale", reason: "kept" })]);
    await next.desk.restore();
    expect(next.view()).toMatchObject({ unseen: 1, seen_until: 30 * S });
    next.desk.take(update(port(3_600 * S, "up")));
    expect(next.view()?.events[0]).toMatchObject({ to: "up", not_before: 60 * S, across_gap: true });
    const newest = next.view()?.events[0]?.id ?? "";
    const listed = await next.ask("changes_list", { limit: 10, before: newest });
    expect(listed).toMatchObject({ ok: true, value: [{ to: "down" }] });
  });

  it("[T85] older ones are found by id: those of one reading are not lost at the edge of a page", async () => {
    const { desk, ask } = rig();
    const rows = (oper: string) => ["eth0", "eth1", "eth2"].map((name) => ({ name, class: "phys", admin: "up", oper }));
    for (const [n, oper] of ["up", "down"].entries()) {
      desk.take(update(port(n * 60 * S, oper, { data: { rows: rows(oper), row_count: 3 } })));
    }
    const first = (await ask("changes_list", { limit: 2 })) as { value: ChangeEvent[] };
    expect(first.value.map(({ label }) => label)).toEqual(["eth2", "eth1"]);
    const second = (await ask("changes_list", { limit: 2, before: first.value[1]?.id ?? "" })) as typeof first;
    expect(second.value.map(({ label }) => label)).toEqual(["eth0"]);
  });

  it("a device that left the list leaves nothing in the view", async () => {
    const { desk, view } = rig();
    desk.take(update(port(0, "up")));
    desk.take(update(port(60 * S, "down")));
    await desk.forget("d1");
    expect(view()).toBeUndefined();
  });

  it("a question out of range is refused with a code", async () => {
    expect(await rig().ask("changes_list", { limit: 0 })).toMatchObject({ ok: false, error: { code: "invalid" } });
  });
});
