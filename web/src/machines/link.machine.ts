import { assign, fromCallback, sendParent, sendTo, setup } from "xstate";
import { backoffDelay } from "#protocol/backoff.ts";
import { CLOSE, closeAllowsRetry } from "#protocol/close-codes.ts";
import { DIAL_TIMEOUT_MS, HELLO_TIMEOUT_MS, WAKE_PROBE_MS } from "#protocol/limits.ts";
import type { ErrorPayload } from "#protocol/messages/error.ts";
import type { PresenceFact, Stamp } from "./events.ts";

/** What the socket actor of one connection attempt reports. */
export type TransportFact =
  | ({ type: "transport.challenged" } & Stamp)
  | ({ type: "transport.welcomed"; proxy_version: string; features?: readonly string[] | undefined } & Stamp)
  | ({ type: "transport.closed"; code: number; reason: string } & Stamp)
  /** An answer is overdue: typed input unacknowledged [section 11]. */
  | ({ type: "transport.suspected" } & Stamp)
  /** Two seconds after a wake the PING has no answer: a second socket may be opened in parallel [section 11]. */
  | ({ type: "transport.silent" } & Stamp)
  | ({ type: "transport.confirmed"; rtt_ms: number; p50_ms: number; p95_ms: number } & Stamp)
  | ({ type: "transport.draining"; deadline_s: number } & Stamp);

/**
 * What it reports of the second socket while there are two. Once that one is welcomed, or the first is closed, it is the
 * only one: all that follows are {@link TransportFact}s.
 */
export type SecondFact =
  /** Its hello is leaving: from now on the proxy may move the sessions to it. */
  | ({ type: "second.challenged" } & Stamp)
  | ({ type: "second.welcomed"; proxy_version: string; features?: readonly string[] | undefined } & Stamp)
  | ({ type: "second.closed"; code: number; reason: string } & Stamp);

/** What the machine asks of the socket actor. */
export type TransportOrder =
  /** A sign of life, now. */
  | { type: "transport.probe" }
  /** Waited long enough: report the attempt as closed. */
  | { type: "transport.give_up" }
  /** Opens a second socket beside the first. */
  | { type: "second.dial" }
  /** Waited long enough for the second. */
  | { type: "second.give_up" }
  /** The first one lives: lets the second go without a word. */
  | { type: "second.drop" };

export type LinkEvent =
  | TransportFact
  | SecondFact
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
  /** When the dial that goes on was begun. */
  dialled_at: number;
  /** It was online since it was last started: the next success is a resume. */
  was_online: boolean;
  retry_at?: number | undefined;
  rtt_ms?: number | undefined;
  rtt_p50_ms?: number | undefined;
  rtt_p95_ms?: number | undefined;
  last_frame_at?: number | undefined;
  draining_until?: number | undefined;
  proxy_version?: string | undefined;
  features?: readonly string[] | undefined;
  error?: ErrorPayload | undefined;
};

type LinkArgs = { context: LinkContext; event: LinkEvent };

export type LinkInput = { node: string; visible: boolean; online: boolean };

/** What the link tells its owner. `check`: the sign-in has to be asked about, since browsers hide refusals [S21]. */
export type LinkReport =
  | ({ type: "link.up"; node: string } & Stamp)
  /** `heard_at`: the last proof that the proxy knew of this page; its side of the link may have ended right after. */
  | ({ type: "link.lost"; node: string; check: boolean; heard_at: number | undefined } & Stamp);

/** A dial that is older than this at a wake was begun before the sleep, or goes to a network that is gone. */
const OLD_DIAL_MS = WAKE_PROBE_MS;

/** Codes behind which a browser hides what really happened [S21]. */
const CHECK_CODES: ReadonlySet<number> = new Set([1006, CLOSE.auth]);

const stopped = (code: number, reason: string): ErrorPayload => ({
  code: "offline",
  reason: `close_${code}`,
  retry: "user",
  ...(reason === "" ? {} : { detail: reason }),
});

/** A welcome, of the only socket or of the second. */
const WELCOMED = [
  "noteFrame",
  "forgetAttempts",
  "noteWelcome",
  {
    type: "report",
    params: ({ context, event }: LinkArgs): LinkReport => {
      return { type: "link.up", node: context.node, at: event.at, random: event.random };
    },
  },
] as const;

/** The link is lost, for all that sessions can see. */
const reportLost = {
  type: "report",
  params: ({ context, event }: LinkArgs): LinkReport => ({
    type: "link.lost",
    node: context.node,
    check: event.type === "transport.closed" && CHECK_CODES.has(event.code),
    heard_at: context.last_frame_at,
    at: event.at,
    random: event.random,
  }),
} as const;

/** A wake or a tap begins a dial anew that was under way for long; a fresh one goes on. */
const DIAL_ANEW = {
  "presence.changed": [
    {
      guard: "wokeAtOldDial",
      target: "#link.connection",
      reenter: true,
      actions: ["takePresence", "forgetAttempts"],
    },
    { actions: "takePresence" },
  ],
  "link.retry": { guard: "wokeAtOldDial", target: "#link.connection", reenter: true, actions: "forgetAttempts" },
} as const;

/** The first of two sockets is gone: the second, as far as it has come, is the only one. */
const FIRST_LOST = (target: "dialling" | "greeting") =>
  [
    { guard: "mustStop", target: "#link.refused", actions: "noteStop" },
    { target: `#link.connection.${target}`, actions: ["forgetFigures", reportLost] },
  ] as const;

/**
 * One link to one node: dials, greets, watches, waits. A connection attempt is one invoked actor, so that nothing of an
 * abandoned attempt can arrive [A2]. The sockets, their PINGs and the bytes live in the worker.
 *
 * After a wake the first socket may be dead without looking so. When it is silent for 2 s, the same actor dials a second
 * one (`racing`): the first one's PONG ends the race as long as the second's hello has not left; from then on the proxy may
 * have moved the sessions, so the second is let finish (`joining`), and its welcome takes over.
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
    dialSecond: sendTo("transport", { type: "second.dial" } satisfies TransportOrder),
    giveUpSecond: sendTo("transport", { type: "second.give_up" } satisfies TransportOrder),
    dropSecond: sendTo("transport", { type: "second.drop" } satisfies TransportOrder),
    /** A timer's event has no time; what it was set for is known. */
    noteDial: assign(({ context, event }) => {
      const { at }: { at?: number } = event;
      return { dialled_at: at ?? context.retry_at ?? 0, retry_at: undefined };
    }),
    noteStop: assign(({ event }) =>
      event.type === "transport.closed" || event.type === "second.closed"
        ? { error: stopped(event.code, event.reason) }
        : {},
    ),
    noteWelcome: assign(({ context, event }) =>
      event.type === "transport.welcomed" || event.type === "second.welcomed"
        ? {
            proxy_version: event.proxy_version,
            features: event.features,
            resumes: context.resumes + (context.was_online ? 1 : 0),
            was_online: true,
            error: undefined,
          }
        : {},
    ),
    forgetFigures: assign({
      draining_until: undefined,
      rtt_ms: undefined,
      rtt_p50_ms: undefined,
      rtt_p95_ms: undefined,
    }),
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
    /** A wake, or a tap, finds a dial that was begun long before. */
    wokeAtOldDial: ({ context, event }) =>
      (event.type === "link.retry" || (event.type === "presence.changed" && event.wake)) &&
      event.at - context.dialled_at > OLD_DIAL_MS,
    mustStop: ({ event }) =>
      (event.type === "transport.closed" || event.type === "second.closed") && !closeAllowsRetry(event.code),
  },
  delays: {
    backoff: ({ context }) => context.delay_ms,
    dialTimeout: DIAL_TIMEOUT_MS,
    greetTimeout: HELLO_TIMEOUT_MS,
  },
}).createMachine({
  id: "link",
  context: ({ input }) => ({ ...input, attempt: 0, delay_ms: 0, resumes: 0, dialled_at: 0, was_online: false }),
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
      entry: "noteDial",
      on: {
        "transport.closed": [
          { guard: "mustStop", target: "refused", actions: "noteStop" },
          { target: "waiting", actions: "planRetry" },
        ],
        "transport.draining": {
          actions: assign({ draining_until: ({ event }) => event.at + event.deadline_s * 1_000 }),
        },
      },
      exit: ["forgetFigures", reportLost],
      states: {
        dialling: {
          on: { "transport.challenged": { target: "greeting", actions: "noteFrame" }, ...DIAL_ANEW },
          after: { dialTimeout: { actions: "giveUp" } },
        },
        greeting: {
          on: { "transport.welcomed": { target: "online", actions: WELCOMED }, ...DIAL_ANEW },
          after: { greetTimeout: { actions: "giveUp" } },
        },
        online: {
          on: {
            "transport.suspected": "probing",
            "transport.silent": { guard: "mayDial", target: "racing" },
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
          on: {
            "transport.confirmed": { target: "online", actions: "noteRtt" },
            "transport.silent": { guard: "mayDial", target: "racing" },
            // Asked for another reason before, it had ten seconds; now it has two.
            "presence.changed": [{ guard: "woke", actions: ["takePresence", "probe"] }, { actions: "takePresence" }],
            "link.retry": { actions: "probe" },
          },
        },
        /** Two sockets: the first in doubt and in use, the second on its way. Whichever proves alive first wins. */
        racing: {
          initial: "dialling",
          on: {
            "transport.confirmed": { target: "online", actions: ["dropSecond", "forgetAttempts", "noteRtt"] },
            "second.closed": [
              { guard: "mustStop", target: "#link.refused", actions: "noteStop" },
              { target: ".pausing", actions: "planRetry" },
            ],
          },
          states: {
            dialling: {
              entry: ["dialSecond", "noteDial"],
              on: {
                "second.challenged": { target: "greeting", actions: "noteFrame" },
                "transport.closed": FIRST_LOST("dialling"),
                "presence.changed": [
                  { guard: "wokeAtOldDial", target: "dialling", reenter: true, actions: ["takePresence", "probe"] },
                  { actions: "takePresence" },
                ],
              },
              after: { dialTimeout: { actions: "giveUpSecond" } },
            },
            greeting: {
              on: {
                "second.welcomed": { target: "#link.connection.online", actions: WELCOMED },
                "transport.confirmed": { target: "#link.connection.joining", actions: "noteRtt" },
                "transport.closed": FIRST_LOST("greeting"),
              },
              after: { greetTimeout: { actions: "giveUpSecond" } },
            },
            /** The second came to nothing, as the network is not there yet; the first may still answer. */
            pausing: {
              after: { backoff: { guard: "mayDial", target: "dialling" } },
              on: {
                "presence.changed": [
                  { guard: "woke", target: "dialling", actions: ["takePresence", "forgetAttempts", "probe"] },
                  { actions: "takePresence" },
                ],
                "link.retry": { target: "dialling", actions: ["forgetAttempts", "probe"] },
              },
            },
          },
        },
        /** The first socket lives, but the second's hello has left: its welcome takes over, or it comes to nothing. */
        joining: {
          on: {
            "second.welcomed": { target: "online", actions: WELCOMED },
            "second.closed": [
              { guard: "mustStop", target: "#link.refused", actions: "noteStop" },
              { target: "online", actions: "forgetAttempts" },
            ],
            "transport.confirmed": { actions: "noteRtt" },
            "transport.closed": FIRST_LOST("greeting"),
          },
          after: { greetTimeout: { actions: "giveUpSecond" } },
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
