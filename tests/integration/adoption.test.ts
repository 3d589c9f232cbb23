/** A session of another client of the same user, taken up from the list "Running elsewhere" [WP28] [S12]. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { commands } from "#bridge/commands.ts";
import { secretCommands } from "#bridge/secret-commands.ts";
import type { DeviceRecord, DeviceView } from "#bridge/types.ts";
import { deviceRecord } from "#support/device-record.ts";
import { requireTools } from "#support/find-tools.ts";
import { BrowserProfile, PageDouble } from "#support/page-double.ts";
import { requireOwnAccounts, startSshd, type TestSshServer } from "#support/sshd.ts";
import { TerminalDouble } from "#support/terminal-double.ts";
import { startTestProxy, type TestProxy } from "#support/test-proxy.ts";
import { codeOf, randomId } from "#support/wire-pairing.ts";

/** Nothing listens there: every dial fails at once. */
const NOWHERE = "127.0.0.1:9";
const SOON = { timeout: 20_000 };
const tools = await requireTools("sshd", "ssh-keygen");
const usable = tools.ok && requireOwnAccounts();

/** A device that is in no list. */
const quickOf = (server: TestSshServer): DeviceRecord => deviceRecord(server, { label: "once" });

describe.skipIf(!usable)("adopting a session of another client", () => {
  let server: TestSshServer;
  let proxy: TestProxy;
  const pages: PageDouble[] = [];

  beforeAll(async () => {
    if (!tools.ok) return;
    server = await startSshd(tools, { config: ["KbdInteractiveAuthentication no"] });
    proxy = await startTestProxy({ ports: [server.port] });
  });
  afterEach(() => {
    for (const page of pages.splice(0)) page.close();
  });
  afterAll(async () => {
    await proxy?.stop();
    await server?.stop();
  });

  async function openPage(label: string, profile = new BrowserProfile()): Promise<PageDouble> {
    const page = new PageDouble(proxy.url, profile);
    pages.push(page);
    if (profile.cookie === "") {
      await page.until("sign_in", ({ phase }) => phase === "unpaired");
      await page.bridge.dispatch(commands.pair(codeOf(await proxy.pairUrl()), label));
    }
    await page.until("link", ({ phase }) => phase === "online");
    return page;
  }

  /** A live shell on `page`; `telemetry` as in the device record. */
  async function shell(page: PageDouble, telemetry: DeviceRecord["telemetry"] = "off") {
    const device = randomId();
    const record = deviceRecord(server, { id: device, label: `host ${device}`, telemetry });
    await page.bridge.dispatch(commands.putDevice(record));
    await page.until("catalog", ({ records }) => records.some(({ id }) => id === device));
    const terminal = new TerminalDouble(page.bridge.openBytes(device));
    await page.bridge.dispatch(commands.open(device, { cols: 80, rows: 24, password: server.password }));
    const asksKey = (view: DeviceView): boolean => view.ssh1.question?.kind === "host_key";
    // A tablet that knows the host from another device of the list is not asked again [S44].
    const { ssh1 } = await page.until(`device:${device}`, (view) => asksKey(view) || view.ssh1.phase === "live");
    if (ssh1.question !== undefined) {
      await page.bridge.dispatch(commands.hostKeyReply(device, "ssh1", ssh1.question.id, true));
    }
    await live(page, device);
    return { device, terminal };
  }

  const live = (page: PageDouble, device: string) =>
    page.until(`device:${device}`, ({ ssh1 }) => ssh1.phase === "live");

  let words = 0;
  /** The shell answers here: what is typed runs, once. */
  async function answers(terminal: TerminalDouble): Promise<void> {
    words += 1;
    terminal.type(`echo word-$((${words}+1000))\r`);
    await terminal.until(() => terminal.text.includes(`word-${words + 1_000}\r\n`));
  }

  /** As the list offers it: a tap on "Take over". */
  async function take(page: PageDouble, device: string): Promise<TerminalDouble> {
    await page.bridge.dispatch(commands.listSessions());
    const { elsewhere } = await page.until("catalog", (catalog) =>
      catalog.elsewhere.some((entry) => entry.device === device && entry.session_id === "ssh1"),
    );
    const adopt = elsewhere.find((entry) => entry.device === device && entry.session_id === "ssh1")?.sid ?? "";
    const terminal = new TerminalDouble(page.bridge.openBytes(device));
    await page.bridge.dispatch(commands.open(device, { cols: 80, rows: 24, adopt }));
    return terminal;
  }

  test("[WP28] the screen comes from the proxy, no new session begins; the loser is told, does not ask again, and keeps its other device", async () => {
    const tablet = await openPage("tablet");
    const { device, terminal } = await shell(tablet);
    const other = await shell(tablet);
    await answers(terminal);
    terminal.type("secret=$((40+2))\r");
    const phone = await openPage("phone");
    const before = proxy.sessions;
    const taken = await take(phone, device);
    const { ssh1 } = await live(phone, device);
    expect(proxy.sessions).toBe(before);
    expect(ssh1.host_key?.sha256).toBe(tablet.view(`device:${device}`)?.ssh1.host_key?.sha256);
    expect(ssh1).toMatchObject({
      auth_method: "password",
      algorithms: expect.anything(),
      server_ident: expect.any(String),
    });
    // What the proxy still holds: the prompt and the word of before.
    await taken.until(() => taken.text.includes(`word-${words + 1_000}\r\n`));
    // The same shell, with the variable that was set on the tablet.
    taken.type("echo is-$secret\r");
    await taken.until(() => taken.text.includes("is-42\r\n"));
    const lost = await tablet.until(`device:${device}`, (view) => view.ssh1.phase === "taken_over");
    expect(lost.ssh1.holder).toBe("phone");
    expect(tablet.view(`device:${other.device}`)?.ssh1.phase).toBe("live");
    await answers(other.terminal);
    const line = proxy.log.findLast(({ event }) => event === "session.adopted");
    expect(line?.fields).toMatchObject({ by: "phone", from: "tablet" });

    // A new link of the tablet asks for its other session only.
    tablet.cutLinks();
    await tablet.until("link", ({ phase, resumes }) => phase === "online" && resumes > 0);
    await answers(other.terminal);
    expect(tablet.view(`device:${device}`)?.ssh1.phase).toBe("taken_over");
    await answers(taken);

    // A tap there takes it back.
    await tablet.bridge.dispatch(commands.takeOver(device, "ssh1"));
    await live(tablet, device);
    await terminal.until(() => terminal.text.includes("is-42\r\n"));
    expect(terminal.messages.filter(({ t }) => t === "gap")).toEqual([]);
    await answers(terminal);
    await phone.until(`device:${device}`, (view) => view.ssh1.phase === "taken_over");
  });

  test("[I1] what the proxy no longer holds is announced as a gap, and the screen begins behind it", async () => {
    const tablet = await openPage("tablet");
    const { device, terminal } = await shell(tablet);
    terminal.type("seq 1 100000\r");
    await terminal.until(() => terminal.text.includes("\n100000\r\n"));
    await answers(terminal);
    const phone = await openPage("phone");
    const taken = await take(phone, device);
    await live(phone, device);
    await answers(taken);
    const gaps = taken.messages.filter(({ t }) => t === "gap");
    expect(gaps).toEqual([{ t: "gap", from: 0, to: expect.any(Number) }]);
    expect(phone.view(`device:${device}`)?.ssh1.gaps).toHaveLength(1);
    // From there on everything, up to the end.
    expect(terminal.text.endsWith(taken.text.slice(0, taken.text.indexOf(`echo word-$((${words}`)))).toBe(true);
  });

  test("[WP28] a tablet that slept through it is told who has the session, not that it expired; after a reload too", async () => {
    const profile = new BrowserProfile();
    const tablet = await openPage("tablet", profile);
    const { device, terminal } = await shell(tablet);
    await answers(terminal);
    tablet.via = NOWHERE;
    tablet.cutLinks();
    await tablet.until(`device:${device}`, (view) => view.ssh1.phase === "suspended");
    const phone = await openPage("phone");
    const taken = await take(phone, device);
    await live(phone, device);
    await answers(taken);
    tablet.via = null;
    await tablet.bridge.dispatch(commands.retry());
    const back = await tablet.until(`device:${device}`, (view) => view.ssh1.phase === "busy");
    expect(back.ssh1).toMatchObject({ holder: "phone" });
    expect(back.ssh1.ended).toBeUndefined();
    tablet.close();
    const again = await openPage("tablet", profile);
    await again.until(`device:${device}`, (view) => view.ssh1.phase === "busy" && view.ssh1.holder === "phone");
    await answers(taken);
    await again.bridge.dispatch(commands.takeOver(device, "ssh1"));
    await live(again, device);
    await phone.until(`device:${device}`, (view) => view.ssh1.phase === "taken_over");
  });

  test("[A4] an adopted session survives a reload of the page that adopted it", async () => {
    const tablet = await openPage("tablet");
    const { device, terminal } = await shell(tablet);
    await answers(terminal);
    const profile = new BrowserProfile();
    const phone = await openPage("phone", profile);
    const taken = await take(phone, device);
    await live(phone, device);
    await answers(taken);
    phone.close();
    const again = await openPage("phone", profile);
    await live(again, device);
    const screen = new TerminalDouble(again.bridge.openBytes(device));
    await answers(screen);
    expect(screen.text).toContain(`word-${words - 1 + 1_000}`);
  });

  test("[WP28] telemetry of the device comes along without a login, and goes back with the terminal", async () => {
    const tablet = await openPage("tablet");
    const { device } = await shell(tablet, "allowed");
    await tablet.until(`device:${device}`, ({ ssh2 }) => ssh2.phase === "live");
    const phone = await openPage("phone");
    const before = proxy.sessions;
    await take(phone, device);
    await phone.until(`device:${device}`, ({ ssh2 }) => ssh2.phase === "live");
    expect(proxy.sessions).toBe(before);
    await tablet.until(`device:${device}`, ({ ssh2 }) => ssh2.phase === "taken_over");
    await tablet.bridge.dispatch(commands.takeOver(device, "ssh1"));
    await tablet.until(`device:${device}`, ({ ssh1, ssh2 }) => ssh1.phase === "live" && ssh2.phase === "live");
    await phone.until(
      `device:${device}`,
      ({ ssh1, ssh2 }) => ssh1.phase === "taken_over" && ssh2.phase === "taken_over",
    );
  });

  test("[S49] a tablet that never verified the host says so when telemetry is wanted there; a terminal of its own opens the way", async () => {
    const tablet = await openPage("tablet");
    const { device } = await shell(tablet);
    const phone = await openPage("phone");
    await take(phone, device);
    await live(phone, device);
    await phone.bridge.dispatch(commands.consent(device, true, false));
    const { ssh2 } = await phone.until(`device:${device}`, (view) => view.ssh2.phase === "ended");
    expect(ssh2.ended?.error).toMatchObject({ code: "host_key_unknown", reason: "not_verified" });
    // As the text says: opened there once, the key is compared there, and telemetry goes.
    const own = await shell(phone);
    await phone.bridge.dispatch(commands.close(own.device, "end"));
    await phone.bridge.dispatch(commands.consent(device, true, false));
    const asked = await phone.until(`device:${device}`, (view) => view.ssh2.question !== undefined);
    expect(asked.ssh2.question).toMatchObject({ kind: "auth", method: "password" });
    await phone.bridge.dispatch(commands.authReply(device, "ssh2", asked.ssh2.question?.id ?? "", { cancelled: true }));
  });

  test("[S59] a quick connection after a reload: telemetry asks for the password that was typed and not kept, and goes on", async () => {
    const profile = new BrowserProfile();
    const page = await openPage("tablet", profile);
    const quick = quickOf(server);
    const device = quick.id;
    const terminal = new TerminalDouble(page.bridge.openBytes(device));
    await page.bridge.dispatch(commands.open(device, { cols: 80, rows: 24, password: server.password, quick }));
    const asks = await page.until(`device:${device}`, ({ ssh1 }) => ssh1.question?.kind === "host_key");
    await page.bridge.dispatch(commands.hostKeyReply(device, "ssh1", asks.ssh1.question?.id ?? "", true));
    await live(page, device);
    await answers(terminal);
    page.close();
    const again = await openPage("tablet", profile);
    await live(again, device);
    await again.bridge.dispatch(commands.consent(device, true, false));
    const { ssh2 } = await again.until(`device:${device}`, (view) => view.ssh2.question !== undefined);
    expect(ssh2.question).toMatchObject({ kind: "auth", method: "password", user: server.user });
    const reply = { answers: [server.password ?? ""] };
    await again.bridge.dispatch(commands.authReply(device, "ssh2", ssh2.question?.id ?? "", reply));
    await again.until(`device:${device}`, (view) => view.ssh2.phase === "live");
  });

  test("[S59] [S67] after a reload telemetry has the vault's password that let the terminal in, once the vault is open again", async () => {
    const profile = new BrowserProfile();
    const page = await openPage("tablet", profile);
    const passphrase = "correct horse battery";
    const quick = quickOf(server);
    const { id } = quick;
    expect((await page.bridge.dispatch(secretCommands.createVault(passphrase))).ok).toBe(true);
    const { host, port, user } = quick.target;
    const stored = await page.bridge.dispatch<string>(
      secretCommands.putEntry({
        kind: "password",
        name: "of the device",
        bindings: [{ kind: "device", device: id, at: { host, port, user } }],
        user,
        secret: server.password ?? "",
      }),
    );
    if (!stored.ok || stored.value === undefined) throw new Error("not stored");
    const login = { keys: [], via_keys: [], sign_hidden: false, password: stored.value, once: true as const };
    await page.bridge.dispatch(secretCommands.chooseLogin(id, login));
    const terminal = new TerminalDouble(page.bridge.openBytes(id));
    await page.bridge.dispatch(commands.open(id, { cols: 80, rows: 24, quick }));
    const asks = await page.until(`device:${id}`, ({ ssh1 }) => ssh1.question !== undefined);
    await page.bridge.dispatch(commands.hostKeyReply(id, "ssh1", asks.ssh1.question?.id ?? "", true));
    await live(page, id);
    await answers(terminal);
    page.close();
    const again = await openPage("tablet", profile);
    await again.until("vault", ({ phase }) => phase === "locked");
    expect((await again.bridge.dispatch(secretCommands.unlock({ passphrase }))).ok).toBe(true);
    await live(again, id);
    await again.bridge.dispatch(commands.consent(id, true, false));
    const { ssh2 } = await again.until(
      `device:${id}`,
      (view) => view.ssh2.phase === "live" || view.ssh2.question !== undefined,
    );
    expect(ssh2.question).toBeUndefined();
    expect(ssh2.auth_method).toBe("password");
  });

  test("[I10] a tap that the proxy did not hear is not repeated by itself: the person taps again", async () => {
    const tablet = await openPage("tablet");
    const { device, terminal } = await shell(tablet);
    await answers(terminal);
    const phone = await openPage("phone");
    const taken = await take(phone, device);
    await live(phone, device);
    await tablet.until(`device:${device}`, (view) => view.ssh1.phase === "taken_over");
    tablet.via = NOWHERE;
    tablet.cutLinks();
    await tablet.until("link", ({ phase }) => phase === "waiting");
    await tablet.bridge.dispatch(commands.takeOver(device, "ssh1"));
    await tablet.until(`device:${device}`, (view) => view.ssh1.phase === "busy");
    tablet.via = null;
    await tablet.bridge.dispatch(commands.retry());
    await tablet.until("link", ({ phase }) => phase === "online");
    await answers(taken);
    expect(tablet.view(`device:${device}`)?.ssh1.phase).toBe("busy");
    await tablet.bridge.dispatch(commands.takeOver(device, "ssh1"));
    await live(tablet, device);
  });

  test("[WP28] another client is told apart from another tab of this one, whatever their names are", async () => {
    const tablet = await openPage("same name");
    const { device } = await shell(tablet);
    const phone = await openPage("same name");
    await phone.bridge.dispatch(commands.listSessions());
    const listed = await phone.until("catalog", ({ elsewhere }) => elsewhere.some((entry) => entry.device === device));
    const ofDevice = (entry: { device: string }): boolean => entry.device === device;
    expect(listed.elsewhere.filter(ofDevice)).toMatchObject([{ holder: "same name", other_client: true }]);
    await tablet.bridge.dispatch(commands.listSessions());
    const own = await tablet.until("catalog", ({ elsewhere }) => elsewhere.some((entry) => entry.device === device));
    expect(own.elsewhere.filter(ofDevice)).toEqual([expect.not.objectContaining({ other_client: true })]);
  });

  test("[L4] a session that ended before the tap is said to be gone; one more tap connects anew", async () => {
    const tablet = await openPage("tablet");
    const { device } = await shell(tablet);
    const phone = await openPage("phone");
    await phone.bridge.dispatch(commands.listSessions());
    const { elsewhere } = await phone.until("catalog", (catalog) =>
      catalog.elsewhere.some((entry) => entry.device === device),
    );
    const adopt = elsewhere.find((entry) => entry.device === device)?.sid ?? "";
    const ended = (): number => proxy.log.filter(({ event }) => event === "session.ended").length;
    // Those of the tests before do not count.
    const before = ended();
    await tablet.bridge.dispatch(commands.close(device, "end"));
    await expect.poll(ended, SOON).toBe(before + 1);
    await phone.bridge.dispatch(commands.open(device, { cols: 80, rows: 24, adopt }));
    const { ssh1 } = await phone.until(`device:${device}`, (view) => view.ssh1.phase === "ended");
    expect(ssh1.ended?.error).toMatchObject({ code: "gone" });
    await phone.bridge.dispatch(commands.reconnect(device, { cols: 80, rows: 24 }));
    await phone.until(`device:${device}`, (view) => view.ssh1.question !== undefined);
  });
});
