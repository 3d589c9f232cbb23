import { describe, expect, test } from "vitest";
import { valueText } from "#ui/format/value-text.ts";

const NOW = 1_700_000_000_000;
const shown = (value: unknown, unit: Parameters<typeof valueText>[1]) => valueText(value, unit, NOW);

describe("values of panels", () => {
  test("[T5] what is absent is unknown, never 0 or empty", () => {
    for (const absent of [undefined, null, "", Number.NaN, Number.POSITIVE_INFINITY, []]) {
      expect(shown(absent, "count")).toBeUndefined();
    }
    expect(shown(0, "bps")?.text).toBe("0 b/s");
  });

  test("wide numbers are shortened, the exact value goes with them", () => {
    expect(shown(482_300_123, "bps")).toEqual({ text: "482 Mb/s", exact: "482\u202f300\u202f123 b/s" });
    expect(shown("184467440737095516", "counter")?.exact).toBe("184\u202f467\u202f440\u202f737\u202f095\u202f516");
  });

  test.each([
    [2.14, "pct", "2.1 %"],
    [37.4, "pct", "37 %"],
    [130, "pct", "130 %"],
    [61, "celsius", "61 °C"],
    [-7.031, "dbm", "−7.03 dBm"],
    [true, "bool", "yes"],
    [3_600, "seconds", "1h 00m"],
    [212, "ms", "212 ms"],
  ] as const)("%s in %s reads %s", (value, unit, text) => {
    expect(shown(value, unit)?.text).toBe(text);
  });

  test("lists and small objects are read out", () => {
    expect(shown(["10.0.0.1/30", "10.0.0.5/30"], "list")?.text).toBe("10.0.0.1/30, 10.0.0.5/30");
    expect(shown([{ proto: "bgp", rib: 812_001 }], "rows")?.text).toBe("bgp: 812\u202f001");
    expect(shown([{ ip: "10.0.12.2", if: "Vlan10", metric: 5 }], "rows")?.text).toBe("10.0.12.2 Vlan10 metric 5");
    expect(shown({ via: "10.0.12.2", proto: "bgp" }, "rows")?.text).toBe("10.0.12.2 bgp");
  });

  test("routes by protocol: the most first, and how many of them are in use where that differs", () => {
    const shares = [
      { proto: "application", rib: 0 },
      { proto: "connected", rib: 2, fib: 2 },
      { proto: "bgp", rib: 1_200, fib: 1_100 },
    ];
    expect(shown(shares, "rows")?.text).toBe("bgp: 1\u202f200 (1\u202f100 in use), connected: 2, application: 0");
  });

  test("a plain number is as exact as it is shown; no errors are none", () => {
    expect(shown(1_500, "count")).toEqual({ text: "1\u202f500", exact: "1\u202f500" });
    expect(shown(0, "per_s")).toEqual({ text: "0/s", exact: "0/s" });
  });

  test("[S86] text of the device is escaped", () => {
    expect(shown("dist-a\u202egpj.exe", "text")?.text).toBe("dist-a<U+202E>gpj.exe");
    expect(shown(["a\u0007"], "list")?.text).toBe("a^G");
  });
});
