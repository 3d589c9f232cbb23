/** Numbers that look random and are the same for the same seed, so that a failure can be run again. */
export type SeededRandom = {
  readonly seed: number;
  /** From 0 up to, but not, 1. */
  next(): number;
  /** A whole number from `from` to `to`, both included. */
  between(from: number, to: number): number;
  pick<T>(list: readonly [T, ...T[]]): T;
  bytes(length: number): Uint8Array<ArrayBuffer>;
};

/** The seed of RACKSIDE_SEED, or a new one. Whoever uses it prints it. */
export function chosenSeed(): number {
  const given = Number(process.env.RACKSIDE_SEED);
  return Number.isSafeInteger(given) && given > 0 ? given : Math.floor(Math.random() * 2 ** 31) + 1;
}

/** Mulberry32: 32 bits of state, which is enough to shuffle faults. */
export function seededRandom(seed: number): SeededRandom {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const between = (from: number, to: number): number => from + Math.floor(next() * (to - from + 1));
  return {
    seed,
    next,
    between,
    pick: (list) => list[between(0, list.length - 1)] ?? list[0],
    bytes: (length) => Uint8Array.from({ length }, () => between(0, 255)),
  };
}
