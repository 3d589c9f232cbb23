import { assign, setup, stopChild } from "xstate";
import type { Result, UiCommand } from "#protocol/local-messages.ts";
import type { DeviceRecord } from "#protocol/messages/devices.ts";
import { type DeviceInput, deviceMachine, type RestoredSession } from "./device.machine.ts";
import type { PresenceFact, Stamp } from "./events.ts";
import { type LinkEvent, linkMachine } from "./link.machine.ts";
import {
  commandOf,
  type DeviceRef,
  deliveryOf,
  elsewhereOf,
  NO_RECORD,
  NOT_OPEN,
  NOTICES_MAX,
  noticeOf,
  presenceOf,
  type RouterContext,
  type RouterEvent,
  type RouterInput,
  refusal,
  UNKNOWN,
  uiEventOf,
} from "./router-steps.ts";
import { type Destination, destinationOf, type Message } from "./routes.ts";
import { signInMachine } from "./sign-in.machine.ts";
import { uiStateMachine } from "./ui-state.machine.ts";
import { shownValues } from "./ui-values.ts";
import type { NoticeView } from "./views.ts";

const stampOf = ({ at, random }: Stamp): Stamp => ({ at, random });

function recordOf(context: RouterContext, message: Message): DeviceRecord | undefined {
  if (message.action !== "open") return undefined;
  const { values, pending } = context.ui_state.getSnapshot().context;
  const records = shownValues(values, pending).devices.records;
  return records.find((record) => record.id === message.device) ?? message.payload.quick;
}

function deviceInput(
  context: RouterContext,
  record: DeviceRecord,
  cols: number,
  rows: number,
  restored: readonly RestoredSession[],
): DeviceInput {
  const { visible, link_up, last } = context;
  return { id: record.id, record, cols, rows, restored, visible, link_up, at: last.at };
}

function withDevice(context: RouterContext, id: string, ref: DeviceRef): Partial<RouterContext> {
  return { devices: new Map([...context.devices, [id, ref]]) };
}

function withNotice(context: RouterContext, notice: Omit<NoticeView, "id">): Partial<RouterContext> {
  const noticed = context.noticed + 1;
  return { noticed, notices: [...context.notices, { ...notice, id: `n${noticed}` }].slice(-NOTICES_MAX) };
}

function eachLink(context: RouterContext, event: PresenceFact | Extract<LinkEvent, { type: `link.${string}` }>): void {
  for (const link of Object.values(context.links)) link.send(event);
}

/** What the worker does for the router. */
const placeholders = {
  /** Answers the command with that id; later answers to the same id change nothing. */
  settle: (_args: unknown, _params: { id: string; result: Result }): void => {},
  /** Answers a question from storage or the collector, under the command's id. */
  serve: (_args: unknown, _params: { id: string; message: UiCommand }): void => {},
  /** A workspace is closed: its secrets and runtimes go. */
  forgetDevice: (_args: unknown, _params: { id: string }): void => {},
  /** Sends a command of the UI to the proxy as it is. */
  toWire: (_args: unknown, _params: { id: string; message: UiCommand }): void => {},
};

/** Root of all actors: owns links, devices, ui_state and sign-in, and is the only door for messages. */
export const messageRouterMachine = setup({
  types: { context: {} as RouterContext, events: {} as RouterEvent, input: {} as RouterInput },
  actors: { link: linkMachine, device: deviceMachine, uiState: uiStateMachine, signIn: signInMachine },
  actions: {
    ...placeholders,
    takeStamp: assign(({ event }) => ("at" in event ? { last: { at: event.at, random: event.random } } : {})),
    openDevice: assign(({ context, event, spawn }) => {
      if (event.type !== "message" || event.message.action !== "open") return {};
      const { device: id, payload } = event.message;
      const record = recordOf(context, event.message);
      if (context.devices.has(id) || record === undefined) return {};
      const { cols, rows } = payload;
      return withDevice(
        context,
        id,
        spawn("device", { id, systemId: `d:${id}`, input: deviceInput(context, record, cols, rows, []) }),
      );
    }),
    restoreDevice: assign(({ context, event, spawn }) => {
      if (event.type !== "router.restore" || context.devices.has(event.record.id)) return {};
      const { record, cols, rows, sessions } = event;
      const input = deviceInput(context, record, cols, rows, sessions);
      return withDevice(context, record.id, spawn("device", { id: record.id, systemId: `d:${record.id}`, input }));
    }),
    dropDevice: assign(({ context, event }) => {
      if (event.type !== "device.closed") return {};
      return { devices: new Map([...context.devices].filter(([id]) => id !== event.id)) };
    }),
    deliverMessage: ({ context, event }) => {
      if (event.type !== "message") return;
      const delivery = deliveryOf(event);
      if (delivery !== undefined) context.devices.get(event.message.device)?.send(delivery);
    },
    deliver: ({ context, event }) => {
      if (event.type === "router.deliver") context.devices.get(event.device)?.send(event.delivery);
    },
    closeDevice: ({ context, event }) => {
      if (event.type !== "message" || event.message.action !== "close") return;
      const { how } = event.message.payload;
      context.devices.get(event.message.device)?.send({ type: "device.close", how, ...stampOf(event) });
    },
    toSignIn: ({ context, event }) => {
      if (event.type !== "message" || event.origin !== "ui") return;
      const type = event.message.action === "pair" ? "sign_in.pair" : "sign_in.sign_out";
      context.sign_in.send({ type, id: event.id, ...stampOf(event) });
    },
    toLinks: ({ context, event }) => {
      if (event.type === "message") eachLink(context, { type: "link.retry", ...stampOf(event) });
    },
    toUiState: ({ context, event }) => {
      const fact = uiEventOf(event);
      if (fact !== undefined) context.ui_state.send(fact);
    },
    takePresence: assign(({ event }) => {
      const fact = presenceOf(event);
      return fact === undefined ? {} : { visible: fact.visible, online: fact.online };
    }),
    tellPresence: ({ context, event }) => {
      const fact = presenceOf(event);
      if (fact === undefined) return;
      eachLink(context, fact);
      for (const device of context.devices.values()) device.send(fact);
    },
    tellLink: ({ context, event }) => {
      if (event.type !== "link.up" && event.type !== "link.lost") return;
      const up = event.type === "link.up";
      const heard_at = event.type === "link.lost" ? event.heard_at : undefined;
      for (const device of context.devices.values())
        device.send({ type: "device.link", up, heard_at, ...stampOf(event) });
      context.ui_state.send({ type: "ui.link", up, ...stampOf(event) });
      if (!up && event.check) context.sign_in.send({ type: "sign_in.check", ...stampOf(event) });
    },
    startLinks: ({ context }) => eachLink(context, { type: "link.start", ...context.last }),
    stopLinks: ({ context }) => eachLink(context, { type: "link.stop", ...context.last }),
    tellRecords: ({ context, event }) => {
      if (event.type !== "ui_state.records") return;
      for (const record of event.records) {
        const known = context.devices.get(record.id);
        if (known === undefined || known.getSnapshot().context.record === record) continue;
        known.send({ type: "device.record", record, ...context.last });
      }
    },
    takeElsewhere: assign(({ event }) =>
      event.type === "message" && event.message.action === "sessions" ? { elsewhere: elsewhereOf(event.message) } : {},
    ),
    takeNotice: assign(({ context, event }) => {
      const notice = noticeOf(event);
      return notice === undefined ? {} : withNotice(context, notice);
    }),
  },
  guards: {
    goes: ({ event }, to: Destination) => event.type === "message" && destinationOf(event.message, event.origin) === to,
    opens: ({ context, event }) =>
      event.type === "message" &&
      destinationOf(event.message, event.origin) === "open" &&
      (context.devices.has(event.message.device) || recordOf(context, event.message) !== undefined),
    isClosed: ({ context, event }) =>
      event.type === "message" &&
      ["session", "close"].includes(destinationOf(event.message, event.origin) ?? "") &&
      !context.devices.has(event.message.device),
  },
}).createMachine({
  id: "router",
  context: ({ input, spawn }) => ({
    sign_in: spawn("signIn", { id: "sign_in", systemId: "sign_in" }),
    ui_state: spawn("uiState", { id: "ui_state", systemId: "ui_state", input: { at: input.at } }),
    links: {
      [input.home]: spawn("link", {
        id: `link:${input.home}`,
        systemId: `link:${input.home}`,
        input: { node: input.home, visible: input.visible, online: input.online },
      }),
    },
    devices: new Map(),
    visible: input.visible,
    online: input.online,
    link_up: false,
    elsewhere: [],
    notices: [],
    noticed: 0,
    last: { at: input.at, random: input.random },
  }),
  on: {
    message: [
      {
        guard: "isClosed",
        actions: ["takeStamp", { type: "settle", params: ({ event }) => refusal(event, NOT_OPEN) }],
      },
      { guard: "opens", actions: ["takeStamp", "openDevice", "deliverMessage"] },
      {
        guard: { type: "goes", params: "open" },
        actions: { type: "settle", params: ({ event }) => refusal(event, NO_RECORD) },
      },
      { guard: { type: "goes", params: "session" }, actions: ["takeStamp", "deliverMessage"] },
      { guard: { type: "goes", params: "close" }, actions: ["takeStamp", "closeDevice"] },
      {
        guard: { type: "goes", params: "service" },
        actions: { type: "serve", params: ({ event }) => commandOf(event) },
      },
      { guard: { type: "goes", params: "wire" }, actions: { type: "toWire", params: ({ event }) => commandOf(event) } },
      { guard: { type: "goes", params: "sign_in" }, actions: ["takeStamp", "toSignIn"] },
      { guard: { type: "goes", params: "link" }, actions: ["takeStamp", "toLinks"] },
      { guard: { type: "goes", params: "presence" }, actions: ["takeStamp", "takePresence", "tellPresence"] },
      { guard: { type: "goes", params: "ui_wish" }, actions: ["takeStamp", "toUiState"] },
      { guard: { type: "goes", params: "ui_fact" }, actions: ["takeStamp", "toUiState"] },
      { guard: { type: "goes", params: "ui_error" }, actions: ["takeStamp", "toUiState"] },
      { guard: { type: "goes", params: "elsewhere" }, actions: "takeElsewhere" },
      { guard: { type: "goes", params: "notice" }, actions: "takeNotice" },
      { actions: { type: "settle", params: ({ event }) => refusal(event, UNKNOWN) } },
    ],
    "router.deliver": { actions: ["takeStamp", "deliver"] },
    "router.restore": { actions: ["takeStamp", "restoreDevice"] },
    "router.stored": { actions: ["takeStamp", "toUiState"] },
    "router.notice": { actions: ["takeStamp", "takeNotice"] },
    "link.up": { actions: ["takeStamp", assign({ link_up: true }), "tellLink"] },
    "link.lost": { actions: ["takeStamp", assign({ link_up: false }), "tellLink"] },
    "sign_in.in": { actions: "startLinks" },
    "sign_in.out": { actions: "stopLinks" },
    "ui_state.records": { actions: "tellRecords" },
    "device.closed": {
      actions: [
        stopChild(({ event }) => event.id),
        "dropDevice",
        { type: "forgetDevice", params: ({ event }) => ({ id: event.id }) },
      ],
    },
  },
});
