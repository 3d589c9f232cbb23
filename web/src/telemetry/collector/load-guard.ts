import type { Cpu } from "../knowledge/panel-data.ts";

/** Entering and leaving back-off, percent busy [T55]. */
const ENTER_PCT = 80;
const LEAVE_PCT = 70;
const LEAVE_READINGS = 2;
const MEAN_OF = 3;

/** CPU back-off: a busy device is asked for less, by its own one-minute figure or the mean of three readings [T55]. */
export class LoadGuard {
  throttled = false;
  /** Busy share before the first command and now, percent; shown, and not claimed as ours. */
  before: number | undefined;
  now: number | undefined;
  private readonly recent: number[] = [];
  private calm = 0;

  /** Takes a reading; true when the state changed. */
  reading(cpu: Cpu): boolean {
    const last = cpu.busy_1m_pct ?? cpu.busy_pct;
    if (last === undefined) return false;
    this.before ??= last;
    this.now = last;
    this.recent.push(last);
    if (this.recent.length > MEAN_OF) this.recent.shift();
    const mean = this.recent.reduce((sum, value) => sum + value, 0) / this.recent.length;
    const figure = cpu.busy_1m_pct ?? (this.recent.length === MEAN_OF ? mean : undefined);
    if (!this.throttled) {
      if (figure === undefined || figure < ENTER_PCT) return false;
      this.throttled = true;
      this.calm = 0;
      return true;
    }
    this.calm = last < LEAVE_PCT ? this.calm + 1 : 0;
    if (this.calm < LEAVE_READINGS) return false;
    this.throttled = false;
    return true;
  }
}
