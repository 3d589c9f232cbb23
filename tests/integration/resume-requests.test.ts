/** Requests with side effects across cuts: each runs once, and each is answered [WP7] [I11] [L5]. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { sessionFrame } from "#protocol/builders.ts";
import { requireTools } from "#support/find-tools.ts";
import { chosenSeed, seededRandom } from "#support/seeded-random.ts";
import { requireOwnAccounts } from "#support/sshd.ts";
import type { WirePage } from "#support/wire-client.ts";
import { randomId } from "#support/wire-pairing.ts";
import { attachTo, listSessions, WireRig } from "#support/wire-rig.ts";
import { WireSession } from "#support/wire-session.ts";

const tools = await requireTools("sshd", "ssh-keygen");
const usable = tools.ok && requireOwnAccounts();
const COMMANDS = 24;

describe.skipIf(!usable)("requests across cuts", () => {
  let rig: WireRig;

  beforeAll(async () => {
    if (tools.ok) rig = await WireRig.start(tools);
  });
  afterAll(() => rig?.stop());

  /** Output between two positions, of a session without stderr. */
  function outputOf(session: WireSession, from: number, to: number): string {
    const first = session.recv - session.text.length;
    return session.text.slice(from - first, to - first);
  }

  test("[I11] exec on ssh2: cut at any moment and sent again, every command ran once, and its output is whole", async () => {
    const random = seededRandom(chosenSeed());
    console.info(`resume-requests: RACKSIDE_SEED=${random.seed}`);
    let page = await rig.open();
    const first = await rig.shell(page);
    const pins = [first.connected.host_key];
    const session = await rig.shell(page, { session_id: "ssh2", transport: "exec", pins });
    const moments = ["sent", "started", "in the output", "done"] as const;
    for (let number = 0; number < COMMANDS; number += 1) {
      const exec_id = randomId();
      const command = `echo ${number} >> "$HOME/ran"; seq ${number}000 ${number}999; sleep 0.05; seq ${number}000 ${number}999`;
      const message = sessionFrame(session.device, "ssh2", "exec", { exec_id, command }, { id: randomId() });
      const from = session.recv;
      page.send(message);
      const moment = random.pick(moments);
      if (moment === "started") await page.next("exec_started", (m) => m.re === message.id);
      if (moment === "in the output") await page.until(() => (session.recv > from ? true : undefined), "output");
      if (moment === "done") await page.next("exec_done", (m) => m.re === message.id);
      await page.cut();
      const back = await rig.resume(session);
      expect(back.state.status).toBe("resumed");
      page = back.page;
      page.send(message);
      const started = await page.next("exec_started", (m) => m.re === message.id);
      const done = await page.next("exec_done", (m) => m.re === message.id);
      expect(done.payload).toMatchObject({ exec_id, code: 0 });
      await page.until(() => (session.recv >= done.payload.at ? true : undefined), "all of the output");
      const lines = Array.from({ length: 1_000 }, (_, line) => `${number * 1_000 + line}\n`).join("");
      expect(outputOf(session, started.payload.at, done.payload.at)).toBe(lines + lines);
    }
    const ran = (await session.exec('cat "$HOME/ran"')).output.trim().split("\n").map(Number);
    expect(ran).toEqual(Array.from({ length: COMMANDS }, (_, number) => number));
    await page.close();
  });

  type At = ReturnType<WirePage["startConnect"]>;
  const logins = (): number => rig.server.log().match(/Accepted/g)?.length ?? 0;
  const answer = (page: WirePage, at: At, action: "host_key_reply" | "auth_reply", re: string | undefined) => {
    const { device, session_id } = at;
    if (action === "host_key_reply") page.send(sessionFrame(device, session_id, action, { trust: true }, { re }));
    else page.send(sessionFrame(device, session_id, action, { answers: [rig.server.password ?? ""] }, { re }));
  };

  /** Trusts the key, takes its proof for good, and waits for the prompt. */
  const promptOf = async (page: WirePage, at: At) => {
    for (const stage of ["ask", "proof"] as const) {
      const asked = await page.next("host_key", (m) => m.device === at.device && m.payload.stage === stage);
      answer(page, at, "host_key_reply", asked.id);
    }
    return page.next("auth_prompt", (m) => m.device === at.device);
  };

  test.each([
    ["at once", async () => {}],
    [
      "at the question about the key",
      async (page: WirePage, at: At) => void (await page.next("host_key", (m) => m.device === at.device)),
    ],
    ["at the password prompt", async (page: WirePage, at: At) => void (await promptOf(page, at))],
    [
      "with the password on its way",
      async (page: WirePage, at: At) => {
        answer(page, at, "auth_reply", (await promptOf(page, at)).id);
      },
    ],
    [
      "with `connected` on its way",
      async (page: WirePage, at: At) => {
        await page.settleConnect(at, { password: rig.server.password });
      },
    ],
  ])("[WP7] connect repeated with the same id after a cut %s opens one session", async (_when, until) => {
    const before = logins();
    const first = await rig.open();
    const at = first.startConnect(rig.target);
    await until(first, at);
    await first.cut();
    const page = await rig.open({ instanceId: first.instanceId });
    page.startConnect(rig.target, at);
    const outcome = await page.settleConnect(at, { password: rig.server.password });
    if (outcome.action !== "connected") throw new Error(JSON.stringify(outcome.payload));
    const session = page.adopt(outcome, at.device, at.session_id);
    session.type("echo one-$((1+1))\r");
    await session.waitFor(/one-2/);
    expect((await listSessions(page)).filter(({ device }) => device === at.device)).toHaveLength(1);
    expect(logins()).toBe(before + 1);
    expect(await session.request("disconnect", {} as never)).toMatchObject({ action: "disconnected" });
    // Once more, for a page that never heard of the end: the answer is about that session, and opens no other.
    page.startConnect(rig.target, at);
    const late = await page.next("error", (m) => m.re === at.id);
    expect(late.payload).toMatchObject({ code: "gone", reason: "expired" });
    expect(logins()).toBe(before + 1);
    await page.close();
  });

  test("[WP7] [I11] set_transport that is cut and sent again changes the channel once, and is answered as before", async () => {
    const first = await rig.open();
    const ssh1 = await rig.shell(first);
    const pins = [ssh1.connected.host_key];
    const session = await rig.shell(first, { session_id: "ssh2", transport: "shell", pins });
    const id = randomId();
    const message = sessionFrame(session.device, "ssh2", "set_transport", { transport: "shell_pty" }, { id });
    first.send(message);
    const changed = await first.next("transport_changed", (m) => m.re === id);
    // Of the shell that the change began: another change would begin another one.
    session.type("WORD=kept-$((40+2)); echo set-$((1+1))\r");
    await session.waitFor(/set-2/);
    for (let round = 0; round < 3; round += 1) {
      await session.page.cut();
      const { page, state } = await rig.resume(session);
      expect(state.status).toBe("resumed");
      page.send(message);
      expect((await page.next("transport_changed", (m) => m.re === id)).payload).toEqual(changed.payload);
    }
    session.type("echo $WORD\r");
    await session.waitFor(/kept-42/);
    await session.page.close();
  });

  test("[WP7] [L5] disconnect that is cut and sent again ends the session once, and is answered on every link", async () => {
    const first = await rig.open();
    const session = await rig.shell(first);
    const message = sessionFrame(session.device, "ssh1", "disconnect", {}, { id: randomId() });
    first.send(message);
    await first.cut();
    const { page, state } = await rig.resume(session);
    page.send(message);
    const answer = await page.until(
      () => page.messages.find((m) => "re" in m && m.re === message.id),
      "an answer to disconnect",
    );
    // Gone already, or ended by this one: whichever came first over the cut.
    if (state.status === "gone") expect(answer).toMatchObject({ action: "error", payload: { code: "gone" } });
    else expect(answer.action).toBe("disconnected");
    await expect
      .poll(async () => (await listSessions(page)).some(({ sid }) => sid === session.connected.sid))
      .toBe(false);
    await page.close();
  });

  test("[WP7] [I10] a repeated connect takes its session from nobody who has taken it over since", async () => {
    const first = await rig.open();
    const at = first.startConnect(rig.target);
    const outcome = await first.settleConnect(at, { password: rig.server.password });
    if (outcome.action !== "connected") throw new Error(JSON.stringify(outcome.payload));
    await first.cut();
    const phone = await rig.open({ client: await rig.otherClient("phone") });
    const session = new WireSession(phone, at.device, at.session_id, outcome.payload);
    const request = session.asRequest({ in_pos: null, out_pos: null, known_epoch: 0, token: undefined });
    const state = await attachTo(phone, request, true);
    const back = await rig.open({ instanceId: first.instanceId });
    back.startConnect(rig.target, at);
    expect((await back.next("error", (m) => m.re === at.id)).payload).toMatchObject({ code: "busy" });
    session.resumeOn(phone, state);
    session.type("echo mine-$((1+1))\r");
    await session.waitFor(/mine-2/);
    await phone.close();
    await back.close();
  });
});
