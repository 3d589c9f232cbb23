import type { SshKeyView } from "#machines/secret-views.ts";
import type { ErrorPayload } from "#protocol/messages/error.ts";
import type { HostEnv } from "../host-env.ts";
import { actsOnStored, TabTurns, type Turn, type TurnsEnv } from "../storage/tab-turns.ts";
import type { TabletStore } from "../storage/tablet-store.ts";
import type { Vault } from "../vault/vault.ts";
import type { Binding, BoundTarget } from "../vault/vault-entry.ts";
import { isBoundTo } from "../vault/vault-entry.ts";
import { type Bytes, base64, utf8 } from "./bytes.ts";
import { ImportError } from "./import-error.ts";
import { generateHandles, importHandles, type KeyHandles, type KeyKind, keyId, supportedKinds } from "./key-handles.ts";
import { fingerprint, parsePublicBlob, publicBlob, publicKeyOf, typeOf } from "./ssh-public-key.ts";

const KEYS_MAX = 64;
const NAME_MAX_CHARS = 128;

/** A key made on this tablet: the handles cannot be read by anyone, so they need no vault [S52]. */
export type StoredKey = { version: 1; name: string; at: number; blob: Bytes; handles: KeyHandles["handles"] };

export type KeyRingEnv = Pick<HostEnv, "crypto" | "now"> & TurnsEnv;
type Done = { ok: true; value: string } | { ok: false; error: ErrorPayload };
const refused = (code: ErrorPayload["code"], reason: string): Done => ({
  ok: false,
  error: { code, reason, retry: "user" },
});

/**
 * The keys of this tablet: made here, and imported ones while the vault is open [S52] [S57]. Only {@link use} gives handles,
 * and only for a target that the key may be used at.
 */
export class KeyRing {
  readonly #env: KeyRingEnv;
  readonly #store: TabletStore;
  readonly #vault: Vault;
  readonly #changed: () => void;
  /** Of the keys that were made here; the vault has turns of its own. */
  readonly #turns: TabTurns<"changed">;
  /** An act on them, as they are stored now. */
  readonly #act: Turn;
  readonly #made = new Map<string, { stored: StoredKey; facts: SshKeyView }>();
  /** Handles of imported keys, while the vault is open. */
  readonly #imported = new Map<string, { key: KeyHandles; facts: SshKeyView; bindings: readonly Binding[] }>();
  #refreshing: Promise<void> = Promise.resolve();
  #kinds: readonly KeyKind[] = [];

  constructor(env: KeyRingEnv, store: TabletStore, vault: Vault, changed: () => void) {
    this.#env = env;
    this.#store = store;
    this.#vault = vault;
    this.#changed = changed;
    this.#turns = new TabTurns(env, "rackside-keys", ["changed"], () => void this.#heard());
    this.#act = actsOnStored(this.#turns, () => this.#look(), changed);
  }

  static async load(env: KeyRingEnv, store: TabletStore, vault: Vault, changed: () => void): Promise<KeyRing> {
    const ring = new KeyRing(env, store, vault, changed);
    await ring.#look();
    void ring.#findKinds();
    return ring;
  }

  /** The keys that were made here as they are stored now: another tab may have made, renamed or removed some. */
  async #look(): Promise<void> {
    const entries = await this.#store.entries("ssh_keys");
    const ids = new Set(entries.map(([id]) => id));
    for (const id of this.#made.keys()) if (!ids.has(id)) this.#made.delete(id);
    for (const [id, stored] of entries) {
      const { name, at, blob } = stored;
      const facts = await this.#facts(id, blob, { name, at, imported: false }).catch(() => undefined);
      if (facts !== undefined) this.#made.set(id, { stored, facts });
    }
  }

  #heard(): Promise<void> {
    return this.#turns.take(() => this.#look()).finally(() => this.#changed());
  }

  close(): void {
    this.#turns.close();
  }

  async #findKinds(): Promise<void> {
    this.#kinds = await supportedKinds(this.#env.crypto.subtle);
    this.#changed();
  }

  /** Kinds that this browser can make. */
  get kinds(): readonly KeyKind[] {
    return this.#kinds;
  }

  get keys(): readonly SshKeyView[] {
    const all = [...this.#made.values(), ...this.#imported.values()].map(({ facts }) => facts);
    return all.sort((a, b) => a.name.localeCompare(b.name));
  }

  make(kind: KeyKind, name: string): Promise<Done> {
    return this.#act(async () => {
      if (this.#made.size >= KEYS_MAX) return refused("limit", "keys_many");
      const { subtle } = this.#env.crypto;
      const made = await generateHandles(subtle, kind).catch(() => null);
      if (made === null) return refused("unsupported", "key_browser");
      const id = await keyId(subtle, made.blob);
      await this.#keep(id, { version: 1, name: shortName(name), at: this.#env.now(), ...made });
      return { ok: true, value: id };
    });
  }

  async #keep(id: string, stored: StoredKey): Promise<void> {
    await this.#store.put("ssh_keys", id, stored);
    const { name, at, blob } = stored;
    this.#made.set(id, { stored, facts: await this.#facts(id, blob, { name, at, imported: false }) });
  }

  /** Reads a key file into the vault; the vault has to be open [S57]. */
  async import(text: string, passphrase: string, name: string, bindings: readonly Binding[]): Promise<Done> {
    // Readers of key files are loaded for this only.
    const files = await import("./import-private-key.ts").catch(() => null);
    if (this.#vault.phase !== "unlocked") return refused("invalid", "vault_locked");
    if (files === null) return { ok: false, error: { code: "worker_failed", retry: "user" } };
    const { subtle } = this.#env.crypto;
    const secret = passphrase === "" ? null : utf8(passphrase);
    const read = await files.importPrivateKey(subtle, text, secret);
    secret?.fill(0);
    if (!read.ok) return read;
    const { jwk, comment } = read.key;
    try {
      await importHandles(subtle, jwk);
    } catch (error) {
      if (error instanceof ImportError) return { ok: false, error: error.payload };
      throw error;
    }
    const id = await keyId(subtle, publicBlob(publicKeyOf(jwk)));
    const named = shortName(name === "" ? comment : name);
    const entry = {
      kind: "key" as const,
      name: named,
      bindings: [...bindings],
      at: this.#env.now(),
      jwk: { ...jwk, kty: jwk.kty as "OKP" | "EC" | "RSA" },
      comment: comment.slice(0, 256),
    };
    const stored = await this.#vault.put(entry, id);
    if (!stored.ok) return stored;
    await this.refresh();
    return { ok: true, value: id };
  }

  async rename(id: string, name: string): Promise<Done> {
    if (this.#made.has(id)) {
      return this.#act(async () => {
        const made = this.#made.get(id);
        if (made === undefined) return refused("invalid", "key_unknown");
        await this.#keep(id, { ...made.stored, name: shortName(name) });
        return { ok: true, value: id };
      });
    }
    if (!this.#imported.has(id)) return refused("invalid", "key_unknown");
    const at = this.#env.now();
    const renamed = await this.#vault.change(id, (entry) => ({ ...entry, name: shortName(name), at }));
    await this.refresh();
    if (!renamed.ok && renamed.error.reason === "vault_entry_gone") return refused("invalid", "key_unknown");
    return renamed;
  }

  async remove(id: string): Promise<Done> {
    if (this.#made.has(id)) {
      return this.#act(async () => {
        await this.#store.remove("ssh_keys", id);
        this.#made.delete(id);
        return { ok: true, value: id };
      });
    }
    const removed = await this.#vault.remove(id);
    if (!removed.ok) return removed;
    await this.refresh();
    return { ok: true, value: id };
  }

  /** Keys made here go for good; imported ones go with the vault. */
  clear(): Promise<void> {
    return this.#act(async () => {
      await this.#store.clear("ssh_keys");
      this.#made.clear();
    });
  }

  /** After the vault was opened, locked or changed: handles of imported keys live as long as it is open. */
  refresh(): Promise<void> {
    // One after the other: an earlier one must not bring back what a later one saw removed.
    this.#refreshing = this.#refreshing.then(
      () => this.#refresh(),
      () => this.#refresh(),
    );
    return this.#refreshing;
  }

  async #refresh(): Promise<void> {
    const wanted = this.#vault.entries.filter(({ kind }) => kind === "key");
    const ids = new Set(wanted.map(({ id }) => id));
    for (const id of this.#imported.keys()) if (!ids.has(id)) this.#imported.delete(id);
    for (const { id, name, at, bindings } of wanted) {
      const known = this.#imported.get(id);
      const entry = known === undefined ? await this.#vault.read(id) : undefined;
      const key = known?.key ?? (entry?.kind === "key" ? await this.#handles(entry.jwk) : undefined);
      if (key === undefined || this.#vault.phase !== "unlocked") continue;
      const facts = await this.#facts(id, key.blob, { name, at, imported: true });
      this.#imported.set(id, { key, facts, bindings });
    }
    if (this.#vault.phase !== "unlocked") this.#imported.clear();
    this.#changed();
  }

  /** The key, for a target that it may be used at; an imported one needs the open vault and a binding [S67]. */
  use(id: string, target: BoundTarget): (KeyHandles & { type: string }) | undefined {
    const made = this.#made.get(id);
    if (made !== undefined) return { blob: made.stored.blob, handles: made.stored.handles, type: made.facts.type };
    const imported = this.#imported.get(id);
    if (imported === undefined || !isBoundTo(imported.bindings, target)) return undefined;
    return { ...imported.key, type: imported.facts.type };
  }

  async #handles(jwk: JsonWebKey): Promise<KeyHandles | undefined> {
    return importHandles(this.#env.crypto.subtle, jwk).catch(() => undefined);
  }

  async #facts(id: string, blob: Bytes, about: Pick<SshKeyView, "name" | "at" | "imported">): Promise<SshKeyView> {
    const sha256 = await fingerprint(this.#env.crypto.subtle, blob);
    return { id, ...about, type: typeOf(parsePublicBlob(blob)), public_key: base64(blob), sha256 };
  }
}

function shortName(name: string): string {
  const trimmed = name.trim().slice(0, NAME_MAX_CHARS);
  return trimmed === "" ? "Key" : trimmed;
}
