import { webcrypto } from "node:crypto";
import { IDBFactory } from "fake-indexeddb";
import "fake-indexeddb/auto";
import { afterEach, describe, expect, test } from "vitest";
import { logKeys } from "#workers/storage/log-keys.ts";
import { MemoryStore } from "#workers/storage/tablet-store.ts";
import { TerminalLog } from "#workers/storage/terminal-log.ts";
import { TerminalLogStore } from "#workers/storage/terminal-log-store.ts";
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

async function setUp() {
  const store = await TerminalLogStore.open(new IDBFactory());
  if (store === null) throw new Error("no storage");
  opened.push(store);
  const vault = await Vault.load(env, new MemoryStore(), () => {});
  return { store, vault, deps: { env, store, keys: logKeys(crypto, vault) } };
}

describe("[S71] the key of a log", () => {
  test("with an open vault only its wrapped form is stored; a locked tablet goes on saving; only the vault gives it back", async () => {
    const { store, vault, deps } = await setUp();
    await vault.create(PASSPHRASE);
    const log = TerminalLog.create(deps, "n.a", { pos: 0, cols: 80, rows: 24 });
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
    // A page that starts now, with the profile but without the passphrase, reads nothing.
    expect(await TerminalLog.open(deps, "n.a")).toBeUndefined();
    await vault.unlock({ passphrase: PASSPHRASE });
    const again = await TerminalLog.open(deps, "n.a");
    expect(again?.end).toBe(22);
    await again?.close();
  });

  test("a wrapped key of another session, or of another vault, opens nothing", async () => {
    const { vault, deps } = await setUp();
    await vault.create(PASSPHRASE);
    const { stored } = await deps.keys.make("n.a");
    expect(await deps.keys.open("n.b", stored)).toBeUndefined();
    const other = await Vault.load(env, new MemoryStore(), () => {});
    await other.create(PASSPHRASE);
    expect(await logKeys(crypto, other).open("n.a", stored)).toBeUndefined();
    expect((await deps.keys.open("n.a", stored))?.extractable).toBe(false);
  });

  test("without a vault a handle of this browser is stored, that cannot be exported", async () => {
    const { deps } = await setUp();
    const { key, stored } = await deps.keys.make("n.a");
    expect(stored).toBe(key);
    expect(key.extractable).toBe(false);
    expect(await deps.keys.open("n.a", stored)).toBe(key);
  });
});
