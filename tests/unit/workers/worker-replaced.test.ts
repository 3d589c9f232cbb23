import "fake-indexeddb/auto";
import { IDBFactory } from "fake-indexeddb";
import { array, assert, asyncProperty, constant, constantFrom, integer, oneof, record } from "fast-check";
import { expect, test, vi } from "vitest";
import { PortChannel } from "#bridge/byte-channel.ts";
import { ManualTime } from "#support/fake-timers.ts";
import { sealedOn } from "#support/sealed.ts";
import type { BytesToPage } from "#workers/host-api.ts";
import type { HostEnv } from "#workers/host-env.ts";
import { MemoryStore } from "#workers/storage/tablet-store.ts";
import type { TerminalLog } from "#workers/storage/terminal-log.ts";
import { TerminalLogs } from "#workers/storage/terminal-logs.ts";
import { TerminalOutput } from "#workers/terminal-output.ts";
import { TerminalPort } from "#workers/terminal-port.ts";

/** The tablet's, whichever worker opens a log. */
const { keys: KEYS } = await sealedOn(new MemoryStore());

const SID = "n1.AAAAAAAAAAAAAAAAAAAAAA";
/** Time for shrinking what fails, on a machine that does other things as well. */
const LIMIT_MS = 60_000;
const SIZE = { cols: 80, rows: 24 };

type Listener = (event: MessageEvent) => void;

/** One end of a port whose messages wait until the test lets them through; a page closes its end with all that waits. */
class HeldPort {
  other: HeldPort | null = null;
  #listener: Listener = () => {};
  readonly #waiting: unknown[] = [];
  addEventListener(_type: "message", listener: Listener): void {
    this.#listener = listener;
  }
  start(): void {}
  postMessage(message: unknown, transfer: Transferable[] = []): void {
    this.other?.take(structuredClone(message, { transfer }));
  }
  take(message: unknown): void {
    this.#waiting.push(message);
  }
  close(): void {
    if (this.other !== null) this.other.other = null;
    this.other = null;
    this.#waiting.length = 0;
  }
  let(count: number): void {
    for (const data of this.#waiting.splice(0, count)) this.#listener({ data } as MessageEvent);
  }
}

/** What the device printed up to a position: each byte says where it belongs. */
const printed = (from: number, to: number): Uint8Array =>
  Uint8Array.from({ length: to - from }, (_, at) => (from + at) % 251);

/** A page that draws what it is given and says so. */
class Page {
  readonly channel = new PortChannel(() => {});
  drawn: number[] = [];
  constructor() {
    this.channel.onMessage((message) => this.#draw(message));
  }
  #draw(message: BytesToPage): void {
    if (message.t === "begin" && message.clear) this.drawn = [];
    if (message.t === "gap") expect.fail(`a gap [${message.from}, ${message.to})`);
    if (message.t !== "out") return;
    this.drawn.push(...new Uint8Array(message.body));
    this.channel.applied(message.pos + message.body.byteLength);
  }
}

/** A worker's part of a terminal: the port, the output and the log, with a clock that stops when the worker is replaced. */
class Life {
  readonly #output: TerminalOutput;
  readonly #logs: TerminalLogs;
  readonly #toPage = new HeldPort();
  readonly #toWorker = new HeldPort();
  readonly #start: number;
  recv: number;
  credit = 0;
  #replaced = false;

  private constructor(logs: TerminalLogs, page: Page, log: TerminalLog | undefined) {
    this.#logs = logs;
    const port = new TerminalPort();
    const credit = (bytes: number): void => {
      this.credit += bytes;
    };
    this.#output = new TerminalOutput(port, logs, {
      applied: credit,
      saved: () => {},
      // A worker that was replaced may find that its log is another's.
      logLost: () => expect(this.#replaced).toBe(true),
    });
    port.serve({ input() {}, applied: credit, have: (stream, pos) => void this.#output.pageHas(stream, pos) });
    this.#toPage.other = this.#toWorker;
    this.#toWorker.other = this.#toPage;
    port.attach(this.#toPage as unknown as MessagePort);
    page.channel.bind(this.#toWorker);
    this.#start = this.recv = log?.end ?? 0;
    if (log !== undefined) this.#output.restore(log);
    else {
      port.begin(SID, 0, true);
      this.#output.keep(SID, { pos: 0, ...SIZE });
    }
  }

  static async begin(indexedDB: IDBFactory, page: Page, first: boolean): Promise<Life> {
    const time = new ManualTime();
    const { now, setTimeout, clearTimeout } = time;
    const env = { now, setTimeout, clearTimeout, crypto: globalThis.crypto, indexedDB } as unknown as HostEnv;
    const failed = (error: unknown): void => expect.fail(String(error));
    const logs = await TerminalLogs.load(env, KEYS, false, failed);
    const log = first ? undefined : await logs.open(SID);
    expect(log === undefined).toBe(first);
    return new Life(logs, page, log);
  }

  /** The proxy sends what comes next. */
  output(bytes: number): void {
    this.#output.deliver(this.recv, printed(this.recv, this.recv + bytes), false);
    this.recv += bytes;
  }

  /** The log is as far as the output. */
  async store(): Promise<void> {
    await (await this.#logs.open(SID))?.flushed();
  }

  letThrough(messages: number): void {
    this.#toPage.let(messages);
    this.#toWorker.let(messages);
  }

  /** Everything went where it belongs; the worker may then look whether its sums are right. */
  async settled(page: Page): Promise<void> {
    await vi.waitFor(() => {
      this.letThrough(Number.POSITIVE_INFINITY);
      expect(page.drawn.length).toBeGreaterThanOrEqual(this.recv);
      expect(this.credit).toBe(this.recv - this.#start);
    });
  }

  async stored(): Promise<number[]> {
    const bytes: number[] = [];
    const log = await this.#logs.open(SID);
    await log?.flushed();
    for await (const record of log?.read(0) ?? []) if (record.kind === "bytes") bytes.push(...record.bytes);
    return bytes;
  }

  replaced(): void {
    this.#replaced = true;
  }

  async end(): Promise<void> {
    this.#output.leave();
    await this.#logs.shut();
  }
}

const step = oneof(
  record({ t: constant("output" as const), n: integer({ min: 1, max: 40 }) }),
  record({ t: constant("page" as const), n: integer({ min: 1, max: 6 }) }),
  constant({ t: "store" as const, n: 0 }),
  // The next worker has heard the page, or not, before the proxy sends it something.
  record({ t: constant("replace" as const), n: constantFrom(0, 1, 20) }),
);

test(
  "[U97] [I4] whatever a page and the log have when a worker is replaced, each byte is drawn, stored and credited once",
  async () => {
    await assert(
      asyncProperty(array(step, { minLength: 12, maxLength: 30, size: "max" }), async (steps) => {
        const indexedDB = new IDBFactory();
        const page = new Page();
        let life = await Life.begin(indexedDB, page, true);
        let sent = 0;
        // A worker that did not begin its log has nothing to leave.
        await life.store();
        for (const { t, n } of steps) {
          sent = Math.max(sent, life.recv);
          if (t === "output") life.output(n);
          else if (t === "page") life.letThrough(n);
          else if (t === "store") await life.store();
          else {
            page.channel.unbind();
            life.replaced();
            life = await Life.begin(indexedDB, page, false);
            for (let turns = n; turns > 0; turns--) {
              life.letThrough(1);
              await new Promise((turn) => setImmediate(turn));
            }
          }
        }
        life.output(Math.max(sent, life.recv) + 1 - life.recv);
        await life.settled(page);
        expect(page.drawn).toEqual([...printed(0, life.recv)]);
        expect(await life.stored()).toEqual(page.drawn);
        await life.end();
      }),
      { numRuns: 40 },
    );
  },
  LIMIT_MS,
);
