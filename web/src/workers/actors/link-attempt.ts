import type { TransportFact, TransportOrder } from "#machines/link.machine.ts";
import { linkFrame } from "#protocol/builders.ts";
import { CLOSE, type CloseCode } from "#protocol/close-codes.ts";
import { encodeControl, parseControl } from "#protocol/control.ts";
import type { Down } from "#protocol/down.ts";
import { decodeFrame, encodePing, encodePong } from "#protocol/frames.ts";
import { Liveness } from "#protocol/page/liveness.ts";
import { linkPath, SUBPROTOCOL } from "#protocol/version.ts";
import type { HostEnv } from "../host-env.ts";
import type { LinkHub, OpenLink } from "../link-hub.ts";
import type { ClientIdentity } from "../storage/client-identity.ts";
import type { RttWindow } from "./rtt-window.ts";

/** What this page can do beyond the base protocol. */
const FEATURES: readonly string[] = [];

/** As a browser would report a connection that never was. */
const REFUSED = 1006;

export type AttemptDeps = {
  env: HostEnv;
  hub: LinkHub;
  identity: ClientIdentity;
  instance_id: string;
  rtt: RttWindow;
  /** Ends everything when the host's tree is torn down [A3]. */
  signal: AbortSignal;
  /** The attempt that is online now, for input that waits. */
  onInputWaits(listen: (since: number | null) => void): () => void;
};

/**
 * One connection attempt from dialling to its end: socket, greeting, liveness. Reports facts; after {@link stop} it
 * reports nothing and changes nothing [A2].
 */
export class LinkAttempt implements OpenLink {
  readonly id: string;
  readonly #deps: AttemptDeps;
  readonly #report: (fact: TransportFact) => void;
  readonly #socket: WebSocket;
  readonly #stopListening: () => void;
  #liveness: Liveness | null = null;
  #tick: number | null = null;
  /** When the hello left: its answer is the first round trip. */
  #helloAt = 0;
  /** Input is at the proxy or on its way, without an answer. */
  #inputWaits = false;
  #over = false;

  /** Opens a socket to `node`. A browser that refuses to make one counts as a socket that closed at once. */
  static dial(
    id: string,
    node: string,
    deps: AttemptDeps,
    report: (fact: TransportFact) => void,
  ): Pick<LinkAttempt, "order" | "stop"> {
    let socket: WebSocket;
    try {
      socket = deps.env.webSocket(`${deps.env.origin.replace(/^http/, "ws")}${linkPath(node)}`, SUBPROTOCOL);
    } catch {
      const fact = { code: REFUSED, reason: "not_opened", at: deps.env.now(), random: deps.env.random() };
      const timer = deps.env.setTimeout(() => report({ type: "transport.closed", ...fact }), 0);
      return { order: () => {}, stop: () => deps.env.clearTimeout(timer) };
    }
    return new LinkAttempt(id, socket, deps, report);
  }

  private constructor(id: string, socket: WebSocket, deps: AttemptDeps, report: (fact: TransportFact) => void) {
    this.id = id;
    this.#deps = deps;
    this.#report = report;
    this.#socket = socket;
    this.#socket.binaryType = "arraybuffer";
    this.#socket.addEventListener("message", (event: MessageEvent) => this.#hear(event.data));
    this.#socket.addEventListener("close", (event) => this.#closed(event.code, event.reason));
    // An error is always followed by a close, which says all there is to know.
    this.#socket.addEventListener("error", () => {});
    const end = (): void => this.stop();
    deps.signal.addEventListener("abort", end, { once: true });
    const unlisten = deps.onInputWaits((since) => {
      this.#inputWaits = since !== null;
      this.#liveness?.inputWaits(since);
      this.#plan();
    });
    this.#stopListening = () => {
      deps.signal.removeEventListener("abort", end);
      unlisten();
    };
  }

  send(data: string | Uint8Array<ArrayBuffer>): void {
    if (!this.#over) this.#socket.send(data);
  }

  bufferedAmount(): number {
    return this.#socket.bufferedAmount;
  }

  fail(code: CloseCode, reason: string): void {
    this.#close(code, reason);
  }

  order(order: TransportOrder): void {
    if (order.type === "transport.give_up") this.#close(CLOSE.timeout, "no_answer");
    else {
      this.#liveness?.wake(this.#deps.env.now());
      this.#plan();
    }
  }

  /** Lets go without a word: the machine has left the attempt. */
  stop(): void {
    if (this.#over) return;
    this.#end();
    this.#socket.close(1000);
  }

  #stamp(): { at: number; random: number } {
    return { at: this.#deps.env.now(), random: this.#deps.env.random() };
  }

  /** Our verdict; the socket may take its time to notice. */
  #close(code: number, reason: string): void {
    if (this.#over) return;
    this.#socket.close(code, reason);
    this.#closed(code, reason);
  }

  #closed(code: number, reason: string): void {
    if (this.#over) return;
    this.#end();
    this.#report({ type: "transport.closed", code, reason, ...this.#stamp() });
  }

  #end(): void {
    this.#over = true;
    if (this.#tick !== null) this.#deps.env.clearTimeout(this.#tick);
    this.#stopListening();
    this.#deps.hub.lost(this);
  }

  #hear(data: unknown): void {
    if (this.#over) return;
    this.#liveness?.received(this.#deps.env.now());
    if (typeof data === "string") this.#control(data);
    else if (data instanceof ArrayBuffer) this.#frame(new Uint8Array(data));
    else this.#close(CLOSE.protocol, "bad_frame_type");
    this.#plan();
  }

  #frame(bytes: Uint8Array): void {
    const decoded = decodeFrame(bytes, "down");
    if (!decoded.ok) {
      this.#close(decoded.closeCode, decoded.reason);
      return;
    }
    const { frame } = decoded;
    if (frame === null) return;
    if (frame.kind === "out") this.#deps.hub.onOut(this, frame);
    else if (frame.kind === "ack") this.#deps.hub.onAck(this, frame);
    else if (frame.kind === "ping") this.send(encodePong(frame.nonce));
    else this.#pong(frame.nonce);
  }

  #pong(nonce: number): void {
    const { env } = this.#deps;
    // An answer to an earlier PING may have waited here since before a sleep: it proves nothing about now.
    if (this.#liveness?.pong(nonce, env.now()) === true) this.#roundTrip(this.#liveness.rttMs ?? 0);
  }

  #roundTrip(rtt_ms: number): void {
    const { env, rtt, hub } = this.#deps;
    rtt.add(env.now(), rtt_ms);
    hub.setRtt(rtt_ms);
    this.#report({ type: "transport.confirmed", rtt_ms, ...rtt.percentiles(env.now()), ...this.#stamp() });
  }

  #control(text: string): void {
    const parsed = parseControl(text, "down");
    if (!parsed.ok) {
      if (parsed.kind !== "unsupported") this.#close(parsed.closeCode, parsed.reason);
      return;
    }
    if (!("message" in parsed)) return;
    const { message } = parsed;
    if (message.action === "challenge") void this.#greet(message.payload.nonce);
    else if (message.action === "welcome") this.#welcomed(message);
    else if (message.action === "going_away") {
      this.#report({ type: "transport.draining", deadline_s: message.payload.deadline_s, ...this.#stamp() });
    } else this.#deps.hub.onControl(this, message);
  }

  /** The first frame of the page: who it is, proved, and which sessions it wants [WP2] [S19] [WP23]. */
  async #greet(nonce: string): Promise<void> {
    const { identity, hub, env, instance_id } = this.#deps;
    this.#report({ type: "transport.challenged", ...this.#stamp() });
    try {
      const attempt = await identity.nextAttempt();
      const sig = await identity.signHello(nonce, instance_id, attempt);
      const client_id = identity.client?.client_id ?? "";
      const { app_version } = env;
      // Asked for last: positions are those of the moment in which the hello leaves.
      const sessions = hub.requests();
      const hello = { client_id, instance_id, attempt, app_version, features: [...FEATURES], sig, sessions };
      this.#helloAt = env.now();
      this.send(encodeControl(linkFrame("hello", hello)));
    } catch {
      this.#close(CLOSE.auth, "no_client_key");
    }
  }

  #welcomed({ payload }: Down<"welcome">): void {
    this.#liveness = new Liveness(this.#deps.env.now(), payload.ping_ms);
    this.#deps.hub.welcomed(this, payload.sessions, payload.boot_id);
    this.#report({
      type: "transport.welcomed",
      proxy_version: payload.version,
      features: payload.features,
      ...this.#stamp(),
    });
    this.#roundTrip(this.#deps.env.now() - this.#helloAt);
    this.#plan();
  }

  #plan(): void {
    const { env } = this.#deps;
    if (this.#over || this.#liveness === null) return;
    if (this.#tick !== null) env.clearTimeout(this.#tick);
    const now = env.now();
    this.#tick = env.setTimeout(() => this.#alive(), Math.max(0, this.#liveness.nextAt(now) - now));
  }

  #alive(): void {
    this.#tick = null;
    const { env } = this.#deps;
    for (const action of this.#liveness?.tick(env.now()) ?? []) {
      if (action.type === "ping") this.#ping(action.nonce);
      // Two seconds without an answer after a wake: in use still, and another one may be tried beside it [section 11].
      else if (action.type === "probe") this.#report({ type: "transport.silent", ...this.#stamp() });
      else this.#close(CLOSE.timeout, action.type);
    }
    this.#plan();
  }

  /** A PING because input waits is more than routine: the link is in doubt until it is answered. */
  #ping(nonce: number): void {
    this.send(encodePing(nonce));
    if (this.#inputWaits) this.#report({ type: "transport.suspected", ...this.#stamp() });
  }
}
