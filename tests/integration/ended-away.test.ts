/** A session that ended while the page was away: last output, exit, once, and said as such [I7] [WP35]. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { commands } from "#bridge/commands.ts";
import { requireTools } from "#support/find-tools.ts";
import { HostRig } from "#support/host-rig.ts";
import { requireOwnAccounts, startSshd, type TestSshServer } from "#support/sshd.ts";

/** Nothing listens there: every dial fails at once. */
const NOWHERE = "127.0.0.1:9";

const tools = await requireTools("sshd", "ssh-keygen");
const usable = tools.ok && requireOwnAccounts();

describe.skipIf(!usable)("ended while the page was away", () => {
  let server: TestSshServer;
  let rig: HostRig;

  beforeAll(async () => {
    if (!tools.ok) return;
    server = await startSshd(tools, { config: ["KbdInteractiveAuthentication no"] });
    rig = await HostRig.start({ ports: [server.port] });
  });
  afterAll(async () => {
    await rig?.stop();
    await server?.stop();
  });

  test("[I7] the page shows the last output, the exit code, and that it was away", async () => {
    const { host, port, user, password = "" } = server;
    const device = await rig.open({ host, port, user }, password, { telemetry: "off" });
    await device.login();
    await device.say("echo ready-$((1+1)); sleep 1; echo last-$((40+2)); exit 3\r", /ready-2/);
    rig.page.via = NOWHERE;
    rig.page.cutLinks();
    await device.until(({ ssh1 }) => ssh1.phase === "suspended", "a lost link");
    await expect.poll(() => rig.proxy.liveSessions, { timeout: 20_000 }).toBe(0);
    rig.page.via = null;
    await rig.page.bridge.dispatch(commands.retry());
    const { ssh1 } = await device.until((view) => view.ssh1.phase === "ended", "the end");
    expect(ssh1.ended).toMatchObject({ code: 3, while_away: true });
    await device.terminal.noted("code 3");
    expect(device.terminal.text.match(/last-42/g)).toHaveLength(1);
    expect(device.terminal.messages.filter(({ t }) => t === "note")).toEqual([
      { t: "note", text: "Session ended with code 3" },
    ]);
    await device.close();
  });
});
