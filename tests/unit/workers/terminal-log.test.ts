import "fake-indexeddb/auto";
import { IDBFactory } from "fake-indexeddb";
import { afterEach, describe, expect, test, vi } from "vitest";
import { WAL_RECORD_BYTES, type WalRecord } from "#protocol/page/wal.ts";
import { ManualTime } from "#support/fake-timers.ts";
import { sealedOn } from "#support/sealed.ts";
import { MemoryStore } from "#workers/storage/tablet-store.ts";
import { TerminalLog } from "#workers/storage/terminal-log.ts";
import { TerminalLogStore } from "#workers/storage/terminal-log-store.ts";
import { TerminalLogs } from "#workers/storage/terminal-logs.ts";

const CANARY = "enable secret 5 canary-7f3a";
const START = { pos: 0, cols: 80, rows: 24 };
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
/** The tablet's, whichever page opens a log. */
const { keys } = await sealedOn(new MemoryStore());
const stores: TerminalLogStore[] = [];
afterEach(() => {
  for (const store of stores.splice(0)) store.close();
});

async function open(factory = new IDBFactory(), maxBytes?: number) {
  const store = await TerminalLogStore.open(factory);
  if (store === null) throw new Error("no storage");
  stores.push(store);
  const time = new ManualTime();
  const { now, setTimeout, clearTimeout } = time;
  const env = { now, setTimeout, clearTimeout, crypto: globalThis.crypto };
  return { factory, store, time, deps: { env, store, keys, ...(maxBytes === undefined ? {} : { maxBytes }) } };
}

/** Counts writes; the cadence is what is tested, not the content. */
function appends(store: TerminalLogStore): () => number {
  const spy = vi.spyOn(store, "append");
  return () => spy.mock.calls.length;
}

async function recordsOf(log: TerminalLog, from = log.head.pos): Promise<WalRecord[]> {
  const records: WalRecord[] = [];
  for await (const record of log.read(from)) records.push(record);
  return records;
}

const textOf = (records: readonly WalRecord[]): string =>
  records.map((record) => (record.kind === "bytes" ? new TextDecoder().decode(record.bytes) : "")).join("");

describe("terminal log [WP29]", () => {
  test("is written 250 ms after the first byte, once, and then reported as saved", async () => {
    const { deps, store, time } = await open();
    const log = TerminalLog.create(deps, "n.a", START);
    const saved: number[] = [];
    log.serve({ saved: (pos) => saved.push(pos), failed: (error) => expect.fail(String(error)) });
    const count = appends(store);
    log.push(0, bytes("abc"));
    time.advance(200);
    log.push(3, bytes("def"));
    expect(count()).toBe(0);
    time.advance(49);
    expect(time.pending).toBe(1);
    time.advance(1);
    await vi.waitFor(() => expect(saved).toEqual([6]));
    expect(count()).toBe(1);
    expect(time.pending).toBe(0);
    expect(await recordsOf(log)).toMatchObject([{ kind: "bytes", pos: 0 }]);
  });

  test("64 KiB are written at once, and so is what waits when somebody asks", async () => {
    const { deps, time } = await open();
    const log = TerminalLog.create(deps, "n.a", START);
    const saved: number[] = [];
    log.serve({ saved: (pos) => saved.push(pos), failed: (error) => expect.fail(String(error)) });
    log.push(0, new Uint8Array(64 * 1024));
    await vi.waitFor(() => expect(saved).toEqual([65_536]));
    log.push(65_536, bytes("x"));
    log.flush();
    await vi.waitFor(() => expect(saved).toEqual([65_536, 65_537]));
    expect(time.pending).toBe(0);
    log.flush();
    expect(await log.flushed()).toBe(65_537);
  });

  test("[WP29] a size that was announced for where the output stops now is stored with it", async () => {
    const { deps } = await open();
    const log = TerminalLog.create(deps, "n.a", START);
    log.mark(5, 100, 30);
    log.push(0, bytes("one\r\n"));
    await log.flushed();
    expect(await recordsOf(log)).toMatchObject([
      { kind: "bytes", pos: 0 },
      { kind: "size", pos: 5, cols: 100, rows: 30 },
    ]);
  });

  test("another page finds bytes, sizes at their places, and gaps", async () => {
    const { factory, deps } = await open();
    const log = TerminalLog.create(deps, "n.a", START);
    log.push(0, bytes("one\r\n"));
    log.mark(8, 100, 30);
    log.push(5, bytes("two\r\nthree"));
    log.gap(15, 40);
    log.mark(40, 90, 20);
    log.push(40, bytes("four"));
    await log.close();
    const next = await open(factory);
    const again = await TerminalLog.open(next.deps, "n.a");
    if (again === undefined) throw new Error("no log");
    expect(again.end).toBe(44);
    expect(again.head).toMatchObject({ pos: 0, cols: 80, rows: 24, trimmed: false });
    const records = await recordsOf(again);
    expect(records.map(({ kind, pos }) => [kind, pos])).toEqual([
      ["bytes", 0],
      ["size", 8],
      ["bytes", 8],
      ["gap", 15],
      ["size", 40],
      ["bytes", 40],
    ]);
    expect(textOf(records)).toBe("one\r\ntwo\r\nthreefour");
    again.push(44, bytes("!"));
    expect(await again.flushed()).toBe(45);
    expect(textOf(await recordsOf(again, 42))).toBe("ur!");
    expect(await TerminalLog.open(next.deps, "n.other")).toBeUndefined();
  });

  test("what comes while a write is under way is stored together, once that is done", async () => {
    const { deps, store } = await open();
    const log = TerminalLog.create(deps, "n.a", START);
    let saved = 0;
    log.serve({ saved: (pos) => (saved = pos), failed: (error) => expect.fail(String(error)) });
    const count = appends(store);
    const part = new Uint8Array(64 * 1024);
    for (let n = 0; n < 10; n++) log.push(n * part.length, part);
    await vi.waitFor(() => expect(saved).toBe(10 * part.length));
    expect(count()).toBe(2);
    expect((await recordsOf(log)).every((r) => r.kind === "bytes" && r.bytes.length <= WAL_RECORD_BYTES)).toBe(true);
  });

  test("[WP30] what is dropped is not read again: one range goes, and sizes in force later stay", async () => {
    const { deps, store } = await open(new IDBFactory(), 4_096);
    const log = TerminalLog.create(deps, "n.a", START);
    const trims = vi.spyOn(store, "trim");
    let pos = 0;
    for (let n = 0; n < 400; n++) {
      const line = bytes(`line ${n} of a table that is long\r\n`);
      log.push(pos, line);
      pos += line.length;
      if (n % 40 === 20) log.mark(pos, 90 + (n % 7), 30);
      if (n % 10 === 0) await log.flushed();
    }
    await log.flushed();
    expect(trims.mock.calls.length).toBeGreaterThan(2);
    // all but the first, before which there may be rows of an earlier page
    expect(trims.mock.calls.slice(1).every(([, , first]) => first !== undefined)).toBe(true);
    const [first] = await store.rows("n.a", 0, 1);
    expect(first?.row.to).toBeGreaterThanOrEqual(log.head.pos);
    expect(pos - log.head.pos).toBeLessThanOrEqual(4_096);
    const records = await recordsOf(log);
    expect(records.find((record) => record.kind === "bytes")?.pos).toBe(log.head.pos);
    expect(records.some((record) => record.kind === "size")).toBe(true);
  });

  test("[WP30] beyond its size the oldest part goes, at a line start, with the modes in force there in front", async () => {
    const { factory, store, deps } = await open(new IDBFactory(), 8_192);
    const log = TerminalLog.create(deps, "n.a", START);
    let pos = 0;
    const lines: string[] = [];
    const push = async (text: string): Promise<void> => {
      log.push(pos, bytes(text));
      pos += text.length;
      lines.push(text);
      if (lines.length % 20 === 0) await log.flushed();
    };
    await push("\x1b[?1h\x1b[1;32m");
    for (let n = 0; n < 600; n++) await push(`line ${n} with some words in it\r\n`);
    await log.flushed();
    const { head } = log;
    expect(head.trimmed).toBe(true);
    expect(pos - head.pos).toBeLessThanOrEqual(8_192);
    expect(pos - head.pos).toBeGreaterThan(7_000);
    expect(head.modes).toBe(`\x1b[?1h${"\n".repeat(23)}\x1b[1;32m`);
    const all = lines.join("");
    expect(all.slice(head.pos - 2, head.pos)).toBe("\r\n");
    expect(textOf(await recordsOf(log))).toBe(all.slice(head.pos));
    const kept = await store.rows("n.a", 0, 10_000);
    expect(kept.length).toBeLessThan(30);
    await log.close();
    const again = await TerminalLog.open((await open(factory, 8_192)).deps, "n.a");
    expect(again?.head).toEqual(head);
  });

  test("[WP30] in a full-screen program it grows until the program draws from the top again", async () => {
    const { deps } = await open(new IDBFactory(), 4_096);
    const log = TerminalLog.create(deps, "n.a", START);
    let pos = 0;
    const push = async (text: string): Promise<void> => {
      log.push(pos, bytes(text));
      pos += text.length;
      await log.flushed();
    };
    await push("$ top\r\n\x1b[?1049h\x1b[?1h");
    for (let n = 0; n < 3; n++) await push("x".repeat(4_096));
    expect(log.head.pos).toBe(0);
    for (let n = 0; n < 12; n++) await push(`\x1b[H${"row\x1b[K\r\n".repeat(100)}`);
    expect(log.head.pos).toBeGreaterThan(0);
    expect(log.head.modes).toContain("\x1b[?1049h");
    await push(`\x1b[?1049l${"back\r\n".repeat(1_000)}`);
    await push("prompt");
    expect(log.head.modes).not.toContain("1049");
    expect(pos - log.head.pos).toBeLessThanOrEqual(4_096);
  });

  test("[WP32] [S71] nothing of the device can be read in the database, and the key cannot be exported", async () => {
    const { deps, store } = await open();
    const log = TerminalLog.create(deps, "n.a", START);
    log.push(0, bytes(`${CANARY}\r\n`));
    await log.flushed();
    const rows = await store.rows("n.a", 0, 10);
    const stored = rows.map(({ row }) => (row.kind === "bytes" ? Buffer.from(row.data).toString("latin1") : ""));
    expect(stored.join("")).not.toContain("canary");
    expect(stored.join("").length).toBeGreaterThan(CANARY.length);
    const meta = await store.meta("n.a");
    expect(JSON.stringify(meta)).not.toContain("canary");
    if (meta === undefined) throw new Error("no log");
    expect(meta.key).toMatchObject({ by: "local" });
    const key = await keys.open("log n.a", meta.key);
    await expect(key && crypto.subtle.exportKey("raw", key)).rejects.toThrow();
    expect(textOf(await recordsOf(log))).toBe(`${CANARY}\r\n`);
  });

  test("a damaged record is a gap, the rest is read", async () => {
    const { deps, store } = await open();
    const log = TerminalLog.create(deps, "n.a", START);
    for (const [at, text] of ["aaaa", "bbbb", "cccc"].entries()) {
      log.push(at * 4, bytes(text));
      await log.flushed();
    }
    const [, placed] = await store.rows("n.a", 0, 10);
    const meta = await store.meta("n.a");
    if (placed?.row.kind !== "bytes" || meta === undefined) throw new Error("no row");
    const data = new Uint8Array(placed.row.data.slice(0));
    data[0] = (data[0] ?? 0) ^ 1;
    await store.append("n.a", meta.id, [{ n: placed.n, row: { ...placed.row, data: data.buffer } }]);
    expect((await recordsOf(log)).map(({ kind, pos }) => [kind, pos])).toEqual([
      ["bytes", 0],
      ["gap", 4],
      ["bytes", 8],
    ]);
  });

  test("[WP32] wiping leaves neither rows nor key, also while a write is on its way", async () => {
    const { deps, store } = await open();
    const log = TerminalLog.create(deps, "n.a", START);
    log.push(0, bytes("secret"));
    await log.flushed();
    log.push(6, bytes("more"));
    log.flush();
    await log.wipe();
    expect(await store.meta("n.a")).toBeUndefined();
    expect(await store.rows("n.a", 0, 10)).toEqual([]);
    log.push(10, bytes("late"));
    expect(await log.flushed()).toBeLessThanOrEqual(10);
    expect(await store.rows("n.a", 0, 10)).toEqual([]);
  });

  test("storage that fails is told once, and nothing is reported as saved", async () => {
    const { deps, store } = await open();
    const log = TerminalLog.create(deps, "n.a", START);
    const failed = vi.fn();
    const saved = vi.fn();
    log.serve({ saved, failed });
    vi.spyOn(store, "append").mockRejectedValue(new DOMException("disk is full", "QuotaExceededError"));
    log.push(0, bytes("a"));
    await log.flushed();
    log.push(1, bytes("b"));
    await log.flushed();
    expect(failed).toHaveBeenCalledTimes(1);
    expect(saved).not.toHaveBeenCalled();
  });

  test("[WP28] a page that lost the session to another cannot write into the new log", async () => {
    const { deps, store } = await open();
    const old = TerminalLog.create(deps, "n.a", START);
    const failed = vi.fn();
    old.serve({ saved: () => {}, failed });
    old.push(0, bytes("old"));
    await old.flushed();
    const next = TerminalLog.create(deps, "n.a", { ...START, pos: 3 });
    next.push(3, bytes("new"));
    await next.flushed();
    old.push(3, bytes("stale"));
    await old.flushed();
    expect(failed).toHaveBeenCalledTimes(1);
    await old.wipe();
    expect(textOf(await recordsOf(next))).toBe("new");
    expect(await store.meta("n.a")).toBeDefined();
    expect(next.head.trimmed).toBe(true);
  });
});

describe("logs of the tablet [WP32]", () => {
  const load = async () => {
    const { deps, store } = await open();
    const failed = vi.fn();
    return { deps, store, failed, logs: new TerminalLogs(deps, false, failed) };
  };

  test("a later page of the same worker waits for what its predecessor still stores", async () => {
    const { logs } = await load();
    const log = logs.create("n.a", START);
    log?.push(0, bytes("last words"));
    if (log) logs.close(log);
    const again = await logs.open("n.a");
    expect(again?.end).toBe(10);
  });

  test("keeping nothing wipes what there is and begins nothing new", async () => {
    const { logs, store } = await load();
    const log = logs.create("n.a", START);
    log?.push(0, bytes("x"));
    await log?.flushed();
    await logs.setKeepNothing(true);
    expect(await store.sessions()).toEqual([]);
    expect(logs.usable).toBe(false);
    expect(logs.create("n.b", START)).toBeNull();
    expect(await logs.open("n.a")).toBeUndefined();
    await logs.setKeepNothing(false);
    expect(logs.usable).toBe(true);
  });

  test("logs without an owner are swept; open, known and young ones stay", async () => {
    const { logs, store, deps } = await load();
    const orphan = TerminalLog.create(deps, "n.orphan", START);
    const known = TerminalLog.create(deps, "n.known", START);
    await Promise.all([orphan.flushed(), known.flushed()]);
    await logs.create("n.open", START)?.flushed();
    const sids = async () => (await store.sessions()).map(({ sid }) => sid).sort();
    await logs.sweep(new Set(["n.known"]), deps.env.now() + 1_000);
    expect(await sids()).toEqual(["n.known", "n.open", "n.orphan"]);
    await logs.sweep(new Set(["n.known"]), deps.env.now() + 100_000);
    expect(await sids()).toEqual(["n.known", "n.open"]);
  });

  test("without storage no log is kept, and the session is not durable", async () => {
    const env = { ...(await open()).deps.env, indexedDB: undefined };
    const logs = await TerminalLogs.load(env, keys, false, vi.fn());
    expect(logs.usable).toBe(false);
    expect(logs.create("n.a", START)).toBeNull();
    expect(await logs.open("n.a")).toBeUndefined();
    logs.wipe("n.a");
    await logs.wipeAll();
  });
});
