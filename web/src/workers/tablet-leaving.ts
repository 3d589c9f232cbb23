import type { HostParts } from "./host-parts.ts";

/** What the proxy is told in: a tablet that is left must not wait for a network that is not there. */
const TELL_MS = 3_000;

type Kept = Pick<
  HostParts,
  | "env"
  | "publisher"
  | "store"
  | "identity"
  | "sealed"
  | "history"
  | "records"
  | "logs"
  | "readings"
  | "desks"
  | "secrets"
>;

/**
 * The end of a pairing: whatever the tablet keeps of devices, sessions and this person goes, with the key that the proxy
 * knows it by [S11]. Without the passphrase it is the one way out of a lock, so that nothing is won by it [S70].
 */
export class TabletLeaving {
  readonly #parts: Kept;
  /** The host's way of doing it: no actor may live meanwhile, for it would go on writing. */
  around: (wipe: () => Promise<void>) => Promise<void> = (wipe) => wipe();

  constructor(parts: Kept) {
    this.#parts = parts;
  }

  /** By the person's wish; `keepSecrets`: vault, keys and logins stay, and the vault is locked. */
  leave(keepSecrets: boolean): Promise<void> {
    return this.around(() => this.#wipe(keepSecrets ? "stay" : "go"));
  }

  /** The passphrase is forgotten, or whoever holds the tablet never knew it. `tell`: says goodbye to the proxy. */
  async forgotten(tell: () => Promise<unknown>): Promise<void> {
    const { env } = this.#parts;
    let timer = 0;
    const late = new Promise<void>((resolve) => {
      timer = env.setTimeout(resolve, TELL_MS);
    });
    await Promise.race([tell().catch(() => undefined), late]);
    env.clearTimeout(timer);
    await this.leave(false);
  }

  /** Another tab of this tablet did it: what is known here goes as well. */
  leftElsewhere(): Promise<void> {
    return this.around(() => this.#wipe("gone"));
  }

  async #wipe(secrets: "stay" | "go" | "gone"): Promise<void> {
    const { store, identity, sealed, history, desks, records, logs, readings, publisher } = this.#parts;
    const { vault, keys, choices } = this.#parts.secrets;
    if (secrets === "stay") vault.lockEverywhere();
    await identity.forget();
    if (secrets !== "stay") {
      await keys.clear();
      await choices.clear();
    }
    // The local key stays: what is sealed from now on needs one, and it protects nothing that is left.
    for (const name of ["ui_state", "readings", "history", "resume", "platforms", "data_keys"] as const) {
      await store.clear(name);
    }
    sealed.reset();
    history.letGo();
    readings.forgetAll();
    publisher.removeAll("device:");
    await desks.forget(undefined);
    await records.clear();
    await logs.wipeAll();
    // The lock goes last: whoever closes the page before finds it locked.
    if (secrets === "go") await vault.leave();
  }
}
