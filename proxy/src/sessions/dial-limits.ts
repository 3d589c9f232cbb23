/** How often and how many at once [section 4 of the security design]; connects only, resume never dials [S38]. */
import type { LimitValues } from "../config/limits-schema.ts";
import { type Failure, failure, type Outcome, succeeded } from "../failure.ts";
import { RateLimit } from "../rate-limit.ts";

/** Targets remembered for failed logins at most. */
const LOGIN_KEYS_MAX = 4_096;

/**
 * One host of a path as it is counted [S39]. `targets`: its checked address, or each of several that a name has, with port
 * and the path to it; `user`: who logs in there; `isDevice`: the end of the path.
 */
export type DialledHost = { targets: readonly string[]; user: string; isDevice: boolean };

/** Leave to dial one host and log in there. */
export type DialPass = {
  /** Which of the targets answered: logins count there from now on. */
  answeredAt(target: string): void;
  /** The host refused a login, or went away with an answer in hand. */
  loginRefused(): void;
  loggedIn(): void;
  /** Why nobody may answer this host now, or undefined. */
  pause(): Failure | undefined;
  /** The host is no longer being connected to. */
  leave(): void;
};

export class DialLimits {
  readonly #limits: LimitValues;
  readonly #perUser: RateLimit;
  readonly #perTarget: RateLimit;
  readonly #now: () => number;
  readonly #connecting = new Map<string, number>();
  readonly #failures = new Map<string, number[]>();

  constructor(limits: LimitValues, now: () => number = Date.now) {
    this.#limits = limits;
    this.#now = now;
    this.#perUser = new RateLimit(limits.dials_per_user_per_min, limits.dials_per_user_per_min, now);
    this.#perTarget = new RateLimit(limits.dials_per_target_per_min, limits.dials_per_target_per_min, now);
  }

  /** Why this user may not start a connect now, or undefined; then call started() and finished(). */
  refusal(user: string): Failure | undefined {
    if (this.#isBusy(`u ${user}`, this.#limits.connecting_per_user)) {
      return { ...failure("limit", "connecting"), retry_after_s: 5 };
    }
    const wait = this.#perUser.take(user);
    return wait > 0 ? { ...failure("limit", "rate"), retry_after_s: wait } : undefined;
  }

  started(user: string): void {
    this.#count(`u ${user}`, 1);
  }

  finished(user: string): void {
    this.#count(`u ${user}`, -1);
  }

  /** Asked for each host before it is dialled; a name with several addresses counts for all of them. */
  enter({ targets, user, isDevice }: DialledHost): Outcome<DialPass> {
    const logins = (): string[] => at.map((target) => `${target} ${user}`);
    let at = targets;
    const paused = this.#pauseOf(logins());
    if (paused !== undefined) return { ok: false, failure: paused };
    // A jump host is dialled for each device behind it: how many at once is bounded by the user's own figure.
    const slots = isDevice ? targets.map((target) => `t ${target}`) : [];
    if (slots.some((slot) => this.#isBusy(slot, this.#limits.connecting_per_target))) {
      return { ok: false, failure: { ...failure("limit", "connecting", "this device"), retry_after_s: 5 } };
    }
    const wait = Math.max(0, ...targets.map((target) => this.#perTarget.take(target)));
    if (wait > 0) return { ok: false, failure: { ...failure("limit", "rate"), retry_after_s: wait } };
    for (const slot of slots) this.#count(slot, 1);
    return succeeded({
      answeredAt: (target) => {
        at = [target];
      },
      loginRefused: () => {
        for (const login of logins()) this.#loginRefused(login);
      },
      loggedIn: () => {
        for (const login of logins()) this.#failures.delete(login);
        // Whom a jump host lets in may go on to many devices: those have rates of their own.
        if (!isDevice) for (const target of targets) this.#perTarget.giveBack(target);
      },
      pause: () => this.#pauseOf(logins()),
      leave: () => {
        for (const slot of slots.splice(0)) this.#count(slot, -1);
      },
    });
  }

  #isBusy(key: string, max: number): boolean {
    return (this.#connecting.get(key) ?? 0) >= max;
  }

  #count(key: string, by: number): void {
    const count = (this.#connecting.get(key) ?? 0) + by;
    if (count > 0) this.#connecting.set(key, count);
    else this.#connecting.delete(key);
  }

  /** Three in five minutes pause this target and user for a minute. */
  #loginRefused(login: string): void {
    const now = this.#now();
    const recent = (this.#failures.get(login) ?? []).filter((at) => now - at < this.#limits.login_window_s * 1_000);
    this.#failures.delete(login);
    this.#failures.set(login, [...recent, now].slice(-this.#limits.login_failures));
    const oldest = this.#failures.keys().next();
    if (this.#failures.size > LOGIN_KEYS_MAX && oldest.done !== true) this.#failures.delete(oldest.value);
  }

  #pauseOf(logins: readonly string[]): Failure | undefined {
    const pause = Math.max(0, ...logins.map((login) => this.#pauseSeconds(login)));
    return pause > 0 ? { ...failure("auth_failed", "rate_limited"), retry_after_s: pause } : undefined;
  }

  #pauseSeconds(login: string): number {
    const times = this.#failures.get(login) ?? [];
    const [first] = times;
    const last = times.at(-1);
    if (first === undefined || last === undefined || times.length < this.#limits.login_failures) return 0;
    if (last - first > this.#limits.login_window_s * 1_000) return 0;
    return Math.max(0, Math.ceil((last + this.#limits.login_pause_s * 1_000 - this.#now()) / 1_000));
  }
}
