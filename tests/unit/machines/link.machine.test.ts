import { describe, expect, test } from "vitest";
import { createActor, fromCallback, SimulatedClock } from "xstate";
import { type LinkEvent, type LinkReport, linkMachine, type TransportOrder } from "#machines/link.machine.ts";
import { linkView } from "#machines/view-projections.ts";
import { CLOSE } from "#protocol/close-codes.ts";
import { BACKOFF_MS, DIAL_TIMEOUT_MS, HELLO_TIMEOUT_MS, WAKE_PROBE_MS } from "#protocol/limits.ts";

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

  test.each(Object.entries(CLOSE))(
    "[section 13] close code %s (%i): below 4500 it dials again, from there on it stops",
    (_name, code) => {
      const { send, view, clock, attempts } = setUp();
      send({ type: "link.start", ...T });
      send(closed(code));
      clock.increment(60_000);
      expect([view().phase, attempts.begun]).toEqual(code < 4_500 ? ["dialling", 2] : ["refused", 1]);
    },
  );

  test.each([1000, 1001, 1005, 1006, 1009, 1011, 1012, 1013, 1015, 3000])(
    "[section 13] a code of the browser or of something in between (%i) dials again: it says nothing of the proxy's",
    (code) => {
      const { send, view } = setUp();
      send({ type: "link.start", ...T });
      send(closed(code));
      expect(view().phase).toBe("waiting");
    },
  );

  test.each([0, 0.25, 0.999])(
    "[section 11] full jitter: with dice at %d every delay is that part of its step",
    (random) => {
      const { actor, clock, send } = setUp();
      send({ type: "link.start", ...T });
      for (const step of BACKOFF_MS) {
        send({ ...closed(CLOSE.goingAway), random });
        const { delay_ms } = actor.getSnapshot().context;
        expect(delay_ms).toBe(Math.floor(step * random));
        clock.increment(delay_ms);
      }
    },
  );

  test.each<[string, LinkEvent]>([
    ["a tap", { type: "link.retry", ...T }],
    ["a wake", presence(true, true, true)],
  ])("[section 11] %s dials at once, and what comes after waits from the beginning", (_what, event) => {
    const { send, clock, view } = setUp();
    send({ type: "link.start", ...T });
    for (const step of BACKOFF_MS) {
      send(closed(1006));
      clock.increment(step / 2);
    }
    send(closed(1006));
    expect(view()).toMatchObject({ phase: "waiting", attempt: BACKOFF_MS.length + 1 });
    send(event);
    expect(view()).toMatchObject({ phase: "dialling", attempt: 0 });
    send(closed(1006));
    expect(view()).toMatchObject({ phase: "waiting", attempt: 1, retry_at: T.at });
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

  test("[section 11] a wake while it is asked for another reason asks again, with the short deadline; so does a tap", () => {
    const { send, view, online, orders } = setUp();
    online();
    send({ type: "transport.suspected", ...T });
    send(presence(true, true, true));
    send({ type: "link.retry", ...T });
    expect(view().phase).toBe("probing");
    expect(orders).toEqual(["transport.probe", "transport.probe"]);
  });

  test("[section 11] a dial that a sleep interrupted is begun anew at a wake or a tap; a fresh one goes on", () => {
    for (const wake of [presence(true, true, true), { type: "link.retry", ...T }] satisfies LinkEvent[]) {
      const { send, attempts, view } = setUp();
      send({ type: "link.start", ...T });
      send({ ...wake, at: T.at + WAKE_PROBE_MS, random: 0 });
      expect(attempts).toEqual({ begun: 1, stopped: 0 });
      send({ ...wake, at: T.at + WAKE_PROBE_MS + 1, random: 0 });
      expect(attempts).toEqual({ begun: 2, stopped: 1 });
      send({ type: "transport.challenged", ...T });
      send({ ...wake, at: T.at + 60_000, random: 0 });
      expect(attempts).toEqual({ begun: 3, stopped: 2 });
      expect(view()).toMatchObject({ phase: "dialling", attempt: 0 });
    }
  });

  test("[section 11] the time of a dial that a timer began is known as well", () => {
    const { send, attempts, clock } = setUp();
    send({ type: "link.start", ...T });
    send(closed(CLOSE.goingAway));
    send(closed(CLOSE.goingAway));
    clock.increment(1_000);
    expect(attempts.begun).toBe(2);
    send({ ...presence(true, true, true), at: T.at + 1_000, random: 0 });
    expect(attempts.begun).toBe(2);
    send({ ...presence(true, true, true), at: T.at + 10_000, random: 0 });
    expect(attempts.begun).toBe(3);
  });

  describe("[section 11] a second socket beside a silent first", () => {
    function racing() {
      const rig = setUp();
      rig.online();
      rig.send(presence(true, true, true));
      rig.send({ type: "transport.silent", ...T });
      rig.orders.splice(0, 1);
      rig.reports.splice(0);
      return rig;
    }
    const confirmed = { type: "transport.confirmed", rtt_ms: 12, p50_ms: 10, p95_ms: 20, ...T } as const;
    const challenged = { type: "second.challenged", ...T } as const;
    const welcomed = { type: "second.welcomed", proxy_version: "2", ...T } as const;
    const secondClosed = (code: number): LinkEvent => ({ type: "second.closed", code, reason: "", ...T });

    test("is dialled at 2 s of silence, and the first is not let go: no loss is told", () => {
      const { view, orders, attempts, reports } = racing();
      expect(orders).toEqual(["second.dial"]);
      expect(attempts).toEqual({ begun: 1, stopped: 0 });
      expect([view().phase, reports]).toEqual(["probing", []]);
    });

    test("also when the socket's own clock saw the jump; not while nobody looks, or without a network", () => {
      const { online, send, orders, view } = setUp();
      online();
      send({ type: "transport.silent", ...T });
      expect(orders).toEqual(["second.dial"]);
      for (const [visible, there] of [
        [false, true],
        [true, false],
      ] as const) {
        const unseen = setUp();
        unseen.online();
        unseen.send(presence(visible, there, false));
        unseen.send({ type: "transport.silent", ...T });
        expect([unseen.orders, unseen.view().phase]).toEqual([[], "online"]);
        const hidden = setUp();
        hidden.online();
        hidden.send({ type: "transport.suspected", ...T });
        hidden.send(presence(visible, there, false));
        hidden.send({ type: "transport.silent", ...T });
        expect([hidden.orders, hidden.view().phase]).toEqual([[], "probing"]);
        // Looked at again, it is asked again.
        hidden.send(presence(true, true, true));
        expect(hidden.orders).toEqual(["transport.probe"]);
      }
      expect(view().phase).toBe("probing");
    });

    test("the first answers before the second's hello left: it is used on, the second dropped, nothing told", () => {
      const { send, view, orders, reports } = racing();
      send(confirmed);
      expect(view()).toMatchObject({ phase: "online", rtt_ms: 12, resumes: 0 });
      expect(orders).toEqual(["second.dial", "second.drop"]);
      expect(reports).toEqual([]);
    });

    test("the second is welcomed: a resume without a loss, and one actor all along", () => {
      const { send, view, reports, attempts } = racing();
      send(challenged);
      send(welcomed);
      expect(view()).toMatchObject({ phase: "online", resumes: 1, proxy_version: "2", attempt: 0 });
      expect(reports).toMatchObject([{ type: "link.up" }]);
      expect(attempts).toEqual({ begun: 1, stopped: 0 });
    });

    test("the first answers after that hello left: in use, and the welcome takes over; or the second comes to nothing", () => {
      const { send, view, orders, reports } = racing();
      send(challenged);
      send(confirmed);
      expect(view()).toMatchObject({ phase: "online", rtt_ms: 12 });
      expect(orders).toEqual(["second.dial"]);
      send(welcomed);
      expect(reports).toMatchObject([{ type: "link.up" }]);
      const other = racing();
      for (const event of [challenged, confirmed, secondClosed(1006)]) other.send(event);
      expect(other.view()).toMatchObject({ phase: "online", resumes: 0 });
      expect(other.reports).toEqual([]);
    });

    test("[WP24] the proxy closes the first as superseded before the welcome is here: the page does not dial a third", () => {
      for (const between of [[], [confirmed]]) {
        const { send, view, reports, attempts, orders, clock } = racing();
        for (const event of [challenged, ...between]) send(event);
        send(closed(CLOSE.superseded));
        expect(view().phase).toBe("greeting");
        expect(reports).toMatchObject([{ type: "link.lost", check: false }]);
        clock.increment(100);
        send({ type: "transport.welcomed", proxy_version: "2", ...T });
        expect(view()).toMatchObject({ phase: "online", resumes: 1 });
        expect(reports).toMatchObject([{ type: "link.lost" }, { type: "link.up" }]);
        expect([attempts.begun, orders]).toEqual([1, ["second.dial"]]);
      }
    });

    test("the first is dead while the second dials: that one goes on as the only one, with its own deadline", () => {
      const { send, view, orders, clock, attempts } = racing();
      send(closed(CLOSE.timeout));
      expect(view().phase).toBe("dialling");
      expect(attempts.begun).toBe(1);
      clock.increment(DIAL_TIMEOUT_MS);
      expect(orders.at(-1)).toBe("transport.give_up");
      expect(view().phase).toBe("waiting");
    });

    test("a second that comes to nothing is tried again with growing pauses; the first may still answer, or end", () => {
      const { send, view, orders, clock } = racing();
      const dials = () => orders.filter((order) => order === "second.dial").length;
      for (const [tried, step] of BACKOFF_MS.slice(0, 4).entries()) {
        expect(dials()).toBe(tried + 1);
        send(secondClosed(1006));
        expect(view().phase).toBe("probing");
        clock.increment(step / 2);
      }
      send(secondClosed(1006));
      send(confirmed);
      expect(view()).toMatchObject({ phase: "online", attempt: 0 });
      const other = racing();
      other.send(secondClosed(1006));
      other.send(closed(CLOSE.timeout));
      expect(other.view().phase).toBe("waiting");
      expect(other.reports).toMatchObject([{ type: "link.lost" }]);
    });

    test("pauses end at a wake or a tap, and no second is dialled while hidden", () => {
      for (const wake of [presence(true, true, true), { type: "link.retry", ...T } as const]) {
        const { send, orders, clock, view } = racing();
        send(secondClosed(1006));
        send(presence(false, true, false));
        clock.increment(60_000);
        expect(orders).toEqual(["second.dial"]);
        send(wake);
        expect(orders.slice(1).sort()).toEqual(["second.dial", "transport.probe"]);
        expect(view()).toMatchObject({ phase: "probing", attempt: 0 });
      }
    });

    test("[WP23] a second without an answer is given up after 5 s of dialling, and of greeting", () => {
      const { orders, clock, send, view } = racing();
      clock.increment(DIAL_TIMEOUT_MS);
      expect(orders).toEqual(["second.dial", "second.give_up"]);
      send(secondClosed(CLOSE.timeout));
      clock.increment(0);
      send(challenged);
      clock.increment(HELLO_TIMEOUT_MS);
      expect(orders).toEqual(["second.dial", "second.give_up", "second.dial", "second.give_up"]);
      send(secondClosed(CLOSE.timeout));
      const other = racing();
      other.send(challenged);
      other.send(confirmed);
      other.clock.increment(HELLO_TIMEOUT_MS);
      expect(other.orders.at(-1)).toBe("second.give_up");
      expect([view().phase, other.view().phase]).toEqual(["probing", "online"]);
    });

    test("[S21] a stop code on either socket stops, with both let go", () => {
      for (const stop of [
        [secondClosed(CLOSE.auth)],
        [closed(CLOSE.auth)],
        [challenged, confirmed, secondClosed(CLOSE.version)],
      ]) {
        const { send, view, attempts } = racing();
        for (const event of stop) send(event);
        expect(view().phase).toBe("refused");
        expect(attempts).toEqual({ begun: 1, stopped: 1 });
      }
    });
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
