import type { SecondFact, TransportFact, TransportOrder } from "#machines/link.machine.ts";

/** One connection attempt, as far as it is ordered about. */
export type Attempt = { order(order: TransportOrder): void; stop(): void };
type Report = (fact: TransportFact | SecondFact) => void;

/**
 * The sockets of one link: one, or two while a second is dialled beside a silent first [section 11]. The machine decides;
 * here stands only which of the two a fact is about. The second takes the first's place when it is welcomed, since by then the
 * sessions have moved, and when the first is closed.
 */
export class LinkPair implements Attempt {
  readonly #dial: (report: (fact: TransportFact) => void) => Attempt;
  readonly #report: Report;
  #first: Attempt;
  #second: Attempt | null = null;

  /** `dial` makes an attempt that reports later, never while it is made. */
  constructor(dial: (report: (fact: TransportFact) => void) => Attempt, report: Report) {
    this.#dial = dial;
    this.#report = report;
    this.#first = this.#open();
  }

  #open(): Attempt {
    const attempt: Attempt = this.#dial((fact) => this.#hear(attempt, fact));
    return attempt;
  }

  order(order: TransportOrder): void {
    switch (order.type) {
      case "second.dial":
        this.#second?.stop();
        this.#second = this.#open();
        return;
      case "second.give_up":
        this.#second?.order({ type: "transport.give_up" });
        return;
      case "second.drop":
        this.#second?.stop();
        this.#second = null;
        return;
      default:
        this.#first.order(order);
    }
  }

  stop(): void {
    this.#first.stop();
    this.#second?.stop();
    this.#second = null;
  }

  #hear(attempt: Attempt, fact: TransportFact): void {
    if (attempt === this.#second) this.#hearSecond(attempt, fact);
    else if (attempt === this.#first) {
      if (fact.type === "transport.closed" && this.#second !== null) this.#promote(this.#second);
      this.#report(fact);
    }
  }

  #hearSecond(second: Attempt, fact: TransportFact): void {
    switch (fact.type) {
      case "transport.challenged":
        this.#report({ ...fact, type: "second.challenged" });
        return;
      case "transport.welcomed":
        this.#first.stop();
        this.#promote(second);
        this.#report({ ...fact, type: "second.welcomed" });
        return;
      case "transport.closed":
        this.#second = null;
        this.#report({ ...fact, type: "second.closed" });
        return;
      default:
        // Nothing else comes before a welcome.
        this.#report(fact);
    }
  }

  #promote(second: Attempt): void {
    this.#first = second;
    this.#second = null;
  }
}
