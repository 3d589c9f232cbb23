import { assign } from "xstate";
import { TELEMETRY_GRACE_S } from "#protocol/limits.ts";
import { graceUntil } from "./session-context.ts";
import { endOf, telemetrySetup } from "./telemetry-setup.ts";

const CONSENT = ["takeConsent", "noteConsent"] as const;
const MONITOR = ["takeMonitor", "monitor"] as const;
/** Network failures are tried again for a while; all else needs a person [T60]. */
const FAILED = [
  { guard: "mayRetry", target: "backingOff", actions: "planRetry" },
  { guard: "triedTooOften", target: "ended", actions: "endTooOften" },
  { target: "ended", actions: "endWithFailure" },
] as const;

/** What a collector decides about its session; without a session it decides nothing. */
const COLLECTOR_ENDS = {
  "collector.ended": {
    target: "ended",
    actions: ["endWithFailure", { type: "leave", params: { how: "end" } }],
  },
  "collector.reconnect": {
    target: "backingOff",
    actions: ["planRetry", { type: "leave", params: { how: "end" } }],
  },
} as const;

/** The person took ssh1 back: ssh2 goes with it. When ssh1 merely came back by itself, nobody is displaced [I10]. */
const FOLLOW = [
  { guard: "isTaken", target: "resuming", actions: ["takePin", { type: "attach", params: { force: true } }] },
  { actions: "takePin" },
] as const;

/** ssh2: the read-only connection that feeds the panels. Commands, bytes and parsing live in the collector. */
export const telemetryMachine = telemetrySetup.createMachine({
  id: "telemetry",
  context: ({ input }) => ({
    device: input.device,
    record: input.record,
    visible: input.visible,
    link_up: input.link_up,
    restored: input.restored !== undefined,
    since: input.at,
    simulated: input.restored?.simulated ?? input.record.simulated ?? false,
    host_key: input.restored?.host_key,
    server_ident: input.restored?.server_ident,
    pin: input.restored?.host_key,
    profile: "normal",
    consent: "unknown",
    attempt: 0,
    delay_ms: 0,
    logins: [],
    timer_at: input.at,
    away: input.restored !== undefined,
    taken: false,
  }),
  initial: "starting",
  on: {
    "device.record": { actions: assign({ record: ({ event }) => event.record }) },
    "device.close": { target: ".closed", actions: { type: "leave", params: ({ event }) => ({ how: event.how }) } },
    "device.ssh1_live": { actions: "takePin" },
    "presence.changed": { actions: "takePresence" },
    "session.link_up": { actions: assign({ link_up: true }) },
    "session.link_lost": { actions: assign({ link_up: false }) },
    "telemetry.monitor": { actions: MONITOR },
    "telemetry.consent": [
      { guard: "isGranted", actions: CONSENT },
      { target: ".declined", actions: [...CONSENT, { type: "leave", params: { how: "end" } }] },
    ],
    "collector.platform": { actions: assign({ platform: ({ event }) => event.platform }) },
  },
  states: {
    starting: { always: [{ guard: "isRestored", target: "resuming" }, { target: "idle" }] },
    /** ssh1 is not live yet. */
    idle: {
      on: { "device.ssh1_live": { target: "settling", actions: "takeSsh1" } },
    },
    settling: {
      after: {
        afterSsh1: [
          { guard: "mayConnect", target: "connecting" },
          { guard: "isOff", target: "declined" },
          { target: "askingConsent" },
        ],
      },
    },
    askingConsent: {
      on: {
        "telemetry.consent": [
          { guard: "isGrantedNow", target: "connecting", actions: CONSENT },
          { target: "declined", actions: CONSENT },
        ],
      },
    },
    /** The person does not want it, here or at all. */
    declined: {
      on: {
        "telemetry.consent": [{ guard: "isGrantedNow", target: "connecting", actions: CONSENT }, { actions: CONSENT }],
        "device.ssh1_live": [{ guard: "mayConnect", target: "settling", actions: "takeSsh1" }, { actions: "takeSsh1" }],
      },
    },
    connecting: {
      entry: [
        "begin",
        { type: "connect", params: ({ context: { record, pin, taken } }) => ({ record, pin, taken }) },
        assign({ taken: false }),
      ],
      exit: "dropQuestion",
      initial: "dialling",
      on: {
        "telemetry.progress": [
          { guard: "atHostKey", target: ".verifyingHost", actions: "takeProgress" },
          { guard: "atLogin", target: ".authenticating", actions: "takeProgress" },
          { actions: "takeProgress" },
        ],
        /** Another key is never asked about: it is not the device of ssh1 [S49]. */
        "telemetry.host_key": {
          actions: { type: "answerHostKey", params: ({ event }) => ({ re: event.message.id ?? "", trust: false }) },
        },
        "telemetry.auth_prompt": { target: ".authenticating", actions: "takeQuestion" },
        "telemetry.auth_reply": { actions: "dropQuestion" },
        "telemetry.connected": { target: "live", actions: ["takeConnected", assign({ attempt: 0 })] },
        "telemetry.error": FAILED,
        "telemetry.exit": FAILED,
        "telemetry.cancel": { target: "declined", actions: "abandon" },
        "session.answered": [
          { guard: "isConnecting" },
          { guard: "isResumed", target: "live", actions: "takeFacts" },
          { target: "backingOff", actions: "planRetry" },
        ],
      },
      states: { dialling: {}, verifyingHost: {}, authenticating: {} },
    },
    /** The way to the device failed; none of this while the link is away or nobody looks [T60]. */
    backingOff: {
      after: { backoff: { guard: "mayDial", target: "connecting" } },
      on: {
        "session.link_up": { target: "backingOff", reenter: true, actions: assign({ link_up: true }) },
        "presence.changed": { target: "backingOff", reenter: true, actions: "takePresence" },
        "telemetry.cancel": "declined",
        "telemetry.monitor": [{ guard: "asksToRetry", target: "connecting", actions: MONITOR }, { actions: MONITOR }],
      },
    },
    live: {
      initial: "detecting",
      entry: assign({ away: false, grace_until: undefined, holder: undefined }),
      exit: assign({ command: undefined, next_due: undefined, reason: undefined }),
      on: {
        ...COLLECTOR_ENDS,
        "session.link_lost": { target: "suspended", actions: assign({ link_up: false }) },
        "telemetry.exit": FAILED,
        "telemetry.disconnected": FAILED,
        "telemetry.taken_over": { target: "taken_over", actions: "takeHolder" },
        "telemetry.error": { actions: { type: "note", params: ({ event }) => event.message.payload } },
        "session.answered": [
          { guard: "isResumed" },
          { guard: "isBusy", target: "busy", actions: "takeHolder" },
          { target: "backingOff", actions: "planRetry" },
        ],
        "collector.phase": [
          { guard: "isDetecting", target: ".detecting", actions: "takePhase" },
          { guard: "isRunning", target: ".monitoring.running", actions: "takePhase" },
          { guard: "isPaused", target: ".monitoring.paused", actions: "takePhase" },
          { guard: "isThrottled", target: ".monitoring.throttled", actions: "takePhase" },
          { target: ".monitoring.waiting", actions: "takePhase" },
        ],
      },
      states: {
        detecting: {},
        monitoring: {
          initial: "waiting",
          states: { waiting: {}, running: {}, paused: {}, throttled: {} },
        },
      },
    },
    suspended: {
      entry: assign(({ context, event }) => ({
        away: true,
        since: event.at,
        grace_until:
          context.grace_until ?? graceUntil(context, Math.min(context.record.grace_s, TELEMETRY_GRACE_S), event),
      })),
      on: {
        ...COLLECTOR_ENDS,
        "session.answered": [
          { guard: "isResumed", target: "live", actions: "takeSince" },
          { guard: "isBusy", target: "busy", actions: "takeHolder" },
          { guard: "isConnecting", target: "resuming" },
          { target: "lost" },
        ],
      },
    },
    resuming: {
      entry: "takeSince",
      on: {
        ...COLLECTOR_ENDS,
        "session.link_lost": { target: "suspended", actions: assign({ link_up: false }) },
        "session.answered": [
          { guard: "isResumed", target: "live", actions: "takeSince" },
          { guard: "isConnecting" },
          { guard: "isBusy", target: "busy", actions: "takeHolder" },
          { target: "lost" },
        ],
        "telemetry.connected": { target: "live", actions: "takeConnected" },
        "telemetry.busy": { target: "busy", actions: "takeHolder" },
        "telemetry.error": FAILED,
        "telemetry.exit": FAILED,
      },
    },
    /**
     * The proxy no longer has the session. After a restart the terminal waits for the person, and telemetry for the
     * terminal [S59]; otherwise it comes back with ssh1's next word.
     */
    lost: {
      entry: assign(({ event }) => ({ ended: endOf(event, true) })),
      on: {
        "device.ssh1_live": { target: "settling", actions: "takeSsh1" },
        "telemetry.monitor": [{ guard: "asksToRetry", target: "connecting", actions: MONITOR }, { actions: MONITOR }],
        "telemetry.consent": [{ guard: "isGrantedNow", target: "connecting", actions: CONSENT }],
      },
    },
    busy: {
      entry: "takeSince",
      on: {
        "telemetry.take_over": { target: "resuming", actions: { type: "attach", params: { force: true } } },
        "session.answered": [
          { guard: "isResumed", target: "live", actions: "takeSince" },
          { guard: "isBusy", actions: "takeHolder" },
          { target: "lost" },
        ],
        "device.ssh1_live": FOLLOW,
      },
    },
    taken_over: {
      entry: "takeSince",
      on: {
        "device.ssh1_live": FOLLOW,
        "telemetry.take_over": { target: "resuming", actions: { type: "attach", params: { force: true } } },
      },
    },
    /** Needs a person, or a new ssh1 [T60]. */
    ended: {
      on: {
        "device.ssh1_live": { target: "settling", actions: "takeSsh1" },
        "telemetry.monitor": [{ guard: "asksToRetry", target: "connecting", actions: MONITOR }, { actions: MONITOR }],
        "telemetry.consent": [
          { guard: "isGrantedNow", target: "connecting", actions: CONSENT },
          { target: "declined", actions: CONSENT },
        ],
      },
    },
    closed: { type: "final" },
  },
});
