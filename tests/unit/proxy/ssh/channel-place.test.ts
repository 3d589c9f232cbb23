/** A device that allows one session at a time gives its place free only once it has taken in our close. */
import { EventEmitter } from "node:events";
import { PassThrough } from "node:stream";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { openChannel } from "#proxy/ssh/channel.ts";
import type { SshConnection } from "#proxy/ssh/connection.ts";
import { Outflow } from "#proxy/ssh/outflow.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const NO_PLACE = "(SSH) Channel open failure: open failed";
const EXEC = { kind: "exec", command: "show clock" } as const;
const events = { data() {}, closed() {} };

class Channel extends EventEmitter {
  readonly stderr = Object.assign(new EventEmitter(), { readableLength: 0, pause() {}, resume() {} });
  readonly readableLength = 0;
  pause(): void {}
  resume(): void {}
  ends(): void {
    this.emit("close");
    this.stderr.emit("close");
  }
}

/** A device whose answers to opens are these, in order: an error's text, or a channel. */
function device(answers: (string | Channel)[]) {
  let opens = 0;
  const exec = (_command: string, opened: (error: Error | undefined, channel?: Channel) => void) => {
    const answer = answers[opens++];
    if (answer instanceof Channel) opened(undefined, answer);
    else opened(new Error(answer));
  };
  const outflow = new Outflow(new PassThrough(), () => 0, undefined);
  const connection = { client: { exec }, fail() {}, outflow } as unknown as SshConnection;
  return { connection, opens: () => opens };
}

test("refused right after another had closed, it is opened when the place is free", async () => {
  const first = new Channel();
  const { connection, opens } = device([first, NO_PLACE, NO_PLACE, new Channel()]);
  expect(await openChannel(connection, EXEC, events)).toMatchObject({ ok: true });
  first.ends();
  const second = openChannel(connection, EXEC, events);
  await vi.runAllTimersAsync();
  expect(await second).toMatchObject({ ok: true });
  expect(opens()).toBe(4);
});

test("a shell after a command that was refused: that command's channel had the place", async () => {
  const { connection, opens } = device(["Unable to exec", NO_PLACE, new Channel()]);
  expect(await openChannel(connection, EXEC, events)).toMatchObject({ ok: false, failure: { reason: "exec" } });
  const second = openChannel(connection, EXEC, events);
  await vi.runAllTimersAsync();
  expect(await second).toMatchObject({ ok: true });
  expect(opens()).toBe(3);
});

test("while another is open, or long after one has closed, the first refusal is the answer", async () => {
  const first = new Channel();
  const { connection, opens } = device([first, NO_PLACE, NO_PLACE]);
  await openChannel(connection, EXEC, events);
  const refused = { ok: false, failure: { code: "channel_refused", reason: "sessions" } };
  expect(await openChannel(connection, EXEC, events)).toMatchObject(refused);
  first.ends();
  await vi.advanceTimersByTimeAsync(5_000);
  expect(await openChannel(connection, EXEC, events)).toMatchObject(refused);
  expect(opens()).toBe(3);
});

test("a device that never gives it free is left in peace after a second", async () => {
  const first = new Channel();
  const { connection, opens } = device([first, ...Array<string>(20).fill(NO_PLACE)]);
  await openChannel(connection, EXEC, events);
  first.ends();
  const second = openChannel(connection, EXEC, events);
  await vi.runAllTimersAsync();
  expect(await second).toMatchObject({ ok: false, failure: { code: "channel_refused", reason: "sessions" } });
  expect(opens()).toBe(6);
});
