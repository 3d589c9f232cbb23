import { describe, expect, test } from "vitest";
import { PING_DEAD_MS, PING_IDLE_MS, PING_UNACKED_MS, STALE_INPUT_BADGE_MS, WAKE_PROBE_MS } from "#protocol/limits.ts";
import { Liveness } from "#protocol/page/liveness.ts";

/** Lets the timer fire when it is due, as an owner does. */
function fire(link: Liveness, now: number): { at: number; actions: ReturnType<Liveness["tick"]> } {
  const at = link.nextAt(now);
  return { at, actions: link.tick(at) };
}

describe("liveness of a link (section 11)", () => {
  test("WP33: an idle link is asked every 15 s, and dead 10 s after a PING without an answer", () => {
    const link = new Liveness(0);
    expect(fire(link, 0)).toEqual({ at: PING_IDLE_MS, actions: [{ type: "ping", nonce: 1 }] });
    expect(fire(link, PING_IDLE_MS)).toEqual({ at: PING_IDLE_MS + PING_DEAD_MS, actions: [{ type: "dead" }] });
  });

  test("an answer tells the round trip and starts the idle time again", () => {
    const link = new Liveness(0);
    fire(link, 0);
    link.pong(1, PING_IDLE_MS + 30);
    expect(link.rttMs).toBe(30);
    expect(link.nextAt(PING_IDLE_MS + 30)).toBe(2 * PING_IDLE_MS + 30);
    link.pong(99, PING_IDLE_MS + 40);
    expect(link.rttMs).toBe(30);
  });

  test("any frame proves the link", () => {
    const link = new Liveness(0);
    link.received(14_000);
    expect(link.nextAt(14_000)).toBe(14_000 + PING_IDLE_MS);
  });

  test("unacknowledged input is asked after at 1.5 s, once, and stale at 3 s", () => {
    const link = new Liveness(0);
    link.inputWaits(1_000);
    expect(fire(link, 1_000)).toEqual({ at: 1_000 + PING_UNACKED_MS, actions: [{ type: "ping", nonce: 1 }] });
    link.pong(1, 2_600);
    expect(link.nextAt(2_600)).toBe(2_600 + PING_IDLE_MS);
    expect(link.isStale(1_000 + STALE_INPUT_BADGE_MS - 1)).toBe(false);
    expect(link.isStale(1_000 + STALE_INPUT_BADGE_MS)).toBe(true);
    link.inputWaits(null);
    expect(link.isStale(9_000)).toBe(false);
  });

  test("a wake asks at once, and after 2 s of silence for a socket in parallel", () => {
    const link = new Liveness(0);
    link.wake(5_000);
    expect(fire(link, 5_000)).toEqual({ at: 5_000, actions: [{ type: "ping", nonce: 1 }] });
    expect(fire(link, 5_000)).toEqual({ at: 5_000 + WAKE_PROBE_MS, actions: [{ type: "probe" }] });
    expect(fire(link, 7_000)).toEqual({ at: 5_000 + PING_DEAD_MS, actions: [{ type: "dead" }] });
  });

  test("WP33: after a wake only the answer to its own PING counts: other frames may have waited here since before the sleep", () => {
    const link = new Liveness(0);
    fire(link, 0);
    link.wake(17_000);
    fire(link, 17_000);
    link.received(17_010);
    expect(link.pong(1, 17_020)).toBe(false);
    expect(fire(link, 17_020)).toEqual({ at: 17_000 + WAKE_PROBE_MS, actions: [{ type: "probe" }] });
    // Frames put the verdict off all the same, and the answer ends the doubt however late it is.
    expect(link.nextAt(19_000)).toBe(17_020 + PING_DEAD_MS);
    expect(link.pong(2, 19_500)).toBe(true);
    expect(link.nextAt(19_500)).toBe(19_500 + PING_IDLE_MS);
  });

  test("wakes come in bursts: those that follow do not put the second socket off", () => {
    const link = new Liveness(0);
    for (const at of [5_000, 5_010, 6_500]) {
      link.wake(at);
      expect(fire(link, at).actions).toMatchObject([{ type: "ping" }]);
    }
    expect(fire(link, 6_500)).toEqual({ at: 5_000 + WAKE_PROBE_MS, actions: [{ type: "probe" }] });
    // One that comes later has two seconds of its own.
    link.wake(9_000);
    fire(link, 9_000);
    expect(link.nextAt(9_000)).toBe(9_000 + WAKE_PROBE_MS);
  });

  test("a wake whose PING is answered needs no second socket", () => {
    const link = new Liveness(0);
    link.wake(5_000);
    fire(link, 5_000);
    link.pong(1, 5_100);
    expect(link.nextAt(5_100)).toBe(5_100 + PING_IDLE_MS);
  });

  test("a timer that jumps more than 3 s is a wake", () => {
    const link = new Liveness(0);
    const due = link.nextAt(0);
    expect(link.tick(due + 3_001)).toEqual([{ type: "ping", nonce: 1 }]);
    expect(fire(link, due + 3_001)).toEqual({ at: due + 3_001 + WAKE_PROBE_MS, actions: [{ type: "probe" }] });
  });

  test("WP34: a verdict is suspended when the page's own loop stood still for more than 1 s", () => {
    const link = new Liveness(0);
    fire(link, 0);
    const dead = link.nextAt(PING_IDLE_MS);
    expect(link.tick(dead + 1_001)).toEqual([{ type: "ping", nonce: 2 }]);
    expect(fire(link, dead + 1_001)).toEqual({ at: dead + 1_001 + PING_DEAD_MS, actions: [{ type: "dead" }] });
  });

  test("WP34: a stall after a wake starts its two seconds again, and does not forget them", () => {
    const link = new Liveness(0);
    link.wake(5_000);
    fire(link, 5_000);
    const late = 5_000 + WAKE_PROBE_MS + 1_500;
    expect(link.tick(late)).toEqual([{ type: "ping", nonce: 2 }]);
    expect(fire(link, late)).toEqual({ at: late + WAKE_PROBE_MS, actions: [{ type: "probe" }] });
  });

  test("a timer that is up to 1 s late decides as if it were on time", () => {
    const link = new Liveness(0);
    fire(link, 0);
    expect(link.tick(link.nextAt(PING_IDLE_MS) + 1_000)).toEqual([{ type: "dead" }]);
  });

  test("a clock that is set back by an hour is a wake: it would not be asked for an hour", () => {
    const link = new Liveness(10_000_000);
    link.inputWaits(9_999_000);
    const back = 6_400_000;
    expect(link.nextAt(back)).toBe(back);
    expect(fire(link, back).actions).toMatchObject([{ type: "ping" }]);
    expect(fire(link, back)).toEqual({ at: back + WAKE_PROBE_MS, actions: [{ type: "probe" }] });
    link.pong(1, back + 3_000);
    expect(link.nextAt(back + 3_000)).toBe(back + 3_000 + PING_IDLE_MS);
    // Small corrections are none.
    const still = new Liveness(10_000);
    still.nextAt(10_000);
    expect(still.tick(8_000)).toEqual([]);
  });

  test("an early tick decides nothing", () => {
    expect(new Liveness(0).tick(5)).toEqual([]);
  });
});
