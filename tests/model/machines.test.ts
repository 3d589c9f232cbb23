import { describe, expect, test, vi } from "vitest";
import {
  type AnyMachineSnapshot,
  createActor,
  type EventObject,
  fromCallback,
  fromPromise,
  SimulatedClock,
} from "xstate";
import { commands } from "#bridge/commands.ts";
import { linkMachine, type TransportOrder } from "#machines/link.machine.ts";
import { type PairOutcome, signInMachine, type WhoAmI } from "#machines/sign-in.machine.ts";
import { telemetryMachine } from "#machines/telemetry.machine.ts";
import { AFTER_SSH1_MS } from "#machines/telemetry-setup.ts";
import { terminalMachine } from "#machines/terminal.machine.ts";
import { uiStateMachine } from "#machines/ui-state.machine.ts";
import { CONFIRM_MS } from "#machines/ui-state-steps.ts";
import {
  linkView,
  NO_FIGURES,
  signInView,
  telemetryView,
  terminalView,
  uiStateView,
} from "#machines/view-projections.ts";
import type { LinkView, SessionPhase, SignInView, TelemetryView, UiStateView } from "#machines/views.ts";
import { uiFrame } from "#protocol/builders.ts";
import { CLOSE } from "#protocol/close-codes.ts";
import { DIAL_TIMEOUT_MS, HELLO_TIMEOUT_MS } from "#protocol/limits.ts";
import type { Result } from "#protocol/local-messages.ts";
import { delayName, type Walk, walkShortestPaths } from "#support/machine-paths.ts";
import {
  authPrompt,
  connected,
  DEVICE,
  exit,
  failure,
  hostKeyQuestion,
  KEY,
  progress,
  RECORD,
  state,
} from "#support/wire-messages.ts";

const T = { at: 1_000, random: 0.5 };
const PHASES: readonly SessionPhase[] = [
  "idle",
  "connecting",
  "live",
  "suspended",
  "resuming",
  "busy",
  "taken_over",
  "ended",
];
const said = (message: { type: string; action: string }): EventObject & { message: unknown } => {
  return { type: `${message.type}.${message.action}`, message, ...T };
};
const answered = (status: Parameters<typeof state>[0]) => ({ type: "session.answered", state: state(status), ...T });
const happened = (type: string, fields: object): EventObject => ({ type, ...fields, ...T });
const nothing = (): void => {};

/** Views have to survive a port, and a status of "error" would throw in the page [A6]. */
function checkView(view: object): void {
  expect(structuredClone(view)).toEqual(view);
  expect(Object.values(view)).not.toContain(undefined);
  expect(view).not.toHaveProperty("status");
}

/** Walks with a clock: a timer's event is the passing of its delay. */
function timed(actor: Walk["actor"], clock: SimulatedClock, delay: (name: string) => number): Walk {
  return {
    actor,
    stop: () => actor.stop(),
    perform(event) {
      const name = delayName(event);
      if (name === undefined) actor.send(event);
      else clock.increment(delay(name));
    },
  };
}

describe("shortest paths over the real machines [A10]", () => {
  test("link: every phase a person can see is reached, and paths agree with the actor", async () => {
    const seen = new Set<LinkView["phase"]>();
    const presence = (visible: boolean, online: boolean, wake: boolean) => {
      return { type: "presence.changed", visible, online, wake, ...T };
    };
    const input = { node: "any", visible: true, online: true };
    const machine = linkMachine.provide({
      actors: { transport: fromCallback<TransportOrder, { node: string }>(nothing) },
      actions: { report: nothing },
    });
    const places = await walkShortestPaths({
      machine,
      input,
      events: [
        { type: "link.start", ...T },
        { type: "link.stop", ...T },
        { type: "link.retry", ...T },
        { type: "transport.challenged", ...T },
        { type: "transport.welcomed", proxy_version: "1", ...T },
        { type: "transport.closed", code: 1006, reason: "", ...T },
        { type: "transport.closed", code: CLOSE.version, reason: "x", ...T },
        { type: "transport.suspected", ...T },
        { type: "transport.confirmed", rtt_ms: 1, p50_ms: 1, p95_ms: 1, ...T },
        { type: "transport.draining", deadline_s: 5, ...T },
        { type: "transport.silent", ...T },
        { type: "second.challenged", ...T },
        { type: "second.welcomed", proxy_version: "1", ...T },
        { type: "second.closed", code: 1006, reason: "", ...T },
        presence(true, true, true),
        presence(false, true, false),
        presence(true, false, false),
      ] as EventObject[],
      place: ({ value, context }) => JSON.stringify([value, context.visible, context.online, context.draining_until]),
      begin() {
        const clock = new SimulatedClock();
        const actor = createActor(machine, { clock, input }).start();
        const delays: Record<string, () => number> = {
          dialTimeout: () => DIAL_TIMEOUT_MS,
          greetTimeout: () => HELLO_TIMEOUT_MS,
          backoff: () => actor.getSnapshot().context.delay_ms,
        };
        return timed(actor, clock, (name) => delays[name]?.() ?? 0);
      },
      visit(snapshot) {
        const view = linkView(snapshot as never);
        checkView(view);
        seen.add(view.phase);
      },
    });
    expect([...seen].sort()).toEqual(
      ["dialling", "greeting", "offline", "online", "probing", "refused", "waiting"].sort(),
    );
    expect(places).toBeGreaterThan(15);
  });

  test("terminal: every phase and every step of connecting is reached", async () => {
    const seen = new Set<string>();
    const inner = new Set<string>();
    const machine = terminalMachine.provide({ actions: { report: nothing } });
    for (const restored of [undefined, { host_key: KEY, server_ident: "x", simulated: false }]) {
      const input = { device: DEVICE, record: RECORD, cols: 80, rows: 24, at: 0, restored };
      await walkShortestPaths({
        machine,
        input,
        events: [
          said(commands.open(DEVICE, { cols: 80, rows: 24 })),
          said(commands.reconnect(DEVICE, { cols: 80, rows: 24 })),
          said(commands.cancel(DEVICE, "ssh1")),
          said(commands.takeOver(DEVICE, "ssh1")),
          said(commands.hostKeyReply(DEVICE, "ssh1", "q1", true)),
          said(commands.authReply(DEVICE, "ssh1", "q2", { answers: [] })),
          said(hostKeyQuestion("ssh1")),
          said(authPrompt("ssh1")),
          said(progress("ssh1", "tcp")),
          said(progress("ssh1", "auth")),
          said(connected("ssh1")),
          said(failure("ssh1", "unreachable")),
          said(exit("ssh1")),
          { type: "terminal.taken_over", message: { payload: { by: "x", epoch: 2 } }, ...T } as EventObject,
          { type: "session.link_lost", ...T },
          { type: "device.close", how: "end", ...T },
          answered("resumed"),
          answered("gap"),
          answered("gone"),
          answered("busy"),
          answered("ended"),
          answered("connecting"),
        ] as EventObject[],
        place: ({ value, context }) => JSON.stringify([value, context.question?.kind, context.ended?.while_away]),
        begin: () => {
          const actor = createActor(machine, { input }).start();
          return { actor, stop: () => actor.stop(), perform: (event) => actor.send(event as never) };
        },
        visit(snapshot) {
          const view = terminalView(snapshot as never, NO_FIGURES);
          checkView(view);
          expect(view.since).toBeTypeOf("number");
          seen.add(view.phase);
          inner.add(JSON.stringify(snapshot.value));
          if (view.question !== undefined) expect(view.phase).toBe("connecting");
          if (view.phase === "ended") expect(view.ended).toBeDefined();
        },
      });
    }
    expect([...seen].sort()).toEqual([...PHASES].sort());
    for (const step of ["dialling", "verifyingHost", "authenticating"])
      expect(inner).toContain(`{"connecting":"${step}"}`);
  });

  test("telemetry: every phase and every activity is reached, and no path connects without a verified key", async () => {
    const phases = new Set<string>();
    const activities = new Set<TelemetryView["activity"]>();
    const pins: unknown[] = [];
    for (const telemetry of ["ask", "allowed", "off"] as const) {
      const input = {
        device: DEVICE,
        record: { ...RECORD, telemetry },
        at: 0,
        restored: undefined,
        visible: true,
        link_up: true,
      };
      await walkShortestPaths({
        machine: telemetryMachine,
        input,
        events: [
          { type: "device.ssh1_live", host_key: KEY, simulated: false, taken: false, ...T },
          { type: "session.link_lost", ...T },
          { type: "session.link_up", ...T },
          { type: "device.close", how: "end", ...T },
          said(commands.consent(DEVICE, true, false)),
          said(commands.consent(DEVICE, false, false)),
          said(commands.monitor(DEVICE, { refresh: "all" })),
          said(commands.cancel(DEVICE, "ssh2")),
          said(commands.takeOver(DEVICE, "ssh2")),
          said(authPrompt("ssh2")),
          said(progress("ssh2", "auth")),
          said(connected("ssh2")),
          said(failure("ssh2", "auth_failed")),
          said(failure("ssh2", "unreachable")),
          said(exit("ssh2")),
          { type: "telemetry.taken_over", message: { payload: { by: "x", epoch: 2 } }, ...T } as EventObject,
          ...["detecting", "waiting", "running", "paused", "throttled"].map((activity) => {
            return { type: "collector.phase", activity, ...T };
          }),
          { type: "collector.reconnect", reason: "hung", ...T },
          { type: "collector.ended", reason: "prompt", ...T },
          answered("resumed"),
          answered("gone"),
          answered("busy"),
          answered("connecting"),
        ] as EventObject[],
        place: ({ value, context }) =>
          JSON.stringify([value, context.consent, context.pin !== undefined, context.link_up, context.question?.kind]),
        begin() {
          const clock = new SimulatedClock();
          const machine = telemetryMachine.provide({
            actions: { connect: (_args, { pin }) => void pins.push(pin) },
          });
          const actor = createActor(machine, { clock, input }).start();
          const delays: Record<string, () => number> = {
            afterSsh1: () => AFTER_SSH1_MS,
            backoff: () => actor.getSnapshot().context.delay_ms,
          };
          return timed(actor, clock, (name) => delays[name]?.() ?? 0);
        },
        visit(snapshot) {
          const view = telemetryView(snapshot as never);
          checkView(view);
          expect(view.since).toBeTypeOf("number");
          phases.add(view.phase);
          activities.add(view.activity);
        },
      });
    }
    expect([...phases].sort()).toEqual([...PHASES].sort());
    expect(pins.length).toBeGreaterThan(0);
    expect(pins.every((pin) => pin === KEY)).toBe(true);
    expect([...activities].sort()).toEqual(
      ["asking_consent", "detecting", "off", "paused", "running", "throttled", "waiting"].sort(),
    );
  });

  test("ui_state: every state of synchronisation is reached, with and without a conflict", async () => {
    const seen = new Set<UiStateView["sync"]>();
    let conflicts = 0;
    const input = { at: 0 };
    const machine = uiStateMachine.provide({ actions: { report: nothing } });
    await walkShortestPaths({
      machine,
      input,
      events: [
        { type: "ui.loaded", values: null, pending: [], ...T },
        { type: "ui.link", up: true, ...T },
        { type: "ui.link", up: false, ...T },
        { type: "ui.wish", id: "w", wish: commands.setTheme("light"), ...T },
        { type: "ui.fact", fact: { ...uiFrame("theme_changed", { theme: "light", rev: 3 }), re: "w" }, ...T },
        happened("ui.error", { re: "w", error: { code: "storage", retry: "user" } }),
        happened("ui.error", {
          re: "w",
          error: { code: "conflict", retry: "user", current: { theme: "crt-amber", rev: 5 } },
        }),
      ] as EventObject[],
      place: ({ value, context }) =>
        JSON.stringify([value, Math.min(2, context.pending.length), context.conflict?.what, context.error?.code]),
      begin() {
        const clock = new SimulatedClock();
        return timed(createActor(machine, { clock, input }).start(), clock, () => CONFIRM_MS);
      },
      visit(snapshot: AnyMachineSnapshot) {
        const view = uiStateView(snapshot as never);
        checkView(view);
        seen.add(view.sync);
        if (view.conflict !== undefined) conflicts++;
      },
    });
    expect([...seen].sort()).toEqual(["loading", "offline", "pending", "synced"]);
    expect(conflicts).toBeGreaterThan(0);
  });

  test("sign-in: every phase is reached, each through a promise that settled so", async () => {
    const seen = new Set<SignInView["phase"]>();
    const me: WhoAmI = { who: "paired", user: "owner", label: "tablet" };
    const answers: [string, unknown][] = [
      ["whoAmI", me],
      ["whoAmI", { who: "unpaired" }],
      ["whoAmI", { who: "revoked" }],
      ["whoAmI", { who: "unreachable", known: null }],
      ["whoAmI", { who: "unreachable", known: { user: "owner", label: "tablet" } }],
      ["pair", { ok: true, user: "owner", label: "tablet" }],
      ["pair", { ok: false, error: { code: "auth_failed", reason: "pair_used", retry: "user" } }],
      ["signOut", { ok: true }],
      ["signOut", { ok: false, error: { code: "offline", retry: "yes" } }],
    ];
    /** Where each promise is invoked, as XState names the end of an invocation. */
    const INVOKED: Readonly<Record<string, readonly string[]>> = {
      whoAmI: ["0.sign_in.checking", "0.sign_in.paired.asking"],
      pair: ["0.sign_in.pairing"],
      signOut: ["0.sign_in.signingOut"],
    };
    const machine = signInMachine.provide({ actions: { report: nothing } });
    await walkShortestPaths({
      machine,
      events: [
        { type: "sign_in.pair", id: "c", ...T },
        { type: "sign_in.sign_out", id: "c", ...T },
        { type: "sign_in.check", ...T },
        ...answers.flatMap(([name, output]) =>
          (INVOKED[name] ?? []).map((actorId) => ({ type: `xstate.done.actor.${actorId}`, actorId, output })),
        ),
      ] as EventObject[],
      place: ({ value, context }) => JSON.stringify([value, context.error?.code, context.user]),
      begin() {
        let settle: (output: never) => void = nothing;
        const promise = <Output>() => fromPromise(() => new Promise<Output>((resolve) => (settle = resolve)));
        const walked = machine.provide({
          actors: { whoAmI: promise<WhoAmI>(), pair: promise<PairOutcome>(), signOut: promise<Result>() },
        });
        const actor = createActor(walked).start();
        return {
          actor,
          stop: () => actor.stop(),
          async perform(event) {
            if (!event.type.startsWith("xstate.done.actor.")) actor.send(event as never);
            else {
              const before = actor.getSnapshot();
              settle((event as unknown as { output: never }).output);
              await vi.waitFor(() => expect(actor.getSnapshot()).not.toBe(before));
            }
          },
        };
      },
      visit(snapshot) {
        const view = signInView(snapshot as never);
        checkView(view);
        seen.add(view.phase);
      },
    });
    expect([...seen].sort()).toEqual(["checking", "paired", "pairing", "revoked", "unpaired"]);
  });
});
