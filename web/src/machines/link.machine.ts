import { assign, fromCallback, sendParent, sendTo, setup } from "xstate";
import { backoffDelay } from "#protocol/backoff.ts";
import { CLOSE, closeAllowsRetry } from "#protocol/close-codes.ts";
import { DIAL_TIMEOUT_MS, HELLO_TIMEOUT_MS } from "#protocol/limits.ts";
import type { ErrorPayload } from "#protocol/messages/error.ts";
import type { PresenceFact, Stamp } from "./events.ts";

/** What the socket actor of one connection attempt reports. */
export type TransportFact =
  | ({ type: "transport.challenged" } & Stamp)
  | ({ type: "transport.welcomed"; proxy_version: string } & Stamp)
  | ({ type: "transport.closed"; code: number; reason: string } & Stamp)
  /** An answer is overdue: typed input unacknowledged, or the page woke up [section 11]. */
  | ({ type: "transport.suspected" } & Stamp)
  | ({ type: "transport.confirmed"; rtt_ms: number; p50_ms: number; p95_ms: number } & Stamp)
  | ({ type: "transport.draining"; deadline_s: number } & Stamp);

/** What the machine asks of the socket actor. */
export type TransportOrder =
  /** A sign of life, now. */
  | { type: "transport.probe" }
  /** Waited long enough: report the attempt as closed. */
  | { type: "transport.give_up" };

export type LinkEvent =
  | TransportFact
  | PresenceFact
  /** Signed in: the link may be dialled. */
  | ({ type: "link.start" } & Stamp)
  | ({ type: "link.stop" } & Stamp)
  /** A person asked to dial now. */
  | ({ type: "link.retry" } & Stamp);

export type LinkContext = {
  node: string;
  attempt: number;
  delay_ms: number;
  visible: boolean;
  online: boolean;
  resumes: number;
  /** It was online since it was last started: the next success is a resume. */
  was_online: boolean;
  retry_at?: number | undefined;
  rtt_ms?: number | undefined;
  rtt_p50_ms?: number | undefined;
  rtt_p95_ms?: number | undefined;
  last_frame_at?: number | undefined;
  draining_until?: number | undefined;
  proxy_version?: string | undefined;
  error?: ErrorPayload | undefined;
};

export type LinkInput = { node: string; visible: boolean; online: boolean };

/** What the link tells its owner. `check`: the sign-in has to be asked about, since browsers hide refusals [S21]. */
export type LinkReport =
  | ({ type: "link.up"; node: string } & Stamp)
  /** `heard_at`: the last proof that the proxy knew of this page; its side of the link may have ended right after. */
  | ({ type: "link.lost"; node: string; check: boolean; heard_at: number | undefined } & Stamp);

/** Codes behind which a browser hides what really happened [S21]. */
const CHECK_CODES: ReadonlySet<number> = new Set([1006, CLOSE.auth]);

const stopped = (code: number, reason: string): ErrorPayload => ({
  code: "offline",
  reason: `close_${code}`,
  retry: "user",
  ...(reason === "" ? {} : { detail: reason }),
});

/**
 * One link to one node: dials, greets, watches, waits. A connection attempt is one invoked actor, so that nothing of an
 * abandoned attempt can arrive [A2]. The socket, its PINGs and the bytes live in the worker.
 */
export const linkMachine = setup({
  types: { context: {} as LinkContext, events: {} as LinkEvent, input: {} as LinkInput },
  actors: {
    /** Opens the socket, answers the challenge, and reports {@link TransportFact}s until it is stopped. */
    transport: fromCallback<TransportOrder, { node: string }>(() => {}),
  },
  actions: {
    report: sendParent((_args, report: LinkReport) => report),
    probe: sendTo("transport", { type: "transport.probe" } satisfies TransportOrder),
    giveUp: sendTo("transport", { type: "transport.give_up" } satisfies TransportOrder),
    planRetry: assign(({ context, event }) => {
      const { at, random } = event;
      const delay_ms = backoffDelay(context.attempt, random);
      return { delay_ms, retry_at: at + delay_ms, attempt: context.attempt + 1 };
    }),
    forgetAttempts: assign({ attempt: 0, delay_ms: 0, retry_at: undefined }),
    takePresence: assign(({ event }) =>
      event.type === "presence.changed" ? { visible: event.visible, online: event.online } : {},
    ),
    noteFrame: assign({ last_frame_at: ({ event }) => event.at }),
    noteRtt: assign(({ event }) =>
      event.type === "transport.confirmed"
        ? { rtt_ms: event.rtt_ms, rtt_p50_ms: event.p50_ms, rtt_p95_ms: event.p95_ms, last_frame_at: event.at }
        : {},
    ),
  },
  guards: {
    mayDial: ({ context }) => context.visible && context.online,
    lostNetwork: ({ event }) => event.type === "presence.changed" && !event.online,
    mayDialNow: ({ event }) => event.type === "presence.changed" && event.online && event.visible,
    woke: ({ event }) => event.type === "presence.changed" && event.wake,
    mustStop: ({ event }) => event.type === "transport.closed" && !closeAllowsRetry(event.code),
  },
  delays: {
    backoff: ({ context }) => context.delay_ms,
    dialTimeout: DIAL_TIMEOUT_MS,
    greetTimeout: HELLO_TIMEOUT_MS,
  },
}).createMachine({
  id: "link",
  context: ({ input }) => ({ ...input, attempt: 0, delay_ms: 0, resumes: 0, was_online: false }),
  initial: "stopped",
  on: {
    "link.stop": { target: ".stopped" },
    "presence.changed": { actions: "takePresence" },
  },
  states: {
    /** Not signed in: nothing to dial with. */
    stopped: {
      entry: assign({ was_online: false, error: undefined, retry_at: undefined }),
      on: { "link.start": { target: "connection", actions: "forgetAttempts" } },
    },
    /** The browser says that there is no network. */
    offline: {
      on: {
        "presence.changed": [
          { guard: "mayDialNow", target: "connection", actions: ["takePresence", "forgetAttempts"] },
          { actions: "takePresence" },
        ],
        "link.retry": { target: "connection", actions: "forgetAttempts" },
      },
    },
    connection: {
      initial: "dialling",
      invoke: { src: "transport", id: "transport", input: ({ context }) => ({ node: context.node }) },
      entry: assign({ retry_at: undefined }),
      on: {
        "transport.closed": [
          {
            guard: "mustStop",
            target: "refused",
            actions: assign({ error: ({ event }) => stopped(event.code, event.reason) }),
          },
          { target: "waiting", actions: "planRetry" },
        ],
        "transport.draining": {
          actions: assign({ draining_until: ({ event }) => event.at + event.deadline_s * 1_000 }),
        },
      },
      exit: [
        assign({ draining_until: undefined, rtt_ms: undefined, rtt_p50_ms: undefined, rtt_p95_ms: undefined }),
        {
          type: "report",
          params: ({ context, event }) => ({
            type: "link.lost",
            node: context.node,
            check: event.type === "transport.closed" && CHECK_CODES.has(event.code),
            heard_at: context.last_frame_at,
            at: event.at,
            random: event.random,
          }),
        },
      ],
      states: {
        dialling: {
          on: { "transport.challenged": { target: "greeting", actions: "noteFrame" } },
          after: { dialTimeout: { actions: "giveUp" } },
        },
        greeting: {
          on: {
            "transport.welcomed": {
              target: "online",
              actions: [
                "noteFrame",
                "forgetAttempts",
                assign(({ context, event }) => ({
                  proxy_version: event.proxy_version,
                  resumes: context.resumes + (context.was_online ? 1 : 0),
                  was_online: true,
                  error: undefined,
                })),
                {
                  type: "report",
                  params: ({ context, event }) => ({
                    type: "link.up",
                    node: context.node,
                    at: event.at,
                    random: event.random,
                  }),
                },
              ],
            },
          },
          after: { greetTimeout: { actions: "giveUp" } },
        },
        online: {
          on: {
            "transport.suspected": "probing",
            "transport.confirmed": { actions: "noteRtt" },
            "presence.changed": [
              { guard: "woke", target: "probing", actions: ["takePresence", "probe"] },
              { actions: "takePresence" },
            ],
            "link.retry": { target: "probing", actions: "probe" },
          },
        },
        /** A PING with a deadline is on its way; the socket actor gives the socket up when nothing comes. */
        probing: {
          on: { "transport.confirmed": { target: "online", actions: "noteRtt" } },
        },
      },
    },
    waiting: {
      after: { backoff: { guard: "mayDial", target: "connection" } },
      on: {
        "link.retry": { target: "connection", actions: "forgetAttempts" },
        "presence.changed": [
          { guard: "lostNetwork", target: "offline", actions: "takePresence" },
          { guard: "mayDialNow", target: "connection", actions: ["takePresence", "forgetAttempts"] },
          { actions: "takePresence" },
        ],
      },
    },
    /** The proxy said "stop": only a person, or a new sign-in, dials again. */
    refused: {
      on: {
        "link.retry": { target: "connection", actions: "forgetAttempts" },
        // After a check that found the sign-in in order: soon, but never in a tight circle.
        "link.start": { target: "waiting", actions: "planRetry" },
      },
    },
  },
});
