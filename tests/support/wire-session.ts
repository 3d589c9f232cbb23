import { createHash, type Hash } from "node:crypto";
import { sessionFrame } from "#protocol/builders.ts";
import type { Down } from "#protocol/down.ts";
import { encodeAck, encodeIn } from "#protocol/frames.ts";
import { MAX_IN_BODY_BYTES } from "#protocol/limits.ts";
import type { SessionRequest } from "#protocol/messages/session-entry.ts";
import type { DownOf, WirePage } from "./wire-client.ts";
import { randomId } from "./wire-pairing.ts";

type Connected = DownOf<"connected">["payload"];
/** What of the output is kept as text for expectations; the hash covers all. */
const TEXT_KEPT_CHARS = 1_000_000;

/** One session of a {@link WirePage}: positions, credit, input by grant. */
export class WireSession {
  readonly device: string;
  readonly session_id: "ssh1" | "ssh2";
  readonly connected: Connected;
  page: WirePage;
  chan: number;
  token: string;
  epoch: number;
  window: number;
  /** Next position expected. */
  recv: number;
  text = "";
  stderr = "";
  readonly hash: Hash = createHash("sha256");
  /** False: nothing is acknowledged any more, as with a terminal that stands still. */
  acking = true;
  inNext: number;
  inLimit: number;
  accepted: number;
  #waiting: Buffer[] = [];

  constructor(page: WirePage, device: string, session_id: "ssh1" | "ssh2", connected: Connected) {
    this.page = page;
    this.device = device;
    this.session_id = session_id;
    this.connected = connected;
    this.chan = connected.chan;
    this.token = connected.token;
    this.epoch = connected.epoch;
    this.window = connected.out_window;
    this.recv = connected.out_start;
    this.inNext = connected.in_next;
    this.accepted = connected.in_next;
    this.inLimit = connected.in_limit;
  }

  onOut(pos: number, body: Uint8Array, stderr: boolean): void {
    if (pos !== this.recv) throw new Error(`output at ${pos}, expected ${this.recv}`);
    this.recv += body.length;
    this.hash.update(body);
    const piece = Buffer.from(body).toString("latin1");
    if (stderr) this.stderr += piece;
    this.text = (this.text + piece).slice(-TEXT_KEPT_CHARS);
    if (this.acking) this.ack();
    this.page.poke();
  }

  ack(): void {
    this.page.sendFrame(encodeAck(this.chan, this.recv, this.recv + this.window));
  }

  onAck(pos: number, limit: number): void {
    this.accepted = pos;
    this.inLimit = Math.max(this.inLimit, limit);
    this.#drain();
    this.page.poke();
  }

  /** Types text or bytes, within the grant. */
  type(input: string | Uint8Array): void {
    if (input.length === 0) return;
    this.#waiting.push(Buffer.from(input as Uint8Array));
    this.#drain();
  }

  #drain(): void {
    for (;;) {
      const [first] = this.#waiting;
      const room = Math.min(MAX_IN_BODY_BYTES, this.inLimit - this.inNext);
      if (first === undefined || room <= 0) return;
      const piece = first.subarray(0, room);
      this.page.sendFrame(encodeIn(this.chan, this.inNext, piece));
      this.inNext += piece.length;
      if (piece.length === first.length) this.#waiting.shift();
      else this.#waiting[0] = first.subarray(piece.length);
    }
  }

  /** Waits until the output matches; gives the match. */
  waitFor(pattern: RegExp, what = String(pattern)): Promise<RegExpExecArray> {
    return this.page.until(
      () => pattern.exec(this.text) ?? undefined,
      () => `${what} in ${JSON.stringify(this.text.slice(-400))}, typed ${this.inNext}, taken ${this.accepted}`,
    );
  }

  /** Waits for the prompt of a shell: what is typed while bash starts is the shell's to keep, and no matter of most tests. */
  async prompt(): Promise<void> {
    await this.waitFor(/[$#] $/, "a prompt");
  }

  request(action: "exec" | "set_transport" | "resize" | "disconnect", payload: never, id = randomId()): Promise<Down> {
    return this.page.request(sessionFrame(this.device, this.session_id, action, payload, { id }));
  }

  /** Runs one command by exec and gives its output; throws on an error of the proxy. */
  async exec(command: string): Promise<DownOf<"exec_done">["payload"] & { output: string; stderr: string }> {
    const exec_id = randomId();
    const [text, stderr] = [this.text.length, this.stderr.length];
    const from = this.page.messages.length;
    const first = await this.request("exec", { exec_id, command } as never);
    if (first.action === "error") throw new Error(`exec failed: ${JSON.stringify(first.payload)}`);
    const done = await this.page.next("exec_done", (m) => m.payload.exec_id === exec_id, from);
    await this.page.until(() => (this.recv >= done.payload.at ? true : undefined), "all output of exec");
    return { ...done.payload, output: this.text.slice(text), stderr: this.stderr.slice(stderr) };
  }

  /** How this session asks for itself in hello or attach. */
  asRequest(changes: Partial<SessionRequest> = {}): SessionRequest {
    return {
      device: this.device,
      session_id: this.session_id,
      sid: this.connected.sid,
      token: this.token,
      out_pos: this.recv,
      in_pos: this.accepted,
      limit: this.recv + this.window,
      known_epoch: this.epoch,
      durable: false,
      lock_held: false,
      ...changes,
    };
  }

  /** Goes on with this session on another page, from its entry of welcome or attached. */
  resumeOn(
    page: WirePage,
    state: {
      chan?: number | undefined;
      epoch?: number | undefined;
      out_start?: number | undefined;
      in_next?: number | undefined;
      in_limit?: number | undefined;
    },
  ): void {
    this.page = page;
    this.chan = state.chan ?? this.chan;
    this.epoch = state.epoch ?? this.epoch;
    this.recv = state.out_start ?? this.recv;
    this.inNext = state.in_next ?? this.inNext;
    this.inLimit = state.in_limit ?? this.inLimit;
    page.bind(this.chan, this);
  }
}
