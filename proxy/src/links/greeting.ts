/** From a proven hello to the welcome: attempt stamp, caps, sessions, shared state [section 8] [WP24]. */
import { linkFrame } from "#protocol/builders.ts";
import { CLOSE, type CloseCode } from "#protocol/close-codes.ts";
import type { Down } from "#protocol/down.ts";
import { GRACE_MAX_S, PING_IDLE_MS } from "#protocol/limits.ts";
import type { SessionState } from "#protocol/messages/session-entry.ts";
import { AttemptLedger } from "#protocol/proxy/attempts.ts";
import type { Up } from "#protocol/up.ts";
import type { LimitValues } from "../config/limits-schema.ts";
import type { SessionRegistry } from "../session-registry.ts";
import type { Link, LinkTable } from "./link-table.ts";

export type GreetingOptions = {
  bootId: string;
  node: string;
  version: string;
  /** Beside those that every proxy has. */
  features: readonly string[];
  limits: LimitValues;
  links: LinkTable;
  registry: SessionRegistry;
  /** What a link gets after its welcome: the user's current values. */
  shared: (link: Link) => Promise<readonly Down[]>;
};

export class Greeting {
  readonly #options: GreetingOptions;
  readonly #attempts = new AttemptLedger();

  constructor(options: GreetingOptions) {
    this.#options = options;
  }

  /** Answers a hello that proved its key; a close code when it is refused. */
  async greet(link: Link, hello: Up<"hello">): Promise<CloseCode | undefined> {
    const { links, registry, shared } = this.#options;
    if (!this.#attempts.admit(link.clientId, hello.payload.attempt)) return CLOSE.staleAttempt;
    links.admit(link);
    // Counted after fencing: a newer link of one instance replaces its older, also one that is still being greeted.
    const older = links.olderThan(link);
    if (!(await this.#hasRoom(link, older))) return this.#refused(link, CLOSE.overloaded);
    if (link.closed) return undefined;
    if (links.isSuperseded(link)) return this.#refused(link, CLOSE.superseded);
    links.add(link);
    // Sessions are answered in the welcome, and what follows an attachment must come after it.
    link.hold();
    const states = await Promise.all(
      hello.payload.sessions.map((request) => registry.attach(link, request, false, () => undefined)),
    );
    // A newer one may have what this one was given: a welcome would be half true.
    if (links.isSuperseded(link)) link.close(CLOSE.superseded, "newer_link");
    if (link.closed) {
      // It went while a holder was asked: nobody would ever detach what it was just given.
      links.remove(link.id);
      registry.linkGone(link);
      return undefined;
    }
    link.release([this.#welcome(link, hello, states), ...(await shared(link))]);
    for (const old of older) old.close(CLOSE.superseded, "newer_link");
    return undefined;
  }

  #refused(link: Link, code: CloseCode): CloseCode {
    this.#options.links.remove(link.id);
    return code;
  }

  /** Frees a place by asking the longest silent page; when all answer, the newest link is refused. */
  async #hasRoom(link: Link, older: readonly Link[]): Promise<boolean> {
    const { links, limits } = this.#options;
    const others = (list: Link[]) => list.filter((one) => !older.includes(one));
    const full = () =>
      others(links.ofClient(link.clientId)).length >= limits.links_per_client
        ? others(links.ofClient(link.clientId))
        : others(links.ofUser(link.user)).length >= limits.links_per_user
          ? others(links.ofUser(link.user))
          : [];
    const crowd = full();
    if (crowd.length === 0) return true;
    const answers = await Promise.all(crowd.map(async (one) => ({ one, answer: await one.probe() })));
    const silent = answers.find(({ answer }) => answer === "silent");
    silent?.one.close(CLOSE.timeout, "silent");
    if (silent !== undefined) links.remove(silent.one.id);
    return full().length === 0;
  }

  #welcome(link: Link, hello: Up<"hello">, sessions: SessionState[]): Down {
    const { bootId, node, version, features, limits } = this.#options;
    return linkFrame(
      "welcome",
      {
        boot_id: bootId,
        node,
        version,
        user: link.user,
        features: ["exec", "set_transport", ...features],
        ping_ms: PING_IDLE_MS,
        limits: { grace_max_s: GRACE_MAX_S, sessions: limits.sessions_per_user },
        sessions,
      },
      { re: hello.id },
    );
  }
}
