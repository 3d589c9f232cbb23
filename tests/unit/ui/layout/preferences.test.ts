import { describe, expect, test } from "vitest";
import { readPreferences } from "#ui/layout/preferences.ts";

describe("[U81] preferences of this tablet", () => {
  const defaults = readPreferences(null);

  test("nothing stored, damaged or foreign data give the defaults", () => {
    for (const text of ["", "{", "null", "[]", '"x"', '{"density":"huge","textScale":9,"split":{"portrait":"a"}}']) {
      expect(readPreferences(text)).toEqual(defaults);
    }
  });

  test("what fits is taken, bounded", () => {
    const read = readPreferences('{"hand":"left","split":{"landscape":99},"wakeLock":false,"theme":"light"}');
    expect(read).toMatchObject({ hand: "left", wakeLock: false, theme: "light", split: { landscape: 80 } });
  });
});
