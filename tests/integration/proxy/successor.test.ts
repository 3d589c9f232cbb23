/** A session that ended, and the one that its page opened in its place: same link, device and session_id. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { requireTools } from "#support/find-tools.ts";
import type { WirePage } from "#support/wire-client.ts";
import { attachTo, listSessions, WireRig } from "#support/wire-rig.ts";
import type { WireSession } from "#support/wire-session.ts";

const tools = await requireTools("sshd", "ssh-keygen");

describe.skipIf(!tools.ok)("one session per name on a link", () => {
  let rig: WireRig;
  let page: WirePage;
  beforeAll(async () => {
    if (!tools.ok) return;
    rig = await WireRig.start(tools);
    page = await rig.open();
  });
  afterAll(async () => {
    await page?.close();
    await rig?.stop();
  });

  function reconnect(old: WireSession, more: Parameters<WireRig["shell"]>[1] = {}): Promise<WireSession> {
    return rig.shell(page, { device: old.device, pins: [old.connected.host_key], ...more });
  }

  async function listed(session: WireSession) {
    return (await listSessions(page)).find(({ sid }) => sid === session.connected.sid);
  }

  test("[I9] after an exit and a reconnect, the size reaches the new session, and an end is the new one's", async () => {
    const old = await rig.shell(page);
    old.type("exit 3\r");
    const exit = await page.next("exit", (m) => m.device === old.device);
    expect(exit.payload).toMatchObject({ sid: old.connected.sid, code: 3 });

    const anew = await reconnect(old);
    const resized = await anew.request("resize", { rev: 1, cols: 101, rows: 37 } as never);
    expect(resized).toMatchObject({ action: "resized", payload: { sid: anew.connected.sid, cols: 101, rows: 37 } });
    await anew.prompt();
    anew.type("stty size\r");
    await anew.waitFor(/37 101/);

    const ended = await anew.request("disconnect", {} as never);
    expect(ended).toMatchObject({ action: "disconnected", payload: { sid: anew.connected.sid } });
    expect(await listed(anew)).toBeUndefined();
    expect(await listed(old)).toMatchObject({ status: "ended" });
  });

  test("a command runs on the telemetry session that replaced a lost one", async () => {
    const first = await rig.shell(page);
    const pins = [first.connected.host_key];
    const old = await reconnect(first, { session_id: "ssh2", transport: "exec", pins });
    // The server's process of that connection.
    await old.request("exec", { exec_id: "kill", command: "kill -9 $PPID" } as never);
    await page.next("exit", (m) => m.device === old.device && m.session_id === "ssh2");
    const anew = await reconnect(first, { session_id: "ssh2", transport: "exec", pins });
    const from = page.messages.length;
    expect((await anew.exec("echo two")).output).toBe("two\n");
    const told = page.messages.slice(from).filter((m) => m.action === "exec_started" || m.action === "exec_done");
    expect(told.map((m) => m.payload)).toMatchObject([{ sid: anew.connected.sid }, { sid: anew.connected.sid }]);
  });

  test("a session that lives on when another takes its name is detached, and may come back", async () => {
    const old = await rig.shell(page);
    const anew = await reconnect(old);
    expect(await listed(old)).toMatchObject({ status: "detached" });
    expect(await listed(anew)).toMatchObject({ status: "attached" });
    // Asked for again, it is the one of that name once more.
    const state = await attachTo(page, old.asRequest(), false);
    expect(state).toMatchObject({ status: "resumed" });
    old.resumeOn(page, state);
    expect(await listed(anew)).toMatchObject({ status: "detached" });
    const resized = await old.request("resize", { rev: 5, cols: 90, rows: 30 } as never);
    expect(resized.payload).toMatchObject({ sid: old.connected.sid });
  });
});
