import { assign, fromPromise, sendParent, setup } from "xstate";
import type { Result } from "#protocol/local-messages.ts";
import type { ErrorPayload } from "#protocol/messages/error.ts";
import type { Stamp } from "./events.ts";

/** What the proxy and this tablet together say about who this client is. */
export type WhoAmI =
  | { who: "paired"; user: string; label: string }
  | { who: "unpaired" }
  | { who: "revoked" }
  /** The proxy cannot be asked; `known` when this tablet was paired before. */
  | { who: "unreachable"; known: { user: string; label: string } | null };

/** Result of a pairing; the code itself never reaches a machine [S72]. */
export type PairOutcome = { ok: true; user: string; label: string } | { ok: false; error: ErrorPayload };

export type SignInEvent =
  | ({ type: "sign_in.pair"; id: string } & Stamp)
  | ({ type: "sign_in.sign_out"; id: string } & Stamp)
  /** A link was refused or broke in a way that hides why: ask once [S21]. */
  | ({ type: "sign_in.check" } & Stamp);

export type SignInContext = {
  user?: string | undefined;
  label?: string | undefined;
  error?: ErrorPayload | undefined;
  /** Command to answer when the work under way is done. */
  command: string | undefined;
};

/** `at` is unknown after a promise: the owner stamps. */
export type SignInReport = { type: "sign_in.in" } | { type: "sign_in.out" };

/** Whether this client may use the proxy at all. */
export const signInMachine = setup({
  types: { context: {} as SignInContext, events: {} as SignInEvent },
  actors: {
    whoAmI: fromPromise<WhoAmI>(async () => ({ who: "unpaired" })),
    /** Takes the code from its holder outside of all machines. */
    pair: fromPromise<PairOutcome>(async () => ({ ok: false, error: { code: "internal", retry: "user" } })),
    signOut: fromPromise<Result>(async () => ({ ok: true })),
  },
  actions: {
    report: sendParent((_args, report: SignInReport) => report),
    settle: (_args, _params: { id: string | undefined; result: Result }): void => {},
    takeCommand: assign({
      command: ({ event }) => ("id" in event ? event.id : undefined),
      error: undefined,
    }),
  },
}).createMachine({
  id: "sign_in",
  context: { command: undefined },
  initial: "checking",
  states: {
    checking: {
      invoke: {
        src: "whoAmI",
        onDone: [
          {
            guard: ({ event }) => event.output.who === "paired",
            target: "paired",
            actions: assign(({ event }) => (event.output.who === "paired" ? identity(event.output) : {})),
          },
          {
            guard: ({ event }) => event.output.who === "unreachable" && event.output.known !== null,
            target: "paired",
            actions: assign(({ event }) =>
              event.output.who === "unreachable" && event.output.known !== null ? identity(event.output.known) : {},
            ),
          },
          {
            guard: ({ event }) => event.output.who === "unreachable",
            target: "unpaired",
            actions: assign({ error: { code: "offline", retry: "yes" } }),
          },
          { guard: ({ event }) => event.output.who === "revoked", target: "revoked" },
          { target: "unpaired" },
        ],
        onError: { target: "unpaired", actions: assign({ error: { code: "internal", retry: "user" } }) },
      },
    },
    unpaired: {
      on: {
        "sign_in.pair": { target: "pairing", actions: "takeCommand" },
        "sign_in.check": "checking",
      },
    },
    /** The proxy took this client's access away; what the tablet keeps stays. */
    revoked: {
      on: {
        "sign_in.pair": { target: "pairing", actions: "takeCommand" },
        "sign_in.check": "checking",
      },
    },
    pairing: {
      invoke: {
        src: "pair",
        onDone: [
          {
            guard: ({ event }) => event.output.ok,
            target: "paired",
            actions: [
              assign(({ event }) => (event.output.ok ? identity(event.output) : {})),
              { type: "settle", params: ({ context }) => ({ id: context.command, result: { ok: true } }) },
            ],
          },
          {
            target: "unpaired",
            actions: [
              assign({ error: ({ event }) => (event.output.ok ? undefined : event.output.error) }),
              {
                type: "settle",
                params: ({ context, event }) => ({
                  id: context.command,
                  result: event.output.ok ? { ok: true } : { ok: false, error: event.output.error },
                }),
              },
            ],
          },
        ],
        onError: {
          target: "unpaired",
          actions: [
            assign({ error: { code: "internal", reason: "pairing", retry: "user" } }),
            {
              type: "settle",
              params: ({ context }) => ({
                id: context.command,
                result: { ok: false, error: { code: "internal", reason: "pairing", retry: "user" } },
              }),
            },
          ],
        },
      },
    },
    paired: {
      entry: [assign({ error: undefined }), { type: "report", params: { type: "sign_in.in" } }],
      initial: "settled",
      on: { "sign_in.sign_out": { target: "signingOut", actions: "takeCommand" } },
      states: {
        settled: { on: { "sign_in.check": "asking" } },
        /** Still counts as paired: the proxy is asked whether it agrees. */
        asking: {
          invoke: {
            src: "whoAmI",
            onDone: [
              {
                guard: ({ event }) => event.output.who === "revoked",
                target: "#sign_in.revoked",
                actions: { type: "report", params: { type: "sign_in.out" } },
              },
              {
                guard: ({ event }) => event.output.who === "unpaired",
                target: "#sign_in.unpaired",
                actions: { type: "report", params: { type: "sign_in.out" } },
              },
              {
                guard: ({ event }) => event.output.who === "paired",
                target: "settled",
                actions: { type: "report", params: { type: "sign_in.in" } },
              },
              { target: "settled" },
            ],
            onError: "settled",
          },
        },
      },
    },
    signingOut: {
      invoke: {
        src: "signOut",
        onDone: [
          {
            guard: ({ event }) => event.output.ok,
            target: "unpaired",
            actions: [
              assign({ user: undefined, label: undefined }),
              { type: "report", params: { type: "sign_in.out" } },
              { type: "settle", params: ({ context }) => ({ id: context.command, result: { ok: true } }) },
            ],
          },
          {
            target: "paired",
            actions: {
              type: "settle",
              params: ({ context, event }) => ({ id: context.command, result: event.output }),
            },
          },
        ],
        onError: {
          target: "paired",
          actions: {
            type: "settle",
            params: ({ context }) => ({
              id: context.command,
              result: { ok: false, error: { code: "internal", reason: "sign_out", retry: "user" } },
            }),
          },
        },
      },
    },
  },
});

function identity({ user, label }: { user: string; label: string }): Pick<SignInContext, "user" | "label"> {
  return { user, label };
}
