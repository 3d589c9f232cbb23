/**
 * The page's end of one session, without sockets, clocks or storage. Times in ms of any monotonic clock; `link` is the
 * page's own name of a WebSocket.
 *
 * Life: `new PageSession(options, start)`; request() into hello or attach, applyState() with what welcome, attached or
 * (through {@link stateOfConnected}) connected says, then frames. While a new link greets, frames of the old one still count.
 *
 * - onOut(link, pos, body, stderr) -> deliver (to the terminal, in order; a view, to be transferred or copied), exit, fault
 * - onAck(link, accepted, limit) -> fault or nothing; more input may be sent
 * - onExit(link, payload) -> exit once, when every byte before it was delivered [I7]
 * - onTakenOver(link, epoch) / onResized(link, payload)
 * - resize(cols, rows) -> send (when attached)
 * - nextIn(bufferedAmount), takeAck(now), ackAt(): frames to send, or undefined / when
 * - linkLost(link): keeps everything for the next hello
 * A `fault` closes the link with its code; the session is asked for again on the next one.
 */
import { CLOSE, type CloseCode } from "../close-codes.ts";
import type { Down } from "../down.ts";
import { encodeAck, encodeIn } from "../frames.ts";
import type { ShellSessionId } from "../ids.ts";
import type { SessionRequest, SessionState } from "../messages/session-entry.ts";
import { InputSender } from "./input-sender.ts";
import { OutputReceiver } from "./output-receiver.ts";
import { SizeSync, type TerminalSize } from "./size-sync.ts";

export type PageSessionOptions = {
  device: string;
  session_id: ShellSessionId;
  sid: string;
  /** null: another client's session of the same user, to be adopted by attach with force [WP28]. */
  token: string | null;
  /** Whether output is logged, and onSaved() will be called [WP29]. Never for ssh2. */
  durable: boolean;
  window: number;
  size: TerminalSize;
};

/** Where a page begins: at a session it has just opened, at the end of its log, or with nothing. */
export type PageStart = { from: "connected" } | { from: "log"; out_pos: number; epoch: number } | { from: "nothing" };

export type PageLinkId = string;
/** attached; detached (asks again); the rest do not ask again by themselves. */
export type PagePhase = "detached" | "attached" | "ended" | "gone" | "busy" | "taken_over" | "moved";
export type ExitPayload = Down<"exit">["payload"];
export type ResizedPayload = Down<"resized">["payload"];

export type PageEffect =
  /** `seen`: another page had these bytes, so that nothing asked in them is answered again [WP31]. */
  | { type: "deliver"; pos: number; bytes: Uint8Array; stderr: boolean; seen: boolean }
  /** Output [from, to) is lost: say so in the terminal and the log. */
  | { type: "gap"; from: number; to: number }
  | { type: "exit"; exit: ExitPayload }
  /** The device's window was changed after output position `at` (for the log's resize mark). */
  | { type: "resized"; cols: number; rows: number; at: number }
  /** Send a resize request with this revision. */
  | { type: "resize"; rev: number; cols: number; rows: number }
  /** Input waits for "send or discard" [WP19]; read it with `input.held()`. */
  | { type: "input_held" }
  /** Undelivered input of ssh2 was dropped [WP19]. */
  | { type: "input_discarded"; bytes: number }
  | { type: "phase"; phase: PagePhase; reason?: string; by?: string; location?: string }
  | { type: "fault"; link: PageLinkId; closeCode: CloseCode; reason: string };

type Attachment = { link: PageLinkId; chan: number };
const NONE: readonly PageEffect[] = [];

export class PageSession {
  readonly options: PageSessionOptions;
  readonly output: OutputReceiver;
  readonly input: InputSender;
  readonly size: SizeSync;
  #token: string | null;
  #attachment: Attachment | null = null;
  #epoch = 0;
  #phase: PagePhase = "detached";
  /** Nothing of the session was ever received here: the proxy says where output starts. */
  #fresh: boolean;
  /** Other pages had the output below. */
  #seen = 0;
  #exit: ExitPayload | null = null;
  #exitShown = false;

  constructor(options: PageSessionOptions, start: PageStart) {
    this.options = options;
    this.#token = options.token;
    this.#fresh = start.from === "nothing";
    this.#epoch = start.from === "log" ? start.epoch : 0;
    this.output = new OutputReceiver(start.from === "log" ? start.out_pos : 0, options.window);
    // Connect named the window, and the proxy spends it at once [WP9].
    if (start.from === "connected") this.output.grant();
    const policy = options.session_id === "ssh1" ? "ask" : "discard";
    this.input = new InputSender(policy, start.from === "connected" ? 0 : null);
    this.size = new SizeSync(options.size);
  }

  get phase(): PagePhase {
    return this.#phase;
  }

  get attachment(): Attachment | null {
    return this.#attachment;
  }

  get epoch(): number {
    return this.#epoch;
  }

  /** The token in force: an adoption brings a new one [WP28]. */
  get token(): string | null {
    return this.#token;
  }

  /** Whether the next hello should ask for this session; a person's act may ask for more (attach with force). */
  get asks(): boolean {
    return this.#token !== null && (this.#phase === "attached" || this.#phase === "detached");
  }

  /** Output is not stored any more: the next hello or attach says so, or the proxy would wait for `saved` [WP11]. */
  loseLog(): void {
    this.options.durable = false;
  }

  /** The entry for hello or attach. Output goes on from `recv`, not from `applied`: the terminal goes on applying [WP26]. */
  request(lockHeld: boolean): SessionRequest {
    return {
      device: this.options.device,
      session_id: this.options.session_id,
      sid: this.options.sid,
      ...(this.#token === null ? {} : { token: this.#token }),
      out_pos: this.#fresh ? null : this.output.recv,
      in_pos: this.input.acked,
      limit: this.output.grant(),
      known_epoch: this.#epoch,
      durable: this.options.durable,
      lock_held: lockHeld,
    };
  }

  /** What the proxy says about the session in welcome or attached, on `link`. */
  applyState(state: SessionState, link: PageLinkId, now: number): readonly PageEffect[] {
    switch (state.status) {
      case "gone":
        return this.#leave("gone", state.reason === undefined ? {} : { reason: state.reason });
      case "busy":
        return this.#leave("busy", state.holder === undefined ? {} : { by: state.holder });
      case "moved":
        return this.#leave("moved", state.location === undefined ? {} : { location: state.location });
      case "connecting":
        return NONE;
      default:
        return this.#attach(state, link, now);
    }
  }

  #leave(phase: PagePhase, detail: { reason?: string; by?: string; location?: string }): readonly PageEffect[] {
    this.#attachment = null;
    this.input.onLinkLost();
    // Whoever saw the end has everything; what becomes of the session on the proxy is no news.
    if (this.#exitShown) return NONE;
    this.#phase = phase;
    return [{ type: "phase", phase, ...detail }];
  }

  #attach(state: SessionState, link: PageLinkId, now: number): readonly PageEffect[] {
    const { chan, epoch, out_start, in_next, in_limit, cols, rows, rev } = state;
    if (chan === undefined || epoch === undefined || out_start === undefined) return fault(link, "incomplete_state");
    if (in_next === undefined || in_limit === undefined) return fault(link, "incomplete_state");
    const live = this.#attachment?.link === link && this.#attachment.chan === chan && epoch === this.#epoch;
    if (live) return this.#startOutput(out_start, state.gap, link);
    if (epoch <= this.#epoch) return fault(link, "epoch_went_back");
    const output = this.#startOutput(out_start, state.gap, link);
    if (output.some((effect) => effect.type === "fault")) return output;
    const input = this.input.onWelcome({ in_next, in_limit, epoch, own: state.in_own }, now);
    if (!input.ok) return [...output, ...fault(link, input.reason)];
    this.#seen = state.out_seen ?? 0;
    this.#epoch = epoch;
    this.#token = state.token ?? this.#token;
    this.#attachment = { link, chan };
    this.#phase = this.#exitShown ? "ended" : "attached";
    this.output.ackAnew();
    const resize = cols === undefined || rows === undefined ? null : this.size.rebase({ cols, rows, rev: rev ?? 0 });
    return [
      { type: "phase", phase: this.#phase },
      ...output,
      ...(input.held ? [{ type: "input_held" } as const] : []),
      ...(input.discarded > 0 ? [{ type: "input_discarded", bytes: input.discarded } as const] : []),
      ...(resize === null ? [] : [{ type: "resize", ...resize } as const]),
    ];
  }

  /** Output goes on at `start`: with what is here already trimmed, after an announced gap, or not at all. */
  #startOutput(start: number, gap: SessionState["gap"], link: PageLinkId): readonly PageEffect[] {
    const recv = this.output.recv;
    if (start <= recv) {
      this.#fresh = false;
      return NONE;
    }
    const announced = gap !== undefined && gap.from <= recv && gap.to === start;
    if (!announced && !this.#fresh) return fault(link, "beyond_recv");
    // Telemetry that begins at the end misses nothing that it wanted.
    const wanted = !this.#fresh || this.options.session_id === "ssh1";
    this.#fresh = false;
    this.output.skipTo(start);
    return announced && wanted ? [{ type: "gap", from: recv, to: start }, ...this.#showExit()] : NONE;
  }

  /** The link is closed or given up. */
  linkLost(link: PageLinkId): void {
    if (this.#attachment?.link !== link) return;
    this.#attachment = null;
    this.input.onLinkLost();
    if (this.#phase === "attached") this.#phase = "detached";
  }

  onOut(link: PageLinkId, pos: number, body: Uint8Array, stderr: boolean): readonly PageEffect[] {
    if (this.#attachment?.link !== link) return NONE;
    const verdict = this.output.onOut(pos, body);
    if (!verdict.ok) return fault(link, verdict.reason);
    if (verdict.bytes.length === 0) return NONE;
    return [...this.#deliver(verdict.pos, verdict.bytes, stderr), ...this.#showExit()];
  }

  #deliver(pos: number, bytes: Uint8Array, stderr: boolean): readonly PageEffect[] {
    const cut = Math.min(Math.max(0, this.#seen - pos), bytes.length);
    const part = (from: number, to: number, seen: boolean): readonly PageEffect[] =>
      from === to ? NONE : [{ type: "deliver", pos: pos + from, bytes: bytes.subarray(from, to), stderr, seen }];
    return [...part(0, cut, true), ...part(cut, bytes.length, false)];
  }

  onAck(link: PageLinkId, accepted: number, limit: number): readonly PageEffect[] {
    if (this.#attachment?.link !== link) return NONE;
    return this.input.onAck(accepted, limit) ? NONE : fault(link, "ack_beyond_sent");
  }

  onExit(link: PageLinkId, exit: ExitPayload): readonly PageEffect[] {
    if (this.#attachment?.link !== link) return NONE;
    this.#exit ??= exit;
    return this.#showExit();
  }

  #showExit(): readonly PageEffect[] {
    if (this.#exit === null || this.#exitShown || this.output.recv < this.#exit.at) return NONE;
    this.#exitShown = true;
    this.#phase = "ended";
    return [{ type: "exit", exit: this.#exit }];
  }

  /** Another page has the session: this one stops asking [WP28]. Word of an older epoch says nothing new. */
  onTakenOver(link: PageLinkId, epoch: number, by: string): readonly PageEffect[] {
    if (this.#attachment?.link !== link || epoch <= this.#epoch) return NONE;
    return this.#leave("taken_over", { by });
  }

  onResized(link: PageLinkId, resized: ResizedPayload): readonly PageEffect[] {
    if (this.#attachment?.link !== link) return NONE;
    const { cols, rows, at } = resized;
    return [{ type: "resized", cols, rows, at }];
  }

  /** The terminal has another size. */
  resize(cols: number, rows: number): readonly PageEffect[] {
    const resize = this.size.want({ cols, rows });
    return resize === null || this.#attachment === null ? NONE : [{ type: "resize", ...resize }];
  }

  /** The next IN frame, or undefined. */
  nextIn(bufferedAmount: number): Uint8Array<ArrayBuffer> | undefined {
    if (this.#attachment === null || this.#phase !== "attached") return undefined;
    const next = this.input.nextIn(bufferedAmount);
    return next && encodeIn(this.#attachment.chan, next.pos, next.body);
  }

  /** When an ACK is due: 0 for now, null for nothing to say. */
  ackAt(): number | null {
    return this.#attachment === null ? null : this.output.ackAt();
  }

  /** The ACK frame when it is due at `now`. */
  takeAck(now: number): Uint8Array<ArrayBuffer> | undefined {
    const at = this.ackAt();
    if (this.#attachment === null || at === null || at > now) return undefined;
    const { pos, limit, saved } = this.output.takeAck();
    return encodeAck(this.#attachment.chan, pos, limit, saved);
  }
}

function fault(link: PageLinkId, reason: string): readonly PageEffect[] {
  return [{ type: "fault", link, closeCode: CLOSE.protocol, reason }];
}

/** The state that `connected` describes, for applyState() of the session it opened. */
export function stateOfConnected(connected: Down<"connected">["payload"]): SessionState {
  const { sid, token, chan, epoch, out_start, in_next, in_limit, cols, rows } = connected;
  return { sid, token, status: "resumed", chan, epoch, out_start, in_next, in_limit, cols, rows, rev: 0 };
}
