import { sealedOn } from "#support/sealed.ts";
import "fake-indexeddb/auto";
import { IDBFactory } from "fake-indexeddb";
import { afterEach, describe, expect, test } from "vitest";
import { sessionFrame } from "#protocol/builders.ts";
import type { Down } from "#protocol/down.ts";
import type { Up } from "#protocol/up.ts";
import { ManualTime } from "#support/fake-timers.ts";
import { connected, DEVICE, failure, RECORD, SID, state } from "#support/wire-messages.ts";
import type { HostEnv } from "#workers/host-env.ts";
import { LinkHub, type OpenLink } from "#workers/link-hub.ts";
import { SessionLocks } from "#workers/session-locks.ts";
import { MemoryStore } from "#workers/storage/tablet-store.ts";
import { TerminalLogs } from "#workers/storage/terminal-logs.ts";
import { TerminalPort } from "#workers/terminal-port.ts";
import { TerminalRuntime } from "#workers/terminal-runtime.ts";

const LOGIN = { auth: { keys: [], proof: true, agent: [] }, pins: [], via_pins: [], passwordHeld: false };
const NEXT = "n1.BBBBBBBBBBBBBBBBBBBBBB";
const ends: (() => void)[] = [];
afterEach(() => {
  for (const end of ends.splice(0)) end();
});

/** A terminal on a link that the test plays, with a log. */
async function setUp() {
  const time = new ManualTime();
  const { now, setTimeout, clearTimeout } = time;
  const indexedDB = new IDBFactory();
  const env = { now, setTimeout, clearTimeout, crypto: globalThis.crypto, indexedDB } as unknown as HostEnv;
  const [passed, late, kept]: [string[], string[], string[]] = [[], [], []];
  const hub = new LinkHub(env, {
    message: ({ action }) => void passed.push(action),
    late: ({ action }) => void late.push(action),
    answered() {},
    inputWaits() {},
  });
  const store = new MemoryStore();
  const failed = (error: unknown): void => expect.fail(String(error));
  const runtime = new TerminalRuntime(
    RECORD,
    { cols: 80, rows: 24 },
    new TerminalPort(),
    {
      env,
      hub,
      locks: new SessionLocks(undefined),
      resume: (await sealedOn(store)).resume,
      ends: { keep: ({ sid }) => void kept.push(sid) },
      logs: await TerminalLogs.load(env, (await sealedOn(store)).keys, false, failed),
      message: ({ action }) => void passed.push(action),
      notTaken: () => void passed.push("not taken"),
      loginOnce: () => undefined,
      isLocked: () => false,
      gap() {},
    },
    { inputRefused() {}, echo() {}, figuresChanged() {} },
  );
  ends.push(() => runtime.end());
  hub.add(runtime);
  const sent: Up[] = [];
  const link: OpenLink = {
    id: "l1",
    send: (data) => void (typeof data === "string" && sent.push(JSON.parse(data) as Up)),
    bufferedAmount: () => 0,
    fail: (code, reason) => expect.fail(`${code} ${reason}`),
  };
  hub.welcomed(link, []);
  const hear = (message: Down): void => hub.onControl(link, message);
  const open = (changes: Parameters<typeof connected>[1] = {}): void => {
    runtime.open(LOGIN);
    hear({ ...connected("ssh1", changes), re: sent.at(-1)?.id });
  };
  const say = <A extends "exit" | "taken_over" | "disconnected">(action: A, payload: Down<A>["payload"]): void =>
    hear(sessionFrame(DEVICE, "ssh1", action, payload as never));
  const out = (pos: number, text: string): void => {
    const body = new TextEncoder().encode(text);
    hub.onOut(link, { kind: "out", chan: 1, pos, stderr: false, body });
  };
  return { runtime, sent, passed, late, kept, hub, link, hear, open, say, out };
}

const over = (sid: string): Down<"exit">["payload"] => ({ sid, code: 0, signal: null, at: 0 });

describe("a session that is left", () => {
  test("ended and still attached: its name is free before another one is asked for", async () => {
    const { runtime, sent, open, say } = await setUp();
    open();
    say("exit", over(SID));
    sent.length = 0;
    runtime.open(LOGIN);
    expect(sent.map(({ action }) => action)).toEqual(["detach", "connect"]);
    expect(sent[0]).toMatchObject({ device: DEVICE, session_id: "ssh1", payload: { sid: SID } });
  });

  test("[WP35] ended, and closed for good: the proxy keeps nothing of it; put aside it may", async () => {
    for (const [how, action] of [
      ["end", "disconnect"],
      ["detach", "detach"],
    ] as const) {
      const { runtime, sent, open, say, kept } = await setUp();
      open();
      say("exit", over(SID));
      sent.length = 0;
      runtime.leave(how);
      expect(sent.map((message) => message.action)).toEqual([action]);
      expect(kept).toEqual([]);
    }
  });

  test("the late end of one is not its successor's, by sid or by the request that it answers", async () => {
    const { runtime, sent, open, say, hear, passed, late } = await setUp();
    open();
    runtime.leave("end");
    const { id } = sent.at(-1) ?? {};
    open({ sid: NEXT, chan: 2 });
    passed.length = 0;
    say("disconnected", { sid: SID, code: 0, signal: null });
    hear(sessionFrame(DEVICE, "ssh1", "disconnected", { code: 0, signal: null }, { re: id }));
    say("exit", over(SID));
    say("taken_over", { sid: SID, by: "phone", epoch: 9 });
    expect(passed).toEqual([]);
    expect(late).toEqual(["disconnected", "disconnected", "exit", "taken_over"]);
    expect(runtime.sid).toBe(NEXT);
    say("disconnected", { sid: NEXT, code: 0, signal: null });
    expect(passed).toEqual(["disconnected"]);
  });

  test("a connect that was cancelled: neither its failure nor its steps are the next one's", async () => {
    const { runtime, sent, hear, passed, late } = await setUp();
    runtime.open(LOGIN);
    const first = sent.at(-1)?.id;
    runtime.abandon();
    const end = sent.at(-1);
    expect(end).toMatchObject({ action: "disconnect" });
    runtime.open(LOGIN);
    hear({ ...failure("ssh1", "auth_failed"), re: first });
    hear({ ...failure("ssh1", "gone"), re: end?.id });
    hear(sessionFrame(DEVICE, "ssh1", "progress", { step: "tcp" }, { re: first }));
    hear({ ...connected("ssh1"), re: first });
    expect(passed).toEqual([]);
    expect(late).toEqual(["error", "error", "progress", "connected"]);
    expect(runtime.sid).toBeNull();
    hear({ ...connected("ssh1", { sid: NEXT }), re: sent.at(-1)?.id });
    expect(runtime.sid).toBe(NEXT);
  });

  test("[I10] a take-over that was cancelled says nothing about the session after it when the link goes", async () => {
    const { runtime, open, hub, link, passed } = await setUp();
    runtime.adopt(SID);
    runtime.attach(true);
    runtime.abandon();
    open({ sid: NEXT });
    passed.length = 0;
    hub.lost(link);
    expect(passed).toEqual([]);
  });
});

test("[WP29] taken over and back without new output: nothing waits to be stored", async () => {
  const { runtime, open, out, say, hear } = await setUp();
  open();
  out(0, "output that the log does not have yet");
  expect(runtime.figures().unsaved_bytes).toBeGreaterThan(0);
  say("taken_over", { sid: SID, by: "phone", epoch: 2 });
  runtime.attach(true);
  const recv = 37;
  const positions = { out_start: recv, in_next: 0, in_limit: 65_536, cols: 80, rows: 24, rev: 0 };
  hear(sessionFrame(DEVICE, "ssh1", "attached", state("resumed", { chan: 1, epoch: 3, ...positions })));
  expect(runtime.figures().unsaved_bytes).toBeUndefined();
  out(recv, "more");
  expect(runtime.figures().unsaved_bytes).toBe(4);
});
