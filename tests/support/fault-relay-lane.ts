import type { Socket } from "node:net";

/** "up" is client to server, "down" the way back. */
export type Direction = "up" | "down";

/** What a lane does to the bytes that pass. */
export interface LaneSettings {
  readonly held: boolean;
  readonly delayMs: number;
  /** Largest piece written at once; 0 = no limit. */
  readonly dripBytes: number;
  readonly dripMs: number;
}

interface LaneOptions {
  readonly from: Socket;
  readonly to: Socket;
  /** Asked before each write: how many of so many bytes may pass and whether the connection ends after them. */
  readonly allowance: (size: number) => { pass: number; cut: "end" | "reset" | undefined };
  readonly onCut: (how: "end" | "reset") => void;
  readonly onChange: () => void;
}

/**
 * Bytes kept while a lane is held or slow, before the sender is no longer read. Small, so that a black hole soon fills
 * the sender's own buffers as a dead network would.
 */
const QUEUE_LIMIT_BYTES = 256 * 1024;

/** One direction of a relayed connection: a queue between two sockets with faults on its way out. */
export class FaultLane {
  readonly #options: LaneOptions;
  #settings: LaneSettings = { held: false, delayMs: 0, dripBytes: 0, dripMs: 0 };
  #queue: { data: Buffer; due: number }[] = [];
  #queued = 0;
  #received = 0;
  #delivered = 0;
  #ended = false;
  #finSent = false;
  #stopped = false;
  #blocked = false;
  #notBefore = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(options: LaneOptions) {
    this.#options = options;
    options.from.on("data", (data) => this.#take(data));
    options.from.on("end", () => this.endAfterQueue());
    options.to.on("drain", () => {
      this.#blocked = false;
      this.#pump();
    });
  }

  /** Bytes that came in and bytes handed to the far socket. */
  count(): { received: number; delivered: number } {
    return { received: this.#received, delivered: this.#delivered };
  }

  set(settings: LaneSettings): void {
    this.#settings = { ...settings };
    if (settings.delayMs === 0) for (const entry of this.#queue) entry.due = 0;
    if (settings.dripBytes === 0) this.#notBefore = 0;
    this.#pump();
  }

  /** FIN to the far side once everything queued has been written. */
  endAfterQueue(): void {
    this.#ended = true;
    this.#pump();
  }

  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#timer);
    this.#queue = [];
  }

  #take(data: Buffer): void {
    // after a half close there is no way for more; it is lost, as with a peer that no longer reads
    if (this.#stopped || this.#ended) return;
    this.#received += data.length;
    this.#queue.push({ data, due: performance.now() + this.#settings.delayMs });
    this.#queued += data.length;
    if (this.#queued >= QUEUE_LIMIT_BYTES) this.#options.from.pause();
    this.#pump();
    this.#options.onChange();
  }

  #pump(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    let wrote = false;
    while (!this.#stopped && !this.#blocked && !this.#settings.held) {
      const head = this.#queue[0];
      if (head === undefined) break;
      const wait = Math.max(head.due, this.#notBefore) - performance.now();
      if (wait > 0) {
        this.#timer = setTimeout(() => this.#pump(), Math.ceil(wait));
        break;
      }
      this.#writeFrom(head);
      wrote = true;
    }
    if (this.#ended && !this.#finSent && this.#queue.length === 0 && !this.#stopped && !this.#settings.held) {
      this.#finSent = true;
      this.#options.to.end();
    }
    if (wrote) this.#options.onChange();
  }

  #writeFrom(head: { data: Buffer; due: number }): void {
    const { dripBytes, dripMs } = this.#settings;
    const most = dripBytes > 0 ? Math.min(dripBytes, head.data.length) : head.data.length;
    const { pass, cut } = this.#options.allowance(most);
    if (pass > 0) this.#blocked = !this.#options.to.write(head.data.subarray(0, pass));
    this.#delivered += pass;
    this.#queued -= pass;
    if (pass === head.data.length) this.#queue.shift();
    else head.data = head.data.subarray(pass);
    if (dripBytes > 0) this.#notBefore = performance.now() + dripMs;
    if (this.#queued < QUEUE_LIMIT_BYTES && this.#options.from.isPaused()) this.#options.from.resume();
    if (cut !== undefined) this.#options.onCut(cut);
  }
}
