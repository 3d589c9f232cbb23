import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Normaliser, normalise } from "#telemetry/transcript/normaliser.ts";
import { renderLine } from "#telemetry/transcript/render-line.ts";

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const tailOf = (text: string): string => {
  const normaliser = new Normaliser();
  normaliser.push(bytes(text));
  return normaliser.tail();
};

describe("[T46] normalisation", () => {
  test.each([
    ["CRLF, CR CR LF and LF all end a line", "a\r\nb\r\r\nc\n", ["a", "b", "c"]],
    ["colours and other escapes vanish", "\u001b[1;32mup\u001b[0m\u001b(B\u001b=\n", ["up"]],
    ["a title set by OSC vanishes, ended by BEL or ST", "\u001b]0;host\u0007one\u001b]2;x\u001b\\two\n", ["onetwo"]],
    ["CR goes back, later text overwrites", "abcdef\rXY\n", ["XYcdef"]],
    ["erase to the end of the line", "old text\r\u001b[Knew\n", ["new"]],
    ["a pager's prompt erased with backspaces", `--More--${"\b".repeat(8)}        ${"\b".repeat(8)}row\n`, ["row"]],
    ["cursor moves right and to a column", "a\u001b[3Cb\u001b[2Gc\n", ["ac  b"]],
    ["NUL and BEL are dropped", "a\u0000b\u0007c\n", ["abc"]],
    ["an absolute row starts a line", "head\u001b[5;1Hrow\n", ["head", "row"]],
    ["bracketed paste marks vanish", "\u001b[?2004hbird> \n", ["bird> "]],
  ])("%s", (_name, text, lines) => {
    expect(normalise(bytes(text)).lines).toEqual(lines);
  });

  test("a line that is no UTF-8 is read as Latin-1, the others are not", () => {
    const raw = Uint8Array.from([...bytes("Zürich\n"), 0x47, 0xe4, 0x0a]);
    expect(normalise(raw)).toEqual({ lines: ["Zürich", "Gä"], latin1: true });
  });

  test("blanks before the cursor belong to a prompt, blanks behind it are left-overs", () => {
    expect(tailOf("r1# ")).toBe("r1# ");
    expect(tailOf("--More--\r\u001b[Kr1# ")).toBe("r1# ");
    expect(tailOf(`--More--${"\b".repeat(8)}        ${"\b".repeat(8)}r1# `)).toBe("r1# ");
  });

  test("chunk borders change nothing", () => {
    const piece = fc.constantFrom(
      "a",
      "é",
      "\r",
      "\n",
      "\r\n",
      "\b",
      "\t",
      "\u001b[K",
      "\u001b[2C",
      "\u001b[31m",
      "\u001b]0;t\u0007",
      "#",
      " ",
      "漢",
      "\u001b",
      "\u0000",
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 60 }), fc.array(fc.nat(200), { maxLength: 20 }), (pieces, cuts) => {
        const raw = bytes(pieces.join(""));
        const whole = new Normaliser();
        const expected = [...whole.push(raw), whole.tail()];
        const parted = new Normaliser();
        const lines: string[] = [];
        const borders = [0, ...cuts.map((cut) => cut % (raw.length + 1)).toSorted((a, b) => a - b), raw.length];
        for (let i = 1; i < borders.length; i++) lines.push(...parted.push(raw.subarray(borders[i - 1], borders[i])));
        expect([...lines, parted.tail()]).toEqual(expected);
      }),
    );
  });

  test("an endless line is cut at the same place however it arrives", () => {
    const raw = bytes("x".repeat(600_000));
    const whole = new Normaliser();
    const expected = whole.push(raw).map((line) => line.length);
    const parted = new Normaliser();
    const lengths: number[] = [];
    for (let at = 0; at < raw.length; at += 7_777)
      lengths.push(...parted.push(raw.subarray(at, at + 7_777)).map((line) => line.length));
    expect(lengths).toEqual(expected);
    expect(parted.tail().length).toBe(whole.tail().length);
  });

  test("any bytes render without a throw", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (raw) => {
        expect(renderLine(raw).lines.length).toBeGreaterThan(0);
      }),
    );
  });
});
