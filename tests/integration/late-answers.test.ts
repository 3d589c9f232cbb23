/** Answers and news of a session that the page has left by the time they arrive, through a slow relay. */
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import { commands } from "#bridge/commands.ts";
import { type FaultRelay, startFaultRelay } from "#support/fault-relay.ts";
import { requireTools } from "#support/find-tools.ts";
import { HostRig, type RigDevice } from "#support/host-rig.ts";
import { BrowserProfile, PageDouble } from "#support/page-double.ts";
import { requireOwnAccounts, startSshd, type TestSshServer } from "#support/sshd.ts";
import { TerminalDouble } from "#support/terminal-double.ts";
import { codeOf } from "#support/wire-pairing.ts";

/** How long what the proxy says is on its way: enough to tap twice meanwhile. */
const LATE_MS = 1_500;
const SOON = { timeout: 20_000 };
const tools = await requireTools("sshd", "ssh-keygen");
const usable = tools.ok && requireOwnAccounts();

describe.skipIf(!usable)("what comes late", () => {
  let server: TestSshServer;
  let rig: HostRig;
  const over: (() => unknown)[] = [];

  beforeAll(async () => {
    if (!tools.ok) return;
    server = await startSshd(tools, { config: ["KbdInteractiveAuthentication no"] });
    rig = await HostRig.start({ ports: [server.port] });
  });
  afterEach(async () => {
    for (const end of over.splice(0)) await end();
  });
  afterAll(async () => {
    await rig?.stop();
    await server?.stop();
  });

  async function shell(): Promise<RigDevice> {
    const { host, port, user, password = "" } = server;
    const device = await rig.open({ host, port, user }, password, { telemetry: "off" });
    await device.login();
    await device.say("echo ready-$((1+1))\r", /ready-2/);
    return device;
  }

  /** Another client of the user, behind a relay. */
  async function phoneBehindRelay(): Promise<{ phone: PageDouble; relay: FaultRelay }> {
    const relay = await startFaultRelay({ host: "127.0.0.1", port: rig.proxy.port });
    const phone = new PageDouble(rig.proxy.url, new BrowserProfile());
    over.push(
      () => phone.close(),
      () => relay.stop(),
    );
    await phone.until("sign_in", ({ phase }) => phase === "unpaired");
    await phone.bridge.dispatch(commands.pair(codeOf(await rig.proxy.pairUrl()), "phone"));
    const { resumes } = await phone.until("link", ({ phase }) => phase === "online");
    phone.via = `127.0.0.1:${relay.port}`;
    phone.cutLinks();
    await phone.until("link", (link) => link.phase === "online" && link.resumes > resumes);
    return { phone, relay };
  }

  async function sidOf(page: PageDouble, { id }: RigDevice): Promise<string> {
    await page.bridge.dispatch(commands.listSessions());
    const { elsewhere } = await page.until("catalog", (catalog) =>
      catalog.elsewhere.some(({ device }) => device === id),
    );
    return elsewhere.find(({ device }) => device === id)?.sid ?? "";
  }

  test("[WP28] a take-over that was cancelled, and a connect after it: the late answer opens nothing and holds nothing", async () => {
    const device = await shell();
    const { phone, relay } = await phoneBehindRelay();
    const adopt = await sidOf(phone, device);
    const key = `device:${device.id}` as const;
    const before = rig.proxy.liveSessions;
    const terminal = new TerminalDouble(phone.bridge.openBytes(device.id));
    relay.delay(LATE_MS, "down");
    await phone.bridge.dispatch(commands.open(device.id, { cols: 80, rows: 24, adopt }));
    // The proxy has granted it, and the answer is on its way.
    await vi.waitFor(() => expect(device.view?.ssh1.phase).toBe("taken_over"), SOON);
    await phone.bridge.dispatch(commands.cancel(device.id, "ssh1"));
    await phone.until(key, ({ ssh1 }) => ssh1.phase === "idle");
    await phone.bridge.dispatch(commands.open(device.id, { cols: 80, rows: 24, password: server.password }));
    // What the list says of the key is a hint: this client has verified none of its own yet [S44].
    const { ssh1 } = await phone.until(key, (view) => view.ssh1.question?.kind === "host_key");
    await phone.bridge.dispatch(commands.hostKeyReply(device.id, "ssh1", ssh1.question?.id ?? "", true));
    await phone.until(key, (view) => view.ssh1.phase === "live");
    expect(rig.proxy.liveSessions).toBe(before + 1);
    relay.clear();
    terminal.type("echo other-$((20+3))\r");
    await terminal.until(() => terminal.text.includes("other-23\r\n"));
    expect(phone.view(key)?.ssh1.refused_input).toBeUndefined();
    // The one that was cancelled is held by nobody, and comes back where it was.
    const rest = rig.page.bridge.dispatch(commands.takeOver(device.id, "ssh1"));
    expect(await rest).toEqual({ ok: true });
    await device.until(({ ssh1 }) => ssh1.phase === "live", "the session, taken back");
    expect(await device.say("echo mine-$((30+4))\r", /mine-34/)).not.toContain("other");
    expect(terminal.text).not.toContain("mine-34");
    await phone.bridge.dispatch(commands.close(device.id, "end"));
    await device.close();
  });
});
