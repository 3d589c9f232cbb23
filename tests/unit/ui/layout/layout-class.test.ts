import { describe, expect, test } from "vitest";
import { layoutClass, steadySurface } from "#ui/layout/layout-class.ts";
import { clampSplit } from "#ui/layout/split-ratio.ts";

describe("[U1] the class follows size and pointer", () => {
  test.each([
    [390, 844, false, "phone"],
    [844, 390, false, "landscape"],
    [599, 500, true, "phone"],
    [820, 1_180, false, "portrait"],
    [1_180, 820, false, "landscape"],
    [1_440, 900, true, "desktop"],
    [1_440, 900, false, "landscape"],
    [1_000, 700, true, "landscape"],
    [1_100, 1_900, true, "desktop"],
  ] as const)("%d x %d, fine pointer %s: %s", (width, height, finePointer, expected) => {
    expect(layoutClass({ width, height, finePointer })).toBe(expected);
  });

  test("an on-screen keyboard does not turn a tablet", () => {
    const before = { width: 820, height: 1_180, finePointer: false };
    const typing = steadySurface(before, { width: 820, height: 640, finePointer: false });
    expect(layoutClass(typing)).toBe("portrait");
    expect(layoutClass(steadySurface(typing, { width: 1_180, height: 820, finePointer: false }))).toBe("landscape");
  });

  test("a window made flat with a mouse does change the class", () => {
    const before = { width: 900, height: 1_000, finePointer: true };
    expect(layoutClass(steadySurface(before, { width: 900, height: 500, finePointer: true }))).toBe("landscape");
  });
});

describe("split ratio", () => {
  test("stays within its bounds, and anything else is the default", () => {
    expect(clampSplit("landscape", 5)).toBe(30);
    expect(clampSplit("portrait", 95)).toBe(60);
    expect(clampSplit("desktop", Number.NaN)).toBe(56);
  });

  test("[U1] upright, the panels have nearly half at first, so that a table shows rows", () => {
    expect(clampSplit("portrait", Number.NaN)).toBe(45);
  });
});
