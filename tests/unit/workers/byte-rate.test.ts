import { expect, test } from "vitest";
import { ByteRate } from "#workers/byte-rate.ts";

test("[WP9] the rate is that of the last stretch, and sinks when nothing comes", () => {
  const rate = new ByteRate(1_000);
  rate.add(500);
  expect([rate.isOld(1_099), rate.perSecond(1_099)]).toEqual([false, null]);
  rate.add(500);
  expect([rate.isOld(1_100), rate.perSecond(1_100)]).toEqual([true, 10_000]);
  expect([rate.isOld(1_150), rate.perSecond(1_150)]).toEqual([false, 10_000]);
  expect(rate.perSecond(2_100)).toBe(0);
});
