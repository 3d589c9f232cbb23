import type { ChangeEvent } from "./change.ts";
import type { NewChange } from "./diff.ts";

/** Events of one key this close together are one with a count [T85]. */
export const FOLD_MS = 30_000;
/** Places behind the time in an id: more events than one reading can show. */
const ID_DIGITS = 4;
const ID_MAX = 10 ** ID_DIGITS - 1;
/** Events that may still be folded into. */
const RECENT = 256;

/** Puts changes in order and folds bursts. `folded` replaces the event with its id. */
export class ChangeFolder {
  /** `steady`: when it happened last, by the clock that nobody sets. */
  readonly #recent: { event: ChangeEvent; steady: number }[] = [];
  #lastAt = 0;
  #n = 0;

  /** Goes on after an event that an earlier run stored, whatever the tablet's clock says now. */
  goOnAfter(id: string): void {
    const [place, n] = id.split("-").map(Number);
    if (!Number.isSafeInteger(place) || !Number.isSafeInteger(n) || (place ?? 0) < this.#lastAt) return;
    this.#lastAt = place ?? 0;
    this.#n = n ?? 0;
  }

  /** `steady`: the change's time by the clock that nobody sets [T15]. */
  add(change: NewChange, steady = change.at): { event: ChangeEvent; folded: boolean } {
    const found = this.#recent.findLast((one) => isSame(one.event, change) && steady - one.steady <= FOLD_MS);
    if (found !== undefined) {
      const before = found.event;
      const event: ChangeEvent = {
        ...before,
        // What is there again is not gone: it went and came back.
        kind: before.kind === "gone" && change.kind === "appeared" ? "flapped" : before.kind,
        at: change.at,
        count: before.count + 1,
        severity: worse(before.severity, change.severity),
        captures: [...new Set([...before.captures, ...change.captures])].slice(-8),
        ...(change.to === undefined ? {} : { to: change.to }),
      };
      Object.assign(found, { event, steady });
      return { event, folded: true };
    }
    // A reading may be older than the one before, or the clock was set back; ids grow all the same, and are never given twice.
    const isFull = this.#n >= ID_MAX && change.at <= this.#lastAt;
    const place = Math.max(change.at, isFull ? this.#lastAt + 1 : this.#lastAt);
    this.#n = place === this.#lastAt ? this.#n + 1 : 0;
    this.#lastAt = place;
    const id = `${String(place).padStart(15, "0")}-${String(this.#n).padStart(ID_DIGITS, "0")}`;
    const event: ChangeEvent = { ...change, id, count: 1 };
    this.#recent.push({ event, steady });
    if (this.#recent.length > RECENT) this.#recent.shift();
    return { event, folded: false };
  }
}

function isSame(event: ChangeEvent, change: NewChange): boolean {
  return (
    event.panel === change.panel && event.key === change.key && event.field === change.field && fits(event, change)
  );
}

/** A port that goes down and up is one burst; one that appears anew is another thing. */
function fits(event: ChangeEvent, change: NewChange): boolean {
  return event.kind === change.kind || (event.kind === "gone" && change.kind === "appeared");
}

const RANK = { change: 0, warn: 1, crit: 2 } as const;
function worse(a: ChangeEvent["severity"], b: ChangeEvent["severity"]): ChangeEvent["severity"] {
  return RANK[a] >= RANK[b] ? a : b;
}
