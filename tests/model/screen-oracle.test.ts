/** A screen that was restored from the tablet's log is the one that was never interrupted [WP30] [WP31]. */
import "fake-indexeddb/auto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { IDBFactory } from "fake-indexeddb";
import ssh2 from "ssh2";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startDemoLab } from "#demo/demo-lab.ts";
import { pictureOf, ScreenDouble } from "#support/screen-double.ts";
import { sealedOn } from "#support/sealed.ts";
import { chosenSeed, type SeededRandom, seededRandom } from "#support/seeded-random.ts";
import type { BytesToPage } from "#workers/host-api.ts";
import { MemoryStore } from "#workers/storage/tablet-store.ts";
import { TerminalLog } from "#workers/storage/terminal-log.ts";
import { TerminalLogStore } from "#workers/storage/terminal-log-store.ts";
import { TerminalLogs } from "#workers/storage/terminal-logs.ts";
import { TerminalOutput } from "#workers/terminal-output.ts";
import { TerminalPort } from "#workers/terminal-port.ts";

const SIZE = { cols: 80, rows: 24 };
/** Cuts of each recording; every byte is cut at once in a while, since the seed changes. */
const CUTS = 120;
const seed = chosenSeed();
const random = seededRandom(seed);
const recordings = new Map<string, Uint8Array>();
const stores: TerminalLogStore[] = [];
/** The tablet's, whichever worker opens a log. */
const { keys } = await sealedOn(new MemoryStore());
console.log(`screen oracle: seed ${seed}`);

beforeAll(async () => {
  // A Buffer's slice is no copy, which a port would take away.
  recordings.set("shell", Uint8Array.from(await readFile(join(import.meta.dirname, "../fixtures/screens/shell.raw"))));
  recordings.set("router", await routerSession());
  recordings.set("careless program", carelessProgram());
});
afterAll(() => {
  for (const store of stores) store.close();
});

/** Lines of a program that never puts back what it sets: modes of every kind are in force at every line start. */
function carelessProgram(): Uint8Array {
  const sets = [
    ...[
      "1;31",
      "22;4",
      "24;38;5;99",
      "48;2;1;2;3",
      "7",
      "27;9",
      "0",
      "39;49;1",
      "3;5",
      "4:3;58;5;9",
      "53",
      "94;102",
    ].map((p) => `\x1b[${p}m`),
    ..."\x1b(0 \x1b(B \x1b)0 \x0e \x0f \x1b[4h \x1b[4l \x1b[?7l \x1b[?7h \x1b[?1h \x1b[?1l \x1b= \x1b> \x1b[?2004h \x1b[?2004l \x1b[?45h \x1b[?45l \x1b[!p".split(
      " ",
    ),
  ] as [string, ...string[]];
  const lines = Array.from({ length: 400 }, (_, n) => {
    const words = Array.from(
      { length: random.between(1, 9) },
      () => `${random.next() < 0.3 ? random.pick(sets) : ""}word${n} `,
    );
    return `${words.join("")}\b\b${n % 7 === 0 ? "x".repeat(90) : ""}\r\n`;
  });
  return new TextEncoder().encode(lines.join(""));
}

/** A session on a router of the demo lab: pager, completion, long tables. */
async function routerSession(): Promise<Uint8Array> {
  const lab = await startDemoLab({ seed: 5, pace: 0 });
  const [target] = lab.devices;
  if (target === undefined) throw new Error("no demo device");
  const client = new ssh2.Client();
  try {
    await new Promise<void>((resolve, reject) => {
      client.once("ready", resolve);
      client.once("error", reject);
      client.connect({ sock: target.sock(), username: "visitor", authHandler: ["none"], hostVerifier: () => true });
    });
    const chunks: Buffer[] = [];
    await new Promise<void>((resolve, reject) => {
      client.shell({ term: "xterm-256color", ...SIZE }, (error, channel) => {
        if (error) return reject(error);
        channel.on("data", (bytes: Buffer) => chunks.push(bytes));
        channel.once("close", resolve);
        const typed = [
          "show interfaces",
          " ",
          " ",
          "q",
          "terminal length 0",
          "show version",
          "sh\tru\t",
          "show interfaces",
        ];
        for (const line of typed) channel.write(`${line}${line.trim().length > 1 ? "\r" : ""}`);
        channel.write("\rexit\r");
      });
    });
    return Uint8Array.from(Buffer.concat(chunks));
  } finally {
    client.end();
    await lab.close();
  }
}

/** A page's terminal and the worker's way to it, with a port that passes messages on by itself. */
function pageOn(logs: TerminalLogs) {
  const port = new TerminalPort();
  const listeners: ((message: BytesToPage) => void)[] = [];
  const { port1, port2 } = new MessageChannel();
  port1.addEventListener("message", (event: MessageEvent) => {
    for (const listen of listeners) listen(event.data as BytesToPage);
  });
  port1.start();
  const screen = new ScreenDouble(
    {
      onMessage: (listen) => {
        listeners.push(listen);
        return () => {};
      },
      applied: (pos) => port1.postMessage({ t: "applied", pos }),
      send: () => {},
    },
    SIZE,
  );
  const output = new TerminalOutput(port, logs, { applied: () => {}, saved: () => {}, logLost: () => {} });
  port.serve({
    input: () => {},
    applied: () => {},
    have: (stream, pos) => void output.pageHas(stream, pos),
  });
  port.attach(port2);
  const close = (): void => {
    output.leave();
    port.close();
    port1.close();
    screen.close();
  };
  const hello = (): void => port1.postMessage({ t: "have", stream: null, pos: 0 });
  return { port, screen, output, hello, close };
}

async function openLogs(maxBytes?: number) {
  const store = await TerminalLogStore.open(new IDBFactory());
  if (store === null) throw new Error("no storage");
  stores.push(store);
  const env = {
    crypto: globalThis.crypto,
    now: () => 0,
    setTimeout: () => 0,
    clearTimeout: () => {},
  };
  const deps = { env, store, keys, ...(maxBytes === undefined ? {} : { maxBytes }) };
  const fail = (error: unknown): void => {
    throw error;
  };
  return { deps, logs: new TerminalLogs(deps, false, fail) };
}

type Stream = { bytes: Uint8Array; sizes: readonly { at: number; cols: number; rows: number }[] };

/** The terminal that nothing ever happened to. */
async function uninterrupted({ bytes, sizes }: Stream): Promise<ReturnType<typeof pictureOf>> {
  const screen = new ScreenDouble({ onMessage: () => () => {}, applied: () => {}, send: () => {} }, SIZE);
  const { terminal } = screen;
  const write = (part: Uint8Array): Promise<void> => new Promise((done) => terminal.write(part, done));
  let at = 0;
  for (const size of sizes) {
    await write(bytes.subarray(at, size.at));
    terminal.resize(size.cols, size.rows);
    at = size.at;
  }
  await write(bytes.subarray(at));
  const picture = pictureOf(terminal);
  screen.close();
  return picture;
}

/** Stores the stream up to `cut`, ends the page there, restores into another and lets the rest arrive live. */
async function restored(stream: Stream, cut: number, chance: SeededRandom, maxBytes?: number) {
  const { deps, logs } = await openLogs(maxBytes);
  const first = TerminalLog.create(deps, "n.s", { pos: 0, ...SIZE });
  for (const { at, cols, rows } of stream.sizes) if (at <= cut) first.mark(at, cols, rows);
  for (let at = 0; at < cut; ) {
    const to = Math.min(cut, at + chance.between(1, 4_000));
    first.push(at, stream.bytes.subarray(at, to));
    if (chance.next() < 0.5) await first.flushed();
    at = to;
  }
  await first.close();
  const log = await logs.open("n.s");
  if (log === undefined) throw new Error("no log");
  const { head } = log;
  const page = pageOn(logs);
  page.output.restore(log);
  const early = chance.next() < 0.5;
  if (early) page.hello();
  const live = stream.bytes.subarray(cut);
  const later = stream.sizes.filter(({ at }) => at > cut);
  if (later.length > 0) throw new Error("sizes come before the cut");
  if (live.length > 0) page.output.deliver(cut, live, false);
  if (!early) page.hello();
  await page.screen.until(() => page.screen.drawn >= stream.bytes.length);
  if (live.length === 0)
    await page.screen.until(() => page.screen.messages.filter((t) => t === "restoring").length >= 2);
  const result = { ...pictureOf(page.screen.terminal), head, replies: page.screen.replies.length };
  page.close();
  return result;
}

describe.each(["shell", "router", "careless program"])("%s", (name) => {
  const bytes = (): Uint8Array => {
    const found = recordings.get(name);
    if (found === undefined || found.length < 4_000) throw new Error(`no recording of the ${name}`);
    return found;
  };

  test(`[WP31] cut anywhere, the restored screen is the same: text, colours, scrollback, cursor, modes`, async () => {
    const stream: Stream = { bytes: bytes(), sizes: [] };
    const wanted = await uninterrupted(stream);
    for (let n = 0; n < CUTS; n++) {
      const cut = random.between(1, stream.bytes.length);
      const { lines, state } = await restored(stream, cut, random);
      expect({ cut, seed, state }).toEqual({ cut, seed, state: wanted.state });
      expect(lines, `cut at ${cut}, seed ${seed}`).toEqual(wanted.lines);
    }
  });

  test("[WP29] sizes are replayed where they happened", async () => {
    const whole = bytes();
    for (let n = 0; n < 20; n++) {
      const marks = Array.from({ length: 3 }, () => random.between(1, whole.length)).sort((a, b) => a - b);
      const sizes = marks.map((at) => ({ at, cols: random.between(40, 120), rows: random.between(10, 40) }));
      const stream: Stream = { bytes: whole, sizes };
      const wanted = await uninterrupted(stream);
      const cut = random.between(marks.at(-1) ?? 0, whole.length);
      const { lines, state } = await restored(stream, cut, random);
      expect({ cut, sizes, seed, state }).toEqual({ cut, sizes, seed, state: wanted.state });
      expect(lines, `cut at ${cut}, seed ${seed}`).toEqual(wanted.lines);
    }
  });

  test("[WP30] a log that was cut gives everything after its beginning, and says that older output is gone", async () => {
    const one = bytes();
    const whole = Uint8Array.from([...one, ...one, ...one]);
    const stream: Stream = { bytes: whole, sizes: [] };
    const wanted = await uninterrupted(stream);
    const max = 12_000;
    let trimmed = 0;
    for (let n = 0; n < 60; n++) {
      const cut = random.between(max * 2, whole.length);
      const { lines, state, head } = await restored(stream, cut, random, max);
      expect({ cut, seed, state }).toEqual({ cut, seed, state: wanted.state });
      if (head.trimmed) trimmed++;
      // The rows above the first kept line are blank, behind the note.
      const kept = lines.length - SIZE.rows - 2;
      expect(kept).toBeGreaterThan(SIZE.rows);
      expect(lines.slice(-kept), `cut at ${cut}, begun at ${head.pos}, seed ${seed}`).toEqual(
        wanted.lines.slice(-kept),
      );
    }
    expect(trimmed).toBeGreaterThan(50);
  });
});

test("[S82] queries in the log are answered by nobody", async () => {
  const queries = "\x1b[c\x1b[0c\x1b[>c\x1b[5n\x1b[6n\x1b[?6n\x1b[?25$p\x1bP$qm\x1b\\\x1b]10;?\x07\x1b]52;c;?\x07";
  const whole = new TextEncoder().encode(`before\r\n${queries}after\r\n`);
  const all = await restored({ bytes: whole, sizes: [] }, whole.length, random);
  expect(all.replies).toBe(0);
  expect(all.lines[1]).toContain("a");
  // Cut before them: they are live and are answered.
  const live = await restored({ bytes: whole, sizes: [] }, 4, random);
  expect(live.replies).toBeGreaterThan(0);
});
