import { afterEach, describe, expect, test, vi } from "vitest";
import { sessionFrame } from "#protocol/builders.ts";
import type { Down } from "#protocol/down.ts";
import { InputSender } from "#protocol/page/input-sender.ts";
import type { Up } from "#protocol/up.ts";
import { ManualTime } from "#support/fake-timers.ts";
import { sealedOn } from "#support/sealed.ts";
import { connected, DEVICE, failure, KEY, RECORD, state } from "#support/wire-messages.ts";
import * as engine from "#telemetry/collector.ts";
import type { HostEnv } from "#workers/host-env.ts";
import { LinkHub, type OpenLink } from "#workers/link-hub.ts";
import { SessionLocks } from "#workers/session-locks.ts";
import { MemoryStore } from "#workers/storage/tablet-store.ts";
import { type TelemetryHooks, TelemetryRuntime } from "#workers/telemetry-runtime.ts";

afterEach(() => vi.restoreAllMocks());

/** ssh2 of a Linux host, on exec up to the first command on its way; on a shell for as long. */
const LOGIN = { auth: { keys: [], proof: true, agent: [] }, via_pins: [], byPrompt: false };

async function setUp(transport: "exec" | "shell_pty" = "exec") {
  const time = new ManualTime();
  const env = {
    now: time.now,
    steady: time.steady,
    putForward: time.putForward,
    setTimeout: time.setTimeout,
    clearTimeout: time.clearTimeout,
    crypto: globalThis.crypto,
  } as unknown as HostEnv;
  const passed: string[] = [];
  const asked: Parameters<TelemetryHooks["asked"]>[0][] = [];
  const hub = new LinkHub(env, { message: ({ action }) => void passed.push(action), answered() {}, inputWaits() {} });
  const store = new MemoryStore();
  const runtime = new TelemetryRuntime(
    RECORD,
    {
      env,
      hub,
      locks: new SessionLocks(undefined),
      resume: (await sealedOn(store)).resume,
      message: ({ action }) => void passed.push(action),
      ends: { keep() {} },
      notTaken() {},
      loginOnce: () => undefined,
      isLocked: () => false,
      gap() {},
    },
    { reading() {}, asked: (news) => void asked.push(news), phase() {}, platform() {}, reconnect() {}, ended() {} },
  );
  hub.add(runtime);
  const sent: Up[] = [];
  const link = (id: string): OpenLink => ({
    id,
    send: (data) => void (typeof data === "string" && sent.push(JSON.parse(data) as Up)),
    bufferedAmount: () => 0,
    fail: (code, reason) => {
      throw new Error(`${code} ${reason}`);
    },
  });
  const first = link("l1");
  hub.welcomed(first, []);
  runtime.monitor({ panels: ["device_info"] });
  runtime.open(engine, { ...RECORD, platform: "linux" }, KEY, undefined, LOGIN);
  const connect = sent.at(-1);
  hub.onControl(first, { ...connected("ssh2", { transport, host_key: KEY }), re: connect?.id });
  const execs = () => sent.filter((message) => message.action === "exec");
  for (let step = 0; step < 100 && execs().length === 0; step++) time.advance(100);
  return { time, hub, runtime, sent, passed, asked, link, first, connect, execs };
}

const out = (pos: number, text: string) => {
  return { kind: "out" as const, chan: 1, pos, stderr: false, body: new TextEncoder().encode(text) };
};
const started = (exec_id: string, at: number) => sessionFrame(DEVICE, "ssh2", "exec_started", { exec_id, at });
const done = (exec_id: string, at: number): Down<"exec_done"> =>
  sessionFrame(DEVICE, "ssh2", "exec_done", { exec_id, at, code: 0, signal: null });

describe("telemetry runtime", () => {
  test("[S49] connects with the key of ssh1 alone, and asks for the first command over exec", async () => {
    const { connect, execs, runtime } = await setUp();
    expect(connect).toMatchObject({
      action: "connect",
      session_id: "ssh2",
      payload: { transport: "exec", pins: [KEY] },
    });
    expect(execs()).toHaveLength(1);
    expect(runtime.collector?.audit().at(-1)).toMatchObject({ purpose: "exec" });
  });

  test("control that overtook output counts when the output has reached its position", async () => {
    const { hub, first, execs, runtime } = await setUp();
    const id = execs()[0]?.id ?? "";
    hub.onControl(first, started(id, 0));
    hub.onControl(first, done(id, 10));
    expect(runtime.collector?.audit().at(-1)?.outcome).toBeUndefined();
    hub.onOut(first, out(0, "01234"));
    expect(runtime.collector?.audit().at(-1)?.outcome).toBeUndefined();
    hub.onOut(first, out(5, "56789rest"));
    const entry = runtime.collector?.audit().find(({ text }) => text !== "" && text === execs()[0]?.payload.command);
    expect(entry).toMatchObject({ bytes: 10 });
    expect(entry?.outcome).toBeDefined();
  });

  test("[WP7] a command without an answer is asked for again, verbatim, on the next link", async () => {
    const { hub, first, link, execs } = await setUp();
    const next = link("l2");
    hub.lost(first);
    hub.welcomed(next, [
      state("resumed", { chan: 1, epoch: 2, out_start: 0, in_next: 0, in_limit: 65_536, cols: 511, rows: 24, rev: 0 }),
    ]);
    expect(execs()).toHaveLength(2);
    expect(execs()[1]).toEqual(execs()[0]);
  });

  test("a refused command is the collector's business; any other error the machine's", async () => {
    const { hub, first, execs, passed } = await setUp();
    hub.onControl(first, { ...failure("ssh2", "channel_refused"), re: execs()[0]?.id });
    expect(passed).not.toContain("error");
    hub.onControl(first, failure("ssh2", "internal"));
    expect(passed).toContain("error");
  });

  test("[T61] what the input queue does not take is neither sent nor in the audit", async () => {
    const full = vi.spyOn(InputSender.prototype, "type").mockReturnValue(false);
    const { runtime } = await setUp("shell_pty");
    expect(full).toHaveBeenCalled();
    expect(runtime.collector?.audit()).toEqual([]);
  });

  test("[T54] a runtime that ends leaves no question of a person open", async () => {
    const { runtime, asked, time } = await setUp();
    const params = { IP: "10.0.0.1" };
    expect(runtime.feed({ type: "ask", ticket: "t.0", command: "route_get", params, at: time.now() })).toBe(true);
    expect(asked).toEqual([]);
    runtime.end();
    expect(asked).toMatchObject([{ type: "answer", ticket: "t.0", outcome: "ended" }]);
    expect(runtime.feed({ type: "cancel", ticket: "t.0", at: time.now() })).toBe(false);
  });

  test("[T15] a clock that is set back an hour stops nothing: the next command comes when it is due", async () => {
    const { hub, first, execs, runtime, time } = await setUp();
    const answer = () => {
      const id = execs().at(-1)?.id ?? "";
      hub.onControl(first, started(id, 0));
      hub.onControl(first, done(id, 0));
    };
    answer();
    time.setMs = -3_600_000;
    const had = execs().length;
    for (let step = 0; step < 60 && execs().length === had; step++) time.advance(10_000);
    expect(execs().length).toBeGreaterThan(had);
    expect(runtime.collector?.audit().at(-1)?.at).toBeLessThanOrEqual(time.now() + 1);
  });

  test("a reply to a connect that is no longer wanted changes nothing", async () => {
    const { hub, first, passed } = await setUp();
    const before = passed.length;
    hub.onControl(first, { ...connected("ssh2"), re: "some-other-attempt" });
    expect(passed).toHaveLength(before);
  });
});
