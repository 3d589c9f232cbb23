/** Input on its way to a device that opens a large window and then reads nothing, and one that begins a rekey for ever. */
import type { Duplex } from "node:stream";
import type { Connection, ServerChannel } from "ssh2";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { KEX_TIMEOUT_MS } from "#protocol/limits.ts";
import type { Failure } from "#proxy/failure.ts";
import { type DeviceChannel, openChannel } from "#proxy/ssh/channel.ts";
import type { SshConnection } from "#proxy/ssh/connection.ts";
import { openForward } from "#proxy/ssh/forward.ts";
import { CHANNEL_WRITE_BUFFER_BYTES } from "#proxy/ssh/window-patch.ts";
import { type InsideDevice, insideDevice, startConnection, turns, turnsUntil } from "#support/inside-device.ts";

/** As large as SSH allows: a device that grants it can be handed anything. */
const HUGE_WINDOW = 0x7000_0000;
const PIECE_BYTES = 16 * 1024;
const PIECES = 100;
/** Buffers of both ends of a pair, and one write of input. */
const HELD_MAX_BYTES = 2 * CHANNEL_WRITE_BUFFER_BYTES + PIECE_BYTES;

type Rekeying = { _protocol: { rekey(): void } };
type Granting = { _protocol: { channelWindowAdjust(id: number, bytes: number): void } };

/** Grants the huge window, and counts what arrives. */
function greedy(got: { bytes: number }) {
  return (channel: ServerChannel, connection: Connection) => {
    const { id } = (channel as unknown as { outgoing: { id: number } }).outgoing;
    (connection as unknown as Granting)._protocol.channelWindowAdjust(id, HUGE_WINDOW);
    channel.on("data", (bytes: Buffer) => {
      got.bytes += bytes.length;
    });
  };
}

async function connected(stream: Duplex, beneath?: SshConnection): Promise<SshConnection> {
  const outcome = await startConnection(stream, { beneath: beneath?.outflow }).outcome;
  if (!outcome.ok) throw new Error(JSON.stringify(outcome.failure));
  return outcome.value;
}

async function shell(connection: SshConnection): Promise<DeviceChannel> {
  const events = { data: () => {}, closed: () => {} };
  const opened = await openChannel(connection, { kind: "shell" }, events);
  if (!opened.ok) throw new Error(JSON.stringify(opened.failure));
  await turns(50);
  return opened.value;
}

/** Writes piece after piece, each after the one before was taken, as the session's input does. */
function typeAll(channel: DeviceChannel): { taken: number; lost: number } {
  const so = { taken: 0, lost: 0 };
  void (async () => {
    for (let i = 0; i < PIECES; i += 1) {
      if (await channel.write(Buffer.alloc(PIECE_BYTES, "x"))) so.taken += PIECE_BYTES;
      else so.lost += PIECE_BYTES;
    }
  })();
  return so;
}

describe("[S23] [WP16] input to a device that does not read TCP", () => {
  test("waits, however large its window: what is held is bounded, counted, and delivered once it reads", async () => {
    const got = { bytes: 0 };
    const device = insideDevice({ shell: greedy(got) });
    const connection = await connected(device.near);
    const channel = await shell(connection);
    device.far.pause();
    const so = typeAll(channel);
    await turns(2_000);
    expect(so.taken).toBeLessThan(PIECES * PIECE_BYTES);
    expect(so.taken + connection.outflow.held).toBeLessThan(HELD_MAX_BYTES);
    expect(connection.outflow.held).toBeGreaterThan(0);
    device.far.resume();
    await turnsUntil(() => so.taken === PIECES * PIECE_BYTES && got.bytes === PIECES * PIECE_BYTES);
    expect(connection.outflow.held).toBe(0);
    connection.end();
  });

  test("[S39] behind a jump host it is the outermost socket that counts", async () => {
    const got = { bytes: 0 };
    let inner = undefined as InsideDevice | undefined;
    const jump = insideDevice({
      forward: (channel) => {
        inner = insideDevice({ shell: greedy(got) }, channel);
      },
    });
    const outer = await connected(jump.near);
    const way = await openForward(outer, "10.0.0.1", 22);
    if (!way.ok) throw new Error("no way");
    const connection = await connected(way.value, outer);
    if (inner === undefined) throw new Error("nobody behind the jump host");
    const { id } = (inner.near as unknown as { outgoing: { id: number } }).outgoing;
    (jump.connection() as unknown as Granting)._protocol.channelWindowAdjust(id, HUGE_WINDOW);
    const channel = await shell(connection);
    jump.far.pause();
    const so = typeAll(channel);
    await turns(2_000);
    expect(so.taken + connection.outflow.held).toBeLessThan(2 * HELD_MAX_BYTES);
    jump.far.resume();
    await turnsUntil(() => so.taken === PIECES * PIECE_BYTES && got.bytes === PIECES * PIECE_BYTES);
    connection.end();
    outer.end();
  });

  test("a connection that ends settles what waits as not taken, and sizes that came meanwhile send the last only", async () => {
    const device = insideDevice({ shell: greedy({ bytes: 0 }) });
    const connection = await connected(device.near);
    const channel = await shell(connection);
    device.far.pause();
    const so = typeAll(channel);
    await turns(2_000);
    const { held } = connection.outflow;
    for (let i = 0; i < 1_000; i += 1) channel.resize(80 + (i % 100), 24);
    expect(connection.outflow.held).toBe(held);
    device.near.destroy();
    await turnsUntil(() => so.taken + so.lost === PIECES * PIECE_BYTES);
    expect(so.lost).toBeGreaterThan(0);
  });
});

describe("section 9: a rekey that is begun and never finished", () => {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  test("has 15 s like the first one; meanwhile no input is taken and little is held", async () => {
    const device = insideDevice({ shell: greedy({ bytes: 0 }) });
    const connection = await connected(device.near);
    const ends: Failure[] = [];
    connection.onEnd((problem) => ends.push(problem));
    const channel = await shell(connection);
    (device.connection() as unknown as Rekeying)._protocol.rekey();
    device.far.pause();
    await turnsUntil(() => !connection.outflow.clear);
    const so = typeAll(channel);
    await turns(500);
    expect(so).toEqual({ taken: 0, lost: 0 });
    expect(connection.outflow.held).toBeLessThan(HELD_MAX_BYTES);
    await vi.advanceTimersByTimeAsync(KEX_TIMEOUT_MS - 1);
    expect(ends).toEqual([]);
    await vi.advanceTimersByTimeAsync(1);
    expect(ends).toEqual([expect.objectContaining({ code: "dial_timeout", reason: "kex" })]);
    await vi.advanceTimersByTimeAsync(10_000);
    await turnsUntil(() => so.lost === PIECES * PIECE_BYTES);
  });

  test("one that is finished ends nothing, and input goes on", async () => {
    const got = { bytes: 0 };
    const device = insideDevice({ shell: greedy(got) });
    const connection = await connected(device.near);
    const ends: Failure[] = [];
    connection.onEnd((problem) => ends.push(problem));
    const channel = await shell(connection);
    (device.connection() as unknown as Rekeying)._protocol.rekey();
    await turnsUntil(() => !connection.outflow.clear);
    const so = typeAll(channel);
    await turnsUntil(() => so.taken === PIECES * PIECE_BYTES && got.bytes === so.taken);
    await vi.advanceTimersByTimeAsync(2 * KEX_TIMEOUT_MS);
    expect(ends).toEqual([]);
    connection.end();
  });
});
