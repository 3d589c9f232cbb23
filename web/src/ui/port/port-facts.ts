import type { PanelReading } from "#bridge/types.ts";
import { panelDef } from "#telemetry/knowledge/panels.ts";
import { interfaceStateWord } from "../panels/state-words.ts";
import type { Row } from "../panels/table-order.ts";

type Counters = Readonly<Record<string, string>>;

/** A port's row, and the reading that it is of. */
export type Sample = { row: Row; reading: PanelReading };

/** What panels know of one port. */
export type PortFacts = {
  /** State, addresses and so on, as the list of interfaces has them. */
  state?: Row;
  /** The newest rates, and which reading they are of; without any, the newest row. */
  rates?: Sample;
  /** The newest counters, and which reading they are of. */
  sample?: Sample;
  neighbours: readonly Row[];
  /** The bundle that it belongs to, or is. */
  bundle?: { row: Row; member?: Row };
  counters: Counters;
};

/**
 * Rates are taken from a reading that is at most this much older than the newest one, which has none yet: a card's first
 * sample of its own is newer than the panel's, which comes every 90 s, and needs a second one.
 */
const RATE_HELD_MS = 120_000;

/** Counters of a port, in the order of their panel. */
export const COUNTER_FIELDS = panelDef("ifcounters")
  .sections.flatMap(({ fields }) => fields)
  .filter(({ counter }) => counter === true);

const rowsOf = (reading: PanelReading | undefined): readonly Row[] => {
  const rows = (reading?.data as { rows?: readonly Row[] } | undefined)?.rows;
  return rows ?? [];
};

export type PortReadings = Partial<
  Record<"ifstate" | "ifcounters" | "traffic" | "neighbors" | "lag", PanelReading | undefined>
>;

/** It has a rate, and none that is too old or of a reading that failed. */
function holdsRate({ row, reading }: Sample, newest: Sample | undefined): boolean {
  if (row.in_bps === undefined && row.out_bps === undefined) return false;
  if (newest?.reading === reading) return true;
  return reading.status === "ok" && (newest?.reading.ts ?? reading.ts) - reading.ts <= RATE_HELD_MS;
}

/** Everything that is known of a port without asking; names are the canonical ones in all panels [T21]. */
export function portFacts(port: string, readings: PortReadings): PortFacts {
  const state = rowsOf(readings.ifstate).find(({ name }) => name === port);
  const samples = [readings.traffic, readings.ifcounters]
    .flatMap((reading) => {
      const row = rowsOf(reading).find(({ name }) => name === port);
      return row === undefined || reading === undefined ? [] : [{ row, reading }];
    })
    .toSorted((a, b) => b.reading.ts - a.reading.ts);
  const [sample] = samples;
  const rates = samples.find((one) => holdsRate(one, sample)) ?? sample;
  const bundle = rowsOf(readings.lag)
    .map((row) => {
      const members = Array.isArray(row.members) ? (row.members as Row[]) : [];
      return { row, member: members.find((one) => one.if === port) };
    })
    .find(({ row, member }) => row.lag === port || member !== undefined);
  // What the fast reading has not is taken from the slow one: some platforms count less in the single command.
  const all = { ...rowsOf(readings.ifcounters).find(({ name }) => name === port), ...sample?.row } as Row;
  const counters = Object.fromEntries(
    COUNTER_FIELDS.flatMap(({ field }) => (typeof all[field] === "string" ? [[field, all[field]]] : [])),
  ) as Counters;
  return {
    ...(state && { state }),
    ...(rates && { rates }),
    ...(sample && { sample }),
    neighbours: rowsOf(readings.neighbors).filter(({ local_if }) => local_if === port),
    ...(bundle && { bundle: { row: bundle.row, ...(bundle.member && { member: bundle.member }) } }),
    counters,
  };
}

/** The word for a port's state; `down` while shut reads as shut. */
export const portWord = (facts: PortFacts): string | undefined =>
  facts.state === undefined ? undefined : interfaceStateWord(facts.state);

/** Where counting began by itself, when the card was opened. */
export type Opened = { at: number; base: Counters; broken?: number };

/** The next look at counters since the card was opened: what falls is a reset, and ends the count visibly [T16]. */
export function sinceOpened(before: Opened | undefined, last: Counters, counters: Counters, at: number): Opened {
  if (before === undefined) return { at, base: counters };
  if (before.broken !== undefined) return before;
  const fell = Object.entries(counters).some(([field, value]) => {
    const was = last[field];
    return was !== undefined && BigInt(value) < BigInt(was);
  });
  return fell ? { ...before, broken: at } : before;
}

/** What was counted from `base` on, by field. */
export function counted(base: Counters, now: Counters): Counters {
  return Object.fromEntries(
    Object.entries(now).flatMap(([field, value]) => {
      const from = base[field];
      return from === undefined ? [] : [[field, String(BigInt(value) - BigInt(from))]];
    }),
  );
}
