import { describe, expect, test } from "vitest";
import { createActor, SimulatedClock } from "xstate";
import { commands } from "#bridge/commands.ts";
import { telemetryMachine } from "#machines/telemetry.machine.ts";
import { LOGINS_MAX, telemetryDelay } from "#machines/telemetry-retry.ts";
import { AFTER_SSH1_MS, type TelemetryEvent } from "#machines/telemetry-setup.ts";
import { telemetryView } from "#machines/view-projections.ts";
import type { UiCommand } from "#protocol/local-messages.ts";
import type { DeviceRecord } from "#protocol/messages/devices.ts";
import {
  authPrompt,
  connected,
  DEVICE,
  exit,
  failure,
  hostKeyQuestion,
  KEY,
  RECORD,
  state,
} from "#support/wire-messages.ts";

function setUp(record: Partial<DeviceRecord> = {}) {
  const clock = new SimulatedClock();
  const done: [string, unknown?][] = [];
  const note = (name: string) => (_args: unknown, params?: unknown) => void done.push([name, params]);
  const machine = telemetryMachine.provide({
    actions: {
      connect: note("connect"),
      attach: note("attach"),
      leave: note("leave"),
      abandon: note("abandon"),
      answerHostKey: note("answerHostKey"),
      monitor: note("monitor"),
      noteConsent: note("noteConsent"),
      note: note("note"),
    },
  });
  const input = {
    device: DEVICE,
    record: { ...RECORD, ...record },
    at: 0,
    restored: undefined,
    visible: true,
    link_up: true,
  };
  const actor = createActor(machine, { clock, input }).start();
  const stamp = () => ({ at: clock.now(), random: 0.5 });
  const fact = (event: Record<string, unknown>) => actor.send({ ...event, ...stamp() } as unknown as TelemetryEvent);
  const heard = (message: { type: string; action: string }) =>
    fact({ type: `${message.type}.${message.action}`, message });
  const say = (command: UiCommand) => heard(command);
  const ssh1Live = (): void => fact({ type: "device.ssh1_live", host_key: KEY, simulated: false, taken: false });
  const connecting = (): void => {
    ssh1Live();
    clock.increment(AFTER_SSH1_MS);
  };
  const live = (): void => {
    connecting();
    heard(connected("ssh2"));
  };
  return {
    actor,
    clock,
    done,
    fact,
    heard,
    say,
    ssh1Live,
    connecting,
    live,
    view: () => telemetryView(actor.getSnapshot()),
    names: () => done.map(([name]) => name),
  };
}

describe("telemetry machine", () => {
  test("[T59] [S49] begins 1 s after ssh1 is live, with the key that ssh1 verified", () => {
    const { ssh1Live, clock, done, view } = setUp();
    expect(view()).toMatchObject({ phase: "idle", activity: "off" });
    ssh1Live();
    clock.increment(AFTER_SSH1_MS - 1);
    expect(done).toEqual([]);
    clock.increment(1);
    expect(done).toEqual([["connect", { record: RECORD, pin: KEY, taken: false }]]);
    expect(view().phase).toBe("connecting");
  });

  test("[S49] without a verified key it never connects, whatever is granted", () => {
    const { fact, clock, say, names } = setUp();
    fact({ type: "device.ssh1_live", host_key: undefined, simulated: false, taken: false });
    clock.increment(AFTER_SSH1_MS);
    say(commands.consent(DEVICE, true, false));
    say(commands.monitor(DEVICE, { refresh: "all" }));
    expect(names()).not.toContain("connect");
  });

  test("[S59] asks for consent once, and remembers what it was told to", () => {
    const { connecting, say, view, names } = setUp({ telemetry: "ask" });
    connecting();
    expect(view()).toMatchObject({ phase: "idle", activity: "asking_consent" });
    say(commands.consent(DEVICE, true, true));
    expect(view().phase).toBe("connecting");
    expect(names()).toEqual(["noteConsent", "connect"]);
  });

  test("[S59] a refusal stands until the person changes it; simulated devices imply consent [S42]", () => {
    const { connecting, say, view, ssh1Live, clock } = setUp({ telemetry: "ask" });
    connecting();
    say(commands.consent(DEVICE, false, false));
    expect(view()).toMatchObject({ phase: "idle", activity: "off", reason: "declined" });
    ssh1Live();
    clock.increment(AFTER_SSH1_MS);
    expect(view().phase).toBe("idle");
    const simulated = setUp({ telemetry: "ask" });
    simulated.fact({ type: "device.ssh1_live", host_key: KEY, simulated: true, taken: false });
    simulated.clock.increment(AFTER_SSH1_MS);
    expect(simulated.view().phase).toBe("connecting");
  });

  test("switched off it stays off", () => {
    const { connecting, view } = setUp({ telemetry: "off" });
    connecting();
    expect(view()).toMatchObject({ phase: "idle", activity: "off" });
  });

  test("[S49] another host key is refused without a question", () => {
    const { connecting, heard, done, view } = setUp();
    connecting();
    heard(hostKeyQuestion("ssh2"));
    expect(done.at(-1)).toEqual(["answerHostKey", { re: "q1", trust: false }]);
    heard(failure("ssh2", "host_key_changed"));
    expect(view()).toMatchObject({ phase: "ended", ended: { error: { code: "host_key_changed" } } });
  });

  test("[WP28] what was taken over goes back with the terminal when a person took that, and never by itself [I10]", () => {
    const { live, fact, done, view, ssh1Live } = setUp({ telemetry: "allowed" });
    live();
    fact({ type: "telemetry.taken_over", message: { payload: { by: "phone", epoch: 2 } } });
    expect(view()).toMatchObject({ phase: "taken_over", holder: "phone" });
    ssh1Live();
    expect(view().phase).toBe("taken_over");
    fact({ type: "device.ssh1_live", host_key: KEY, simulated: false, taken: true });
    expect(view().phase).toBe("resuming");
    expect(done.at(-1)).toEqual(["attach", { force: true }]);
  });

  test("[WP28] the first connect after a takeover says so, later ones do not", () => {
    const { fact, clock, done } = setUp({ telemetry: "allowed" });
    fact({ type: "device.ssh1_live", host_key: KEY, simulated: false, taken: true });
    clock.increment(AFTER_SSH1_MS);
    expect(done.at(-1)).toMatchObject(["connect", { taken: true }]);
    fact({ type: "session.answered", state: state("gone") });
    clock.increment(60_000);
    expect(done.at(-1)).toMatchObject(["connect", { taken: false }]);
  });

  test("[T60] a failed login ends it: zero automatic retries", () => {
    const { connecting, heard, clock, view, names } = setUp();
    connecting();
    heard(authPrompt("ssh2"));
    expect(view().question).toMatchObject({ kind: "auth" });
    heard(failure("ssh2", "auth_failed"));
    clock.increment(3_600_000);
    expect(view()).toMatchObject({ phase: "ended", ended: { error: { code: "auth_failed" } } });
    expect(names().filter((name) => name === "connect")).toHaveLength(1);
  });

  test("[T60] a failed network is tried again after 2, 4, 8 .. 60 s, and after six logins a person is asked", () => {
    const { connecting, heard, clock, view, names } = setUp();
    connecting();
    for (let attempt = 0; attempt < LOGINS_MAX - 1; attempt++) {
      heard(failure("ssh2", "unreachable"));
      expect(view()).toMatchObject({ phase: "connecting", activity: "off", reason: "unreachable" });
      clock.increment(telemetryDelay(attempt, 0.5) - 1);
      expect(names().filter((name) => name === "connect")).toHaveLength(attempt + 1);
      clock.increment(1);
      expect(names().filter((name) => name === "connect")).toHaveLength(attempt + 2);
    }
    heard(failure("ssh2", "unreachable"));
    expect(view()).toMatchObject({ phase: "ended", ended: { error: { code: "limit", reason: "logins" } } });
  });

  test("[T60] the delays double up to a minute, and respect what the proxy asks for", () => {
    expect([0, 1, 2, 3, 4, 5, 6].map((attempt) => telemetryDelay(attempt, 1))).toEqual([
      2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000,
    ]);
    expect(telemetryDelay(0, 0, 7)).toBe(7_000);
  });

  test("[T60] no retry while hidden or without a link", () => {
    const { connecting, heard, fact, clock, names } = setUp();
    const connects = () => names().filter((name) => name === "connect").length;
    connecting();
    fact({ type: "presence.changed", visible: false, online: true, wake: false });
    heard(failure("ssh2", "unreachable"));
    clock.increment(600_000);
    expect(connects()).toBe(1);
    fact({ type: "session.link_lost" });
    fact({ type: "presence.changed", visible: true, online: true, wake: true });
    clock.increment(600_000);
    expect(connects()).toBe(1);
    fact({ type: "session.link_up" });
    clock.increment(60_000);
    expect(connects()).toBe(2);
  });

  test("what the collector does is what the view says", () => {
    const { live, fact, view } = setUp();
    live();
    expect(view()).toMatchObject({ phase: "live", activity: "detecting" });
    const platform = { id: "frr", title: "FRRouting", evidence: "show version", chosen: false };
    fact({ type: "collector.platform", platform });
    fact({ type: "collector.phase", activity: "running", command: "show bgp summary json" });
    expect(view()).toMatchObject({ activity: "running", command: "show bgp summary json", platform });
    fact({ type: "collector.phase", activity: "throttled", reason: "cpu" });
    expect(view()).toMatchObject({ activity: "throttled", reason: "cpu" });
    expect(view().command).toBeUndefined();
    fact({ type: "collector.phase", activity: "paused" });
    expect(view().activity).toBe("paused");
    fact({ type: "collector.phase", activity: "waiting" });
    expect(view().activity).toBe("waiting");
  });

  test("[T44] the collector may ask for a new connection, or end with its reason", () => {
    const { live, fact, view, done } = setUp();
    live();
    fact({ type: "collector.reconnect", reason: "hung" });
    expect(view().phase).toBe("connecting");
    expect(done.at(-1)).toEqual(["leave", { how: "end" }]);
    const other = setUp();
    other.live();
    other.fact({ type: "collector.ended", reason: "needs_user", detail: "Username:" });
    expect(other.view()).toMatchObject({
      phase: "ended",
      ended: { error: { reason: "needs_user", detail: "Username:" } },
    });
  });

  test("[WP35] suspends and resumes with the link; a session that is gone waits for ssh1 [S59]", () => {
    const { live, fact, view, ssh1Live, clock, names } = setUp();
    live();
    fact({ type: "session.link_lost" });
    expect(view()).toMatchObject({ phase: "suspended", activity: "off" });
    fact({ type: "session.answered", state: state("resumed") });
    expect(view().phase).toBe("live");
    fact({ type: "session.link_lost" });
    fact({ type: "session.answered", state: state("gone", { reason: "restart" }) });
    clock.increment(600_000);
    expect(view()).toMatchObject({ phase: "ended", ended: { error: { code: "gone" } } });
    ssh1Live();
    clock.increment(AFTER_SSH1_MS);
    expect(names().filter((name) => name === "connect")).toHaveLength(2);
  });

  test("a device that hangs up is connected to again; an error of its own is judged by its code", () => {
    const { live, heard, view } = setUp();
    live();
    heard(exit("ssh2"));
    expect(view()).toMatchObject({ phase: "connecting", reason: "device_closed" });
    const other = setUp();
    other.live();
    other.heard(exit("ssh2", { code: "device_misbehaved", reason: "window" }));
    expect(other.view()).toMatchObject({ phase: "ended", ended: { error: { code: "device_misbehaved" } } });
  });

  test("withdrawn consent ends the connection at once", () => {
    const { live, say, view, done } = setUp();
    live();
    say(commands.consent(DEVICE, false, false));
    expect(view()).toMatchObject({ phase: "idle", reason: "declined" });
    expect(done.at(-1)).toEqual(["leave", { how: "end" }]);
  });
});
