import { describe, expect, it } from "vitest";
import { DeskRig } from "#support/desk-rig.ts";
import { ManualTime } from "#support/fake-timers.ts";
import type { HistoryRange } from "#telemetry/history/history-data.ts";
import type { PanelReading, TelemetryUpdate } from "#telemetry/knowledge/reading.ts";
import type { DeskContext } from "#workers/desks/desk.ts";
import { Desks } from "#workers/desks/desks.ts";
import { DeviceHistory } from "#workers/desks/device-history.ts";
import { HistoryDesk } from "#workers/desks/history-desk.ts";
import { MemoryRecords, type RecordKey, type RecordKind, type Stored } from "#workers/desks/record-store.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const NOON = 20_000 * 24 * HOUR + 12 * HOUR + 90_000;
const STEP = 10_000;

const cpu = (n: number): PanelReading => {
  const base = {
    panel: "cpu",
    schema: 1,
    ts: NOON + n * STEP,
    age_ms: 0,
    interval_ms: STEP,
    status: "ok",
    sources: [],
  };
  return { ...base, data: { busy_pct: n } } as unknown as PanelReading;
};
const update = (n: number): TelemetryUpdate => {
  return { session_id: "ssh2", type: "telemetry", action: "telemetry_update", device: "d1", seq: n, payload: cpu(n) };
};
const turn = () => new Promise((go) => setTimeout(go, 0));
const upTo = (count: number): number[] => [...Array(count).keys()];

/** Records that answer only when a test lets them, fail when they are told to, and may be locked from a time on. */
class OddRecords extends MemoryRecords {
  slow = false;
  failing = 0;
  /** What was written up to now cannot be read. */
  readonly locked = new Set<string>();
  readonly #waiting: (() => void)[] = [];

  lock(keys: readonly RecordKey[]): void {
    for (const key of keys) this.locked.add(JSON.stringify(key));
  }

  /** Lets one operation go on; false: none waits. */
  step(): boolean {
    const go = this.#waiting.shift();
    go?.();
    return go !== undefined;
  }

  async #turn(): Promise<void> {
    if (this.slow) await new Promise<void>((go) => this.#waiting.push(go));
    if (this.failing > 0 && this.failing-- > 0) throw new Error("unreadable");
  }

  override async put(kind: RecordKind, device: string, key: RecordKey, value: unknown): Promise<void> {
    const copy: unknown = JSON.parse(JSON.stringify(value));
    await this.#turn();
    await super.put(kind, device, key, copy);
  }

  override async get<T>(kind: RecordKind, device: string, key: RecordKey): Promise<T | undefined> {
    await this.#turn();
    return this.locked.has(JSON.stringify(key)) ? undefined : super.get<T>(kind, device, key);
  }

  override async range<T>(...args: Parameters<MemoryRecords["range"]>): Promise<Stored<T>[]> {
    await this.#turn();
    return (await super.range<T>(...args)).filter(({ key }) => !this.locked.has(JSON.stringify(key)));
  }
}

async function values(history: DeviceHistory, count: number, hours = 1): Promise<{ raw: number[]; n: number }> {
  const to = NOON + count * STEP;
  const ask = async (from: number, now: number): Promise<HistoryRange> => {
    const [range] = await history.ranges(["cpu:busy_pct"], from, to, 2_000, now);
    if (range === undefined) throw new Error("no range");
    return range;
  };
  const raw = (await ask(to - hours * HOUR, to)).points.map(({ avg }) => avg);
  const rolled = await ask(NOON - MINUTE, to + 3 * HOUR);
  return { raw, n: rolled.points.reduce((sum, { n }) => sum + n, 0) };
}

describe("history that is restored while samples come", () => {
  it("[S71] [T82] after an unlock, over a slow store: none is lost, none doubled, in either tier", async () => {
    const records = new OddRecords();
    const earlier = new DeviceHistory("d1", records);
    for (const n of upTo(40)) earlier.take(cpu(n));
    await earlier.flush(NOON + 40 * STEP);

    let open: () => void = () => {};
    const gate = { isLocked: true, whenOpen: () => new Promise<void>((go) => (open = go)) };
    const time = new ManualTime(NOON + 40 * STEP);
    const context = { env: time, records } as unknown as DeskContext;
    const errors: unknown[] = [];
    let loaded: () => void = () => {};
    const desks = new Desks(
      async () => {
        await new Promise<void>((go) => (loaded = go));
        return [new HistoryDesk(context)];
      },
      (error) => errors.push(error),
      gate,
    );
    records.slow = true;
    let n = 40;
    // Locked, code on its way, blocks being read back one by one: at each step there is a sample, and a flush in between.
    for (; n < 45; n++) desks.take(update(n));
    open();
    await turn();
    for (; n < 50; n++) desks.take(update(n));
    loaded();
    await turn();
    for (let steps = 0; steps < 400 && n < 120; steps++) {
      if (steps % 3 === 0) desks.take(update(n++));
      if (steps % 40 === 0) void desks.hidden();
      records.step();
      await turn();
    }
    records.slow = false;
    while (records.step()) await turn();
    await desks.hidden();
    expect(errors).toEqual([]);
    const next = new DeviceHistory("d1", records);
    const found = await values(next, n);
    expect(found.raw).toEqual(upTo(n));
    expect(found.n).toBe(n);
  });

  it("[T83] more was read under the lock than could wait: the chart says that it was locked, not that there was no link", async () => {
    const records = new OddRecords();
    const earlier = new DeviceHistory("d1", records);
    for (const n of upTo(3)) earlier.take(cpu(n));
    await earlier.flush(NOON + 3 * STEP);
    let open: () => void = () => {};
    const gate = { isLocked: true, whenOpen: () => new Promise<void>((go) => (open = go)) };
    const context = { env: new ManualTime(NOON + 1_200 * STEP), records } as unknown as DeskContext;
    const history = new HistoryDesk(context);
    const errors: unknown[] = [];
    const desks = new Desks(
      async () => [history],
      (error) => errors.push(error),
      gate,
    );
    // 1,001 readings, of which the first is lost: that one stands for a gap of its own as well.
    for (let n = 100; n <= 1_100; n++) desks.take(update(n));
    open();
    await desks.restore();
    await desks.hidden();
    const gaps = (await records.range("gaps", "d1")).map(({ value }) => value);
    const at = (n: number): number => NOON + n * STEP;
    expect(gaps).toEqual([
      { from: at(2), to: at(100), why: "link" },
      { from: at(100), to: at(101), why: "locked" },
    ]);
    expect(errors).toEqual([]);
    await desks.close();
  });

  it("a block that could not be read back once is asked for again; later samples go on", async () => {
    const records = new OddRecords();
    const history = new DeviceHistory("d1", records);
    records.failing = 1;
    history.take(cpu(0));
    await expect(history.flush(NOON)).rejects.toThrow("unreadable");
    for (const n of [1, 2, 3]) history.take(cpu(n));
    expect((await values(history, 4)).raw).toEqual([1, 2, 3]);
  });

  it("[T9] a failure while nobody waits harms nothing and is told to whoever asks next", async () => {
    const records = new OddRecords();
    const rig = new DeskRig((context) => new HistoryDesk(context), records);
    const unheard: unknown[] = [];
    const hear = (reason: unknown): void => void unheard.push(reason);
    process.on("unhandledRejection", hear);
    try {
      rig.take(cpu(0));
      await turn();
      records.failing = 1;
      rig.time.advance(MINUTE);
      for (let n = 0; n < 5; n++) await turn();
      expect(records.failing).toBe(0);
      expect(unheard).toEqual([]);
    } finally {
      process.off("unhandledRejection", hear);
    }
    await expect(rig.desk.flush()).rejects.toThrow("unreadable");
    await rig.desk.flush();
  });

  it("[S71] what is locked is not written over: samples go beside it, and all are there once it opens", async () => {
    const records = new OddRecords();
    const earlier = new DeviceHistory("d1", records);
    for (const n of upTo(10)) earlier.take(cpu(n));
    // A minute later the block is stored; then the next one begins.
    await earlier.flush(NOON + 10 * STEP);
    for (let n = 10; n < 40; n++) earlier.take(cpu(n));
    await earlier.flush(NOON + 40 * STEP);
    records.lock((await records.range("series", "d1")).map(({ key }) => key));
    const during = new DeviceHistory("d1", records);
    for (let n = 40; n < 100; n++) during.take(cpu(n));
    await during.flush(NOON + 100 * STEP);
    records.locked.clear();
    await during.flush(NOON + 101 * STEP);
    const found = await values(new DeviceHistory("d1", records), 100);
    expect(found.raw).toEqual(upTo(100));
    // Of a minute that lies in both, the coarser line has one half.
    expect(found.n).toBeGreaterThanOrEqual(94);
    expect(found.n).toBeLessThanOrEqual(100);
  });
});
