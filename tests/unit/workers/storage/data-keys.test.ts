import { webcrypto } from "node:crypto";
import { IDBFactory } from "fake-indexeddb";
import "fake-indexeddb/auto";
import { afterEach, describe, expect, test, vi } from "vitest";
import { DataKeys } from "#workers/storage/data-keys.ts";
import { LocalKey } from "#workers/storage/local-key.ts";
import { MemoryStore } from "#workers/storage/tablet-store.ts";
import { TerminalLog } from "#workers/storage/terminal-log.ts";
import { TerminalLogStore } from "#workers/storage/terminal-log-store.ts";
import { TerminalLogs } from "#workers/storage/terminal-logs.ts";
import { Vault } from "#workers/vault/vault.ts";

const crypto = webcrypto as Crypto;
const PASSPHRASE = "correct horse battery";
const env = {
  crypto,
  now: () => Date.now(),
  setTimeout: (run: () => void, ms: number) => setTimeout(run, ms) as unknown as number,
  clearTimeout: (id: number) => clearTimeout(id),
};
const opened: TerminalLogStore[] = [];
afterEach(() => {
  for (const store of opened.splice(0)) store.close();
});

const START = { pos: 0, cols: 80, rows: 24 };

async function setUp() {
  const store = await TerminalLogStore.open(new IDBFactory());
  if (store === null) throw new Error("no storage");
  opened.push(store);
  const tablet = new MemoryStore();
  const vault = await Vault.load(env, tablet, () => {});
  const local = await LocalKey.open(crypto, tablet);
  const deps = { env, store, keys: new DataKeys(crypto, local, vault) };
  const failed = vi.fn();
  return { store, vault, local, deps, failed, logs: new TerminalLogs(deps, false, failed) };
}

describe("[S71] the key of a log", () => {
  test("with an open vault only its wrapped form is stored; a locked tablet goes on saving; only the vault gives it back", async () => {
    const { store, vault, deps } = await setUp();
    await vault.create(PASSPHRASE);
    const log = TerminalLog.create(deps, "n.a", START);
    const saved = (to: number) => expect.poll(() => log.saved).toBe(to);
    log.serve({ saved: () => {}, failed: () => {} });
    log.push(0, new TextEncoder().encode("before\r\n"));
    await saved(8);
    vault.lock();
    log.push(8, new TextEncoder().encode("while locked\r\n"));
    await saved(22);
    await log.close();
    const meta = await store.meta("n.a");
    expect(meta?.key).toHaveProperty("wrapped");
    expect(meta?.key).not.toHaveProperty("by");
    // A page that starts now, with the profile but without the passphrase, reads nothing.
    expect(await TerminalLog.open(deps, "n.a")).toBeUndefined();
    await vault.unlock({ passphrase: PASSPHRASE });
    const again = await TerminalLog.open(deps, "n.a");
    expect(again?.end).toBe(22);
    await again?.close();
  });

  test("a wrapped key of another session, or of another vault, opens nothing", async () => {
    const { vault, local, deps } = await setUp();
    await vault.create(PASSPHRASE);
    const { stored } = await deps.keys.make("log n.a");
    expect(await deps.keys.open("log n.b", stored)).toBeUndefined();
    const other = await Vault.load(env, new MemoryStore(), () => {});
    await other.create(PASSPHRASE);
    expect(await new DataKeys(crypto, local, other).open("log n.a", stored)).toBeUndefined();
    expect((await deps.keys.open("log n.a", stored))?.extractable).toBe(false);
  });

  test("without a vault the key of this browser wraps it; neither can be exported, and a handle of before is used on", async () => {
    const { deps } = await setUp();
    const { key, stored } = await deps.keys.make("log n.a");
    expect(stored).toMatchObject({ by: "local" });
    expect(key.extractable).toBe(false);
    expect((await deps.keys.open("log n.a", stored))?.extractable).toBe(false);
    expect(await deps.keys.open("log n.b", stored)).toBeUndefined();
    expect(await deps.keys.open("log n.a", key)).toBe(key);
    expect(await deps.keys.rewrapped("log n.a", key)).toBeUndefined();
  });

  test("a vault takes the keys of logs over, of running sessions and of those that were left; what is there stays readable", async () => {
    const { vault, store, logs, deps, failed } = await setUp();
    const [running, left] = [logs.create("n.a", START), logs.create("n.b", START)];
    if (running === null || left === null) throw new Error("no logs");
    for (const log of [running, left]) log.push(0, new TextEncoder().encode("before\r\n"));
    await Promise.all([running.flushed(), left.flushed()]);
    logs.close(left);
    await vault.create(PASSPHRASE);
    await logs.rewrap();
    running.push(8, new TextEncoder().encode("after\r\n"));
    await running.flushed();
    for (const sid of ["n.a", "n.b"]) expect((await store.meta(sid))?.key).not.toHaveProperty("by");
    expect(running.isVaults).toBe(true);
    vault.lock();
    expect(await TerminalLog.open(deps, "n.b")).toBeUndefined();
    await vault.unlock({ passphrase: PASSPHRASE });
    expect((await TerminalLog.open(deps, "n.b"))?.end).toBe(8);
    expect(failed).not.toHaveBeenCalled();
  });

  test("erasing the vault wipes the logs that it protected; a running session hears that nothing is kept any more", async () => {
    const { vault, store, logs } = await setUp();
    const plain = logs.create("n.plain", START);
    await plain?.flushed();
    await vault.create(PASSPHRASE);
    const [running, left] = [logs.create("n.a", START), logs.create("n.b", START)];
    await Promise.all([running?.flushed(), left?.flushed()]);
    const lost = vi.fn();
    running?.serve({ saved: () => {}, failed: lost });
    if (left !== null) logs.close(left);
    await vault.erase("erase");
    await logs.wipeVaults();
    expect(lost).toHaveBeenCalledOnce();
    expect((await store.sessions()).map(({ sid }) => sid)).toEqual(["n.plain"]);
  });
});
