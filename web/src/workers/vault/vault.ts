import * as v from "valibot";
import type { ErrorPayload } from "#protocol/messages/error.ts";
import { type HostEnv, random128 } from "../host-env.ts";
import { type Bytes, utf8 } from "../keys/bytes.ts";
import type { Sealed, TabletStore } from "../storage/tablet-store.ts";
import { nextTryAt } from "./unlock-wait.ts";
import {
  aesHandle,
  calibrateIterations,
  DATA_KEY_BYTES,
  passkeyKey,
  passphraseBytes,
  passphraseKey,
  SALT_BYTES,
  seal,
  unseal,
} from "./vault-crypto.ts";
import { type BoundTarget, type EntryFacts, isBoundTo, VaultEntry } from "./vault-entry.ts";
import type { PasskeySlot, VaultHeader } from "./vault-store.ts";

const HEADER = "vault";
/** Shortest passphrase, in characters [S68]. */
const PASSPHRASE_MIN_CHARS = 10;
/** Counted as a person counts: a character outside of the basic plane is one. */
export function isShort(passphrase: string): boolean {
  return Array.from(passphrase).length < PASSPHRASE_MIN_CHARS;
}

/** Entries that a vault takes; a list longer than this is a mistake. */
export const ENTRIES_MAX = 500;
const PASSKEYS_MAX = 8;
/** What has to be typed to erase it [S68]. */
export const ERASE_WORD = "erase";

export type VaultResult<T = undefined> = { ok: true; value: T } | { ok: false; error: ErrorPayload };
/** What opens the vault: a passphrase, or what a passkey's PRF gave. */
export type Opener = { passphrase: string } | { passkey: string; prf: Bytes };
type Env = Pick<HostEnv, "crypto" | "now">;

const done = { ok: true, value: undefined } as const;
export function refused(reason: string, retry: ErrorPayload["retry"] = "user"): { ok: false; error: ErrorPayload } {
  return { ok: false, error: { code: "invalid", reason, retry } };
}
export const VAULT_LOCKED = refused("vault_locked");

/**
 * The tablet's vault [S67] [S68] [S69]. Open, it has the data key as a handle that cannot be read, and the entries' facts;
 * a secret is decrypted for the moment of its use. Locked, it has neither.
 */
export class Vault {
  readonly #env: Env;
  readonly #store: TabletStore;
  readonly #changed: () => void;
  #header: VaultHeader | null;
  #key: CryptoKey | null = null;
  #facts = new Map<string, EntryFacts>();
  #unreadable: readonly string[] = [];
  /** Acts follow one another: two tries at once would share one wait. */
  #queue: Promise<unknown> = Promise.resolve();

  constructor(env: Env, store: TabletStore, header: VaultHeader | null, changed: () => void) {
    this.#env = env;
    this.#store = store;
    this.#header = header;
    this.#changed = changed;
  }

  static async load(env: Env, store: TabletStore, changed: () => void): Promise<Vault> {
    return new Vault(env, store, (await store.get("vault", HEADER)) ?? null, changed);
  }

  get phase(): "none" | "locked" | "unlocked" {
    if (this.#header === null) return "none";
    return this.#key === null ? "locked" : "unlocked";
  }

  /** Of the open vault, by name; none while it is locked. */
  get entries(): readonly EntryFacts[] {
    return [...this.#facts.values()].sort((a, b) => a.name.localeCompare(b.name));
  }

  /** Records that did not open: damaged, and left as they are. */
  get unreadable(): readonly string[] {
    return this.#unreadable;
  }

  get passkeys(): readonly Pick<PasskeySlot, "id" | "label" | "salt" | "at">[] {
    return (this.#header?.passkeys ?? []).map(({ id, label, salt, at }) => ({ id, label, salt, at }));
  }

  get keepPanels(): boolean {
    return this.#header?.keep_panels ?? false;
  }

  /** When the next try of a passphrase is allowed, epoch ms; undefined when it is now. */
  get waitUntil(): number | undefined {
    if (this.#header === null) return undefined;
    const { failed, failed_at } = this.#header;
    const at = nextTryAt(failed, failed_at, this.#env.now());
    return at > this.#env.now() ? at : undefined;
  }

  create(passphrase: string): Promise<VaultResult> {
    return this.#act(async () => {
      if (this.#header !== null) return refused("vault_exists");
      if (isShort(passphrase)) return refused("passphrase_short");
      const id = random128(this.#env.crypto);
      const raw = this.#env.crypto.getRandomValues(new Uint8Array(DATA_KEY_BYTES));
      const slot = await this.#passphraseSlot(id, raw, passphrase);
      this.#key = await aesHandle(this.#env.crypto.subtle, raw);
      raw.fill(0);
      await this.#keep({ version: 1, id, passphrase: slot, passkeys: [], failed: 0, failed_at: 0, keep_panels: false });
      return done;
    });
  }

  unlock(opener: Opener): Promise<VaultResult> {
    return this.#act(async () => {
      if (this.#header === null) return refused("vault_none");
      // Open already: what is given is checked all the same, for it may have to prove who is there [S16].
      const raw = await this.#open(this.#header, opener);
      if (!raw.ok) return raw;
      if (this.#key !== null) {
        raw.value.fill(0);
        return done;
      }
      this.#key = await aesHandle(this.#env.crypto.subtle, raw.value);
      raw.value.fill(0);
      await this.#readAll();
      return done;
    });
  }

  /** Drops the handle and all that was read [S70]. */
  lock(): void {
    if (this.#key === null) return;
    this.#key = null;
    this.#facts.clear();
    this.#unreadable = [];
    this.#changed();
  }

  /** Nothing opens it any more, and nothing of it stays [S68]. */
  erase(word: string): Promise<VaultResult> {
    return this.#act(async () => {
      if (word.trim().toLowerCase() !== ERASE_WORD) return refused("erase_word");
      this.lock();
      this.#header = null;
      await this.#store.clear("vault");
      await this.#store.clear("vault_records");
      return done;
    });
  }

  changePassphrase(opener: Opener, passphrase: string): Promise<VaultResult> {
    return this.#act(async () => {
      const header = this.#header;
      if (header === null) return refused("vault_none");
      if (isShort(passphrase)) return refused("passphrase_short");
      const raw = await this.#open(header, opener);
      if (!raw.ok) return raw;
      const slot = await this.#passphraseSlot(header.id, raw.value, passphrase);
      raw.value.fill(0);
      await this.#keep({ ...(this.#header ?? header), passphrase: slot });
      return done;
    });
  }

  /** A further way to open it; the passphrase has to be given again, since the data key cannot be read here [S69]. */
  addPasskey(
    passphrase: string,
    passkey: { id: string; label: string; salt: string; prf: Bytes },
  ): Promise<VaultResult> {
    return this.#act(async () => {
      const header = this.#header;
      if (header === null) return refused("vault_none");
      if (header.passkeys.length >= PASSKEYS_MAX) return refused("passkeys_many");
      const raw = await this.#open(header, { passphrase });
      if (!raw.ok) return raw;
      const { id, label, salt, prf } = passkey;
      const key = await passkeyKey(this.#env.crypto.subtle, prf, header.id);
      prf.fill(0);
      const sealed = await seal(this.#env.crypto, key, slotBound(header.id, `passkey ${id}`), raw.value);
      raw.value.fill(0);
      const others = (this.#header ?? header).passkeys.filter((one) => one.id !== id);
      const slot = { ...sealed, id, label: label.slice(0, 128), salt, at: this.#env.now() };
      await this.#keep({ ...(this.#header ?? header), passkeys: [...others, slot] });
      return done;
    });
  }

  removePasskey(id: string): Promise<VaultResult> {
    return this.#act(async () => {
      if (this.#header === null || this.#key === null) return VAULT_LOCKED;
      await this.#keep({ ...this.#header, passkeys: this.#header.passkeys.filter((one) => one.id !== id) });
      return done;
    });
  }

  setKeepPanels(on: boolean): Promise<VaultResult> {
    return this.#act(async () => {
      if (this.#header === null || this.#key === null) return VAULT_LOCKED;
      await this.#keep({ ...this.#header, keep_panels: on });
      return done;
    });
  }

  /** Adds an entry, or changes the one of that id. */
  put(entry: VaultEntry, id: string = random128(this.#env.crypto)): Promise<VaultResult<string>> {
    return this.#act(async () => {
      const checked = v.safeParse(VaultEntry, entry);
      if (!checked.success) return refused("vault_entry");
      if (this.#header === null || this.#key === null) return VAULT_LOCKED;
      if (!this.#facts.has(id) && this.#facts.size >= ENTRIES_MAX) return refused("vault_full");
      const before = await this.#store.get("vault_records", id);
      const bound = { vault: this.#header.id, record: id, kind: entry.kind, version: (before?.version ?? 0) + 1 };
      const plain = utf8(JSON.stringify(checked.output));
      const sealed = await seal(this.#env.crypto, this.#key, bound, plain);
      plain.fill(0);
      await this.#store.put("vault_records", id, { ...sealed, kind: bound.kind, version: bound.version });
      if (this.#key !== null) this.#facts.set(id, factsOf(id, checked.output));
      return { ok: true, value: id };
    });
  }

  remove(id: string): Promise<VaultResult> {
    return this.#act(async () => {
      if (this.#key === null) return VAULT_LOCKED;
      await this.#store.remove("vault_records", id);
      this.#facts.delete(id);
      this.#unreadable = this.#unreadable.filter((one) => one !== id);
      return done;
    });
  }

  /** The whole entry, for a use at a target that it is bound to; undefined otherwise, and while the vault is locked. */
  async use(id: string, target: BoundTarget): Promise<VaultEntry | undefined> {
    const facts = this.#facts.get(id);
    return facts !== undefined && isBoundTo(facts.bindings, target) ? this.read(id) : undefined;
  }

  /** For export and for changing an entry; a use at a device goes through {@link use}. */
  async read(id: string): Promise<VaultEntry | undefined> {
    const key = this.#key;
    const header = this.#header;
    const record = await this.#store.get("vault_records", id);
    if (key === null || header === null || record === undefined) return undefined;
    const { kind, version } = record;
    const plain = await unseal(this.#env.crypto, key, { vault: header.id, record: id, kind, version }, record);
    if (plain === undefined) return undefined;
    const entry = v.safeParse(VaultEntry, parsed(plain));
    plain.fill(0);
    return entry.success && entry.output.kind === kind ? entry.output : undefined;
  }

  /** Seals a key of the tablet's storage under the data key [S71]; undefined while it is locked. */
  async wrap(name: string, raw: Bytes): Promise<Sealed | undefined> {
    if (this.#key === null || this.#header === null) return undefined;
    return seal(this.#env.crypto, this.#key, storageBound(this.#header.id, name), raw);
  }

  async unwrap(name: string, sealed: Sealed): Promise<Bytes | undefined> {
    if (this.#key === null || this.#header === null) return undefined;
    return unseal(this.#env.crypto, this.#key, storageBound(this.#header.id, name), sealed);
  }

  async #readAll(): Promise<void> {
    const facts = new Map<string, EntryFacts>();
    const unreadable: string[] = [];
    for (const [id] of await this.#store.entries("vault_records")) {
      const entry = await this.read(id);
      if (entry === undefined) unreadable.push(id);
      else facts.set(id, factsOf(id, entry));
    }
    this.#facts = facts;
    this.#unreadable = unreadable;
  }

  /** The data key's bytes, for as short as it takes; wrong tries wait longer and longer. */
  async #open(header: VaultHeader, opener: Opener): Promise<VaultResult<Bytes>> {
    const { crypto } = this.#env;
    if ("passkey" in opener) {
      const slot = header.passkeys.find(({ id }) => id === opener.passkey);
      if (slot === undefined) return refused("passkey_unknown");
      const key = await passkeyKey(crypto.subtle, opener.prf, header.id);
      opener.prf.fill(0);
      const raw = await unseal(crypto, key, slotBound(header.id, `passkey ${slot.id}`), slot);
      return raw === undefined ? refused("passkey_wrong") : { ok: true, value: raw };
    }
    const wait = this.waitUntil;
    if (wait !== undefined) {
      const retry_after_s = Math.ceil((wait - this.#env.now()) / 1_000);
      return { ok: false, error: { code: "limit", reason: "vault_tries", retry: "user", retry_after_s } };
    }
    const { salt, iterations } = header.passphrase;
    const bytes = passphraseBytes(opener.passphrase);
    const key = await passphraseKey(crypto.subtle, bytes, salt, iterations);
    bytes.fill(0);
    const raw = await unseal(crypto, key, slotBound(header.id, "passphrase"), header.passphrase);
    if (raw === undefined) {
      await this.#keep({ ...header, failed: header.failed + 1, failed_at: this.#env.now() });
      return refused("passphrase_wrong");
    }
    if (header.failed > 0) await this.#keep({ ...header, failed: 0, failed_at: 0 });
    return { ok: true, value: raw };
  }

  async #passphraseSlot(vault: string, raw: Bytes, passphrase: string): Promise<VaultHeader["passphrase"]> {
    const { crypto } = this.#env;
    const iterations = await calibrateIterations(crypto.subtle, this.#env.now);
    const salt = crypto.getRandomValues(new Uint8Array(SALT_BYTES));
    const bytes = passphraseBytes(passphrase);
    const key = await passphraseKey(crypto.subtle, bytes, salt, iterations);
    bytes.fill(0);
    return { ...(await seal(crypto, key, slotBound(vault, "passphrase"), raw)), salt, iterations };
  }

  async #keep(header: VaultHeader): Promise<void> {
    this.#header = header;
    await this.#store.put("vault", HEADER, header);
  }

  #act<T>(act: () => Promise<T>): Promise<T> {
    const turn = this.#queue.then(act, act);
    this.#queue = turn.catch(() => undefined);
    return turn.finally(() => this.#changed());
  }
}

const slotBound = (vault: string, record: string) => ({ vault, record, kind: "data-key", version: 1 });
const storageBound = (vault: string, record: string) => ({ vault, record, kind: "storage-key", version: 1 });

function factsOf(id: string, entry: VaultEntry): EntryFacts {
  const { kind, name, bindings, at } = entry;
  const user = entry.kind === "password" ? entry.user : undefined;
  return { id, kind, name, bindings, at, ...(user === undefined ? {} : { user }) };
}

function parsed(plain: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(plain));
  } catch {
    return undefined;
  }
}
