import { linkFrame } from "#protocol/builders.ts";
import type { HostEnv } from "../host-env.ts";
import type { LinkHub } from "../link-hub.ts";

/** An unlock without a link is told this long after it at most: the proxy counts from when it hears of it [S16]. */
const LATE_MS = 60_000;

/** Tells the proxy that the vault was really unlocked just now, by passphrase or passkey: it stands for a role [S16]. */
export class UnlockReport {
  readonly #env: Pick<HostEnv, "now">;
  readonly #hub: Pick<LinkHub, "send">;
  #unsent: number | null = null;

  constructor(env: Pick<HostEnv, "now">, hub: Pick<LinkHub, "send">) {
    this.#env = env;
    this.#hub = hub;
  }

  unlocked(): void {
    this.#unsent = this.#hub.send(linkFrame("vault_unlocked", {})) ? null : this.#env.now();
  }

  linkUp(): void {
    const at = this.#unsent;
    this.#unsent = null;
    if (at !== null && this.#env.now() - at <= LATE_MS) this.#hub.send(linkFrame("vault_unlocked", {}));
  }
}
