/** Who may have a session: the table of [WP28] and fencing [WP24] on real links, with real shells behind. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { requireTools } from "#support/find-tools.ts";
import { requireOwnAccounts } from "#support/sshd.ts";
import type { WirePage } from "#support/wire-client.ts";
import { attachTo, listSessions, WireRig } from "#support/wire-rig.ts";
import type { WireSession } from "#support/wire-session.ts";

const tools = await requireTools("sshd", "ssh-keygen");
const usable = tools.ok && requireOwnAccounts();

describe.skipIf(!usable)("takeover on real links", () => {
  let rig: WireRig;
  const pages: WirePage[] = [];

  beforeAll(async () => {
    if (tools.ok) rig = await WireRig.start(tools, { limits: { links_per_client: 16, links_per_user: 64 } });
  });
  afterEach(async () => {
    rig.relay.clear();
    await Promise.all(pages.splice(0).map((page) => page.cut()));
  });
  afterAll(() => rig?.stop());

  async function open(options: Parameters<WireRig["open"]>[0] = {}): Promise<WirePage> {
    const page = await rig.open(options);
    pages.push(page);
    return page;
  }
  const shell = (page: WirePage) => rig.shell(page);
  let words = 0;
  /** The shell answers to this page: what is typed here runs, once. */
  async function answers(session: WireSession): Promise<void> {
    words += 1;
    session.type(`echo word-$((${words}+1000))\r`);
    await session.waitFor(new RegExp(`word-${words + 1_000}\\r\\n`));
  }
  /** As another page asks: it never wrote here. */
  const strange = (session: WireSession, changes: Parameters<WireSession["asRequest"]>[0] = {}) =>
    session.asRequest({ in_pos: null, ...changes });

  test("[WP28] a: the same page is let in at once, and its older link closes with 4003 without taken_over", async () => {
    const first = await open();
    const session = await shell(first);
    await answers(session);
    const { page, state } = await rig.resume(session);
    pages.push(page);
    expect(state).toMatchObject({ status: "resumed", epoch: 2 });
    expect(await first.closed).toMatchObject({ code: 4003 });
    expect(first.messages.some(({ action }) => action === "taken_over")).toBe(false);
    await answers(session);
  });

  test("[WP28] b: a page of the same client that holds the lock is let in without a question", async () => {
    const first = await open();
    const session = await shell(first);
    first.socket.pause();
    const second = await open({ sessions: [strange(session, { lock_held: true })] });
    expect(second.welcome?.sessions[0]).toMatchObject({ status: "resumed", epoch: 2 });
    session.resumeOn(second, second.welcome?.sessions[0] ?? {});
    await answers(session);
    first.socket.resume();
    expect((await first.next("taken_over")).payload).toMatchObject({ epoch: 2 });
  });

  test("[WP28] b: the lock does not help a page that does not know of the holder's attachment", async () => {
    const first = await open();
    const session = await shell(first);
    const late = strange(session, { lock_held: true });
    const second = await open();
    const taken = await attachTo(second, strange(session), true);
    expect(taken).toMatchObject({ status: "resumed", epoch: 2 });
    const third = await open({ sessions: [late] });
    expect(third.welcome?.sessions[0]).toMatchObject({ status: "busy", holder: "test tablet" });
    session.resumeOn(second, taken);
    await answers(session);
  });

  test("[WP28] c: a holder that answers keeps its session, one that is silent for 2 s loses it", async () => {
    const first = await open();
    const session = await shell(first);
    const second = await open({ sessions: [strange(session)] });
    expect(second.welcome?.sessions[0]).toMatchObject({ status: "busy", holder: "test tablet" });
    expect(await attachTo(second, strange(session), false)).toMatchObject({ status: "busy" });
    await answers(session);
    first.socket.pause();
    const state = await attachTo(second, strange(session), false);
    expect(state).toMatchObject({ status: "resumed", epoch: 2 });
    session.resumeOn(second, state);
    await answers(session);
  });

  test("[WP28] d: two clients of a user: seen in the list, taken by a tap only, told once; other sessions of the loser live on", async () => {
    const tablet = await open();
    const [lost, kept] = [await shell(tablet), await shell(tablet)];
    await answers(lost);
    const phone = await open({ client: await rig.otherClient("phone") });
    const entry = (await listSessions(phone)).find(({ sid }) => sid === lost.connected.sid);
    expect(entry).toMatchObject({ status: "attached", holder: "test tablet", session_id: "ssh1" });
    const request = strange(lost, { token: undefined, out_pos: null, known_epoch: 0 });
    // Without a person's act another client gets nothing, whatever it shows [S12] [S20].
    expect(await attachTo(phone, request, false)).toMatchObject({ status: "gone", reason: "expired" });
    expect(await attachTo(phone, strange(lost), false)).toMatchObject({ status: "gone", reason: "expired" });
    const before = lost.asRequest();
    const adopted = await attachTo(phone, request, true);
    expect(adopted).toMatchObject({ status: "resumed", epoch: 2, token: expect.any(String) });
    expect((await tablet.next("taken_over")).payload).toMatchObject({ by: "phone", epoch: 2 });
    const { host_key, algorithms, server_ident, auth_method } = lost.connected;
    expect(adopted.about).toMatchObject({ host_key, algorithms, server_ident, auth_method, simulated: false });
    const line = rig.proxy.log.find(({ event }) => event === "session.adopted");
    expect(line?.fields).toMatchObject({ by: "phone", from: "test tablet", session_id: "ssh1" });
    await answers(kept);
    // The token of before opens nothing any more, and a link that comes back displaces nobody [I10]: who slept through
    // the news is told who has the session, not that it has expired.
    const back = await open({ instanceId: tablet.instanceId, sessions: [before, kept.asRequest()] });
    expect(back.welcome?.sessions.map(({ status }) => status)).toEqual(["busy", "resumed"]);
    expect(back.welcome?.sessions[0]).toEqual({ sid: lost.connected.sid, status: "busy", holder: "phone" });
    kept.resumeOn(back, back.welcome?.sessions[1] ?? {});
    await answers(kept);
    lost.token = adopted.token ?? "";
    lost.resumeOn(phone, adopted);
    await answers(lost);
    expect(tablet.messages.filter(({ action }) => action === "taken_over")).toHaveLength(1);
    // The other way round, by a tap there.
    const again = await attachTo(back, request, true);
    expect(again).toMatchObject({ status: "resumed", epoch: 3 });
    expect((await phone.next("taken_over")).payload).toMatchObject({ by: "test tablet" });
  });

  test("[WP28] [I10] two pages that ask again and again displace nobody", async () => {
    const first = await open();
    const session = await shell(first);
    for (let round = 0; round < 3; round += 1) {
      const other = await open({ sessions: [strange(session)] });
      expect(other.welcome?.sessions[0]).toMatchObject({ status: "busy" });
      await other.close();
    }
    expect(session.epoch).toBe(1);
    await answers(session);
  });

  test("[WP24] [I5] frames of a fenced link that arrive late change nothing; its other session goes on", async () => {
    const first = await open({ relayed: true });
    const [session, other] = [await shell(first), await shell(first)];
    await answers(session);
    rig.relay.blackHole(true, "up");
    session.type("echo late-$((40+2))\r");
    const second = await open({ sessions: [strange(session, { lock_held: true })] });
    session.resumeOn(second, second.welcome?.sessions[0] ?? {});
    await answers(session);
    rig.relay.clear();
    await first.next("taken_over", ({ device }) => device === session.device);
    // The same link carries this after the late frame: once it is answered, the frame before has been read.
    await answers(other);
    await answers(session);
    expect(session.text).not.toContain("late-42");
  });

  test("[WP24] a hello that was overtaken by a newer one closes with 4005 and takes nothing", async () => {
    const client = await rig.otherClient("roamer");
    const first = await open({ client });
    const session = await shell(first);
    const newest = Date.now() + 1_000_000;
    const { page: overtaken, nonce } = await rig.dial({ client, relayed: true, instanceId: first.instanceId });
    rig.relay.blackHole(true, "up");
    await overtaken.hello(nonce, newest - 1, [session.asRequest()]);
    const { state } = await rig.resume(session, { client, attempt: newest });
    expect(state).toMatchObject({ status: "resumed", epoch: 2 });
    rig.relay.clear();
    expect(await overtaken.closed).toMatchObject({ code: 4005 });
    await answers(session);
    expect(session.epoch).toBe(2);
  });
});
