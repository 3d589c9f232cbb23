import { array, assert, asyncProperty, constantFrom } from "fast-check";
import { describe, expect, it } from "vitest";
import { clearReports, guardModes } from "#terminal/mode-guards.ts";
import { registerQueryReplies } from "#terminal/query-replies.ts";
import { REPLIES_PER_SECOND, ReplyBudget } from "#terminal/reply-budget.ts";
import { ReplySender } from "#terminal/reply-sender.ts";
import { headless } from "./headless.ts";

function make(reportsAllowed: () => boolean = () => false) {
  const { terminal, write } = headless();
  const replies: string[] = [];
  const own: string[] = [];
  const titles: string[] = [];
  const marks: string[] = [];
  const clips: string[] = [];
  // The emulator's own answers and reports come out here; there must never be one.
  terminal.onData((data) => own.push(data));
  registerQueryReplies(terminal.parser, {
    cursor: () => ({ row: terminal.buffer.active.cursorY + 1, column: terminal.buffer.active.cursorX + 1 }),
    modes: () => terminal.modes,
    alternateScreen: () => terminal.buffer.active.type === "alternate",
    reply: (text) => replies.push(text),
    title: (title) => titles.push(title),
    clipboard: (data) => clips.push(data),
    promptMark: (mark) => marks.push(mark),
  });
  guardModes(terminal, reportsAllowed);
  return { terminal, write, replies, own, titles, marks, clips };
}

describe("[S81] answers to queries", () => {
  it.each([
    ["DA1", "\x1b[c", "\x1b[?1;2c"],
    ["DA1 with 0", "\x1b[0c", "\x1b[?1;2c"],
    ["DSR 5", "\x1b[5n", "\x1b[0n"],
    ["DSR 6", "\x1b[3;7H\x1b[6n", "\x1b[3;7R"],
    ["DSR ?6", "\x1b[2;4H\x1b[?6n", "\x1b[?2;4R"],
    ["DECRQM, application cursor on", "\x1b[?1h\x1b[?1$p", "\x1b[?1;1$y"],
    ["DECRQM, bracketed paste off", "\x1b[?2004$p", "\x1b[?2004;2$y"],
    ["DECRQM, alternate screen", "\x1b[?1049h\x1b[?1049$p", "\x1b[?1049;1$y"],
    ["DECRQM, unknown mode", "\x1b[?4711$p", "\x1b[?4711;0$y"],
    ["DECRQM, insert mode", "\x1b[4h\x1b[4$p", "\x1b[4;1$y"],
  ])("%s is answered by us alone", async (_, query, answer) => {
    const { write, replies, own } = make();
    await write(query);
    expect(replies).toEqual([answer]);
    expect(own).toEqual([]);
  });
  it.each([
    ["DA2", "\x1b[>c"],
    ["DA3", "\x1b[=c"],
    ["DA1 with another number", "\x1b[1c"],
    ["DSR of a printer", "\x1b[?15n"],
    ["DECRQSS", "\x1bP$qm\x1b\\"],
    ["OSC 4 query", "\x1b]4;1;?\x07"],
    ["OSC 10 query", "\x1b]10;?\x07"],
    ["OSC 11 query", "\x1b]11;?\x1b\\"],
    ["OSC 12 query", "\x1b]12;?\x07"],
    ["[S85] OSC 52 read", "\x1b]52;c;?\x07"],
    ["[S85] OSC 52 write", "\x1b]52;c;aGk=\x07"],
    ["[S85] window report", "\x1b[18t"],
    ["[S85] title report", "\x1b[21t"],
  ])("%s stays silent", async (_, query) => {
    const { write, replies, own } = make();
    await write(query);
    expect(replies).toEqual([]);
    expect(own).toEqual([]);
  });
  it("[S86] titles are escaped and cut", async () => {
    const { write, titles } = make();
    await write(`\x1b]2;r1\u202e${"x".repeat(100)}\x07`);
    expect(titles[0]).toContain("r1\\u{202e}x");
    expect(Array.from(titles[0] ?? "")).toHaveLength(64);
  });
  it("[S85] what OSC 52 says goes to our desk, not to a clipboard", async () => {
    const { write, clips } = make();
    await write("\x1b]52;c;aGk=\x07");
    expect(clips).toEqual(["c;aGk="]);
  });
  it("[U103] shell integration marks are passed on and not drawn", async () => {
    const { terminal, write, marks } = make();
    await write("\x1b]133;A\x07r1# \x1b]133;B\x07");
    expect(marks).toEqual(["A", "B"]);
    expect(terminal.buffer.active.getLine(0)?.translateToString(true)).toBe("r1# ");
  });
});

describe("[S84] mouse and focus reports", () => {
  it("cannot be turned on where they are not allowed, and what stands beside them in a sequence works", async () => {
    const { terminal, write, own } = make();
    await write("\x1b[?1000h\x1b[?1002;1006h\x1b[?1004h\x1b[?2004;1003;1004;1h");
    expect(terminal.modes).toMatchObject({
      mouseTrackingMode: "none",
      sendFocusMode: false,
      bracketedPasteMode: true,
      applicationCursorKeysMode: true,
    });
    await write("\x1b[?1000;1049;1004h");
    expect(terminal.buffer.active.type).toBe("alternate");
    expect(terminal.modes).toMatchObject({ mouseTrackingMode: "none", sendFocusMode: false });
    expect(own).toEqual([]);
  });
  it("can where they are, and are off once the alternate screen is left", async () => {
    const { terminal, write } = make(() => true);
    await write("\x1b[?1049h\x1b[?1000;1004h");
    expect(terminal.modes).toMatchObject({ mouseTrackingMode: "vt200", sendFocusMode: true });
    await write("\x1b[?1049l");
    expect(terminal.modes).toMatchObject({ mouseTrackingMode: "none", sendFocusMode: false });
  });
  it("[S82] are cleared at the end of a replay", async () => {
    const { terminal, write } = make(() => true);
    await write("\x1b[?1003;1004h");
    clearReports(terminal);
    expect(terminal.modes).toMatchObject({ mouseTrackingMode: "none", sendFocusMode: false });
    await write("\x1b[?1000h");
    expect(terminal.modes.mouseTrackingMode).toBe("vt200");
  });
});

describe("[S88] concealed text is shown", () => {
  const concealed = (terminal: ReturnType<typeof make>["terminal"]) =>
    terminal.buffer.active.getLine(0)?.getCell(0)?.isInvisible() !== 0;
  it.each(["8", "0;8", "1;31;8", "38;5;1;8", "38;2;1;2;3;8", "38:5:1;8", "38;5:1;8", "58;5;8;8", "38;8", "8;8;8"])(
    "SGR %s",
    async (sgr) => {
      const { terminal, write } = make();
      await write(`\x1b[${sgr}mX`);
      expect(concealed(terminal)).toBe(false);
    },
  );
  it("no sequence of numbers conceals", async () => {
    // The emulator keeps 32 parameters of a sequence: a colour that begins near the end is cut.
    const cut = (before: number): [string[]] => [[...Array.from({ length: before }, () => "1"), "38", "5", "8", "8"]];
    const part = constantFrom("8", "38", "48", "58", "5", "2", "0", "1", "255", "8:1", "38:5", "5:8", "2:8");
    await assert(
      asyncProperty(array(part, { maxLength: 12 }), async (parts) => {
        const { terminal, write } = make();
        await write(`\x1b[${parts.join(";")}mX`);
        expect(concealed(terminal)).toBe(false);
      }),
      {
        numRuns: 500,
        examples: [
          [["48", "8", "8", "8", "48", "5", "8"]],
          [["38", "1", "1", "48", "5", "8"]],
          [["38", "0", "48", "5", "8"]],
          cut(30),
          cut(31),
        ],
      },
    );
  });
  it("what stands before a broken colour holds, and the next sequence counts again", async () => {
    const { terminal, write } = make();
    await write("\x1b[1;31;48;7;4;32mX\x1b[32mY");
    const line = terminal.buffer.active.getLine(0);
    const [broken, next] = [line?.getCell(0), line?.getCell(1)];
    expect([broken?.getFgColor(), broken?.isBold() !== 0, broken?.isUnderline(), broken?.isInverse()]).toEqual([
      1,
      true,
      0,
      0,
    ]);
    expect(next?.getFgColor()).toBe(2);
  });
  it("colour 8 stays colour 8", async () => {
    const { terminal, write } = make();
    await write("\x1b[38;5;8;48;5;8mX");
    const cell = terminal.buffer.active.getLine(0)?.getCell(0);
    expect([cell?.getFgColor(), cell?.getBgColor()]).toEqual([8, 8]);
    await write("\r\x1b[0;38;2;8;8;8mX");
    expect(terminal.buffer.active.getLine(0)?.getCell(0)?.getFgColor()).toBe(0x080808);
  });
});

describe("[S83] caps on answers", () => {
  it("32 a second, then none until the next second", () => {
    const budget = new ReplyBudget();
    const taken = Array.from({ length: 50 }, () => budget.take(5, 0)).filter(Boolean);
    expect(taken).toHaveLength(REPLIES_PER_SECOND);
    expect(budget.take(5, 999)).toBe(false);
    expect(budget.take(5, 1_000)).toBe(true);
  });
  it("in any second, not only in one that begins with the clock", () => {
    const budget = new ReplyBudget();
    for (let n = 0; n < REPLIES_PER_SECOND; n++) expect(budget.take(5, 900)).toBe(true);
    expect(budget.take(5, 1_100)).toBe(false);
    expect(budget.take(5, 1_900)).toBe(true);
  });
  it("4 KiB a second", () => {
    const budget = new ReplyBudget();
    expect(budget.take(4_000, 0)).toBe(true);
    expect(budget.take(97, 1)).toBe(false);
    expect(budget.take(96, 1)).toBe(true);
  });
  it("[S82] muted during a replay, dropped while the link is down, said once when muted", () => {
    const sent: string[] = [];
    let up = true;
    let notices = 0;
    const sender = new ReplySender({
      send: (text) => sent.push(text),
      linkUp: () => up,
      muted: () => notices++,
      now: () => 0,
    });
    sender.replaying = true;
    sender.reply("a");
    sender.replaying = false;
    up = false;
    sender.reply("b");
    up = true;
    for (let n = 0; n < 40; n++) sender.reply("c");
    expect(sent).toEqual(Array.from({ length: REPLIES_PER_SECOND }, () => "c"));
    expect(notices).toBe(1);
  });
  it("a device that was quiet and floods again is told of again, one that goes on is not", () => {
    let now = 0;
    let notices = 0;
    const sender = new ReplySender({ send: () => {}, linkUp: () => true, muted: () => notices++, now: () => now });
    const flood = () => Array.from({ length: 40 }, () => sender.reply("c"));
    for (; now < 60_000; now += 1_000) flood();
    expect(notices).toBe(1);
    now += 10_000;
    flood();
    expect(notices).toBe(2);
  });
});
