import { describe, expect, test } from "vitest";
import { eraseCutLine, heldInput } from "#workers/held-input.ts";

const bytes = (value: string): Uint8Array => new TextEncoder().encode(value);

describe("[S92] [U46] what is said of input that waits for an answer", () => {
  test("its first lines, and how many there are", () => {
    const held = bytes("a\rb\rc\rd\re\rf");
    expect(heldInput(held, bytes(""))).toEqual({ text: "a⏎\nb⏎\nc⏎\nd⏎…", lines: 6 });
    expect(heldInput(bytes("show\x03\r"), bytes(""))).toEqual({ text: "show^C⏎", lines: 1 });
  });

  test("of a long line its beginning", () => {
    expect(heldInput(new Uint8Array(9_000).fill(0x61), bytes("")).text).toBe(`${"a".repeat(1_024)}…`);
  });

  test("a cut line is shown with what the device has of it", () => {
    expect(heldInput(bytes("ond\rthird\r"), bytes("sec"))).toEqual({
      text: "ond⏎\nthird⏎",
      lines: 2,
      cut: { at_device: "sec" },
    });
  });

  test("the next line is reached by erasing each character that the device has", () => {
    expect(eraseCutLine(bytes("ond\rthird\r"), bytes("s\u00e9c"))).toEqual({
      skip: 4,
      erase: new Uint8Array([0x7f, 0x7f, 0x7f]),
    });
  });

  test.each([
    ["the cut is at a line end", "third\rfourth\r", ""],
    ["no further line waits", "ond\r", "sec"],
    ["a control key was typed in the line", "ond\rthird\r", "s\tec"],
    ["a prompt of the device was edited with arrow keys", "ond\rthird\r", "s\x1b[D"],
  ])("there is no next line to go on from where %s", (_why, held, lineStart) => {
    expect(heldInput(bytes(held), bytes(lineStart)).cut).toBeUndefined();
    expect(eraseCutLine(bytes(held), bytes(lineStart))).toBeUndefined();
  });

  test("nor where the line is not known, or was cut inside a character", () => {
    const held = bytes("ond\rthird\r");
    expect(heldInput(held, null).cut).toBeUndefined();
    expect(eraseCutLine(held, null)).toBeUndefined();
    expect(eraseCutLine(held, bytes("s\u00e9").subarray(0, 2))).toBeUndefined();
  });
});
