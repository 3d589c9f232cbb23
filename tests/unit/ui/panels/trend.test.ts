import { describe, expect, test } from "vitest";
import { captureText } from "#ui/panels/capture-text.ts";
import { trendOf, trendOfSeries } from "#ui/panels/trend.ts";

describe("[T83] sparklines", () => {
  test("a gap breaks the line before its point", () => {
    const trend = trendOf([
      { t: 1_000, in_bps: 1 },
      { t: 2_000, in_bps: 2, out_bps: 7 },
      { t: 9_000, gap: true, in_bps: 3 },
    ]);
    expect(trend).toEqual({
      fields: ["in_bps", "out_bps"],
      times: [1, 2, 5.5, 9],
      lines: [
        [1, 2, null, 3],
        [null, 7, null, null],
      ],
    });
  });

  test("lines of another unit do not share the axis", () => {
    const points = [1, 2].map((t) => ({ t, in_bps: t, err_per_s: 0, out_bps: t }));
    expect(trendOf(points)?.fields).toEqual(["in_bps", "out_bps"]);
  });

  test("one point, or anything else, is no line", () => {
    for (const value of [undefined, [], [{ t: 1, x: 1 }], "x", [{ x: 1 }, { x: 2 }], [{ t: 1 }, { t: 2 }]]) {
      expect(trendOf(value)).toBeUndefined();
    }
  });

  test("the worker's series keep their gaps", () => {
    const trend = trendOfSeries({
      field: "used_pct",
      points: [
        [1_000, 5],
        [2_000, null],
        [3_000, 6],
      ],
    });
    expect(trend).toEqual({ fields: ["used_pct"], times: [1, 2, 3], lines: [[5, null, 6]] });
  });
});

describe("[T6] raw text of a capture", () => {
  test("bytes, text and objects that carry them; else it says so", () => {
    expect(captureText("a")).toBe("a");
    expect(captureText(new TextEncoder().encode("ä"))).toBe("ä");
    expect(captureText({ bytes: Uint8Array.of(0x61, 0xff) })).toBe("a\ufffd");
    expect(captureText({ text: "b", ms: 3 })).toBe("b");
    expect(captureText(undefined)).toBe("The raw text is no longer kept.");
  });
});
