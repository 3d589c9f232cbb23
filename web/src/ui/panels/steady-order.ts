/** Time after the last touch in which rows keep their places [U85]. */
export const CALM_MS = 2_000;

/**
 * Puts keys back into the order in which they were last shown: new ones follow at the end, lost ones vanish. Used while
 * a finger is on the table, so that live data never moves a row under it.
 */
export function steadyOrder(shown: readonly string[], wanted: readonly string[]): string[] {
  const present = new Set(wanted);
  const kept = shown.filter((key) => present.has(key));
  const known = new Set(kept);
  return [...kept, ...wanted.filter((key) => !known.has(key))];
}
