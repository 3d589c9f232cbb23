/** Rows of the limits table that a client can run into over its link: what the excess gets, by configured figures. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startDemoLab } from "#demo/demo-lab.ts";
import { linkFrame, uiFrame } from "#protocol/builders.ts";
import type { ConfigInput } from "#proxy/config/config-schema.ts";
import { requireTools } from "#support/find-tools.ts";
import { startLineServer } from "#support/line-server.ts";
import { startOddDevice } from "#support/odd-device.ts";
import { requireOwnAccounts, startSshd, type TestSshServer } from "#support/sshd.ts";
import { startTestProxy, type TestProxy } from "#support/test-proxy.ts";
import { type Target, WirePage } from "#support/wire-client.ts";
import { codeOf, pairClient, randomId, requestPairing } from "#support/wire-pairing.ts";
import { listSessions } from "#support/wire-rig.ts";

const tools = await requireTools("sshd", "ssh-keygen");
const ownAccounts = requireOwnAccounts();
const running: TestProxy[] = [];
afterAll(async () => {
  await Promise.all(running.map((proxy) => proxy.stop()));
});

async function rig(limits: ConfigInput["limits"], ports: number[] = []): Promise<{ proxy: TestProxy; page: WirePage }> {
  const proxy = await startTestProxy({
    demo: await startDemoLab({ seed: 4, pace: 0 }),
    ports,
    ...(limits === undefined ? {} : { config: { limits } }),
  });
  running.push(proxy);
  return { proxy, page: await WirePage.open(await pairClient(await proxy.pairUrl())) };
}

async function demo(page: WirePage): Promise<Target> {
  const { payload } = await page.next("devices_changed");
  const [first] = payload.records;
  if (first === undefined) throw new Error("no simulated device");
  return first.target;
}

describe("sessions", () => {
  test("a session too many of a user is limit/sessions with a time; an ended one makes room", async () => {
    const { page } = await rig({ sessions_per_user: 2 });
    const target = await demo(page);
    const first = await page.connect(target);
    await page.connect(target);
    const refused = await page.settleConnect(page.startConnect(target));
    expect(refused).toMatchObject({
      action: "error",
      payload: { code: "limit", reason: "sessions", retry_after_s: 60 },
    });
    await first.request("disconnect", {} as never);
    expect((await page.settleConnect(page.startConnect(target))).action).toBe("connected");
  });

  test("a session too many of the proxy is overloaded/sessions, whoever asks", async () => {
    const { page } = await rig({ sessions_total: 1 });
    const target = await demo(page);
    await page.connect(target);
    expect(await page.settleConnect(page.startConnect(target))).toMatchObject({
      action: "error",
      payload: { code: "overloaded", reason: "sessions", retry: "yes" },
    });
  });
});

describe("control messages", () => {
  test("beyond the configured burst the link is closed with 4004, and sessions stay", async () => {
    const { proxy, page } = await rig({ control_per_s: 1, control_burst: 8 });
    await page.connect(await demo(page));
    for (let i = 0; i < 12; i += 1) page.send(linkFrame("list_sessions", {}, { id: randomId() }));
    expect(await page.closed).toMatchObject({ code: 4004, reason: "control_rate" });
    const next = await WirePage.open(page.client);
    expect((await listSessions(next)).map(({ status }) => status)).toEqual(["detached"]);
    expect(proxy.sessions).toBe(1);
    await next.close();
  });
});

describe("what a device may say before it is logged in", () => {
  const refusal = async (page: WirePage, port: number) => {
    const target: Target = { host: "127.0.0.1", port, user: "op", via: [] };
    const outcome = await page.settleConnect(page.startConnect(target), { password: "x" });
    return outcome.action === "error" ? outcome.payload : outcome.action;
  };

  test("greeting, banners and prompts end at the configured figures, and pass below them", async () => {
    const chatty = await startLineServer((socket) => void socket.write(`${"x".repeat(500)}\r\n`.repeat(2)));
    const banners = await startOddDevice({ banners: ["b".repeat(700), "b".repeat(700)] });
    const prompting = await startOddDevice({
      auth: (context) => {
        if (context.method !== "keyboard-interactive") return context.reject(["keyboard-interactive"]);
        context.prompt([{ prompt: "first" }, { prompt: "second" }, { prompt: "p".repeat(200) }], () =>
          context.accept(),
        );
      },
    });
    const devices = [chatty, banners, prompting];
    try {
      const ports = devices.map(({ port }) => port);
      const small = { greeting_bytes: 600, banner_bytes: 1_024, prompts_per_round: 2 };
      const { page } = await rig(small, ports);
      expect(await refusal(page, chatty.port)).toMatchObject({ code: "device_misbehaved", reason: "greeting" });
      expect(await refusal(page, banners.port)).toMatchObject({ code: "device_misbehaved", reason: "greeting" });
      expect(await refusal(page, prompting.port)).toMatchObject({ code: "device_misbehaved", reason: "prompts" });
      const short = await rig({ prompt_chars: 100, banner_bytes: 2_048 }, ports);
      expect(await refusal(short.page, prompting.port)).toMatchObject({ reason: "prompts" });
      expect(await refusal(short.page, banners.port)).toBe("connected");
      const asShipped = await rig({}, ports);
      expect(await refusal(asShipped.page, prompting.port)).toBe("connected");
    } finally {
      for (const device of devices) await device.stop();
    }
  });
});

describe("ui_state", () => {
  test("a value too large, and a key too many, are refused and change nothing", async () => {
    const { page } = await rig({ ui_value_bytes: 2_048, ui_keys: 2 });
    const put = (key: string, size: number) =>
      page.request(
        uiFrame("update_layout", { key, layout: { text: "x".repeat(size) }, base_rev: 0 }, { id: randomId() }),
      );
    expect(await put("a", 4_000)).toMatchObject({ action: "error", payload: { code: "invalid", reason: "too_large" } });
    expect((await put("a", 1_000)).action).toBe("layout_changed");
    expect((await put("b", 10)).action).toBe("layout_changed");
    expect(await put("c", 10)).toMatchObject({ action: "error", payload: { code: "limit", reason: "keys" } });
    const later = await WirePage.open(page.client);
    await later.next("layout_changed", ({ payload }) => payload.key === "b");
    const keys = later.messages.flatMap((m) => (m.action === "layout_changed" ? [m.payload.key] : []));
    expect(keys.toSorted()).toEqual(["a", "b"]);
    await later.close();
  });
});

describe("pairing", () => {
  test("[S6] wrong tries burn a code after as many as configured, and each answer says how many are left", async () => {
    const { proxy } = await rig({ pairing_tries: 2 });
    const code = codeOf(await proxy.pairUrl());
    const left: unknown[] = [];
    for (let i = 0; i < 3; i += 1) left.push((await requestPairing(proxy.url, randomId())).body.tries_left);
    expect(left).toEqual([1, 0, 0]);
    expect(await requestPairing(proxy.url, code)).toMatchObject({ status: 403, body: { code: "pair_invalid" } });
  });
});

describe.skipIf(!tools.ok || !ownAccounts)("logins and commands at a real server", () => {
  let sshd: TestSshServer;
  const target = (): Target => ({ host: "127.0.0.1", port: sshd.port, user: sshd.user, via: [] });
  beforeAll(async () => {
    sshd = await startSshd(tools);
  });
  afterAll(() => sshd?.stop());

  test("as many refused logins as configured pause this user at this target: auth_failed/rate_limited with a time", async () => {
    const { page } = await rig({ login_failures: 1, login_pause_s: 77 }, [sshd.port]);
    const wrong = await page.settleConnect(page.startConnect(target()), { password: "wrong" });
    expect(wrong).toMatchObject({ action: "error", payload: { code: "auth_failed" } });
    const paused = await page.settleConnect(page.startConnect(target()), { password: sshd.password });
    expect(paused).toMatchObject({ action: "error", payload: { code: "auth_failed", reason: "rate_limited" } });
    if (paused.action === "error") expect(paused.payload.retry_after_s).toBeGreaterThan(60);
    // Another user at the same target is not paused: the device decides.
    const other = await page.settleConnect(page.startConnect({ ...target(), user: "nobody-here" }), { password: "x" });
    expect(other).toMatchObject({ action: "error", payload: { code: "auth_failed" } });
    if (other.action === "error") expect(other.payload.reason).not.toBe("rate_limited");
  });

  test("a command's output and time end it as configured, and the session goes on", async () => {
    const { page } = await rig({ exec_output_bytes: 64 * 1024, exec_s: 1 }, [sshd.port]);
    const session = await page.connect(target(), { password: sshd.password, transport: "exec" });
    const run = (command: string) => session.request("exec", { exec_id: randomId(), command } as never);
    const failed = async (command: string) => {
      const from = page.messages.length;
      await run(command);
      return (await page.next("error", () => true, from)).payload;
    };
    expect(await failed("head -c 200000 /dev/zero")).toMatchObject({ code: "limit", reason: "output" });
    expect(await failed("sleep 30")).toMatchObject({ code: "limit", reason: "time" });
    expect((await session.exec("echo still here")).output).toContain("still here");
  });
});
