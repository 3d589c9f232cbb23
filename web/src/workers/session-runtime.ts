import type { RestoredFacts } from "#machines/events.ts";
import { sessionFrame } from "#protocol/builders.ts";
import type { Down } from "#protocol/down.ts";
import type { AckFrame, OutFrame } from "#protocol/frames.ts";
import type { ShellSessionId } from "#protocol/ids.ts";
import { OUT_WINDOW_BYTES, PAGE_SOCKET_HIGH_WATER_BYTES, PAUSE_UNSENT_BYTES } from "#protocol/limits.ts";
import type { SessionRequest, SessionState } from "#protocol/messages/session-entry.ts";
import {
  type ExitPayload,
  type PageEffect,
  PageSession,
  type PageStart,
  stateOfConnected,
} from "#protocol/page/session-core.ts";
import type { TerminalSize } from "#protocol/page/size-sync.ts";
import type { Up } from "#protocol/up.ts";
import { ByteRate } from "./byte-rate.ts";
import { random128 } from "./host-env.ts";
import type { ResumeFacts, RuntimeDeps } from "./runtime-deps.ts";
import { SessionRecord } from "./session-record.ts";
import type { ResumeRecord } from "./storage/resume-records.ts";
import { type WireRequest, WireRequests } from "./wire-requests.ts";

/** "taken": the machines need not hear of it. */
export type Taken = "taken" | "pass";

export type { RuntimeDeps };

/**
 * One session in the worker: drives the protocol's page core with what the socket and the page bring, and carries out
 * its effects. What to do with output and its end differs between ssh1 and ssh2.
 */
export abstract class SessionRuntime {
  readonly device: string;
  readonly session_id: ShellSessionId;
  protected readonly deps: RuntimeDeps;
  protected page: PageSession | null = null;
  protected readonly record: SessionRecord;
  /** Output that the proxy said it holds for this attachment, in bytes [U12]. */
  protected heldAtProxy = 0;
  readonly #requests: WireRequests;
  readonly #rate: ByteRate;

  constructor(device: string, session_id: ShellSessionId, deps: RuntimeDeps) {
    this.device = device;
    this.session_id = session_id;
    this.deps = deps;
    this.record = new SessionRecord(device, session_id, deps);
    this.#requests = new WireRequests(deps.hub);
    this.#rate = new ByteRate(deps.env.now());
  }

  protected abstract deliver(pos: number, bytes: Uint8Array, stderr: boolean): void;
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

  get unackedSince(): number | null {
    return this.page?.input.oldestUnackedAt ?? null;
  }

  owns(link: string, chan: number): boolean {
    const attachment = this.page?.attachment;
    return attachment?.link === link && attachment.chan === chan;
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

  /** Asks the proxy for a new session; an earlier one of this runtime is over. */
  connect(payload: Up<"connect">["payload"]): void {
    this.leaveSession();
    this.#requests.clear();
    this.ask(sessionFrame(this.device, this.session_id, "connect", payload, { id: this.id() }));
  }

  /** Gives up a connect that is still on its way: the proxy drops the attempt. */
  abandon(): void {
    this.#requests.clear();
    this.deps.hub.send(sessionFrame(this.device, this.session_id, "disconnect", {}, { id: this.id() }));
  }

  /** Takes a session up that an earlier page or worker had. */
  restore(record: ResumeRecord, start: PageStart): void {
    const { sid, token, cols, rows } = record;
    this.record.take(record);
    this.page = this.#core({ sid, token, size: { cols, rows }, window: OUT_WINDOW_BYTES }, start);
  }

  #core(about: { sid: string; token: string; size: TerminalSize; window: number }, start: PageStart): PageSession {
    const { device, session_id } = this;
    return new PageSession({ device, session_id, durable: this.isDurable(), ...about }, start);
  }

  /** On an open link: asks for the session; with `force` from whoever has it [WP28]. */
  attach(force: boolean): void {
    const { page, deps, device, session_id } = this;
    if (page === null) return;
    const request = page.request(deps.locks.isHeld(page.options.sid));
    deps.hub.send(sessionFrame(device, session_id, "attach", { ...request, force }, { id: this.id() }));
  }

  /** Ends the SSH channel, or leaves it to its grace. */
  leave(how: "end" | "detach"): void {
    const { device, session_id, deps } = this;
    let unconfirmed = false;
    if (this.page === null || this.page.phase === "ended" || this.page.phase === "gone") {
      if (this.#requests.size > 0) this.abandon();
    } else if (how === "end") unconfirmed = this.#disconnect();
    else deps.hub.send(sessionFrame(device, session_id, "detach", {}));
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
    this.#run(page.applyState(state, link, deps.env.now()), link);
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
  }

  onOut(link: string, { pos, body, stderr }: OutFrame): void {
    if (this.page === null) return;
    this.#rate.add(body.length);
    this.#run(this.page.onOut(link, pos, body, stderr), link);
  }

  onAck(link: string, { pos, limit }: AckFrame): void {
    if (this.page !== null) this.#run(this.page.onAck(link, pos, limit), link);
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
        if (page !== null) this.#run(page.onExit(link, message.payload), link);
        return "taken";
      case "taken_over":
        if (page !== null) this.#run(page.onTakenOver(link, message.payload.epoch, message.payload.by), link);
        break;
      case "resized":
        if (page !== null) this.#run(page.onResized(link, message.payload), link);
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
    const { sid, token, cols, rows, out_window, host_key, simulated, transport, server_ident } = payload;
    const size = this.wantedSize() ?? { cols: cols ?? 80, rows: rows ?? 24 };
    this.page = this.#core({ sid, token, size, window: out_window }, { from: "connected" });
    const record = this.recordOf();
    this.record.facts = record === undefined ? null : { record, ...size, host_key, simulated, transport, server_ident };
    this.#run(this.page.applyState(stateOfConnected(payload), link, this.deps.env.now()), link, true);
    void this.deps.locks.take(sid);
  }

  /** Whether the core's output is stored on the tablet; never that of telemetry [WP29]. */
  protected isDurable(): boolean {
    return false;
  }

  /** Of the terminal; telemetry keeps the size it asked for. */
  protected wantedSize(): TerminalSize | null {
    return null;
  }

  protected abstract recordOf(): ResumeRecord["record"] | undefined;

  #run(effects: readonly PageEffect[], link: string, fresh = false): void {
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
        this.deliver(effect.pos, effect.bytes, effect.stderr);
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
        if (effect.phase === "attached") void this.deps.locks.take(this.sid);
        else if (effect.phase === "taken_over") {
          this.lostToOther();
          this.deps.locks.release(this.sid);
        }
        break;
      case "fault":
        deps.hub.fail(link, effect.closeCode, effect.reason);
        break;
      default:
        break;
    }
  }

  protected resized(_cols: number, _rows: number, _at: number): void {}

  nextIn(bufferedAmount: number): Uint8Array<ArrayBuffer> | undefined {
    return this.page?.nextIn(bufferedAmount);
  }

  /** Whether input only waits for the socket to drain. */
  hasInputFor(bufferedAmount: number): boolean {
    return bufferedAmount >= PAGE_SOCKET_HIGH_WATER_BYTES && (this.page?.input.unacknowledged ?? 0) > 0;
  }

  ackAt(): number | null {
    return this.page?.ackAt() ?? null;
  }

  takeAck(): Uint8Array<ArrayBuffer> | undefined {
    return this.page?.takeAck(this.deps.env.now());
  }

  /** The rate is due to be measured anew. */
  get rateIsOld(): boolean {
    return this.#rate.isOld(this.deps.env.now());
  }

  /** Gives the page core the window that `size` finds right for the measured rate [WP9]. */
  setWindow(size: (bytesPerSecond: number | null) => number): void {
    this.page?.output.setWindow(size(this.#rate.perSecond(this.deps.env.now())));
  }
}

/** Of a report of the proxy, what counts as held; less means that output flows again. */
function heldBytes({ bytes, paused }: Down<"held">["payload"]): number {
  return paused || bytes >= PAUSE_UNSENT_BYTES ? bytes : 0;
}
