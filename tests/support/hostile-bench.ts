/** A proxy with one page and a witness: whatever a hostile device does, another session goes on echoing. */
import type { ConfigInput } from "#proxy/config/config-schema.ts";
import { type OddDevice, type OddOptions, startOddDevice } from "./odd-device.ts";
import { startTestProxy, type TestProxy } from "./test-proxy.ts";
import type { Answers } from "./wire-answers.ts";
import { type ConnectOptions, type Target, WirePage } from "./wire-client.ts";
import { pairClient } from "./wire-pairing.ts";
import type { WireSession } from "./wire-session.ts";

export class HostileBench {
  readonly proxy: TestProxy;
  readonly page: WirePage;
  readonly #witness: WireSession;
  readonly #honest: OddDevice;
  #devices: OddDevice[] = [];
  #words = 0;

  private constructor(proxy: TestProxy, page: WirePage, honest: OddDevice, witness: WireSession) {
    this.proxy = proxy;
    this.page = page;
    this.#honest = honest;
    this.#witness = witness;
  }

  /** `limits` as in the configuration file, for what an attack would run into before it gets anywhere. */
  static async start(limits: NonNullable<ConfigInput["limits"]> = {}): Promise<HostileBench> {
    const allow = [{ cidr: "127.0.0.1/32", ports: ["1024-65535"] }];
    const proxy = await startTestProxy({ config: { allow, limits } });
    const page = await WirePage.open(await pairClient(await proxy.pairUrl()));
    const honest = await startOddDevice();
    return new HostileBench(proxy, page, honest, await page.connect(at(honest.port)));
  }

  /** Another session echoes now. */
  async stillEchoes(): Promise<void> {
    this.#words += 1;
    const word = `still-here-${this.#words}.`;
    this.#witness.type(word);
    await this.#witness.waitFor(new RegExp(word));
  }

  /** Ends what a test has started, and looks whether the witness noticed. */
  async after(): Promise<void> {
    for (const device of this.#devices.splice(0)) await device.stop();
    await this.stillEchoes();
  }

  async device(options: OddOptions): Promise<OddDevice> {
    const device = await startOddDevice(options);
    this.#devices.push(device);
    return device;
  }

  /** Stops a device before the test ends, so that another can have its port. */
  async gone(device: OddDevice): Promise<void> {
    this.#devices = this.#devices.filter((one) => one !== device);
    await device.stop();
  }

  async connect(options: OddOptions, wish: ConnectOptions = {}, answers: Answers = {}): Promise<WireSession> {
    const { port } = await this.device(options);
    return this.page.connect(at(port), wish, answers);
  }

  /** The error that a connect ends in. */
  async refusal(port: number, wish: ConnectOptions = {}, answers: Answers = {}) {
    const outcome = await this.page.settleConnect(this.page.startConnect(at(port), wish), answers);
    if (outcome.action !== "error") throw new Error("it connected");
    return outcome.payload;
  }

  /** How a session ended. */
  async fault(session: WireSession) {
    const exit = await this.page.next("exit", (m) => m.device === session.device);
    return exit.payload.error;
  }

  async stop(): Promise<void> {
    await this.page.close();
    await this.#honest.stop();
    await this.proxy.stop();
  }
}

export function at(port: number): Target {
  return { host: "127.0.0.1", port, user: "op", via: [] };
}
