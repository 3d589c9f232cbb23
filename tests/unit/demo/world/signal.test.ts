import { assert, boolean, integer, property, record, uniqueArray } from "fast-check";
import { describe, expect, it } from "vitest";
import { and, constant, delayRise, falseSpans, holdFall, or, since, transitions, valueAt } from "#demo/world/signal.ts";

const anySignal = record({
  initial: boolean(),
  flips: uniqueArray(integer({ min: 0, max: 1000 }), { maxLength: 20 }),
}).map(({ initial, flips }) => ({ initial, flips: flips.sort((left, right) => left - right) }));

describe("demo signals", () => {
  it("combines values instant by instant", () => {
    assert(
      property(anySignal, anySignal, integer({ min: -1, max: 1001 }), (left, right, at) => {
        expect(valueAt(and(left, right), at)).toBe(valueAt(left, at) && valueAt(right, at));
        expect(valueAt(or(left, right), at)).toBe(valueAt(left, at) || valueAt(right, at));
      }),
    );
  });

  it("delays rises and holds falls, and swallows what is shorter", () => {
    const short = { initial: true, flips: [100, 105, 200, 260] };
    expect(holdFall(short, 40)).toEqual({ initial: true, flips: [240, 260] });
    expect(delayRise({ initial: false, flips: [100, 105, 200] }, 10)).toEqual({ initial: false, flips: [210] });
  });

  it("knows since when, which way, and where the gaps are", () => {
    const signal = { initial: true, flips: [10, 20] };
    expect(since(signal, 9)).toBeUndefined();
    expect(since(signal, 10)).toBe(10);
    expect(transitions(signal)).toEqual([
      { at: 10, value: false },
      { at: 20, value: true },
    ]);
    expect(falseSpans(signal, 0, 15)).toEqual([{ from: 10, to: 15 }]);
    expect(falseSpans(constant(false), 0, 5)).toEqual([{ from: 0, to: 5 }]);
  });
});
