import { describe, expect, test } from "vitest";
import { codeInFragment, readCode } from "#ui/connect/pairing-code.ts";

const LINK = "abcDEF012_-abcDEF012_-";

describe("[S4] [S5] pairing codes", () => {
  test("the fragment of a link holds its code", () => {
    expect(codeInFragment(`#pair=${LINK}`)).toBe(LINK);
    for (const other of ["", "#", "#pair=", "#pair=short", `#x=${LINK}`, `#pair=${LINK}x`]) {
      expect(codeInFragment(other)).toBeUndefined();
    }
  });

  test.each([
    [LINK, LINK],
    [`https://rack.example/#pair=${LINK}`, LINK],
    [" abcd-efgh ", "ABCDEFGH"],
    ["ab cd ef 23", "ABCDEF23"],
  ])("%j is read as %s", (input, code) => {
    expect(readCode(input)).toEqual({ code });
  });

  test.each(["", "   ", "abc", "https://rack.example/#other", "abcdefghi"])(
    "%j is answered with what to do",
    (input) => {
      expect(readCode(input)).toHaveProperty("error");
    },
  );
});
