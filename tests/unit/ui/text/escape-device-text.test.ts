import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { escapeDeviceText } from "#ui/text/escape-device-text.ts";

describe("[S86] text of devices", () => {
  test.each([
    ["plain", "plain"],
    ["\u001b[31mred", "^[[31mred"],
    ["a\tb\r\nc", "a b c"],
    ["\u202eabc", "<U+202E>abc"],
    ["zero\u200bwidth", "zero<U+200B>width"],
    ["\u007f", "^?"],
    ["\u009b", "<U+009B>"],
    ["\ud800x", "<U+D800>x"],
    ["\u{e0041}", "<U+E0041>"],
    ["Zürich 東京", "Zürich 東京"],
  ])("%j is shown as %j", (text, shown) => {
    expect(escapeDeviceText(text)).toBe(shown);
  });

  test("line feeds stay where lines are wanted", () => {
    expect(escapeDeviceText("a\r\nb\tc\rd", 100, true)).toBe("a\nb\tc^Md");
  });

  test("it is cut at its length and says so", () => {
    expect(escapeDeviceText("abcdef", 3)).toBe("abc…");
  });

  test("nothing that could hide or reorder comes through, whatever the text", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        expect(escapeDeviceText(text, 10_000)).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u);
      }),
    );
  });
});
