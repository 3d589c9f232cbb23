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

/** All greeted links of this process, and the order of their hellos. */
export class LinkTable {
  readonly #links = new Map<LinkId, Link>();
  /** From the hello on, greeted or not, the latest last. */
  readonly #admitted = new Map<LinkId, Link>();

  /** Its hello was accepted; it is greeted now, which may take as long as holders are asked. */
  admit(link: Link): void {
    this.#admitted.set(link.id, link);
  }

  /** Links on which the same page said hello before. */
  olderThan(link: Link): Link[] {
    const own = this.#ofPage(link);
    return own.slice(0, Math.max(0, own.indexOf(link)));
  }

  /** Whether the same page said hello on another link since: nothing may be given to this one any more [WP24]. */
  isSuperseded(link: Link): boolean {
    const own = this.#ofPage(link);
    return own.includes(link) && own.slice(own.indexOf(link) + 1).some(({ closed }) => !closed);
  }

  #ofPage({ clientId, instanceId }: Link): Link[] {
    return [...this.#admitted.values()].filter((one) => one.clientId === clientId && one.instanceId === instanceId);
  }

  add(link: Link): void {
    this.#links.set(link.id, link);
  }

  remove(id: LinkId): void {
    this.#links.delete(id);
    this.#admitted.delete(id);
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
