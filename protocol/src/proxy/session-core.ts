/**
 * The proxy's end of one session, without sockets, clocks or storage. Bytes, times (ms, any monotonic clock) and link
 * names go in; frames and effects come out.
 *
 * Call -> what comes back:
 * - deviceData(chunk, stderr): pause; a gap message under `drop_oldest`. The caller then pumps the link.
 * - nextOut(max): the next OUT frame, ready to send, and effects to carry out AFTER sending it (exit, resume).
 * - onAck / onIn (frames of the page): resume, write, save_request; `fault`: close that link with the code. Frames of a
 *   link that is not attached change nothing [WP24] [I5].
 * - inputTaken(bytes): the SSH channel took them. `inputAckDue` then says that takeInputAck() has a frame to send.
 * - resize: set_window towards the device and `resized` to the page.
 * - attach(by): fences the former attachment and gives the state for welcome, attached or connected; its effects come
 *   after that message. A `gone` state changed nothing.
 * - detach(link, now): the link is gone or the page asked; grace starts.
 * - ended(end, now): the device's side is over; `exit` follows the last byte [I7].
 * - expiresAt(): when the session is to be dropped, or null.
 */

import { sessionFrame } from "../builders.ts";
import { allocateOut, encodeAck } from "../frames.ts";
import type { ShellSessionId } from "../ids.ts";
import { ENDED_GRACE_S, MAX_OUT_BODY_BYTES } from "../limits.ts";
import type { SessionState } from "../messages/session-entry.ts";
import { errorFault, type LinkId, NONE, type ProxyEffect } from "./effects.ts";
import { mustPause } from "./flow.ts";
import { InputGate } from "./input-gate.ts";
import { OutputRing } from "./output-ring.ts";
import { type OwnPosition, Writers } from "./writers.ts";

export type SessionOptions = {
  sid: string;
  session_id: ShellSessionId;
  /** R: what may be held for the page before the device stands still [WP12]. */
  ringBytes: number;
  overflow: "hold" | "drop_oldest";
  cols: number;
  rows: number;
  /** How long a detached session waits for its page [WP35]. */
  graceMs: number;
  /** Bytes below the floor that are kept for a page that starts without a log; 0 for telemetry. */
  tailBytes: number;
};

/** Who attaches, on which link, with which request. */
export type AttachBy = {
  link: LinkId;
  chan: number;
  client: string;
  instance: string;
  /** Shown to a page that loses the session. */
  label: string;
  device: string;
  /** null: nothing of this session is there yet; it starts at the tail (terminal) or at the end (telemetry). */
  out_pos: number | null;
  in_pos: number | null;
  limit: number;
  known_epoch: number;
  durable: boolean;
};

/** How a session ended, for `exit`. */
export type SessionEnd = {
  code: number | null;
  signal: string | null;
  error?: { code: string; reason?: string; detail?: string };
};

type Attachment = AttachBy & {
  epoch: number;
  /** Next position to send. */
  sent: number;
  applied: number;
  saved: number;
  exitSent: boolean;
  saveRequested: boolean;
};

/** One OUT frame and what is to be done after it was sent. */
export type OutStep = { frame: Uint8Array<ArrayBuffer>; bytes: number; effects: readonly ProxyEffect[] };

export class SessionCore {
  readonly options: SessionOptions;
  readonly #ring = new OutputRing();
  readonly #input = new InputGate();
  readonly #writers = new Writers();
  #attachment: Attachment | null = null;
  #epoch = 0;
  /** Bytes below are never asked for again [WP11]. */
  #floor = 0;
  /** What the last page was sent, and end of what pages before it were: a later page answers nothing below [WP31]. */
  #last = { instance: "", sent: 0 };
  #seen = 0;
  #paused = false;
  #overBudget = false;
  #size: { cols: number; rows: number; rev: number };
  #end: (SessionEnd & { at: number }) | null = null;
  /** Time of the last detach. */
  #idleSince: number;
  #endedAt = 0;

  constructor(options: SessionOptions, now: number) {
    this.options = options;
    this.#size = { cols: options.cols, rows: options.rows, rev: 0 };
    this.#idleSince = now;
  }

  /** The page that has the session, or null. */
  get holder(): { link: LinkId; chan: number; client: string; instance: string; label: string; epoch: number } | null {
    return this.#attachment;
  }

  get epoch(): number {
    return this.#epoch;
  }

  /** Position after the device's last byte: the `at` of resized, exec_started, exec_done, transport_changed. */
  get end(): number {
    return this.#ring.end;
  }

  /** Bytes that the attached page has not been sent; everything since the floor while detached. */
  get unsent(): number {
    return this.#ring.end - (this.#attachment?.sent ?? this.#floor);
  }

  get floor(): number {
    return this.#floor;
  }

  /** End of what was ever sent, to whichever page; no page can have more. */
  get reach(): number {
    return Math.max(this.#attachment?.sent ?? 0, this.#last.sent, this.#seen);
  }

  /** Bytes in memory for output, for the budgets per user and proxy. */
  get heldBytes(): number {
    return this.#ring.allocatedBytes;
  }

  /** Whether the device stands still now. */
  get paused(): boolean {
    return this.#paused;
  }

  get size(): { cols: number; rows: number; rev: number } {
    return this.#size;
  }

  get endedWith(): SessionEnd | null {
    return this.#end;
  }

  /** Whether takeInputAck() should be sent within 20 ms [WP17]. */
  get inputAckDue(): boolean {
    return this.#attachment !== null && this.#input.ackDue;
  }

  deviceData(chunk: Uint8Array, stderr = false): readonly ProxyEffect[] {
    this.#ring.append(chunk, stderr);
    const gap = this.options.overflow === "drop_oldest" ? this.#dropOldest() : NONE;
    return [...gap, ...this.#saveRequest(), ...this.#flow()];
  }

  /** `drop_oldest`: the ring keeps its bound by forgetting, and says so to a page that had not had the bytes [I1]. */
  #dropOldest(): readonly ProxyEffect[] {
    const oldest = this.#ring.end - this.options.ringBytes;
    if (oldest <= this.#ring.base) return NONE;
    this.#ring.trimTo(oldest);
    this.#floor = Math.max(this.#floor, oldest);
    const by = this.#attachment;
    if (by === null || by.sent >= oldest) return NONE;
    const gap = { from: by.sent, to: oldest };
    by.sent = oldest;
    return [this.#send(by, "attached", { ...this.#state(by, oldest), status: "gap", gap })];
  }

  /** The next OUT frame within credit [WP10], at most `max` bytes of body and never across a run mark [WP41]. */
  nextOut(max: number): OutStep | undefined {
    const by = this.#attachment;
    if (by === null) return undefined;
    const room = Math.min(max, MAX_OUT_BODY_BYTES, by.limit - by.sent);
    const run = this.#ring.run(by.sent, room);
    if (run.length === 0) return undefined;
    const { frame, body } = allocateOut(by.chan, by.sent, run.length, run.stderr);
    this.#ring.copyTo(body, by.sent);
    by.sent += run.length;
    const before = this.#last.instance === by.instance ? this.#last.sent : 0;
    this.#last = { instance: by.instance, sent: Math.max(before, by.sent) };
    return { frame, bytes: run.length, effects: [...this.#exit(), ...this.#saveRequest(), ...this.#flow()] };
  }

  /** ACK of the page: `applied`, its new `limit`, and `saved` [WP9]. */
  onAck(link: LinkId, applied: number, limit: number, saved: number): readonly ProxyEffect[] {
    const by = this.#attachment;
    if (by === null || by.link !== link) return NONE;
    if (applied > this.reach) return errorFault(link, "ack_beyond_sent");
    if (saved > applied) return errorFault(link, "saved_beyond_applied");
    if (applied < by.applied || saved < by.saved) return errorFault(link, "ack_went_back");
    if (saved > by.saved) by.saveRequested = false;
    // A page has what its link before brought after it had asked on this one: that need not come again.
    by.sent = Math.max(by.sent, applied);
    by.applied = applied;
    by.saved = saved;
    by.limit = limit;
    this.#raiseFloor(by.durable ? saved : applied);
    return [...this.#exit(), ...this.#saveRequest(), ...this.#flow()];
  }

  #raiseFloor(floor: number): void {
    this.#floor = Math.max(this.#floor, floor);
    this.#trim();
  }

  #trim(): void {
    this.#ring.trimTo(Math.min(this.#floor, this.#ring.end - this.options.tailBytes));
  }

  /** Input of the page. Bytes of a write effect are a view into the frame. */
  onIn(link: LinkId, pos: number, body: Uint8Array): readonly ProxyEffect[] {
    const by = this.#attachment;
    if (by === null || by.link !== link || this.#end !== null) return NONE;
    const verdict = this.#input.accept(pos, body);
    if (!verdict.ok) return errorFault(link, verdict.reason);
    return verdict.fresh.length === 0 ? NONE : [{ type: "write", bytes: verdict.fresh }];
  }

  /** The SSH channel took `bytes` of what was written; the grant grows [WP16]. */
  inputTaken(bytes: number): void {
    this.#input.took(bytes);
  }

  /** The ACK of input, or undefined when the page knows all. */
  takeInputAck(): Uint8Array<ArrayBuffer> | undefined {
    const by = this.#attachment;
    if (by === null || !this.#input.ackDue) return undefined;
    const { next, limit } = this.#input.announce();
    return encodeAck(by.chan, next, limit);
  }

  /** The last revision wins [I9]; an older one is answered with the size in force. */
  resize(
    link: LinkId,
    wanted: { rev: number; cols: number; rows: number },
    re: string | undefined,
  ): readonly ProxyEffect[] {
    const by = this.#attachment;
    if (by === null || by.link !== link) return NONE;
    const newer = wanted.rev > this.#size.rev;
    if (newer) this.#size = { cols: wanted.cols, rows: wanted.rows, rev: wanted.rev };
    const resized = this.#send(by, "resized", { ...this.#size, at: this.#ring.end }, re);
    if (!newer || this.#end !== null) return [resized];
    return [{ type: "set_window", cols: wanted.cols, rows: wanted.rows }, resized];
  }

  /** Steps 2 and 3 of section 8; the caller has checked token [WP27], attempt [WP24] and takeover [WP28]. */
  attach(by: AttachBy): { state: SessionState; effects: readonly ProxyEffect[] } {
    const { out_pos } = by;
    const own = this.#writers.acceptedOf(by.instance, by.known_epoch, this.#input.next);
    if (!this.#isPossible(by, own)) {
      return { state: { sid: this.options.sid, status: "gone", reason: "expired" }, effects: NONE };
    }
    // Fencing comes before in_next is read: no later frame of the old link can move it [WP24].
    const fenced = this.#fence(by);
    const start = this.#startOf(out_pos);
    const attachment = { ...by, epoch: this.#epoch, sent: start, applied: 0, saved: 0 };
    this.#attachment = { ...attachment, exitSent: false, saveRequested: false };
    if (this.#last.instance !== by.instance) this.#seen = Math.max(this.#seen, this.#last.sent);
    // Whoever logs may still ask for what it has not saved; whoever does not has all below its start, and a page that
    // starts in the tail brings the floor down to it again.
    if (by.durable && out_pos !== null) this.#floor = Math.min(this.#floor, start);
    else this.#floor = start;
    this.#trim();
    // Said also to a page that asked for nothing: an earlier answer may have given it a beginning since.
    const from = out_pos ?? 0;
    const gap = from < start ? { gap: { from, to: start } } : {};
    const inOwn = own === null || own.pos === this.#input.next ? {} : { in_own: own };
    const first = this.#epoch === 1 ? { pos: 0, epoch: 0 } : null;
    this.#writers.enter(by.instance, own ?? first, this.#epoch, this.#input.next);
    const state = { ...this.#state(this.#attachment, start), ...gap, ...inOwn };
    return { state, effects: [...fenced, ...this.#exit(), ...this.#flow()] };
  }

  /** Whether a page of this session can be where `by` says it is; `own`: how far its input was accepted. */
  #isPossible(by: AttachBy, own: OwnPosition | null): boolean {
    if ((by.out_pos ?? 0) > this.#ring.end || by.known_epoch > this.#epoch) return false;
    if (by.in_pos === null) return true;
    // The page that opened the session is the first writer and has no history yet.
    return this.#epoch === 0 ? by.in_pos === 0 : own !== null;
  }

  #fence(by: AttachBy): readonly ProxyEffect[] {
    const old = this.#attachment;
    this.#epoch++;
    this.#attachment = null;
    // A page that opened a newer link has lost nothing: told "taken over" on the old one it would stop asking.
    if (old === null || old.instance === by.instance) return NONE;
    return [this.#send(old, "taken_over", { by: by.label, epoch: this.#epoch })];
  }

  /** Where output starts for a page that has everything below `out_pos` [WP25]. */
  #startOf(out_pos: number | null): number {
    if (out_pos !== null) return Math.max(out_pos, this.#ring.base);
    return this.options.session_id === "ssh1" ? this.#ring.base : this.#ring.end;
  }

  #state(by: Attachment, start: number): SessionState {
    const input = this.#input.announce();
    return {
      sid: this.options.sid,
      device: by.device,
      session_id: this.options.session_id,
      status: this.#end !== null ? "ended" : start > (by.out_pos ?? start) ? "gap" : "resumed",
      chan: by.chan,
      epoch: by.epoch,
      out_start: start,
      ...(this.#seen > start ? { out_seen: this.#seen } : {}),
      in_next: input.next,
      in_limit: input.limit,
      ...this.#size,
    };
  }

  /** The link is gone or its page let go; does nothing for a link that is not attached. */
  detach(link: LinkId, now: number): readonly ProxyEffect[] {
    if (this.#attachment?.link !== link) return NONE;
    this.#attachment = null;
    this.#idleSince = now;
    return this.#flow();
  }

  /** The device's side is over. Further calls change nothing. */
  ended(end: SessionEnd, now: number): readonly ProxyEffect[] {
    if (this.#end !== null) return NONE;
    this.#end = { ...end, at: this.#ring.end };
    this.#endedAt = now;
    return this.#exit();
  }

  /** The user's or the proxy's byte budget is spent (true) or has room again (section 4 of the security design). */
  setOverBudget(over: boolean): readonly ProxyEffect[] {
    this.#overBudget = over;
    return this.#flow();
  }

  /**
   * When the session is to be dropped [WP35]: never while a page has it, unless it ended and its page shows everything: a
   * page wipes its log at the end, and never says of the last bytes that they are saved. The time of an ended one runs from
   * its end, whoever looks at it meanwhile.
   */
  expiresAt(): number | null {
    const by = this.#attachment;
    if (by !== null && (this.#end === null || Math.max(by.applied, this.#floor) < this.#end.at)) return null;
    return this.#end === null ? this.#idleSince + this.options.graceMs : this.#endedAt + ENDED_GRACE_S * 1_000;
  }

  /** `exit`, once per attachment and never before the last byte was sent [I7]. */
  #exit(): readonly ProxyEffect[] {
    const by = this.#attachment;
    if (by === null || this.#end === null || by.exitSent || by.sent < this.#end.at) return NONE;
    by.exitSent = true;
    return [this.#send(by, "exit", this.#end)];
  }

  /** Asks a durable page to save when a quarter of the ring waits for that [WP29]. */
  #saveRequest(): readonly ProxyEffect[] {
    const by = this.#attachment;
    if (by === null || !by.durable || by.saveRequested) return NONE;
    if (by.sent - Math.max(by.saved, this.#floor) <= this.options.ringBytes / 4) return NONE;
    by.saveRequested = true;
    return [this.#send(by, "save_request", { chan: by.chan })];
  }

  #flow(): readonly ProxyEffect[] {
    const by = this.#attachment;
    const pause = mustPause({
      paused: this.#paused,
      attached: by !== null,
      unsent: by === null ? 0 : this.#ring.end - by.sent,
      held: this.#ring.end - this.#floor,
      ring: this.options.ringBytes,
      overflow: this.options.overflow,
      overBudget: this.#overBudget,
    });
    if (pause === this.#paused) return NONE;
    this.#paused = pause;
    return [{ type: pause ? "pause" : "resume" }];
  }

  #send<A extends "attached" | "resized" | "taken_over" | "exit" | "save_request">(
    by: Attachment,
    action: A,
    payload: Parameters<typeof sessionFrame<A>>[3],
    re?: string,
  ): ProxyEffect {
    const { sid, session_id } = this.options;
    const message = sessionFrame(by.device, session_id, action, { ...payload, sid } as typeof payload, { re });
    return { type: "send", link: by.link, message };
  }
}
