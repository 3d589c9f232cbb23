import * as v from "valibot";
import type { ErrorPayload } from "#protocol/messages/error.ts";
import { type HostEnv, random128 } from "../host-env.ts";
import { type Bytes, utf8 } from "../keys/bytes.ts";
import type { TurnsEnv } from "../storage/tab-turns.ts";
import type { Sealed, TabletStore } from "../storage/tablet-store.ts";
import { nextTryAt } from "./unlock-wait.ts";
import { aesHandle, DATA_KEY_BYTES, seal, unseal } from "./vault-crypto.ts";
import { type BoundTarget, type EntryFacts, factsOf, isBoundTo, readEntry, VaultEntry } from "./vault-entry.ts";
import { type NewPasskey, openByPasskey, openByPassphrase, passkeySlot, passphraseSlot } from "./vault-slots.ts";
import type { PasskeySlot, VaultHeader } from "./vault-store.ts";
import { type VaultNews, type VaultTurns, vaultTurns } from "./vault-turns.ts";
import { isEraseWord, isShort } from "./vault-words.ts";

const HEADER = "vault";
/** Entries that a vault takes; a list longer than this is a mistake. */
export const ENTRIES_MAX = 500;
const PASSKEYS_MAX = 8;
export type VaultResult<T = undefined> = { ok: true; value: T } | { ok: false; error: ErrorPayload };
/** What opens the vault: a passphrase, or what a passkey's PRF gave. */
export type Opener = { passphrase: string } | { passkey: string; prf: Bytes };
/** What became of an entry of a file. */
export type Merged = "added" | "replaced" | "kept";
export type VaultEnv = Pick<HostEnv, "crypto" | "now"> & TurnsEnv;
/** Set by erasing, until the tablet is paired anew. */
const ERASED = "vault_erased";

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
  readonly #env: VaultEnv;
  readonly #store: TabletStore;
  readonly #changed: () => void;
  readonly #turns: VaultTurns;
  #header: VaultHeader | null = null;
  #key: CryptoKey | null = null;
  #facts = new Map<string, EntryFacts>();
  #unreadable: readonly string[] = [];
  /** Another tab left nothing of this tablet behind. */
  onLeft: () => void = () => {};

  private constructor(env: VaultEnv, store: TabletStore, changed: () => void) {
    this.#env = env;
    this.#store = store;
    this.#changed = changed;
    this.#turns = vaultTurns(env, (news) => void this.#heard(news));
  }

  static async load(env: VaultEnv, store: TabletStore, changed: () => void): Promise<Vault> {
    const vault = new Vault(env, store, changed);
    await vault.#look();
    return vault;
  }

  get phase(): "none" | "locked" | "unlocked" {
    if (this.#header === null) return "none";
    return this.#key === null ? "locked" : "unlocked";
  }

  /** Of the open vault, by name; none while it is locked. */
  get entries(): readonly EntryFacts[] {
    if (this.#key === null) return [];
    return [...this.#facts.values()].sort((a, b) => a.name.localeCompare(b.name));
  }

  /** Records that did not open: damaged, and left as they are. */
  get unreadable(): readonly string[] {
    return this.#key === null ? [] : this.#unreadable;
  }

  /** Whether opening it says that the tablet's owner is there [S16]: not in the place of one that was erased. */
  get vouches(): boolean {
    return this.#header !== null && this.#header.unproven !== true;
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
      const slot = await passphraseSlot(this.#env, id, raw, passphrase);
      const key = await aesHandle(this.#env.crypto.subtle, raw);
      raw.fill(0);
      const unproven = (await this.#store.get("settings", ERASED)) === true ? { unproven: true as const } : {};
      const fresh = { passkeys: [], failed: 0, failed_at: 0, keep_panels: false, ...unproven };
      await this.#keep({ version: 1, id, passphrase: slot, ...fresh });
      this.#key = key;
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
    this.#drop();
    this.#changed();
  }

  /** At the person's wish: in all tabs of the tablet. */
  lockEverywhere(): void {
    this.lock();
    this.#turns.tell("locked");
  }

  /** Nothing opens it any more, and nothing of it stays [S68]. A later one vouches for nobody [S16]. */
  erase(word: string): Promise<VaultResult> {
    return this.#act(async () => {
      if (!isEraseWord(word)) return refused("erase_word");
      await this.#store.put("settings", ERASED, true);
      await this.#clear();
      this.#turns.tell("erased");
      return done;
    });
  }

  /** With the pairing, whose successor begins anew: the tablet has no vault and never had one [S11]. */
  leave(): Promise<void> {
    return this.#act(async () => {
      await this.#clear();
      await this.#store.remove("settings", ERASED);
      this.#turns.tell("left");
    });
  }

  /** A clock that was set back must not keep the passphrase out until it has caught up [S68]. */
  async noteClock(): Promise<void> {
    if ((this.#header?.failed_at ?? 0) > this.#env.now()) await this.#act(async () => {});
  }

  close(): void {
    this.#turns.close();
  }

  changePassphrase(opener: Opener, passphrase: string): Promise<VaultResult> {
    return this.#act(async () => {
      const header = this.#header;
      if (header === null) return refused("vault_none");
      if (isShort(passphrase)) return refused("passphrase_short");
      const raw = await this.#open(header, opener);
      if (!raw.ok) return raw;
      const slot = await passphraseSlot(this.#env, header.id, raw.value, passphrase);
      raw.value.fill(0);
      await this.#keep({ ...(this.#header ?? header), passphrase: slot });
      return done;
    });
  }

  /** A further way to open it; the passphrase has to be given again, since the data key cannot be read here [S69]. */
  addPasskey(passphrase: string, passkey: NewPasskey): Promise<VaultResult> {
    return this.#act(async () => {
      const header = this.#header;
      if (header === null) return refused("vault_none");
      if (header.passkeys.length >= PASSKEYS_MAX) return refused("passkeys_many");
      const raw = await this.#open(header, { passphrase });
      if (!raw.ok) return raw;
      const slot = await passkeySlot(this.#env, header.id, raw.value, passkey);
      raw.value.fill(0);
      const others = (this.#header ?? header).passkeys.filter((one) => one.id !== passkey.id);
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

  /** Adds an entry, or puts it in the place of the one of that id. */
  put(entry: VaultEntry, id: string = random128(this.#env.crypto)): Promise<VaultResult<string>> {
    return this.#act(() => this.#write(entry, id));
  }

  /** Changes an entry that is there: another tab may have removed it meanwhile. */
  change(id: string, edit: (before: VaultEntry) => VaultEntry | undefined): Promise<VaultResult<string>> {
    return this.#act(async () => {
      if (this.#key === null) return VAULT_LOCKED;
      const before = await this.read(id);
      const after = before && edit(before);
      return after === undefined ? refused("vault_entry_gone") : this.#write(after, id);
    });
  }

  /** An entry of a file: of two of the same id the one that was changed last stays. */
  merge(id: string, entry: VaultEntry): Promise<VaultResult<Merged>> {
    return this.#act(async () => {
      const before = this.#key === null ? undefined : await this.read(id);
      if (before !== undefined && before.at >= entry.at) return { ok: true, value: "kept" };
      const written = await this.#write(entry, id);
      return written.ok ? { ok: true, value: before === undefined ? "added" : "replaced" } : written;
    });
  }

  async #write(entry: VaultEntry, id: string): Promise<VaultResult<string>> {
    const checked = v.safeParse(VaultEntry, entry);
    if (!checked.success) return refused("vault_entry");
    const [header, key] = [this.#header, this.#key];
    if (header === null || key === null) return VAULT_LOCKED;
    if (!this.#facts.has(id) && this.#facts.size >= ENTRIES_MAX) return refused("vault_full");
    const before = await this.#store.get("vault_records", id);
    const bound = { vault: header.id, record: id, kind: entry.kind, version: (before?.version ?? 0) + 1 };
    const plain = utf8(JSON.stringify(checked.output));
    const sealed = await seal(this.#env.crypto, key, bound, plain);
    plain.fill(0);
    await this.#store.put("vault_records", id, { ...sealed, kind: bound.kind, version: bound.version });
    if (this.#key === key) this.#facts.set(id, factsOf(id, checked.output));
    this.#turns.tell("changed");
    return { ok: true, value: id };
  }

  remove(id: string): Promise<VaultResult> {
    return this.#act(async () => {
      if (this.#key === null) return VAULT_LOCKED;
      await this.#store.remove("vault_records", id);
      this.#facts.delete(id);
      this.#unreadable = this.#unreadable.filter((one) => one !== id);
      this.#turns.tell("changed");
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
    const entry = readEntry(plain, kind);
    plain.fill(0);
    return entry;
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
    const key = this.#key;
    const facts = new Map<string, EntryFacts>();
    const unreadable: string[] = [];
    for (const [id] of await this.#store.entries("vault_records")) {
      const entry = await this.read(id);
      if (entry === undefined) unreadable.push(id);
      else facts.set(id, factsOf(id, entry));
    }
    // Locked meanwhile: what was read is nobody's to know [S70].
    if (key === null || this.#key !== key) return;
    this.#facts = facts;
    this.#unreadable = unreadable;
  }

  /** The data key's bytes, for as short as it takes; wrong tries wait longer and longer. */
  async #open(header: VaultHeader, opener: Opener): Promise<VaultResult<Bytes>> {
    const { crypto } = this.#env;
    if ("passkey" in opener) {
      const slot = header.passkeys.find(({ id }) => id === opener.passkey);
      if (slot === undefined) return refused("passkey_unknown");
      const raw = await openByPasskey(crypto, header.id, slot, opener.prf);
      return raw === undefined ? refused("passkey_wrong") : { ok: true, value: raw };
    }
    const wait = this.waitUntil;
    if (wait !== undefined) {
      const retry_after_s = Math.ceil((wait - this.#env.now()) / 1_000);
      return { ok: false, error: { code: "limit", reason: "vault_tries", retry: "user", retry_after_s } };
    }
    const raw = await openByPassphrase(crypto, header, opener.passphrase);
    if (raw === undefined) {
      await this.#keep({ ...header, failed: header.failed + 1, failed_at: this.#env.now() });
      return refused("passphrase_wrong");
    }
    if (header.failed > 0) await this.#keep({ ...header, failed: 0, failed_at: 0 });
    return { ok: true, value: raw };
  }

  async #keep(header: VaultHeader): Promise<void> {
    this.#header = header;
    await this.#store.put("vault", HEADER, header);
    this.#turns.tell("changed");
  }

  #drop(): void {
    this.#key = null;
    this.#facts.clear();
    this.#unreadable = [];
  }

  async #clear(): Promise<void> {
    this.#drop();
    this.#header = null;
    await this.#store.clear("vault");
    await this.#store.clear("vault_records");
  }

  /** The header as it is now: another tab may have changed it, or the vault may be another one. */
  async #look(): Promise<void> {
    const header = (await this.#store.get("vault", HEADER)) ?? null;
    if (header?.id !== this.#header?.id) this.#drop();
    this.#header = header;
    // A wrong try in the future is one before the clock was set back: its wait begins now, and not again and again.
    if (header === null || header.failed_at <= this.#env.now()) return;
    this.#header = { ...header, failed_at: this.#env.now() };
    await this.#store.put("vault", HEADER, this.#header);
  }

  async #heard(news: VaultNews): Promise<void> {
    if (news === "locked") return this.lock();
    await this.#act(async () => {
      if (this.#key !== null) await this.#readAll();
    });
    if (news === "left") this.onLeft();
  }

  #act<T>(act: () => Promise<T>): Promise<T> {
    const turn = this.#turns.take(async () => {
      await this.#look();
      return act();
    });
    return turn.finally(() => this.#changed());
  }
}

const storageBound = (vault: string, record: string) => ({ vault, record, kind: "storage-key", version: 1 });
