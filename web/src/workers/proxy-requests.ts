import type { Down } from "#protocol/down.ts";
import type { ProxyRequest, Result } from "#protocol/local-messages.ts";
import type { ErrorPayload } from "#protocol/messages/error.ts";
import { type HostEnv, random128 } from "./host-env.ts";
import type { LinkHub } from "./link-hub.ts";

/** How long an answer may take before the person is told. */
const ANSWER_MS = 15_000;
const OFFLINE: ErrorPayload = { code: "offline", retry: "yes" };
const ANSWERS: ReadonlySet<string> = new Set([
  "clients",
  "pairing",
  "audit_page",
  "target_allowed",
  "host_key_replaced",
]);

/**
 * Questions to the proxy that no machine has a part in: clients, pairing codes, the audit log. The answer goes to the one
 * who asked and nowhere else: a pairing code stands in no view [S72].
 */
export class ProxyRequests {
  readonly #env: Pick<HostEnv, "crypto" | "setTimeout" | "clearTimeout">;
  readonly #hub: Pick<LinkHub, "send">;
  readonly #waiting = new Map<string, { settle(result: Result): void; timer: number }>();

  constructor(env: Pick<HostEnv, "crypto" | "setTimeout" | "clearTimeout">, hub: Pick<LinkHub, "send">) {
    this.#env = env;
    this.#hub = hub;
  }

  /** Never repeated by itself: a revocation or a new code happens once, when the person asks for it. */
  ask(message: ProxyRequest): Promise<Result> {
    const id = random128(this.#env.crypto);
    return new Promise((resolve) => {
      const timer = this.#env.setTimeout(() => this.#settle(id, { ok: false, error: OFFLINE }), ANSWER_MS);
      this.#waiting.set(id, { settle: resolve, timer });
      if (!this.#hub.send({ ...message, id })) this.#settle(id, { ok: false, error: OFFLINE });
    });
  }

  /** Whether the message was an answer to one of these; nobody else wants those. */
  hears(message: Down): boolean {
    const { action, re, payload } = message;
    const answers = ANSWERS.has(action);
    if (re === undefined || !this.#waiting.has(re)) return answers;
    this.#settle(re, action === "error" ? { ok: false, error: message.payload } : { ok: true, value: payload });
    return true;
  }

  /** The link is gone, and with it what was asked over it. */
  linkLost(): void {
    for (const id of this.#waiting.keys()) this.#settle(id, { ok: false, error: OFFLINE });
  }

  #settle(id: string, result: Result): void {
    const waiting = this.#waiting.get(id);
    if (waiting === undefined) return;
    this.#waiting.delete(id);
    this.#env.clearTimeout(waiting.timer);
    waiting.settle(result);
  }
}
