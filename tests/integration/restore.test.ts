/** A page that was killed comes back with its screen, byte for byte, and answers nothing that was asked before [WP31]. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { commands } from "#bridge/commands.ts";
import { secretCommands } from "#bridge/secret-commands.ts";
import { deviceRecord } from "#support/device-record.ts";
import { requireTools } from "#support/find-tools.ts";
import { BrowserProfile, PageDouble } from "#support/page-double.ts";
import { pictureOf, ScreenDouble } from "#support/screen-double.ts";
import { requireOwnAccounts, startSshd, type TestSshServer } from "#support/sshd.ts";
import { startTestProxy, type TestProxy } from "#support/test-proxy.ts";
import { codeOf } from "#support/wire-pairing.ts";

const tools = await requireTools("sshd", "ssh-keygen");
const SOON = { timeout: 20_000 };
const usable = tools.ok && requireOwnAccounts();

describe.skipIf(!usable)("restore after a page kill, against OpenSSH", () => {
  let server: TestSshServer;
  let proxy: TestProxy;
  const pages: PageDouble[] = [];
  const screens: ScreenDouble[] = [];

  beforeAll(async () => {
    if (!tools.ok) return;
    server = await startSshd(tools, { config: ["KbdInteractiveAuthentication no"] });
    proxy = await startTestProxy({ ports: [server.port] });
  });
  afterEach(() => {
    for (const screen of screens.splice(0)) screen.close();
    for (const page of pages.splice(0)) page.close();
  });
  afterAll(async () => {
    await proxy?.stop();
    await server?.stop();
  });

  async function openPage(profile: BrowserProfile): Promise<PageDouble> {
    const page = new PageDouble(proxy.url, profile);
    pages.push(page);
    if (profile.cookie === "") {
      await page.until("sign_in", ({ phase }) => phase === "unpaired");
      await page.bridge.dispatch(commands.pair(codeOf(await proxy.pairUrl()), "tablet"));
    }
    await page.until("link", ({ phase }) => phase === "online");
    return page;
  }

  function screenOf(page: PageDouble, device: string): ScreenDouble {
    const screen = new ScreenDouble(page.bridge.openBytes(device));
    screens.push(screen);
    return screen;
  }

  const say = (page: PageDouble, device: string, text: string): void => {
    page.bridge.openBytes(device).send(new TextEncoder().encode(text));
  };

  /** A live shell, its screen, and the page they are on. */
  async function shell(profile = new BrowserProfile()) {
    const page = await openPage(profile);
    const record = deviceRecord(server);
    const device = record.id;
    await page.bridge.dispatch(commands.putDevice(record));
    await page.until("catalog", ({ records }) => records.some(({ id }) => id === device));
    const screen = screenOf(page, device);
    await page.bridge.dispatch(commands.open(device, { cols: 80, rows: 24, password: server.password }));
    const { ssh1 } = await page.until(`device:${device}`, (view) => view.ssh1.question?.kind === "host_key");
    await page.bridge.dispatch(commands.hostKeyReply(device, "ssh1", ssh1.question?.id ?? "", true));
    await live(page, device);
    return { profile, page, device, screen };
  }

  const live = (page: PageDouble, device: string) =>
    page.until(`device:${device}`, ({ ssh1 }) => ssh1.phase === "live");

  /** All that was drawn is in the tablet's log as well. */
  const stored = (page: PageDouble, screen: ScreenDouble) =>
    expect.poll(async () => (await page.storedLogs()).end, SOON).toBeGreaterThanOrEqual(screen.drawn);

  const shows = (screen: ScreenDouble, pattern: RegExp) => screen.until(() => pattern.test(screen.lines.join("\n")));

  test("[WP31] killed at any moment, the counter goes on: no line missing, none twice, colours kept", async () => {
    const { profile, page, device, screen } = await shell();
    const colour = `printf '\\033[3%dm%05d of the counter\\033[0m\\r\\n' $((n%8)) $n`;
    say(page, device, `stty -echo; for n in $(seq 1 400); do ${colour}; sleep 0.01; done; echo DO''NE\r`);
    await shows(screen, /00060 of/);
    page.kill();
    const second = await openPage(profile);
    const again = screenOf(second, device);
    await shows(again, /00200 of/);
    second.kill();
    const third = await openPage(profile);
    const last = screenOf(third, device);
    await shows(last, /DONE/);
    const numbers = last.lines.flatMap((line) => /^(\d{5}) of the counter/.exec(line)?.[1] ?? []).map(Number);
    expect(numbers).toEqual(Array.from({ length: 400 }, (_, n) => n + 1));
    expect(last.messages.filter((t) => t === "gap" || t === "note")).toEqual([]);
    expect(last.messages.filter((t) => t === "begin")).toHaveLength(1);
    expect(last.progress.length).toBeGreaterThan(0);
    const row = last.lines.findIndex((line) => line.startsWith("00002"));
    expect(last.terminal.buffer.active.getLine(row)?.getCell(0)?.getFgColor()).toBe(2);
    expect((await live(third, device)).ssh1.gaps).toEqual([]);
  });

  test("[WP20] [S82] nothing is typed twice, and a query in the log is not answered again", async () => {
    const { profile, page, device, screen } = await shell();
    say(page, device, "stty -icanon -echo; echo REA''DY; od -An -v -tx1 -w1\r");
    await shows(screen, /READY/);
    // od prints what it reads: the answers of the terminal, then what is typed.
    say(page, device, "AB");
    await shows(screen, /41\s+42/);
    page.kill();
    const second = await openPage(profile);
    const again = screenOf(second, device);
    await live(second, device);
    await shows(again, /42/);
    say(second, device, "C");
    await shows(again, /43/);
    const bytes = again.lines.flatMap((line) => /^ ([0-9a-f]{2})$/.exec(line)?.[1] ?? []);
    expect(bytes).toEqual(["41", "42", "43"]);
    expect(again.replies).toEqual([]);
  });

  test("[S82] queries of the device: answered while live, never from the log, answered again afterwards", async () => {
    const { profile, page, device, screen } = await shell();
    const ask = "printf '\\033[c\\033[6n\\033[5n'";
    say(page, device, `stty -echo -icanon; ${ask}; echo O''NE; sed -u /go/q >/dev/null; ${ask}; echo T''WO\r`);
    await shows(screen, /ONE/);
    await screen.until(() => screen.replies.length === 3);
    await stored(page, screen);
    page.kill();
    const second = await openPage(profile);
    const again = screenOf(second, device);
    await live(second, device);
    await shows(again, /ONE/);
    expect(again.replies).toEqual([]);
    say(second, device, "go\r");
    await shows(again, /TWO/);
    await again.until(() => again.replies.length === 3);
  });

  test("[WP31] the restored screen is the one that was never interrupted, sizes included", async () => {
    const { profile, page, device, screen } = await shell();
    say(page, device, "PS1='$ '; stty -echo; printf '%0.s0123456789' $(seq 1 30); echo; echo FIRST\r");
    await shows(screen, /^FIRST/m);
    // The page's own terminal has its size first.
    screen.terminal.resize(60, 20);
    await page.bridge.dispatch(commands.size(device, 60, 20));
    say(page, device, "sleep 0.1; stty size; printf '%0.sabcdefghij' $(seq 1 30); echo; echo SECOND\r");
    await shows(screen, /^20 60[\s\S]*^SECOND/m);
    await shows(screen, /^SECOND\n\$ $/m);
    await stored(page, screen);
    page.kill();
    const second = await openPage(profile);
    const again = screenOf(second, device);
    await live(second, device);
    await shows(again, /^SECOND/m);
    expect([again.terminal.cols, again.terminal.rows]).toEqual([60, 20]);
    expect(again.lines.filter((line) => /^(FIRST|SECOND|20 60)/.test(line))).toEqual(["FIRST", "20 60", "SECOND"]);
    expect(pictureOf(again.terminal)).toEqual(pictureOf(screen.terminal));
  });

  test("[WP35] a session that ended meanwhile shows its log, its last output and its end; then the log is gone", async () => {
    const { profile, page, device, screen } = await shell();
    say(page, device, "stty -echo; echo BEF''ORE; sleep 1; echo LAST WO''RDS; exit 3\r");
    await shows(screen, /BEFORE/);
    const liveBefore = proxy.liveSessions;
    page.kill();
    await expect.poll(() => proxy.liveSessions, SOON).toBe(liveBefore - 1);
    const second = await openPage(profile);
    const view = await second.until(`device:${device}`, ({ ssh1 }) => ssh1.phase === "ended");
    expect(view.ssh1.ended).toMatchObject({ code: 3, while_away: true });
    const again = screenOf(second, device);
    await shows(again, /BEFORE[\s\S]*LAST WORDS[\s\S]*Session ended with code 3/);
    await expect.poll(() => second.storedLogs(), SOON).toEqual({ logs: 0, records: 0, end: 0 });
  });

  test("[WP28] a second tab goes on with the session of a tab that dies, also when its lock is not free yet", async () => {
    const { profile, page, device, screen } = await shell();
    const second = await openPage(profile);
    await second.until("catalog", ({ records }) => records.some(({ id }) => id === device));
    say(page, device, "stty -echo; for n in $(seq 1 200); do echo tick $n; sleep 0.01; done\r");
    await shows(screen, /tick 30/);
    await stored(page, screen);
    // Asked for while the first one still lives: in use, until it dies and the person asks again.
    const again = screenOf(second, device);
    await second.bridge.dispatch(commands.open(device, { cols: 80, rows: 24 }));
    await second.until(`device:${device}`, ({ ssh1 }) => ssh1.phase === "busy");
    page.kill();
    await second.bridge.dispatch(commands.takeOver(device, "ssh1"));
    await live(second, device);
    await shows(again, /tick 200/);
    expect(again.lines.filter((line) => line.startsWith("tick"))).toHaveLength(200);
  });

  test("[WP36] after a restart of the proxy the screen stays and one tap reconnects", async () => {
    const own = await startTestProxy({ ports: [server.port] });
    const old = proxy;
    proxy = own;
    try {
      const { profile, page, device, screen } = await shell();
      say(page, device, "stty -echo; echo KEPT SC''REEN\r");
      await shows(screen, /KEPT SCREEN/);
      await stored(page, screen);
      page.kill();
      proxy = await own.restart({ port: own.port });
      const second = await openPage(profile);
      const view = await second.until(`device:${device}`, ({ ssh1 }) => ssh1.phase === "ended");
      expect(view.ssh1.ended?.error).toMatchObject({ code: "gone", reason: "restart" });
      const again = screenOf(second, device);
      await shows(again, /KEPT SCREEN/);
      await second.bridge.dispatch(commands.reconnect(device, { cols: 80, rows: 24, password: server.password }));
      await live(second, device);
      say(second, device, "echo ANE''W\r");
      await shows(again, /KEPT SCREEN[\s\S]*New session[\s\S]*ANEW/);
    } finally {
      await proxy.stop();
      proxy = old;
    }
  });

  test("[WP32] [S71] keeping nothing: wiped at once, nothing stored any more, a flood still flows, a killed page starts anew", async () => {
    const { profile, page, device, screen } = await shell();
    say(page, device, "stty -echo; echo BEF''ORE\r");
    await shows(screen, /BEFORE/);
    await stored(page, screen);
    expect(await page.bridge.dispatch(commands.keepNothing(true))).toEqual({ ok: true });
    await page.until("storage", ({ phase, keep_nothing }) => phase === "ok" && keep_nothing);
    await expect.poll(() => page.storedLogs(), SOON).toEqual({ logs: 0, records: 0, end: 0 });
    // Twice what the proxy keeps: it would stop here if it waited for anything to be stored.
    say(page, device, "seq 1 300000; echo FLOO''DED\r");
    await screen.until(() => screen.row(-1) === "FLOODED");
    expect(await page.storedLogs()).toEqual({ logs: 0, records: 0, end: 0 });
    page.kill();
    const second = await openPage(profile);
    await second.until("catalog", ({ records, open }) => records.some(({ id }) => id === device) && open.length === 0);
    await second.until("storage", ({ keep_nothing }) => keep_nothing);
    await second.bridge.dispatch(commands.keepNothing(false));
    await second.until("storage", ({ keep_nothing }) => !keep_nothing);
  });

  test("[S71] killed with a vault: locked, nothing comes back and what waits is told; unlocked, screen, session and history do", async () => {
    const passphrase = "correct horse battery";
    const { profile, page, device, screen } = await shell();
    // What was stored before there was a vault is taken under it as well.
    await page.bridge.dispatch(commands.historyAdd(device, "show before", Date.now()));
    expect((await page.bridge.dispatch(secretCommands.createVault(passphrase))).ok).toBe(true);
    await page.bridge.dispatch(commands.historyAdd(device, "show after", Date.now()));
    say(page, device, "stty -echo; echo BEF''ORE\r");
    await shows(screen, /BEFORE/);
    await page.bridge.dispatch(secretCommands.lock());
    await stored(page, screen);
    page.kill();

    const second = await openPage(profile);
    await second.until("vault", ({ phase }) => phase === "locked");
    const { locked_sessions } = await second.until("storage", (view) => view.locked_sessions !== undefined);
    expect(locked_sessions?.sessions).toBe(1);
    expect(locked_sessions?.until).toBeGreaterThan(Date.now());
    expect(second.view("catalog")?.open).toEqual([]);
    expect((await second.bridge.dispatch(commands.historyList(device, "", 5))).ok).toBe(false);
    expect((await second.bridge.dispatch(secretCommands.unlock({ passphrase }))).ok).toBe(true);
    await live(second, device);
    const again = screenOf(second, device);
    await shows(again, /BEFORE/);
    say(second, device, "echo AFT''ER\r");
    await shows(again, /AFTER/);
    await second.until("storage", (view) => view.locked_sessions === undefined);
    const history = await second.bridge.dispatch<readonly { line: string }[]>(commands.historyList(device, "", 5));
    expect(history.ok && history.value?.map(({ line }) => line)).toEqual(["show after", "show before"]);

    // Erased: what it protected is gone; the session that runs goes on, and is written down anew.
    expect((await second.bridge.dispatch(secretCommands.eraseVault("erase"))).ok).toBe(true);
    await expect.poll(() => second.storedLogs(), SOON).toEqual({ logs: 0, records: 0, end: 0 });
    const gone = await second.bridge.dispatch<readonly unknown[]>(commands.historyList(device, "", 5));
    expect(gone.ok && gone.value).toEqual([]);
    say(second, device, "echo ERA''SED\r");
    await shows(again, /ERASED/);
    second.kill();
    const third = await openPage(profile);
    await live(third, device);
  });

  test("storage that begins to fail is told, and the device is not held by it", async () => {
    const { page, device, screen } = await shell();
    say(page, device, "stty -echo; echo BEF''ORE\r");
    await shows(screen, /BEFORE/);
    page.breakStorage();
    say(page, device, "seq 1 300000; echo FLOO''DED\r");
    await screen.until(() => screen.row(-1) === "FLOODED");
    expect(page.view("storage")).toMatchObject({ phase: "failed" });
  });

  test("[WP32] closing wipes the log, and nothing in it can be read meanwhile", async () => {
    const { page, device, screen } = await shell();
    say(page, device, "echo SEC''RET-CANARY\r");
    await shows(screen, /SECRET-CANARY/);
    await page.bridge.dispatch(commands.presence({ visible: false, online: true, event: "visibility" }));
    await expect.poll(async () => (await page.storedLogs()).records, SOON).toBeGreaterThan(0);
    expect(await page.storedText()).not.toContain("SECRET-CANARY");
    await page.bridge.dispatch(commands.close(device, "end"));
    await expect.poll(() => page.storedLogs(), SOON).toEqual({ logs: 0, records: 0, end: 0 });
  });
});
