import type { TerminalFigures } from "#machines/view-projections.ts";

/** Weight of the newest echo time. */
const ECHO_WEIGHT = 0.3;

/** How long the device takes to answer what was typed, and what it has not answered [U11] [U12] [T53]. */
export class EchoWatch {
  /** First byte typed since the last output. */
  #typedAt: number | null = null;
  #lastTypedAt: number | null = null;
  #ms: number | null = null;
  /** Input position that had been sent when output came last: an echo may overtake the proxy's word. Null before the proxy said where input is. */
  #answered: number | null = null;
  #since: number | null = null;

  typed(now: number): void {
    this.#typedAt ??= now;
    this.#lastTypedAt = now;
  }

  /** The proxy has taken input up to here. */
  accepted(position: number | null, now: number): void {
    this.#answered ??= position;
    if (position !== null && this.#answered !== null && position > this.#answered) this.#since ??= now;
  }

  /** Another attachment, whose positions may count from elsewhere. */
  startOver(position: number | null): void {
    this.#answered = position;
    this.#since = null;
  }

  /** Output came, when input had been sent up to here. Gives the smoothed time since something was typed, when something was. */
  output(position: number | null, now: number): number | undefined {
    this.#answered = position;
    this.#since = null;
    if (this.#typedAt === null) return undefined;
    const ms = now - this.#typedAt;
    this.#typedAt = null;
    this.#ms = this.#ms === null ? ms : this.#ms + ECHO_WEIGHT * (ms - this.#ms);
    return this.#ms;
  }

  /** A new session has answered nothing and been asked nothing. */
  forget(): void {
    this.#typedAt = null;
    this.#lastTypedAt = null;
    this.startOver(null);
  }

  figures(position: number | null): Pick<TerminalFigures, "unechoed" | "typed_at"> {
    const bytes = (position ?? 0) - (this.#answered ?? 0);
    return {
      ...(this.#lastTypedAt === null ? {} : { typed_at: this.#lastTypedAt }),
      ...(this.#since === null || bytes <= 0 ? {} : { unechoed: { bytes, since: this.#since } }),
    };
  }
}
