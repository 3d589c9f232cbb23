import { fromCallback, fromPromise } from "xstate";
import { deviceMachine } from "#machines/device.machine.ts";
import { linkMachine, type SecondFact, type TransportFact, type TransportOrder } from "#machines/link.machine.ts";
import { messageRouterMachine } from "#machines/message-router.machine.ts";
import { signInMachine } from "#machines/sign-in.machine.ts";
import { telemetryMachine } from "#machines/telemetry.machine.ts";
import { terminalMachine } from "#machines/terminal.machine.ts";
import { type KeptUiState, uiStateMachine } from "#machines/ui-state.machine.ts";
import type { PendingChange } from "#machines/ui-values.ts";
import { NO_DEVICE, type ShellSessionId } from "#protocol/ids.ts";
import type { Result, UiCommand } from "#protocol/local-messages.ts";
import type { DeviceRecord } from "#protocol/messages/devices.ts";
import type { ErrorPayload } from "#protocol/messages/error.ts";
import type { HostKey } from "#protocol/messages/target.ts";
import type { Up } from "#protocol/up.ts";
import type { Attempt } from "./actors/link-pair.ts";
import type { SignInDesk } from "./actors/sign-in-desk.ts";
import type { TelemetryRuntime } from "./telemetry-runtime.ts";
import type { TerminalRuntime } from "./terminal-runtime.ts";

/** What the machines' placeholders become in the worker. */
export type Effects = {
  dial(node: string, report: (fact: TransportFact | SecondFact) => void): Attempt;
  signIn: SignInDesk;
  settle(id: string, result: Result): void;
  serve(id: string, message: UiCommand): void;
  /** False when there is no link. */
  send(message: Up): boolean;
  terminal(device: string): TerminalRuntime | undefined;
  telemetry(device: string): TelemetryRuntime | undefined;
  /** Takes a session of this device up that was left to its grace, or the one to `adopt`; or asks for a new one. */
  openTerminal(record: DeviceRecord, cols: number, rows: number, adopt: string | undefined): void;
  /** `taken`: the terminal was taken over from another page, and telemetry of the device comes along [WP28]. */
  openTelemetry(record: DeviceRecord, pin: HostKey | undefined, taken: boolean): void;
  /** A person gave the session up, left or closed it: what is still being opened goes on no further. */
  givenUp(device: string, session_id: ShellSessionId): void;
  /** The workspace of a device is closed: forget its secrets and runtimes. */
  closed(device: string): void;
  editRecord(device: string, edit: (record: DeviceRecord) => DeviceRecord): void;
  storeUiState(kept: KeptUiState): void;
  note(device: string | undefined, error: ErrorPayload): void;
};

/** The router with everything below it, its placeholders filled in [A1]. */
export function provideMachines(effects: Effects): typeof messageRouterMachine {
  return messageRouterMachine.provide({
    actors: {
      link: provideLink(effects),
      signIn: provideSignIn(effects),
      uiState: provideUiState(effects),
      device: deviceMachine.provide({
        actors: { terminal: provideTerminal(effects), telemetry: provideTelemetry(effects) },
      }),
    },
    actions: {
      settle: (_args, { id, result }) => effects.settle(id, result),
      serve: (_args, { id, message }) => effects.serve(id, message),
      forgetDevice: (_args, { id }) => effects.closed(id),
      toWire: (_args, { id, message }) => {
        const sent = effects.send({ ...message, device: NO_DEVICE, id } as Up);
        effects.settle(id, sent ? { ok: true } : { ok: false, error: { code: "offline", retry: "yes" } });
      },
    },
  });
}

function provideLink(effects: Effects): typeof linkMachine {
  return linkMachine.provide({
    actors: {
      transport: fromCallback<TransportOrder, { node: string }>(({ input, sendBack, receive }) => {
        const attempt = effects.dial(input.node, sendBack);
        receive((order) => attempt.order(order));
        return () => attempt.stop();
      }),
    },
  });
}

function provideSignIn(effects: Effects): typeof signInMachine {
  return signInMachine.provide({
    actors: {
      whoAmI: fromPromise(() => effects.signIn.whoAmI()),
      pair: fromPromise(() => effects.signIn.pair()),
      signOut: fromPromise(() => effects.signIn.signOut()),
    },
    actions: {
      settle: (_args, { id, result }) => {
        if (id !== undefined) effects.settle(id, result);
      },
    },
  });
}

function provideUiState(effects: Effects): typeof uiStateMachine {
  return uiStateMachine.provide({
    actions: {
      perform: (_args, outbox) => {
        for (const effect of outbox) {
          if (effect.do === "settle") effects.settle(effect.id, effect.result);
          else if (effect.do === "note") effects.note(undefined, effect.error);
          else effects.send(wireOf(effect.change));
        }
      },
      store: (_args, kept) => effects.storeUiState(kept),
    },
  });
}

/** A wish as the proxy takes it: with its id, and the revision that it is based on. */
function wireOf({ id, wish, base_rev }: PendingChange): Up {
  return { ...wish, id, payload: { ...wish.payload, base_rev } } as Up;
}

function provideTerminal(effects: Effects): typeof terminalMachine {
  return terminalMachine.provide({
    actions: {
      connect: ({ context }, { record, cols, rows, adopt }) => {
        effects.openTerminal({ ...record, id: context.device }, cols, rows, adopt);
      },
      attach: ({ context }, { force }) => effects.terminal(context.device)?.attach(force),
      leave: ({ context }, { how }) => {
        effects.givenUp(context.device, "ssh1");
        effects.terminal(context.device)?.leave(how);
      },
      abandon: ({ context }) => {
        effects.givenUp(context.device, "ssh1");
        effects.terminal(context.device)?.abandon();
      },
      resize: ({ context }, { cols, rows }) => effects.terminal(context.device)?.resize(cols, rows),
      answerHostKey: ({ context }, { re, trust }) => answerHostKey(effects, context.device, "ssh1", re, trust),
      rememberKey: ({ context }, { host_key }) => {
        const pin = (record: DeviceRecord): DeviceRecord => ({ ...record, pins: [...record.pins, host_key] });
        effects.editRecord(context.device, pin);
        effects.terminal(context.device)?.editRecord(pin);
      },
      staleInput: ({ context }, { what }) => effects.terminal(context.device)?.staleInput(what),
      note: ({ context }, error) => effects.note(context.device, error),
    },
  });
}

function provideTelemetry(effects: Effects): typeof telemetryMachine {
  return telemetryMachine.provide({
    actions: {
      connect: ({ context }, { record, pin, taken }) =>
        effects.openTelemetry({ ...record, id: context.device }, pin, taken),
      attach: ({ context }, { force }) => effects.telemetry(context.device)?.attach(force),
      leave: ({ context }, { how }) => {
        effects.givenUp(context.device, "ssh2");
        effects.telemetry(context.device)?.leave(how);
      },
      abandon: ({ context }) => {
        effects.givenUp(context.device, "ssh2");
        effects.telemetry(context.device)?.abandon();
      },
      answerHostKey: ({ context }, { re, trust }) => answerHostKey(effects, context.device, "ssh2", re, trust),
      monitor: ({ context, event }) => {
        if (event.type !== "telemetry.monitor") return;
        const { payload } = event.message;
        effects.telemetry(context.device)?.monitor(payload);
        const { platform } = payload;
        if (platform !== undefined) effects.editRecord(context.device, (record) => ({ ...record, platform }));
      },
      noteConsent: ({ context, event }) => {
        if (event.type !== "telemetry.consent" || !event.message.payload.remember) return;
        const telemetry = event.message.payload.granted ? "allowed" : "off";
        effects.editRecord(context.device, (record) => ({ ...record, telemetry }));
      },
      note: ({ context }, error) => effects.note(context.device, error),
    },
  });
}

function answerHostKey(effects: Effects, device: string, session: "ssh1" | "ssh2", re: string, trust: boolean): void {
  const type = session === "ssh1" ? "terminal" : "telemetry";
  effects.send({ v: 1, device, session_id: session, type, action: "host_key_reply", re, payload: { trust } });
}
