import type { StorageView } from "#bridge/types.ts";

const time = new Intl.DateTimeFormat(undefined, { timeStyle: "short" });

/** What the grace of sessions that wait for the vault means to a person [S71]; `at` of a time of day, for tests. */
export function waitingText(
  { sessions, until }: NonNullable<StorageView["locked_sessions"]>,
  now: number,
  at: (ms: number) => string = (ms) => time.format(ms),
): string {
  const [count, them, it] =
    sessions === 1 ? ["One session waits", "it", "it"] : [`${sessions} sessions wait`, "them", "the first of them"];
  if (now >= until) return `${count} for the vault; the proxy may have ended ${it} since ${at(until)}.`;
  return `${count} for the vault; the proxy keeps ${them} until ${at(until)} at least.`;
}
