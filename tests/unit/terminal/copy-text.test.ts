import { describe, expect, it } from "vitest";
import { copyText, wordAt } from "#terminal/copy-text.ts";
import { searchError } from "#terminal/search-session.ts";

describe("[U39] copying", () => {
  it("trims trailing blanks and drops control characters, keeps tabs and lines", () => {
    expect(copyText("a  \r\nb\tc \x1b[0m\x07\n\nd ")).toBe("a\nb\tc [0m\n\nd");
  });
});

describe("a word under the finger", () => {
  it.each([
    ["Gi0/0/1 is up", 3, "Gi0/0/1"],
    ["ip 10.0.0.1/24, next", 5, "10.0.0.1/24"],
    ["(2001:db8::1)", 4, "2001:db8::1"],
    ["aaaa.bbbb.cccc", 0, "aaaa.bbbb.cccc"],
  ])("%s at %i is %s", (line, column, word) => {
    const found = wordAt(line, column);
    expect(found && line.slice(found.start, found.start + found.length)).toBe(word);
  });
  it("is none on a blank or beyond the end", () => {
    expect(wordAt("a b", 1)).toBeUndefined();
    expect(wordAt("a", 9)).toBeUndefined();
  });
});

describe("[U55] search expressions", () => {
  const query = (term: string, regex: boolean) => ({ term, regex, caseSensitive: false, wholeWord: false });
  it("plain text is always usable", () => expect(searchError(query("(", false))).toBeUndefined());
  it("broken, empty-matching and endless expressions are refused with a reason", () => {
    expect(searchError(query("(", true))).toBeDefined();
    expect(searchError(query("a*", true))).toBeDefined();
    expect(searchError(query("x".repeat(300), false))).toBeDefined();
    expect(searchError(query("Gi\\d", true))).toBeUndefined();
  });
});
