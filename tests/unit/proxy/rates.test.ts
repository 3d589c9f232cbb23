import * as v from "valibot";
import { describe, expect, test } from "vitest";
import { ConfigFile } from "#proxy/config/config-schema.ts";
import { type LimitValues, sessionsTotal } from "#proxy/config/limits-schema.ts";
import { rateKey } from "#proxy/rate-key.ts";
import { RateLimit } from "#proxy/rate-limit.ts";

describe("[S23] rate keys", () => {
  test("are bounded, and idle ones are forgotten", () => {
    let now = 0;
    const rate = new RateLimit(60, 2, () => now);
    for (let i = 0; i < 10_000; i += 1) rate.take(`key ${i}`);
    expect(rate.size).toBeLessThanOrEqual(4_096);
    // A bucket that is full again says nothing that a new one would not.
    now = 2_000;
    rate.take("one");
    expect(rate.size).toBe(1);
  });

  test.each([
    ["192.0.2.7", "192.0.2.7"],
    ["::ffff:192.0.2.7", "192.0.2.7"],
    ["2001:db8:1:2:aaaa::1", "2001:db8:1:2:0:0:0:0"],
    ["2001:db8:1:2:bbbb::2", "2001:db8:1:2:0:0:0:0"],
    ["2001:db8:1:3::1", "2001:db8:1:3:0:0:0:0"],
    ["fe80::1%eth0", "fe80:0:0:0:0:0:0:0"],
    ["not an address", "unknown"],
  ])("%s counts as %s", (address, key) => {
    expect(rateKey(address)).toBe(key);
  });
});

describe("sessions of the whole proxy", () => {
  const limits = (changes: Partial<LimitValues>) => ({ ...v.parse(ConfigFile, {}).limits, ...changes });
  test("follow from the memory that may be held, unless they are configured; never none", () => {
    const MIB = 1024 * 1024;
    // 1 MiB ring, 128 KiB window, a quarter more.
    expect(sessionsTotal(limits({}))).toBe(Math.floor((512 * MIB) / (1.125 * MIB * 1.25)));
    expect(sessionsTotal(limits({ sessions_total: 7 }))).toBe(7);
    expect(sessionsTotal(limits({ bytes_held_total: 1 }))).toBe(1);
  });
});
