/** How many lines were left out, of each client or address and each event: told by the next line of the very same [S93]. */
import type { AuditEntry, AuditEvent, AuditWho } from "./audit-events.ts";

/** Counts kept one by one; what is beyond them is counted by event alone, so that a sweep of addresses cannot grow this [S23]. */
const COUNTS_MAX = 256;
/** How long a count waits for a line of the same kind before it is told by a line of its own: nobody may come back. */
const TOLD_AFTER_MS = 10 * 60_000;

/** `of`: the event that was left out. */
export type LeftOut = AuditWho & { of: AuditEvent; suppressed: number };
type Count = LeftOut & { since: number };

export class LeftOutLines {
  /** In the order in which they began. */
  readonly #counts = new Map<string, Count>();
  readonly #clock: () => number;

  constructor(clock: () => number) {
    this.#clock = clock;
  }

  /** `whose` names client or address; undefined counts by event alone. */
  add({ event, user, client, addr }: AuditEntry, whose: string | undefined): void {
    const own = nameOf(event, whose);
    const isKept = whose !== undefined && (this.#counts.has(own) || this.#counts.size < COUNTS_MAX);
    const name = isKept ? own : nameOf(event, undefined);
    const known = this.#counts.get(name);
    if (known !== undefined) known.suppressed += 1;
    else {
      const who = isKept ? { user, client, addr } : {};
      this.#counts.set(name, { of: event, ...who, suppressed: 1, since: this.#clock() });
    }
  }

  /** A line of this kind is written: how many of it were left out before; asked for once. */
  take(event: AuditEvent, whose: string): number {
    const name = nameOf(event, whose);
    const count = this.#counts.get(name)?.suppressed ?? 0;
    this.#counts.delete(name);
    return count;
  }

  /** What waited long enough; `all`: everything, because the log ends. Each is given once. */
  due(all = false): LeftOut[] {
    const now = this.#clock();
    const due: LeftOut[] = [];
    for (const [name, { since, ...count }] of this.#counts) {
      // A clock that was set back must not keep it for ever.
      if (!all && since <= now && now - since < TOLD_AFTER_MS) break;
      this.#counts.delete(name);
      due.push(count);
    }
    return due;
  }

  /** In how many ms the oldest count is due; undefined: nothing was left out. */
  get dueInMs(): number | undefined {
    const [oldest] = this.#counts.values();
    if (oldest === undefined) return undefined;
    const now = this.#clock();
    return oldest.since > now ? 0 : Math.max(0, oldest.since + TOLD_AFTER_MS - now);
  }
}

const nameOf = (event: AuditEvent, whose: string | undefined): string =>
  whose === undefined ? event : `${event} ${whose}`;
