import { createHash, randomBytes } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { commands } from "#bridge/commands.ts";
import type { DeviceRecord } from "#bridge/types.ts";
import { requireTools } from "#support/find-tools.ts";
import { BrowserProfile, PageDouble } from "#support/page-double.ts";
import { requireOwnAccounts, startSshd, type TestSshServer } from "#support/sshd.ts";
import { TerminalDouble } from "#support/terminal-double.ts";
import { startTestProxy, type TestProxy } from "#support/test-proxy.ts";
import { codeOf, randomId } from "#support/wire-pairing.ts";

const tools = await requireTools("sshd", "ssh-keygen");
const usable = tools.ok && requireOwnAccounts();

describe.skipIf(!usable)("worker host against OpenSSH", () => {
  let server: TestSshServer;
  let proxy: TestProxy;
  const pages: PageDouble[] = [];

  beforeAll(async () => {
    if (!tools.ok) return;
    server = await startSshd(tools, { config: ["KbdInteractiveAuthentication no"] });
    proxy = await startTestProxy({ ports: [server.port] });
  });
  afterAll(async () => {
    for (const page of pages) page.close();
    await proxy?.stop();
    await server?.stop();
  });

  async function pairedPage(): Promise<PageDouble> {
    const page = new PageDouble(proxy.url, new BrowserProfile());
    pages.push(page);
    await page.until("sign_in", ({ phase }) => phase === "unpaired");
    await page.bridge.dispatch(commands.pair(codeOf(await proxy.pairUrl()), "tablet"));
    await page.until("link", ({ phase }) => phase === "online");
    return page;
  }

  async function newDevice(page: PageDouble, changes: Partial<DeviceRecord> = {}): Promise<string> {
    const id = randomId();
    const record: DeviceRecord = {
      id,
      label: "host",
      target: { host: server.host, port: server.port, user: server.user, via: [] },
      algorithms: "modern",
      keepalive: "off",
      grace_s: 900,
      telemetry: "ask",
      pins: [],
      ...changes,
    };
    expect(await page.bridge.dispatch(commands.putDevice(record))).toEqual({ ok: true });
    await page.until("catalog", ({ records }) => records.some((one) => one.id === id));
    return id;
  }

  const open = (page: PageDouble, device: string, password?: string) =>
    page.bridge.dispatch(
      commands.open(device, { cols: 80, rows: 24, ...(password === undefined ? {} : { password }) }),
    );

  /** Opens, and trusts the key when asked. */
  async function openTrusted(page: PageDouble, device: string, password?: string): Promise<void> {
    await open(page, device, password);
    const { ssh1 } = await page.until(`device:${device}`, (view) => view.ssh1.question?.kind === "host_key");
    await page.bridge.dispatch(commands.hostKeyReply(device, "ssh1", ssh1.question?.id ?? "", true));
  }

  test("[S45] [S46] [S59] [S49]: asked for the key, password of the form, key kept, telemetry by consent without a question", async () => {
    const page = await pairedPage();
    const device = await newDevice(page);
    await open(page, device, server.password);
    const asking = await page.until(`device:${device}`, ({ ssh1 }) => ssh1.question !== undefined);
    expect(asking.badge).toBe("asks");
    expect(asking.ssh1.question).toMatchObject({ kind: "host_key", host_key: { sha256: server.fingerprint } });
    const before = page.view("catalog")?.records.find(({ id }) => id === device);
    expect(before?.pins).toEqual([]);
    await page.bridge.dispatch(commands.hostKeyReply(device, "ssh1", asking.ssh1.question?.id ?? "", true));
    const live = await page.until(`device:${device}`, ({ ssh1 }) => ssh1.phase === "live");
    expect(live.ssh1.auth_method).toBe("password");
    await page.until("catalog", ({ records }) => {
      return records.find(({ id }) => id === device)?.pins[0]?.sha256 === server.fingerprint;
    });
    await page.until(`device:${device}`, ({ ssh2 }) => ssh2.activity === "asking_consent");
    await page.bridge.dispatch(commands.monitor(device, { panels: ["device_info"] }));
    await page.bridge.dispatch(commands.consent(device, true, true));
    const both = await page.until(`device:${device}`, ({ ssh2 }) => ssh2.phase === "live");
    expect(both.ssh2.host_key).toEqual(both.ssh1.host_key);
    expect(both.ssh2.question).toBeUndefined();
    const reading = await page.until(`panel:${device}:device_info`, ({ data }) => data !== undefined);
    expect(reading.status).toMatch(/ok|partial/);
    // [WP7] [T50] What ran when the link broke is asked for again, and telemetry goes on over the next link.
    await page.bridge.dispatch(commands.monitor(device, { refresh: "all" }));
    page.cutLinks();
    await page.until("link", ({ phase, resumes }) => phase === "online" && resumes > 0);
    await page.bridge.dispatch(commands.monitor(device, { refresh: "device_info" }));
    await page.until(`panel:${device}:device_info`, ({ ts, status }) => ts > reading.ts && status === "ok");
    await page.until("catalog", ({ records }) => {
      return records.find(({ id }) => id === device)?.telemetry === "allowed";
    });
    await page.bridge.dispatch(commands.close(device, "end"));
  });

  test("[T60] a wrong password ends the attempt with the device's words for it, and telemetry never starts", async () => {
    const page = await pairedPage();
    const device = await newDevice(page, { telemetry: "allowed" });
    await openTrusted(page, device, "wrong");
    const view = await page.until(`device:${device}`, ({ ssh1 }) => {
      return ssh1.question?.kind === "auth" || ssh1.phase === "ended";
    });
    // The form's password is used once; then the person is asked.
    expect(view.ssh1.question).toMatchObject({ kind: "auth", method: "password", round: 2 });
    const id = view.ssh1.question?.id ?? "";
    await page.bridge.dispatch(commands.authReply(device, "ssh1", id, { cancelled: true }));
    const ended = await page.until(`device:${device}`, ({ ssh1 }) => ssh1.phase === "ended");
    expect(ended.ssh1.ended?.error).toMatchObject({ code: "auth_failed" });
    expect(ended.badge).toBe("ended");
    expect(ended.ssh2.phase).toBe("idle");
    await page.bridge.dispatch(commands.close(device, "end"));
  });

  test("[I1] [I2] a flood and a paste over cut links arrive byte-exact in both directions", async () => {
    const page = await pairedPage();
    const device = await newDevice(page, { telemetry: "off" });
    const terminal = new TerminalDouble(page.bridge.openBytes(device));
    await openTrusted(page, device, server.password);
    await page.until(`device:${device}`, ({ ssh1 }) => ssh1.phase === "live");
    const size = 8 * 1024 * 1024;
    terminal.type(`stty raw -echo; printf 'BEGIN\\n'; head -c ${size} /dev/zero | tr '\\0' 'x' ; printf '\\nEND\\n'\r`);
    for (const share of [0.2, 0.4, 0.6, 0.8]) {
      await terminal.until(() => terminal.received > share * size);
      page.cutLinks();
    }
    await terminal.until(() => terminal.bytes.subarray(-64).includes("\nEND\n"));
    const text = terminal.bytes.toString("latin1");
    const from = text.indexOf("BEGIN\n") + "BEGIN\n".length;
    expect(text.slice(from, text.lastIndexOf("\nEND\n")).length).toBe(size);
    expect(terminal.messages.filter(({ t }) => t === "gap")).toEqual([]);

    const pasted = randomBytes(96 * 1024).toString("hex");
    terminal.type(`head -c ${pasted.length} | sha256sum\r`.replace("\r", "\n"));
    for (let at = 0; at < pasted.length; at += 16_384) {
      terminal.type(pasted.slice(at, at + 16_384));
      if (at === 65_536 || at === 131_072) page.cutLinks();
    }
    const digest = createHash("sha256").update(pasted).digest("hex");
    await terminal.until(() => terminal.bytes.subarray(-256).includes("  -"));
    expect(terminal.bytes.subarray(-256).toString("latin1")).toContain(digest);
    await page.bridge.dispatch(commands.close(device, "end"));
  });

  test("[S34] a target outside the policy is refused with the policy's words", async () => {
    const page = await pairedPage();
    const device = await newDevice(page, { target: { host: "127.0.0.2", port: 22, user: "x", via: [] } });
    await open(page, device);
    const ended = await page.until(`device:${device}`, ({ ssh1 }) => ssh1.phase === "ended");
    expect(ended.ssh1.ended?.error).toMatchObject({ code: "refused_by_policy" });
  });

  test("[S72] the password is in no view, no storage and no log", async () => {
    const page = await pairedPage();
    const device = await newDevice(page, { telemetry: "off" });
    await openTrusted(page, device, server.password);
    await page.until(`device:${device}`, ({ ssh1 }) => ssh1.phase === "live");
    const seen = JSON.stringify([
      page.view(`device:${device}`),
      page.view("catalog"),
      page.view("notices"),
      page.view("sign_in"),
      proxy.log,
    ]);
    expect(seen).not.toContain(server.password);
    expect(await page.storedText()).not.toContain(server.password);
  });
});
