import type { LoginChoice } from "#protocol/local-secrets.ts";
import type { HostKey } from "#protocol/messages/target.ts";
import type { TabletStore } from "../storage/tablet-store.ts";
import { KeyDates } from "./key-dates.ts";

type Hop = { host: string; port: number };
/** Keys that are remembered for one jump host, the newest. */
const PINS_MAX = 16;

const NO_CHOICE: LoginChoice = { keys: [], via_keys: [], sign_hidden: false };

/** How this tablet logs in to each device, which keys of jump hosts it trusts, and when it met which host key. */
export class LoginChoices {
  readonly dates: KeyDates;
  readonly #store: TabletStore;
  readonly #changed: () => void;
  readonly #choices: Map<string, LoginChoice>;
  /** For devices that are open and in no list; nobody stores them. */
  readonly #once = new Map<string, LoginChoice>();

  private constructor(store: TabletStore, choices: Map<string, LoginChoice>, dates: KeyDates, changed: () => void) {
    this.dates = dates;
    this.#store = store;
    this.#choices = choices;
    this.#changed = changed;
  }

  static async load(store: TabletStore, changed: () => void): Promise<LoginChoices> {
    return new LoginChoices(
      store,
      new Map(await store.entries("logins")),
      await KeyDates.load(store, changed),
      changed,
    );
  }

  get all(): Readonly<Record<string, LoginChoice>> {
    return Object.fromEntries(this.#choices);
  }

  of(device: string): LoginChoice {
    return this.#once.get(device) ?? this.#choices.get(device) ?? NO_CHOICE;
  }

  async set(device: string, choice: LoginChoice): Promise<void> {
    if (choice.once === true) {
      this.#once.set(device, choice);
      return;
    }
    this.#choices.set(device, choice);
    await this.#store.put("logins", device, choice);
    this.#changed();
  }

  /** The device is closed: what held for this opening is over. */
  closed(device: string): void {
    this.#once.delete(device);
  }

  async forget(device: string): Promise<void> {
    if (!this.#choices.delete(device)) return;
    await this.#store.remove("logins", device);
    this.#changed();
  }

  /** Everything, with the keys of jump hosts that were trusted here. */
  async clear(): Promise<void> {
    this.#once.clear();
    this.#choices.clear();
    await this.#store.clear("logins");
    await this.#store.clear("hop_pins");
    await this.dates.clear();
    this.#changed();
  }

  async pinsOf(hop: Hop): Promise<HostKey[]> {
    return [...((await this.#store.get("hop_pins", nameOf(hop))) ?? [])];
  }

  async pin(hop: Hop, key: HostKey): Promise<void> {
    const before = (await this.#store.get("hop_pins", nameOf(hop))) ?? [];
    const others = before.filter((one) => one.key !== key.key);
    await this.#store.put("hop_pins", nameOf(hop), [key, ...others].slice(0, PINS_MAX));
  }

  /** The person replaced the key of a host that is remembered here [S48]; any other is none of this store's. */
  async replacePins(hop: Hop, key: HostKey): Promise<void> {
    const before = await this.#store.get("hop_pins", nameOf(hop));
    if (before !== undefined) await this.#store.put("hop_pins", nameOf(hop), [key]);
  }
}

const nameOf = ({ host, port }: Hop): string => `[${host}]:${port}`;
