import { beforeEach, describe, expect, it } from "vitest";
import { type AppKeyEvent, appKey } from "#terminal/app-keys.ts";
import { headless } from "./headless.ts";

const ROWS = 10;
let acted: string[];
let emulator: ReturnType<typeof headless>;

function press(key: string, held: Partial<AppKeyEvent> = { shiftKey: true }): boolean {
  const event = { key, code: key, ctrlKey: false, shiftKey: false, altKey: false, metaKey: false, ...held };
  return appKey(event, {
    terminal: emulator.terminal,
    copy: () => acted.push("copy"),
    search: () => acted.push("search"),
    scrolled: () => acted.push("scrolled"),
  });
}
const top = () => emulator.terminal.buffer.active.viewportY;

beforeEach(async () => {
  acted = [];
  emulator = headless(40, ROWS);
  await emulator.write(Array.from({ length: 100 }, (_, n) => `line ${n + 1}`).join("\r\n"));
});

describe("[U90] what was is read without a pointer", () => {
  it("by pages that overlap in a line, to the beginning, and back to the end", () => {
    expect(top()).toBe(90);
    expect(press("PageUp")).toBe(true);
    expect(top()).toBe(81);
    expect(press("PageUp") && press("PageDown")).toBe(true);
    expect(top()).toBe(81);
    expect(press("Home")).toBe(true);
    expect(top()).toBe(0);
    expect(press("PageUp")).toBe(true);
    expect(top()).toBe(0);
    expect(press("End")).toBe(true);
    expect(top()).toBe(90);
    expect(acted).toEqual(Array.from({ length: 6 }, () => "scrolled"));
  });
  it.each([
    ["without Shift", { shiftKey: false }],
    ["with Ctrl", { shiftKey: true, ctrlKey: true }],
    ["with Alt", { shiftKey: true, altKey: true }],
    ["with Cmd", { shiftKey: true, metaKey: true }],
  ])("%s the keys are the device's", (_, held) => {
    for (const key of ["PageUp", "PageDown", "Home", "End"]) expect(press(key, held)).toBe(false);
    expect(press("ArrowUp")).toBe(false);
    expect([top(), acted]).toEqual([90, []]);
  });
  it("in the alternate screen they are too", async () => {
    await emulator.write("\x1b[?1049h");
    expect(press("PageUp")).toBe(false);
    expect(acted).toEqual([]);
  });
});

it("Ctrl-Shift-C and Ctrl-Shift-F act here; Ctrl-C and the rest go on", () => {
  const both = { ctrlKey: true, shiftKey: true };
  expect(press("C", { ...both, code: "KeyC" })).toBe(true);
  expect(press("F", { ...both, code: "KeyF" })).toBe(true);
  expect(press("V", { ...both, code: "KeyV" })).toBe(false);
  expect(press("c", { ctrlKey: true, code: "KeyC" })).toBe(false);
  expect(acted).toEqual(["copy", "search"]);
});
