import { describe, expect, test } from "vitest";
import { sealedOn } from "#support/sealed.ts";
import { KEY, RECORD } from "#support/wire-messages.ts";
import { CommandHistory, HistoryLocked } from "#workers/storage/command-history.ts";
import { keptUntil, type ResumeRecord } from "#workers/storage/resume-records.ts";
import { sweepSealedStores } from "#workers/storage/sealed-stores.ts";
import { MemoryStore, type SealedValue } from "#workers/storage/tablet-store.ts";
import { Vault } from "#workers/vault/vault.ts";

const PASSPHRASE = "correct horse battery";
const RESUME: ResumeRecord = {
  version: 1,
  device: RECORD.id,
  session_id: "ssh1",
  sid: "n1.a",
  token: "very-secret-token",
  epoch: 1,
  record: RECORD,
  cols: 80,
  rows: 24,
  host_key: KEY,
  simulated: false,
  transport: "shell_pty",
  server_ident: "x",
  at: 1_000_000,
};

/** One life of a worker on what the tablet has. */
async function life(store = new MemoryStore()) {
  const env = { crypto: globalThis.crypto, now: () => Date.now() };
  const vault = await Vault.load(env, store, () => {});
  return { store, vault, ...(await sealedOn(store, vault)) };
}

describe("[S71] sealed values", () => {
  test("locked at start: nothing is shown, nothing is lost, what waits is told; after the unlock all is there", async () => {
    const first = await life();
    await first.vault.create(PASSPHRASE);
    await first.resume.put(RESUME);
    await first.stores.platforms.put("k", { platform: "linux" });
    await new CommandHistory(first.stores.history).add("d1", "show run", 1);
    expect(Buffer.from(JSON.stringify(await first.store.entries("resume"))).toString()).not.toContain("secret-token");

    const next = await life(first.store);
    const history = new CommandHistory(next.stores.history);
    expect(await next.resume.list()).toEqual([]);
    expect(await next.resume.locked()).toEqual({ sessions: 1, until: keptUntil(RESUME) });
    expect(await next.resume.sids()).toEqual(["n1.a"]);
    expect(await next.stores.platforms.get("k")).toBeUndefined();
    await expect(history.list("d1", "", 5)).rejects.toThrow(HistoryLocked);
    await history.add("d1", "show clock", 2);

    await next.vault.unlock({ passphrase: PASSPHRASE });
    await next.sealed.phaseChanged();
    await history.unlocked();
    expect(await next.resume.list()).toEqual([RESUME]);
    expect(await next.resume.locked()).toBeUndefined();
    expect(await next.stores.platforms.get("k")).toEqual({ platform: "linux" });
    expect((await history.list("d1", "", 5)).map(({ line }) => line)).toEqual(["show clock", "show run"]);
  });

  test("command history goes from memory with the lock, and can be deleted while locked", async () => {
    const { vault, stores, sealed } = await life();
    await vault.create(PASSPHRASE);
    const history = new CommandHistory(stores.history);
    await history.add("d1", "show run", 1);
    vault.lock();
    await sealed.phaseChanged();
    history.letGo();
    await expect(history.list("d1", "", 5)).rejects.toThrow(HistoryLocked);
    await history.delete("d1", null);
    expect(await history.list("d1", "", 5)).toEqual([]);
    expect(await stores.history.keys()).toEqual([]);
  });

  test("what was stored before there were data keys is sealed at the start, with a locked vault as well", async () => {
    const store = new MemoryStore();
    const early = await life(store);
    const seal = async (context: string, value: unknown) =>
      (await early.local.seal(context, new TextEncoder().encode(JSON.stringify(value)))) as unknown as SealedValue;
    await store.put("resume", "n1.a", await seal("resume n1.a", RESUME));
    await store.put("resume", "n1.odd", await seal("resume n1.other", RESUME));
    await store.put("history", "d1", await seal("history d1", [{ line: "show run", at: 1 }]));
    await store.put("platforms", "k", { platform: "linux" } as unknown as SealedValue);
    await store.put("readings", "panel:d1:cpu", { device: "d1", reading: { panel: "cpu" } } as unknown as SealedValue);
    await early.vault.create(PASSPHRASE);
    const { resume, stores, vault, sealed } = await life(store);
    expect(await resume.list()).toEqual([RESUME]);
    expect(await stores.history.get("d1")).toEqual([{ line: "show run", at: 1 }]);
    expect(await stores.platforms.get("k")).toEqual({ platform: "linux" });
    expect((await stores.readings.entries()).readable).toEqual([
      ["panel:d1:cpu", { device: "d1", reading: { panel: "cpu" } }],
    ]);
    for (const name of ["resume", "history", "platforms", "readings"] as const) {
      for (const [, kept] of await store.entries(name)) expect(Object.keys(kept)).toContain("sealed");
    }
    // Until the vault was open once, only the key of this browser can protect it.
    await vault.unlock({ passphrase: PASSPHRASE });
    await sealed.phaseChanged();
    expect((await (await life(store)).resume.locked())?.sessions).toBe(1);
  });

  test("erasing the vault deletes what it protected, and nothing else", async () => {
    const { store, vault, stores, sealed, resume } = await life();
    await stores.platforms.put("before", { platform: "linux" });
    await vault.create(PASSPHRASE);
    await sealed.phaseChanged();
    await resume.put(RESUME);
    await store.put("settings", "x", true);
    await vault.erase("erase");
    await sealed.phaseChanged();
    await sweepSealedStores(stores);
    for (const name of ["resume", "platforms", "data_keys"] as const) expect(await store.entries(name)).toEqual([]);
    expect(await store.get("settings", "x")).toBe(true);
    await resume.put(RESUME);
    expect(await (await life(store)).resume.list()).toEqual([RESUME]);
  });

  test("a page that does not know of the vault yet deletes nothing of it", async () => {
    const store = new MemoryStore();
    const before = await life(store);
    const other = await life(store);
    await other.vault.create(PASSPHRASE);
    await other.resume.put(RESUME);
    expect(await before.resume.list()).toEqual([]);
    expect(await other.resume.list()).toEqual([RESUME]);
  });
});
