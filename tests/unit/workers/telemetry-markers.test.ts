import { describe, expect, test } from "vitest";
import { decodeFrame } from "#protocol/frames.ts";
import type { DeviceRecord } from "#protocol/messages/devices.ts";
import type { Up } from "#protocol/up.ts";
import { ManualTime } from "#support/fake-timers.ts";
import { sealedOn } from "#support/sealed.ts";
import { cliDevice, type ShellDevice } from "#support/telemetry-devices.ts";
import { fixtures } from "#support/telemetry-fixtures.ts";
import { connected, exit, KEY, RECORD } from "#support/wire-messages.ts";
import * as engine from "#telemetry/collector.ts";
import type { HostEnv } from "#workers/host-env.ts";
import { LinkHub, type OpenLink } from "#workers/link-hub.ts";
import { SessionLocks } from "#workers/session-locks.ts";
import { MemoryStore } from "#workers/storage/tablet-store.ts";
import { TelemetryRuntime } from "#workers/telemetry-runtime.ts";

const LOGIN = { auth: { keys: [], proof: true, agent: [] }, via_pins: [], byPrompt: false };
const VERSION = fixtures().find(({ meta }) => meta.platform === "cisco_ios" && meta.command === "show version");

/** ssh2 of a router behind the hub; `sent` is every byte that the router was sent. */
async function router() {
  const time = new ManualTime();
  const env = {
    now: time.now,
    steady: time.steady,
    putForward: time.putForward,
    setTimeout: time.setTimeout,
    clearTimeout: time.clearTimeout,
    crypto: globalThis.crypto,
  } as unknown as HostEnv;
  const hub = new LinkHub(env, { message() {}, answered() {}, inputWaits() {} });
  const runtime = new TelemetryRuntime(
    RECORD,
    {
      env,
      hub,
      locks: new SessionLocks(undefined),
      resume: (await sealedOn(new MemoryStore())).resume,
      message() {},
      ends: { keep() {} },
      notTaken() {},
      loginOnce: () => undefined,
      isLocked: () => false,
      gap() {},
    },
    { reading() {}, asked() {}, phase() {}, platform() {}, reconnect() {}, ended() {} },
  );
  hub.add(runtime);
  const requests: Up[] = [];
  const input: Uint8Array[] = [];
  const link: OpenLink = {
    id: "l1",
    send: (data) => {
      if (typeof data === "string") requests.push(JSON.parse(data) as Up);
      else {
        const decoded = decodeFrame(data, "up");
        if (decoded.ok && decoded.frame?.kind === "in") input.push(decoded.frame.body.slice());
      }
    },
    bufferedAmount: () => 0,
    fail: (code, reason) => {
      throw new Error(`${code} ${reason}`);
    },
  };
  hub.welcomed(link, []);
  runtime.monitor({ panels: ["device_info", "cpu"] });

  /** One connection by this record, for a minute; gives what was typed at the router in it. */
  const connection = (record: DeviceRecord): { typed: string; ran: string[] } => {
    runtime.open(engine, record, KEY, undefined, LOGIN);
    const device: ShellDevice = cliDevice({ prompt: "r1#", answers: { "show version": VERSION?.text ?? "" } });
    let pos = 0;
    const print = (body: Uint8Array): void => {
      if (body.length > 0) hub.onOut(link, { kind: "out", chan: 1, pos, stderr: false, body });
      pos += body.length;
    };
    const limits = { in_limit: 1_048_576, cols: 511, host_key: KEY };
    hub.onControl(link, { ...connected("ssh2", limits), re: requests.at(-1)?.id });
    print(device.open());
    let typed = "";
    for (let step = 0; step < 600; step++) {
      for (const bytes of input.splice(0)) {
        typed += new TextDecoder().decode(bytes);
        print(device.input(bytes));
      }
      time.advance(100);
    }
    hub.onControl(link, exit("ssh2"));
    return { typed, ran: device.ran };
  };
  return { runtime, connection };
}

const CISCO: DeviceRecord = { ...RECORD, platform: "cisco_ios" };
const MARKER = /^! rs-[0-9a-f]{8}\d+$/m;

describe("[T42] end markers by the record of the device", () => {
  test("a record that says nothing of them has them sent", async () => {
    const { connection, runtime } = await router();
    const { typed, ran } = connection(CISCO);
    expect(ran).toContain("show version");
    expect(typed).toMatch(MARKER);
    expect(runtime.collector?.audit().some(({ purpose }) => purpose === "marker")).toBe(true);
  });

  test("turned off in the record, none is sent, and commands are answered all the same", async () => {
    const { connection, runtime } = await router();
    const { typed, ran } = connection({ ...CISCO, markers: false });
    expect(ran).toContain("show version");
    expect(typed).not.toContain("rs-");
    const audit = runtime.collector?.audit() ?? [];
    expect(audit.some(({ purpose }) => purpose === "marker")).toBe(false);
    expect(audit.find(({ text }) => text === "show version")?.outcome).toBe("ok");
  });

  test("turned off or on while telemetry knows the device: the next connection goes by it", async () => {
    const { connection, runtime } = await router();
    expect(connection(CISCO).typed).toMatch(MARKER);
    const { collector } = runtime;
    expect(connection({ ...CISCO, markers: false }).typed).not.toContain("rs-");
    expect(connection({ ...CISCO, markers: true }).typed).toMatch(MARKER);
    expect(runtime.collector).toBe(collector);
  });
});
