import type { ActorRefFrom } from "xstate";
import type { Down } from "#protocol/down.ts";
import type { Result, UiCommand, UiStateCommand } from "#protocol/local-messages.ts";
import type { DeviceRecord } from "#protocol/messages/devices.ts";
import type { ErrorPayload } from "#protocol/messages/error.ts";
import type { DeviceDelivery, deviceMachine, RestoredSession } from "./device.machine.ts";
import type { PresenceFact, Stamp, TelemetryMessageEvent, TerminalMessageEvent } from "./events.ts";
import type { LinkReport, linkMachine } from "./link.machine.ts";
import type { SignInReport, signInMachine } from "./sign-in.machine.ts";
import type { UiStateEvent, UiStateReport, uiStateMachine } from "./ui-state.machine.ts";
import type { PendingChange, UiFact, UiValues } from "./ui-values.ts";
import type { CatalogView, NoticeView } from "./views.ts";

/** Notices kept for reading later [U99]. */
export const NOTICES_MAX = 200;

export type RouterEvent =
  /** The only way in for messages [A11]. Commands have an `id`, under which `settle` answers them. */
  | ({ type: "message"; origin: "ui"; message: UiCommand; id: string } & Stamp)
  | ({ type: "message"; origin: "proxy"; message: Down } & Stamp)
  /** A fact that the worker knows about one session. */
  | ({ type: "router.deliver"; device: string; delivery: DeviceDelivery } & Stamp)
  /** A workspace of an earlier page or worker whose sessions may still be there. */
  | ({
      type: "router.restore";
      record: DeviceRecord;
      cols: number;
      rows: number;
      sessions: readonly RestoredSession[];
    } & Stamp)
  | ({ type: "router.stored"; values: UiValues | null; pending: readonly PendingChange[] } & Stamp)
  | ({ type: "router.notice"; notice: Omit<NoticeView, "id" | "at"> } & Stamp)
  | LinkReport
  | SignInReport
  | UiStateReport
  | { type: "device.closed"; id: string };

export type DeviceRef = ActorRefFrom<typeof deviceMachine>;

export type RouterContext = {
  sign_in: ActorRefFrom<typeof signInMachine>;
  ui_state: ActorRefFrom<typeof uiStateMachine>;
  /** By node; a single-node installation has one, and ui_state travels on it [WP1]. */
  links: Readonly<Record<string, ActorRefFrom<typeof linkMachine>>>;
  devices: ReadonlyMap<string, DeviceRef>;
  visible: boolean;
  online: boolean;
  link_up: boolean;
  elsewhere: CatalogView["elsewhere"];
  notices: readonly NoticeView[];
  noticed: number;
  /** Of the last event that had one; promises and timers have none. */
  last: Stamp;
};

export type RouterInput = Stamp & { home: string; visible: boolean; online: boolean };

export const UNKNOWN: ErrorPayload = { code: "unsupported", reason: "message", retry: "no" };
export const NOT_OPEN: ErrorPayload = { code: "invalid", reason: "not_open", retry: "no" };
export const NO_RECORD: ErrorPayload = { code: "invalid", reason: "unknown_device", retry: "user" };

type MessageEvent = Extract<RouterEvent, { type: "message" }>;

/** A refusal of the UI's command; the proxy's messages get no answer, their id is empty. */
export function refusal(event: RouterEvent, error: ErrorPayload): { id: string; result: Result } {
  const id = event.type === "message" && event.origin === "ui" ? event.id : "";
  return { id, result: { ok: false, error } };
}

export function commandOf(event: RouterEvent): { id: string; message: UiCommand } {
  if (event.type === "message" && event.origin === "ui") return { id: event.id, message: event.message };
  throw new TypeError(`not a command: ${event.type}`);
}

/** The `<type>.<action>` event for the addressed session [A11]. */
export function deliveryOf(event: MessageEvent): DeviceDelivery | undefined {
  const { message, at, random } = event;
  if (message.session_id !== "ssh1" && message.session_id !== "ssh2") return undefined;
  const routed = { type: `${message.type}.${message.action}`, message, at, random };
  // The schema ties session_id to type, which the compiler cannot follow through the template.
  return message.session_id === "ssh1"
    ? { type: "device.deliver", to: "ssh1", event: routed as unknown as TerminalMessageEvent }
    : { type: "device.deliver", to: "ssh2", event: routed as unknown as TelemetryMessageEvent };
}

export function presenceOf(event: RouterEvent): PresenceFact | undefined {
  if (event.type !== "message" || event.message.action !== "presence") return undefined;
  const { visible, online, event: cause } = event.message.payload;
  const wake = visible && online && cause !== "pagehide" && cause !== "freeze";
  return { type: "presence.changed", visible, online, wake, at: event.at, random: event.random };
}

/** What ui_state hears of a router event. */
export function uiEventOf(event: RouterEvent): UiStateEvent | undefined {
  if (event.type === "router.stored") {
    const { values, pending, at, random } = event;
    return { type: "ui.loaded", values, pending, at, random };
  }
  if (event.type !== "message") return undefined;
  const { at, random } = event;
  if (event.origin === "ui") {
    return { type: "ui.wish", id: event.id, wish: event.message as UiStateCommand, at, random };
  }
  const { message } = event;
  if (message.action === "error") return { type: "ui.error", re: message.re, error: message.payload, at, random };
  return { type: "ui.fact", fact: message as UiFact, at, random };
}

export function elsewhereOf({ payload }: Down<"sessions">): CatalogView["elsewhere"] {
  return payload.sessions.map(({ device, label, session_id, target, holder, other_client, sid, status }) => ({
    device,
    label,
    session_id,
    target,
    sid,
    ...(status === "ended" ? { ended: true as const } : {}),
    ...(holder === undefined ? {} : { holder }),
    ...(other_client === undefined ? {} : { other_client }),
  }));
}

export function noticeOf(event: RouterEvent): Omit<NoticeView, "id"> | undefined {
  if (event.type === "router.notice") return { ...event.notice, at: event.at };
  if (event.type !== "message" || event.message.action !== "error") return undefined;
  const { code, reason, detail } = event.message.payload;
  return {
    at: event.at,
    level: "error",
    text: detail ?? code,
    code: reason === undefined ? code : `${code}/${reason}`,
  };
}
