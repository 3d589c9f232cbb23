/** Two links of one page at once: what the older one still asks takes nothing from the newer [WP24] [WP28]. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { requireTools } from "#support/find-tools.ts";
import { requireOwnAccounts } from "#support/sshd.ts";
import type { WirePage } from "#support/wire-client.ts";
import { attachMessage, attachTo, WireRig } from "#support/wire-rig.ts";
import type { WireSession } from "#support/wire-session.ts";

const tools = await requireTools("sshd", "ssh-keygen");
const usable = tools.ok && requireOwnAccounts();
/** Beyond the time stamps that hellos of this test take by themselves. */
const LATER_MS = 1_000_000;

describe.skipIf(!usable)("a page with two links", () => {
  let rig: WireRig;
  const pages: WirePage[] = [];

  beforeAll(async () => {
    if (tools.ok) rig = await WireRig.start(tools, { limits: { links_per_client: 16, links_per_user: 64 } });
  });
  afterEach(() => Promise.all(pages.splice(0).map((page) => page.cut())));
  afterAll(() => rig?.stop());

  async function open(options: Parameters<WireRig["open"]>[0] = {}): Promise<WirePage> {
    const page = await rig.open(options);
    pages.push(page);
    return page;
  }
  let words = 0;
  async function answers(session: WireSession): Promise<void> {
    words += 1;
    session.type(`echo word-$((${words}+1000))\r`);
    await session.waitFor(new RegExp(`word-${words + 1_000}\\r\\n`));
  }
  const strange = (session: WireSession) => session.asRequest({ in_pos: null });

  test("[WP24] an attach on the older link while the newer is greeted takes nothing: the newer types on", async () => {
    const client = await rig.otherClient("two sockets");
    const first = await open({ client });
    const session = await rig.shell(first);
    const holder = await open({ client });
    const asked = await rig.shell(holder);
    // Silent: the newer link's greeting takes as long as the holder may take to answer.
    holder.socket.pause();
    const { page: newer, nonce } = await rig.dial({ client, instanceId: first.instanceId });
    pages.push(newer);
    await newer.hello(nonce, Date.now() + LATER_MS, [session.asRequest(), strange(asked)]);
    // The session has gone over as soon as the older link is told that it has none of that name.
    let rev = 0;
    const resize = async () => {
      rev += 1;
      return (await session.request("resize", { rev, cols: 80, rows: 24 } as never)).action;
    };
    await expect.poll(resize).toBe("error");
    first.send(attachMessage(session.asRequest(), false));
    expect(await first.closed).toMatchObject({ code: 4003 });
    expect(first.messages.some(({ action }) => action === "attached")).toBe(false);
    const [state] = (await newer.next("welcome")).payload.sessions;
    expect(state).toMatchObject({ status: "resumed", epoch: 2 });
    session.resumeOn(newer, state ?? {});
    await answers(session);
    holder.socket.resume();
  });

  test("[WP24] [WP28] an older hello that still asks the holder is overtaken by a newer one with the lock", async () => {
    const client = await rig.otherClient("overtaken");
    const holder = await open({ client });
    const [session, other] = [await rig.shell(holder), await rig.shell(holder)];
    holder.socket.pause();
    const older = await rig.dial({ client });
    pages.push(older.page);
    await older.page.hello(older.nonce, Date.now() + LATER_MS, [strange(session)]);
    const { instanceId } = older.page;
    const newer = await rig.dial({ client, instanceId });
    pages.push(newer.page);
    // The second request keeps the newer one waiting for longer than the older one waits.
    const requests = [{ ...strange(session), lock_held: true }, strange(other)];
    await newer.page.hello(newer.nonce, Date.now() + 2 * LATER_MS, requests);
    const [state] = (await newer.page.next("welcome")).payload.sessions;
    expect(state).toMatchObject({ status: "resumed", epoch: 2 });
    expect(await older.page.closed).toMatchObject({ code: 4003 });
    expect(older.page.messages.some(({ action }) => action === "welcome")).toBe(false);
    session.resumeOn(newer.page, state ?? {});
    await answers(session);
    expect(session.epoch).toBe(2);
    holder.socket.resume();
  });

  test("[WP24] a page that types on where it lost the session, and has answered since, is made to dial anew", async () => {
    const client = await rig.otherClient("deaf");
    const first = await open({ client });
    const session = await rig.shell(first);
    const second = await open({ client });
    await attachTo(second, strange(session), true);
    await first.next("taken_over");
    // As if it had not heard of it.
    const typing = setInterval(() => session.type("x"), 20);
    expect(await first.closed).toMatchObject({ code: 4003, reason: "fenced_channel" });
    clearInterval(typing);
  });
});
