/** What one client, one user and all together may take, on real links with real shells behind [S23] [S25] [WP27]. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import type { ConfigInput } from "#proxy/config/config-schema.ts";
import { requireTools } from "#support/find-tools.ts";
import { requireOwnAccounts } from "#support/sshd.ts";
import type { WirePage } from "#support/wire-client.ts";
import { attachTo, listSessions, WireRig } from "#support/wire-rig.ts";
import type { WireSession } from "#support/wire-session.ts";

const tools = await requireTools("sshd", "ssh-keygen");
const usable = tools.ok && requireOwnAccounts();
const MIB = 1_024 * 1_024;

describe.skipIf(!usable)("caps on real links", () => {
  const rigs: WireRig[] = [];
  let plain: WireRig;

  async function rigOf(limits: ConfigInput["limits"]): Promise<WireRig> {
    if (!tools.ok) throw new Error("no OpenSSH");
    const rig = await WireRig.start(tools, { limits });
    rigs.push(rig);
    return rig;
  }

  beforeAll(async () => {
    if (tools.ok) plain = await rigOf({});
  });
  afterEach(async () => {
    for (const rig of rigs.splice(1)) await rig.stop();
  });
  afterAll(() => plain?.stop());

  test("[S23] a link too many of a client or a user is refused with 4004 while all others answer, and takes the place of a silent one", async () => {
    for (const limits of [{ links_per_client: 2 }, { links_per_user: 2 }]) {
      const rig = await rigOf(limits);
      const pages = [await rig.open(), await rig.open()];
      const { page: refused, nonce } = await rig.dial();
      await refused.hello(nonce, Date.now() + 1_000_000, []);
      expect(await refused.closed).toMatchObject({ code: 4004 });
      // A newer link of a page replaces its older one: no place is needed for it.
      const newer = await rig.open({ instanceId: pages[1]?.instanceId ?? "", attempt: Date.now() + 2_000_000 });
      expect(await pages[1]?.closed).toMatchObject({ code: 4003 });
      pages[0]?.socket.pause();
      const fresh = await rig.open({ attempt: Date.now() + 3_000_000 });
      pages[0]?.socket.resume();
      expect(await pages[0]?.closed).toMatchObject({ code: 4002, reason: "silent" });
      expect((await listSessions(newer)).length + (await listSessions(fresh)).length).toBe(0);
    }
  });

  test("[S23] connects on their way are capped per user and per target, and end with their answer", async () => {
    const rig = await rigOf({ connecting_per_user: 2, connecting_per_target: 2 });
    const page = await rig.open();
    const waiting = [page.startConnect(rig.target), page.startConnect(rig.target)];
    for (const at of waiting) await page.next("host_key", (m) => m.device === at.device);
    const third = page.startConnect(rig.target);
    expect((await page.next("error", (m) => m.re === third.id)).payload.code).toBe("limit");
    const [first] = waiting;
    if (first === undefined) throw new Error("no connect");
    expect((await page.settleConnect(first, { password: rig.server.password })).action).toBe("connected");
    expect((await page.settleConnect(page.startConnect(rig.target), { password: rig.server.password })).action).toBe(
      "connected",
    );
  });

  /** Floods while nobody is attached, until the devices stand still; what the proxy then holds per session. */
  async function floodAway(rig: WireRig, count: number): Promise<{ page: WirePage; sessions: WireSession[] }> {
    const page = await rig.open();
    const sessions: WireSession[] = [];
    while (sessions.length < count) sessions.push(await rig.shell(page, { transport: "shell" }));
    for (const session of sessions) session.type("sleep 0.3; seq 1 600000; echo all-out\n");
    await page.until(() => (sessions.every(({ accepted, inNext }) => accepted === inNext) ? true : undefined), "acks");
    await page.cut();
    return { page, sessions };
  }

  test.each([
    ["of a user", { bytes_held_per_user: MIB }, { code: "limit", reason: "memory" }],
    // The number of sessions follows from this budget unless it is set; here the bytes are what is to run out.
    ["in total", { bytes_held_total: MIB, sessions_total: 10 }, { code: "overloaded", reason: "memory" }],
  ])(
    "[S25] [I3] [WP12] a budget of bytes %s stops devices with everybody away, refuses connects, and loses nothing",
    async (_whose, limits, refusal) => {
      const rig = await rigOf(limits);
      const { page, sessions } = await floodAway(rig, 3);
      const watcher = await rig.open();
      await expect
        .poll(
          async () => {
            const at = watcher.startConnect(rig.target);
            const outcome = await watcher.settleConnect(at, { password: rig.server.password });
            if (outcome.action === "connected") {
              await watcher.adopt(outcome, at.device, at.session_id).request("disconnect", {} as never);
            }
            return outcome.payload;
          },
          { timeout: 15_000 },
        )
        .toMatchObject(refusal);
      const states = await listSessions(watcher);
      expect(states.map(({ status }) => status)).toEqual(["detached", "detached", "detached"]);
      const sizes = sessions.map((session) => session.asRequest());
      const back = await rig.open({ instanceId: page.instanceId, sessions: sizes });
      for (const [at, session] of sessions.entries()) session.resumeOn(back, back.welcome?.sessions[at] ?? {});
      for (const session of sessions) await session.waitFor(/\nall-out\n/);
      const length = Array.from({ length: 600_000 }, (_, line) => `${line + 1}\n`.length).reduce((a, b) => a + b, 0);
      for (const session of sessions) expect(session.recv).toBe(length + "all-out\n".length);
      // The budget is spent no more: a connect is let in.
      await expect.poll(async () => (await rig.shell(await rig.open())).connected.sid).toMatch(/^n1\./);
    },
    60_000,
  );

  test("[WP27] behind one address, who guesses tokens loses its link, and its neighbour resumes as ever", async () => {
    const rig = await rigOf({ sessions_per_user: 2, links_per_client: 2 });
    const page = await rig.open();
    const session = await rig.shell(page);
    const guesser = await rig.open({ client: await rig.otherClient("guesser") });
    const guess = session.asRequest({ in_pos: null, token: "A".repeat(43) });
    for (let tried = 0; tried < 2 * 2 + 10; tried += 1) {
      expect(await attachTo(guesser, guess, false)).toMatchObject({ status: "gone" });
    }
    await attachTo(guesser, guess, false).catch(() => undefined);
    expect(await guesser.closed).toMatchObject({ code: 4004, reason: "token_failures" });
    // The neighbour's own slips are counted for itself, and its good tokens not at all.
    const wrong = session.asRequest({ in_pos: null, token: "B".repeat(43) });
    expect(await attachTo(page, wrong, false)).toMatchObject({ status: "gone" });
    for (let round = 0; round < 20; round += 1) {
      const { state } = await rig.resume(session);
      expect(state.status).toBe("resumed");
    }
    session.type("echo still-$((1+1))\r");
    await session.waitFor(/still-2/);
  });
});
