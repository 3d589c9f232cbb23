import type { ChangeEvent } from "./change.ts";
import type { NewChange } from "./diff.ts";

/** Events of one key this close together are one with a count [T85]. */
export const FOLD_MS = 30_000;
/** Places behind the time in an id: more events than one reading can show. */
const ID_DIGITS = 4;
/** Events that may still be folded into. */
const RECENT = 256;

/** Puts changes in order and folds bursts. `folded` replaces the event with its id. */
export class ChangeFolder {
  readonly #recent: ChangeEvent[] = [];
  #lastAt = 0;
  #n = 0;

  add(change: NewChange): { event: ChangeEvent; folded: boolean } {
    const before = this.#recent.findLast((event) => isSame(event, change) && change.at - event.at <= FOLD_MS);
    if (before !== undefined) {
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
      this.#recent[this.#recent.indexOf(before)] = event;
      return { event, folded: true };
    }
    // A reading may be older than the one before; ids grow all the same, and are never given twice.
    const place = Math.max(change.at, this.#lastAt);
    this.#n = place === this.#lastAt ? this.#n + 1 : 0;
    this.#lastAt = place;
    const id = `${String(place).padStart(15, "0")}-${String(this.#n).padStart(ID_DIGITS, "0")}`;
    const event: ChangeEvent = { ...change, id, count: 1 };
    this.#recent.push(event);
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
