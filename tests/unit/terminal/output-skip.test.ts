import { describe, expect, it } from "vitest";
import type { BytesToPage } from "#bridge/types.ts";
import { OutputSkip, QUIET_MS } from "#terminal/output-skip.ts";

/** `lines`: how many the screen shows at the end, below what is said of the rest. */
function setUp(lines = 3) {
  const passed: string[] = [];
  const applied: number[] = [];
  const shown: (number | undefined)[] = [];
  let quiet: (() => void) | undefined;
  let asked = 0;
  const sink = { idle: true };
  const skip = new OutputSkip({
    pass: (message) => {
      if (message.t === "out") passed.push(`${message.pos}:${new TextDecoder().decode(message.body)}`);
      else passed.push(message.t === "note" ? `note ${message.text}` : message.t);
    },
    applied: (pos) => applied.push(pos),
    isPrompt: (line) => line.trimEnd() === "sw1#",
    rows: () => lines + 4,
    idle: () => sink.idle,
    changed: (skipping) => shown.push(skipping?.bytes),
    after: (ms, run) => {
      asked = ms;
      quiet = run;
      return () => {
        if (quiet === run) quiet = undefined;
      };
    },
  });
  let pos = 0;
  const out = (text: string): void => {
    const body = new TextEncoder().encode(text).buffer;
    const message: BytesToPage = { t: "out", pos, body, replay: false };
    pos += body.byteLength;
    skip.take(message);
  };
  return {
    sink,
    skip,
    out,
    passed,
    applied,
    shown,
    calm: () => quiet?.(),
    waits: () => quiet !== undefined,
    asked: () => asked,
  };
}

const lines = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, n) => `line ${from + n}\r\n`).join("");

describe("[U14] skip to prompt", () => {
  it("draws everything until it is asked to skip", () => {
    const { out, passed, applied } = setUp();
    out("abc");
    expect(passed).toEqual(["0:abc"]);
    expect(applied).toEqual([]);
  });

  it("[WP9] gives credit for what is not drawn, and ends at the known prompt with the last screen and the amount", () => {
    const { skip, out, passed, applied, shown } = setUp();
    skip.begin();
    out(lines(1, 400));
    out(lines(401, 402));
    expect(passed).toEqual([]);
    const all = lines(1, 402).length;
    expect(applied).toEqual([lines(1, 400).length, all]);
    out("\x1b[32msw");
    out("1#\x1b[0m ");
    expect(passed[0]).toMatch(/^note 3\.\d KiB \(\d+ bytes\) not drawn$/);
    expect(passed[1]).toBe(`${all - lines(401, 402).length}:${lines(401, 402)}\x1b[32msw1#\x1b[0m `);
    expect(passed).toHaveLength(2);
    expect(shown.at(-1)).toBeUndefined();
    // What follows is drawn as ever.
    out("next");
    expect(passed.at(-1)).toMatch(/:next$/);
  });

  it("ends after a pause without a known prompt, every byte counted", () => {
    const { skip, out, passed, shown, calm, asked } = setUp(1);
    skip.begin();
    expect(asked()).toBe(QUIET_MS);
    out("a\r\nb\r\n");
    out("c\r\nlast");
    expect(shown).toEqual([0, 6, 13]);
    calm();
    expect(passed).toEqual(["note 9 bytes not drawn", "9:last"]);
  });

  it("a pause while earlier output is still being drawn is the page's, not the device's", () => {
    const { skip, sink, out, passed, calm, waits } = setUp(1);
    sink.idle = false;
    skip.begin();
    calm();
    expect(waits()).toBe(true);
    out("a\r\nb\r\nlast");
    expect(passed).toEqual([]);
    sink.idle = true;
    calm();
    expect(passed).toEqual(["note 6 bytes not drawn", "6:last"]);
  });

  it("nothing came, or all of it fits on the screen: nothing is said to be missing", () => {
    const { skip, out, passed, calm } = setUp(10);
    skip.begin();
    calm();
    expect(passed).toEqual([]);
    skip.begin();
    out("one\r\ntwo");
    calm();
    expect(passed).toEqual(["0:one\r\ntwo"]);
  });

  it("goes on when the terminal's size changes, as it does when the strip that tells of it appears", () => {
    const { skip, out, passed, calm } = setUp(1);
    skip.begin();
    out("a\r\n");
    skip.take({ t: "size", cols: 80, rows: 23, replay: false });
    out("b\r\nlast");
    expect(passed).toEqual(["size"]);
    calm();
    expect(passed).toEqual(["size", "note 6 bytes not drawn", "6:last"]);
  });

  it("a full-screen program, a gap, another session or a replay end it first", () => {
    const { skip, out, passed, waits } = setUp(1);
    skip.begin();
    out("x\r\n");
    out("\x1b[?1049hvi");
    expect(passed).toEqual(["note 3 bytes not drawn", "3:\x1b[?1049hvi"]);
    skip.begin();
    skip.take({ t: "gap", from: 13, to: 20 });
    expect(passed.at(-1)).toBe("gap");
    skip.begin();
    skip.take({ t: "begin", stream: "s", pos: 0, clear: true });
    expect(passed.at(-1)).toBe("begin");
    expect(waits()).toBe(false);
  });

  it("[I4] keeps no more than some screens of a flood", () => {
    const { skip, out, passed, calm } = setUp(100_000);
    skip.begin();
    for (let n = 0; n < 64; n++) out(`${"x".repeat(16_383)}\n`);
    calm();
    const drawn = passed.at(-1)?.length ?? 0;
    expect(drawn).toBeLessThan(160 * 1_024);
    // Whole lines: what was cut by the bound is not begun in its middle.
    expect((drawn - (passed.at(-1)?.indexOf(":") ?? 0) - 1) % 16_384).toBe(0);
    expect(passed[0]).toMatch(/not drawn$/);
  });
});
