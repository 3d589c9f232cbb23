import type { CloseCode } from "#protocol/close-codes.ts";
import type { Down } from "#protocol/down.ts";
import type { LinkId, ProxyEffect } from "#protocol/proxy/effects.ts";
import type { OutSource } from "#protocol/proxy/link-scheduler.ts";
import type { Identity } from "../identity/identity.ts";

/** What a link knows of a session that has a channel on it. */
export type ChannelPort = OutSource & {
  onAck(link: LinkId, applied: number, limit: number, saved: number): void;
  onIn(link: LinkId, pos: number, body: Uint8Array): void;
  run(effects: readonly ProxyEffect[]): void;
};

/** A greeted link, as sessions and lists see it. */
export type Link = {
  readonly id: LinkId;
  readonly user: string;
  readonly clientId: string;
  readonly instanceId: string;
  readonly label: string;
  /** Who the client acts for, as found at the upgrade [S14]. */
  readonly identity: Identity;
  /** The page's origin, and the address it came from. */
  readonly origin: string;
  readonly address: string;
  readonly closed: boolean;
  send(message: Down): void;
  sendFrame(frame: Uint8Array): void;
  /** Gives output a channel on this link. */
  open(port: ChannelPort): number;
  shut(chan: number): void;
  /** Keeps everything back, so that what follows an attachment comes after the welcome. */
  hold(): void;
  /** Sends these, then what was kept back. */
  release(first: readonly Down[]): void;
  /** Sends what is waiting, within credit. */
  pump(): void;
  /** Asks the page itself for a sign of life [WP33]. */
  probe(): Promise<"silent" | "answered">;
  close(code: CloseCode, reason: string): void;
};

/** All greeted links of this process. */
export class LinkTable {
  readonly #links = new Map<LinkId, Link>();

  add(link: Link): void {
    this.#links.set(link.id, link);
  }

  remove(id: LinkId): void {
    this.#links.delete(id);
  }

  get(id: LinkId): Link | undefined {
    return this.#links.get(id);
  }

  all(): Link[] {
    return [...this.#links.values()];
  }

  ofUser(user: string): Link[] {
    return this.all().filter((link) => link.user === user);
  }

  ofClient(clientId: string): Link[] {
    return this.all().filter((link) => link.clientId === clientId);
  }
}
