import { SSH_WINDOW_BYTES } from "#protocol/limits.ts";
import type { Cores } from "./cores.ts";
import { Device } from "./device.ts";
import { PageHost } from "./page-host.ts";
import { ProxyHost } from "./proxy-host.ts";
import { SimLink } from "./sim-link.ts";
import { hold } from "./violation.ts";

const CLIENTS = ["c1".padEnd(22, "-"), "c2".padEnd(22, "-")] as const;
const GRACE_MS = 30_000;

/** Situations that schedules must reach: a simulator that never meets them proves nothing. */
export const LANDMARKS = [
  "resumed",
  "restored from the log",
  "page killed",
  "stale attempt refused",
  "frame of a fenced link",
  "overlap trimmed",
  "holder silent",
  "holder busy",
  "taken over by force",
  "adopted by another client",
  "displaced while away",
  "came back after another writer",
  "gap announced",
  "output of another page",
  "exit shown",
  "input held",
  "held input sent",
  "held input discarded",
  "unsent input discarded",
  "telemetry input discarded",
  "paused while attached",
  "paused while detached",
  "save asked for",
  "request repeated",
  "session expired",
  "resized by revision",
  "older link overtaken",
] as const;
export type Landmark = (typeof LANDMARKS)[number];

/** How a world is set up, from one word of its schedule. */
export type Setup = {
  session_id: "ssh1" | "ssh2";
  durable: boolean;
  overflow: "hold" | "drop_oldest";
  ringBytes: number;
  window: number;
};

/** A device, one session, a proxy, pages and links; the operations of a schedule act on it. */
export class World {
  readonly cores: Cores;
  readonly setup: Setup;
  readonly device = "d".padEnd(22, "-");
  readonly sid = `n1.${"s".padEnd(22, "-")}`;
  readonly parts: { device: Device };
  readonly proxy: ProxyHost;
  readonly pages: PageHost[] = [];
  readonly links: SimLink[] = [];
  /** The durable log of client 1, and which page wrote it last. */
  readonly log = { end: 0, epoch: 0 };
  now = 1_000;
  /** A peer broke the protocol on purpose: closing its link is right then. */
  hostile = false;
  /** What this schedule got to, so that a test can tell that nothing was missed. */
  readonly reached = new Set<Landmark>();
  #tokens = 0;
  #ids = 0;
  /** Someone without the log had the session, so that the floor may have passed the log [WP11]. */
  #otherHeld = false;
  readonly #attempts = new Map<string, number>();
  /** Output whose questions were answered, by the page that had it. */
  readonly #answered: { instance: string; from: number; to: number }[] = [];

  constructor(cores: Cores, setup: Setup) {
    this.cores = cores;
    this.setup = setup;
    const size = { cols: 80, rows: 24 };
    this.parts = { device: new Device(size) };
    const { session_id, ringBytes, overflow } = setup;
    const tailBytes = session_id === "ssh1" ? 1_024 : 0;
    const options = { sid: this.sid, session_id, ringBytes, overflow, ...size, graceMs: GRACE_MS, tailBytes };
    this.proxy = new ProxyHost(this, new cores.SessionCore(options, this.now));
    const start = { from: "connected" } as const;
    const page = this.#addPage({ client: CLIENTS[0], durable: setup.durable, start, token: this.proxy.owner.token });
    this.proxy.opened(this.#addLink(page));
  }

  get session_id(): "ssh1" | "ssh2" {
    return this.setup.session_id;
  }

  get window(): number {
    return this.setup.window;
  }

  get ownerClient(): string {
    return this.proxy.owner.client;
  }

  get ownedByFirst(): boolean {
    return this.ownerClient === CLIENTS[0];
  }

  nextToken(): number {
    this.#tokens++;
    return this.#tokens;
  }

  nextId(): string {
    this.#ids++;
    return `r${this.#ids}`;
  }

  /** Strictly growing per client, over pages, as storage keeps it [WP23]. */
  nextAttempt(client: string): number {
    const attempt = Math.max((this.#attempts.get(client) ?? 0) + 1, this.now);
    this.#attempts.set(client, attempt);
    return attempt;
  }

  attachedBy(page: PageHost): void {
    if (!page.durable) this.#otherHeld = true;
  }

  /** A page's terminal had this output as new: what the device asked in it was answered, which happens once [WP31]. */
  answeredHere(instance: string, from: number, to: number): void {
    const before = this.#answered.find((one) => one.instance !== instance && one.from < to && from < one.to);
    hold(before === undefined, "WP31", () => `${instance} answers ${from}..${to} after ${before?.instance}`);
    const own = this.#answered.find((one) => one.instance === instance && one.to === from);
    if (own === undefined) this.#answered.push({ instance, from, to });
    else own.to = to;
  }

  /** Whether output may be missing for this page: only by policy, after a page without a log, or without one itself. */
  gapAllowed(page: PageHost): boolean {
    return this.setup.overflow === "drop_oldest" || this.#otherHeld || !page.durable;
  }

  #addPage(options: ConstructorParameters<typeof PageHost>[2]): PageHost {
    const page = new PageHost(this, `p${this.pages.length}`, options);
    this.pages.push(page);
    return page;
  }

  get livePages(): PageHost[] {
    return this.pages.filter((page) => page.alive);
  }

  /** A page starts: from the log when nobody has its lock, else with nothing, as a second tab or another tablet. */
  openPage(other: boolean): PageHost | null {
    if (this.livePages.length >= 3) return null;
    const client = CLIENTS[other ? 1 : 0];
    const lockFree = !this.livePages.some((page) => page.lock);
    const token = client === this.ownerClient ? this.proxy.owner.token : null;
    if (!other && this.setup.durable && lockFree) {
      if (this.log.end > 0) this.reached.add("restored from the log");
      const start = { from: "log", out_pos: this.log.end, epoch: this.log.epoch } as const;
      return this.#addPage({ client, durable: true, start, token });
    }
    return this.#addPage({ client, durable: false, start: { from: "nothing" }, token });
  }

  kill(page: PageHost): void {
    page.alive = false;
    this.reached.add("page killed");
    for (const link of this.links) if (link.page === page) link.pageOpen = false;
  }

  dial(page: PageHost): void {
    page.hello(this.#addLink(page));
  }

  #addLink(page: PageHost): SimLink {
    const link = new SimLink(`l${this.links.length}`, page, new this.cores.LinkScheduler());
    this.links.push(link);
    return link;
  }

  /** The page closes or gives up its end; the proxy learns of it later, and frames under way may still arrive. */
  abandon(link: SimLink): void {
    if (!link.pageOpen) return;
    link.pageOpen = false;
    link.down.length = 0;
    link.page.linkLost(link);
  }

  /** The proxy's end closes: its last words are on their way, the session is detached. */
  closeByProxy(link: SimLink, code: number): void {
    if (!link.proxyOpen) return;
    link.proxyOpen = false;
    link.up.length = 0;
    if (link.pageOpen && !link.cut) link.down.push({ close: code });
    const { session } = this.proxy;
    if (session !== null) this.proxy.run(session.detach(link.id, this.now));
    link.scheduler.remove(1);
  }

  deliverUp(link: SimLink, count: number): void {
    for (let left = count; left > 0; left--) {
      const packet = link.up.shift();
      if (packet === undefined || !link.proxyOpen) return;
      if (!link.cut && (typeof packet === "string" || packet instanceof Uint8Array)) this.proxy.receive(link, packet);
    }
  }

  deliverDown(link: SimLink, count: number): void {
    for (let left = count; left > 0 && link.pageOpen; left--) {
      const packet = link.down.shift();
      if (packet === undefined) return;
      if (typeof packet === "string" || packet instanceof Uint8Array) link.page.receive(link, packet);
      else this.abandon(link);
    }
  }

  exit(): void {
    const { device } = this.parts;
    const { session } = this.proxy;
    if (device.exited || device.inPipe > 0 || session === null) return;
    device.exited = true;
    this.proxy.run(session.ended({ code: 0, signal: null }, this.now));
  }

  /** Grace [WP35]. */
  expire(): void {
    const at = this.proxy.session?.expiresAt() ?? null;
    if (at === null || at > this.now) return;
    this.proxy.session = null;
    this.reached.add("session expired");
    for (const link of this.links) link.scheduler.remove(1);
  }

  /** What must hold after every step. */
  check(): void {
    const { session } = this.proxy;
    for (const page of this.livePages) {
      const { recv, applied, saved } = page.session.output;
      hold(
        saved <= applied && applied <= recv,
        "I8",
        () => `${page.name}: saved ${saved} applied ${applied} recv ${recv}`,
      );
      // An announced hole is no byte that waits.
      hold(page.toApply <= this.window, "I4", () => `${page.name}: ${page.toApply} bytes wait for the terminal`);
      hold(session === null || recv <= session.end, "I8", () => `${page.name}: recv ${recv} beyond the end`);
    }
    if (session === null) return;
    const { ringBytes, overflow } = this.setup;
    const held = session.end - session.floor;
    const sent = session.end - session.unsent;
    hold(session.floor <= sent, "I8", () => `floor ${session.floor} beyond sent ${sent}`);
    const bound = ringBytes + SSH_WINDOW_BYTES + this.window + 65_536;
    hold(session.heldBytes <= bound, "I3", () => `${session.heldBytes} bytes held, bound ${bound}`);
    const { flowing } = this.parts.device;
    hold(
      flowing === !session.paused,
      "L3",
      () => `the channel ${flowing ? "flows" : "stands"}, paused is ${session.paused}`,
    );
    if (session.paused) this.reached.add(session.holder === null ? "paused while detached" : "paused while attached");
    if (session.holder === null) {
      const idle = overflow === "drop_oldest" || held < ringBytes / 2;
      hold(
        !idle || !session.paused,
        "L3",
        () => `detached with ${held} of ${ringBytes} held, and the device stands still`,
      );
    } else {
      hold(session.unsent < 65_536 || session.paused, "WP12", () => `${session.unsent} unsent, and the device goes on`);
    }
  }
}
