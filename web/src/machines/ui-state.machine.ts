import { assign, sendParent, setup } from "xstate";
import type { UiStateCommand } from "#protocol/local-messages.ts";
import type { DeviceRecord } from "#protocol/messages/devices.ts";
import type { ErrorPayload } from "#protocol/messages/error.ts";
import type { Stamp } from "./events.ts";
import {
  confirmDelay,
  sendPending,
  takeError,
  takeFact,
  takeWish,
  type UiEffect,
  type UiStateContext,
  undoOldest,
} from "./ui-state-steps.ts";
import { NO_VALUES, type PendingChange, shownValues, type UiFact, type UiValues } from "./ui-values.ts";

export type UiStateEvent =
  /** From the tablet's storage; null when there is nothing. */
  | ({ type: "ui.loaded"; values: UiValues | null; pending: readonly PendingChange[] } & Stamp)
  | ({ type: "ui.wish"; id: string; wish: UiStateCommand } & Stamp)
  | ({ type: "ui.fact"; fact: UiFact } & Stamp)
  | ({ type: "ui.error"; re: string | undefined; error: ErrorPayload } & Stamp)
  | ({ type: "ui.link"; up: boolean } & Stamp);

/** What the tablet keeps. `listed`: the proxy has said the whole device list since the start. */
export type KeptUiState = { values: UiValues; pending: readonly PendingChange[]; listed: boolean };

/** What ui_state tells its owner: the device list as it is shown. */
export type UiStateReport = { type: "ui_state.records"; records: readonly DeviceRecord[] };

/** The user's theme, layouts, panel visibility and devices: previewed at once, confirmed by the proxy, kept offline. */
export const uiStateMachine = setup({
  types: { context: {} as UiStateContext, events: {} as UiStateEvent, input: {} as { at: number } },
  actions: {
    /** Sends wishes, answers commands, notes refusals. */
    perform: (_args, _effects: readonly UiEffect[]): void => {},
    /** Keeps what is confirmed, and what is not, on the tablet. */
    store: (_args, _kept: KeptUiState): void => {},
    report: sendParent((_args, report: UiStateReport) => report),
    takeWish: assign(({ context, event }) =>
      event.type === "ui.wish" ? takeWish(context, event.id, event.wish, event.at) : {},
    ),
    takeFact: assign(({ context, event }) => (event.type === "ui.fact" ? takeFact(context, event.fact, event.at) : {})),
    takeError: assign(({ context, event }) =>
      event.type === "ui.error" ? takeError(context, event.re, event.error, event.at) : {},
    ),
    undoOldest: assign(({ context }) => undoOldest(context)),
    takeLink: assign(({ context, event }) => {
      if (event.type !== "ui.link") return {};
      return event.up ? sendPending(context, event.at) : { link_up: false, clock: event.at, outbox: [] };
    }),
    takeStored: assign(({ context, event }) => {
      if (event.type !== "ui.loaded") return {};
      const pending = event.pending.map((change) => ({ ...change, sent_at: null }));
      return { values: event.values ?? context.values, pending, clock: event.at, outbox: [] };
    }),
  },
  guards: {
    isOffline: ({ context }) => !context.link_up,
    hasPending: ({ context }) => context.pending.length > 0,
  },
  delays: { confirm: ({ context }) => confirmDelay(context) },
}).createMachine({
  id: "ui_state",
  context: ({ input }) => ({
    values: NO_VALUES,
    pending: [],
    from: "cache",
    link_up: false,
    clock: input.at,
    outbox: [],
  }),
  initial: "loading",
  states: {
    /** Storage answers within milliseconds; nothing is asked of the machine before. */
    loading: {
      on: {
        "ui.loaded": { target: "ready", actions: "takeStored" },
        "ui.link": { actions: assign({ link_up: ({ event }) => event.up }) },
      },
    },
    ready: {
      initial: "changed",
      on: {
        "ui.wish": { target: ".changed", actions: "takeWish" },
        "ui.fact": { target: ".changed", actions: "takeFact" },
        "ui.error": { target: ".changed", actions: "takeError" },
        "ui.link": { target: ".changed", actions: "takeLink" },
      },
      states: {
        changed: {
          entry: [
            { type: "perform", params: ({ context }) => context.outbox },
            {
              type: "store",
              params: ({ context: { values, pending, listed = false } }) => ({ values, pending, listed }),
            },
            {
              type: "report",
              params: ({ context }) => ({
                type: "ui_state.records",
                records: shownValues(context.values, context.pending).devices.records,
              }),
            },
            assign({ outbox: [] }),
          ],
          always: [
            { guard: "isOffline", target: "offline" },
            { guard: "hasPending", target: "pending" },
            { target: "synced" },
          ],
        },
        synced: {},
        pending: { after: { confirm: { target: "changed", actions: "undoOldest" } } },
        offline: {},
      },
    },
  },
});
