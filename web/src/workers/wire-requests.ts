import type { Up } from "#protocol/up.ts";
import type { LinkHub } from "./link-hub.ts";

/** Wire requests that are sent again until they are answered [WP7]. */
export type WireRequest = Up<"connect" | "exec" | "set_transport" | "disconnect">;

/** A session's requests that have no answer yet. */
export class WireRequests {
  readonly #hub: Pick<LinkHub, "send">;
  readonly #open = new Map<string, WireRequest>();

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

  clear(): void {
    this.#open.clear();
  }

  /** After every welcome: what has no answer goes out again, verbatim. */
  sendAgain(): void {
    for (const request of this.#open.values()) this.#hub.send(request);
  }
}
