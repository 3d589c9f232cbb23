import type { Down } from "#protocol/down.ts";
import type { DeviceRecord } from "#protocol/messages/devices.ts";
import type { LimitValues } from "./config/limits-schema.ts";
import type { Link } from "./links/link-table.ts";
import { type UiRevs, UiStateStore } from "./ui-state-store.ts";

/** The shared state of every user, and what each link was told of it at its welcome. */
export class UiStates {
  readonly #dataDir: string;
  readonly #simulated: readonly DeviceRecord[];
  readonly #limits: LimitValues;
  readonly #stores = new Map<string, Promise<UiStateStore>>();
  readonly #told = new Map<string, { store: UiStateStore; told: UiRevs }>();

  constructor(dataDir: string, simulated: readonly DeviceRecord[], limits: LimitValues) {
    this.#limits = limits;
    this.#dataDir = dataDir;
    this.#simulated = simulated;
  }

  of(user: string): Promise<UiStateStore> {
    const known = this.#stores.get(user);
    if (known !== undefined) return known;
    const opened = UiStateStore.open(this.#dataDir, user, this.#simulated, this.#limits);
    this.#stores.set(user, opened);
    return opened;
  }

  /** What a link gets after its welcome; the revisions in it are what its later edits are judged by. */
  async welcome(link: Link): Promise<readonly Down[]> {
    const store = await this.of(link.user);
    this.#told.set(link.id, { store, told: store.revs() });
    return store.current();
  }

  stateOf(link: Link): { store: UiStateStore; told: UiRevs } {
    const state = this.#told.get(link.id);
    if (state === undefined) throw new Error("a message before the welcome");
    return state;
  }

  forget(link: Link): void {
    this.#told.delete(link.id);
  }
}
