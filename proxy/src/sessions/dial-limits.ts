/** How often and how many at once [section 4 of the security design]; connects only, resume never dials [S38]. */
import type { LimitValues } from "../config/limits-schema.ts";
import { type Failure, failure } from "../failure.ts";
import { RateLimit } from "../rate-limit.ts";

/** Targets remembered for failed logins at most. */
const LOGIN_KEYS_MAX = 4_096;

export type DialKey = { user: string; target: string; login: string };

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

  /** Why this connect may not start now, or undefined; then call started() and finished(). */
  refusal({ user, target, login }: DialKey): Failure | undefined {
    const pause = this.#pause(login);
    if (pause > 0) return { ...failure("auth_failed", "rate_limited"), retry_after_s: pause };
    const busy = (key: string, max: number) => (this.#connecting.get(key) ?? 0) >= max;
    if (busy(`u ${user}`, this.#limits.connecting_per_user))
      return { ...failure("limit", "connecting"), retry_after_s: 5 };
    if (busy(`t ${target}`, this.#limits.connecting_per_target)) {
      return { ...failure("limit", "connecting", "this device"), retry_after_s: 5 };
    }
    const wait = this.#perUser.take(user) || this.#perTarget.take(target);
    return wait > 0 ? { ...failure("limit", "rate"), retry_after_s: wait } : undefined;
  }

  started({ user, target }: DialKey): void {
    for (const key of [`u ${user}`, `t ${target}`]) this.#connecting.set(key, (this.#connecting.get(key) ?? 0) + 1);
  }

  finished({ user, target }: DialKey): void {
    for (const key of [`u ${user}`, `t ${target}`]) {
      const left = (this.#connecting.get(key) ?? 1) - 1;
      if (left > 0) this.#connecting.set(key, left);
      else this.#connecting.delete(key);
    }
  }

  /** A device refused a login: three in five minutes pause this target and user for a minute. */
  loginFailed({ login }: DialKey): void {
    const now = this.#now();
    const recent = (this.#failures.get(login) ?? []).filter((at) => now - at < this.#limits.login_window_s * 1_000);
    this.#failures.delete(login);
    this.#failures.set(login, [...recent, now].slice(-this.#limits.login_failures));
    const oldest = this.#failures.keys().next();
    if (this.#failures.size > LOGIN_KEYS_MAX && oldest.done !== true) this.#failures.delete(oldest.value);
  }

  loginSucceeded({ login }: DialKey): void {
    this.#failures.delete(login);
  }

  #pause(login: string): number {
    const times = this.#failures.get(login) ?? [];
    const [first] = times;
    const last = times.at(-1);
    if (first === undefined || last === undefined || times.length < this.#limits.login_failures) return 0;
    if (last - first > this.#limits.login_window_s * 1_000) return 0;
    return Math.max(0, Math.ceil((last + this.#limits.login_pause_s * 1_000 - this.#now()) / 1_000));
  }
}
