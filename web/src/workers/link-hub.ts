import { sessionFrame } from "#protocol/builders.ts";
import type { CloseCode } from "#protocol/close-codes.ts";
import { encodeControl } from "#protocol/control.ts";
import type { Down } from "#protocol/down.ts";
import type { AckFrame, OutFrame } from "#protocol/frames.ts";
import type { ShellSessionId } from "#protocol/ids.ts";
import type { SessionRequest, SessionState } from "#protocol/messages/session-entry.ts";
import { outputWindow } from "#protocol/page/window-size.ts";
import type { Up } from "#protocol/up.ts";
import type { HostEnv } from "./host-env.ts";
import type { SessionRuntime } from "./session-runtime.ts";

/** How soon to look again while the socket is full. */
const FULL_SOCKET_MS = 20;

/** A socket that the proxy has welcomed, or is about to. */
export type OpenLink = {
  readonly id: string;
  send(data: string | Uint8Array<ArrayBuffer>): void;
  bufferedAmount(): number;
  /** The other side broke the protocol: close with this code. */
  fail(code: CloseCode, reason: string): void;
};

export type HubEvents = {
  /** A control message for the machines, after the byte plane had its turn. */
  message(message: Down): void;
  /** Late news of a session that a runtime has left, or an answer that it does not wait for any more. */
  late?(message: Down): void;
  /** The proxy's answer for one session. */
  answered(device: string, session_id: ShellSessionId, state: SessionState): void;
  /** When the oldest input was typed that the proxy has not acknowledged [section 11]. */
  inputWaits(since: number | null): void;
  /** The proxy has welcomed this page, and the sessions that it asked for were answered; or that link is lost. */
  linkChanged?(up: boolean): void;
};

/** Between the link's socket and the sessions: the byte plane's crossroads. No actor and no machine in here [A5]. */
export class LinkHub {
  readonly #env: HostEnv;
  readonly #events: HubEvents;
  readonly #runtimes = new Map<string, SessionRuntime>();
  #link: OpenLink | null = null;
  /** What the last hello asked for; some of it may have been left before the welcome. */
  #asked: readonly SessionRequest[] = [];
  /** The run of the proxy that the last welcome named. */
  #bootId: string | null = null;
  #timer: number | null = null;
  #timerAt = Number.POSITIVE_INFINITY;
  #inputSince: number | null = null;
  #hidden = false;
  #rttMs: number | null = null;

  constructor(env: HostEnv, events: HubEvents) {
    this.#env = env;
    this.#events = events;
  }

  get bootId(): string | null {
    return this.#bootId;
  }

  get online(): boolean {
    return this.#link !== null;
  }

  add(runtime: SessionRuntime): void {
    this.#runtimes.set(keyOf(runtime.device, runtime.session_id), runtime);
  }

  remove(runtime: SessionRuntime): void {
    this.#runtimes.delete(keyOf(runtime.device, runtime.session_id));
  }

  get(device: string, session_id: ShellSessionId): SessionRuntime | undefined {
    return this.#runtimes.get(keyOf(device, session_id));
  }

  all(): Iterable<SessionRuntime> {
    return this.#runtimes.values();
  }

  /** Entries for a hello: every session that still asks [section 8]. */
  requests(): SessionRequest[] {
    const requests = [...this.#runtimes.values()].flatMap((runtime) => runtime.request() ?? []);
    this.#asked = requests;
    return requests;
  }

  /**
   * The proxy answered hello on `link`. Positions are taken over before anyone hears of it. A link that was in use until
   * now is left without a loss: its sessions have moved.
   */
  welcomed(link: OpenLink, states: readonly SessionState[], bootId: string | null = null): void {
    if (this.#link !== null && this.#link !== link) this.#leave();
    this.#link = link;
    this.#bootId = bootId;
    for (const state of states) {
      const runtime = [...this.#runtimes.values()].find((one) => one.sid === state.sid);
      if (runtime !== undefined) this.#answered(runtime, state, link);
      else this.#releaseAsked(state);
    }
    const answered = new Set(states.map(({ sid }) => sid));
    for (const runtime of this.#runtimes.values()) {
      runtime.linkUp();
      // Began to ask after the hello had left, or on the link before: this one was not asked for it yet.
      if (runtime.sid !== null && !answered.has(runtime.sid) && runtime.request() !== undefined) runtime.attach(false);
    }
    this.#events.linkChanged?.(true);
    this.pump();
  }

  /** Nothing goes out by this link any more; what its next one is told starts from nothing. */
  #leave(): void {
    this.#link = null;
    this.#events.linkChanged?.(false);
    this.#noteInput();
  }

  /**
   * A proxy tells an unknown session from a wrong token to nobody [WP27]; whether it was restarted since the session was
   * last attached, a page can see by itself [WP36].
   */
  #answered(runtime: SessionRuntime, answer: SessionState, link: OpenLink): void {
    const restarted = this.#bootId !== null && runtime.bootId !== undefined && runtime.bootId !== this.#bootId;
    const state = answer.status === "gone" && restarted ? { ...answer, reason: "restart" as const } : answer;
    runtime.applyState(state, link.id);
    this.#events.answered(runtime.device, runtime.session_id, state);
  }

  lost(link: OpenLink): void {
    for (const runtime of this.#runtimes.values()) runtime.linkLost(link.id);
    if (this.#link === link) this.#leave();
  }

  /** False when there is no link, or no frame for it; requests that matter are sent again by their session. */
  send(message: Up): boolean {
    if (this.#link === null) return false;
    const text = encoded(message);
    if (text === undefined) return false;
    this.#link.send(text);
    return true;
  }

  fail(linkId: string, code: CloseCode, reason: string): void {
    if (this.#link?.id === linkId) this.#link.fail(code, reason);
  }

  onOut(link: OpenLink, frame: OutFrame): void {
    const owner = this.#owner(link, frame.chan);
    owner?.onOut(link.id, frame);
    if (owner?.rateIsOld === true) this.sizeWindows();
    else this.#schedule();
  }

  onAck(link: OpenLink, frame: AckFrame): void {
    this.#owner(link, frame.chan)?.onAck(link.id, frame);
    this.pump();
  }

  onControl(link: OpenLink, message: Down): void {
    if (message.session_id === "ssh1" || message.session_id === "ssh2") {
      const runtime = this.get(message.device, message.session_id);
      if (runtime?.concerns(message) === false) {
        if (message.action === "attached") this.release(message.device, message.session_id, message.payload);
        this.#events.late?.(message);
        return;
      }
      if (message.action === "attached" && runtime !== undefined) {
        this.#answered(runtime, message.payload, link);
        this.pump();
        return;
      }
      // The session's own part first: positions before words.
      if (runtime?.onControl(link.id, message) === "taken") return;
    }
    this.#events.message(message);
  }

  /** The proxy granted a session that nobody here wants any more: it must not count as held by this page. */
  release(device: string, session_id: ShellSessionId, { sid, chan }: SessionState): void {
    if (chan !== undefined) this.send(sessionFrame(device, session_id, "detach", { sid }));
  }

  #releaseAsked(state: SessionState): void {
    const asked = this.#asked.find(({ sid }) => sid === state.sid);
    if (asked !== undefined) this.release(asked.device, asked.session_id, state);
  }

  #owner(link: OpenLink, chan: number): SessionRuntime | undefined {
    for (const runtime of this.#runtimes.values()) if (runtime.owns(link.id, chan)) return runtime;
    return undefined;
  }

  /** Sends what may be sent: one IN frame a session and turn, then what is due of ACKs. */
  pump(): void {
    const link = this.#link;
    if (link === null) return;
    for (let sent = true; sent; ) {
      sent = false;
      for (const runtime of this.#runtimes.values()) {
        const frame = runtime.nextIn(link.bufferedAmount());
        if (frame === undefined) continue;
        link.send(frame);
        sent = true;
      }
    }
    for (const runtime of this.#runtimes.values()) {
      const ack = runtime.takeAck();
      if (ack !== undefined) link.send(ack);
    }
    this.#noteInput();
    this.#schedule();
  }

  /** One timer for the next ACK, or for a socket that was full. */
  #schedule(): void {
    const now = this.#env.now();
    let at = Number.POSITIVE_INFINITY;
    for (const runtime of this.#runtimes.values()) {
      at = Math.min(at, runtime.ackAt() ?? Number.POSITIVE_INFINITY);
      if (runtime.hasInputFor(this.#link?.bufferedAmount() ?? 0)) at = Math.min(at, now + FULL_SOCKET_MS);
    }
    if (at === Number.POSITIVE_INFINITY || this.#link === null || at >= this.#timerAt) return;
    if (this.#timer !== null) this.#env.clearTimeout(this.#timer);
    this.#timerAt = at;
    this.#timer = this.#env.setTimeout(
      () => {
        this.#timer = null;
        this.#timerAt = Number.POSITIVE_INFINITY;
        this.pump();
      },
      Math.max(0, at - now),
    );
  }

  #noteInput(): void {
    let oldest: number | null = null;
    if (this.#link !== null) {
      for (const { unackedSince } of this.#runtimes.values()) {
        if (unackedSince !== null && (oldest === null || unackedSince < oldest)) oldest = unackedSince;
      }
    }
    if (oldest === this.#inputSince) return;
    this.#inputSince = oldest;
    this.#events.inputWaits(oldest);
  }

  /** Credit follows what is on the way, and shrinks while nobody looks [WP9]. */
  setHidden(hidden: boolean): void {
    this.#hidden = hidden;
    this.sizeWindows();
  }

  setRtt(rttMs: number): void {
    this.#rttMs = rttMs;
  }

  sizeWindows(): void {
    const [hidden, rttMs] = [this.#hidden, this.#rttMs];
    for (const runtime of this.#runtimes.values()) {
      runtime.setWindow((bytesPerSecond) => outputWindow({ hidden, bytesPerSecond, rttMs }));
    }
    this.#schedule();
  }

  end(): void {
    if (this.#timer !== null) this.#env.clearTimeout(this.#timer);
    for (const runtime of this.#runtimes.values()) runtime.end();
    this.#runtimes.clear();
    this.#link = null;
  }
}

/** Undefined above the frame limit: what a person can make that large is refused before it gets here. */
function encoded(message: Up): string | undefined {
  try {
    return encodeControl(message);
  } catch {
    return undefined;
  }
}

function keyOf(device: string, session_id: ShellSessionId): string {
  return `${device}/${session_id}`;
}
