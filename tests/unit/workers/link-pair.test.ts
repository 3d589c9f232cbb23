import { describe, expect, test } from "vitest";
import type { SecondFact, TransportFact, TransportOrder } from "#machines/link.machine.ts";
import { type Attempt, LinkPair } from "#workers/actors/link-pair.ts";

const T = { at: 1, random: 0.5 };

type Double = Attempt & { orders: TransportOrder["type"][]; stopped: boolean; report(fact: TransportFact): void };

function setUp() {
  const attempts: Double[] = [];
  const facts: (TransportFact | SecondFact)["type"][] = [];
  const pair = new LinkPair(
    (report) => {
      const attempt: Double = {
        orders: [],
        stopped: false,
        report,
        order: ({ type }) => void attempt.orders.push(type),
        stop: () => {
          attempt.stopped = true;
        },
      };
      attempts.push(attempt);
      return attempt;
    },
    ({ type }) => facts.push(type),
  );
  const [first] = attempts;
  if (first === undefined) throw new Error("nothing was dialled");
  const dialSecond = (): Double => {
    pair.order({ type: "second.dial" });
    const second = attempts.at(-1);
    if (second === undefined || second === first) throw new Error("no second was dialled");
    return second;
  };
  return { pair, first, facts, dialSecond };
}

const challenged: TransportFact = { type: "transport.challenged", ...T };
const welcomed: TransportFact = { type: "transport.welcomed", proxy_version: "1", ...T };
const confirmed: TransportFact = { type: "transport.confirmed", rtt_ms: 1, p50_ms: 1, p95_ms: 1, ...T };
const closed: TransportFact = { type: "transport.closed", code: 1006, reason: "", ...T };

describe("[section 11] the two sockets of a link", () => {
  test("with one, facts and orders pass as they are", () => {
    const { pair, first, facts } = setUp();
    for (const fact of [challenged, welcomed, confirmed]) first.report(fact);
    pair.order({ type: "transport.probe" });
    expect(facts).toEqual(["transport.challenged", "transport.welcomed", "transport.confirmed"]);
    expect(first.orders).toEqual(["transport.probe"]);
    pair.stop();
    expect(first.stopped).toBe(true);
  });

  test("of two, each is told apart; orders for the link go to the first", () => {
    const { pair, first, facts, dialSecond } = setUp();
    const second = dialSecond();
    second.report(challenged);
    first.report(confirmed);
    pair.order({ type: "transport.probe" });
    pair.order({ type: "second.give_up" });
    expect(facts).toEqual(["second.challenged", "transport.confirmed"]);
    expect([first.orders, second.orders]).toEqual([["transport.probe"], ["transport.give_up"]]);
  });

  test("a welcomed second is the link from then on, and the first is let go before anybody hears of it", () => {
    const { pair, first, facts, dialSecond } = setUp();
    const second = dialSecond();
    second.report(welcomed);
    expect(first.stopped).toBe(true);
    second.report(confirmed);
    first.report(closed);
    pair.order({ type: "transport.probe" });
    expect(facts).toEqual(["second.welcomed", "transport.confirmed"]);
    expect(second.orders).toEqual(["transport.probe"]);
  });

  test("a first that closes leaves its place to the second", () => {
    const { first, facts, dialSecond } = setUp();
    const second = dialSecond();
    first.report(closed);
    second.report(challenged);
    second.report(welcomed);
    expect(facts).toEqual(["transport.closed", "transport.challenged", "transport.welcomed"]);
    expect(second.stopped).toBe(false);
  });

  test("[A2] a second that closed, was dropped or replaced is heard of no more", () => {
    const { pair, facts, dialSecond } = setUp();
    const [one, two, three] = [dialSecond(), dialSecond(), dialSecond()];
    expect([one.stopped, two.stopped, three.stopped]).toEqual([true, true, false]);
    one.report(welcomed);
    pair.order({ type: "second.drop" });
    expect(three.stopped).toBe(true);
    three.report(welcomed);
    const four = dialSecond();
    four.report(closed);
    four.report(welcomed);
    expect(facts).toEqual(["second.closed"]);
  });

  test("both end with the link", () => {
    const { pair, first, dialSecond } = setUp();
    const second = dialSecond();
    pair.stop();
    expect([first.stopped, second.stopped]).toEqual([true, true]);
  });
});
