/** A jump host that is gone before the handshake through it begins: between the channel and the login the proxy reads files. */
import type { Duplex } from "node:stream";
import type { ServerChannel } from "ssh2";
import { describe, expect, onTestFinished, test } from "vitest";
import type { SshConnection } from "#proxy/ssh/connection.ts";
import { openForward } from "#proxy/ssh/forward.ts";
import { type InsideDevice, insideDevice, startConnection, turns, turnsUntil } from "#support/inside-device.ts";

/** `outer`: the proxy's connection to the jump host; `near`: its channel to the device; `far`: the jump host's end of it. */
type Way = { jump: InsideDevice; outer: SshConnection; near: Duplex; far: ServerChannel };

async function wayThrough(): Promise<Way> {
  const opened: ServerChannel[] = [];
  const jump = insideDevice({ forward: (channel) => opened.push(channel) });
  const outer = await startConnection(jump.near).outcome;
  if (!outer.ok) throw new Error("no jump host");
  onTestFinished(() => outer.value.end());
  const near = await openForward(outer.value, "10.0.0.1", 22);
  const [far] = opened;
  if (!near.ok || far === undefined) throw new Error("no way");
  return { jump, outer: outer.value, near: near.value, far };
}

const DEATHS: [string, (way: Way) => void][] = [
  ["whose connection was lost", ({ jump }) => jump.far.destroy()],
  ["to which the proxy's socket was lost", ({ jump }) => jump.near.destroy()],
  ["that said goodbye", ({ jump }) => jump.connection().end()],
  ["that closed the channel", ({ far }) => far.close()],
  ["that said that no more data comes, and left the channel open", ({ far }) => far.eof()],
  ["that the proxy itself left", ({ outer }) => outer.end()],
];
const TURNS = [0, 1, 2, 3, 5, 8, 20];

describe.each(DEATHS)("[S23] [S39] a jump host %s before the handshake through it", (_how, die) => {
  test.each(TURNS)("is device_closed %i turns later, not a timeout", async (late) => {
    const way = await wayThrough();
    die(way);
    await turns(late);
    const { outcome } = startConnection(way.near);
    expect(await outcome).toMatchObject({ ok: false, failure: { code: "device_closed" } });
  });

  test("is device_closed when the device's greeting still waits to be read", async () => {
    const way = await wayThrough();
    way.far.write("SSH-2.0-device\r\n");
    await turnsUntil(() => way.near.readableLength > 0);
    die(way);
    await turns(20);
    const { outcome } = startConnection(way.near);
    expect(await outcome).toMatchObject({ ok: false, failure: { code: "device_closed" } });
  });
});
