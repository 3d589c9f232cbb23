import type { LinkScheduler } from "#protocol/proxy/link-scheduler.ts";
import type { PageHost } from "./page-host.ts";

export type Packet = string | Uint8Array | { close: number };

/** One WebSocket with everything that is on its way. */
export class SimLink {
  readonly id: string;
  readonly page: PageHost;
  readonly scheduler: LinkScheduler;
  readonly up: Packet[] = [];
  readonly down: Packet[] = [];
  /** Which ends still think that the link is there. */
  pageOpen = true;
  proxyOpen = true;
  /** A black hole: nothing arrives any more, and no end knows. */
  cut = false;
  /** Which hello of all came on it; 0: none yet. */
  hello = 0;
  /** What is sent is being looked at already: effects of it ask again. */
  pumping = false;
  /** The page has its welcome. */
  welcomed = false;
  /** Output that this page had already, by positions sent on this link. */
  overlapBytes = 0;
  /** The page had no other link open when it asked for its sessions here. */
  alone = true;

  constructor(id: string, page: PageHost, scheduler: LinkScheduler) {
    this.id = id;
    this.page = page;
    this.scheduler = scheduler;
  }

  #channels = 0;

  /** Every attachment has a channel of its own, also the second on a link. */
  newChannel(): number {
    this.#channels++;
    return this.#channels;
  }

  blackHole(): void {
    this.cut = true;
  }

  get alive(): boolean {
    return this.pageOpen && this.proxyOpen && !this.cut;
  }

  get buffered(): number {
    let bytes = 0;
    for (const packet of this.down) bytes += typeof packet === "object" && "close" in packet ? 0 : packet.length;
    return bytes;
  }
}
