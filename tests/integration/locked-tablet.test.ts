import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { commands } from "#bridge/commands.ts";
import { secretCommands } from "#bridge/secret-commands.ts";
import { type DemoLab, startDemoLab } from "#demo/demo-lab.ts";
import type { UiCommand } from "#protocol/local-messages.ts";
import { requireTools } from "#support/find-tools.ts";
import { HostRig } from "#support/host-rig.ts";
import { BrowserProfile, PageDouble } from "#support/page-double.ts";
import { requireOwnAccounts, startSshd } from "#support/sshd.ts";
import { TerminalDouble } from "#support/terminal-double.ts";
import { startTestProxy, type TestProxy } from "#support/test-proxy.ts";
import { codeOf } from "#support/wire-pairing.ts";
import { LOCK_HIDDEN_MS, LOCK_IDLE_MS } from "#workers/vault/auto-lock.ts";

const PASSPHRASE = "correct horse battery";
const LOCKED = { ok: false, error: { code: "invalid", reason: "vault_locked" } };
const tools = await requireTools("sshd", "ssh-keygen");
let proxy: TestProxy;
let demo: DemoLab;
const pages: PageDouble[] = [];

beforeAll(async () => {
  demo = await startDemoLab({ pace: 0 });
  proxy = await startTestProxy({ demo });
});
afterAll(async () => {
  for (const page of pages) page.close();
  await proxy.stop();
  await demo.close();
});

async function pair(page: PageDouble): Promise<void> {
  await page.until("sign_in", ({ phase }) => phase === "unpaired");
  expect(await page.bridge.dispatch(commands.pair(codeOf(await proxy.pairUrl()), "tablet"))).toEqual({ ok: true });
  await page.until("link", ({ phase }) => phase === "online");
}

/** A page of a paired tablet with an open vault, a key that was made there and a live terminal. */
async function setUp(profile = new BrowserProfile()) {
  const page = new PageDouble(proxy.url, profile);
  pages.push(page);
  await pair(page);
  const send = async (command: UiCommand): Promise<void> => {
    expect(await page.bridge.dispatch(command)).toMatchObject({ ok: true });
  };
  await send(secretCommands.createVault(PASSPHRASE));
  await send(secretCommands.makeKey("ecdsa-p256", "key of the tablet"));
  const { records } = await page.until("catalog", (view) => view.records.length > 0);
  const device = records.find(({ simulated }) => simulated)?.id ?? "";
  await send(secretCommands.chooseLogin(device, { keys: [], via_keys: [], sign_hidden: false }));
  const terminal = new TerminalDouble(page.bridge.openBytes(device));
  await send(commands.open(device, { cols: 80, rows: 24 }));
  await page.until(`device:${device}`, ({ ssh1 }) => ssh1.phase === "live");
  await terminal.until(() => /[>#]$/.test(terminal.text));
  return { page, device, terminal, send, profile };
}

describe("a locked tablet [S70]", () => {
  test("nobody touched it for 10 minutes: it locks by itself, types nothing and does nothing for whoever holds it", async () => {
    const { page, device, terminal, send } = await setUp();
    const { records } = await page.until("catalog", ({ open }) => open.includes(device));
    page.aheadMs += LOCK_IDLE_MS;
    await page.until("vault", ({ phase }) => phase === "locked");
    const before = terminal.text;
    terminal.type("show users\r");
    await page.until(`device:${device}`, ({ ssh1 }) => (ssh1.refused_input?.bytes ?? 0) > 0);
    const record = records[0];
    if (record === undefined) throw new Error("no device");
    for (const command of [
      commands.createPairing(),
      commands.listClients(),
      commands.revokeClient("c", true),
      commands.putDevice({ ...record, id: "new" }),
      commands.open(record.id, { cols: 80, rows: 24, adopt: "another's" }),
      commands.takeOver(device, "ssh1"),
      commands.close(device, "end"),
      commands.reconnect(device, { cols: 80, rows: 24 }),
      commands.allowTarget("10.0.0.1", 23, "x"),
      commands.historyList(device, "", 10),
      secretCommands.makeKey("ecdsa-p256", "another"),
      secretCommands.typeSecret(device, "e"),
    ]) {
      expect(await page.bridge.dispatch(command), command.action).toMatchObject(LOCKED);
    }
    expect(page.view(`device:${device}`)?.ssh1.phase).toBe("live");
    expect(await page.bridge.dispatch(commands.retry())).toEqual({ ok: true });
    await send(secretCommands.unlock({ passphrase: PASSPHRASE }));
    terminal.type("show clock\r");
    await terminal.until(() => /show clock[\s\S]*[>#]$/.test(terminal.text));
    expect(terminal.text.slice(before.length)).not.toContain("show users");
    expect(await page.bridge.dispatch(commands.createPairing())).toMatchObject({ ok: true });
  });

  test("a page that was frozen out of sight: locked as soon as it is in sight, and before its first command", async () => {
    const { page, send } = await setUp();
    const presence = (visible: boolean) => commands.presence({ visible, online: true, event: "visibility" });
    await send(presence(false));
    page.aheadMs += LOCK_HIDDEN_MS;
    await send(presence(true));
    expect(page.view("vault")?.phase).toBe("locked");
    await send(secretCommands.unlock({ passphrase: PASSPHRASE }));
    page.aheadMs += 60 * 60_000;
    expect(await page.bridge.dispatch(commands.createPairing())).toMatchObject(LOCKED);
  });

  test("erased without the passphrase, in any tab: what the lock protected is gone, sessions are shown nowhere", async () => {
    const profile = new BrowserProfile();
    const { page, device, terminal, send } = await setUp(profile);
    const other = new PageDouble(proxy.url, profile);
    pages.push(other);
    await other.until("vault", ({ phase }) => phase === "locked");
    await other.until("ssh_keys", ({ keys }) => keys.length === 1);
    const screen = terminal.text;
    await send(secretCommands.lock());
    expect(await page.bridge.dispatch(secretCommands.eraseVault("no"))).toMatchObject({ ok: false });
    expect(page.view("vault")?.phase).toBe("locked");
    await send(secretCommands.eraseVault("erase"));
    for (const tab of [page, other]) {
      await tab.until("vault", ({ phase }) => phase === "none");
      await tab.until("ssh_keys", ({ keys }) => keys.length === 0);
      await tab.until("logins", (logins) => Object.keys(logins).length === 0);
      await tab.until("sign_in", ({ phase }) => phase === "unpaired");
      await tab.until("catalog", ({ open, elsewhere }) => open.length === 0 && elsewhere.length === 0);
      expect(tab.view(`device:${device}`)).toBeUndefined();
    }
    const stored = await page.storedText();
    for (const word of ["key of the tablet", "tablet", device]) expect(stored).not.toContain(word);
    expect(await page.storedLogs()).toEqual({ logs: 0, records: 0, end: 0 });
    // Without a code of the proxy or of another device there is no way back; [S16] nor a proof of who is there.
    expect(await page.bridge.dispatch(commands.createPairing())).toMatchObject({ ok: false });
    await send(secretCommands.createVault("made by a stranger"));
    await send(secretCommands.unlock({ passphrase: "made by a stranger" }));
    expect(await page.bridge.dispatch(commands.allowTarget("10.0.0.1", 23, "x"))).toMatchObject({ ok: false });
    // The owner comes back with a code: the session went on meanwhile, and is offered, not shown.
    await pair(page);
    await send(commands.listSessions());
    await page.until("catalog", ({ elsewhere }) => elsewhere.length > 0);
    expect(page.view("catalog")?.open).toEqual([]);
    expect(terminal.text).toBe(screen);
  });

  test("erased by whoever has it open: only the vault goes", async () => {
    const { page, device, send } = await setUp();
    await send(secretCommands.eraseVault("erase"));
    await page.until("vault", ({ phase }) => phase === "none");
    expect(page.view("ssh_keys")?.keys).toHaveLength(1);
    expect(page.view("sign_in")?.phase).toBe("paired");
    expect(page.view(`device:${device}`)?.ssh1.phase).toBe("live");
  });

  test.each([
    { keep: false, keys: 0, phase: "none" },
    { keep: true, keys: 1, phase: "locked" },
  ])("[S11] unpaired, vault and keys kept: $keep", async ({ keep, keys, phase }) => {
    const { page, send } = await setUp();
    await send(commands.signOut(keep));
    await page.until("sign_in", (view) => view.phase === "unpaired");
    await page.until("vault", (view) => view.phase === phase);
    expect(page.view("ssh_keys")?.keys).toHaveLength(keys);
    expect(Object.keys(page.view("logins") ?? {})).toHaveLength(keys);
    expect(page.view("catalog")?.open).toEqual([]);
    expect((await page.storedText()).includes("key of the tablet")).toBe(keep);
    await pair(page);
    expect(page.view("vault")?.phase).toBe(phase);
  });
});

describe.skipIf(!tools.ok || !requireOwnAccounts())("questions of a device while the tablet is locked [S70]", () => {
  test("they wait for the unlock, and are answered then", async () => {
    const server = await startSshd(tools);
    const rig = await HostRig.start({ ports: [server.port] });
    try {
      const { bridge } = rig.page;
      expect(await bridge.dispatch(secretCommands.createVault(PASSPHRASE))).toMatchObject({ ok: true });
      const device = await rig.open({ host: server.host, port: server.port, user: server.user }, "not it");
      const { ssh1 } = await device.until((view) => view.ssh1.question?.kind === "host_key", "the host key question");
      const id = ssh1.question?.id ?? "";
      await bridge.dispatch(secretCommands.lock());
      for (const command of [
        commands.hostKeyReply(device.id, "ssh1", id, true),
        commands.authReply(device.id, "ssh1", id, { answers: ["x"] }),
        commands.agentReply(device.id, id, []),
      ]) {
        expect(await bridge.dispatch(command)).toMatchObject(LOCKED);
      }
      expect(device.view?.ssh1.question).toMatchObject({ kind: "host_key", id });
      await bridge.dispatch(secretCommands.unlock({ passphrase: PASSPHRASE }));
      expect(await bridge.dispatch(commands.hostKeyReply(device.id, "ssh1", id, true))).toMatchObject({ ok: true });
      await device.until((view) => view.ssh1.question?.kind === "auth", "the prompt for the password");
    } finally {
      await rig.stop();
      await server.stop();
    }
  });
});
