/**
 * How often a hostile test attacks: `quick` in `npm test`, `full` where RACKSIDE_HOSTILE=full (the nightly tier). Printed,
 * so that a run says what it did.
 */
export function hostileCount(attack: string, quick: number, full: number): number {
  const wanted = process.env.RACKSIDE_HOSTILE;
  if (wanted !== undefined && wanted !== "" && wanted !== "full") throw new Error("RACKSIDE_HOSTILE is empty or full");
  const count = wanted === "full" ? full : quick;
  console.log(`hostile: ${attack}: ${count}${count === full ? "" : ` (of ${full} nightly)`}`);
  return count;
}
