/** What time does to a session: grace, the end that stays readable, orphans, caps, restart [WP7] [WP35] [WP36]. */
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import { requireTools } from "#support/find-tools.ts";
import { requireOwnAccounts } from "#support/sshd.ts";
import type { WirePage } from "#support/wire-client.ts";
import { attachMessage, attachTo, listSessions, WireRig } from "#support/wire-rig.ts";
import type { WireSession } from "#support/wire-session.ts";

const tools = await requireTools("sshd", "ssh-keygen");
const usable = tools.ok && requireOwnAccounts();
const MINUTE_MS = 60_000;

/** Timers and Date of proxy and test run as usual, and can be wound on. */
function windableClock(): void {
  const toFake = ["setTimeout", "clearTimeout", "setInterval", "clearInterval", "Date"] as const;
  vi.useFakeTimers({ toFake: [...toFake], shouldAdvanceTime: true });
}

/** So much time passes; sockets are served in between. */
async function pass(ms: number): Promise<void> {
  for (let left = ms; left > 0; left -= 1_000) {
    await vi.advanceTimersByTimeAsync(Math.min(left, 1_000));
    await new Promise((resolve) => setImmediate(resolve));
  }
}

describe.skipIf(!usable)("sessions and time", () => {
  let rig: WireRig;
  const pages: WirePage[] = [];

  beforeAll(async () => {
    windableClock();
    if (tools.ok) rig = await WireRig.start(tools, { limits: { links_per_client: 50, links_per_user: 200 } });
  });
  afterEach(() => Promise.all(pages.splice(0).map((page) => page.cut())));
  afterAll(async () => {
    await rig?.stop();
    vi.useRealTimers();
  });

  async function open(options: Parameters<WireRig["open"]>[0] = {}): Promise<WirePage> {
    const page = await rig.open(options);
    pages.push(page);
    return page;
  }
  /** As another tab is told. */
  async function entryOf(session: WireSession) {
    const other = await rig.open();
    const entry = (await listSessions(other)).find(({ sid }) => sid === session.connected.sid);
    await other.cut();
    return entry;
  }

  test("[WP35] a detached session counts down its own grace, starts it anew when it was attached, and goes when it is over", async () => {
    const first = await open();
    const [short, long] = [await rig.shell(first, { grace_s: 60 }), await rig.shell(first, { grace_s: 3_600 })];
    expect(await entryOf(short)).toMatchObject({ status: "attached" });
    expect((await entryOf(short))?.expires_in_s).toBeUndefined();
    await first.cut();
    await expect.poll(async () => (await entryOf(short))?.status).toBe("detached");
    await pass(20_000);
    const after = (await entryOf(short))?.expires_in_s ?? 0;
    expect(after).toBeGreaterThan(20);
    expect(after).toBeLessThanOrEqual(40);
    const back = await rig.resume(short);
    expect(back.state.status).toBe("resumed");
    await pass(30_000);
    await back.page.cut();
    await pass(50_000);
    expect((await entryOf(short))?.status).toBe("detached");
    await pass(12_000);
    expect(await entryOf(short)).toBeUndefined();
    expect((await rig.resume(short)).state).toMatchObject({ status: "gone", reason: "expired" });
    // Its neighbour has a grace of its own.
    expect((await rig.resume(long)).state.status).toBe("resumed");
    await long.request("disconnect", {} as never);
  });

  test("[WP35] [I7] what ended while nobody looked stays readable for 10 min: last output, exit once, the time that is left", async () => {
    const first = await open();
    const session = await rig.shell(first, { grace_s: 30 });
    session.type("sleep 1; echo last-$((40+2)); exit 3\r");
    await session.waitFor(/sleep 1/);
    await first.cut();
    await expect.poll(async () => (await entryOf(session))?.status, { timeout: 20_000 }).toBe("ended");
    // Longer than its grace as a living session.
    await pass(8 * MINUTE_MS);
    expect((await entryOf(session))?.expires_in_s).toBeLessThanOrEqual(120);
    const { page, state } = await rig.resume(session);
    pages.push(page);
    expect(state).toMatchObject({ status: "ended", chan: expect.any(Number) });
    const exit = await page.next("exit");
    expect(exit.payload).toMatchObject({ code: 3 });
    await session.waitFor(/last-42/);
    expect(exit.payload.at).toBe(session.recv);
    await page.cut();
    // Asked again it says the same; its time runs on, whoever looks at it.
    const again = await rig.resume(session);
    pages.push(again.page);
    expect(again.state.status).toBe("ended");
    expect(again.state.expires_in_s).toBeLessThanOrEqual(120);
    await again.page.next("exit");
    expect(session.text.match(/last-42/g)).toHaveLength(1);
    await again.page.cut();
    await pass(3 * MINUTE_MS);
    expect(await entryOf(session)).toBeUndefined();
  });

  test("[WP35] an ended session goes after 10 min although its page stays and never says that the end is saved", async () => {
    const page = await open();
    const session = await rig.shell(page);
    const chan = session.chan;
    page.send(attachMessage(session.asRequest({ durable: true }), false));
    const attached = await page.next("attached", (m) => m.payload.chan !== chan);
    session.resumeOn(page, attached.payload);
    session.type("echo last-$((40+2)); exit 4\r");
    const exit = await page.next("exit", (m) => m.device === session.device);
    await expect.poll(() => session.recv).toBe(exit.payload.at);
    const left = async () => (await entryOf(session))?.expires_in_s;
    await expect.poll(left).toBeLessThanOrEqual(10 * 60);
    expect(await entryOf(session)).toMatchObject({ status: "ended", expires_in_s: expect.any(Number) });
    await pass(11 * MINUTE_MS);
    expect(await entryOf(session)).toBeUndefined();
  });

  test("[WP7] a page that vanishes before `connected` and does not come back: given up after 60 s, and said so", async () => {
    const before = rig.proxy.sessions;
    const first = await open();
    const at = first.startConnect(rig.target);
    await first.next("host_key");
    const prompts = rig.server.log();
    await first.cut();
    await pass(50_000);
    expect(rig.proxy.log.filter(({ event }) => event === "session.refused")).toEqual([]);
    await pass(11_000);
    await expect.poll(() => rig.proxy.log.some(({ event }) => event === "session.refused")).toBe(true);
    // The device is let go as well, before any login.
    await expect.poll(() => rig.server.log().slice(prompts.length)).toMatch(/closed|reset|disconnect/i);
    expect(rig.proxy.sessions).toBe(before);
    const back = await open({ instanceId: first.instanceId });
    back.startConnect(rig.target, at);
    const error = await back.next("error", (m) => m.re === at.id);
    expect(error.payload.code).toMatch(/host_key_unknown|auth_failed/);
  });

  test("[WP7] a page that comes back within 60 s finds its question again", async () => {
    const first = await open();
    const at = first.startConnect(rig.target);
    const asked = await first.next("host_key");
    await first.cut();
    await pass(40_000);
    const back = await open({ instanceId: first.instanceId });
    back.startConnect(rig.target, at);
    expect((await back.next("host_key")).id).toBe(asked.id);
    const outcome = await back.settleConnect(at, { password: rig.server.password });
    expect(outcome.action).toBe("connected");
  });

  test("[WP7] [I11] a connect whose answer was lost finds its session after far more than 10 min", async () => {
    const first = await open();
    const at = first.startConnect(rig.target, { grace_s: 3_600 });
    const outcome = await first.settleConnect(at, { password: rig.server.password });
    await first.cut();
    await pass(25 * MINUTE_MS);
    const back = await open({ instanceId: first.instanceId });
    back.startConnect(rig.target, at);
    const again = await back.settleConnect(at, { password: rig.server.password });
    expect(again).toMatchObject({ action: "connected", payload: { sid: (outcome.payload as { sid: string }).sid } });
  });

  test("[WP36] after a restart the boot id is another and sessions are gone; one connect opens them anew", async () => {
    const own = tools.ok ? await WireRig.start(tools) : rig;
    const first = await own.open();
    const session = await own.shell(first);
    const boot = first.welcome?.boot_id;
    own.proxy = await own.proxy.restart({ port: own.proxy.port });
    const { page, state } = await own.resume(session);
    expect(page.welcome?.boot_id).not.toBe(boot);
    expect(state).toMatchObject({ status: "gone" });
    const anew = await own.shell(page, { device: session.device });
    anew.type("echo anew-$((1+1))\r");
    await anew.waitFor(/anew-2/);
    await page.close();
    await own.stop();
  });
});

describe.skipIf(!usable)("caps", () => {
  let rig: WireRig;

  beforeAll(async () => {
    if (!tools.ok) return;
    const limits = { sessions_per_user: 2, links_per_client: 2, bytes_held_per_user: 256 * 1_024 };
    rig = await WireRig.start(tools, { limits });
  });
  afterAll(() => rig?.stop());

  const refused = async (page: WirePage) =>
    (await page.settleConnect(page.startConnect(rig.target), { password: rig.server.password })).payload;

  test("[S23] one session too many is refused, ended ones do not count and make room for each other", async () => {
    const page = await rig.open();
    const sessions = [await rig.shell(page), await rig.shell(page)];
    expect(await refused(page)).toMatchObject({ code: "limit", reason: "sessions" });
    for (let round = 0; round < 3; round += 1) {
      const [oldest] = sessions.splice(0, 1);
      oldest?.type("exit 0\r");
      await page.next("exit", (m) => m.device === oldest?.device);
      sessions.push(await rig.shell(page));
    }
    const states = (await listSessions(page)).map(({ status }) => status);
    expect(states).toEqual(["ended", "attached", "attached"]);
    expect(rig.proxy.liveSessions).toBe(2);
    for (const session of sessions) await session.request("disconnect", {} as never);
    await page.close();
  });

  test("[S23] [I3] a spent byte budget stops the device and refuses connects; nothing held is lost", async () => {
    const page = await rig.open();
    const session = await rig.shell(page, { transport: "shell" });
    session.type("seq 1 400000\n");
    await session.waitFor(/\n9\d\d\n/);
    await page.cut();
    const { page: back, state } = await rig.resume(session);
    expect(state.status).toBe("resumed");
    session.acking = false;
    const from = session.recv;
    // A window and what comes before the device is stopped: more than the budget.
    await back.until(() => (session.recv - from >= session.window ? true : undefined), "a full window");
    expect(await refused(back)).toMatchObject({ code: "limit", reason: "memory" });
    session.acking = true;
    session.ack();
    await session.waitFor(/\n400000\n/);
    expect(session.recv).toBe(Array.from({ length: 400_000 }, (_, i) => `${i + 1}\n`).join("").length);
    await session.request("disconnect", {} as never);
    await back.close();
  });

  test("[WP27] a client that shows wrong tokens without end loses its link with 4004", async () => {
    const session = await rig.shell(await rig.open());
    const guesser = await rig.open({ client: await rig.otherClient("guesser") });
    const guess = session.asRequest({ in_pos: null, token: "A".repeat(43) });
    // As many as all tabs may ask for after a restart (2 links of 2 sessions), and 10 a minute.
    for (let tried = 0; tried < 2 * 2 + 10; tried += 1) {
      expect(await attachTo(guesser, guess, false)).toMatchObject({ status: "gone", reason: "expired" });
    }
    await attachTo(guesser, guess, false).catch(() => undefined);
    expect(await guesser.closed).toMatchObject({ code: 4004, reason: "token_failures" });
    session.type("echo still-$((1+1))\r");
    await session.waitFor(/still-2/);
  });
});
