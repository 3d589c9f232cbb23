import type { SessionEndView } from "#bridge/types.ts";

/** Headline of an ended session: the device's exit when it told one, else that it failed. */
export function endTitle(ended: SessionEndView | undefined, loggedIn: boolean): string {
  if (ended?.error !== undefined) return loggedIn ? "The session ended" : "No connection to the device";
  if (ended?.signal !== undefined && ended.signal !== null) return `The shell was ended by signal ${ended.signal}`;
  if (ended?.code === undefined || ended.code === null) return "The device ended the session";
  return ended.code === 0 ? "The shell has ended" : `The shell has ended with exit code ${ended.code}`;
}
