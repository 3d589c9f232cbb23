import { describe, expect, it } from "vitest";
import type { BytesToPage } from "#bridge/types.ts";
import { hostileCount } from "#support/hostile-count.ts";
import { ScreenDouble } from "#support/screen-double.ts";
import { REPLIES_PER_SECOND } from "#terminal/reply-budget.ts";

/** Everything by which a device can ask a terminal for an answer, with both endings and both encodings where they differ. */
const QUERIES = [
  ..."c 0c 1c >c >0c =c =0c 5n 6n ?5n ?6n ?15n ?25n ?26n ?53n ?62n ?996n 1$p 4$p 20$p ?1$p ?25$p ?1004$p ?2004$p ?9999$p".split(
    " ",
  ),
  ..."11t 13t 13;2t 14t 14;2t 15t 16t 18t 19t 20t 21t x 0x 1x >q >0q ?u >4;?m ?1;1;0S 1;1;1;1;1;1*y +x &u".split(" "),
].map((query) => `\x1b[${query}`);
const STRINGS = [
  ..."]4;0;? ]4;0;?;1;? ]5;0;? ]10;? ]10;?;?;? ]11;? ]12;? ]13;? ]14;? ]15;? ]16;? ]17;? ]18;? ]19;? ]50;? ]52;c;? ]52;;?".split(
    " ",
  ),
  ...']60;? ]1337;ReportCellSize ]104 ]9;4;? P$qm P$qr P$q"p P$q"q P+q544e P1$tx P2$tx _Gi=31,s=1,v=1,a=q;AAAA ^x'.split(
    " ",
  ),
].flatMap((query) => [`\x1b${query}\x07`, `\x1b${query}\x1b\\`]);
const ATTACKS = [...QUERIES, ...STRINGS, "\x05", "\x1bZ", "\x1b[?1004h\x1b[?1000;1006h", "\x1b[?1049h\x1b[?1004h"];
const encoder = new TextEncoder();

/** A terminal with the page's own parts, and the device on the other side of the port. */
function play() {
  const listeners: ((message: BytesToPage) => void)[] = [];
  const own: string[] = [];
  let sent = 0;
  let pos = 0;
  const screen = new ScreenDouble({
    onMessage: (listen) => {
      listeners.push(listen);
      return () => {};
    },
    applied: () => {},
    send: (bytes) => {
      sent += bytes.length;
    },
  });
  // The emulator's own answers; ours stand before all of its.
  screen.terminal.onData((data) => own.push(data));
  screen.terminal.onBinary((data) => own.push(data));
  const message = (one: BytesToPage): void => {
    for (const listen of listeners) listen(one);
  };
  const out = (bytes: Uint8Array, replay: boolean): void => {
    message({ t: "out", pos, body: Uint8Array.from(bytes).buffer, replay });
    pos += bytes.length;
  };
  const drawn = () => new Promise<void>((done) => screen.terminal.write("", done));
  return { screen, own, message, out, drawn, sent: () => sent, position: () => pos };
}

/** Bytes of the attack in two frames, cut after `cut`. */
function split(bytes: Uint8Array, cut: number, out: (part: Uint8Array) => void): void {
  if (cut > 0) out(bytes.subarray(0, cut));
  if (cut < bytes.length) out(bytes.subarray(cut));
}

describe("[HD5] every query, split at each byte", () => {
  it("[S82] in a replay puts no byte on the wire, however often it comes", async () => {
    const wanted = hostileCount("HD5 queries in a replay", 100_000, 1_000_000);
    const { screen, own, message, out, drawn, sent, position } = play();
    message({ t: "restoring", done: 0, total: 1 });
    let played = 0;
    while (played < wanted) {
      for (const attack of ATTACKS) {
        const bytes = encoder.encode(attack);
        for (let cut = 0; cut < bytes.length; cut++, played++) split(bytes, cut, (part) => out(part, true));
      }
      const end = position();
      await screen.until(() => screen.drawn >= end);
    }
    message({ t: "restoring", done: 1, total: 1 });
    await drawn();
    expect([sent(), own, screen.replies]).toEqual([0, [], []]);
    expect(screen.terminal.modes).toMatchObject({ mouseTrackingMode: "none", sendFocusMode: false });
    screen.close();
  });

  it("[S81] live, the emulator never answers by itself, and ours is the same wherever it is cut", async () => {
    const { screen, own, out, sent } = play();
    for (const attack of ATTACKS) {
      const bytes = encoder.encode(attack);
      for (let cut = 0; cut < bytes.length; cut++) split(bytes, cut, (part) => out(part, false));
    }
    const cuts = ATTACKS.reduce((sum, attack) => sum + encoder.encode(attack).length, 0);
    await screen.until(() => screen.drawn >= cuts);
    expect(own).toEqual([]);
    expect(sent()).toBe(screen.replies.join("").length);
    screen.close();
  });

  it("[S83] live and without end: at most 32 answers and 4 KiB in a second, whatever is asked", async () => {
    const wanted = hostileCount("HD5 queries live", 100_000, 1_000_000);
    const { screen, own, out } = play();
    const began = performance.now();
    const flood = encoder.encode("\x1b[c\x1b[6n\x1b[?6n\x1b[?1$p".repeat(250));
    for (let played = 0; played < wanted; played += 1_000) {
      const before = screen.drawn;
      out(flood, false);
      await screen.until(() => screen.drawn >= before + flood.length);
    }
    const seconds = Math.floor((performance.now() - began) / 1_000) + 1;
    expect(own).toEqual([]);
    expect(screen.replies.length).toBeGreaterThanOrEqual(REPLIES_PER_SECOND);
    expect(screen.replies.length).toBeLessThanOrEqual(REPLIES_PER_SECOND * seconds);
    screen.close();
  });
});

describe("[HD6] what a device writes to deceive", () => {
  it("no sequence of the emulator's tables changes colours, opens a window, or reaches beyond the screen", async () => {
    const { screen, own, out } = play();
    const beyond: string[] = [];
    screen.terminal.onTitleChange((title) => beyond.push(title));
    const all = encoder.encode(
      `${[0, 1, 2, 3, 4, 5, 6, 7, 9, 10, 11, 12, 17, 19, 50, 52, 99, 104, 110, 112, 777, 1337]
        .map((osc) => `\x1b]${osc};1;rgb:00/00/00;x\x07`)
        .join("")}\x1b[22;0t\x1b[23;0t\x1b[8;200;400t\x1b[3;0;0t\x1b[1t`,
    );
    out(all, false);
    await screen.until(() => screen.drawn >= all.length);
    expect([own, beyond, screen.replies]).toEqual([[], [], []]);
    expect([screen.terminal.cols, screen.terminal.rows]).toEqual([80, 24]);
    screen.close();
  });
});
