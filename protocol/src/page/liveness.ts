/**
 * Whether a link still lives, seen from the page (section 11), as decisions over times in ms of a clock that goes on
 * during sleep (Date.now). Browsers answer protocol pings while everything else is blocked, so only application PINGs
 * count [WP33]; and while the page's own event loop stood still, silence proves nothing [WP34].
 *
 * The owner calls tick(now) at nextAt() at the latest and acts on what it returns: send a PING with that nonce; `probe`:
 * open a new socket in parallel; `dead`: give this one up. received(now) for every frame, pong(nonce, now) for a PONG,
 * wake(now) on visible, pageshow and online; inputWaits(since) when the oldest unacknowledged input changes.
 */
import {
  CLOCK_JUMP_MS,
  PING_DEAD_MS,
  PING_IDLE_MS,
  PING_UNACKED_MS,
  STALE_INPUT_BADGE_MS,
  STALL_MS,
  WAKE_PROBE_MS,
} from "../limits.ts";

export type LivenessAction = { type: "ping"; nonce: number } | { type: "probe" } | { type: "dead" };

/** A PING on its way. `probeAt`: when its silence asks for a second socket. */
type Ping = { nonce: number; sentAt: number; deadAt: number; probeAt: number | null };

export class Liveness {
  readonly #idleMs: number;
  #lastHeard: number;
  #nonce = 0;
  #ping: Ping | null = null;
  #inputSince: number | null = null;
  /** The wait for input that already had its PING. */
  #pingedFor: number | null = null;
  #due: number;
  #wakePending = false;
  #rttMs: number | null = null;

  /** `idleMs` comes from welcome's ping_ms. */
  constructor(now: number, idleMs: number = PING_IDLE_MS) {
    this.#lastHeard = now;
    this.#idleMs = idleMs;
    this.#due = now + idleMs;
  }

  /** Round trip of the last answered PING, or null. */
  get rttMs(): number | null {
    return this.#rttMs;
  }

  /** Any frame of the proxy proves the link. */
  received(now: number): void {
    this.#lastHeard = now;
    if (this.#ping !== null) this.#ping.deadAt = Math.max(this.#ping.deadAt, now + PING_DEAD_MS);
    if (this.#ping !== null) this.#ping.probeAt = null;
  }

  pong(nonce: number, now: number): void {
    this.received(now);
    if (this.#ping?.nonce !== nonce) return;
    this.#rttMs = now - this.#ping.sentAt;
    this.#ping = null;
  }

  /** When the oldest unacknowledged input was typed, or null. */
  inputWaits(since: number | null): void {
    this.#inputSince = since;
  }

  /** Whether the "stale" badge shows: input without an answer for 3 s. */
  isStale(now: number): boolean {
    return this.#inputSince !== null && now - this.#inputSince >= STALE_INPUT_BADGE_MS;
  }

  /** The page woke: the next tick asks, and 2 s of silence are enough for a second socket. */
  wake(now: number): void {
    this.#wakePending = true;
    this.#due = Math.min(this.#due, now);
  }

  /** When tick() is due. */
  nextAt(now: number): number {
    this.#due = this.#wakePending ? now : this.#deadline();
    return this.#due;
  }

  #deadline(): number {
    if (this.#ping !== null) return Math.min(this.#ping.deadAt, this.#ping.probeAt ?? this.#ping.deadAt);
    const idle = this.#lastHeard + this.#idleMs;
    return this.#needsInputPing() ? Math.min(idle, (this.#inputSince ?? 0) + PING_UNACKED_MS) : idle;
  }

  #needsInputPing(): boolean {
    return this.#inputSince !== null && this.#pingedFor !== this.#inputSince;
  }

  tick(now: number): readonly LivenessAction[] {
    const late = now - this.#due;
    if (late > CLOCK_JUMP_MS) this.#wakePending = true;
    if (this.#wakePending) return this.#probe(now);
    if (late > STALL_MS) return this.#forgive(now);
    const ping = this.#ping;
    if (ping === null) return this.#deadline() <= now ? [this.#send(now, null)] : [];
    if (now >= ping.deadAt) return [{ type: "dead" }];
    if (ping.probeAt === null || now < ping.probeAt) return [];
    ping.probeAt = null;
    return [{ type: "probe" }];
  }

  /** After a sleep nothing known before counts: ask anew, with the short deadline. */
  #probe(now: number): readonly LivenessAction[] {
    this.#wakePending = false;
    return [this.#send(now, now + WAKE_PROBE_MS)];
  }

  /** The answer may wait unread in this page's own queue: the deadlines start again [WP34]. */
  #forgive(now: number): readonly LivenessAction[] {
    return [this.#send(now, null)];
  }

  #send(now: number, probeAt: number | null): LivenessAction {
    this.#pingedFor = this.#inputSince;
    this.#nonce++;
    this.#ping = { nonce: this.#nonce, sentAt: now, deadAt: now + PING_DEAD_MS, probeAt };
    this.#due = this.#deadline();
    return { type: "ping", nonce: this.#nonce };
  }
}
