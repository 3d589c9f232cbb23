import { describe, expect, it, vi } from "vitest";
import { capClusters, JOINED_MAX } from "#terminal/cluster-cap.ts";
import { headless } from "./headless.ts";

// The addon reads its table from the start of a buffer's memory; small buffers of Node share theirs with others.
vi.hoisted(() => {
  Buffer.poolSize = 0;
});

/** Longest content of a cell on the screen, in code points. */
function longestCell(terminal: ReturnType<typeof headless>["terminal"]): number {
  let longest = 0;
  for (let y = 0; y < terminal.buffer.active.length; y++) {
    const line = terminal.buffer.active.getLine(y);
    for (let x = 0; x < terminal.cols; x++) {
      longest = Math.max(longest, Array.from(line?.getCell(x)?.getChars() ?? "").length);
    }
  }
  return longest;
}

describe("[HD6] combining marks without end", () => {
  it("a cell takes a bounded number, the rest get cells of their own and none is lost", async () => {
    const { terminal, write } = headless(40, 10);
    capClusters(terminal);
    await write(`a${"\u0301".repeat(5 * JOINED_MAX)}z`);
    expect(longestCell(terminal)).toBeLessThanOrEqual(JOINED_MAX);
    const text = terminal.buffer.active.getLine(0)?.translateToString(true) ?? "";
    expect([text.at(0), text.at(-1)]).toEqual(["a", "z"]);
    expect(text.replaceAll(/[az]/g, "")).toBe("\u0301".repeat(5 * JOINED_MAX));
  });
  it("also with joiners, variation selectors, tags and marks that are written apart", async () => {
    for (const part of ["\u200d\u{1f468}", "\ufe0f", "\u{e0061}", "\u{1f3fb}", "\u0e33"]) {
      const { terminal, write } = headless(40, 10);
      capClusters(terminal);
      await write("\u{1f468}");
      for (let n = 0; n < 20; n++) await write(part.repeat(20));
      expect(longestCell(terminal)).toBeLessThanOrEqual(2 * JOINED_MAX);
    }
  });
  it("what people write stays in one cell", async () => {
    for (const text of ["e\u0301", "\u{1f468}\u200d\u{1f469}\u200d\u{1f467}\u200d\u{1f466}", "\u{1f1e8}\u{1f1ed}"]) {
      const { terminal, write } = headless(40, 2);
      capClusters(terminal);
      await write(text);
      expect(terminal.buffer.active.getLine(0)?.getCell(0)?.getChars()).toBe(text);
    }
  });
});
