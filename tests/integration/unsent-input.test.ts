/** Typed text that no device got is in sight, and what was lost is said [U13] [U100]. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { commands } from "#bridge/commands.ts";
import { requireTools } from "#support/find-tools.ts";
import { HostRig } from "#support/host-rig.ts";
import { requireOwnAccounts, startSshd, type TestSshServer } from "#support/sshd.ts";

/** Nothing listens there: every dial fails at once. */
const NOWHERE = "127.0.0.1:9";

const tools = await requireTools("sshd", "ssh-keygen");
const usable = tools.ok && requireOwnAccounts();

describe.skipIf(!usable)("[U13] input without a link or a session", () => {
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

  async function opened() {
    const { host, port, user, password = "" } = server;
    const device = await rig.open({ host, port, user }, password, { telemetry: "off" });
    await device.login();
    await device.say("echo ready-$((1+1))\r", /ready-2/);
    return device;
  }

  test("is shown as it waits, goes when the link is back, and what is discarded never comes", async () => {
    const device = await opened();
    rig.page.via = NOWHERE;
    rig.page.cutLinks();
    await device.until(({ ssh1 }) => ssh1.phase === "suspended", "a lost link");
    device.terminal.type("echo never-$((2+2))\r");
    const shown = await device.until(({ ssh1 }) => ssh1.waiting_input?.bytes === 20, "waiting text");
    expect(shown.ssh1.waiting_input?.text).toBe("echo never-$((2+2))⏎");
    await rig.page.bridge.dispatch(commands.staleInput(device.id, "discard"));
    await device.until(({ ssh1 }) => (ssh1.waiting_input?.bytes ?? 0) === 0, "nothing waiting");
    device.terminal.type("echo later-$((3+3))\r");
    rig.page.via = null;
    await rig.page.bridge.dispatch(commands.retry());
    await device.terminal.until(() => device.terminal.text.includes("later-6"));
    expect(device.terminal.text).not.toContain("never");
    await device.until(({ ssh1 }) => ssh1.phase === "live" && ssh1.waiting_input === undefined, "all sent");
    await device.close();
  });

  test("[S72] what goes to a prompt without echo is counted, and in no view; after it was sent text shows again", async () => {
    const device = await opened();
    rig.page.via = NOWHERE;
    rig.page.cutLinks();
    await device.until(({ ssh1 }) => ssh1.phase === "suspended", "a lost link");
    device.terminal.channel.send(new TextEncoder().encode(": hunter2\r"), true);
    device.terminal.type(": more\r");
    const shown = await device.until(({ ssh1 }) => ssh1.waiting_input?.bytes === 17, "waiting text");
    expect(shown.ssh1.waiting_input).toMatchObject({ text: "", hidden: true });
    expect(JSON.stringify(shown)).not.toContain("hunter2");
    rig.page.via = null;
    await rig.page.bridge.dispatch(commands.retry());
    await device.until(({ ssh1 }) => ssh1.phase === "live" && ssh1.unacked_bytes === 0, "all sent");
    rig.page.via = NOWHERE;
    rig.page.cutLinks();
    await device.until(({ ssh1 }) => ssh1.phase === "suspended", "a lost link");
    device.terminal.type(": plain");
    const plain = await device.until(({ ssh1 }) => ssh1.waiting_input?.bytes === 7, "waiting text");
    expect(plain.ssh1.waiting_input?.text).toBe(": plain");
    await rig.page.bridge.dispatch(commands.staleInput(device.id, "discard"));
    rig.page.via = null;
    await rig.page.bridge.dispatch(commands.retry());
    await device.until(({ ssh1 }) => ssh1.phase === "live", "the link");
    await device.close();
  });

  test("[U100] [WP36] text for a session that ends with the proxy is there after the end, to be typed again", async () => {
    const own = await HostRig.start({ ports: [server.port] });
    const { host, port, user, password = "" } = server;
    const device = await own.open({ host, port, user }, password, { telemetry: "off" });
    await device.login();
    const { port: at } = own.proxy;
    own.page.via = NOWHERE;
    own.page.cutLinks();
    await device.until(({ ssh1 }) => ssh1.phase === "suspended", "a lost link");
    device.terminal.type("echo two\r");
    await device.until(({ ssh1 }) => ssh1.waiting_input?.bytes === 9, "waiting text");
    const again = await own.proxy.restart({ port: at });
    own.page.via = null;
    await own.page.bridge.dispatch(commands.retry());
    const { ssh1 } = await device.until((view) => view.ssh1.phase === "ended", "the end");
    expect(ssh1.ended?.error).toMatchObject({ code: "gone", reason: "restart" });
    expect(ssh1.waiting_input).toMatchObject({ text: "echo two⏎", bytes: 9 });
    own.page.close();
    await again.stop();
  });

  test("[U11] [WP19] what the device has not answered is counted; a question of a session that ended meanwhile is a question no more", async () => {
    const device = await opened();
    await device.say("stty -echo; echo quiet-$((1+1)); sleep 16; exit 4\r", /quiet-2/);
    device.terminal.type("abc");
    const silent = await device.until(({ ssh1 }) => ssh1.unechoed?.bytes === 3, "unanswered input");
    expect(silent.ssh1.typed_at).toBeGreaterThan(0);
    rig.page.via = NOWHERE;
    rig.page.cutLinks();
    await device.until(({ ssh1 }) => ssh1.phase === "suspended", "a lost link");
    device.terminal.type("late\r");
    const { ssh1 } = await device.until((view) => view.ssh1.waiting_input?.bytes === 5, "waiting text");
    const typed = ssh1.waiting_input?.oldest_at ?? 0;
    // Older than that is not sent without a question.
    await expect.poll(() => Date.now() - typed, { timeout: 20_000 }).toBeGreaterThan(10_200);
    rig.page.via = null;
    await rig.page.bridge.dispatch(commands.retry());
    await device.until((view) => view.ssh1.stale_input?.bytes === 5, "a question");
    const over = await device.until((view) => view.ssh1.phase === "ended", "the end");
    expect(over.ssh1.stale_input).toBeUndefined();
    expect(over.ssh1.waiting_input).toMatchObject({ text: "late⏎", bytes: 5 });
    await device.close();
  });

  test("typed at an ended session is refused in sight, and forgotten when a session is there again", async () => {
    const device = await opened();
    device.terminal.type("exit\r");
    await device.until(({ ssh1 }) => ssh1.phase === "ended", "the end");
    device.terminal.type("abc");
    const refused = await device.until(({ ssh1 }) => ssh1.refused_input !== undefined, "a refusal");
    expect(refused.ssh1.refused_input?.bytes).toBe(3);
    const { password = "" } = server;
    await rig.page.bridge.dispatch(commands.reconnect(device.id, { cols: 80, rows: 24, password }));
    const again = await device.until(({ ssh1 }) => ssh1.phase === "live", "another session");
    expect(again.ssh1.refused_input).toBeUndefined();
    await device.close();
  });
});
