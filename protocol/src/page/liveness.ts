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
  /** The last time that was told: the clock may be set back. */
  #seen: number;
  #wakePending = false;
  #rttMs: number | null = null;

  /** `idleMs` comes from welcome's ping_ms. */
  constructor(now: number, idleMs: number = PING_IDLE_MS) {
    this.#lastHeard = now;
    this.#idleMs = idleMs;
    this.#due = now + idleMs;
    this.#seen = now;
  }

  /** Round trip of the last answered PING, or null. */
  get rttMs(): number | null {
    return this.#rttMs;
  }

  /**
   * Any frame of the proxy puts the verdict off. It does not answer a wake: it may have waited in this page's own queue since
   * before the sleep, and only a PONG tells of now [WP33].
   */
  received(now: number): void {
    this.#lastHeard = now;
    if (this.#ping !== null) this.#ping.deadAt = Math.max(this.#ping.deadAt, now + PING_DEAD_MS);
  }

  /** False for an answer to an earlier PING: it may be as old as any frame. */
  pong(nonce: number, now: number): boolean {
    this.received(now);
    if (this.#ping?.nonce !== nonce) return false;
    this.#rttMs = Math.max(0, now - this.#ping.sentAt);
    this.#ping = null;
    return true;
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
    this.#minds(now);
    this.#due = this.#wakePending ? now : this.#deadline();
    return this.#due;
  }

  /**
   * A clock that was set back makes every time known here one of the future: without this nobody would ask for as long. What
   * was known does not count, as after a sleep.
   */
  #minds(now: number): void {
    if (now < this.#seen - CLOCK_JUMP_MS) {
      this.#lastHeard = now;
      this.#ping = null;
      this.#wakePending = true;
      this.#due = now;
    }
    this.#seen = now;
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
    this.#minds(now);
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

  /**
   * After a sleep nothing known before counts: ask anew, with the short deadline. Wakes come in bursts (visible, pageshow,
   * online): those that follow do not put it off.
   */
  #probe(now: number): readonly LivenessAction[] {
    this.#wakePending = false;
    const asked = this.#ping?.probeAt ?? null;
    const probeAt = now + WAKE_PROBE_MS;
    return [this.#send(now, asked !== null && asked > now ? Math.min(asked, probeAt) : probeAt)];
  }

  /** The answer may wait unread in this page's own queue: the deadlines start again [WP34]. */
  #forgive(now: number): readonly LivenessAction[] {
    const woke = this.#ping !== null && this.#ping.probeAt !== null;
    return [this.#send(now, woke ? now + WAKE_PROBE_MS : null)];
  }

  #send(now: number, probeAt: number | null): LivenessAction {
    this.#pingedFor = this.#inputSince;
    this.#nonce++;
    this.#ping = { nonce: this.#nonce, sentAt: now, deadAt: now + PING_DEAD_MS, probeAt };
    this.#due = this.#deadline();
    return { type: "ping", nonce: this.#nonce };
  }
}
