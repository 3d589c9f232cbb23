import { describe, expect, it } from "vitest";
import { MORE, MORE_ERASE, Pager } from "#demo/cli/pager.ts";

const TEXT = Array.from({ length: 10 }, (_, index) => `line ${index}\r\n`).join("");

describe("demo pager", () => {
  it("stops before the last screen line, pages by Space, steps by Enter, and erases itself", () => {
    const pager = new Pager(5, 80);
    expect(pager.feed(TEXT)).toBe(`line 0\r\nline 1\r\nline 2\r\nline 3\r\n${MORE}`);
    expect(pager.key({ name: "enter" }).output).toBe(`${MORE_ERASE}line 4\r\n${MORE}`);
    expect(pager.key({ name: "char", text: " " }).output).toContain("line 8\r\n");
    expect(pager.isWaiting).toBe(true);
    expect(pager.key({ name: "char", text: " " }).output).toBe(`${MORE_ERASE}line 9\r\n`);
    expect(pager.isWaiting).toBe(false);
  });

  it("takes every other key and quits", () => {
    const pager = new Pager(5, 80);
    pager.feed(TEXT);
    expect(pager.key({ name: "char", text: "q" })).toEqual({ output: MORE_ERASE, isQuit: true });
  });

  it("does not ask when the output just fits, and never with length 0", () => {
    expect(new Pager(11, 80).feed(TEXT)).toBe(TEXT);
    expect(new Pager(0, 80).feed(TEXT)).toBe(TEXT);
  });

  it("counts the rows a long line wraps to", () => {
    const pager = new Pager(4, 10);
    expect(pager.feed(`${"x".repeat(25)}\r\nnext\r\n`)).toBe(`${"x".repeat(25)}\r\n${MORE}`);
  });

  it("stops between the rows of a long line, with its prompt on a row of its own", () => {
    const pager = new Pager(3, 10);
    expect(pager.feed(`${"x".repeat(25)}\r\nnext\r\n`)).toBe(`${"x".repeat(20)}\n${MORE}`);
    expect(pager.key({ name: "enter" }).output).toBe(`${MORE_ERASE}${"x".repeat(5)}\r\n${MORE}`);
  });
});
