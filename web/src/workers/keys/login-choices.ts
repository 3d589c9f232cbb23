import type { BoundWay, LoginChoice } from "#protocol/local-secrets.ts";
import type { TabletStore } from "../storage/tablet-store.ts";
import { isSameWay } from "./bound-way.ts";
import { KeyDates } from "./key-dates.ts";
import { TabletPins } from "./tablet-pins.ts";

const NO_CHOICE: LoginChoice = { keys: [], via_keys: [], sign_hidden: false };

/** How this tablet logs in to each device, which host keys it trusts, and when it met which host key. */
export class LoginChoices {
  readonly dates: KeyDates;
  readonly pins: TabletPins;
  readonly #store: TabletStore;
  readonly #changed: () => void;
  readonly #choices: Map<string, LoginChoice>;
  /** For devices that are open and in no list; nobody stores them. */
  readonly #once = new Map<string, LoginChoice>();

  private constructor(
    store: TabletStore,
    choices: Map<string, LoginChoice>,
    { dates, pins }: { dates: KeyDates; pins: TabletPins },
    changed: () => void,
  ) {
    this.dates = dates;
    this.pins = pins;
    this.#store = store;
    this.#choices = choices;
    this.#changed = changed;
  }

  static async load(store: TabletStore, changed: () => void): Promise<LoginChoices> {
    const hosts = { dates: await KeyDates.load(store, changed), pins: await TabletPins.load(store, changed) };
    return new LoginChoices(store, new Map(await store.entries("logins")), hosts, changed);
  }

  get all(): Readonly<Record<string, LoginChoice>> {
    return Object.fromEntries(this.#choices);
  }

  of(device: string): LoginChoice {
    return this.#once.get(device) ?? this.#choices.get(device) ?? NO_CHOICE;
  }

  /** What may be offered on this way. `moved`: it was chosen for another one, so that nothing of it is [S47]. */
  for(device: string, way: BoundWay): { choice: LoginChoice; moved?: BoundWay | "unknown" } {
    const choice = this.of(device);
    if (choice.once === true || !offersAnything(choice)) return { choice };
    if (choice.bound !== undefined && isSameWay(choice.bound, way)) return { choice };
    return { choice: NO_CHOICE, moved: choice.bound ?? "unknown" };
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

  /** The person says that the device is there now. */
  async rebind(device: string, to: BoundWay): Promise<void> {
    const choice = this.#choices.get(device);
    if (choice !== undefined) await this.set(device, { ...choice, bound: to });
  }

  /** Everything, with the host keys that were trusted here. */
  async clear(): Promise<void> {
    this.#once.clear();
    this.#choices.clear();
    await this.#store.clear("logins");
    await this.pins.clear();
    await this.dates.clear();
    this.#changed();
  }
}

function offersAnything({ keys, password, via_keys, via_passwords = [] }: LoginChoice): boolean {
  const ofVia = via_keys.some((ids) => ids.length > 0) || via_passwords.some((entry) => entry !== null);
  return keys.length > 0 || password !== undefined || ofVia;
}
