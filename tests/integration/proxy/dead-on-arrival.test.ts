/** A device that is gone before the handshake begins: between the dial and the login the proxy reads files. */
import type { Socket } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import { dial } from "#proxy/ssh/dial.ts";
import { startConnection, turns, turnsUntil } from "#support/inside-device.ts";
import { startLineServer } from "#support/line-server.ts";

async function dialled(serve: (socket: Socket) => void): Promise<Socket> {
  const device = await startLineServer(serve);
  onTestFinished(() => device.stop());
  const socket = await dial({ addresses: ["127.0.0.1"], port: device.port }, new AbortController().signal);
  if (!socket.ok) throw new Error(`not dialled: ${JSON.stringify(socket.failure)}`);
  onTestFinished(() => void socket.value.destroy());
  return socket.value;
}

test.each([0, 1, 2, 3, 5, 8, 20])(
  "[S23] a device that hung up %i turns before the handshake is device_closed, not a timeout",
  async (late) => {
    const socket = await dialled((peer) => peer.end());
    await turns(late);
    const { outcome } = startConnection(socket);
    expect(await outcome).toMatchObject({ ok: false, failure: { code: "device_closed" } });
  },
);

test("[S23] a reset before the handshake ends that connection, not the proxy", async () => {
  const socket = await dialled((peer) => peer.once("data", () => peer.resetAndDestroy()));
  // Nobody listens yet: an unheard error would end the process.
  socket.write("x");
  await turnsUntil(() => socket.closed);
  const { outcome } = startConnection(socket);
  expect(await outcome).toMatchObject({ ok: false, failure: { code: "device_closed" } });
});
