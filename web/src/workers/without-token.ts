import type { RestoredFacts } from "#machines/events.ts";
import type { Down } from "#protocol/down.ts";
import type { SessionState } from "#protocol/messages/session-entry.ts";

/**
 * What machines hear of a message: session tokens stay with the runtimes, which have taken them by then, and come into no
 * event, state or crash report [S72].
 */
export function withoutToken(message: Down): Down {
  if (message.action === "connected") return { ...message, payload: { ...message.payload, token: "" } };
  if (message.action === "attached") return { ...message, payload: stateWithoutToken(message.payload) };
  return message;
}

export function stateWithoutToken<S extends SessionState>(state: S): S {
  const { token: _, ...rest } = state;
  // Only an optional field is left out.
  return rest as S;
}

/** What machines hear of a session of before, out of its resume record. */
export function factsOf({ host_key, server_ident, simulated }: RestoredFacts): RestoredFacts {
  return { host_key, server_ident, simulated };
}
