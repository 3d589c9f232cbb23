/** All sockets of signed-in clients, greeted or not: takes them up, audits them, closes those of a client at once [S11]. */
import type { WebSocket } from "ws";
import { CLOSE } from "#protocol/close-codes.ts";
import type { Audit } from "../audit/audit.ts";
import { serveLink } from "../client-link.ts";
import type { LimitValues } from "../config/limits-schema.ts";
import { type Identity, rolesOutdated } from "../identity/identity.ts";
import type { Log } from "../log.ts";
import type { SessionRegistry } from "../session-registry.ts";
import type { ClientClosing, SeenRoles } from "../sign-in/client-admin.ts";
import type { ClientRecord } from "../sign-in/client-store.ts";
import type { SignIn } from "../sign-in/sign-in.ts";
import type { UiStates } from "../ui-states.ts";
import type { Greeting } from "./greeting.ts";
import type { LinkCommands } from "./link-commands.ts";
import type { Link, LinkTable } from "./link-table.ts";

/** A socket of a signed-in client; its origin is one of ours. */
export type Accepted = {
  socket: WebSocket;
  client: ClientRecord;
  identity: Identity;
  /** As the upgrade brought it; a renewed one replaces the old one once the hello is proved [S9]. */
  cookie: string | undefined;
  origin: string;
  address: string;
};
export type LinkDeskParts = {
  signIn: SignIn;
  greeting: Greeting;
  commands: LinkCommands;
  links: LinkTable;
  registry: SessionRegistry;
  uiStates: UiStates;
  limits: LimitValues;
  audit: Audit;
  log: Log;
};
type Open = {
  clientId: string;
  identity: Identity;
  link: Link | undefined;
  close(code: (typeof CLOSE)[keyof typeof CLOSE], reason: string): void;
};

export class LinkDesk {
  readonly #parts: LinkDeskParts;
  readonly #open = new Set<Open>();

  constructor(parts: LinkDeskParts) {
    this.#parts = parts;
    parts.signIn.admin.onClosing((closing) => this.#closeClient(closing));
    parts.signIn.admin.onRoles((seen) => this.#closeOutdated(seen));
  }

  accept({ socket, client, identity, cookie, origin, address }: Accepted): void {
    const { signIn, greeting, commands, links, limits, audit, log } = this.#parts;
    const who = { user: client.user, client: client.client_id, addr: address };
    const since = Date.now();
    const open: Open = {
      clientId: client.client_id,
      identity,
      link: undefined,
      ...serveLink({
        socket,
        client,
        identity,
        origin,
        address,
        limits,
        proves: (hello, nonce) => signIn.checkHello(client, hello, nonce, origin),
        greeted: async (link, hello) => {
          open.link = link;
          const refusal = await greeting.greet(link, hello);
          if (refusal === undefined) {
            audit.write({ event: "link.accepted", outcome: "ok", ...who, origin });
            await signIn.seen(client, address, cookie);
          } else audit.write({ event: "link.refused", outcome: "refused", ...who, origin, close: refusal });
          return refusal;
        },
        message: (link, message) => commands.handle(link, message),
        superseded: (link) => links.isSuperseded(link),
        refused: (close, reason) =>
          audit.write({ event: "link.refused", outcome: "refused", ...who, origin, close, reason }),
        gone: (link, close) => {
          this.#forget(link);
          const duration_s = Math.round((Date.now() - since) / 1_000);
          audit.write({ event: "link.closed", outcome: "ok", ...who, origin, close, duration_s });
          log("info", "link.closed", { label: link.label, close });
        },
        log,
      }),
    };
    this.#open.add(open);
    socket.once("close", () => this.#open.delete(open));
  }

  /** Does not wait for the browser to answer the closing: nothing of that client has an effect from now on [S11]. */
  #closeClient({ clientId, user, reason, gone, endSessions }: ClientClosing): void {
    for (const one of this.#open) if (one.clientId === clientId) this.#end(one, reason);
    if (gone) this.#parts.registry.clientGone(clientId, user, endSessions);
  }

  /** A link keeps the roles that it was opened with, so it must not outlive them [S14] [S16]. */
  #closeOutdated({ clientId, user, roles }: SeenRoles): void {
    for (const one of this.#open) {
      if (one.identity.user !== user) continue;
      if (rolesOutdated(one.identity.roles, roles, one.clientId === clientId)) this.#end(one, "roles_changed");
    }
  }

  #end(one: Open, reason: string): void {
    one.close(CLOSE.auth, reason);
    if (one.link !== undefined) this.#forget(one.link);
  }

  #forget(link: Link): void {
    const { links, registry, uiStates } = this.#parts;
    links.remove(link.id);
    registry.linkGone(link);
    uiStates.forget(link);
  }

  closeAll(): void {
    for (const one of this.#open) one.close(CLOSE.goingAway, "going_away");
  }
}
