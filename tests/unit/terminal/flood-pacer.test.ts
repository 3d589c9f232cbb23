import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { CreditTurn } from "#terminal/credit-turn.ts";
import { AT_ONCE_BYTES, BURST_MS, FloodPacer } from "#terminal/flood-pacer.ts";

type Message = Parameters<FloodPacer["take"]>[0];

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance"] });
});
afterEach(() => {
  vi.useRealTimers();
});

const out = (pos: number, length: number): Message => ({
  t: "out",
  pos,
  body: new ArrayBuffer(length),
  replay: false,
});
const note: Message = { t: "note", text: "said" };

function make(drawn = true) {
  const passed: (number | string)[] = [];
  const state = { drawn };
  const pacer = new FloodPacer({
    drawn: () => state.drawn,
    pass: (message) => passed.push(message.t === "out" ? message.pos : message.t),
  });
  return { passed, state, pacer };
}

describe("flood pacer", () => {
  it("passes what a person waits for at once", () => {
    const { passed, pacer } = make();
    pacer.take(out(0, 1));
    pacer.take(out(1, 2_000));
    pacer.take(note);
    pacer.take(out(2_001, AT_ONCE_BYTES - 2_001));
    expect(passed).toEqual([0, 1, "note", 2_001]);
    expect(vi.getTimerCount()).toBe(0);
  });

  it("passes a flood on in bursts, everything in its order, nothing lost", () => {
    const { passed, pacer } = make();
    const size = AT_ONCE_BYTES;
    for (let n = 0; n < 3; n++) pacer.take(out(n, size));
    pacer.take(note);
    expect(passed).toEqual([0]);
    vi.advanceTimersByTime(BURST_MS - 1);
    expect(passed).toEqual([0]);
    vi.advanceTimersByTime(1);
    expect(passed).toEqual([0, 1, 2, "note"]);
    // the burst was a flood by itself: what follows waits for the next one
    pacer.take(out(3, 1));
    expect(passed).toHaveLength(4);
    vi.advanceTimersByTime(BURST_MS);
    expect(passed).toEqual([0, 1, 2, "note", 3]);
    expect(vi.getTimerCount()).toBe(0);
  });

  it("after a flood the next key's echo waits for nothing", () => {
    const { passed, pacer } = make();
    pacer.take(out(0, AT_ONCE_BYTES));
    pacer.take(out(1, AT_ONCE_BYTES));
    vi.advanceTimersByTime(2 * BURST_MS);
    pacer.take(out(2, 1));
    expect(passed).toEqual([0, 1, 2]);
  });

  it("holds nothing back where nothing is drawn", () => {
    const { passed, pacer } = make(false);
    for (let n = 0; n < 4; n++) pacer.take(out(n, AT_ONCE_BYTES));
    expect(passed).toEqual([0, 1, 2, 3]);
    expect(vi.getTimerCount()).toBe(0);
  });

  it("after close nothing is passed and no timer is left", () => {
    const { passed, pacer } = make();
    pacer.take(out(0, AT_ONCE_BYTES));
    pacer.take(out(1, 1));
    pacer.close();
    vi.advanceTimersByTime(BURST_MS);
    expect(passed).toEqual([0]);
    expect(vi.getTimerCount()).toBe(0);
  });
});

describe("credit of a turn", () => {
  it("[WP9] is told once for all that was parsed in it, before any other task", async () => {
    const told: number[] = [];
    const credit = new CreditTurn((pos) => told.push(pos));
    credit.applied(3);
    credit.applied(9);
    expect(told).toEqual([]);
    await Promise.resolve();
    expect(told).toEqual([9]);
    credit.applied(10);
    await Promise.resolve();
    expect(told).toEqual([9, 10]);
  });
});
