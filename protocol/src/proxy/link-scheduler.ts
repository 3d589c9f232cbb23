/**
 * Order of sending on one link [WP10]: control first, then channels round robin with a quantum of 32 KiB, so that a
 * flooding terminal never starves telemetry. The owner calls next(bufferedAmount) whenever something was queued, output
 * or credit came, or the socket drained; sends what it gets, then carries out its effects; and stops at undefined.
 */

import { LINK_CONTROL_QUEUE_BYTES, ROUND_ROBIN_QUANTUM_BYTES, SOCKET_HIGH_WATER_BYTES } from "../limits.ts";
import type { ProxyEffect } from "./effects.ts";
import type { OutStep } from "./session-core.ts";

/** A session core, as the scheduler sees it. */
export type OutSource = { nextOut(max: number): OutStep | undefined };
/** Control text, or a binary ACK, PING or PONG. */
export type ControlFrame = string | Uint8Array;
export type Step = { data: ControlFrame; effects: readonly ProxyEffect[] };

export class LinkScheduler {
  readonly #control: ControlFrame[] = [];
  #controlBytes = 0;
  /** In order of their turns; the first has `#turnLeft` bytes to go. */
  #turns: { chan: number; source: OutSource }[] = [];
  #turnLeft: number = ROUND_ROBIN_QUANTUM_BYTES;

  /** False when the queue of control frames is full: the peer does not read; close with 4004 [S23]. */
  queue(frame: ControlFrame): boolean {
    if (this.#controlBytes + frame.length > LINK_CONTROL_QUEUE_BYTES) return false;
    this.#control.push(frame);
    this.#controlBytes += frame.length;
    return true;
  }

  add(chan: number, source: OutSource): void {
    this.#turns.push({ chan, source });
  }

  remove(chan: number): void {
    if (this.#turns[0]?.chan === chan) this.#turnLeft = ROUND_ROBIN_QUANTUM_BYTES;
    this.#turns = this.#turns.filter((turn) => turn.chan !== chan);
  }

  /** The next thing to send, or undefined while the socket is behind or there is nothing to send. */
  next(bufferedAmount: number): Step | undefined {
    if (bufferedAmount >= SOCKET_HIGH_WATER_BYTES) return undefined;
    const control = this.#control.shift();
    if (control !== undefined) {
      this.#controlBytes -= control.length;
      return { data: control, effects: [] };
    }
    // One look at each channel: the current one with the rest of its turn, then all, it included, with a fresh one.
    for (let looks = this.#turns.length; looks >= 0; looks--) {
      const out = this.#turns[0]?.source.nextOut(this.#turnLeft);
      if (out !== undefined) {
        this.#turnLeft -= out.bytes;
        if (this.#turnLeft <= 0) this.#endTurn();
        return { data: out.frame, effects: out.effects };
      }
      this.#endTurn();
    }
    return undefined;
  }

  #endTurn(): void {
    const first = this.#turns.shift();
    if (first !== undefined) this.#turns.push(first);
    this.#turnLeft = ROUND_ROBIN_QUANTUM_BYTES;
  }
}
