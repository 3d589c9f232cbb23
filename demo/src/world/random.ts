/** Deterministic 32-bit hash of the parts given: the only source of chance in the demo world. */
export function hash32(seed: number, ...parts: readonly (string | number)[]): number {
  let h = (seed ^ 0x9e3779b9) >>> 0;
  for (const part of parts) {
    for (const char of `${part}|`) {
      h = Math.imul(h ^ char.charCodeAt(0), 0x01000193) >>> 0;
    }
  }
  // Final avalanche, so that neighbouring inputs (cycle 1, cycle 2) do not give neighbouring figures.
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b) >>> 0;
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35) >>> 0;
  return (h ^ (h >>> 16)) >>> 0;
}

/** A figure in [0, 1) that depends on the seed and the parts alone. */
export function unit(seed: number, ...parts: readonly (string | number)[]): number {
  return hash32(seed, ...parts) / 0x1_0000_0000;
}
