import { setTimeout as pause } from "node:timers/promises";
import { encodeAck } from "#protocol/frames.ts";
import { type FaultRelay, startFaultRelay } from "#support/fault-relay.ts";
import type { SeededRandom } from "#support/seeded-random.ts";
import { WirePage } from "#support/wire-client.ts";
import { type PairedClient, pairClient, randomId } from "#support/wire-pairing.ts";
import { attachTo } from "#support/wire-rig.ts";
import { WireSession } from "#support/wire-session.ts";
import { READY, rawProgram } from "./checked-terminal.ts";
import type { Checks } from "./checks.ts";
import { CountedLines } from "./expected-bytes.ts";
import type { SoakRig } from "./soak-rig.ts";

/** Silence after which a taken or resumed session has failed to go on. */
const GOES_ON_MS = 30_000;

/** A flooding session whose output is checked over pages and clients, and not kept. */
class FloodSession extends WireSession {
  readonly lines = new CountedLines();
  problem: string | undefined;
  #ready = false;

  override onOut(pos: number, body: Uint8Array): void {
    if (pos !== this.recv) this.problem ??= `output at ${pos} instead of ${this.recv}`;
    this.recv = pos + body.length;
    this.page.sendFrame(encodeAck(this.chan, this.recv, this.recv + this.window));
    if (!this.#ready) this.#begin(body);
    else if (this.problem === undefined) this.#check(body);
  }

  #begin(body: Uint8Array): void {
    this.text += Buffer.from(body).toString("latin1");
    const at = this.text.indexOf(READY);
    if (at < 0) return;
    this.#ready = true;
    this.#check(Buffer.from(this.text.slice(at + READY.length), "latin1"));
    this.text = "";
  }

  #check(bytes: Uint8Array): void {
    const wrong = this.lines.accept(bytes);
    if (wrong !== undefined) this.problem = `other bytes than expected after ${wrong}`;
  }
}

/** Two clients of one user that take a flooding session from each other, cut and freeze. */
export class TakeoverLoad {
  readonly name: string;
  readonly #rig: SoakRig;
  readonly #random: SeededRandom;
  #clients: PairedClient[] = [];
  #relay!: FaultRelay;
  #session!: FloodSession;
  #holder = 0;
  #stopping = false;
  #work: Promise<void> = Promise.resolve();
  turns = 0;

  constructor(name: string, rig: SoakRig, random: SeededRandom) {
    this.name = name;
    this.#rig = rig;
    this.#random = random;
  }

  async start(): Promise<void> {
    const { app, server } = this.#rig;
    this.#relay = await startFaultRelay({ host: "127.0.0.1", port: Number(new URL(app.url).port) });
    for (const label of ["a", "b"])
      this.#clients.push(await pairClient(await app.pairAgain(), `${this.name} ${label}`));
    const page = await this.#open(0);
    const at = page.startConnect({ host: server.host, port: server.port, user: server.user, via: [] });
    const outcome = await page.settleConnect(at, { password: server.password });
    if (outcome.action === "error") throw new Error(`connect: ${JSON.stringify(outcome.payload)}`);
    this.#session = new FloodSession(page, at.device, at.session_id, outcome.payload);
    page.bind(outcome.payload.chan, this.#session);
    this.#session.type(rawProgram("seq 1 999999999"));
    this.#relay.drip(16 * 1_024, 8, "down");
    this.#work = this.#turnOn();
  }

  /** A page of that client, through the relay. */
  async #open(which: number, instanceId = randomId(), sessions = [] as ReturnType<WireSession["asRequest"]>[]) {
    const client = this.#clients[which];
    if (client === undefined) throw new Error("no such client");
    const headers = { Host: new URL(client.url).host, Origin: client.url };
    const through = { ...client, url: `http://127.0.0.1:${this.#relay.port}` };
    return WirePage.open(through, { headers, instanceId, sessions, attempt: this.#rig.nextAttempt() });
  }

  async #turnOn(): Promise<void> {
    while (!this.#stopping) {
      await pause(this.#random.between(200, 1_500));
      const from = this.#session.recv;
      const turn = this.#random.pick(["take", "cut", "freeze"] as const);
      if (turn === "take") await this.#take();
      else if (turn === "cut") await this.#cut();
      else await this.#freeze();
      await this.#goesOn(from, turn);
      this.turns += 1;
    }
  }

  async #goesOn(from: number, after: string): Promise<void> {
    const since = Date.now();
    while (this.#session.recv <= from) {
      if (Date.now() - since > GOES_ON_MS) throw new Error(`no output after ${after}`);
      await pause(10);
    }
  }

  /** The other client takes the session by force; the loser is told and closes. */
  async #take(): Promise<void> {
    const loser = this.#session.page;
    const next = 1 - this.#holder;
    const page = await this.#open(next);
    const request = this.#session.asRequest({ token: undefined, in_pos: null });
    // From here on nothing of the loser's link counts: the taker asked for all of it.
    this.#session.page = page;
    const state = await attachTo(page, request, true);
    if (state.status !== "resumed") throw new Error(`take-over answered ${state.status}`);
    if (state.out_start !== this.#session.recv)
      throw new Error(`output starts at ${state.out_start} after a take-over`);
    this.#session.token = state.token ?? "";
    this.#session.resumeOn(page, state);
    this.#holder = next;
    await loser.next("taken_over");
    await loser.close();
  }

  async #cut(): Promise<void> {
    const { page } = this.#session;
    if (this.#random.next() < 0.5) this.#relay.reset();
    else await page.cut();
    await page.closed;
    const back = await this.#open(this.#holder, page.instanceId, [this.#session.asRequest()]);
    const state = back.welcome?.sessions[0];
    if (state?.status !== "resumed") throw new Error(`the welcome said ${state?.status}`);
    this.#session.resumeOn(back, state);
  }

  /** A page that reads nothing for a while: rings fill, the device waits. */
  async #freeze(): Promise<void> {
    this.#session.page.socket.pause();
    await pause(this.#random.between(500, 4_000));
    this.#session.page.socket.resume();
  }

  async finish(checks: Checks): Promise<void> {
    this.#stopping = true;
    await checks.run(`${this.name}: went on after each of ${this.turns} turns`, this.#work);
    const { lines, problem } = this.#session;
    checks.check(
      problem === undefined && lines.verified > 0,
      `${this.name}: ${lines.verified} bytes of a flood in order over two clients ${problem ?? ""}`,
    );
    await this.#session.request("disconnect", {} as never);
  }

  async close(): Promise<void> {
    this.#stopping = true;
    await this.#session?.page.close();
    await this.#relay?.stop();
  }
}
