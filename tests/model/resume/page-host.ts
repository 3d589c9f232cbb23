import { linkFrame, sessionFrame } from "#protocol/builders.ts";
import { encodeControl, parseControl } from "#protocol/control.ts";
import type { Down } from "#protocol/down.ts";
import { decodeFrame } from "#protocol/frames.ts";
import type { SessionState } from "#protocol/messages/session-entry.ts";
import type { PageEffect, PageSession, PageStart } from "#protocol/page/session-core.ts";
import { outputAt, TOKEN_BYTES, tokenBytes } from "./device.ts";
import type { SimLink } from "./sim-link.ts";
import { hold } from "./violation.ts";
import type { World } from "./world.ts";

/** Does for a page's core what the worker, the terminal and the log do in the product; keeps what the person saw and typed. */
export class PageHost {
  readonly world: World;
  readonly name: string;
  readonly instance: string;
  readonly client: string;
  readonly user = "u1";
  readonly durable: boolean;
  /** Holds the Web Lock of the session: pages with the log only. */
  readonly lock: boolean;
  session: PageSession;
  alive = true;
  /** The newest link, and whether it has its welcome yet; older ones may still be open beside it. */
  link: SimLink | null = null;
  /** Next position that the terminal expects. */
  expected: number | null;
  toApply = 0;
  exitsShown = 0;
  /** Units typed here, in order; and those that were dropped on purpose. */
  readonly typed: number[] = [];
  readonly discarded = new Set<number>();
  readonly requests = new Map<string, { message: string; answered: boolean }>();
  faults = 0;

  constructor(
    world: World,
    name: string,
    options: { client: string; durable: boolean; start: PageStart; token: string | null },
  ) {
    this.world = world;
    this.name = name;
    this.instance = name.padEnd(22, "-");
    this.client = options.client;
    this.durable = options.durable;
    this.lock = options.durable;
    const { device, session_id, sid, window } = world;
    const size = { cols: 80 + (world.pages.length % 7), rows: 24 };
    const { token, start } = options;
    this.expected = start.from === "connected" ? 0 : start.from === "log" ? start.out_pos : null;
    this.session = new world.cores.PageSession(
      { device, session_id, sid, token, durable: options.durable, window, size },
      start,
    );
  }

  type(units: number): void {
    const tokens = Array.from({ length: units }, () => this.world.nextToken());
    const bytes = Buffer.concat(tokens.map((token) => tokenBytes(token)));
    if (this.session.input.type(bytes, this.world.now)) this.typed.push(...tokens);
  }

  hello(link: SimLink): void {
    const { world } = this;
    link.alone = !world.links.some(
      (other) => other !== link && other.page === this && other.pageOpen && other.welcomed,
    );
    this.link = link;
    const sessions = this.session.asks ? [this.session.request(this.lock)] : [];
    const attempt = world.nextAttempt(this.client);
    const about = {
      client_id: this.client,
      instance_id: this.instance,
      attempt,
      app_version: "1",
      features: [],
      sig: "",
    };
    link.up.push(encodeControl(linkFrame("hello", { ...about, sessions })));
  }

  /** What `connected` says. */
  opened(link: SimLink, state: SessionState): void {
    this.link = link;
    link.welcomed = true;
    this.run(this.session.applyState(state, link.id, this.world.now));
  }

  /** The person taps "take over". */
  force(): void {
    const link = this.link;
    if (link === null || !link.welcomed || this.session.phase === "attached") return;
    const { device, session_id } = this.world;
    const request = { ...this.session.request(false), force: true };
    // Another client's page has no token that is worth anything.
    if (this.world.ownerClient !== this.client) delete request.token;
    // A second tap may be under way while the first is already answered.
    link.alone = false;
    link.up.push(encodeControl(sessionFrame(device, session_id, "attach", request, { id: this.world.nextId() })));
  }

  request(): void {
    const id = this.world.nextId();
    const { device, session_id } = this.world;
    const message = encodeControl(sessionFrame(device, session_id, "exec", { exec_id: id, command: "x" }, { id }));
    this.requests.set(id, { message, answered: false });
    this.#sendControl(message);
  }

  #sendControl(text: string): void {
    const link = this.#attachedLink();
    if (link !== undefined) link.up.push(text);
  }

  #attachedLink(): SimLink | undefined {
    return this.world.links.find((link) => link.id === this.session.attachment?.link && link.pageOpen);
  }

  sendInput(frames: number): void {
    const link = this.#attachedLink();
    if (link === undefined) return;
    for (let left = frames; left > 0; left--) {
      const frame = this.session.nextIn(0);
      if (frame === undefined) return;
      link.up.push(frame);
    }
  }

  sendAck(): void {
    const ack = this.session.takeAck(this.world.now);
    if (ack !== undefined) this.#attachedLink()?.up.push(ack);
  }

  apply(max: number): void {
    const bytes = Math.min(max, this.toApply);
    this.toApply -= bytes;
    if (bytes > 0) this.session.output.onApplied(bytes, this.world.now);
  }

  /** A storage transaction completes, up to a position; `tell` false: its event has not reached the page yet. */
  commit(upTo: number, tell: boolean): void {
    if (!this.durable) return;
    const { log } = this.world;
    const end = Math.min(upTo, this.expected ?? 0);
    if (end > log.end) log.end = end;
    log.epoch = this.session.epoch;
    if (tell) this.session.output.onSaved(log.end);
  }

  discardUnsent(): void {
    const bytes = this.session.input.discardUnsent();
    if (bytes > 0) this.world.reached.add("unsent input discarded");
    this.#dropTokens(bytes);
  }

  answerHeld(send: boolean): void {
    if (this.session.input.held() === null) return;
    this.world.reached.add(send ? "held input sent" : "held input discarded");
    if (send) this.session.input.release();
    else this.#dropTokens(this.session.input.discardHeld());
  }

  #dropTokens(bytes: number): void {
    hold(bytes % TOKEN_BYTES === 0, "I2", () => `${bytes} bytes were discarded: a unit is cut`);
    const kept = this.typed.filter((token) => !this.discarded.has(token));
    for (const token of kept.slice(kept.length - bytes / TOKEN_BYTES)) this.discarded.add(token);
  }

  resize(cols: number, rows: number): void {
    this.run(this.session.resize(cols, rows));
  }

  receive(link: SimLink, data: string | Uint8Array): void {
    if (typeof data === "string") {
      const parsed = parseControl(data, "down");
      hold(parsed.ok && "message" in parsed, "WP4", () => `a proxy's own message is refused: ${data}`);
      this.#control(link, parsed.message);
      return;
    }
    const decoded = decodeFrame(data, "down");
    hold(decoded.ok && decoded.frame !== null, "WP4", () => "a proxy's own frame does not decode");
    const { frame } = decoded;
    const { attachment } = this.session;
    // Output of the channel before, which the proxy sent until it saw that the page asked again.
    if ("chan" in frame && attachment?.link === link.id && attachment.chan !== frame.chan) return;
    if (frame.kind === "ack") this.run(this.session.onAck(link.id, frame.pos, frame.limit));
    if (frame.kind !== "out") return;
    if (link.id === this.session.attachment?.link) this.#watchOverlap(link, frame.pos);
    this.run(this.session.onOut(link.id, frame.pos, frame.body, frame.stderr));
    return;
  }

  /** Output goes on from what was received, not from what was applied: nothing comes twice without a second link [WP26]. */
  #watchOverlap(link: SimLink, pos: number): void {
    const again = this.session.output.recv - pos;
    if (again > 0) this.world.reached.add("overlap trimmed");
    hold(again <= 0 || !link.alone, "WP26", () => `${again} bytes were sent again`);
  }

  #control(link: SimLink, message: Down): void {
    switch (message.action) {
      case "welcome":
        link.welcomed = true;
        for (const state of message.payload.sessions) this.run(this.session.applyState(state, link.id, this.world.now));
        this.#afterWelcome(link);
        return;
      case "attached":
        this.run(this.session.applyState(message.payload, link.id, this.world.now));
        this.#resend();
        return;
      case "exit": {
        const early = link.id === this.session.attachment?.link && this.session.output.recv < message.payload.at;
        hold(!early, "I7", () => `exit at ${message.payload.at} came when ${this.session.output.recv} were here`);
        this.run(this.session.onExit(link.id, message.payload));
        return;
      }
      case "taken_over":
        this.run(this.session.onTakenOver(link.id, message.payload.epoch, message.payload.by));
        return;
      case "resized":
        this.run(this.session.onResized(link.id, message.payload));
        return;
      case "exec_done":
      case "error":
        this.#answered(message.re);
        return;
      default:
        return;
    }
  }

  #afterWelcome(link: SimLink): void {
    for (const other of this.world.links) if (other !== link && other.page === this) this.world.abandon(other);
    this.#resend();
  }

  /** Requests without an answer go out again, as they were [WP7]. */
  #resend(): void {
    for (const { message, answered } of this.requests.values()) if (!answered) this.#sendControl(message);
  }

  #answered(re: string | undefined): void {
    const request = re === undefined ? undefined : this.requests.get(re);
    if (request !== undefined) request.answered = true;
  }

  run(effects: readonly PageEffect[]): void {
    for (const effect of effects) this.#one(effect);
  }

  #one(effect: PageEffect): void {
    switch (effect.type) {
      case "deliver": {
        const { pos, bytes } = effect;
        this.expected ??= pos;
        hold(
          pos === this.expected,
          "I1",
          () => `${this.name}: bytes of ${pos} came where ${this.expected} was expected`,
        );
        hold(outputAt(pos, bytes.length).equals(bytes), "I1", () => `${this.name}: wrong bytes at ${pos}`);
        if (effect.seen) this.world.reached.add("output of another page");
        else this.world.answeredHere(this.instance, pos, pos + bytes.length);
        this.expected = pos + bytes.length;
        this.toApply += bytes.length;
        break;
      }
      case "gap":
        hold(this.world.gapAllowed(this), "I1", () => `${this.name}: output ${effect.from}..${effect.to} is lost`);
        this.world.reached.add("gap announced");
        this.expected = effect.to;
        break;
      case "exit":
        this.exitsShown++;
        this.world.reached.add("exit shown");
        hold(this.exitsShown === 1, "I7", () => "exit was shown twice");
        hold(this.session.output.recv === effect.exit.at, "I7", () => "exit before the last byte");
        break;
      case "resize": {
        const { rev, cols, rows } = effect;
        const { device, session_id } = this.world;
        this.#sendControl(encodeControl(sessionFrame(device, session_id, "resize", { rev, cols, rows })));
        break;
      }
      case "input_held":
        this.world.reached.add("input held");
        break;
      case "input_discarded":
        this.world.reached.add("telemetry input discarded");
        this.#dropTokens(effect.bytes);
        break;
      case "fault": {
        this.faults++;
        const link = this.world.links.find((other) => other.id === effect.link);
        hold(this.world.hostile, "L4", () => `an honest proxy was refused: ${effect.reason}`);
        if (link !== undefined) this.world.abandon(link);
        break;
      }
      default:
        break;
    }
  }

  linkLost(link: SimLink): void {
    this.session.linkLost(link.id);
    if (this.link === link) this.link = null;
  }
}
