import type { Up } from "#protocol/up.ts";
import type { LinkHub } from "./link-hub.ts";

/** Wire requests that are sent again until they are answered [WP7]. */
export type WireRequest = Up<"connect" | "exec" | "set_transport" | "disconnect">;

/** How many requests are remembered after nobody wants their answers any more; far more than can be on their way. */
const GIVEN_UP_MAX = 64;

/** A session's requests that have no answer yet. */
export class WireRequests {
  readonly #hub: Pick<LinkHub, "send">;
  readonly #open = new Map<string, WireRequest>();
  /** Answers to these come late, and are no news of whatever followed. */
  readonly #givenUp = new Set<string>();

  constructor(hub: Pick<LinkHub, "send">) {
    this.#hub = hub;
  }

  get size(): number {
    return this.#open.size;
  }

  /** Sends a request, now and after every resume until it is answered. */
  ask(request: WireRequest): void {
    this.#open.set(request.id ?? "", request);
    this.#hub.send(request);
  }

  isOpen(id: string | undefined): boolean {
    return id !== undefined && this.#open.has(id);
  }

  isConnect(id: string | undefined): boolean {
    return id !== undefined && this.#open.get(id)?.action === "connect";
  }

  answered(id: string | undefined): void {
    if (id !== undefined) this.#open.delete(id);
  }

  /** Nobody waits for the answers any more. */
  clear(): void {
    for (const id of this.#open.keys()) this.giveUp(id);
    this.#open.clear();
  }

  /** The answer to this request, should it come, concerns nobody. */
  giveUp(id: string): void {
    this.#givenUp.add(id);
    const [oldest] = this.#givenUp;
    if (this.#givenUp.size > GIVEN_UP_MAX && oldest !== undefined) this.#givenUp.delete(oldest);
  }

  isGivenUp(id: string | undefined): boolean {
    return id !== undefined && this.#givenUp.has(id);
  }

  /** After every welcome: what has no answer goes out again, verbatim. */
  sendAgain(): void {
    for (const request of this.#open.values()) this.#hub.send(request);
  }
}
