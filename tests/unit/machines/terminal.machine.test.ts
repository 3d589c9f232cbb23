import { describe, expect, test } from "vitest";
import { createActor } from "xstate";
import { commands } from "#bridge/commands.ts";
import { type TerminalEvent, type TerminalReport, terminalMachine } from "#machines/terminal.machine.ts";
import { NO_FIGURES, terminalView } from "#machines/view-projections.ts";
import type { UiCommand } from "#protocol/local-messages.ts";
import {
  authPrompt,
  connected,
  DEVICE,
  exit,
  failure,
  hostKeyQuestion,
  KEY,
  OTHER_KEY,
  progress,
  RECORD,
  state,
} from "#support/wire-messages.ts";

const T = { at: 5_000, random: 0.5 };
const ALGORITHMS = { kex: "k", host_key: "h", cipher_out: "c", cipher_in: "c", mac_out: "", mac_in: "" };

function setUp(restored = false) {
  const done: [string, unknown?][] = [];
  const reports: TerminalReport[] = [];
  const note = (name: string) => (_args: unknown, params?: unknown) => void done.push([name, params]);
  const machine = terminalMachine.provide({
    actions: {
      connect: note("connect"),
      attach: note("attach"),
      leave: note("leave"),
      abandon: note("abandon"),
      resize: note("resize"),
      answerHostKey: note("answerHostKey"),
      rememberKey: note("rememberKey"),
      staleInput: note("staleInput"),
      note: note("note"),
      report: (_args, report) => void reports.push(report),
    },
  });
  const facts = { host_key: KEY, server_ident: "SSH-2.0-x", simulated: false };
  const input = { device: DEVICE, record: RECORD, cols: 80, rows: 24, at: 0, restored: restored ? facts : undefined };
  const actor = createActor(machine, { input }).start();
  const heard = (message: { type: string; action: string }) =>
    actor.send({ type: `${message.type}.${message.action}`, message, ...T } as unknown as TerminalEvent);
  const say = (command: UiCommand) => heard(command);
  const open = (): void => say(commands.open(DEVICE, { cols: 100, rows: 30 }));
  const live = (): void => {
    open();
    heard(connected("ssh1"));
  };
  return {
    actor,
    done,
    reports,
    heard,
    say,
    open,
    live,
    fact: (event: TerminalEvent) => actor.send(event),
    view: () => terminalView(actor.getSnapshot(), NO_FIGURES),
    names: () => done.map(([name]) => name),
  };
}

describe("terminal machine", () => {
  test("open connects with the size of the screen; steps and banner are shown [U99]", () => {
    const { open, heard, view, done } = setUp();
    expect(view().phase).toBe("idle");
    open();
    expect(done).toEqual([["connect", { record: RECORD, cols: 100, rows: 30, adopt: undefined }]]);
    heard(progress("ssh1", "tcp"));
    expect(view()).toMatchObject({ phase: "connecting", step: "tcp", since: 5_000 });
    heard(progress("ssh1", "banner", "Hello "));
    heard(progress("ssh1", "banner", "world"));
    expect(view()).toMatchObject({ step: "tcp", banner: "Hello world" });
  });

  test("[S46] a trusted key is remembered only after connected proved it", () => {
    const { open, heard, say, view, done } = setUp();
    open();
    heard(hostKeyQuestion("ssh1"));
    expect(view().question).toMatchObject({ kind: "host_key", id: "q1" });
    say(commands.hostKeyReply(DEVICE, "ssh1", "q1", true));
    expect(view().question).toBeUndefined();
    expect(done.map(([name]) => name)).toEqual(["connect", "answerHostKey"]);
    heard(connected("ssh1"));
    expect(done.at(-1)).toEqual(["rememberKey", { host_key: KEY }]);
  });

  test("[S46] neither a refused key, nor another one than was shown, nor a simulated device's is remembered", () => {
    for (const [trust, changes] of [
      [false, {}],
      [true, { host_key: OTHER_KEY }],
      [true, { simulated: true }],
    ] as const) {
      const { open, heard, say, names } = setUp();
      open();
      heard(hostKeyQuestion("ssh1"));
      say(commands.hostKeyReply(DEVICE, "ssh1", "q1", trust));
      heard(connected("ssh1", changes));
      expect(names()).not.toContain("rememberKey");
    }
  });

  test("[S46] a trusted key stays for the workspace of a device outside of the list: a reconnect carries it", () => {
    const { open, heard, say, done } = setUp();
    open();
    heard(hostKeyQuestion("ssh1"));
    say(commands.hostKeyReply(DEVICE, "ssh1", "q1", true));
    heard(connected("ssh1"));
    heard(exit("ssh1"));
    say(commands.reconnect(DEVICE, { cols: 80, rows: 24 }));
    expect(done.at(-1)).toEqual(["connect", { record: { ...RECORD, pins: [KEY] }, cols: 80, rows: 24 }]);
    heard(connected("ssh1"));
    expect(done.filter(([name]) => name === "rememberKey")).toHaveLength(1);
  });

  test("[S72] an answer reaches the machine without its text", () => {
    const { open, heard, say, view, actor } = setUp();
    open();
    heard(authPrompt("ssh1"));
    expect(view().question).toMatchObject({ kind: "auth", method: "password", prompts: [{ echo: false }] });
    say(commands.authReply(DEVICE, "ssh1", "q2", { answers: [] }));
    expect(view().question).toBeUndefined();
    expect(JSON.stringify(actor.getPersistedSnapshot())).not.toContain("answers");
  });

  test("live tells the device, with the key that telemetry must find again [S49]", () => {
    const { live, reports, view } = setUp();
    live();
    expect(reports).toEqual([{ type: "ssh1.live", host_key: KEY, simulated: false, taken: false, ...T }]);
    expect(view()).toMatchObject({ phase: "live", auth_method: "password", cols: 80, rows: 24 });
  });

  test("a failed connect says why, and reconnect begins anew", () => {
    const { open, heard, say, view, names } = setUp();
    open();
    heard(failure("ssh1", "unreachable", { reason: "refused" }));
    expect(view()).toMatchObject({ phase: "ended", ended: { error: { code: "unreachable", reason: "refused" } } });
    say(commands.reconnect(DEVICE, { cols: 90, rows: 20 }));
    expect(view()).toMatchObject({ phase: "connecting", cols: 90 });
    expect(view().ended).toBeUndefined();
    expect(names()).toEqual(["connect", "connect"]);
  });

  test("cancel gives the attempt up", () => {
    const { open, say, view, names } = setUp();
    open();
    say(commands.cancel(DEVICE, "ssh1"));
    expect(view().phase).toBe("idle");
    expect(names()).toEqual(["connect", "abandon"]);
  });

  test("[WP35] a lost link suspends with the grace that is left; the answer resumes", () => {
    const { live, fact, view } = setUp();
    live();
    fact({ type: "session.link_lost", ...T });
    expect(view()).toMatchObject({ phase: "suspended", grace_until: 5_000 + 900_000 });
    fact({ type: "session.answered", state: state("resumed"), at: 6_000, random: 0 });
    expect(view()).toMatchObject({ phase: "live", since: 6_000 });
    expect(view().grace_until).toBeUndefined();
  });

  test("[WP35] grace counts what the proxy granted, from the moment in which it was heard last", () => {
    const { open, heard, fact, view } = setUp();
    open();
    heard(connected("ssh1", { grace_s: 60 }));
    fact({ type: "session.link_lost", heard_at: 2_000, ...T });
    expect(view().grace_until).toBe(2_000 + 60_000);
  });

  test("[WP36] a session that the proxy lost ends gone, with its reason", () => {
    const { live, fact, view } = setUp();
    live();
    fact({ type: "session.link_lost", ...T });
    fact({ type: "session.answered", state: state("gone", { reason: "restart" }), ...T });
    expect(view()).toMatchObject({
      phase: "ended",
      ended: { while_away: true, error: { code: "gone", reason: "restart" } },
    });
  });

  test("[I7] a session that ended meanwhile shows its last bytes first, then its exit", () => {
    const { live, fact, heard, view } = setUp();
    live();
    fact({ type: "session.link_lost", ...T });
    fact({ type: "session.answered", state: state("ended"), ...T });
    expect(view().phase).toBe("resuming");
    heard(exit("ssh1"));
    expect(view()).toMatchObject({ phase: "ended", ended: { code: 0, while_away: true } });
  });

  test("[WP28] busy and taken over name the holder, and only a person takes the session back", () => {
    const { live, fact, say, view, done, reports } = setUp();
    live();
    fact({ type: "session.link_lost", ...T });
    fact({ type: "session.answered", state: state("busy", { holder: "other tablet" }), ...T });
    expect(view()).toMatchObject({ phase: "busy", holder: "other tablet" });
    say(commands.takeOver(DEVICE, "ssh1"));
    expect(view().phase).toBe("resuming");
    expect(done.at(-1)).toEqual(["attach", { force: true }]);
    fact({ type: "session.answered", state: state("resumed"), ...T });
    expect(view().phase).toBe("live");
    // Telemetry comes along with what a person took, and with nothing else.
    fact({ type: "session.link_lost", ...T });
    fact({ type: "session.answered", state: state("resumed"), ...T });
    expect(reports.map((report) => "taken" in report && report.taken)).toEqual([false, true, false]);
  });

  test("[WP28] a session to adopt is asked for instead of a new one; gone, it is said so and nothing begins by itself", () => {
    const { fact, say, view, done, reports } = setUp();
    say(commands.open(DEVICE, { cols: 100, rows: 30, adopt: "n.sid" }));
    expect(done).toEqual([["connect", { record: RECORD, cols: 100, rows: 30, adopt: "n.sid" }]]);
    const about = {
      transport: "shell_pty",
      host_key: KEY,
      server_ident: "SSH-2.0-x",
      algorithms: ALGORITHMS,
      auth_method: "password",
      simulated: false,
      grace_s: 300,
    } as const;
    const facts = { host_key: KEY, server_ident: "SSH-2.0-x", simulated: false };
    fact({ type: "session.answered", state: state("resumed", { about }), facts, ...T });
    expect(view()).toMatchObject({ phase: "live", host_key: KEY, auth_method: "password", algorithms: ALGORITHMS });
    expect(reports).toMatchObject([{ type: "ssh1.live", taken: true }]);

    const gone = setUp();
    gone.say(commands.open(DEVICE, { cols: 100, rows: 30, adopt: "n.sid" }));
    gone.fact({ type: "session.answered", state: state("gone", { reason: "expired" }), ...T });
    expect(gone.view()).toMatchObject({ phase: "ended", ended: { error: { code: "gone" } } });
    gone.say(commands.reconnect(DEVICE, { cols: 100, rows: 30 }));
    expect(gone.done.at(-1)).toEqual(["connect", { record: RECORD, cols: 100, rows: 30, adopt: undefined }]);
  });

  test("[A4] a restored session begins in resuming, from a record, and knows its key", () => {
    const { view, fact, reports } = setUp(true);
    expect(view()).toMatchObject({ phase: "resuming", host_key: KEY });
    fact({ type: "session.answered", state: state("resumed"), ...T });
    expect(view().phase).toBe("live");
    expect(reports).toMatchObject([{ type: "ssh1.live", host_key: KEY }]);
  });

  test("gaps are kept for the view, the newest 64", () => {
    const { live, fact, view } = setUp();
    live();
    for (let at = 0; at < 70; at++) fact({ type: "session.gap", from: at, to: at + 1, ...T });
    expect(view().gaps).toHaveLength(64);
    expect(view().gaps.at(-1)).toEqual({ from: 69, to: 70 });
  });

  test("an error that ends nothing is noted; a size is passed on; closing leaves as told", () => {
    const { live, heard, say, fact, done, view } = setUp();
    live();
    heard(failure("ssh1", "unsupported", { reason: "terminal_size" }));
    expect(view().phase).toBe("live");
    expect(done.at(-1)?.[0]).toBe("note");
    say(commands.size(DEVICE, 120, 40));
    expect(done.at(-1)).toEqual(["resize", { cols: 120, rows: 40 }]);
    fact({ type: "device.close", how: "detach", ...T });
    expect(done.at(-1)).toEqual(["leave", { how: "detach" }]);
  });
});
