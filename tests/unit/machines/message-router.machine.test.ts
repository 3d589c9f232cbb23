import { describe, expect, test } from "vitest";
import { createActor, fromCallback, fromPromise, SimulatedClock } from "xstate";
import { commands } from "#bridge/commands.ts";
import { deviceMachine } from "#machines/device.machine.ts";
import { linkMachine, type TransportFact, type TransportOrder } from "#machines/link.machine.ts";
import { messageRouterMachine } from "#machines/message-router.machine.ts";
import { signInMachine, type WhoAmI } from "#machines/sign-in.machine.ts";
import { telemetryMachine } from "#machines/telemetry.machine.ts";
import { terminalMachine } from "#machines/terminal.machine.ts";
import { catalogView } from "#machines/ui-values.ts";
import { errorFrame, linkFrame, uiFrame } from "#protocol/builders.ts";
import type { Down } from "#protocol/down.ts";
import type { Result, UiCommand } from "#protocol/local-messages.ts";
import { connected, DEVICE, KEY, RECORD, SID, state } from "#support/wire-messages.ts";

const T = { at: 1_000, random: 0.5 };

function setUp() {
  const settled: [string, Result][] = [];
  const done: string[] = [];
  let report: (fact: TransportFact) => void = () => {};
  const note = (name: string) => (): void => void done.push(name);
  const machine = messageRouterMachine.provide({
    actors: {
      link: linkMachine.provide({
        actors: {
          transport: fromCallback<TransportOrder, { node: string }>(({ sendBack }) => {
            report = sendBack;
          }),
        },
      }),
      signIn: signInMachine.provide({
        actors: { whoAmI: fromPromise(() => new Promise<WhoAmI>(() => {})) },
      }),
      device: deviceMachine.provide({
        actors: {
          terminal: terminalMachine.provide({
            actions: { connect: note("ssh1.connect"), leave: (_args, { how }) => void done.push(`ssh1.${how}`) },
          }),
          telemetry: telemetryMachine.provide({
            actions: { connect: note("ssh2.connect"), leave: (_args, { how }) => void done.push(`ssh2.${how}`) },
          }),
        },
      }),
    },
    actions: {
      settle: (_args, { id, result }) => void settled.push([id, result]),
      serve: (_args, { message }) => void done.push(`serve.${message.action}`),
      toWire: (_args, { message }) => void done.push(`wire.${message.action}`),
      forgetDevice: (_args, { id }) => void done.push(`forget.${id}`),
    },
  });
  const clock = new SimulatedClock();
  const input = { home: "any", visible: true, online: true, ...T };
  const actor = createActor(machine, { clock, systemId: "router", input }).start();
  let ids = 0;
  const say = (message: UiCommand): string => {
    const id = `c${++ids}`;
    actor.send({ type: "message", origin: "ui", message, id, ...T });
    return id;
  };
  const heard = (message: Down) => actor.send({ type: "message", origin: "proxy", message, ...T });
  actor.send({ type: "router.stored", values: null, pending: [], ...T });
  const online = (): void => {
    actor.getSnapshot().context.sign_in.getSnapshot();
    actor.send({ type: "sign_in.in" });
    report({ type: "transport.challenged", ...T });
    report({ type: "transport.welcomed", proxy_version: "1", ...T });
    heard(uiFrame("devices_changed", { records: [RECORD], rev: 1 }));
  };
  const device = () => actor.getSnapshot().context.devices.get(DEVICE)?.getSnapshot().context;
  const open = () => say(commands.open(DEVICE, { cols: 80, rows: 24 }));
  return {
    actor,
    clock,
    settled,
    done,
    say,
    heard,
    online,
    open,
    device,
    report: (fact: TransportFact) => report(fact),
  };
}

const phase = (actor: { getSnapshot(): { value: unknown } } | undefined): unknown => actor?.getSnapshot().value;

describe("message router", () => {
  test("[A11] an unknown triple is answered unsupported", () => {
    const { say, settled } = setUp();
    const odd = { v: 1, device: "-", session_id: "link", type: "terminal", action: "pair", payload: {} };
    const id = say(odd as unknown as UiCommand);
    expect(settled).toMatchObject([[id, { ok: false, error: { code: "unsupported" } }]]);
  });

  test("[A11] a message for a device that is not open is refused by name; one nobody knows too", () => {
    const { say, settled, open } = setUp();
    say(commands.size(DEVICE, 80, 24));
    open();
    expect(settled.map(([, result]) => (result.ok ? "" : result.error.reason))).toEqual(["not_open", "unknown_device"]);
  });

  test("open begins a workspace from the user's list, or from a quick record", () => {
    const { online, open, done, device, say, actor } = setUp();
    online();
    open();
    expect(device()?.record).toEqual(RECORD);
    expect(done).toEqual(["ssh1.connect"]);
    const quick = { ...RECORD, id: "BBBBBBBBBBBBBBBBBBBBBB" };
    say(commands.open(quick.id, { cols: 80, rows: 24, quick }));
    expect([...actor.getSnapshot().context.devices.keys()]).toEqual([DEVICE, quick.id]);
  });

  test("[A9] actors are found by their system ids", () => {
    const { online, open, actor } = setUp();
    online();
    open();
    for (const id of ["router", "link:any", "ui_state", "sign_in", `d:${DEVICE}`, `${DEVICE}/ssh1`, `${DEVICE}/ssh2`]) {
      expect(actor.system.get(id), id).toBeDefined();
    }
  });

  test("[T59] a message goes to its session alone; ssh2 follows ssh1 by a second", () => {
    const { online, open, heard, device, done, clock } = setUp();
    online();
    open();
    heard(connected("ssh1"));
    expect(phase(device()?.ssh1)).toBe("live");
    expect(phase(device()?.ssh2)).toBe("settling");
    clock.increment(1_000);
    expect(done).toEqual(["ssh1.connect", "ssh2.connect"]);
    expect(device()?.ssh2.getSnapshot().context.pin).toEqual(KEY);
  });

  test("a lost link suspends every session and marks ui_state offline; a check is asked for [S21]", () => {
    const { online, open, heard, device, report, actor } = setUp();
    online();
    open();
    heard(connected("ssh1"));
    report({ type: "transport.closed", code: 1006, reason: "", ...T });
    expect(phase(device()?.ssh1)).toBe("suspended");
    expect(actor.getSnapshot().context.ui_state.getSnapshot().matches({ ready: "offline" })).toBe(true);
    const delivery = {
      type: "device.deliver",
      to: "ssh1",
      event: { type: "session.answered", state: state("resumed"), ...T },
    } as const;
    actor.send({ type: "router.deliver", device: DEVICE, delivery, ...T });
    expect(phase(device()?.ssh1)).toBe("live");
  });

  test("close ends ssh2 in any case, forgets the device, and frees its name", () => {
    const { online, open, heard, say, done, actor } = setUp();
    online();
    open();
    heard(connected("ssh1"));
    say(commands.close(DEVICE, "detach"));
    expect(done.slice(-3)).toEqual(["ssh1.detach", "ssh2.end", `forget.${DEVICE}`]);
    expect(actor.getSnapshot().context.devices.size).toBe(0);
    expect(actor.system.get(`d:${DEVICE}`)).toBeUndefined();
    open();
    expect(actor.getSnapshot().context.devices.size).toBe(1);
  });

  test("[A4] a restored workspace starts its sessions in resuming", () => {
    const { actor, device } = setUp();
    const facts = { host_key: KEY, server_ident: "x", simulated: false };
    const sessions = [{ session_id: "ssh1" as const, ...facts }];
    actor.send({ type: "router.restore", record: RECORD, cols: 80, rows: 24, sessions, ...T });
    expect(phase(device()?.ssh1)).toBe("resuming");
    expect(phase(device()?.ssh2)).toBe("idle");
    expect(device()?.ssh1.getSnapshot().context.since).toBe(T.at);
  });

  test("a changed record reaches the open device", () => {
    const { online, open, heard, device } = setUp();
    online();
    open();
    heard(uiFrame("devices_changed", { records: [{ ...RECORD, label: "edge" }], rev: 2 }));
    expect(device()?.record.label).toBe("edge");
    expect(device()?.ssh1.getSnapshot().context.record.label).toBe("edge");
  });

  test("questions go to their service, lists to the wire, presence to links and sessions", () => {
    const { online, open, say, done, device, actor } = setUp();
    online();
    open();
    say(commands.historyList(DEVICE, "", 10));
    say(commands.table(DEVICE, { panel: "bgp", table: "rows", offset: 0, limit: 10 }));
    say(commands.listSessions());
    expect(done.slice(-3)).toEqual(["serve.history_list", "serve.table", "wire.list_sessions"]);
    say(commands.presence({ visible: false, online: true, event: "visibility" }));
    expect(actor.getSnapshot().context.visible).toBe(false);
    expect(device()?.ssh2.getSnapshot().context.visible).toBe(false);
  });

  test("the proxy's list of sessions and errors of the link are kept for the views", () => {
    const { heard, actor } = setUp();
    heard(
      linkFrame("sessions", {
        sessions: [
          {
            sid: SID,
            device: DEVICE,
            label: "core",
            session_id: "ssh1",
            target: RECORD.target,
            status: "attached",
            holder: "laptop",
            since: 1,
          },
        ],
      }),
    );
    heard(errorFrame("link", { code: "overloaded", reason: "rate", retry: "yes", detail: "slow down" }));
    const { elsewhere, notices } = actor.getSnapshot().context;
    const { target } = RECORD;
    expect(elsewhere).toEqual([
      { sid: SID, device: DEVICE, label: "core", session_id: "ssh1", target, holder: "laptop" },
    ]);
    expect(notices).toMatchObject([
      { id: "n1", level: "error", text: "slow down", code: "overloaded/rate", at: 1_000 },
    ]);
    const view = catalogView(
      { ...actor.getSnapshot().context.ui_state.getSnapshot().context.values },
      "cache",
      [],
      elsewhere,
    );
    expect(view.elsewhere).toBe(elsewhere);
  });

  test("[U99] notices are bounded, the newest stay", () => {
    const { actor } = setUp();
    for (let at = 0; at < 250; at++) {
      actor.send({ type: "router.notice", notice: { level: "info", text: `${at}` }, ...T });
    }
    const { notices } = actor.getSnapshot().context;
    expect(notices).toHaveLength(200);
    expect(notices.at(-1)).toMatchObject({ id: "n250", text: "249" });
  });
});
