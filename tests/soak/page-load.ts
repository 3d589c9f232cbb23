import { setTimeout as pause } from "node:timers/promises";
import { commands } from "#bridge/commands.ts";
import type { Views } from "#machines/views.ts";
import { deviceRecord } from "#support/device-record.ts";
import { type FaultRelay, startFaultRelay } from "#support/fault-relay.ts";
import { LINK_FAULTS, strike } from "#support/link-faults.ts";
import { BrowserProfile, PageDouble } from "#support/page-double.ts";
import type { SeededRandom } from "#support/seeded-random.ts";
import { codeOf } from "#support/wire-pairing.ts";
import { CheckedTerminal, rawProgram } from "./checked-terminal.ts";
import { type Checks, inTime } from "./checks.ts";
import { CountedLines, Echo, type ExpectedBytes } from "./expected-bytes.ts";
import type { SoakRig } from "./soak-rig.ts";

/** 2 MB/s: floods last, and leave the machine some time. */
const PACE = { bytes: 16 * 1_024, everyMs: 8 };
/** Typed ahead of its echo at most. */
const AHEAD_BYTES = 256 * 1_024;

type Device = { id: string; terminal: CheckedTerminal; expected: ExpectedBytes };

/** One page of a client of its own, with a network that breaks: a device that echoes, one that floods, a simulated one. */
export class PageLoad {
  readonly name: string;
  readonly #rig: SoakRig;
  readonly #random: SeededRandom;
  readonly #profile = new BrowserProfile();
  readonly #echo = new Echo();
  #page!: PageDouble;
  #relay!: FaultRelay;
  #devices: Device[] = [];
  #simulated = "";
  #stopping = false;
  #work: Promise<unknown>[] = [];
  faults = 0;

  constructor(name: string, rig: SoakRig, random: SeededRandom) {
    this.name = name;
    this.#rig = rig;
    this.#random = random;
  }

  async start(): Promise<void> {
    const { app } = this.#rig;
    this.#relay = await startFaultRelay({ host: "127.0.0.1", port: Number(new URL(app.url).port) });
    const page = new PageDouble(app.url, this.#profile);
    this.#page = page;
    page.via = `127.0.0.1:${this.#relay.port}`;
    await this.#until("sign_in", ({ phase }) => phase === "unpaired", "the pairing screen");
    await page.bridge.dispatch(commands.pair(codeOf(await app.pairAgain()), this.name));
    await this.#until("link", ({ phase }) => phase === "online", "the link");
    this.#devices = [await this.#open("cat", this.#echo), await this.#open("seq 1 999999999", new CountedLines())];
    await this.#openSimulated();
    this.#relay.drip(PACE.bytes, PACE.everyMs, "down");
    this.#work = [this.#typeOn(), this.#breakOn()];
  }

  #until<K extends keyof Views>(key: K, holds: (view: Views[K]) => boolean, what: string): Promise<Views[K]> {
    return inTime(this.#page.until(key, holds), `${what} of ${this.name}`);
  }

  async #open(program: string, expected: ExpectedBytes): Promise<Device> {
    const { server } = this.#rig;
    const record = deviceRecord(server, { label: `${this.name} ${program}` });
    const { bridge } = this.#page;
    await bridge.dispatch(commands.putDevice(record));
    await this.#until("catalog", ({ records }) => records.some(({ id }) => id === record.id), "the device in the list");
    const terminal = new CheckedTerminal(bridge.openBytes(record.id), expected);
    await bridge.dispatch(commands.open(record.id, { cols: 120, rows: 40, password: server.password ?? "" }));
    const view = await this.#until(
      `device:${record.id}`,
      ({ ssh1 }) => ssh1.question !== undefined || ssh1.phase === "live",
      "a question",
    );
    if (view.ssh1.question?.kind === "host_key") {
      await bridge.dispatch(commands.hostKeyReply(record.id, "ssh1", view.ssh1.question.id, true));
    }
    await this.#until(`device:${record.id}`, ({ ssh1 }) => ssh1.phase === "live", "a live terminal");
    // What waited longer than 10 s for its link is asked about [WP19]; here the answer is always "send".
    bridge.view(`device:${record.id}`).subscribe((now) => {
      if (now?.ssh1.stale_input !== undefined) void bridge.dispatch(commands.staleInput(record.id, "send"));
    });
    terminal.send(new TextEncoder().encode(rawProgram(program)));
    await inTime(terminal.begun, `${program} to begin`);
    return { id: record.id, terminal, expected };
  }

  async #openSimulated(): Promise<void> {
    const { records } = await this.#until("catalog", (view) => view.records.some((one) => one.simulated), "the lab");
    const record = records.find(({ simulated }) => simulated);
    this.#simulated = record?.id ?? "";
    await this.#page.bridge.dispatch(commands.open(this.#simulated, { cols: 80, rows: 24 }));
    await this.#page.bridge.dispatch(commands.monitor(this.#simulated, { panels: ["device_info"] }));
  }

  /** Keys and pastes of all sizes. */
  async #typeOn(): Promise<void> {
    const [echo] = this.#devices;
    while (!this.#stopping) {
      if (this.#echo.outstanding < AHEAD_BYTES) {
        const bytes = this.#random.bytes(this.#random.pick([1, 3, 40, 700, 20_000]));
        this.#echo.typed(bytes);
        echo?.terminal.send(bytes);
      }
      await pause(this.#random.between(5, 120));
    }
  }

  async #breakOn(): Promise<void> {
    while (!this.#stopping) {
      await pause(this.#random.between(100, 2_000));
      const resumes = this.#page.view("link")?.resumes ?? 0;
      const kind = this.#random.pick([...LINK_FAULTS, "sleep"] as const);
      await inTime(kind === "sleep" ? this.#sleep() : this.#strike(kind), `${this.name} to dial again after ${kind}`);
      const healed = Date.now();
      // The first socket may answer before the second is through, and is then used on.
      const usedOn = (at = 0): boolean => (kind === "sleep" || kind === "black_hole") && at > healed;
      await this.#until(
        "link",
        (link) => link.phase === "online" && (link.resumes > resumes || usedOn(link.last_frame_at)),
        `the link after ${kind}`,
      );
      this.faults += 1;
    }
  }

  #strike(kind: (typeof LINK_FAULTS)[number]): Promise<void> {
    return strike(kind, { relay: this.#relay, random: this.#random, pace: PACE, wake: () => this.#wake() });
  }

  #wake(): void {
    void this.#page.bridge.dispatch(commands.presence({ visible: true, online: true, event: "online" }));
  }

  /** A tablet that sleeps: nothing goes in or out, for longer than rings last, and then it wakes. */
  async #sleep(): Promise<void> {
    const before = this.#relay.connections.length;
    this.#relay.blackHole(true);
    await pause(this.#random.between(1_000, 14_000));
    this.#wake();
    await this.#relay.until(({ connections }) => connections.length > before);
    this.#relay.blackHole(false);
  }

  /** The network is whole again: everything typed comes back, floods go on, telemetry is there. */
  async finish(checks: Checks): Promise<void> {
    this.#stopping = true;
    await checks.run(`${this.name}: back after each of its faults`, Promise.all(this.#work));
    this.#relay.clear();
    const [echo, flood] = this.#devices;
    await checks.run(`${this.name}: all that was typed came back`, inTime(this.#echoed(), "the echo"));
    checks.check(
      echo?.terminal.problem === undefined,
      `${this.name}: ${this.#echo.verified} bytes in and out again, ${this.faults} faults ${echo?.terminal.problem ?? ""}`,
    );
    checks.check(
      flood?.terminal.problem === undefined && (flood?.expected.verified ?? 0) > 0,
      `${this.name}: ${flood?.expected.verified} bytes of a flood in order ${flood?.terminal.problem ?? ""}`,
    );
    await checks.run(`${this.name}: telemetry of a simulated device is read`, this.#telemetry());
    for (const id of [...this.#devices.map((device) => device.id), this.#simulated]) {
      await this.#page.bridge.dispatch(commands.close(id, "end"));
    }
    await this.#until("catalog", ({ open }) => open.length === 0, "the workspaces to close");
  }

  /** A reading that was asked for after the last fault. */
  async #telemetry(): Promise<void> {
    const key = `panel:${this.#simulated}:device_info` as const;
    const asked = Date.now();
    await this.#page.bridge.dispatch(commands.monitor(this.#simulated, { refresh: "all" }));
    const fresh = this.#until(key, ({ status, ts }) => status === "ok" && ts >= asked, "a reading");
    await fresh.catch((error: Error) => {
      const { data: _data, ...reading } = this.#page.view(key) ?? {};
      const view = this.#page.view(`device:${this.#simulated}`);
      throw new Error(`${error.message}: ${JSON.stringify({ reading, ssh1: view?.ssh1.phase, ssh2: view?.ssh2 })}`);
    });
  }

  async #echoed(): Promise<void> {
    while (this.#echo.outstanding > 0 && this.#devices[0]?.terminal.problem === undefined) await pause(50);
  }

  async close(): Promise<void> {
    this.#stopping = true;
    for (const { terminal } of this.#devices) terminal.close();
    this.#page?.close();
    await this.#relay?.stop();
  }
}
