import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { VersionOrder } from "#telemetry/packs/pack.ts";
import { compareVersions, isWhen, versionHolds } from "#telemetry/packs/versions.ts";

/** Each list is in order, oldest first. */
const ORDERED: [VersionOrder, string[]][] = [
  ["cisco", ["12.2(55)SE", "15.0(2)SE", "15.0(2)SE11", "15.2(4)E", "15.2(4)E10", "16.9.4", "17.09.04a", "17.12.1"]],
  ["cisco", ["7.0(3)I7(10)", "9.2(4)", "9.3(1)", "9.3(10)", "10.2(3)F"]],
  ["cisco", ["6.7.3", "7.1.2", "7.3.1", "24.1.1"]],
  ["junos", ["15.1X53-D590", "15.1R7", "18.4R3.4", "18.4R3-S9.2", "20.1R1.11", "21.4R3-S5.4", "21.4R3-S10", "22.1I1"]],
  ["dotted", ["7.5", "8.4.4", "10.0-dev", "10.0-rc1", "10.0", "10.1", "10.1.1", "10.6.0"]],
  ["dotted", ["4.9.3", "4.21.1.1F", "4.28.3M", "4.30.0"]],
];

describe("[T64] versions in order", () => {
  test.each(ORDERED)("%s: %s", (order, versions) => {
    for (const [left, a] of versions.entries())
      for (const [right, b] of versions.entries())
        expect([a, b, Math.sign(compareVersions(order, a, b))]).toEqual([a, b, Math.sign(left - right)]);
  });

  test("any two texts have an order, the other way round the opposite one, and three agree", () => {
    const version = fc.oneof(
      fc.stringMatching(/^\d{1,2}\.\d{1,2}(\(\d{1,2}\))?[A-Z]{0,2}\d{0,2}$/),
      fc.stringMatching(/^\d\d\.\d[IBXFR]\d(-S\d{1,2})?(\.\d)?$/),
      fc.string({ maxLength: 12 }),
    );
    const orders = fc.constantFrom<VersionOrder>("cisco", "junos", "dotted");
    fc.assert(
      fc.property(orders, version, version, version, (order, a, b, c) => {
        const cmp = (x: string, y: string): number => Math.sign(compareVersions(order, x, y));
        expect(cmp(a, a)).toBe(0);
        expect(cmp(a, b) + cmp(b, a)).toBe(0);
        if (cmp(a, b) <= 0 && cmp(b, c) <= 0) expect(cmp(a, c)).toBeLessThanOrEqual(0);
      }),
    );
  });

  test("a condition holds or not; one that cannot be read holds never", () => {
    expect(versionHolds(">= 9.3(1)", "9.3(10)", "cisco")).toBe(true);
    expect(versionHolds(">= 9.3(1)", "9.2(4)", "cisco")).toBe(false);
    expect(versionHolds(">= 10.1, < 10.6", "10.5.1", "dotted")).toBe(true);
    expect(versionHolds(">= 10.1, < 10.6", "10.6", "dotted")).toBe(false);
    expect(versionHolds("= 8.4.4", "8.4.4", "dotted")).toBe(true);
    expect([isWhen("> 1"), isWhen("newer than 1"), isWhen(""), isWhen(">= 1 or < 2")]).toEqual([
      true,
      false,
      false,
      false,
    ]);
    expect(versionHolds("newer than 1", "2", "dotted")).toBe(false);
  });
});
