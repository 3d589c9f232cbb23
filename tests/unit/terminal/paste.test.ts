import { assert, constantFrom, property, string } from "fast-check";
import { describe, expect, it } from "vitest";
import { cleanPaste, needsReview, pasteLines } from "#terminal/paste-cleaning.ts";
import { PasteDesk } from "#terminal/paste-desk.ts";
import { judgePaste, lineFlags, pasteBytes } from "#terminal/paste-review.ts";

describe("[S90] cleaning a paste", () => {
  it("line ends become CR, tabs stay", () => {
    expect(cleanPaste("a\r\nb\nc\rd\te")).toEqual({ text: "a\rb\rc\rd\te", removed: 0 });
  });
  it("ESC, DEL, C0 and C1 go, and are counted", () => {
    expect(cleanPaste("sh\x1b[31mow\x7f v\x00er\x9b1m\x85")).toEqual({ text: "sh[31mow ver1m", removed: 5 });
  });
  it("end markers go in both encodings, also one that only appears by cleaning", () => {
    expect(cleanPaste("a\x1b[201~b").text).toBe("ab");
    expect(cleanPaste("a\x9b201~b").text).toBe("ab");
    expect(cleanPaste("a\x1b[20\x1b[201~1~b").text).toBe("ab");
  });
  it("no input leaves anything that a terminal acts on", () => {
    assert(
      property(
        string({ unit: constantFrom("\x1b", "[", "2", "0", "1", "~", "\x9b", "\r", "\n", "\t", "x", "\x7f") }),
        (raw) => {
          const { text } = cleanPaste(raw);
          expect(text).not.toMatch(/[\x00-\x08\x0a-\x0c\x0e-\x1f\x7f-\x9f]/);
          expect(cleanPaste(text)).toEqual({ text, removed: 0 });
        },
      ),
    );
  });
  it("lines are counted as they will run", () => {
    expect(pasteLines("a\rb\r")).toEqual(["a", "b"]);
    expect(pasteLines("a\r\rb")).toEqual(["a", "", "b"]);
  });
});

describe("[S90] when the review opens", () => {
  it.each([
    ["show version", false],
    ["show version\n", true],
    ["a\nb", true],
    ["x".repeat(512), false],
    ["x".repeat(513), true],
    ["show\x1bversion", true],
  ])("%j: %s", (raw, opens) => {
    expect(needsReview(cleanPaste(raw))).toBe(opens);
  });
  it("also for a single line that deserves a second look", () => {
    expect(judgePaste("reload in 5", false).review?.lines[0]?.flags).toEqual(["destructive"]);
  });
});

describe("[S90] flags", () => {
  it.each([
    "reload",
    "do reload",
    "write erase",
    "erase startup-config",
    "format flash:",
    "delete /force flash:x",
    "request system zeroize",
    "/system reset-configuration",
    "sudo rm -rf /",
    "shutdown",
    "wr er",
    "wri erase",
    "rel in 5",
    "del flash:/vlan.dat",
    "  shut",
    "factory-reset all",
    "crypto key zeroize rsa",
    "configure replace nvram:x",
    "load factory-default",
    "delete interfaces em0",
    "set interfaces fxp0 disable",
    "reset saved-configuration",
    "restore factory-default",
    "execute factoryreset",
    "rm -v -rf /var",
    "dd if=/dev/zero of=/dev/sda",
    "ip link set eth0 down",
  ])("%s is destructive", (line) => expect(lineFlags(line)).toContain("destructive"));
  it.each([
    "show reload",
    "no shutdown",
    "show format",
    "description reload me",
    "errdisable recovery cause all",
    "formatting is off",
    "set interfaces fxp0 description console",
    "ip link show",
    "remote as 65000",
    "relay trusted",
  ])("%s is not", (line) => expect(lineFlags(line)).toEqual([]));
  it("bidirectional characters and look-alike names are named", () => {
    expect(lineFlags("ping \u202e1.1.1.1")).toContain("bidirectional");
    expect(lineFlags("ssh r1.ex\u0430mple.net")).toEqual(["look-alike"]);
    expect(lineFlags("show\u200bversion")).toEqual(["look-alike"]);
    expect(lineFlags("description Zürich → Genève")).toEqual([]);
    expect(lineFlags("description 東京 Αθήνα Москва")).toEqual([]);
  });
});

describe("[S90] look-alikes", () => {
  it.each([
    ["full-width letters", "ping \uff43isco.com"],
    ["mathematical letters", "ping \u{1d41c}isco.com"],
    ["a dot that is none", "ping cisco\u3002com"],
    ["Greek in Latin", "ping g\u03bfogle.com"],
    ["Armenian in Latin", "ping \u0570ost.example"],
    ["Cherokee in Latin", "ping \u13a0cme.com"],
    ["Cyrillic with a Latin ending", "ping \u0430\u0440\u0440\u04cf\u0435.com"],
    ["a blank that is none", "show\u00a0version"],
    ["a variation selector", "show\ufe0f version"],
    ["a tag", "show \u{e0072}version"],
    ["a filler", "show\u3164version"],
    ["a line separator", "show version\u2028reload"],
  ])("%s", (_, line) => expect(lineFlags(line)).toContain("look-alike"));
});

it("[S90] a paste of megabytes in one line is judged in linear time", () => {
  for (const line of [
    "a1".repeat(2_000_000),
    `rm ${"-a ".repeat(300_000)}`,
    "dd of".repeat(500_000),
    "\u0430".repeat(1e6),
  ]) {
    expect(judgePaste(line, false).review?.lines).toHaveLength(1);
  }
});

describe("the paste desk", () => {
  const make = (bracketed = false) => {
    const log: string[] = [];
    const desk = new PasteDesk({
      bracketed: () => bracketed,
      send: (text, wire) => log.push(`send ${JSON.stringify(text)} ${JSON.stringify(wire)}`),
      release: (wire) => log.push(`release ${JSON.stringify(wire)}`),
      changed: (review) => log.push(review === undefined ? "no review" : `review of ${review.lines.length}`),
    });
    return { desk, log };
  };
  it("sends a harmless line at once", () => {
    const { desk, log } = make();
    desk.take("show version");
    expect(log).toEqual(['send "show version" "show version"']);
  });
  it("[S91] nothing of several lines goes without a release", () => {
    const { desk, log } = make();
    desk.take("conf t\nhostname x\n");
    expect(log).toEqual(["review of 2"]);
    desk.cancel();
    desk.release("all");
    expect(log).toEqual(["review of 2", "no review"]);
  });
  it("sends all lines, or only the first with its Enter, once", () => {
    const { desk, log } = make();
    desk.take("a\nb");
    desk.release("all");
    desk.release("all");
    desk.take("a\nb");
    desk.release("first");
    expect(log.filter((entry) => entry.startsWith("release"))).toEqual(['release "a\\rb"', 'release "a\\r"']);
  });
  it("[U47] brackets are used only if the device turned them on", () => {
    const { desk, log } = make(true);
    desk.take("a\nb");
    desk.release("all");
    expect(log.at(-1)).toBe('release "\\u001b[200~a\\rb\\u001b[201~"');
    expect(pasteBytes("x", false)).toBe("x");
  });
});
