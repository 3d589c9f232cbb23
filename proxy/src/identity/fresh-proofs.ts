/** What stands for "it is really them" where there are no roles: an unlock of the vault, or an act at the console [S16]. */
import { FRESH_PROOF_MS, type FreshProof } from "./identity.ts";

/** Clients remembered at most [S23]; only those of the last minutes matter. */
const CLIENTS_MAX = 1_024;

export class FreshProofs {
  readonly #now: () => number;
  readonly #unlocked = new Map<string, number>();
  #consoleAct: number | undefined;

  constructor(now: () => number = Date.now) {
    this.#now = now;
  }

  /** Somebody allowed changes as the proxy's OS user: `rackside allow-changes`. */
  noteConsole(): void {
    this.#consoleAct = this.#now();
  }

  /** A client said over its signed-in link that its vault was unlocked just now: passphrase or passkey were given. */
  noteVault(clientId: string): void {
    const now = this.#now();
    for (const [id, at] of this.#unlocked) if (now - at > FRESH_PROOF_MS) this.#unlocked.delete(id);
    if (this.#unlocked.size < CLIENTS_MAX) this.#unlocked.set(clientId, now);
  }

  /** The client was revoked. */
  forget(clientId: string): void {
    this.#unlocked.delete(clientId);
  }

  of(clientId: string): FreshProof {
    return { vaultUnlocked: this.#unlocked.get(clientId), consoleAct: this.#consoleAct };
  }
}
