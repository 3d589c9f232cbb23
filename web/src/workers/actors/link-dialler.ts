import type { SecondFact, TransportFact } from "#machines/link.machine.ts";
import { random128 } from "../host-env.ts";
import type { HostParts } from "../host-parts.ts";
import type { LinkHub } from "../link-hub.ts";
import { LinkAttempt } from "./link-attempt.ts";
import { type Attempt, LinkPair } from "./link-pair.ts";
import { RttWindow } from "./rtt-window.ts";

/** Dials for one tree of actors: every attempt has a name of its own, and all share the page's instance and round trips. */
export class LinkDialler {
  readonly #parts: Pick<HostParts, "env" | "identity">;
  readonly #hub: LinkHub;
  readonly #signal: AbortSignal;
  readonly #instance: string;
  readonly #rtt = new RttWindow();
  readonly #inputListeners = new Set<(since: number | null) => void>();
  #attempts = 0;

  constructor(parts: Pick<HostParts, "env" | "identity">, hub: LinkHub, signal: AbortSignal) {
    this.#parts = parts;
    this.#hub = hub;
    this.#signal = signal;
    this.#instance = random128(parts.env.crypto);
  }

  /** One connection attempt, with a second socket beside it when the first is silent after a wake [A2]. */
  dial(node: string, report: (fact: TransportFact | SecondFact) => void): Attempt {
    return new LinkPair((heard) => this.#attempt(node, heard), report);
  }

  /** Since when input waits for the proxy's word; whoever has a socket may want a sign of life [section 11]. */
  inputWaits(since: number | null): void {
    for (const listen of this.#inputListeners) listen(since);
  }

  #attempt(node: string, report: (fact: TransportFact) => void): Attempt {
    const { env, identity } = this.#parts;
    this.#attempts++;
    return LinkAttempt.dial(
      `link-${this.#attempts}`,
      node,
      {
        env,
        hub: this.#hub,
        identity,
        instance_id: this.#instance,
        rtt: this.#rtt,
        signal: this.#signal,
        onInputWaits: (listen) => {
          this.#inputListeners.add(listen);
          return () => this.#inputListeners.delete(listen);
        },
      },
      report,
    );
  }
}
