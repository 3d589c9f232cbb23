/** One link from challenge to close: hello, routing of frames by schema and channel [WP2] [WP4] [S19] [S26]. */
import type { WebSocket } from "ws";
import { errorFrame, linkFrame } from "#protocol/builders.ts";
import { CLOSE, type CloseCode } from "#protocol/close-codes.ts";
import { parseControl } from "#protocol/control.ts";
import { ERROR_RETRY } from "#protocol/error-codes.ts";
import { decodeFrame, encodePong, type UpFrame } from "#protocol/frames.ts";
import { HELLO_TIMEOUT_MS } from "#protocol/limits.ts";
import type { Envelope } from "#protocol/messages/envelope.ts";
import type { Up } from "#protocol/up.ts";
import type { LimitValues } from "./config/limits-schema.ts";
import type { Identity } from "./identity/identity.ts";
import type { Link } from "./links/link-table.ts";
import { PageSocket } from "./links/page-socket.ts";
import type { Log } from "./log.ts";
import { random128, random256 } from "./random.ts";
import { RateLimit } from "./rate-limit.ts";
import type { ClientRecord } from "./sign-in/client-store.ts";

const MINUTE_S = 60;

export type ClientLinkOptions = {
  socket: WebSocket;
  /** Who the cookie said this is; hello must prove it. */
  client: ClientRecord;
  identity: Identity;
  origin: string;
  address: string;
  limits: LimitValues;
  /** Whether the hello proves possession of the client's key for this nonce [S19]. */
  proves: (hello: Up<"hello">["payload"], nonce: string) => boolean;
  /** A greeted link: registers it and answers with a welcome, or refuses with a close code. */
  greeted: (link: Link, hello: Up<"hello">) => Promise<CloseCode | undefined>;
  /** A message after the hello. */
  message: (link: Link, message: Exclude<Up, Up<"hello">>) => Promise<void>;
  /** Whether its page has a newer link: then this one is about to go, and what comes on it is late by right. */
  superseded: (link: Link) => boolean;
  /** It ended before its hello was proved. */
  refused: (closeCode: number, reason: string) => void;
  gone: (link: Link, closeCode: number) => void;
  log: Log;
};

/** Takes a socket over; everything else comes by the callbacks. */
export function serveLink(options: ClientLinkOptions): { close(code: CloseCode, reason: string): void } {
  const link = new ClientLink(options);
  return { close: (code, reason) => link.close(code, reason) };
}

class ClientLink {
  readonly #options: ClientLinkOptions;
  readonly #socket: PageSocket;
  readonly #nonce = random256();
  readonly #rate: RateLimit;
  readonly #helloTimer: NodeJS.Timeout;
  #link: Link | undefined;
  /** Fenced channels that input came on, and whether the page has answered since. */
  readonly #doubted = new Map<number, "asked" | "answered">();

  constructor(options: ClientLinkOptions) {
    this.#options = options;
    const { control_per_s, control_burst } = options.limits;
    this.#rate = new RateLimit(control_per_s * MINUTE_S, control_burst);
    this.#socket = new PageSocket(options.socket, options.log, {
      text: (text) => this.#text(text),
      frame: (bytes) => this.#frame(bytes),
      closed: (code) => this.#closed(code),
    });
    this.#helloTimer = setTimeout(() => this.close(CLOSE.auth, "hello_timeout"), HELLO_TIMEOUT_MS);
    this.#socket.send(linkFrame("challenge", { nonce: this.#nonce }));
  }

  close(code: CloseCode, reason: string): void {
    const { label } = this.#options.client;
    this.#options.log("info", "link.closing", { label, close: code, reason });
    if (this.#link === undefined && !this.#socket.closed) this.#options.refused(code, reason);
    this.#socket.close(code, reason);
  }

  #closed(code: number): void {
    clearTimeout(this.#helloTimer);
    if (this.#link !== undefined) this.#options.gone(this.#link, code);
  }

  #text(text: string): void {
    if (this.#rate.take("control") > 0) {
      this.close(CLOSE.overloaded, "control_rate");
      return;
    }
    const parsed = parseControl(text, "up");
    if (this.#link === undefined) {
      // Nothing is allocated for a session before the hello passed [S19].
      if (parsed.ok && "message" in parsed && parsed.message.action === "hello") this.#hello(parsed.message);
      else if (!parsed.ok && parsed.kind === "protocol" && parsed.closeCode === CLOSE.version) {
        this.close(CLOSE.version, "version");
      } else this.close(CLOSE.auth, "hello_expected");
      return;
    }
    if (parsed.ok && "message" in parsed) this.#route(this.#link, parsed.message);
    else if (!parsed.ok && parsed.kind === "unsupported") this.#unsupported(parsed.envelope, parsed.reason);
    else if (!parsed.ok) this.close(parsed.closeCode, parsed.reason);
  }

  #hello(hello: Up<"hello">): void {
    const { client, identity, origin, address, proves, greeted, log } = this.#options;
    clearTimeout(this.#helloTimer);
    if (!proves(hello.payload, this.#nonce)) {
      this.close(CLOSE.auth, "bad_signature");
      return;
    }
    const socket = this.#socket;
    const link: Link = {
      id: random128(),
      user: client.user,
      clientId: client.client_id,
      instanceId: hello.payload.instance_id,
      label: client.label,
      identity,
      origin,
      address,
      get closed() {
        return socket.closed;
      },
      send: (message) => socket.send(message),
      sendFrame: (frame) => socket.sendFrame(frame),
      open: (port) => socket.open(port),
      shut: (chan) => socket.shut(chan),
      hold: () => socket.hold(),
      release: (first) => socket.release(first),
      pump: () => socket.pump(),
      probe: () => socket.probe(),
      close: (code, reason) => this.close(code, reason),
    };
    this.#link = link;
    const welcome = async () => {
      const refusal = await greeted(link, hello);
      if (refusal !== undefined) this.close(refusal, "refused");
      else log("info", "link.accepted", { label: client.label });
    };
    this.#guard(welcome());
  }

  #route(link: Link, message: Up): void {
    if (message.action === "hello") this.close(CLOSE.protocol, "second_hello");
    else this.#guard(this.#options.message(link, message));
  }

  /** An exception while handling one message ends that link, and no other [S27]. */
  #guard(work: Promise<void>): void {
    work.catch((error: unknown) => {
      this.#options.log("error", "link.failed", {
        error: error instanceof Error ? (error.stack ?? error.message) : "unknown",
      });
      this.close(CLOSE.goingAway, "internal");
    });
  }

  #unsupported(envelope: Envelope, reason: string): void {
    const { device, session_id, id } = envelope;
    const to = session_id === "ssh1" || session_id === "ssh2" ? { device, session_id } : session_id;
    this.#link?.send(errorFrame(to, { code: "unsupported", reason, retry: ERROR_RETRY.unsupported }, { re: id }));
  }

  /**
   * Input under way when its channel was fenced is nothing; the page learns of it. But after its answer to a PING that was
   * sent later than that news, it types into what it holds for an attachment: unconfirmed for ever, unless it dials anew.
   */
  #typedPast(link: Link, chan: number): void {
    if (this.#doubted.get(chan) === "answered" && !this.#options.superseded(link)) {
      this.close(CLOSE.superseded, "fenced_channel");
    }
    if (this.#doubted.has(chan)) return;
    this.#doubted.set(chan, "asked");
    void this.#ask(chan);
  }

  async #ask(chan: number): Promise<void> {
    const answer = await this.#socket.probe();
    if (answer === "answered") this.#doubted.set(chan, "answered");
    else this.#doubted.delete(chan);
  }

  #frame(bytes: Uint8Array): void {
    const link = this.#link;
    if (link === undefined) {
      this.close(CLOSE.auth, "hello_expected");
      return;
    }
    const decoded = decodeFrame(bytes, "up");
    if (!decoded.ok) this.close(decoded.closeCode, decoded.reason);
    else if (decoded.frame !== null) this.#deliver(link, decoded.frame);
  }

  #deliver(link: Link, frame: UpFrame): void {
    switch (frame.kind) {
      case "ping":
        this.#socket.sendFrame(encodePong(frame.nonce));
        return;
      case "pong":
        this.#socket.ponged(frame.nonce);
        return;
      default: {
        const port = this.#socket.port(frame.chan);
        if (port === undefined) this.close(CLOSE.protocol, "foreign_channel");
        // Frames of a channel that was fenced off change nothing [WP24].
        else if (port === "fenced") {
          if (frame.kind === "in") this.#typedPast(link, frame.chan);
        } else if (frame.kind === "in") port.onIn(link.id, frame.pos, frame.body);
        else port.onAck(link.id, frame.pos, frame.limit, frame.saved);
      }
    }
  }
}
