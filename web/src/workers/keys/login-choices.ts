import type { BoundWay, LoginChoice } from "#protocol/local-secrets.ts";
import { actsOnStored, TabTurns, type Turn, type TurnsEnv } from "../storage/tab-turns.ts";
import type { TabletStore } from "../storage/tablet-store.ts";
import { isSameWay } from "./bound-way.ts";
import { KeyDates } from "./key-dates.ts";
import { TabletPins } from "./tablet-pins.ts";

const NO_CHOICE: LoginChoice = { keys: [], via_keys: [], sign_hidden: false };

/**
 * How this tablet logs in to each device, which host keys it trusts, and when it met which host key. The tabs of a tablet
 * share all of it: each act looks at what is stored first, and is told to the others.
 */
export class LoginChoices {
  readonly dates: KeyDates;
  readonly pins: TabletPins;
  readonly #store: TabletStore;
  readonly #turns: TabTurns<"changed">;
  /** An act on the choices as they are stored now. */
  readonly #act: Turn;
  #choices = new Map<string, LoginChoice>();
  /** For devices that are open and in no list; nobody stores them. */
  readonly #once = new Map<string, LoginChoice>();

  private constructor(
    store: TabletStore,
    { dates, pins }: { dates: KeyDates; pins: TabletPins },
    turns: TabTurns<"changed">,
    changed: () => void,
  ) {
    this.dates = dates;
    this.pins = pins;
    this.#store = store;
    this.#turns = turns;
    this.#act = actsOnStored(turns, () => this.#look(), changed);
  }

  static async load(env: TurnsEnv, store: TabletStore, changed: () => void): Promise<LoginChoices> {
    let heard = (): Promise<void> => Promise.resolve();
    const turns = new TabTurns(env, "rackside-logins", ["changed"], () => void heard());
    const turn: Turn = (act) => turns.take(act).finally(() => turns.tell("changed"));
    const hosts = {
      dates: await KeyDates.load(store, changed, turn),
      pins: await TabletPins.load(store, changed, turn),
    };
    const choices = new LoginChoices(store, hosts, turns, changed);
    heard = () => turns.take(() => choices.#lookAtAll()).finally(changed);
    await choices.#look();
    return choices;
  }

  async #look(): Promise<void> {
    this.#choices = new Map(await this.#store.entries("logins"));
  }

  /** Another tab changed something. */
  async #lookAtAll(): Promise<void> {
    await this.#look();
    await this.dates.look();
    await this.pins.look();
  }

  close(): void {
    this.#turns.close();
  }

  get all(): Readonly<Record<string, LoginChoice>> {
    return Object.fromEntries(this.#choices);
  }

  of(device: string): LoginChoice {
    return this.#once.get(device) ?? this.#choices.get(device) ?? NO_CHOICE;
  }

  /** What was chosen for this opening alone. */
  onceOf(device: string): LoginChoice | undefined {
    return this.#once.get(device);
  }

  /** What may be offered on this way. `moved`: it was chosen for another one, so that nothing of it is [S47]. */
  for(device: string, way: BoundWay): { choice: LoginChoice; moved?: BoundWay | "unknown" } {
    const choice = this.of(device);
    const moved = movedFrom(choice, way);
    return moved === undefined ? { choice } : { choice: NO_CHOICE, moved };
  }

  async set(device: string, choice: LoginChoice): Promise<void> {
    if (choice.once === true) {
      this.#once.set(device, choice);
      return;
    }
    // Chosen for the device as it is kept: what was chosen for this opening alone counts no longer.
    this.#once.delete(device);
    await this.#act(() => this.#keep(device, choice));
  }

  /**
   * What an earlier page had for one opening, at this way and no other: the list may have another target under this id by
   * now [S47]. A login that was chosen for the device since then counts more.
   */
  recallOnce(device: string, choice: LoginChoice, bound: BoundWay | undefined): void {
    if (this.#choices.has(device)) return;
    this.#once.set(device, { ...choice, once: true, ...(bound === undefined ? {} : { bound }) });
  }

  /** `edit` gets the choice as it is stored now; undefined from it leaves everything as it is. */
  change(device: string, edit: (before: LoginChoice) => LoginChoice | undefined): Promise<void> {
    return this.#act(async () => {
      const after = edit(this.#choices.get(device) ?? NO_CHOICE);
      if (after !== undefined) await this.#keep(device, after);
    });
  }

  async #keep(device: string, choice: LoginChoice): Promise<void> {
    await this.#store.put("logins", device, choice);
    this.#choices.set(device, choice);
  }

  /** The device is closed: what held for this opening is over. */
  closed(device: string): void {
    this.#once.delete(device);
  }

  async forget(device: string): Promise<void> {
    if (!this.#choices.has(device)) return;
    await this.#act(async () => {
      await this.#store.remove("logins", device);
      this.#choices.delete(device);
    });
  }

  /** Whether the device's login, if it offers anything, is bound to one of these ways; null: to none that was noted. */
  isAt(device: string, ways: readonly (BoundWay | null)[]): boolean {
    return isBoundAt(this.#choices.get(device) ?? NO_CHOICE, ways);
  }

  /** The person says that the device is there now; false: its login is neither there nor where it was said to be. */
  async rebind(device: string, from: BoundWay | null, to: BoundWay): Promise<boolean> {
    let isThere = false;
    await this.change(device, (choice) => {
      isThere = isBoundAt(choice, [from, to]);
      return isThere && offersAnything(choice) ? { ...choice, bound: to } : undefined;
    });
    return isThere;
  }

  /** Everything, with the host keys that were trusted here. */
  async clear(): Promise<void> {
    this.#once.clear();
    await this.#act(async () => {
      await this.#store.clear("logins");
      this.#choices.clear();
    });
    await this.pins.clear();
    await this.dates.clear();
  }
}

/** Where the choice was made for, when this is another way [S47]; undefined where it holds. */
export function movedFrom(choice: LoginChoice, way: BoundWay): BoundWay | "unknown" | undefined {
  if (!offersAnything(choice)) return undefined;
  // One for this opening was chosen for its target; taken up by a later page, it says where that was.
  if (choice.bound === undefined) return choice.once === true ? undefined : "unknown";
  return isSameWay(choice.bound, way) ? undefined : choice.bound;
}

function isBoundAt(choice: LoginChoice, ways: readonly (BoundWay | null)[]): boolean {
  const { bound } = choice;
  if (!offersAnything(choice)) return true;
  return ways.some((way) => (way === null || bound === undefined ? way === (bound ?? null) : isSameWay(way, bound)));
}

function offersAnything({ keys, password, via_keys, via_passwords = [] }: LoginChoice): boolean {
  const ofVia = via_keys.some((ids) => ids.length > 0) || via_passwords.some((entry) => entry !== null);
  return keys.length > 0 || password !== undefined || ofVia;
}
