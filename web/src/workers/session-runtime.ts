import type { RestoredFacts } from "#machines/events.ts";
import { sessionFrame } from "#protocol/builders.ts";
import type { Down } from "#protocol/down.ts";
import type { ShellSessionId } from "#protocol/ids.ts";
import { OUT_WINDOW_BYTES, PAUSE_UNSENT_BYTES } from "#protocol/limits.ts";
import type { SessionRequest, SessionState } from "#protocol/messages/session-entry.ts";
import type { HostKey } from "#protocol/messages/target.ts";
import {
  type ExitPayload,
  type PageEffect,
  PageSession,
  type PageStart,
  stateOfConnected,
} from "#protocol/page/session-core.ts";
import type { TerminalSize } from "#protocol/page/size-sync.ts";
import type { Up } from "#protocol/up.ts";
import { random128 } from "./host-env.ts";
import type { ResumeFacts, RuntimeDeps } from "./runtime-deps.ts";
import { SessionFrames } from "./session-frames.ts";
import { SessionRecord } from "./session-record.ts";
import type { ResumeRecord } from "./storage/resume-records.ts";
import { type WireRequest, WireRequests } from "./wire-requests.ts";

/** Of a session that was opened without a size. */
const DEFAULT_SIZE = { cols: 80, rows: 24 };
/** "taken": the machines need not hear of it. */
export type Taken = "taken" | "pass";

export type { RuntimeDeps };

/**
 * One session in the worker: drives the protocol's page core with what the socket and the page bring, and carries out
 * its effects. What to do with output and its end differs between ssh1 and ssh2.
 */
export abstract class SessionRuntime extends SessionFrames {
  readonly device: string;
  readonly session_id: ShellSessionId;
  protected readonly record: SessionRecord;
  /** Output that the proxy said it holds for this attachment, in bytes [U12]. */
  protected heldAtProxy = 0;
  readonly #requests: WireRequests;
  /** A person's "take over" went out and has no answer. */
  #taking = false;

  constructor(device: string, session_id: ShellSessionId, deps: RuntimeDeps) {
    super(deps);
    this.device = device;
    this.session_id = session_id;
    this.record = new SessionRecord(device, session_id, deps);
    this.#requests = new WireRequests(deps.hub);
  }

  /** `seen`: another page had these bytes before, and answered what they ask [WP31]. */
  protected abstract deliver(pos: number, bytes: Uint8Array, stderr: boolean, seen: boolean): void;
  protected abstract lost(from: number, to: number): void;
  /** The core attached (again); `fresh`: to a session that was just opened. */
  protected abstract attached(fresh: boolean): void;
  protected abstract inputDiscarded(): void;
  /** The session ended, is gone, or was left. */
  protected abstract over(end: ExitPayload | null): void;
  /** A control message of this session; the core has had its part. */
  protected abstract heard(message: Down): Taken;

  get sid(): string | null {
    return this.page?.options.sid ?? null;
  }

  /** The run of the proxy that had the session when it was last attached. */
  get bootId(): string | undefined {
    return this.record.bootId;
  }

  protected get facts(): ResumeFacts | null {
    return this.record.facts;
  }

  /** For the machines: what a session that another page opened is like. */
  get restoredFacts(): RestoredFacts | undefined {
    return this.facts ?? undefined;
  }

  /** Of the jump hosts, as the proxy says that the session met them. */
  get viaKeys(): readonly HostKey[] | undefined {
    return this.facts?.via_host_keys;
  }

  /** Sends a request, now and after every resume until it is answered [WP7]. */
  protected ask(request: WireRequest): void {
    this.#requests.ask(request);
  }

  protected isOpen(id: string | undefined): boolean {
    return this.#requests.isOpen(id);
  }

  protected answered(id: string | undefined): void {
    this.#requests.answered(id);
  }

  protected id(): string {
    return random128(this.deps.env.crypto);
  }

  /**
   * False for late news of a session that was left, and for answers that nobody waits for: they go by the same two names
   * as those of its successor.
   */
  concerns({ action, re, payload }: Down): boolean {
    if (this.#requests.isGivenUp(re)) return false;
    // A `connected` brings the name of its session; its request is known by its id.
    if (action === "connected") return true;
    if ("sid" in payload && payload.sid !== undefined) return payload.sid === this.sid;
    return action !== "disconnected" || re === undefined || this.isOpen(re);
  }

  /** Asks the proxy for a new session; an earlier one of this runtime is over. */
  connect(payload: Up<"connect">["payload"]): void {
    this.#letGo();
    this.leaveSession();
    this.#requests.clear();
    this.ask(sessionFrame(this.device, this.session_id, "connect", payload, { id: this.id() }));
  }

  /** Gives up a connect that is still on its way: the proxy drops the attempt. A session that was asked for lives on. */
  abandon(): void {
    if (this.page !== null && this.#requests.size === 0) {
      this.leave("detach");
      return;
    }
    // Given up before anything was asked.
    if (this.#requests.size === 0) return;
    this.#requests.clear();
    this.#sendDisconnect();
  }

  /** Ends what has this runtime's name at the proxy; the answer concerns nobody here. */
  #sendDisconnect(): void {
    const id = this.id();
    this.#requests.giveUp(id);
    this.deps.hub.send(sessionFrame(this.device, this.session_id, "disconnect", {}, { id }));
  }

  /** Another session is about to have the name of this one, which the proxy may keep attached, even ended: it need not. */
  #letGo(): void {
    const { page, deps, device, session_id } = this;
    if (page === null || page.attachment === null) return;
    deps.hub.send(sessionFrame(device, session_id, "detach", { sid: page.options.sid }));
  }

  /** Takes a session up that an earlier page or worker had. */
  restore(record: ResumeRecord, start: PageStart): void {
    const { sid, token, cols, rows } = record;
    this.#letGo();
    this.record.take(record);
    this.page = this.#core({ sid, token, size: { cols, rows }, window: OUT_WINDOW_BYTES }, start);
  }

  #core(
    about: { sid: string; token: string | null; size: TerminalSize; window: number },
    start: PageStart,
  ): PageSession {
    const { device, session_id } = this;
    return new PageSession({ device, session_id, durable: this.isDurable(), ...about }, start);
  }

  /** Begins with a session of which nothing is here, to be attached with force [WP28]. */
  protected begin(sid: string, size: TerminalSize): void {
    this.#letGo();
    this.leaveSession();
    this.#requests.clear();
    this.page = this.#core({ sid, token: null, size, window: OUT_WINDOW_BYTES }, { from: "nothing" });
  }

  /** On an open link: asks for the session; with `force` from whoever has it [WP28]. */
  attach(force: boolean): void {
    const { page, deps, device, session_id } = this;
    if (page === null) return;
    const request = page.request(deps.locks.isHeld(page.options.sid));
    const sent = deps.hub.send(sessionFrame(device, session_id, "attach", { ...request, force }, { id: this.id() }));
    if (!force) return;
    this.#taking = sent;
    if (!sent) deps.notTaken(device, session_id, page.options.sid);
  }

  /** Ends the SSH channel, or leaves it to its grace. */
  leave(how: "end" | "detach"): void {
    const { device, session_id, deps } = this;
    const { page } = this;
    let unconfirmed = false;
    if (page === null || page.phase === "ended" || page.phase === "gone") {
      if (this.#requests.size > 0) this.abandon();
      // Its end was read here, and nothing is left for anybody else to read.
      else if (page !== null && page.attachment !== null && how === "end") this.#sendDisconnect();
      else this.#letGo();
    } else if (how === "end") unconfirmed = this.#disconnect();
    else deps.hub.send(sessionFrame(device, session_id, "detach", { sid: page.options.sid }));
    this.#requests.clear();
    this.leaveSession(how === "detach", unconfirmed);
  }

  /** Ends the session, now or when there is a link again; true when its record stays until the proxy confirmed it. */
  #disconnect(): boolean {
    const { page, device, session_id, deps } = this;
    const id = this.id();
    const sent = deps.hub.send(sessionFrame(device, session_id, "disconnect", {}, { id }));
    const record = this.record.of(this.page);
    // What another page has is not this one's to end.
    if (record === undefined || (page?.phase !== "attached" && page?.phase !== "detached")) return false;
    deps.ends.keep(record, sent && page.attachment !== null ? id : null);
    return true;
  }

  /** The session is nothing to this page any more; what is `kept` may be taken up again within its grace. */
  protected leaveSession(kept = false, unconfirmed = false): void {
    const { sid } = this;
    if (sid === null) return;
    this.over(null);
    this.left(kept);
    this.page = null;
    this.#taking = false;
    this.record.facts = null;
    this.deps.locks.release(sid);
    if (!kept && !unconfirmed) void this.deps.resume.remove(sid);
  }

  /** A person left the session; what is `kept` may be taken up again. */
  protected left(_kept: boolean): void {}

  /** Another page has the session now. */
  protected lostToOther(): void {}

  /** Refreshes the record's date: the grace counts from the page's last sign of life. */
  stillAlive(): void {
    if (this.page?.phase === "attached") this.record.keep(this.page);
  }

  /** The worker stops; the session stays at the proxy, its record on the tablet. */
  end(): void {
    if (this.sid !== null) this.deps.locks.release(this.sid);
  }

  /** The entry for a hello. */
  request(): SessionRequest | undefined {
    const { page } = this;
    return page?.asks === true ? page.request(this.deps.locks.isHeld(page.options.sid)) : undefined;
  }

  applyState(state: SessionState, link: string): void {
    const { page, deps } = this;
    if (page === null) return;
    this.#taking = false;
    // Another client opened the session: this is what its `connected` said.
    if (state.about !== undefined) this.record.learn(this.recordOf(), this.wantedSize() ?? DEFAULT_SIZE, state.about);
    this.carryOut(page.applyState(state, link, deps.env.now()), link);
    if (page.phase === "gone") {
      this.over(null);
      void deps.resume.remove(page.options.sid);
      deps.locks.release(page.options.sid);
    }
  }

  /** After every welcome: requests without an answer go out again, verbatim [WP7]. */
  linkUp(): void {
    this.#requests.sendAgain();
  }

  linkLost(link: string): void {
    if (this.page?.attachment?.link === link) this.heldAtProxy = 0;
    this.page?.linkLost(link);
    // Not sent again by itself: another tap elsewhere may have come in between [I10].
    if (this.#taking && this.page !== null) {
      this.#taking = false;
      this.deps.notTaken(this.device, this.session_id, this.page.options.sid);
    }
  }

  onControl(link: string, message: Down): Taken {
    const { page } = this;
    switch (message.action) {
      case "connected":
        if (!this.isOpen(message.re)) return "taken";
        this.answered(message.re);
        this.#connected(message, link);
        break;
      case "exit":
        // Held back by the core until every byte before it was delivered [I7].
        if (page !== null) this.carryOut(page.onExit(link, message.payload), link);
        return "taken";
      case "taken_over":
        if (page !== null) this.carryOut(page.onTakenOver(link, message.payload.epoch, message.payload.by), link);
        break;
      case "resized":
        if (page !== null) this.carryOut(page.onResized(link, message.payload), link);
        return "taken";
      case "held":
        if (page?.attachment?.link === link) this.heldAtProxy = heldBytes(message.payload);
        return "taken";
      case "error":
        if (this.#requests.isConnect(message.re)) this.answered(message.re);
        break;
      default:
        break;
    }
    return this.heard(message);
  }

  #connected({ payload }: Down<"connected">, link: string): void {
    const { sid, token, cols, rows, out_window } = payload;
    const size = this.wantedSize() ?? { cols: cols ?? DEFAULT_SIZE.cols, rows: rows ?? DEFAULT_SIZE.rows };
    this.page = this.#core({ sid, token, size, window: out_window }, { from: "connected" });
    this.record.learn(this.recordOf(), size, payload);
    this.carryOut(this.page.applyState(stateOfConnected(payload), link, this.deps.env.now()), link, true);
    this.deps.locks.claim(sid);
  }

  /** Whether the core's output is stored on the tablet; never that of telemetry [WP29]. */
  protected isDurable(): boolean {
    return false;
  }

  /** Of the terminal; telemetry keeps the size it asked for. */
  protected wantedSize(): TerminalSize | null {
    return null;
  }

  protected abstract recordOf(): ResumeRecord["record"];

  protected override carryOut(effects: readonly PageEffect[], link: string, fresh = false): void {
    for (const effect of effects) this.#do(effect, link, fresh);
  }

  /** An effect of the core that no frame caused. */
  protected run(effect: PageEffect): void {
    this.#do(effect, this.page?.attachment?.link ?? "", false);
  }

  #do(effect: PageEffect, link: string, fresh: boolean): void {
    const { deps, device, session_id } = this;
    switch (effect.type) {
      case "deliver":
        this.deliver(effect.pos, effect.bytes, effect.stderr, effect.seen);
        break;
      case "gap":
        this.lost(effect.from, effect.to);
        deps.gap(device, session_id, effect.from, effect.to);
        break;
      case "exit":
        if (this.sid !== null) {
          void deps.resume.remove(this.sid);
          deps.locks.release(this.sid);
        }
        this.over(effect.exit);
        deps.message(sessionFrame(device, session_id, "exit", effect.exit));
        break;
      case "resized":
        this.resized(effect.cols, effect.rows, effect.at);
        break;
      case "resize":
        deps.hub.send(
          sessionFrame(device, session_id, "resize", { rev: effect.rev, cols: effect.cols, rows: effect.rows }),
        );
        break;
      case "input_discarded":
        this.inputDiscarded();
        break;
      case "phase":
        this.heldAtProxy = 0;
        if (effect.phase === "attached") {
          this.record.bootId = deps.hub.bootId ?? undefined;
          this.record.keep(this.page);
          this.attached(fresh);
        }
        // The lock says which living page has the session, so it changes hands with it [WP28].
        if (this.sid === null) break;
        if (effect.phase === "attached") this.deps.locks.claim(this.sid);
        else if (effect.phase === "taken_over") {
          this.lostToOther();
          this.deps.locks.release(this.sid);
        } else if (effect.phase === "busy") this.deps.locks.dropClaim(this.sid);
        break;
      case "fault":
        deps.hub.fail(link, effect.closeCode, effect.reason);
        break;
      default:
        break;
    }
  }

  protected resized(_cols: number, _rows: number, _at: number): void {}
}

/** Of a report of the proxy, what counts as held; less means that output flows again. */
function heldBytes({ bytes, paused }: Down<"held">["payload"]): number {
  return paused || bytes >= PAUSE_UNSENT_BYTES ? bytes : 0;
}
