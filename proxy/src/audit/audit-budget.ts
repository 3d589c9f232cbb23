/** How many lines one client may fill the audit log with: nobody may push everything else out of the files kept [S23] [S93]. */
import { rateKey } from "../rate-key.ts";
import { RateLimit } from "../rate-limit.ts";
import type { AuditEntry, AuditEvent } from "./audit-events.ts";

/** Refusals written a minute, of one client or address and in all. */
const REFUSALS_PER_MIN = 30;
const REFUSALS_IN_ALL_PER_MIN = 300;

/**
 * Lines of one client, as lines a minute and how many are saved up. Each kind has its own, so that a flood of one hides none
 * of another. All together are some 60 MB a day of a client that does nothing else.
 */
const BUDGETS = {
  /** What changes who may do what: a person does it now and then. */
  acts: { perMin: 20, burst: 120 },
  /** Links and sessions: 32 sessions that come back over a bad network every few minutes fit. */
  comings: { perMin: 40, burst: 300 },
  /** Commands of telemetry, two lines each. */
  commands: { perMin: 120, burst: 600 },
} as const;
type Kind = keyof typeof BUDGETS;

function kindOf(event: AuditEvent): Kind {
  if (event.startsWith("exec.")) return "commands";
  return /^(link|session)\./.test(event) ? "comings" : "acts";
}

export class AuditBudget {
  readonly #refusals: RateLimit;
  readonly #refusalsInAll: RateLimit;
  readonly #ofClients: Readonly<Record<Kind, RateLimit>>;

  constructor(clock: () => number) {
    this.#refusals = new RateLimit(REFUSALS_PER_MIN, REFUSALS_PER_MIN, clock);
    this.#refusalsInAll = new RateLimit(REFUSALS_IN_ALL_PER_MIN, REFUSALS_IN_ALL_PER_MIN, clock);
    const of = (kind: Kind): RateLimit => new RateLimit(BUDGETS[kind].perMin, BUDGETS[kind].burst, clock);
    this.#ofClients = { acts: of("acts"), comings: of("comings"), commands: of("commands") };
  }

  /** Whether this line may be written. What comes from the console, or from the proxy itself, always may. */
  allows({ event, client, addr, outcome }: AuditEntry): boolean {
    if (outcome === "refused") {
      const who = client ?? (addr === undefined ? "" : rateKey(addr));
      return this.#refusals.take(`${event} ${who}`) === 0 && this.#refusalsInAll.take("all") === 0;
    }
    return client === undefined || this.#ofClients[kindOf(event)].take(client) === 0;
  }
}
