import { describe, expect, test } from "vitest";
import { ageText, agoText, clockText, durationText, exactTime, msText } from "#ui/format/times.ts";

describe("times", () => {
  test.each([
    [0, "0s"],
    [59.9, "59s"],
    [252, "4m 12s"],
    [11_100, "3h 05m"],
    [3_512_340, "40d 15h"],
    [-61, "−1m 01s"],
  ])("%d s last %s", (seconds, shown) => {
    expect(durationText(seconds)).toBe(shown);
  });

  test.each([
    [0, "now"],
    [1_499, "now"],
    [12_400, "12 s"],
    [59_999, "60 s"],
    [60_000, "1 min"],
    [3_599_999, "59 min"],
    [7_200_000, "2 h"],
    [172_800_000, "2 d"],
  ])("an age of %d ms is %s", (ms, shown) => {
    expect(ageText(ms)).toBe(shown);
  });

  test("an age in a sentence", () => {
    expect(agoText(500)).toBe("now");
    expect(agoText(12_000)).toBe("12 s ago");
  });

  test("measured times", () => {
    expect(msText(34.4)).toBe("34 ms");
    expect(msText(2_140)).toBe("2.1 s");
    expect(msText(125_000)).toBe("2m 05s");
  });

  test("the date goes with the time only on another day", () => {
    const noon = new Date(2026, 4, 12, 12, 0, 5).getTime();
    expect(clockText(noon, noon + 60_000)).toBe("12:00:05");
    expect(clockText(noon, noon + 86_400_000)).toBe("2026-05-12 12:00:05");
  });

  test("the exact time survives whatever a device claims", () => {
    expect(exactTime(0)).toBe("1970-01-01T00:00:00.000Z");
    expect(exactTime(1e300)).toBe("1e+300");
    expect(exactTime(Number.NaN)).toBe("NaN");
  });
});
