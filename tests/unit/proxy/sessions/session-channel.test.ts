import { EventEmitter } from "node:events";
import { PassThrough } from "node:stream";
import { expect, test } from "vitest";
import { SessionChannel } from "#proxy/sessions/session-channel.ts";
import type { SshConnection } from "#proxy/ssh/connection.ts";
import { Outflow } from "#proxy/ssh/outflow.ts";

const SIZE = { cols: 80, rows: 24 };

/** A channel of the library that closes when it is told to. */
class Channel extends EventEmitter {
  readonly stderr = Object.assign(new EventEmitter(), { readableLength: 0, pause() {}, resume() {} });
  readonly readableLength = 0;
  closed = false;
  pause(): void {}
  resume(): void {}
  close(): void {
    this.closed = true;
    setImmediate(() => {
      this.emit("close");
      this.stderr.emit("close");
    });
  }
}

function setup() {
  const channels: Channel[] = [];
  const shell = (_pty: unknown, opened: (error: undefined, channel: Channel) => void) => {
    const channel = new Channel();
    channels.push(channel);
    setImmediate(() => opened(undefined, channel));
  };
  const connection = {
    client: { shell },
    fail() {},
    outflow: new Outflow(new PassThrough(), () => 0, undefined),
  } as unknown as SshConnection;
  let ends = 0;
  const events = { data() {}, closed: () => void ends++, opened() {}, paused: () => false };
  const session = new SessionChannel(connection, "shell", "xterm", events);
  return { channels, session, ends: () => ends };
}

test("changes of transport asked for at once run one by one: no channel is left open behind the one in use", async () => {
  const { channels, session, ends } = setup();
  await session.open(SIZE);
  const changes = [session.change("shell_pty", SIZE), session.change("shell", SIZE), session.change("shell_pty", SIZE)];
  expect(await Promise.all(changes)).toEqual([undefined, undefined, undefined]);
  expect(channels.map(({ closed }) => closed)).toEqual([true, true, true, false]);
  expect([session.transport, session.isOpen, ends()]).toEqual(["shell_pty", true, 0]);
  await session.close();
  expect(channels.every(({ closed }) => closed)).toBe(true);
});
