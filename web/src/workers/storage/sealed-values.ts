import { utf8 } from "../keys/bytes.ts";
import type { LocalKey } from "./local-key.ts";
import type { SealedBox } from "./sealed-box.ts";
import type { SealedValue, TabletStore } from "./tablet-store.ts";

/** Stores whose values are sealed one by one, each bound to its key. */
export type SealedStoreName = "history" | "resume" | "readings" | "platforms";

/** `readable`: by key. `locked`: they wait for the vault. */
export type SealedEntries<T> = {
  readable: readonly (readonly [string, T])[];
  locked: readonly { key: string; until: number | undefined }[];
};

/**
 * Values of one store of the tablet, sealed [S71]. They were written by this code, so that what opens has the type. What is
 * locked stays for the unlock; what never opens again is of no use to anyone and goes.
 */
export class SealedValues<T> {
  readonly #store: TabletStore;
  readonly #name: SealedStoreName;
  readonly #box: SealedBox;
  readonly #untilOf: ((value: T) => number) | undefined;

  /** `untilOf`: how long the value is of use, epoch ms; it is told of locked ones, and is all that can be told. */
  constructor(store: TabletStore, name: SealedStoreName, box: SealedBox, untilOf?: (value: T) => number) {
    this.#store = store;
    this.#name = name;
    this.#box = box;
    this.#untilOf = untilOf;
  }

  async put(key: string, value: T): Promise<void> {
    const sealed = await this.#box.seal(utf8(JSON.stringify(value)), key);
    const until = this.#untilOf?.(value);
    await this.#store.put(this.#name, key, until === undefined ? { sealed } : { sealed, until });
  }

  /** Undefined when there is none, and while it is locked. */
  async get(key: string): Promise<T | undefined> {
    const kept = await this.#store.get(this.#name, key);
    return kept && this.#open(key, kept);
  }

  async isLocked(key: string): Promise<boolean> {
    const kept = await this.#store.get(this.#name, key);
    return kept !== undefined && isSealedValue(kept) && this.#box.isLocked(kept.sealed);
  }

  /** What can be read, and what cannot yet; anything else is removed. */
  async entries(): Promise<SealedEntries<T>> {
    const readable: (readonly [string, T])[] = [];
    const locked: { key: string; until: number | undefined }[] = [];
    for (const [key, kept] of await this.#store.entries(this.#name)) {
      const value = await this.#open(key, kept);
      if (value !== undefined) readable.push([key, value]);
      else if (isSealedValue(kept) && (await this.#box.isLocked(kept.sealed))) locked.push({ key, until: kept.until });
      else await this.#store.remove(this.#name, key);
    }
    return { readable, locked };
  }

  /** Names of all values, locked ones too. */
  async keys(): Promise<readonly string[]> {
    return (await this.#store.entries(this.#name)).map(([key]) => key);
  }

  async remove(key: string): Promise<void> {
    await this.#store.remove(this.#name, key);
  }

  /** Seals what an earlier version of the app left, plain or under the key of this browser itself. */
  async takeUp(local: LocalKey): Promise<void> {
    for (const [key, kept] of await this.#store.entries(this.#name)) {
      if (isSealedValue(kept)) continue;
      const value = isSealedAlone(kept) ? parsed(await local.unseal(`${this.#name} ${key}`, kept)) : kept;
      if (value === undefined) await this.#store.remove(this.#name, key);
      else await this.put(key, value as T);
    }
  }

  async #open(key: string, kept: object): Promise<T | undefined> {
    if (!isSealedValue(kept)) return undefined;
    return parsed(await this.#box.open(kept.sealed, key)) as T | undefined;
  }
}

function isSealedValue(kept: object): kept is SealedValue {
  return "sealed" in kept && ArrayBuffer.isView(kept.sealed);
}

/** As history and resume records were stored before there were data keys. */
function isSealedAlone(kept: object): kept is { iv: Uint8Array<ArrayBuffer>; data: ArrayBuffer } {
  return "iv" in kept && "data" in kept;
}

function parsed(plain: Uint8Array | undefined): unknown {
  try {
    return plain && JSON.parse(new TextDecoder().decode(plain));
  } catch {
    return undefined;
  }
}
