import type { HostPinsView } from "#machines/secret-views.ts";
import type { Hop, HostPlace } from "#protocol/local-secrets.ts";
import type { HostKey } from "#protocol/messages/target.ts";
import { AT_ONCE, type Turn } from "../storage/tab-turns.ts";
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
  readonly #turn: Turn;
  /** As last read; another tab of this tablet may have added more. */
  #known = new Map<string, readonly HostKey[]>();

  private constructor(store: TabletStore, changed: () => void, turn: Turn) {
    this.#store = store;
    this.#changed = changed;
    this.#turn = turn;
  }

  static async load(store: TabletStore, changed: () => void, turn: Turn = AT_ONCE): Promise<TabletPins> {
    const pins = new TabletPins(store, changed, turn);
    await pins.look();
    return pins;
  }

  async look(): Promise<void> {
    this.#known = new Map(await this.#store.entries("hop_pins"));
  }

  get all(): HostPinsView {
    return Object.fromEntries(this.#known);
  }

  async of(place: HostPlace): Promise<HostKey[]> {
    return [...((await this.#store.get("hop_pins", placeName(place))) ?? [])];
  }

  add(place: HostPlace, key: HostKey): Promise<void> {
    return this.#change(place, (before) => [key, ...before.filter((one) => one.key !== key.key)].slice(0, PINS_MAX));
  }

  /** The person replaced the key of a host that is remembered here [S48]; any other is asked about at its next connect. */
  replace(place: HostPlace, key: HostKey): Promise<void> {
    return this.#change(place, (before) => (before.length > 0 ? [key] : before));
  }

  /** The person forgets one key of a host: its next connect asks, as at first use. */
  remove(place: HostPlace, sha256: string): Promise<void> {
    return this.#change(place, (before) => before.filter((one) => one.sha256 !== sha256));
  }

  async clear(): Promise<void> {
    await this.#turn(async () => {
      await this.#store.clear("hop_pins");
      this.#known.clear();
    });
    this.#changed();
  }

  async #change(place: HostPlace, edit: (before: readonly HostKey[]) => readonly HostKey[]): Promise<void> {
    const name = placeName(place);
    const isChanged = await this.#turn(async () => {
      const before = await this.of(place);
      const keys = edit(before);
      if (keys === before) return false;
      if (keys.length === 0) this.#known.delete(name);
      else this.#known.set(name, keys);
      if (keys.length === 0) await this.#store.remove("hop_pins", name);
      else await this.#store.put("hop_pins", name, keys);
      return true;
    });
    if (isChanged) this.#changed();
  }
}
