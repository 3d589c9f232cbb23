import type { HostPinsView } from "#machines/secret-views.ts";
import type { Hop, HostPlace } from "#protocol/local-secrets.ts";
import type { HostKey } from "#protocol/messages/target.ts";
import type { TabletStore } from "../storage/tablet-store.ts";

/** How a host is named here and in the view: private addresses repeat behind different jump hosts. */
export function placeName({ host, port, via }: HostPlace): string {
  const [direct, ...path] = [{ host, port }, ...via].map((one) => `[${one.host}]:${one.port}`);
  return path.length === 0 ? `${direct}` : `${direct} via ${path.join(" ")}`;
}

/** Each host of a way, jump hosts first, with the way to it. */
export function placesOf({ host, port, via }: HostPlace): HostPlace[] {
  return [...via, { host, port }].map((hop: Hop, at) => ({ host: hop.host, port: hop.port, via: via.slice(0, at) }));
}

/** Keys that are remembered for one host, the newest. */
const PINS_MAX = 16;

/**
 * Host keys that a person trusted on this tablet, and a handshake proved to it. They alone count here: pins in the user's
 * list come from the proxy, and what it says about hosts is what they are there to check [S44] [S47].
 */
export class TabletPins {
  readonly #store: TabletStore;
  readonly #changed: () => void;
  /** As last read; another tab of this tablet may have added more. */
  readonly #known: Map<string, readonly HostKey[]>;

  private constructor(store: TabletStore, known: Map<string, readonly HostKey[]>, changed: () => void) {
    this.#store = store;
    this.#known = known;
    this.#changed = changed;
  }

  static async load(store: TabletStore, changed: () => void): Promise<TabletPins> {
    return new TabletPins(store, new Map(await store.entries("hop_pins")), changed);
  }

  get all(): HostPinsView {
    return Object.fromEntries(this.#known);
  }

  async of(place: HostPlace): Promise<HostKey[]> {
    return [...((await this.#store.get("hop_pins", placeName(place))) ?? [])];
  }

  async add(place: HostPlace, key: HostKey): Promise<void> {
    const others = (await this.of(place)).filter((one) => one.key !== key.key);
    await this.#put(place, [key, ...others].slice(0, PINS_MAX));
  }

  /** The person replaced the key of a host that is remembered here [S48]; any other is asked about at its next connect. */
  async replace(place: HostPlace, key: HostKey): Promise<void> {
    if ((await this.of(place)).length > 0) await this.#put(place, [key]);
  }

  /** The person forgets one key of a host: its next connect asks, as at first use. */
  async remove(place: HostPlace, sha256: string): Promise<void> {
    await this.#put(
      place,
      (await this.of(place)).filter((one) => one.sha256 !== sha256),
    );
  }

  async clear(): Promise<void> {
    this.#known.clear();
    await this.#store.clear("hop_pins");
    this.#changed();
  }

  async #put(place: HostPlace, keys: readonly HostKey[]): Promise<void> {
    const name = placeName(place);
    if (keys.length === 0) this.#known.delete(name);
    else this.#known.set(name, keys);
    if (keys.length === 0) await this.#store.remove("hop_pins", name);
    else await this.#store.put("hop_pins", name, keys);
    this.#changed();
  }
}
