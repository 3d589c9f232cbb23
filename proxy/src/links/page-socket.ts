/** One WebSocket of a page: sending by the scheduler's order, heartbeat, size and rate of what comes in [WP10] [S24]. */
import type { WebSocket } from "ws";
import { CLOSE, type CloseCode } from "#protocol/close-codes.ts";
import { encodeControl } from "#protocol/control.ts";
import type { Down } from "#protocol/down.ts";
import { encodePing } from "#protocol/frames.ts";
import { LINK_CONTROL_QUEUE_BYTES, PROXY_DEAD_MS, PROXY_PING_MS, TAKEOVER_PROBE_MS } from "#protocol/limits.ts";
import type { ProxyEffect } from "#protocol/proxy/effects.ts";
import { LinkScheduler } from "#protocol/proxy/link-scheduler.ts";
import type { Log } from "../log.ts";
import type { ChannelPort } from "./link-table.ts";

const CHAN_MAX = 0xffff;
/** What may wait for the end of a greeting [S23]: it has to fit into the queue of the link, with the greeting itself. */
const HELD_MAX_BYTES = LINK_CONTROL_QUEUE_BYTES / 2;
/** Reasons travel in a close frame of at most 123 bytes. */
const REASON_MAX_CHARS = 100;

export type PageSocketEvents = {
  text(text: string): void;
  frame(bytes: Uint8Array): void;
  closed(code: number): void;
};

export class PageSocket {
  readonly #socket: WebSocket;
  readonly #log: Log;
  readonly #scheduler = new LinkScheduler();
  readonly #ports = new Map<number, ChannelPort>();
  readonly #probes = new Map<number, () => void>();
  readonly #beat: NodeJS.Timeout;
  /** Rings when nothing was heard for too long; every frame winds it up again. */
  readonly #silence: NodeJS.Timeout;
  #last: ChannelPort | undefined;
  #nextChan = 1;
  #nonce = 0;
  #closed = false;
  /** Why this side closed; a page that does not read never answers, and the socket then knows only that it broke. */
  #closedWith: CloseCode | undefined;
  #pumping = false;
  /** Frames kept back during the greeting: news of its sessions, and answers to what the page sends meanwhile. */
  #held: { frames: (string | Uint8Array)[]; bytes: number } | undefined;

  constructor(socket: WebSocket, log: Log, events: PageSocketEvents) {
    this.#socket = socket;
    this.#log = log;
    socket.on("message", (data: Buffer, isBinary: boolean) => {
      // A link that is over is not wound up again: that would keep it, and what it holds, for no use.
      if (this.#closed) return;
      this.#silence.refresh();
      this.#guarded(() => (isBinary ? events.frame(data) : events.text(data.toString("utf8"))));
    });
    socket.on("pong", () => this.#silence.refresh());
    // Too large a message, bad UTF-8 and the like: ws closes with the right code itself.
    socket.on("error", (error) => log("info", "link.error", { error: error.message }));
    socket.once("close", (code) => {
      this.#closed = true;
      clearInterval(this.#beat);
      clearTimeout(this.#silence);
      for (const settle of this.#probes.values()) settle();
      this.#guarded(() => events.closed(this.#closedWith ?? code));
    });
    this.#beat = setInterval(() => this.#socket.ping(), PROXY_PING_MS);
    // Timers, not dates: a clock that is set does not end links, or keep dead ones.
    this.#silence = setTimeout(() => this.#socket.terminate(), PROXY_DEAD_MS);
  }

  get closed(): boolean {
    return this.#closed;
  }

  /** An exception while handling one link ends only that one [S27]. */
  #guarded(work: () => void): void {
    try {
      work();
    } catch (error) {
      this.#log("error", "link.failed", { error: error instanceof Error ? (error.stack ?? error.message) : "unknown" });
      this.close(CLOSE.goingAway, "internal");
    }
  }

  /** What does not fit is an error of ours, and not passed on: whoever sends must not end by it [S27]. */
  send(message: Down): void {
    const text = this.#closed ? undefined : this.#encoded(message);
    if (text !== undefined) this.#queue(text);
  }

  #encoded(message: Down): string | undefined {
    try {
      return encodeControl(message);
    } catch (error) {
      this.#log("error", "link.unsent", { error: error instanceof Error ? error.message : "unknown" });
      return undefined;
    }
  }

  sendFrame(frame: Uint8Array): void {
    if (!this.#closed) this.#queue(frame);
  }

  hold(): void {
    this.#held = { frames: [], bytes: 0 };
  }

  release(first: readonly Down[]): void {
    const later = this.#held?.frames ?? [];
    this.#held = undefined;
    for (const message of first) this.send(message);
    for (const frame of later) this.#queue(frame);
    this.pump();
  }

  #queue(frame: string | Uint8Array): void {
    const held = this.#held;
    if (held !== undefined) {
      held.frames.push(frame);
      held.bytes += frame.length;
      if (held.bytes > HELD_MAX_BYTES) this.close(CLOSE.overloaded, "greeting_queue");
      return;
    }
    if (!this.#scheduler.queue(frame)) this.close(CLOSE.overloaded, "not_reading");
    else this.pump();
  }

  open(port: ChannelPort): number {
    const chan = this.#nextChan;
    this.#nextChan += 1;
    if (chan > CHAN_MAX) throw new RangeError("out of channels on one link");
    this.#ports.set(chan, port);
    const nextOut = (max: number) => {
      this.#last = port;
      return port.nextOut(max);
    };
    this.#scheduler.add(chan, { nextOut });
    return chan;
  }

  shut(chan: number): void {
    this.#ports.delete(chan);
    this.#scheduler.remove(chan);
  }

  /** The session behind a channel; `fenced` for one that is no longer on this link; undefined for one that never was. */
  port(chan: number): ChannelPort | "fenced" | undefined {
    return this.#ports.get(chan) ?? (chan < this.#nextChan ? "fenced" : undefined);
  }

  /** Sends what is waiting, while the socket keeps up [WP10]. */
  pump(): void {
    // Effects of what is sent may pump again: one loop is enough.
    if (this.#pumping || this.#closed || this.#held !== undefined) return;
    this.#pumping = true;
    try {
      for (;;) {
        const step = this.#scheduler.next(this.#socket.bufferedAmount);
        if (step === undefined) break;
        const port = this.#last;
        this.#socket.send(step.data, this.#sent);
        if (step.effects.length > 0) port?.run(step.effects satisfies readonly ProxyEffect[]);
      }
    } finally {
      this.#pumping = false;
    }
  }

  readonly #sent = (error?: Error | null): void => {
    if (error === undefined || error === null) this.pump();
  };

  /** Asks the page for a sign of life; the browser's own pong would prove nothing [WP33]. */
  probe(): Promise<"silent" | "answered"> {
    if (this.#closed) return Promise.resolve("silent");
    this.#nonce += 1;
    const nonce = this.#nonce;
    return new Promise((resolve) => {
      const timer = setTimeout(() => settle("silent"), TAKEOVER_PROBE_MS);
      const settle = (answer: "silent" | "answered") => {
        clearTimeout(timer);
        this.#probes.delete(nonce);
        resolve(answer);
      };
      this.#probes.set(nonce, () => settle(this.#closed ? "silent" : "answered"));
      this.sendFrame(encodePing(nonce));
    });
  }

  ponged(nonce: number): void {
    this.#probes.get(nonce)?.();
  }

  close(code: CloseCode, reason: string): void {
    if (this.#closed) return;
    this.#closedWith = code;
    this.#socket.close(code, reason.slice(0, REASON_MAX_CHARS));
    // A page that does not answer the closing is cut off at the next beat.
    this.#closed = true;
    setTimeout(() => this.#socket.terminate(), CLOSE_ANSWER_MS).unref();
  }
}

/** How long a page may take to answer a close frame. */
const CLOSE_ANSWER_MS = 2_000;
