import { describe, expect, test } from "vitest";
import { DataKeys } from "#workers/storage/data-keys.ts";
import { LocalKey } from "#workers/storage/local-key.ts";
import type { SealedNews } from "#workers/storage/sealed-box.ts";
import { SealedStore } from "#workers/storage/sealed-store.ts";
import { MemoryStore } from "#workers/storage/tablet-store.ts";
import { Vault } from "#workers/vault/vault.ts";

const { crypto } = globalThis;
const PASSPHRASE = "correct horse battery";
const text = (bytes: Uint8Array | undefined) => bytes && new TextDecoder().decode(bytes);
const bytes = (plain: string) => new TextEncoder().encode(plain);

/** One life of a worker on what the tablet has; phases are told when they change, as the worker's desk does. */
async function life(store = new MemoryStore()) {
  let now = 0;
  const env = { crypto, now: () => (now = Math.max(now + 1, Date.now())) };
  let told: Promise<void> = Promise.resolve();
  let phase: Vault["phase"] | null = null;
  const vault: Vault = await Vault.load(env, store, () => {
    if (phase === vault.phase) return;
    phase = vault.phase;
    told = sealed.phaseChanged();
  });
  phase = vault.phase;
  const sealed = new SealedStore(env, store, new DataKeys(crypto, await LocalKey.open(crypto, store), vault));
  const news: SealedNews[] = [];
  sealed.subscribe((one) => void news.push(one));
  const settled = () => told;
  return { store, vault, sealed, news, settled, box: sealed.sealedBox("history:d1") };
}

describe("[S71] sealed store", () => {
  test("what is sealed is unreadable, bound to purpose and place, and readable in the next life", async () => {
    const { box, sealed, store } = await life();
    const kept = await box.seal(bytes("secret text"), "a");
    expect(Buffer.from(kept).toString("latin1")).not.toContain("secret text");
    expect(text(await box.open(kept, "a"))).toBe("secret text");
    expect(await box.open(kept, "b")).toBeUndefined();
    expect(await sealed.sealedBox("history:d2").open(kept, "a")).toBeUndefined();
    const next = await life(store);
    expect(text(await next.box.open(kept, "a"))).toBe("secret text");
    // Another key is made for another purpose, and the one of before is used again.
    await next.box.seal(bytes("more"));
    await next.sealed.sealedBox("readings").seal(bytes("more"));
    expect(await store.entries("data_keys")).toHaveLength(2);
  });

  test("damaged or foreign bytes are told from locked ones", async () => {
    const { box, vault } = await life();
    await vault.create(PASSPHRASE);
    const kept = await box.seal(bytes("text"));
    const broken = kept.slice();
    broken[broken.length - 1] = (broken.at(-1) ?? 0) ^ 1;
    for (const bad of [broken, kept.slice(0, 20), new Uint8Array(0), new Uint8Array(60)]) {
      expect(await box.open(bad)).toBeUndefined();
      expect(await box.isLocked(bad)).toBe(false);
    }
    expect(await box.isLocked(kept)).toBe(false);
  });

  test("two lives with a vault: a locked tablet goes on saving; started locked, nothing is read or lost until the unlock", async () => {
    const first = await life();
    await first.vault.create(PASSPHRASE);
    const before = await first.box.seal(bytes("before"));
    first.vault.lock();
    const locked = await first.box.seal(bytes("while locked"));
    await first.settled();
    expect((await first.store.entries("data_keys")).map(([, { key }]) => "by" in key)).toEqual([false]);

    const next = await life(first.store);
    for (const kept of [before, locked]) {
      expect(await next.box.open(kept)).toBeUndefined();
      expect(await next.box.isLocked(kept)).toBe(true);
    }
    const meanwhile = await next.box.seal(bytes("meanwhile"));
    expect(text(await next.box.open(meanwhile))).toBe("meanwhile");
    await next.vault.unlock({ passphrase: PASSPHRASE });
    await next.settled();
    expect(next.news).toEqual(["unlocked"]);
    expect(await Promise.all([before, locked, meanwhile].map(async (kept) => text(await next.box.open(kept))))).toEqual(
      ["before", "while locked", "meanwhile"],
    );
    // What had to do without the vault for a while is under it now.
    const third = await life(first.store);
    expect(await third.box.isLocked(meanwhile)).toBe(true);
  });

  test("a box that is held for the open vault alone gives nothing after the lock", async () => {
    const { sealed, vault, settled } = await life();
    await vault.create(PASSPHRASE);
    const box = sealed.sealedBox("commands", "unlocked");
    const kept = await box.seal(bytes("show run"));
    vault.lock();
    await settled();
    expect(await box.open(kept)).toBeUndefined();
    expect(await box.isLocked(kept)).toBe(true);
    await vault.unlock({ passphrase: PASSPHRASE });
    expect(text(await box.open(kept))).toBe("show run");
  });

  test("a vault takes over the keys of before, and what is written then has a key that was only ever under it", async () => {
    const { box, vault, settled, store } = await life();
    const before = await box.seal(bytes("before"));
    await vault.create(PASSPHRASE);
    await settled();
    const after = await box.seal(bytes("after"));
    expect(after.slice(1, 17)).not.toEqual(before.slice(1, 17));
    expect(text(await box.open(before))).toBe("before");
    const next = await life(store);
    expect([await next.box.isLocked(before), await next.box.isLocked(after)]).toEqual([true, true]);
  });

  test("erasing the vault erases what it wrapped, and saving goes on under the key of this browser", async () => {
    const { box, vault, settled, news, store } = await life();
    await vault.create(PASSPHRASE);
    const before = await box.seal(bytes("before"));
    expect((await vault.erase("erase")).ok).toBe(true);
    await settled();
    expect(news).toContain("erased");
    expect(await box.open(before)).toBeUndefined();
    expect(await box.isLocked(before)).toBe(false);
    const after = await box.seal(bytes("after"));
    expect(text(await (await life(store)).box.open(after))).toBe("after");
  });

  test("a purpose that is forgotten opens no more, others do; after a reset new keys are made", async () => {
    const { box, sealed, store } = await life();
    const other = sealed.sealedBox("history:d2");
    const [mine, theirs] = [await box.seal(bytes("mine")), await other.seal(bytes("theirs"))];
    await box.forget();
    expect(await box.open(mine)).toBeUndefined();
    expect(text(await other.open(theirs))).toBe("theirs");
    await store.clear("data_keys");
    sealed.reset();
    expect(await other.open(theirs)).toBeUndefined();
    expect(text(await other.open(await other.seal(bytes("anew"))))).toBe("anew");
  });

  test("a wrapped key of another purpose, or under another vault, opens nothing", async () => {
    const first = await life();
    await first.vault.create(PASSPHRASE);
    const kept = await first.box.seal(bytes("text"));
    const [[name, record]] = (await first.store.entries("data_keys")) as [[string, never]];
    const other = await life();
    await other.vault.create(PASSPHRASE);
    await other.store.put("data_keys", name, record);
    expect(await other.box.open(kept)).toBeUndefined();
    await first.store.put("data_keys", name.replace("d1", "d2"), record);
    first.sealed.reset();
    expect(await first.sealed.sealedBox("history:d2").open(kept)).toBeUndefined();
  });

  test("[S7] two pages that start at once agree on the key of this browser, and it cannot be exported", async () => {
    const store = new MemoryStore();
    const [one, two] = await Promise.all([LocalKey.open(crypto, store), LocalKey.open(crypto, store)]);
    expect(text(await two.unseal("c", await one.seal("c", bytes("text"))))).toBe("text");
    expect(await two.unseal("d", await one.seal("c", bytes("text")))).toBeUndefined();
    const [[, key]] = (await store.entries("keys")) as [[string, CryptoKey]];
    await expect(crypto.subtle.exportKey("raw", key)).rejects.toThrow();
  });
});
