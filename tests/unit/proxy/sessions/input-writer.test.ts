import { EventEmitter } from "node:events";
import { PassThrough } from "node:stream";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { InputWriter } from "#proxy/sessions/input-writer.ts";
import { type DeviceChannel, openChannel } from "#proxy/ssh/channel.ts";
import type { SshConnection } from "#proxy/ssh/connection.ts";
import { Outflow } from "#proxy/ssh/outflow.ts";

const HOUR_MS = 3_600_000;

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** A channel of the library that calls back only when the test says that the device took the bytes. */
class SlowChannel extends EventEmitter {
  readonly stderr = new EventEmitter();
  readonly readableLength = 0;
  writable = true;
  readonly writes: number[] = [];
  readonly #callbacks: (() => void)[] = [];
  constructor() {
    super();
    Object.assign(this.stderr, { readableLength: 0, pause() {}, resume() {} });
  }
  pause(): void {}
  resume(): void {}
  close(): void {}
  write(bytes: Uint8Array, callback: () => void): void {
    this.writes.push(bytes.length);
    this.#callbacks.push(callback);
  }
  async take(): Promise<void> {
    this.#callbacks.shift()?.();
    await vi.advanceTimersByTimeAsync(0);
  }
}

async function open(channel: SlowChannel): Promise<DeviceChannel> {
  const client = {
    shell: (_pty: unknown, opened: (error: undefined, channel: SlowChannel) => void) => opened(undefined, channel),
  };
  const connection = {
    client,
    fail() {},
    outflow: new Outflow(new PassThrough(), () => 0, undefined),
  } as unknown as SshConnection;
  const opened = await openChannel(connection, { kind: "shell" }, { data() {}, closed() {} });
  if (!opened.ok) throw new Error(opened.failure.code);
  return opened.value;
}

async function setup() {
  const device = new SlowChannel();
  let settled = 0;
  const input = new InputWriter((bytes) => {
    settled += bytes;
  });
  input.use(await open(device));
  return { device, input, settled: () => settled };
}

describe("input to a device", () => {
  test("[WP16] [WP17] a device that reads nothing for an hour then gets everything, and every byte is counted", async () => {
    const { device, input, settled } = await setup();
    for (let at = 0; at < 4; at++) input.write(new Uint8Array(100));
    await vi.advanceTimersByTimeAsync(HOUR_MS);
    expect(device.writes).toEqual([100]);
    expect(settled()).toBe(0);
    await device.take();
    // What came meanwhile follows by itself: the page has no grant left to push it with.
    expect(device.writes).toEqual([100, 300]);
    expect(settled()).toBe(100);
    await device.take();
    expect([settled(), input.taken, input.takeLost()]).toEqual([400, 400, 0]);
  });

  test("[WP16] another channel: what the first had not taken is given back, told once, and not counted again", async () => {
    const { device, input, settled } = await setup();
    input.write(new Uint8Array(100));
    input.write(new Uint8Array(20));
    const next = new SlowChannel();
    input.use(await open(next));
    expect([settled(), input.takeLost(), input.takeLost()]).toEqual([120, 120, 0]);
    input.write(new Uint8Array(5));
    await device.take();
    expect(settled()).toBe(120);
    await next.take();
    expect([next.writes, settled(), input.taken]).toEqual([[5], 125, 5]);
  });

  test("a closed channel settles its write, and nothing is written to it any more", async () => {
    const { device, input, settled } = await setup();
    input.write(new Uint8Array(100));
    input.write(new Uint8Array(20));
    device.writable = false;
    device.emit("close");
    await vi.advanceTimersByTimeAsync(0);
    input.write(new Uint8Array(3));
    await vi.advanceTimersByTimeAsync(0);
    expect(device.writes).toEqual([100]);
    input.use(undefined);
    expect([settled(), input.taken, input.takeLost()]).toEqual([123, 0, 123]);
  });

  test("[WP16] without a channel input is refused, and its grant given back", async () => {
    const { input, settled } = await setup();
    input.use(undefined);
    expect(input.write(new Uint8Array(7))).toBe(false);
    expect([settled(), input.taken, input.takeLost()]).toEqual([7, 0, 0]);
  });
});
