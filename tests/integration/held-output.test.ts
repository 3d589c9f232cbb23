/** Output that waits at the proxy is not a dead device, and the page says so [U12] [WP12]. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { requireTools } from "#support/find-tools.ts";
import { HostRig } from "#support/host-rig.ts";
import { requireOwnAccounts, startSshd, type TestSshServer } from "#support/sshd.ts";

const KIB = 1_024;
const OUT_BYTES = 2_048 * KIB;

const tools = await requireTools("sshd", "ssh-keygen");
const usable = tools.ok && requireOwnAccounts();

describe.skipIf(!usable)("[U12] held output", () => {
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

  test("is reported while the tablet cannot take it, told anew after a lost link, and over when it flows again", async () => {
    const { host, port, user, password = "" } = server;
    const device = await rig.open({ host, port, user }, password, { telemetry: "off" });
    await device.login();
    await device.say("echo ready-$((1+1))\r", /ready-2/);
    expect(device.view?.ssh1.held_bytes).toBe(0);
    const { terminal } = device;
    terminal.drawing = false;
    terminal.type(`head -c ${OUT_BYTES} /dev/zero | tr '\\0' x; echo end-$((1+1))\r`);
    const held = await device.until(({ ssh1 }) => ssh1.held_bytes > 0, "held output");
    expect(held.ssh1.held_bytes).toBeGreaterThanOrEqual(64 * KIB);
    expect(held.badge).toBe("held");

    const resumes = rig.page.view("link")?.resumes ?? 0;
    rig.page.cutLinks();
    await rig.until("link", (link) => link.phase === "online" && link.resumes > resumes, "the next link");
    await device.until(({ ssh1 }) => ssh1.held_bytes > 0, "held output on the next link");

    terminal.drawing = true;
    await terminal.until(() => terminal.text.includes("end-2"));
    const over = await device.until(({ ssh1 }) => ssh1.held_bytes === 0, "nothing held");
    expect(over.badge).not.toBe("held");
    expect(terminal.received).toBeGreaterThan(OUT_BYTES);
  });
});
