import { describe, expect, test } from "vitest";
import { createActor, fromCallback, SimulatedClock } from "xstate";
import { type LinkEvent, type LinkReport, linkMachine, type TransportOrder } from "#machines/link.machine.ts";
import { linkView } from "#machines/view-projections.ts";
import { CLOSE } from "#protocol/close-codes.ts";
import { BACKOFF_MS, DIAL_TIMEOUT_MS, HELLO_TIMEOUT_MS } from "#protocol/limits.ts";

const T = { at: 1_000, random: 0.5 };

function setUp() {
  const clock = new SimulatedClock();
  const reports: LinkReport[] = [];
  const orders: string[] = [];
  const attempts = { begun: 0, stopped: 0 };
  const machine = linkMachine.provide({
    actors: {
      transport: fromCallback<TransportOrder, { node: string }>(({ receive, sendBack }) => {
        attempts.begun++;
        receive((order) => {
          orders.push(order.type);
          if (order.type === "transport.give_up") {
            sendBack({ type: "transport.closed", code: CLOSE.timeout, reason: "no_answer", ...T });
          }
        });
        return () => {
          attempts.stopped++;
        };
      }),
    },
    actions: { report: (_args, report) => void reports.push(report) },
  });
  const actor = createActor(machine, { clock, input: { node: "any", visible: true, online: true } });
  actor.start();
  const send = (event: LinkEvent) => actor.send(event);
  const online = (): void => {
    send({ type: "link.start", ...T });
    send({ type: "transport.challenged", ...T });
    send({ type: "transport.welcomed", proxy_version: "1", ...T });
  };
  return { actor, clock, reports, orders, attempts, send, online, view: () => linkView(actor.getSnapshot()) };
}

const presence = (visible: boolean, online: boolean, wake: boolean): LinkEvent => {
  return { type: "presence.changed", visible, online, wake, ...T };
};
const closed = (code: number): LinkEvent => ({ type: "transport.closed", code, reason: "", ...T });

describe("link machine", () => {
  test("dials after sign-in, greets, is online, and says so once", () => {
    const { view, send, online, reports } = setUp();
    expect(view().phase).toBe("offline");
    online();
    expect(view()).toMatchObject({ phase: "online", attempt: 0, resumes: 0, proxy_version: "1" });
    expect(reports).toMatchObject([{ type: "link.up", node: "any" }]);
    send(closed(1006));
    expect(reports.at(-1)).toMatchObject({ type: "link.lost", check: true });
  });

  test("[A2] an abandoned attempt is stopped, and nothing of it counts", () => {
    const { send, attempts, view } = setUp();
    send({ type: "link.start", ...T });
    expect(attempts).toEqual({ begun: 1, stopped: 0 });
    send({ type: "link.stop", ...T });
    expect(attempts).toEqual({ begun: 1, stopped: 1 });
    send({ type: "transport.welcomed", proxy_version: "late", ...T });
    expect(view()).toMatchObject({ phase: "offline" });
  });

  test("[section 11] waits longer after each failure, with the dice it was given, up to 15 s", () => {
    const { send, clock, view } = setUp();
    send({ type: "link.start", ...T });
    for (const [attempt, step] of [...BACKOFF_MS, BACKOFF_MS.at(-1) ?? 0].entries()) {
      send(closed(CLOSE.goingAway));
      expect(view()).toMatchObject({ phase: "waiting", attempt: attempt + 1, retry_at: T.at + step / 2 });
      clock.increment(Math.max(0, step / 2 - 1));
      if (step > 0) expect(view().phase).toBe("waiting");
      clock.increment(1);
      expect(view().phase).toBe("dialling");
    }
  });

  test("[WP23] a dial or greeting without an answer is given up after 5 s", () => {
    const { send, clock, view, orders } = setUp();
    send({ type: "link.start", ...T });
    clock.increment(DIAL_TIMEOUT_MS);
    expect(orders).toEqual(["transport.give_up"]);
    expect(view().phase).toBe("waiting");
    clock.increment(0);
    send({ type: "transport.challenged", ...T });
    expect(view().phase).toBe("greeting");
    clock.increment(HELLO_TIMEOUT_MS);
    expect(view().phase).toBe("waiting");
  });

  test("[S21] after 4501 it stops and asks for a check; a check that finds nothing wrong dials with a pause", () => {
    const { send, view, reports, clock } = setUp();
    send({ type: "link.start", ...T });
    send(closed(CLOSE.auth));
    expect(view()).toMatchObject({ phase: "refused", error: { reason: "close_4501" } });
    expect(reports).toMatchObject([{ type: "link.lost", check: true }]);
    send({ type: "link.start", ...T });
    expect(view().phase).toBe("waiting");
    clock.increment(1);
    send(closed(CLOSE.auth));
    send({ type: "link.start", ...T });
    clock.increment(BACKOFF_MS[1] ?? 0);
    expect(view().phase).toBe("dialling");
  });

  test("stop codes wait for a person", () => {
    const { send, view, clock, reports } = setUp();
    send({ type: "link.start", ...T });
    send(closed(CLOSE.version));
    clock.increment(60_000);
    expect(view().phase).toBe("refused");
    expect(reports.at(-1)).toMatchObject({ check: false });
    send({ type: "link.retry", ...T });
    expect(view()).toMatchObject({ phase: "dialling", attempt: 0 });
  });

  test("[section 11] no dialling while hidden; becoming visible dials at once and forgets the attempts", () => {
    const { send, view, clock } = setUp();
    send({ type: "link.start", ...T });
    send(presence(false, true, false));
    send(closed(1006));
    send(closed(1006));
    clock.increment(60_000);
    expect(view().phase).toBe("waiting");
    send(presence(true, true, true));
    expect(view()).toMatchObject({ phase: "dialling", attempt: 0 });
  });

  test("without a network it waits for one", () => {
    const { send, view, clock } = setUp();
    send({ type: "link.start", ...T });
    send(closed(1006));
    send(presence(true, false, false));
    clock.increment(60_000);
    expect(view().phase).toBe("offline");
    send(presence(true, true, true));
    expect(view().phase).toBe("dialling");
  });

  test("[section 11] waking asks the old socket for a sign of life; an answer ends the doubt", () => {
    const { send, view, online, orders } = setUp();
    online();
    send(presence(true, true, true));
    expect(view().phase).toBe("probing");
    expect(orders).toEqual(["transport.probe"]);
    send({ type: "transport.confirmed", rtt_ms: 12, p50_ms: 10, p95_ms: 20, ...T });
    expect(view()).toMatchObject({ phase: "online", rtt_ms: 12, rtt_p50_ms: 10, rtt_p95_ms: 20 });
  });

  test("counts resumes, not the first success; keeps no figures of a dead link", () => {
    const { send, view, online } = setUp();
    online();
    send({ type: "transport.draining", deadline_s: 5, ...T });
    expect(view().draining_until).toBe(6_000);
    send(closed(1006));
    expect(view().draining_until).toBeUndefined();
    online();
    send({ type: "link.retry", ...T });
    send({ type: "transport.challenged", ...T });
    send({ type: "transport.welcomed", proxy_version: "1", ...T });
    expect(view().resumes).toBe(1);
  });
});
