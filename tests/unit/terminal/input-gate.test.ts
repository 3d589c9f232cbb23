import { describe, expect, it } from "vitest";
import { HELD_MAX_MS, InputGate, PIECE_MAX_BYTES, pieces, shownInput } from "#terminal/input-gate.ts";
import type { HeldInput } from "#terminal/terminal-handle.ts";

function make() {
  let now = 0;
  const sent: string[] = [];
  const held: (HeldInput | undefined)[] = [];
  const gate = new InputGate({
    send: (bytes) => sent.push(new TextDecoder().decode(bytes)),
    changed: (input) => held.push(input),
    now: () => now,
  });
  return { gate, sent, held, at: (t: number) => (now = t) };
}

describe("[S82] typing while a log is restored", () => {
  it("waits, is shown literally, and goes when the replay ends", () => {
    const { gate, sent, held } = make();
    gate.close();
    gate.send("sh ver\r");
    gate.send("\x03");
    expect(sent).toEqual([]);
    expect(held.at(-1)).toMatchObject({ text: "sh ver⏎ ^C", bytes: 8, needsAnswer: false });
    gate.open();
    expect(sent).toEqual(["sh ver\r\x03"]);
    expect(held.at(-1)).toBeUndefined();
  });
  it("[S92] asks when it is older than 10 s; what is typed meanwhile queues behind it", () => {
    const { gate, sent, held, at } = make();
    gate.close();
    gate.send("reload\r");
    at(HELD_MAX_MS + 1);
    gate.open();
    expect(sent).toEqual([]);
    expect(held.at(-1)?.needsAnswer).toBe(true);
    gate.send("y");
    expect(sent).toEqual([]);
    gate.answer("send");
    expect(sent).toEqual(["reload\ry"]);
  });
  it("[S92] discarded text is gone, and the way is open again", () => {
    const { gate, sent, held, at } = make();
    gate.close();
    gate.send("reload\r");
    at(60_000);
    gate.open();
    gate.answer("discard");
    expect(held.at(-1)).toBeUndefined();
    gate.send("x");
    expect(sent).toEqual(["x"]);
  });
  it("discard works while the log is still being restored", () => {
    const { gate, sent } = make();
    gate.close();
    gate.send("x");
    gate.answer("discard");
    gate.open();
    expect(sent).toEqual([]);
  });
});

describe("pieces of at most 16 KiB", () => {
  it("lose nothing and never cut a character", () => {
    const text = `a${"€".repeat(20_000)}`;
    const bytes = new TextEncoder().encode(text);
    const cut = pieces(bytes);
    expect(cut.every((piece) => piece.length <= PIECE_MAX_BYTES)).toBe(true);
    expect(cut.map((piece) => new TextDecoder("utf-8", { fatal: true }).decode(piece)).join("")).toBe(text);
  });
  it("bytes that are no UTF-8 are cut all the same", () => {
    const bytes = new Uint8Array(PIECE_MAX_BYTES * 2).fill(0x80);
    expect(pieces(bytes).reduce((sum, piece) => sum + piece.length, 0)).toBe(bytes.length);
  });
});

it("[U13] waiting input is shown with symbols", () => {
  expect(shownInput("sh ip int br\r")).toBe("sh ip int br⏎ ");
  expect(shownInput("\x1b[A\t")).toBe("^[[A^I");
});
