import { array, assert, bigInt, property, tuple } from "fast-check";
import { describe, expect, it } from "vitest";
import { countersOf, newZero, sinceZero, withoutPort, withSample, withUptime } from "#telemetry/port/zero.ts";

const S = 1_000;
const big = 2n ** 64n - 10n;

describe("counters since a zero", () => {
  it("[T88] [T13] count from there on with every digit, also across reconnects", () => {
    const zero = newZero({ in_octets: String(big), crc: "3" }, 0);
    const later = withSample(zero, { in_octets: String(big + 7n), crc: "3" }, 3_600 * S);
    expect(sinceZero(later)).toEqual({ in_octets: "7", crc: "0" });
    expect(later.lost).toBeUndefined();
  });

  it("[T16] [T88] a counter that fell ends it visibly, with what was counted until then", () => {
    const zero = withSample(newZero({ in_octets: "100" }, 0), { in_octets: "150" }, S);
    const lost = withSample(zero, { in_octets: "20" }, 2 * S);
    expect(lost).toMatchObject({ lost: { at: 2 * S, why: "reset" } });
    expect(sinceZero(lost)).toEqual({ in_octets: "50" });
    expect(withSample(lost, { in_octets: "900" }, 3 * S)).toBe(lost);
  });

  it("[T16] a reload ends it though counters may have passed the old ones; a late clock does not", () => {
    const zero = newZero({ in_octets: "100" }, 0);
    expect(withUptime(zero, 50, 3_600 * S).lost).toEqual({ at: 3_600 * S, why: "reload" });
    const known = withUptime(zero, 10_000, S);
    expect(withUptime(known, 9_990, 2 * S).lost).toBeUndefined();
    expect(withUptime(known, 500, 400 * S).lost).toMatchObject({ why: "reload" });
    expect(withoutPort(zero, S).lost).toEqual({ at: S, why: "gone" });
  });

  it("[T16] [T88] cleared, and grown past the old values before the next look: ended all the same", () => {
    const zero = withSample(newZero({ crc: "15" }, 0), { crc: "15" }, S, 5_000);
    expect(withSample(zero, { crc: "16" }, 60 * S, 5_060).lost).toBeUndefined();
    expect(withSample(zero, { crc: "100" }, 600 * S, 30).lost).toEqual({ at: 600 * S, why: "reset" });
  });

  it("a sample that is not newer changes nothing; a field that comes later has no figure", () => {
    const zero = newZero({ in_octets: "1" }, 10);
    expect(withSample(zero, { in_octets: "9" }, 10)).toBe(zero);
    expect(sinceZero(withSample(zero, { in_octets: "2", crc: "5" }, 11))).toEqual({ in_octets: "1" });
  });

  it("only counters are counted: text of a device is none", () => {
    expect(
      countersOf({ in_octets: "12", crc: "1e3", out_octets: "-1", name: "7" }, ["in_octets", "crc", "out_octets"]),
    ).toEqual({ in_octets: "12" });
  });

  it("[T88] property: never negative, and the sum of all growth while nothing fell", () => {
    assert(
      property(array(tuple(bigInt(0n, 2n ** 64n), bigInt(0n, 1_000n)), { minLength: 1, maxLength: 30 }), (steps) => {
        let value = steps[0]?.[0] ?? 0n;
        let zero = newZero({ x: String(value) }, 0);
        let sum = 0n;
        for (const [n, [, step]] of steps.entries()) {
          value += step;
          sum += step;
          zero = withSample(zero, { x: String(value) }, n + 1);
        }
        expect(sinceZero(zero)).toEqual({ x: String(sum) });
      }),
    );
  });
});
