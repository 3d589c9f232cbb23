import type { Result, UiStateCommand } from "#protocol/local-messages.ts";
import type { ErrorPayload } from "#protocol/messages/error.ts";
import { type DeviceParts, joinParts } from "./device-parts.ts";
import {
  baseRev,
  factOfConflict,
  isFulfilled,
  type PendingChange,
  sameSubject,
  shownValues,
  subjectOf,
  subjectValue,
  type UiFact,
  type UiValues,
  withFact,
} from "./ui-values.ts";
import type { UiStateView } from "./views.ts";

/** Without a confirmation for this long while online, a preview is undone [U79]. */
export const CONFIRM_MS = 3_000;

/** What a step wants done outside. */
export type UiEffect =
  | { do: "send"; change: PendingChange }
  | { do: "settle"; id: string; result: Result }
  | { do: "note"; error: ErrorPayload };

export type UiStateContext = {
  values: UiValues;
  pending: readonly PendingChange[];
  from: "proxy" | "cache";
  /** The proxy has said the whole device list since the start. */
  listed?: boolean | undefined;
  link_up: boolean;
  /** A device list of which parts are missing. */
  parts?: DeviceParts | undefined;
  /** Time of the last event that has one, for the confirmation timer. */
  clock: number;
  conflict?: UiStateView["conflict"] | undefined;
  error?: ErrorPayload | undefined;
  /** Effects of the last step, in order. */
  outbox: readonly UiEffect[];
};

type Update = Partial<UiStateContext>;

const NOT_CONFIRMED: ErrorPayload = {
  code: "internal",
  reason: "not_confirmed",
  retry: "user",
  detail: "The proxy did not confirm the change, so it was undone.",
};

/** A wish of the UI: shown at once, sent when there is a link, kept for later when there is none [U80]. */
export function takeWish(context: UiStateContext, id: string, wish: UiStateCommand, at: number): Update {
  const subject = subjectOf(wish);
  const change = { id, wish, base_rev: baseRev(context.values, subject), sent_at: context.link_up ? at : null };
  // An offline edit replaces the one before it: only the last value matters.
  const others = context.pending.filter((old) => old.sent_at !== null || !sameSubject(subjectOf(old.wish), subject));
  const resolved = context.conflict !== undefined && sameSubject(context.conflict, subject);
  return {
    pending: [...others, change],
    clock: at,
    conflict: resolved ? undefined : context.conflict,
    outbox: [context.link_up ? { do: "send", change } : { do: "settle", id, result: { ok: true } }],
  };
}

/** The proxy's word: confirmation of an own wish, or somebody else's change. */
export function takeFact(context: UiStateContext, said: UiFact, at: number): Update {
  const joined = said.action === "devices_changed" ? joinParts(context.parts, said) : { whole: said };
  if (!("whole" in joined)) return { parts: joined.held, clock: at, outbox: [] };
  const fact = joined.whole;
  const values = withFact(context.values, fact);
  const done = context.pending.filter((change) => confirms(change, fact.re, context.values, values));
  return {
    values,
    pending: context.pending.filter((change) => !done.includes(change)),
    from: "proxy",
    listed: context.listed === true || fact.action === "devices_changed",
    parts: undefined,
    clock: at,
    error: undefined,
    outbox: done.map(({ id }) => ({ do: "settle", id, result: { ok: true } })),
  };
}

/** Whether `fact` confirms the change: it answers it, or it moved the same value to what was asked for. */
function confirms(change: PendingChange, re: string | undefined, before: UiValues, after: UiValues): boolean {
  if (change.id === re) return true;
  if (change.sent_at === null) return false;
  const subject = subjectOf(change.wish);
  return baseRev(after, subject) > baseRev(before, subject) && isFulfilled(after, change.wish);
}

/** A refusal undoes the preview; a conflict also shows both values once, for "use mine" [U79] [U80]. */
export function takeError(context: UiStateContext, re: string | undefined, error: ErrorPayload, at: number): Update {
  const change = context.pending.find(({ id }) => id === re);
  if (change === undefined) return { error, clock: at, outbox: [{ do: "note", error }] };
  const pending = context.pending.filter((other) => other !== change);
  const { id, wish } = change;
  if (error.code !== "conflict") {
    return { pending, clock: at, error, outbox: failed(id, error) };
  }
  const fact = factOfConflict(wish, error.current, context.values);
  const values = fact === undefined ? context.values : withFact(context.values, fact);
  // A wish resent after a break, which the proxy had stored before it, comes back as a conflict with itself.
  if (isFulfilled(values, wish)) {
    return { values, pending, clock: at, outbox: [{ do: "settle", id, result: { ok: true } }] };
  }
  const subject = subjectOf(wish);
  const mine = subjectValue(shownValues(values, [change]), subject);
  const conflict = { ...subject, mine, theirs: subjectValue(values, subject) };
  return { values, pending, clock: at, error, conflict, outbox: failed(id, error) };
}

function failed(id: string, error: ErrorPayload): readonly UiEffect[] {
  return [
    { do: "settle", id, result: { ok: false, error } },
    { do: "note", error },
  ];
}

/** The oldest wish on its way got no answer in time [U79]. */
export function undoOldest(context: UiStateContext): Update {
  const oldest = oldestSent(context.pending);
  if (oldest === undefined) return { outbox: [] };
  return {
    pending: context.pending.filter((change) => change !== oldest),
    clock: (oldest.sent_at ?? context.clock) + CONFIRM_MS,
    error: NOT_CONFIRMED,
    outbox: failed(oldest.id, NOT_CONFIRMED),
  };
}

/** Milliseconds until the oldest wish counts as unconfirmed. */
export function confirmDelay(context: UiStateContext): number {
  const oldest = oldestSent(context.pending)?.sent_at ?? context.clock;
  return Math.max(0, oldest + CONFIRM_MS - context.clock);
}

/** What was made offline, and what was sent without an answer, goes out with the revision it was based on [U80]. */
export function sendPending(context: UiStateContext, at: number): Update {
  const pending = context.pending.map((change) => ({ ...change, sent_at: at }));
  return {
    pending,
    link_up: true,
    parts: undefined,
    clock: at,
    outbox: pending.map((change) => ({ do: "send", change })),
  };
}

function oldestSent(pending: readonly PendingChange[]): PendingChange | undefined {
  const sent = pending.filter(({ sent_at }) => sent_at !== null);
  return sent.reduce<PendingChange | undefined>(
    (oldest, change) => ((change.sent_at ?? 0) < (oldest?.sent_at ?? Number.POSITIVE_INFINITY) ? change : oldest),
    undefined,
  );
}
