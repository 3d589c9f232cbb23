/**
 * A truth over time: a start value and the instants (epoch ms, ascending) at which it flips. Everything that goes up
 * and down in the demo world (carrier, neighbours, sessions) is one of these, so state and log lines never disagree.
 */
export type Signal = { readonly initial: boolean; readonly flips: readonly number[] };

/** A signal that never changes. */
export function constant(value: boolean): Signal {
  return { initial: value, flips: [] };
}

function countUpTo(flips: readonly number[], at: number): number {
  let low = 0;
  let high = flips.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((flips[middle] ?? Number.POSITIVE_INFINITY) <= at) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The value at an instant; a flip counts from its own instant on. */
export function valueAt(signal: Signal, at: number): boolean {
  return (countUpTo(signal.flips, at) % 2 === 1) !== signal.initial;
}

/** When the present value began, or undefined when it has not changed since the beginning. */
export function since(signal: Signal, at: number): number | undefined {
  return signal.flips[countUpTo(signal.flips, at) - 1];
}

/** How often the signal rose up to an instant. */
export function risesUpTo(signal: Signal, at: number): number {
  const count = countUpTo(signal.flips, at);
  return signal.initial ? Math.floor(count / 2) : Math.ceil(count / 2);
}

/** The flips as (instant, new value) pairs. */
export function transitions(signal: Signal): { at: number; value: boolean }[] {
  return signal.flips.map((at, index) => ({ at, value: (index % 2 === 0) !== signal.initial }));
}

/** Builds a signal from changes in time order; changes to the value already held vanish. */
export function fromChanges(initial: boolean, changes: readonly { at: number; value: boolean }[]): Signal {
  const flips: number[] = [];
  let value = initial;
  for (const change of changes) {
    if (change.value === value) continue;
    value = change.value;
    // Two changes at one instant cancel each other out.
    if (flips.at(-1) === change.at) flips.pop();
    else flips.push(change.at);
  }
  return { initial, flips };
}

function combine(signals: readonly Signal[], decide: (values: readonly boolean[]) => boolean): Signal {
  const values = signals.map((signal) => signal.initial);
  const initial = decide(values);
  const events = signals
    .flatMap((signal, index) => signal.flips.map((at) => ({ at, index })))
    .sort((left, right) => left.at - right.at);
  const changes: { at: number; value: boolean }[] = [];
  for (let position = 0; position < events.length; position += 1) {
    const event = events[position];
    if (event === undefined) continue;
    values[event.index] = !values[event.index];
    if (events[position + 1]?.at === event.at) continue;
    changes.push({ at: event.at, value: decide(values) });
  }
  return fromChanges(initial, changes);
}

/** True while all are true. */
export function and(...signals: readonly Signal[]): Signal {
  return combine(signals, (values) => values.every(Boolean));
}

/** True while any is true. */
export function or(...signals: readonly Signal[]): Signal {
  return combine(signals, (values) => values.some(Boolean));
}

/** The opposite. */
export function not(signal: Signal): Signal {
  return { initial: !signal.initial, flips: signal.flips };
}

/** Rises `delayMs` late (carrier delay, adjacency building); a rise that falls again before then never shows. */
export function delayRise(signal: Signal, delayMs: number): Signal {
  const changes: { at: number; value: boolean }[] = [];
  const moves = transitions(signal);
  moves.forEach((move, index) => {
    if (!move.value) {
      changes.push(move);
      return;
    }
    const fall = moves[index + 1]?.at ?? Number.POSITIVE_INFINITY;
    if (move.at + delayMs < fall) changes.push({ at: move.at + delayMs, value: true });
  });
  return fromChanges(signal.initial, changes);
}

/** Falls `holdMs` late (dead timer, hold time); a fall that rises again before then never shows. */
export function holdFall(signal: Signal, holdMs: number): Signal {
  return not(delayRise(not(signal), holdMs));
}

/** The spans inside [from, to) in which the signal is false, in order. */
export function falseSpans(signal: Signal, from: number, to: number): { from: number; to: number }[] {
  const spans: { from: number; to: number }[] = [];
  let start = valueAt(signal, from) ? undefined : from;
  for (const move of transitions(signal)) {
    if (move.at <= from) continue;
    if (move.at >= to) break;
    if (!move.value) start = move.at;
    else if (start !== undefined) {
      spans.push({ from: start, to: move.at });
      start = undefined;
    }
  }
  if (start !== undefined && start < to) spans.push({ from: start, to });
  return spans;
}
