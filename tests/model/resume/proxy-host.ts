import { errorFrame, linkFrame, sessionFrame } from "#protocol/builders.ts";
import { CLOSE } from "#protocol/close-codes.ts";
import { encodeControl, parseControl } from "#protocol/control.ts";
import type { Down } from "#protocol/down.ts";
import { decodeFrame } from "#protocol/frames.ts";
import type { SessionState } from "#protocol/messages/session-entry.ts";
import type { ProxyEffect } from "#protocol/proxy/effects.ts";
import type { SessionCore } from "#protocol/proxy/session-core.ts";
import type { Up } from "#protocol/up.ts";
import type { SimLink } from "./sim-link.ts";
import { hold } from "./violation.ts";
import type { World } from "./world.ts";

const encoder = new TextEncoder();
/** Steps of sending that one control message brings about; the socket's buffer bounds them in the product. */
const SENT_WITH_CONTROL = 100;
type Request = Up<"hello">["payload"]["sessions"][number];
/** A claim that waits for the holder's answer to a PING [WP28]. */
type Probe = { link: SimLink; request: Request; hello: string | undefined; re: string | undefined; holder: string };

/** Does for the proxy's cores what the gateway, the registry and the SSH channel do in the product. */
export class ProxyHost {
  readonly world: World;
  session: SessionCore | null;
  readonly probes: Probe[] = [];
  owner: { user: string; client: string; token: string };
  /** How often each request's side effect ran [I11]. */
  readonly runs = new Map<string, number>();
  /** Whose tokens adoptions revoked. */
  readonly former: { client: string; tokenHash: Uint8Array }[] = [];
  readonly #ledger;
  readonly #replies;
  readonly #attempts = new Map<string, number>();
  #lastEpoch = 0;
  #hellos = 0;
  #tokens = 0;

  constructor(world: World, session: SessionCore) {
    this.world = world;
    this.session = session;
    this.owner = { user: "u1", client: "c1".padEnd(22, "-"), token: this.#newToken() };
    this.#ledger = new world.cores.AttemptLedger();
    this.#replies = new world.cores.ReplyCache();
  }

  #newToken(): string {
    this.#tokens++;
    return `t${this.#tokens}`.padEnd(43, "-");
  }

  receive(link: SimLink, data: string | Uint8Array): void {
    if (typeof data === "string") this.#control(link, data);
    else this.#frame(link, data);
  }

  #frame(link: SimLink, data: Uint8Array): void {
    const decoded = decodeFrame(data, "up");
    hold(decoded.ok && decoded.frame !== null, "WP4", () => "a page's own frame does not decode");
    const { frame } = decoded;
    if (this.session === null) return;
    const { holder } = this.session;
    if (holder?.link !== link.id) this.world.reached.add("frame of a fenced link");
    // The page asked again on this link: what it sent on the channel before names nothing any more.
    else if ("chan" in frame && holder.chan !== frame.chan) return;
    if (frame.kind === "in") this.run(this.session.onIn(link.id, frame.pos, frame.body));
    if (frame.kind === "ack") this.run(this.session.onAck(link.id, frame.pos, frame.limit, frame.saved));
  }

  #control(link: SimLink, text: string): void {
    const parsed = parseControl(text, "up");
    hold(parsed.ok && "message" in parsed, "WP4", () => `a page's own message is refused: ${text}`);
    const { message } = parsed;
    switch (message.action) {
      case "hello":
        this.#hello(link, message);
        return;
      case "attach":
        this.#claim(link, message.payload, message.payload.force, undefined, message.id);
        return;
      case "resize":
        if (this.session !== null) this.run(this.session.resize(link.id, message.payload, message.id));
        return;
      case "exec":
        this.#exec(link, message);
        return;
      default:
        return;
    }
  }

  /** The page's connect succeeded: it has the session, on a link that was greeted before. */
  opened(link: SimLink): void {
    const { session } = this;
    if (session === null) return;
    const request = link.page.session.request(false);
    const about = {
      link: link.id,
      chan: link.newChannel(),
      client: link.page.client,
      instance: link.page.instance,
      label: link.page.name,
    };
    const { state, effects } = session.attach({ ...request, ...about });
    this.#lastEpoch = session.epoch;
    link.scheduler.add(about.chan, session);
    this.run(effects);
    link.page.opened(link, state);
  }

  #hello(link: SimLink, message: Up<"hello">): void {
    const { client_id, attempt, sessions } = message.payload;
    if (!this.#ledger.admit(client_id, attempt)) {
      this.world.reached.add("stale attempt refused");
      this.world.closeByProxy(link, CLOSE.staleAttempt);
      return;
    }
    const last = this.#attempts.get(client_id) ?? 0;
    hold(attempt > last, "I6", () => `attempt ${attempt} was admitted after ${last}`);
    this.#attempts.set(client_id, attempt);
    this.#hellos++;
    link.hello = this.#hellos;
    if (sessions[0] === undefined) this.#welcome(link, [], undefined);
    else this.#claim(link, sessions[0], false, "hello", undefined);
  }

  #ofPage(link: SimLink): SimLink[] {
    return this.world.links.filter((other) => other !== link && other.page === link.page && other.proxyOpen);
  }

  /** The page said hello on a newer link: what waits on this one is not answered, or it would take from that one [WP24]. */
  #superseded(link: SimLink): boolean {
    if (!this.#ofPage(link).some(({ hello }) => hello > link.hello)) return false;
    this.world.reached.add("older link overtaken");
    this.world.closeByProxy(link, CLOSE.superseded);
    return true;
  }

  #claim(link: SimLink, request: Request, force: boolean, hello: string | undefined, re: string | undefined): void {
    const session = this.session;
    const { client, instance } = link.page;
    const shown = request.token === undefined ? null : encoder.encode(request.token);
    const owner = { ...this.owner, tokenHash: encoder.encode(this.owner.token), former: this.former };
    const access = this.world.cores.checkAccess(owner, { user: link.page.user, client, tokenHash: shown, force });
    if (access === "refuse" || session === null || request.sid !== session.options.sid) {
      this.#answer(link, { sid: request.sid, status: "gone", reason: "expired" }, hello, re);
      return;
    }
    if (access === "displaced") {
      this.world.reached.add("displaced while away");
      this.#answer(link, { sid: request.sid, status: "busy", holder: session.holder?.label ?? "" }, hello, re);
      return;
    }
    hold(link.page.user === this.owner.user, "I12", () => "another user's page was let in by a token");
    const claimant = { client, instance, knownEpoch: request.known_epoch, lockHeld: request.lock_held, force };
    const verdict = this.world.cores.decideTakeover(session.holder, claimant);
    if (verdict !== "probe" && this.#superseded(link)) return;
    if (verdict === "grant") {
      this.#grant(link, request, force, access === "adopt", hello, re);
      return;
    }
    this.probes.push({ link, request, hello, re, holder: session.holder?.link ?? "" });
    return;
  }

  /** The 2 s of a probe are over: the holder answered if its link still works both ways. */
  resolveProbe(at: number): void {
    const [probe] = this.probes.splice(at, 1);
    const session = this.session;
    if (probe === undefined || !probe.link.proxyOpen) return;
    const { link, request, hello, re } = probe;
    if (this.#superseded(link)) return;
    if (session === null) {
      this.#answer(link, { sid: request.sid, status: "gone", reason: "expired" }, hello, re);
      return;
    }
    const { client, instance } = link.page;
    const holder = session.holder;
    const answered = this.world.links.some((other) => other.id === holder?.link && other.alive && other.page.alive);
    const claimant = { client, instance, knownEpoch: request.known_epoch, lockHeld: request.lock_held, force: false };
    const verdict = this.world.cores.decideTakeover(holder, claimant, answered ? "answered" : "silent");
    this.world.reached.add(verdict === "grant" ? "holder silent" : "holder busy");
    if (verdict === "grant") this.#grant(link, request, false, false, hello, re);
    else this.#answer(link, { sid: request.sid, status: "busy", holder: holder?.label ?? "" }, hello, re);
  }

  #grant(
    link: SimLink,
    request: Request,
    force: boolean,
    adopt: boolean,
    hello: string | undefined,
    re: string | undefined,
  ): void {
    const session = this.session;
    if (session === null) return;
    const before = session.holder;
    const holder = this.world.links.find((other) => other.id === before?.link);
    const displaced = holder !== undefined && holder.page !== link.page && holder.alive && holder.page.alive;
    hold(!displaced || force, "I10", () => `${link.page.name} displaced ${holder?.page.name}`);
    const by = {
      ...request,
      link: link.id,
      chan: link.newChannel(),
      client: link.page.client,
      instance: link.page.instance,
    };
    const { state, effects } = session.attach({ ...by, label: link.page.name });
    if (state.status === "gone") {
      this.#answer(link, state, hello, re);
      return;
    }
    hold(session.epoch > this.#lastEpoch, "I6", () => `epoch ${session.epoch} after ${this.#lastEpoch}`);
    this.#lastEpoch = session.epoch;
    for (const other of this.world.links) if (other.id === before?.link) other.scheduler.remove(before.chan);
    link.scheduler.add(by.chan, session);
    this.#noteGrant(state, adopt, displaced);
    if (adopt) this.former.push({ client: this.owner.client, tokenHash: encoder.encode(this.owner.token) });
    if (adopt) this.owner = { ...this.owner, client: link.page.client, token: this.#newToken() };
    this.world.attachedBy(link.page);
    this.#answer(link, adopt ? { ...state, token: this.owner.token } : state, hello, re);
    this.run(effects);
  }

  #noteGrant(state: SessionState, adopt: boolean, displaced: boolean): void {
    const { reached } = this.world;
    reached.add("resumed");
    if (adopt) reached.add("adopted by another client");
    if (displaced) reached.add("taken over by force");
    if (state.in_own !== undefined) reached.add("came back after another writer");
  }

  #answer(link: SimLink, state: SessionState, hello: string | undefined, re: string | undefined): void {
    if (hello !== undefined) {
      this.#welcome(link, [state], undefined);
      return;
    }
    const { device, session_id } = this.world;
    this.#queue(link, sessionFrame(device, session_id, "attached", state, { re }));
    return;
  }

  #welcome(link: SimLink, sessions: SessionState[], re: string | undefined): void {
    const limits = { grace_max_s: 43_200, sessions: 32 };
    const about = { boot_id: "b", node: "n1", version: "1", user: "u1", features: [], ping_ms: 15_000 };
    this.#queue(link, linkFrame("welcome", { ...about, limits, sessions }, { re }));
    // Not before: until its sessions are answered, which may take a probe, the page uses the link that it had.
    for (const old of this.#ofPage(link)) if (old.hello < link.hello) this.world.closeByProxy(old, CLOSE.superseded);
  }

  #exec(link: SimLink, message: Up<"exec">): void {
    const session = this.session;
    if (session === null || session.holder?.link !== link.id || message.id === undefined) return;
    const { device, session_id } = this.world;
    const known = this.#replies.begin(message.id);
    if (known !== undefined) {
      this.world.reached.add("request repeated");
      for (const reply of known) this.#queue(link, reply);
      return;
    }
    this.runs.set(message.id, (this.runs.get(message.id) ?? 0) + 1);
    const exec_id = message.payload.exec_id;
    const done = { exec_id, code: 0, signal: null, at: session.end };
    const replies: Down[] = [
      sessionFrame(device, session_id, "exec_started", { exec_id, at: session.end }, { re: message.id }),
      session.endedWith === null
        ? sessionFrame(device, session_id, "exec_done", done, { re: message.id })
        : errorFrame({ device, session_id }, { code: "gone", reason: "closed", retry: "user" }, { re: message.id }),
    ];
    for (const reply of replies) {
      this.#replies.record(message.id, reply);
      this.#queue(link, reply);
    }
  }

  /** Reads from the SSH channel what the device sent, unless it is paused. */
  readDevice(max: number): void {
    const session = this.session;
    const { device } = this.world.parts;
    if (session === null || !device.flowing || device.inPipe === 0) return;
    this.run(session.deviceData(device.read(max)));
  }

  pump(link: SimLink, steps: number): void {
    if (link.pumping) return;
    link.pumping = true;
    try {
      for (let left = steps; left > 0 && link.proxyOpen; left--) {
        const step = link.scheduler.next(link.buffered);
        if (step === undefined) return;
        if (link.pageOpen && !link.cut) link.down.push(step.data);
        this.run(step.effects);
      }
    } finally {
      link.pumping = false;
    }
  }

  sendInputAck(): void {
    const link = this.world.links.find((other) => other.id === this.session?.holder?.link);
    const ack = this.session?.takeInputAck();
    if (link !== undefined && ack !== undefined) link.scheduler.queue(ack);
  }

  run(effects: readonly ProxyEffect[]): void {
    for (const effect of effects) this.#one(effect);
  }

  #one(effect: ProxyEffect): void {
    const { device } = this.world.parts;
    switch (effect.type) {
      case "write":
        device.write(effect.bytes);
        break;
      case "set_window":
        device.window = { cols: effect.cols, rows: effect.rows };
        this.world.reached.add("resized by revision");
        break;
      case "send": {
        const link = this.world.links.find((other) => other.id === effect.link);
        if (effect.message.action === "save_request") this.world.reached.add("save asked for");
        if (link !== undefined) this.#queue(link, effect.message);
        break;
      }
      case "fault": {
        const link = this.world.links.find((other) => other.id === effect.link);
        hold(this.world.hostile, "WP4", () => `an honest page was closed: ${effect.reason}`);
        if (link !== undefined) this.world.closeByProxy(link, effect.closeCode);
        break;
      }
      // As the core has it by now: what was sent for an effect before may have made room, and its "resume" ran already.
      case "pause":
      case "resume":
        device.flowing = this.session?.paused === false;
        break;
      default:
        effect satisfies never;
    }
  }

  /** Control goes out at once, and with it what waits behind it and may go; its effects run before those that follow. */
  #queue(link: SimLink, message: Down): void {
    hold(link.scheduler.queue(encodeControl(message)), "S23", () => "control queue full");
    this.pump(link, SENT_WITH_CONTROL);
  }
}
