import type { TerminalView } from "#bridge/types.ts";
import { durationText } from "../format/times.ts";

/** After this long on the tablet typed text is not sent without a question [WP19]. */
const ASKS_AFTER_MS = 10_000;

const bytesText = (count: number): string => (count === 1 ? "1 byte" : `${count} bytes`);

/** What becomes of text that was typed while the link is away, and of what was on its way [U13] [U100]. */
export function waitingNote(waiting: NonNullable<TerminalView["waiting_input"]>, now: number): string {
  const { bytes, unproven_bytes: unproven, oldest_at: since } = waiting;
  const asks = now - since > ASKS_AFTER_MS;
  const own = asks ? "Not sent. When the link is back, you are asked." : "Not sent yet: waits for the link.";
  return [...(bytes > 0 ? [own] : []), ...unprovenNote(unproven)].join(" ");
}

/** The question about text that waited too long: how much it is, in lines where it is more than one [S92]. */
export function staleNote({ bytes, lines = 1 }: { bytes: number; lines?: number }, age: number, live: boolean): string {
  const what = lines > 1 ? `${lines} lines (${bytesText(bytes)}) typed or pasted` : "Typed";
  return `${what} ${age} s ago, not sent.${live ? (lines > 1 ? " Send them now?" : " Send it now?") : ""}`;
}

/** The proxy confirms what it takes within 20 ms and a round trip; after this long the link is in doubt [section 11]. */
const UNCONFIRMED_MS = 1_500;

/** What was typed on a link that does not answer; undefined while it does, or when another strip says it. */
export function unconfirmedNote(
  { phase, unacked_bytes, unacked_since, stale_input, waiting_input }: TerminalView,
  now: number,
): string | undefined {
  if (phase !== "live" || unacked_since === undefined || stale_input !== undefined || waiting_input !== undefined) {
    return undefined;
  }
  const waited = now - unacked_since;
  if (waited <= UNCONFIRMED_MS) return undefined;
  const what = `${bytesText(unacked_bytes)} you typed ${unacked_bytes === 1 ? "has" : "have"} not been confirmed`;
  return `${what} for ${durationText(waited / 1_000)}; kept here until the proxy confirms ${unacked_bytes === 1 ? "it" : "them"}.`;
}

function unprovenNote(count: number): string[] {
  const one = count === 1;
  const sent = `${bytesText(count)} sent before the link went ${one ? "is" : "are"} not confirmed; the device may have`;
  return count === 0 ? [] : [`${sent} ${one ? "it" : "them"}.`];
}

/** The same once the session is over: nothing of it will go out. */
export function overNote({ bytes, unproven_bytes }: NonNullable<TerminalView["waiting_input"]>): string {
  const own = `${bytesText(bytes)} you typed ${bytes === 1 ? "was" : "were"} not sent: the session is over.`;
  return [...(bytes > 0 ? [own] : []), ...unprovenNote(unproven_bytes)].join(" ");
}

const WHY: Partial<Record<TerminalView["phase"], string>> = {
  idle: "Not connected",
  connecting: "Not connected yet",
  ended: "The session has ended",
  busy: "The terminal is used elsewhere",
  taken_over: "The terminal is used elsewhere",
};

/** Why keys do nothing, with what was lost by it [U100]. */
export function refusedNote(phase: TerminalView["phase"], bytes: number): string {
  return `${WHY[phase] ?? "No session took it"}: ${bytesText(bytes)} you typed ${bytes === 1 ? "was" : "were"} not sent and ${bytes === 1 ? "is" : "are"} not kept.`;
}

/** Waiting text as it may be shown: of what goes to a prompt that does not echo, only how much it is. */
export function shownWaiting(
  { text, bytes, hidden }: { text: string; bytes: number; hidden?: true },
  echoOff: boolean,
): string {
  return bytes > 0 && (hidden === true || echoOff) ? `(${bytesText(bytes)}, typed at a password prompt)` : text;
}
