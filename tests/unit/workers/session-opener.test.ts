import { describe, expect, test, vi } from "vitest";
import type { DeviceRecord } from "#protocol/messages/devices.ts";
import type { HostKey } from "#protocol/messages/target.ts";
import { LockTable } from "#support/lock-table.ts";
import { DEVICE, KEY, RECORD } from "#support/wire-messages.ts";
import type { TerminalLogin } from "#workers/keys/login-desk.ts";
import { ResourceScope } from "#workers/resource-scope.ts";
import { SessionLocks } from "#workers/session-locks.ts";
import { type OpenerDeps, SessionOpener } from "#workers/session-opener.ts";
import type { ResumeRecord } from "#workers/storage/resume-records.ts";

const SID = "n1.left";
const PAGE = "page 1";
const LEFT: ResumeRecord = {
  version: 1,
  device: DEVICE,
  session_id: "ssh1",
  sid: SID,
  token: "t".repeat(43),
  epoch: 1,
  record: RECORD,
  cols: 80,
  rows: 24,
  host_key: KEY,
  simulated: false,
  transport: "shell_pty",
  server_ident: "SSH-2.0-x",
  at: 0,
};

/** An opener whose every step the test lets through by hand. */
function setUp(left: readonly ResumeRecord[] = [], isOpen = true) {
  const done: string[] = [];
  const recalled: TerminalLogin[] = [];
  const opened: { record: DeviceRecord | undefined } = { record: undefined };
  const logs = new Map<string, object>();
  const gates = { vault: Promise.resolve(), login: Promise.resolve() };
  const table = new LockTable();
  const locks = new SessionLocks(table as unknown as LockManager, PAGE);
  const terminal = {
    viaKeys: undefined as readonly HostKey[] | undefined,
    wants: () => {},
    open: () => void done.push("login"),
    resume: ({ sid }: ResumeRecord, log: unknown) =>
      void done.push(`resume ${sid}${log === undefined ? "" : " with its log"}`),
    attach: (force: boolean) => void done.push(force ? "attach by force" : "attach"),
    adopt: (sid: string) => void done.push(`adopt ${sid}`),
  };
  const telemetry = { open: () => void done.push("telemetry login") };
  const opener = new SessionOpener({
    parts: {
      resume: { list: async () => left },
      logs: { open: async (sid: string) => logs.get(sid), close: () => {} },
      platforms: { get: async () => undefined },
    },
    scope: new ResourceScope(),
    hub: { online: true, get: () => undefined },
    locks,
    runtimes: {
      open: () => ({ terminal, telemetry }),
      terminalOf: () => terminal,
      telemetryOf: () => telemetry,
    },
    credentials: { provedByPrompt: () => false },
    logins: {
      begin: async () => {
        await gates.login;
        return { auth: { keys: [], proof: true, agent: [] }, via_pins: [], passwordHeld: false };
      },
      openedAs: () => opened.record,
      recall: (_device: string, { via_host_keys, auth_key, login }: TerminalLogin) => {
        recalled.push({ via_host_keys, auth_key, login });
      },
    },
    whenOpen: () => gates.vault,
    elsewhere: () => [],
    isOpen: () => isOpen,
    send: () => {},
    deliver: () => {},
    stamp: () => ({ at: 0, random: 0 }),
  } as unknown as OpenerDeps);
  const open = (adopt?: string) => opener.openTerminal(RECORD, 80, 24, adopt);
  const gone = () => opener.answered(DEVICE, "ssh1", { sid: SID, status: "gone" });
  return { terminal, opened, opener, open, gone, done, recalled, gates, locks, logs, table };
}

/** A promise and what settles it. */
function gate() {
  let pass = (): void => {};
  const shut = new Promise<void>((resolve) => {
    pass = resolve;
  });
  return { shut, pass };
}

describe("opening a terminal", () => {
  test("[S49] [S59] what an earlier page learned of its login is known again, however the session is taken up", async () => {
    const once = { keys: ["k1"], via_keys: [], sign_hidden: false, once: true as const };
    const login = { via_host_keys: [KEY], auth_key: "k1", login: once };
    const left = { ...LEFT, ...login };
    const tapped = setUp([left]);
    await tapped.open();
    expect(tapped.recalled).toEqual([login]);
    const reloaded = setUp([], false);
    await reloaded.opener.restore({ record: RECORD, cols: 80, rows: 24, sessions: [left] });
    expect(reloaded.recalled).toEqual([login]);
    expect(reloaded.done).toEqual([`resume ${SID}`]);
  });

  test("[WP35] one that was left is asked for; only when it is gone a new one begins", async () => {
    const { open, gone, done } = setUp([LEFT]);
    await open();
    expect(done).toEqual([`resume ${SID}`, "attach"]);
    expect(gone()).toBe(true);
    await vi.waitFor(() => expect(done.at(-1)).toBe("login"));
    // Asked for once: a later word that it is gone is for the person.
    expect(gone()).toBe(false);
  });

  test("given up before the proxy answered: `gone` begins no session that nobody would see", async () => {
    const { opener, open, gone, done } = setUp([LEFT]);
    await open();
    opener.giveUp(DEVICE, "ssh1");
    expect(gone()).toBe(false);
    await Promise.resolve();
    expect(done).not.toContain("login");
  });

  test("[S71] given up while the vault is locked: nothing is asked when it opens", async () => {
    const { opener, open, done, gates, locks } = setUp([LEFT]);
    const { shut, pass } = gate();
    gates.vault = shut;
    const opening = open();
    opener.giveUp(DEVICE, "ssh1");
    pass();
    await opening;
    expect(done).toEqual([]);
    expect(locks.isHeld(SID)).toBe(false);
  });

  test("given up while the login is being prepared: nobody logs in; of two taps the last one does, once", async () => {
    const { opener, open, done, gates } = setUp();
    const { shut, pass } = gate();
    gates.login = shut;
    const first = open();
    await vi.waitFor(() => expect(done).toEqual([]));
    opener.giveUp(DEVICE, "ssh1");
    const second = open();
    pass();
    await Promise.all([first, second]);
    expect(done).toEqual(["login"]);
  });

  test("[WP28] given up while the record is looked for: its lock is let go", async () => {
    const { opener, open, done, locks } = setUp([LEFT]);
    const opening = open(SID);
    await Promise.resolve();
    opener.giveUp(DEVICE, "ssh1");
    await opening;
    expect(done).toEqual([]);
    expect(locks.isHeld(SID)).toBe(false);
  });

  test("[U97] [WP28] a tap while the page's former worker still holds the lock: taken up with its log; another page's without", async () => {
    for (const [page, resumed] of [
      [PAGE, `resume ${SID} with its log`],
      ["page 2", `resume ${SID}`],
    ] as const) {
      const { open, done, logs, table } = setUp([{ ...LEFT, page }]);
      logs.set(SID, {});
      await new SessionLocks(table as unknown as LockManager, page).take(SID);
      await open();
      expect(done).toEqual([resumed, "attach"]);
    }
  });

  test("telemetry that was given up while its login is prepared does not log in", async () => {
    const { opener, done, gates } = setUp();
    const { shut, pass } = gate();
    gates.login = shut;
    const opening = opener.openTelemetry(RECORD, KEY, false);
    opener.giveUp(DEVICE, "ssh2");
    pass();
    await opening;
    expect(done).toEqual([]);
  });
});

describe("opening telemetry", () => {
  test("[S49] [S39] of an adopted terminal the jump hosts' keys are those that it met; of an own one, what this page proved", async () => {
    const { terminal, opened, opener, recalled, done } = setUp();
    await opener.openTelemetry(RECORD, KEY, false);
    expect(recalled).toEqual([]);
    terminal.viaKeys = [KEY];
    await opener.openTelemetry(RECORD, KEY, false);
    expect(recalled).toEqual([{ via_host_keys: [KEY] }]);
    opened.record = RECORD;
    await opener.openTelemetry(RECORD, KEY, false);
    expect(recalled).toHaveLength(1);
    expect(done).toEqual(["telemetry login", "telemetry login", "telemetry login"]);
  });

  test("[S59] a locked vault is waited for before telemetry logs in; what was given up meanwhile logs in nowhere", async () => {
    for (const givenUp of [false, true]) {
      const { opener, done, gates } = setUp([]);
      const { shut, pass } = gate();
      gates.vault = shut;
      const opening = opener.openTelemetry(RECORD, undefined, false);
      await new Promise(setImmediate);
      expect(done).toEqual([]);
      if (givenUp) opener.giveUp(DEVICE, "ssh2");
      pass();
      await opening;
      expect(done).toEqual(givenUp ? [] : ["telemetry login"]);
    }
  });
});
