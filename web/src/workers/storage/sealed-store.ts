import { random128 } from "../host-env.ts";
import { type DataKeys, isVaults, type StoredDataKey } from "./data-keys.ts";
import { keyIdOf, openBytes, type SealedBox, type SealedNews, sealBytes } from "./sealed-box.ts";
import type { TabletStore } from "./tablet-store.ts";

/** A data key on the tablet, by `<id> <purpose>`. `made`: what protected it from the first moment on. */
export type DataKeyRecord = { version: 1; key: StoredDataKey; made: "local" | "vault"; at: number };

const ID_CHARS = 22;
type Held = { id: string; key: CryptoKey };
/** `session`: handles stay over a lock, so that a locked tablet goes on saving. `unlocked`: they go with the lock. */
export type Holding = "session" | "unlocked";

/**
 * Everything that the tablet stores of devices and sessions is sealed here, under one data key per purpose, wrapped by the
 * vault when there is one, else by the key of this browser [S71]. When a vault appears, keys of before move under it and
 * are only read with from then on: what is written after that has a key that was never outside of the vault.
 */
export class SealedStore {
  readonly #env: { crypto: Crypto; now(): number };
  readonly #store: TabletStore;
  readonly #keys: DataKeys;
  readonly #boxes = new Map<string, SealedBox>();
  readonly #holding = new Map<string, Holding>();
  /** The key that seals now, by purpose. */
  readonly #sealing = new Map<string, Promise<Held>>();
  /** Handles that opened something, by name. */
  readonly #opened = new Map<string, CryptoKey>();
  readonly #listeners = new Set<(news: SealedNews) => void | Promise<void>>();
  #work: Promise<void> = Promise.resolve();

  constructor(env: { crypto: Crypto; now(): number }, store: TabletStore, keys: DataKeys) {
    this.#env = env;
    this.#store = store;
    this.#keys = keys;
  }

  /** The box of a purpose: one and the same for everybody who asks. */
  readonly sealedBox = (purpose: string, holding: Holding = "session"): SealedBox => {
    const known = this.#boxes.get(purpose);
    if (known !== undefined) return known;
    const { crypto } = this.#env;
    const box: SealedBox = {
      seal: async (plain, place = "") => sealBytes(crypto, await this.#toSeal(purpose), { purpose, place }, plain),
      open: async (sealed, place = "") => {
        const key = await this.#toOpen(purpose, sealed);
        return key && openBytes(crypto, key, { purpose, place }, sealed);
      },
      isLocked: async (sealed) => {
        const id = keyIdOf(sealed);
        const record = id === undefined ? undefined : await this.#store.get("data_keys", nameOf(id, purpose));
        if (record === undefined || !isVaults(record.key) || this.#keys.phase === "unlocked") return false;
        // A vault that another page made is locked as far as this one is concerned.
        return (await this.#toOpen(purpose, sealed)) === undefined;
      },
      forget: () => this.#forget(purpose),
    };
    this.#boxes.set(purpose, box);
    this.#holding.set(purpose, holding);
    return box;
  };

  /** Told of locks, unlocks and erasures, one listener after the other, until the returned function is called. */
  subscribe(listener: (news: SealedNews) => void | Promise<void>): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** The vault was opened, made, locked or erased. Resolves when the keys are as they should be. */
  phaseChanged(): Promise<void> {
    const { phase } = this.#keys;
    if (phase === "unlocked") this.#sealing.clear();
    if (phase === "locked") this.#letGo((purpose) => this.#holding.get(purpose) === "unlocked");
    if (phase === "none") this.#letGo(() => true);
    this.#work = this.#follow(this.#work, phase);
    return this.#work;
  }

  async #follow(before: Promise<void>, phase: DataKeys["phase"]): Promise<void> {
    await before;
    if (phase === "unlocked") await this.#moveUnderVault();
    if (phase === "none") await this.#dropVaults();
    for (const listener of this.#listeners) await listener(phase === "none" ? "erased" : phase);
  }

  /** Keys were wiped from the tablet, or will be kept elsewhere: none that is held is of use any more. */
  reset(): void {
    this.#letGo(() => true);
  }

  #letGo(which: (purpose: string) => boolean): void {
    for (const purpose of this.#sealing.keys()) if (which(purpose)) this.#sealing.delete(purpose);
    for (const name of this.#opened.keys()) if (which(purposeOf(name))) this.#opened.delete(name);
  }

  #toSeal(purpose: string): Promise<Held> {
    const known = this.#sealing.get(purpose);
    if (known !== undefined) return known;
    const held = this.#choose(purpose);
    this.#sealing.set(purpose, held);
    held.catch(() => {
      if (this.#sealing.get(purpose) === held) this.#sealing.delete(purpose);
    });
    return held;
  }

  /** The newest key that can be used and was never less protected than it would be now; else a new one. */
  async #choose(purpose: string): Promise<Held> {
    const wanted = this.#keys.phase === "none" ? "local" : "vault";
    const kept = (await this.#recordsOf(purpose)).filter(([, { made }]) => made === wanted);
    for (const [name, record] of kept.sort(([, a], [, b]) => b.at - a.at)) {
      const key = await this.#handle(name, record);
      if (key !== undefined) return { id: idOf(name), key };
    }
    const id = random128(this.#env.crypto);
    const name = nameOf(id, purpose);
    const { key, stored } = await this.#keys.make(keyName(name));
    const made = isVaults(stored) ? "vault" : "local";
    await this.#store.put("data_keys", name, { version: 1, key: stored, made, at: this.#env.now() });
    this.#opened.set(name, key);
    return { id, key };
  }

  async #toOpen(purpose: string, sealed: Uint8Array): Promise<CryptoKey | undefined> {
    const id = keyIdOf(sealed);
    if (id === undefined) return undefined;
    const name = nameOf(id, purpose);
    const held = this.#opened.get(name);
    if (held !== undefined) return held;
    const record = await this.#store.get("data_keys", name);
    return record && this.#handle(name, record);
  }

  async #handle(name: string, { key: stored }: DataKeyRecord): Promise<CryptoKey | undefined> {
    const held = this.#opened.get(name) ?? (await this.#keys.open(keyName(name), stored));
    if (held !== undefined) this.#opened.set(name, held);
    return held;
  }

  async #recordsOf(purpose: string): Promise<(readonly [string, DataKeyRecord])[]> {
    return (await this.#store.entries("data_keys")).filter(([name]) => purposeOf(name) === purpose);
  }

  async #moveUnderVault(): Promise<void> {
    for (const [name, record] of await this.#store.entries("data_keys")) {
      const key = await this.#keys.rewrapped(keyName(name), record.key);
      if (key !== undefined) await this.#store.put("data_keys", name, { ...record, key });
    }
  }

  /** Nothing opens them any more. */
  async #dropVaults(): Promise<void> {
    for (const [name, { key }] of await this.#store.entries("data_keys")) {
      if (isVaults(key)) await this.#store.remove("data_keys", name);
    }
  }

  async #forget(purpose: string): Promise<void> {
    this.#letGo((one) => one === purpose);
    for (const [name] of await this.#recordsOf(purpose)) await this.#store.remove("data_keys", name);
  }
}

function nameOf(id: string, purpose: string): string {
  return `${id} ${purpose}`;
}

function idOf(name: string): string {
  return name.slice(0, ID_CHARS);
}

function purposeOf(name: string): string {
  return name.slice(ID_CHARS + 1);
}

/** What a wrapped key is bound to. */
function keyName(name: string): string {
  return `data ${name}`;
}
