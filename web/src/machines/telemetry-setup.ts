import { assign, setup } from "xstate";
import type { DeviceRecord } from "#protocol/messages/devices.ts";
import type { ErrorPayload } from "#protocol/messages/error.ts";
import type { HostKey } from "#protocol/messages/target.ts";
import type { LinkFact, PresenceFact, RestoredFacts, Stamp, TelemetryMessageEvent } from "./events.ts";
import {
  CLEARED,
  connectedUpdate,
  errorEnd,
  exitEnd,
  goneEnd,
  progressUpdate,
  questionOf,
  type SessionContext,
} from "./session-context.ts";
import { isNetworkFailure, LOGINS_MAX, recentLogins, telemetryDelay } from "./telemetry-retry.ts";
import type { SessionEndView, TelemetryView } from "./views.ts";

/** ssh2 starts this long after ssh1 is live [T59]. */
export const AFTER_SSH1_MS = 1_000;

export type TelemetryContext = SessionContext &
  Pick<TelemetryView, "platform" | "profile" | "command" | "next_due" | "reason"> & {
    /** The key that ssh1 verified: the only one that ssh2 accepts [S49]. */
    pin?: HostKey | undefined;
    /** The person's word in this workspace; the record keeps it for later ones [S59]. */
    consent: "unknown" | "granted" | "denied";
    attempt: number;
    delay_ms: number;
    logins: readonly number[];
    visible: boolean;
    link_up: boolean;
    restored: boolean;
    away: boolean;
    /** A person took ssh1 over from another page: ssh2 comes along, once [WP28]. */
    taken: boolean;
    /** When the timer that runs will ring. */
    timer_at: number;
  };

export type TelemetryInput = {
  device: string;
  record: DeviceRecord;
  at: number;
  restored: RestoredFacts | undefined;
  visible: boolean;
  link_up: boolean;
};

/** What the collector's driver reports; readings are emitted elsewhere and never sent [A5]. */
export type CollectorFact =
  | ({
      type: "collector.phase";
      activity: "detecting" | "waiting" | "running" | "paused" | "throttled";
      reason?: string | undefined;
      command?: string | undefined;
      next_due?: number | undefined;
    } & Stamp)
  | ({ type: "collector.platform"; platform: NonNullable<TelemetryView["platform"]> } & Stamp)
  /** The collector closed the channel and wants a new connection after a pause [T44]. */
  | ({ type: "collector.reconnect"; reason: string } & Stamp)
  | ({ type: "collector.ended"; reason: string; detail?: string | undefined } & Stamp);

export type TelemetryEvent =
  | TelemetryMessageEvent
  | LinkFact
  | CollectorFact
  | PresenceFact
  | ({ type: "device.record"; record: DeviceRecord } & Stamp)
  | ({ type: "device.ssh1_live"; host_key: HostKey | undefined; simulated: boolean; taken: boolean } & Stamp)
  | ({ type: "device.close"; how: "end" | "detach" } & Stamp);

export const telemetrySetup = setup({
  types: { context: {} as TelemetryContext, events: {} as TelemetryEvent, input: {} as TelemetryInput },
  actions: {
    connect: (_args, _params: { record: DeviceRecord; pin: HostKey | undefined; taken: boolean }): void => {},
    attach: (_args, _params: { force: boolean }): void => {},
    leave: (_args, _params: { how: "end" | "detach" }): void => {},
    abandon: (): void => {},
    answerHostKey: (_args, _params: { re: string; trust: boolean }): void => {},
    /** Hands the payload of `telemetry.monitor` to the collector. */
    monitor: (): void => {},
    /** The person's word of `telemetry.consent`; with `remember` it goes into the device record [S59]. */
    noteConsent: (): void => {},
    note: (_args, _params: ErrorPayload): void => {},
    begin: assign(({ context, event }) => {
      // A timer's event has no time of its own, but it was known when the timer was set.
      const at = event.at ?? context.timer_at;
      return {
        ...CLEARED,
        reason: undefined,
        command: undefined,
        next_due: undefined,
        since: at,
        logins: [...recentLogins(context.logins, at), at],
      };
    }),
    takeSsh1: assign(({ event }) =>
      event.type === "device.ssh1_live"
        ? {
            pin: event.host_key,
            simulated: event.simulated,
            taken: event.taken,
            attempt: 0,
            ended: undefined,
            since: event.at,
            timer_at: event.at + AFTER_SSH1_MS,
          }
        : {},
    ),
    takePin: assign(({ event }) => (event.type === "device.ssh1_live" ? { pin: event.host_key } : {})),
    /** Of a session that another client had opened. */
    takeFacts: assign(({ event }) => {
      if (event.type !== "session.answered" || event.state.about === undefined) return {};
      const { server_ident, host_key, algorithms, auth_method, grace_s } = event.state.about;
      return { server_ident, host_key, algorithms, auth_method, grace_s, since: event.at };
    }),
    takeConsent: assign(({ event }) => {
      if (event.type !== "telemetry.consent") return {};
      return { consent: event.message.payload.granted ? ("granted" as const) : ("denied" as const) };
    }),
    takeConnected: assign(({ event }) =>
      event.type === "telemetry.connected" ? connectedUpdate(event.message, event.at) : {},
    ),
    takeProgress: assign(({ context, event }) =>
      event.type === "telemetry.progress" ? progressUpdate(event.message, context) : {},
    ),
    takeQuestion: assign(({ event }) =>
      event.type === "telemetry.auth_prompt" ? { question: questionOf(event.message) } : {},
    ),
    dropQuestion: assign({ question: undefined }),
    /** The very first event of an actor has no time; the input had. */
    takeSince: assign({ since: ({ context, event }) => event.at ?? context.since }),
    takePhase: assign(({ event }) =>
      event.type === "collector.phase"
        ? { reason: event.reason, command: event.command, next_due: event.next_due }
        : {},
    ),
    takeMonitor: assign(({ context, event }) =>
      event.type === "telemetry.monitor" ? { profile: event.message.payload.profile ?? context.profile } : {},
    ),
    takePresence: assign(({ context, event }) =>
      event.type === "presence.changed" ? { visible: event.visible } : { visible: context.visible },
    ),
    takeHolder: assign(({ event }) => {
      if (event.type === "session.answered") return { holder: event.state.holder };
      return event.type === "telemetry.taken_over" || event.type === "telemetry.busy"
        ? { holder: event.message.payload.by }
        : {};
    }),
    planRetry: assign(({ context, event }) => {
      const error = failureOf(event);
      const delay_ms = telemetryDelay(context.attempt, event.random, error?.retry_after_s);
      return {
        delay_ms,
        attempt: context.attempt + 1,
        timer_at: event.at + delay_ms,
        next_due: event.at + delay_ms,
        since: event.at,
        reason: error === undefined ? "device_closed" : error.code,
      };
    }),
    endWithFailure: assign(({ context, event }) => ({ ended: endOf(event, context.away) })),
    endTooOften: assign(({ event }) => ({
      ended: errorEnd({ code: "limit", reason: "logins", retry: "user" }, event.at),
    })),
  },
  guards: {
    isRestored: ({ context }) => context.restored,
    isTaken: ({ event }) => event.type === "device.ssh1_live" && event.taken,
    isOff: ({ context }) => context.record.telemetry === "off" && context.consent !== "granted",
    mayConnect: ({ context }) =>
      context.pin !== undefined &&
      (context.consent === "granted" ||
        (context.consent === "unknown" && (context.simulated || context.record.telemetry === "allowed"))),
    isGranted: ({ event }) => event.type === "telemetry.consent" && event.message.payload.granted,
    /** Without the key that ssh1 verified there is nothing to hold ssh2 to [S49]. */
    isGrantedNow: ({ context, event }) =>
      context.pin !== undefined && event.type === "telemetry.consent" && event.message.payload.granted,
    asksToRetry: ({ context, event }) =>
      context.consent !== "denied" &&
      context.pin !== undefined &&
      event.type === "telemetry.monitor" &&
      (event.message.payload.refresh !== undefined || event.message.payload.paused === false),
    mayDial: ({ context }) => context.visible && context.link_up,
    mayRetry: ({ context, event }) =>
      isNetworkFailure(failureOf(event)) && recentLogins(context.logins, event.at).length < LOGINS_MAX,
    triedTooOften: ({ context, event }) =>
      isNetworkFailure(failureOf(event)) && recentLogins(context.logins, event.at).length >= LOGINS_MAX,
    isResumed: ({ event }) =>
      event.type === "session.answered" && (event.state.status === "resumed" || event.state.status === "gap"),
    isEnded: ({ event }) => event.type === "session.answered" && event.state.status === "ended",
    isBusy: ({ event }) => event.type === "session.answered" && event.state.status === "busy",
    isConnecting: ({ event }) => event.type === "session.answered" && event.state.status === "connecting",
    atHostKey: ({ event }) => event.type === "telemetry.progress" && event.message.payload.step === "host_key",
    atLogin: ({ event }) =>
      event.type === "telemetry.progress" &&
      (event.message.payload.step === "auth" || event.message.payload.step === "channel"),
    isDetecting: ({ event }) => event.type === "collector.phase" && event.activity === "detecting",
    isWaiting: ({ event }) => event.type === "collector.phase" && event.activity === "waiting",
    isRunning: ({ event }) => event.type === "collector.phase" && event.activity === "running",
    isPaused: ({ event }) => event.type === "collector.phase" && event.activity === "paused",
    isThrottled: ({ event }) => event.type === "collector.phase" && event.activity === "throttled",
  },
  delays: { afterSsh1: AFTER_SSH1_MS, backoff: ({ context }) => context.delay_ms },
});

/** The error that a message carries, if any: an end without one is the device's own. */
function failureOf(event: TelemetryEvent): ErrorPayload | undefined {
  switch (event.type) {
    case "telemetry.error":
      return event.message.payload;
    case "telemetry.exit":
      return exitEnd(event.message, event.at, false).error;
    case "collector.ended":
      return {
        code: event.reason === "needs_user" ? "auth_prompt_needed" : "device_misbehaved",
        reason: event.reason,
        retry: "user",
        ...(event.detail === undefined ? {} : { detail: event.detail }),
      };
    case "session.answered":
      return event.state.status === "gone" ? goneEnd(event.state, event.at).error : undefined;
    default:
      return undefined;
  }
}

export function endOf(event: TelemetryEvent, away: boolean): SessionEndView {
  if (event.type === "telemetry.exit") return exitEnd(event.message, event.at, away);
  const error = failureOf(event);
  return { at: event.at, while_away: away, ...(error === undefined ? {} : { error }) };
}
