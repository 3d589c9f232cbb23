import { describe, expect, test } from "vitest";
import { waitFor } from "#proxy/sessions/coarse-time.ts";

describe("[S40] timing is not reported finer than 100 ms", () => {
  test.each(["refused_by_policy", "unreachable", "dial_timeout"] as const)(
    "%s comes at a full step, and never at once",
    (code) => {
      for (const elapsed of [0, 0.4, 1, 37, 99, 100, 101, 999, 10_000]) {
        const at = Math.floor(elapsed) + waitFor(code, elapsed);
        expect(at % 100).toBe(0);
        expect(at).toBeGreaterThan(elapsed);
        expect(at - elapsed).toBeLessThanOrEqual(100);
      }
    },
  );

  test("a clock that was set back is no reason to wait for long", () => {
    expect(waitFor("unreachable", -5_000)).toBe(100);
  });

  test("what a device says itself is told at once", () => {
    expect(waitFor("auth_failed", 37)).toBe(0);
    expect(waitFor("device_misbehaved", 37)).toBe(0);
  });
});
