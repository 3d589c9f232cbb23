import { webcrypto } from "node:crypto";
import { describe, expect, test, vi } from "vitest";
import { LockTable } from "#support/lock-table.ts";
import { TabChannels } from "#support/tab-channels.ts";
import { MemoryStore } from "#workers/storage/tablet-store.ts";
import { Vault } from "#workers/vault/vault.ts";
import type { VaultEntry } from "#workers/vault/vault-entry.ts";

const [OLD, NEW] = ["old passphrase 1", "new passphrase 2"];
const ENTRY: VaultEntry = { kind: "enable", name: "x", bindings: [{ kind: "pattern", host: "*" }], at: 1, secret: "s" };
const reason = (result: { ok: boolean; error?: { reason?: string | undefined } }) =>
  result.ok ? "ok" : result.error?.reason;

/** Tabs of one browser: one store, one table of locks, channels between them. */
class Tablet {
  now = 1_700_000_000_000;
  readonly store = new MemoryStore();
  readonly #locks = new LockTable() as unknown as LockManager;
  readonly #channels = new TabChannels();
  tab = (changed: () => void = () => {}) =>
    Vault.load(
      {
        crypto: webcrypto as unknown as Crypto,
        now: () => this.now,
        locks: this.#locks,
        channel: this.#channels.open,
      },
      this.store,
      changed,
    );
}

describe("two tabs of one tablet have one vault [S68] [S70]", () => {
  test("a passphrase that was changed in one stays changed, whatever the other stores after it", async () => {
    const tablet = new Tablet();
    const a = await tablet.tab();
    await a.create(OLD);
    const b = await tablet.tab();
    expect(reason(await b.unlock({ passphrase: OLD }))).toBe("ok");
    expect(reason(await a.changePassphrase({ passphrase: OLD }, NEW))).toBe("ok");
    expect(reason(await b.setKeepPanels(true))).toBe("ok");
    const c = await tablet.tab();
    expect(c.keepPanels).toBe(true);
    expect(reason(await c.unlock({ passphrase: OLD }))).toBe("passphrase_wrong");
    expect(reason(await c.unlock({ passphrase: NEW }))).toBe("ok");
  });

  test("erased in one: the other has no vault, and stores nothing into the one that is gone", async () => {
    const tablet = new Tablet();
    const a = await tablet.tab();
    await a.create(OLD);
    let changes = 0;
    const b = await tablet.tab(() => changes++);
    await b.unlock({ passphrase: OLD });
    const before = changes;
    await a.erase("erase");
    // Even before it has heard of it.
    expect(reason(await b.put(ENTRY))).toBe("vault_locked");
    expect(b.phase).toBe("none");
    expect(await tablet.store.entries("vault_records")).toEqual([]);
    expect(await tablet.store.get("vault", "vault")).toBeUndefined();
    await vi.waitFor(() => expect(changes).toBeGreaterThan(before + 1));
    // Another one in its place is closed to whoever had the first open.
    expect(reason(await a.create(NEW))).toBe("ok");
    await vi.waitFor(() => expect(b.phase).toBe("locked"));
    expect(reason(await b.unlock({ passphrase: OLD }))).toBe("passphrase_wrong");
  });

  test("locked at the person's wish: locked everywhere; a tab that nobody looks at locks itself alone", async () => {
    const tablet = new Tablet();
    const a = await tablet.tab();
    await a.create(OLD);
    const b = await tablet.tab();
    await b.unlock({ passphrase: OLD });
    a.lock();
    await new Promise((resolve) => setTimeout(resolve, 0));
    expect([a.phase, b.phase]).toEqual(["locked", "unlocked"]);
    await a.unlock({ passphrase: OLD });
    a.lockEverywhere();
    await vi.waitFor(() => expect(b.phase).toBe("locked"));
  });

  test("what one adds and removes is known in the other", async () => {
    const tablet = new Tablet();
    const a = await tablet.tab();
    await a.create(OLD);
    const b = await tablet.tab();
    await b.unlock({ passphrase: OLD });
    const put = await a.put(ENTRY);
    if (!put.ok) throw new Error("not stored");
    await vi.waitFor(() => expect(b.entries).toHaveLength(1));
    await a.remove(put.value);
    // An entry that is gone is not changed into an empty one.
    expect(reason(await b.change(put.value, (entry) => entry))).toBe("vault_entry_gone");
    await vi.waitFor(() => expect(b.entries).toEqual([]));
    expect(await tablet.store.entries("vault_records")).toEqual([]);
  });

  test("wrong tries are counted together, and side by side they wait for one another", async () => {
    const tablet = new Tablet();
    const a = await tablet.tab();
    await a.create(OLD);
    const [b, c] = [await tablet.tab(), await tablet.tab()];
    const tries = await Promise.all([b, c, b, c].map((tab) => tab.unlock({ passphrase: "something else" })));
    expect(tries.map(reason)).toEqual(["passphrase_wrong", "passphrase_wrong", "vault_tries", "vault_tries"]);
    expect((await tablet.store.get("vault", "vault"))?.failed).toBe(2);
    expect(b.waitUntil).toBe(c.waitUntil);
  });

  test("without locks and channels a tab is alone, and works", async () => {
    const store = new MemoryStore();
    const vault = await Vault.load({ crypto: webcrypto as unknown as Crypto, now: () => 1 }, store, () => {});
    expect(reason(await vault.create(OLD))).toBe("ok");
    vault.lockEverywhere();
    expect(vault.phase).toBe("locked");
    vault.close();
  });
});

describe("vault, what comes between", () => {
  test("[S68] a clock that was set back makes the next try wait once, not until it has caught up", async () => {
    const tablet = new Tablet();
    const a = await tablet.tab();
    await a.create(OLD);
    for (let n = 0; n < 8; n++) {
      await a.unlock({ passphrase: "something else" });
      tablet.now += 31_000;
    }
    tablet.now -= 60 * 60_000;
    const b = await tablet.tab();
    expect(b.waitUntil).toBe(tablet.now + 30_000);
    expect((await tablet.store.get("vault", "vault"))?.failed_at).toBe(tablet.now);
    tablet.now += 30_000;
    expect(b.waitUntil).toBeUndefined();
    expect(reason(await b.unlock({ passphrase: OLD }))).toBe("ok");
    // While the app runs, it is seen by itself.
    await b.unlock({ passphrase: "something else" });
    await b.unlock({ passphrase: "something else" });
    tablet.now -= 60 * 60_000;
    await b.noteClock();
    tablet.now += 1_000;
    expect(b.waitUntil).toBeUndefined();
    expect(reason(await b.unlock({ passphrase: OLD }))).toBe("ok");
  });

  test("[S70] locked while it is being opened: no names are left in sight", async () => {
    const tablet = new Tablet();
    const vault = await tablet.tab();
    await vault.create(OLD);
    for (let n = 0; n < 4; n++) await vault.put({ ...ENTRY, name: `n${n}` });
    vault.lock();
    const entries = tablet.store.entries.bind(tablet.store);
    vi.spyOn(tablet.store, "entries").mockImplementation(async (store) => {
      const all = await entries(store);
      vault.lock();
      return all;
    });
    await vault.unlock({ passphrase: OLD });
    expect([vault.phase, vault.entries, vault.unreadable]).toEqual(["locked", [], []]);
  });

  test("[S16] a vault in the place of one that was erased vouches for nobody, until the tablet is left", async () => {
    const tablet = new Tablet();
    const vault = await tablet.tab();
    expect(vault.vouches).toBe(false);
    await vault.create(OLD);
    expect(vault.vouches).toBe(true);
    await vault.erase("erase");
    await vault.create(NEW);
    expect(vault.vouches).toBe(false);
    expect((await tablet.tab()).vouches).toBe(false);
    await vault.leave();
    expect(vault.phase).toBe("none");
    await vault.create(NEW);
    expect(vault.vouches).toBe(true);
  });
});
