import { describe, expect, it, vi } from "vitest";
import type { DeskCommand } from "#protocol/local-telemetry.ts";
import type { TelemetryUpdate } from "#telemetry/knowledge/reading.ts";
import type { Desk } from "#workers/desks/desk.ts";
import { Desks } from "#workers/desks/desks.ts";
import { compareKeys, MemoryRecords } from "#workers/desks/record-store.ts";

const update = (seq: number): TelemetryUpdate => ({
  session_id: "ssh2",
  type: "telemetry",
  action: "telemetry_update",
  device: "d1",
  seq,
  payload: { panel: "cpu", schema: 1, ts: seq, age_ms: 0, status: "ok", sources: [], data: { busy_pct: seq } },
});
const command: DeskCommand = {
  v: 1,
  device: "d1",
  session_id: "ssh2",
  type: "telemetry",
  action: "snapshot_list",
  payload: {},
};
const desk = (more: Partial<Desk> = {}): Desk => ({ actions: ["snapshot_list"], serve: () => ({ ok: true }), ...more });

describe("desks", () => {
  it("[T86] readings that come while their code is loaded are handed over in order", async () => {
    const seen: number[] = [];
    const restored = vi.fn(async () => {});
    const desks = new Desks(
      async () => [desk({ take: ({ seq }) => seen.push(seq), restore: restored })],
      () => {},
    );
    desks.take(update(1));
    desks.take(update(2));
    await desks.serve(command);
    desks.take(update(3));
    expect(restored).toHaveBeenCalledOnce();
    expect(seen).toEqual([1, 2, 3]);
  });

  it("[S71] with the vault locked at the start nothing kept is read; a command is told so, and the unlock lets it in", async () => {
    let open: () => void = () => {};
    const gate = { isLocked: true, whenOpen: () => new Promise<void>((go) => (open = go)) };
    const restored = vi.fn(async () => {});
    const desks = new Desks(
      async () => [desk({ restore: restored })],
      () => {},
      gate,
    );
    const ready = desks.restore();
    expect(await desks.serve(command)).toMatchObject({ ok: false, error: { reason: "vault_locked" } });
    await desks.forget(undefined);
    expect(restored).not.toHaveBeenCalled();
    open();
    await ready;
    // Locked again, what was read goes on being served.
    expect(await desks.serve(command)).toEqual({ ok: true });
    expect(restored).toHaveBeenCalledOnce();
  });

  it("[S71] readings that wait for the unlock go with their device, or with all of them", async () => {
    let open: () => void = () => {};
    const gate = { isLocked: true, whenOpen: () => new Promise<void>((go) => (open = go)) };
    const seen: string[] = [];
    const desks = new Desks(
      async () => [desk({ take: ({ device, seq }) => seen.push(`${device} ${seq}`) })],
      () => {},
      gate,
    );
    desks.take(update(1));
    desks.take({ ...update(2), device: "d2" });
    await desks.forget("d1");
    desks.take({ ...update(3), device: "d3" });
    open();
    await desks.restore();
    expect(seen).toEqual(["d2 2", "d3 3"]);
  });

  it("[T83] of readings that are too many to wait for the unlock, desks are told the first of each panel", async () => {
    let open: () => void = () => {};
    const gate = { isLocked: true, whenOpen: () => new Promise<void>((go) => (open = go)) };
    const seen: string[] = [];
    const take: Desk["take"] = ({ device, seq }) => seen.push(`${device} ${seq}`);
    const missed: Desk["missed"] = ({ device, seq }, why) => seen.push(`${device} ${seq} ${why}`);
    const desks = new Desks(
      async () => [desk({ take, missed })],
      () => {},
      gate,
    );
    desks.take({ ...update(1), payload: { ...update(1).payload, status: "stale" } });
    desks.take({ ...update(2), device: "d2" });
    for (let seq = 3; seq <= 1_010; seq++) desks.take(update(seq));
    await desks.forget("d2");
    open();
    await desks.restore();
    expect(seen.slice(0, 2)).toEqual(["d1 3 locked", "d1 11"]);
    expect(seen).toHaveLength(1_001);
  });

  it("[T9] a desk that throws is told of and harms no other", async () => {
    const errors: unknown[] = [];
    const seen: number[] = [];
    const fail = (): never => {
      throw new Error("broken");
    };
    const broken = desk({ serve: fail, take: fail, heard: fail, watched: fail });
    const desks = new Desks(
      async () => [
        broken,
        desk({
          actions: [],
          take: ({ seq }) => seen.push(seq),
          heard: () => seen.push(2),
          watched: () => seen.push(3),
        }),
      ],
      (error) => errors.push(error),
    );
    await desks.restore();
    desks.take(update(1));
    desks.heard("d1", { type: "progress", ticket: "t", bytes: 1, at: 0 });
    desks.watched("changes:d1");
    expect(seen).toEqual([1, 2, 3]);
    expect(await desks.serve(command)).toMatchObject({ ok: false, error: { code: "storage" } });
    expect(errors).toHaveLength(4);
  });

  it("an action that no desk has is answered as unsupported", async () => {
    const desks = new Desks(
      async () => [],
      () => {},
    );
    expect(await desks.serve(command)).toMatchObject({ ok: false, error: { code: "unsupported" } });
  });
});

describe("records in memory", () => {
  it("are ordered by key and found between prefixes, inclusive", async () => {
    const records = new MemoryRecords();
    for (const t of [30, 4, 200]) await records.put("changes", "d1", [t, "a"], t);
    await records.put("changes", "d2", [5], "other");
    expect((await records.range("changes", "d1")).map(({ value }) => value)).toEqual([4, 30, 200]);
    expect((await records.range("changes", "d1", { from: [30] })).map(({ value }) => value)).toEqual([30, 200]);
    expect((await records.range("changes", "d1", { to: [30] })).map(({ value }) => value)).toEqual([4, 30]);
    expect((await records.range("changes", "d1", { last: 1 })).map(({ value }) => value)).toEqual([200]);
    await records.clear("d1");
    expect(await records.devices("changes")).toEqual(["d2"]);
  });

  it("keys: numbers before text, shorter before longer", () => {
    expect([["b"], [2], [10], [2, "x"]].toSorted(compareKeys)).toEqual([[2], [2, "x"], [10], ["b"]]);
  });
});

describe("desks whose code does not come", () => {
  it("[T9] are told of once per try, refuse with a code, and are there when a later try brings it", async () => {
    const errors: unknown[] = [];
    const seen: number[] = [];
    let tries = 0;
    const load = async (): Promise<readonly Desk[]> => {
      if (++tries < 3) throw new Error("no network");
      return [desk({ take: ({ seq }) => seen.push(seq) })];
    };
    const desks = new Desks(load, (error) => errors.push(error));
    await desks.restore();
    desks.take(update(1));
    expect(await desks.serve(command)).toEqual({ ok: false, error: { code: "storage", retry: "user" } });
    expect(errors).toHaveLength(2);
    expect(await desks.serve(command)).toEqual({ ok: true });
    expect(seen).toEqual([1]);
  });
});
