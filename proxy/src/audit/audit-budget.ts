/** How many lines one client may fill the audit log with: nobody may push everything else out of the files kept [S23] [S93]. */
import { rateKey } from "../rate-key.ts";
import { RateLimit } from "../rate-limit.ts";
import type { AuditEntry, AuditEvent } from "./audit-events.ts";

/** Refusals written a minute, of one client or address and in all. */
const REFUSALS_PER_MIN = 30;
const REFUSALS_IN_ALL_PER_MIN = 300;

/**
 * Lines a minute of one client and one event, and how many are saved up: events that a client can cause as often as it
 * likes. Each event has its own, so that a flood of one hides none of another; what changes who may do what, and what a
 * dial or a rate stands before anyway, is always written. All together are some 60 MB a day of a client that does
 * nothing else.
 */
const COMINGS = { perMin: 40, burst: 300 } as const;
const COMMANDS = { perMin: 120, burst: 600 } as const;
const BUDGETS: Partial<Record<AuditEvent, { perMin: number; burst: number }>> = {
  "client.renamed": { perMin: 20, burst: 120 },
  "link.accepted": COMINGS,
  "link.closed": COMINGS,
  "session.attached": COMINGS,
  "session.detached": COMINGS,
  "session.adopted": COMINGS,
  "session.taken_over": COMINGS,
  "sign.granted": COMINGS,
  "exec.started": COMMANDS,
  "exec.done": COMMANDS,
};

export class AuditBudget {
  readonly #refusals: RateLimit;
  readonly #refusalsInAll: RateLimit;
  readonly #ofClients = new Map<AuditEvent, RateLimit>();

  constructor(clock: () => number) {
    this.#refusals = new RateLimit(REFUSALS_PER_MIN, REFUSALS_PER_MIN, clock);
    this.#refusalsInAll = new RateLimit(REFUSALS_IN_ALL_PER_MIN, REFUSALS_IN_ALL_PER_MIN, clock);
    for (const [event, budget] of Object.entries(BUDGETS)) {
      this.#ofClients.set(event as AuditEvent, new RateLimit(budget.perMin, budget.burst, clock));
    }
  }

  /** Whether this line may be written. What comes from the console, or from the proxy itself, always may. */
  judge(entry: AuditEntry): "write" | "too_many_of_it" | "too_many_in_all" {
    const { event, client, outcome } = entry;
    if (outcome === "refused") {
      if (this.#refusals.take(`${event} ${whoseOf(entry)}`) > 0) return "too_many_of_it";
      return this.#refusalsInAll.take("all") === 0 ? "write" : "too_many_in_all";
    }
    if (client === undefined) return "write";
    return (this.#ofClients.get(event)?.take(client) ?? 0) === 0 ? "write" : "too_many_of_it";
  }
}

/** Whom a line is counted for: the client, or the address of who is none. */
export function whoseOf({ client, addr }: AuditEntry): string {
  return client ?? (addr === undefined ? "" : rateKey(addr));
}
