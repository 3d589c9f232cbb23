import { assign, sendParent, setup } from "xstate";
import type { StaleInputCommand } from "#protocol/local-messages.ts";
import type { DeviceRecord } from "#protocol/messages/devices.ts";
import type { ErrorPayload } from "#protocol/messages/error.ts";
import type { HostKey } from "#protocol/messages/target.ts";
import type { LinkFact, RestoredFacts, Stamp, TerminalMessageEvent } from "./events.ts";
import {
  CLEARED,
  connectedUpdate,
  errorEnd,
  exitEnd,
  goneEnd,
  graceUntil,
  progressUpdate,
  questionOf,
  type SessionContext,
  sameKey,
} from "./session-context.ts";

export type TerminalContext = SessionContext & {
  cols: number;
  rows: number;
  gaps: readonly { from: number; to: number }[];
  /** Started for a session of an earlier page or worker. */
  restored: boolean;
  /** The page could not see what the session did lately. */
  away: boolean;
  /** The session of the user's that was asked for, instead of a new one [WP28]. */
  adopt?: string | undefined;
  /** A person asked for the session wherever it is, and the proxy has not given it yet. */
  taking: boolean;
};

export type TerminalInput = {
  device: string;
  record: DeviceRecord;
  cols: number;
  rows: number;
  at: number;
  /** A resume record of an earlier page: start by asking the proxy for that session [A4]. */
  restored: RestoredFacts | undefined;
};

export type TerminalEvent =
  | TerminalMessageEvent
  | LinkFact
  /** The device record changed. */
  | ({ type: "device.record"; record: DeviceRecord } & Stamp)
  | ({ type: "device.close"; how: "end" | "detach" } & Stamp)
  /** Output of the range is lost for good. */
  | ({ type: "session.gap"; from: number; to: number } & Stamp);

/** What ssh1 tells its device. */
export type TerminalReport =
  | ({ type: "ssh1.live"; host_key: HostKey | undefined; simulated: boolean; taken: boolean } & Stamp)
  | ({ type: "ssh1.ended" } & Stamp);

const stamp = ({ event }: { event: Stamp }): Stamp => ({ at: event.at, random: event.random });

/** ssh1: the device's terminal. Bytes, positions and answers to prompts live in the worker. */
export const terminalMachine = setup({
  types: { context: {} as TerminalContext, events: {} as TerminalEvent, input: {} as TerminalInput },
  actions: {
    /** Asks the proxy for a session, sent again after a resume until it is answered [WP7]; or for the one to adopt. */
    connect: (
      _args,
      _params: { record: DeviceRecord; cols: number; rows: number; adopt: string | undefined },
    ): void => {},
    attach: (_args, _params: { force: boolean }): void => {},
    /** Ends the SSH channel, or leaves it to its grace. */
    leave: (_args, _params: { how: "end" | "detach" }): void => {},
    /** Gives up a session that was never opened. */
    abandon: (): void => {},
    resize: (_args, _params: { cols: number; rows: number }): void => {},
    answerHostKey: (_args, _params: { re: string; trust: boolean }): void => {},
    /** Adds a key that the handshake proved to the device record [S46]. */
    rememberKey: (_args, _params: { host_key: HostKey }): void => {},
    staleInput: (_args, _params: StaleInputCommand["payload"]): void => {},
    report: sendParent((_args, report: TerminalReport) => report),
    /** A failure that ends nothing, for the person to read. */
    note: (_args, _params: ErrorPayload): void => {},
    takeConnected: assign(({ context, event }) =>
      event.type === "terminal.connected"
        ? {
            ...connectedUpdate(event.message, event.at),
            cols: event.message.payload.cols ?? context.cols,
            rows: event.message.payload.rows ?? context.rows,
          }
        : {},
    ),
    takeProgress: assign(({ context, event }) =>
      event.type === "terminal.progress" ? progressUpdate(event.message, context) : {},
    ),
    takeQuestion: assign(({ event }) =>
      event.type === "terminal.host_key" ||
      event.type === "terminal.auth_prompt" ||
      event.type === "terminal.agent_consent"
        ? { question: questionOf(event.message) }
        : {},
    ),
    takeTrust: assign(({ context, event }) =>
      event.type === "terminal.host_key_reply" && event.message.payload.trust && context.question?.kind === "host_key"
        ? { trusted: context.question.host_key }
        : {},
    ),
    /** For a device outside of the list, which has nothing else to remember it: as long as its workspace is there. */
    takePin: assign(({ context, event }) =>
      event.type === "terminal.connected"
        ? { record: { ...context.record, pins: [...context.record.pins, event.message.payload.host_key] } }
        : {},
    ),
    takeStart: assign(({ event }) => {
      if (event.type !== "terminal.open" && event.type !== "terminal.reconnect") return {};
      const { cols, rows } = event.message.payload;
      const adopt = event.type === "terminal.open" ? event.message.payload.adopt : undefined;
      return { cols, rows, adopt, taking: adopt !== undefined };
    }),
    takeSize: assign(({ event }) =>
      event.type === "terminal.size" ? { cols: event.message.payload.cols, rows: event.message.payload.rows } : {},
    ),
    takeOver: assign({ taking: true }),
    begin: assign(({ event }) => ({ ...CLEARED, since: event.at, gaps: [] })),
    /** The very first event of an actor has no time; the input had. */
    takeSince: assign({ since: ({ context, event }) => event.at ?? context.since }),
    dropQuestion: assign({ question: undefined }),
    endWithError: assign(({ event }) =>
      event.type === "terminal.error" ? { ended: errorEnd(event.message.payload, event.at) } : {},
    ),
    endWithExit: assign(({ context, event }) =>
      event.type === "terminal.exit" ? { ended: exitEnd(event.message, event.at, context.away) } : {},
    ),
    endWithDisconnected: assign(({ event }) =>
      event.type === "terminal.disconnected"
        ? { ended: { at: event.at, ...event.message.payload, while_away: false } }
        : {},
    ),
    takeFacts: assign(({ event }) => {
      if (event.type !== "session.answered") return {};
      const { algorithms, auth_method, grace_s } = event.state.about ?? {};
      const about = event.state.about === undefined ? {} : { algorithms, auth_method, grace_s };
      return { ...event.facts, ...about };
    }),
    takeHolder: assign(({ event }) => {
      if (event.type === "session.answered") return { holder: event.state.holder };
      return event.type === "terminal.taken_over" || event.type === "terminal.busy"
        ? { holder: event.message.payload.by }
        : {};
    }),
    endGone: assign(({ event }) =>
      event.type === "session.answered" ? { ended: goneEnd(event.state, event.at) } : {},
    ),
    noteGap: assign(({ context, event }) =>
      event.type === "session.gap" ? { gaps: [...context.gaps, { from: event.from, to: event.to }].slice(-64) } : {},
    ),
  },
  guards: {
    provedNewKey: ({ context, event }) =>
      event.type === "terminal.connected" &&
      !event.message.payload.simulated &&
      sameKey(context.trusted, event.message.payload.host_key) &&
      !context.record.pins.some((pin) => sameKey(pin, event.message.payload.host_key)),
    isResumed: ({ event }) =>
      event.type === "session.answered" && (event.state.status === "resumed" || event.state.status === "gap"),
    isEnded: ({ event }) => event.type === "session.answered" && event.state.status === "ended",
    isBusy: ({ event }) => event.type === "session.answered" && event.state.status === "busy",
    isConnecting: ({ event }) => event.type === "session.answered" && event.state.status === "connecting",
    atHostKey: ({ event }) => event.type === "terminal.progress" && event.message.payload.step === "host_key",
    atLogin: ({ event }) =>
      event.type === "terminal.progress" &&
      (event.message.payload.step === "auth" || event.message.payload.step === "channel"),
    isAway: ({ context }) => context.away,
    isRestored: ({ context }) => context.restored,
  },
}).createMachine({
  id: "terminal",
  context: ({ input }) => ({
    device: input.device,
    record: input.record,
    cols: input.cols,
    rows: input.rows,
    since: input.at,
    simulated: input.restored?.simulated ?? input.record.simulated ?? false,
    host_key: input.restored?.host_key,
    server_ident: input.restored?.server_ident,
    gaps: [],
    restored: input.restored !== undefined,
    away: input.restored !== undefined,
    taking: false,
  }),
  initial: "starting",
  on: {
    "device.record": { actions: assign({ record: ({ event }) => event.record }) },
    "terminal.size": { actions: ["takeSize", { type: "resize", params: ({ event }) => event.message.payload }] },
    "device.close": { target: ".closed", actions: { type: "leave", params: ({ event }) => ({ how: event.how }) } },
    "session.gap": { actions: "noteGap" },
    "terminal.stale_input": { actions: { type: "staleInput", params: ({ event }) => event.message.payload } },
  },
  states: {
    starting: { always: [{ guard: "isRestored", target: "resuming" }, { target: "idle" }] },
    idle: {
      on: { "terminal.open": { target: "connecting", actions: "takeStart" } },
    },
    connecting: {
      entry: [
        "begin",
        {
          type: "connect",
          params: ({ context: { record, cols, rows, adopt } }) => ({ record, cols, rows, adopt }),
        },
      ],
      exit: "dropQuestion",
      initial: "dialling",
      on: {
        "terminal.progress": [
          { guard: "atHostKey", target: ".verifyingHost", actions: "takeProgress" },
          { guard: "atLogin", target: ".authenticating", actions: "takeProgress" },
          { actions: "takeProgress" },
        ],
        "terminal.host_key": { target: ".verifyingHost", actions: "takeQuestion" },
        "terminal.auth_prompt": { target: ".authenticating", actions: "takeQuestion" },
        "terminal.agent_consent": { target: ".authenticating", actions: "takeQuestion" },
        /** Answered by the desk that asked for the agent [S60]. */
        "terminal.agent_reply": { actions: "dropQuestion" },
        "terminal.host_key_reply": {
          actions: [
            "takeTrust",
            "dropQuestion",
            {
              type: "answerHostKey",
              params: ({ event }) => ({ re: event.message.re ?? "", trust: event.message.payload.trust }),
            },
          ],
        },
        /** The answer itself went from the credentials holder straight to the wire [S72]. */
        "terminal.auth_reply": { actions: "dropQuestion" },
        "terminal.connected": [
          {
            guard: "provedNewKey",
            target: "live",
            actions: [
              "takeConnected",
              "takePin",
              { type: "rememberKey", params: ({ event }) => ({ host_key: event.message.payload.host_key }) },
            ],
          },
          { target: "live", actions: "takeConnected" },
        ],
        "terminal.error": { target: "ended", actions: "endWithError" },
        "terminal.exit": { target: "ended", actions: "endWithExit" },
        "terminal.cancel": { target: "idle", actions: "abandon" },
        "session.answered": [
          { guard: "isConnecting" },
          { guard: "isResumed", target: "live", actions: "takeFacts" },
          { guard: "isEnded", target: "resuming", actions: "takeFacts" },
          { guard: "isBusy", target: "busy", actions: ["takeFacts", "takeHolder"] },
          { target: "ended", actions: "endGone" },
        ],
      },
      states: { dialling: {}, verifyingHost: {}, authenticating: {} },
    },
    live: {
      entry: [
        assign({ away: false, grace_until: undefined, holder: undefined }),
        {
          type: "report",
          params: ({ context, event }) => ({
            type: "ssh1.live",
            host_key: context.host_key,
            simulated: context.simulated,
            taken: context.taking,
            ...stamp({ event }),
          }),
        },
        assign({ taking: false }),
      ],
      on: {
        "session.link_lost": "suspended",
        "terminal.exit": { target: "ended", actions: "endWithExit" },
        "terminal.disconnected": { target: "ended", actions: "endWithDisconnected" },
        "terminal.taken_over": { target: "taken_over", actions: "takeHolder" },
        "terminal.error": { actions: { type: "note", params: ({ event }) => event.message.payload } },
        "session.answered": [
          { guard: "isResumed" },
          { guard: "isEnded", target: "resuming" },
          { guard: "isBusy", target: "busy", actions: "takeHolder" },
          { target: "ended", actions: "endGone" },
        ],
      },
    },
    /** The link is away; the proxy keeps the session for its grace. */
    suspended: {
      entry: assign(({ context, event }) => ({
        away: true,
        since: event.at,
        grace_until: context.grace_until ?? graceUntil(context, context.record.grace_s, event),
      })),
      on: {
        "session.answered": [
          { guard: "isResumed", target: "live", actions: "takeSince" },
          { guard: "isEnded", target: "resuming" },
          { guard: "isBusy", target: "busy", actions: "takeHolder" },
          { guard: "isConnecting", target: "resuming" },
          { target: "ended", actions: "endGone" },
        ],
      },
    },
    /** The proxy has been asked for the session; its answer or its last bytes are on the way. */
    resuming: {
      entry: "takeSince",
      on: {
        "session.link_lost": "suspended",
        "session.answered": [
          { guard: "isResumed", target: "live", actions: "takeSince" },
          { guard: "isEnded" },
          { guard: "isConnecting" },
          { guard: "isBusy", target: "busy", actions: "takeHolder" },
          { target: "ended", actions: "endGone" },
        ],
        "terminal.connected": { target: "live", actions: "takeConnected" },
        "terminal.exit": { target: "ended", actions: "endWithExit" },
        "terminal.busy": { target: "busy", actions: "takeHolder" },
        "terminal.error": { target: "ended", actions: "endWithError" },
      },
    },
    /** Another live page holds the session; only a person may take it over [WP28]. */
    busy: {
      entry: ["takeSince", assign({ taking: false })],
      on: {
        "terminal.take_over": {
          target: "resuming",
          actions: ["takeOver", { type: "attach", params: { force: true } }],
        },
        "session.answered": [
          { guard: "isResumed", target: "live", actions: "takeSince" },
          { guard: "isBusy", actions: "takeHolder" },
          { guard: "isEnded", target: "resuming" },
          { target: "ended", actions: "endGone" },
        ],
      },
    },
    taken_over: {
      entry: "takeSince",
      on: {
        "terminal.take_over": {
          target: "resuming",
          actions: ["takeOver", { type: "attach", params: { force: true } }],
        },
      },
    },
    ended: {
      entry: { type: "report", params: ({ event }) => ({ type: "ssh1.ended", ...stamp({ event }) }) },
      on: {
        "terminal.reconnect": { target: "connecting", actions: "takeStart" },
        "terminal.open": { target: "connecting", actions: "takeStart" },
      },
    },
    closed: { type: "final" },
  },
});
