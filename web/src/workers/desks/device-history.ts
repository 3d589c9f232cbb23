import {
  addSamples,
  newRawBlock,
  newRollBlock,
  type RawBlock,
  ROLLED_TIERS,
  type RollBlock,
  rawPoints,
  readRaw,
  readRoll,
  rollPoints,
  rollUp,
  type StoredBlock,
  storedRaw,
  storedRoll,
} from "#telemetry/history/blocks.ts";
import { GapWatch } from "#telemetry/history/gap-watch.ts";
import type { GapWhy, HistoryRange, SeriesGap } from "#telemetry/history/history-data.ts";
import { downsample, joinGaps, lineOf, withBreaks } from "#telemetry/history/range.ts";
import { isSeriesGone, seriesValues } from "#telemetry/history/series-values.ts";
import { blockStart, HISTORY_BUDGET_BYTES, HISTORY_TIERS, isExpired, tierFor } from "#telemetry/history/tiers.ts";
import { newestOf, newestSteady, type PanelReading } from "#telemetry/knowledge/reading.ts";
import type { RecordKey, RecordStore } from "./record-store.ts";

/** Panels about the collector itself and lists of text have no lines. */
const WITHOUT: ReadonlySet<string> = new Set(["collector", "audit", "log", "raw"]);
/** The budget is looked at this often: counting reads every block. */
const BUDGET_EVERY_MS = 30 * 60_000;
/** Blocks that wait to be rolled up: an hour of twenty panels. */
const UNROLLED_MAX = 240;
/** Who asks for the last hour was a moment on the way: still the last hour, milliseconds. */
const ASKED_AGO_MS = 10_000;

/** What is under way for one panel. */
type Open = {
  block: RawBlock;
  dirty: boolean;
  gaps: SeriesGap[];
  watch: GapWatch;
  /** Start of the newest block that there is. */
  until: number;
  /** When the last reading came, by the clock that nobody sets; of this run [T15]. */
  last: number | undefined;
};

/**
 * History of one device. Raw blocks of five minutes are what is written; a closed one is rolled up into the coarser blocks
 * around it, so that a killed worker loses a minute at most. Keys: series [tier, panel, start], gaps [panel, from].
 */
export class DeviceHistory {
  readonly #device: string;
  readonly #records: RecordStore;
  readonly #open = new Map<string, Promise<Open>>();
  /** Readings in order, also while a panel's last block is being read back. */
  #queue: Promise<void> = Promise.resolve();
  #failure: unknown;
  /** Closed blocks whose coarser ones could not be read. */
  readonly #unrolled: [panel: string, raw: RawBlock][] = [];
  #countedAt = Number.NEGATIVE_INFINITY;
  #forgotten = false;
  #isTaking = false;

  constructor(device: string, records: RecordStore) {
    this.#device = device;
    this.#records = records;
  }

  take(reading: PanelReading): void {
    if (WITHOUT.has(reading.panel)) return;
    this.#isTaking = true;
    void this.#after(() => this.#add(reading));
  }

  /** The first of readings that could not wait for this history: from here to the next one there is a gap [T83]. */
  miss(reading: PanelReading, why: GapWhy): void {
    if (WITHOUT.has(reading.panel)) return;
    this.#isTaking = true;
    void this.#after(async () => {
      const open = await this.#panel(reading.panel, reading.ts);
      const gap = open.watch.lose(reading, why);
      if (gap !== undefined) open.gaps.push(gap);
    });
  }

  /** Runs after what came before; what fails is thrown to whoever asks next, and stops nothing. */
  #after(run: () => Promise<void>): Promise<void> {
    const next = async (before: Promise<void>): Promise<void> => {
      await before;
      try {
        if (!this.#forgotten) await run();
      } catch (error) {
        this.#failure ??= error;
      }
    };
    this.#queue = next(this.#queue);
    return this.#queue;
  }

  /** Nothing is written from here on; resolves when a write that was under way is over, so that all can be wiped. */
  async forget(): Promise<void> {
    this.#forgotten = true;
    await this.#queue;
  }

  async #put(kind: "gaps" | "series", key: RecordKey, value: unknown): Promise<void> {
    if (!this.#forgotten) await this.#records.put(kind, this.#device, key, value);
  }

  #throwFailure(): void {
    const failure = this.#failure;
    this.#failure = undefined;
    if (failure !== undefined) throw failure;
  }

  async #add(reading: PanelReading): Promise<void> {
    const open = await this.#panel(reading.panel, reading.ts);
    const gap = open.watch.take(reading);
    if (gap !== undefined) open.gaps.push(gap);
    const fresh = reading.status === "ok" || reading.status === "partial";
    const [at, steady] = [newestOf(reading), newestSteady(reading)];
    if (!fresh || reading.data === undefined || (open.last !== undefined && steady <= open.last)) return;
    open.last = steady;
    const start = blockStart(HISTORY_TIERS.raw, at);
    if (start !== blockStart(HISTORY_TIERS.raw, open.block.start)) {
      await this.#write(reading.panel, open);
      await this.#rollOrWait(reading.panel, open.block);
      // After a clock was set back there are blocks of this time already.
      open.block = start <= open.until ? await this.#blockAt(reading.panel, start) : newRawBlock(start);
      open.until = Math.max(open.until, start);
    }
    addSamples(open.block, at, seriesValues(reading), (name) => isSeriesGone(reading, name));
    open.dirty = true;
  }

  #panel(panel: string, at: number): Promise<Open> {
    const known = this.#open.get(panel);
    if (known !== undefined) return known;
    const opening = this.#reopen(panel, at);
    this.#open.set(panel, opening);
    // Told to whoever asks next; the next reading tries anew.
    opening.catch(() => this.#open.delete(panel));
    return opening;
  }

  /** Goes on from what an earlier run stored; what it did not come to roll up is rolled up now. */
  async #reopen(panel: string, at: number): Promise<Open> {
    const blocks = await this.#rawBlocks(panel);
    const start = blockStart(HISTORY_TIERS.raw, at);
    for (const block of blocks) if (block.start !== start) await this.#rollOrWait(panel, block);
    const block = await this.#blockAt(panel, start);
    const until = Math.max(start, blocks.at(-1)?.start ?? start);
    return { block, dirty: false, gaps: [], watch: new GapWatch(lastOf(blocks)), until, last: undefined };
  }

  /**
   * The raw block of a time, as far as it is stored. One that cannot be read now may only be locked and is not written over:
   * another one goes beside it, a millisecond further.
   */
  async #blockAt(panel: string, start: number): Promise<RawBlock> {
    for (const at of [start, start + 1]) {
      const key = ["raw", panel, at];
      const stored = await this.#records.get<StoredBlock<RawBlock>>("series", this.#device, key);
      if (stored !== undefined) return readRaw(stored);
      if (!(await this.#records.has("series", this.#device, key))) return newRawBlock(at);
    }
    return newRawBlock(start + 2);
  }

  async #rawBlocks(panel: string): Promise<RawBlock[]> {
    const bounds = { from: ["raw", panel], to: ["raw", panel] };
    const found = await this.#records.range<StoredBlock<RawBlock>>("series", this.#device, bounds);
    return found.map(({ value }) => readRaw(value));
  }

  async #write(panel: string, open: Open): Promise<void> {
    const gaps = open.gaps.splice(0);
    for (const gap of gaps) await this.#put("gaps", [panel, gap.from], gap);
    if (!open.dirty) return;
    open.dirty = false;
    await this.#put("series", ["raw", panel, open.block.start], storedRaw(open.block));
  }

  /** What cannot be rolled up now is tried again with the next flush; its raw points are kept for an hour in any case. */
  async #rollOrWait(panel: string, raw: RawBlock): Promise<void> {
    if (await this.#roll(panel, raw)) return;
    this.#unrolled.push([panel, raw]);
    this.#unrolled.splice(0, this.#unrolled.length - UNROLLED_MAX);
  }

  /** False when a coarser block is there and cannot be read: it may only be locked, and is not written over. */
  async #roll(panel: string, raw: RawBlock): Promise<boolean> {
    if (raw.series.size === 0) return true;
    let isDone = true;
    for (const tier of ROLLED_TIERS) {
      const start = blockStart(tier, raw.start);
      const key = [tier.id, panel, start];
      const stored = await this.#records.get<StoredBlock<RollBlock>>("series", this.#device, key);
      if (stored === undefined && (await this.#records.has("series", this.#device, key))) {
        isDone = false;
        continue;
      }
      const block = stored === undefined ? newRollBlock(tier, start) : readRoll(stored);
      rollUp(raw, block);
      await this.#put("series", key, storedRoll(block));
    }
    return isDone;
  }

  async flush(now: number): Promise<void> {
    await this.store(now);
    this.#throwFailure();
  }

  /** The same where nobody waits for it: what fails is thrown to whoever asks next. */
  store(now: number): Promise<void> {
    return this.#after(async () => {
      for (const [panel, raw] of this.#unrolled.splice(0)) await this.#rollOrWait(panel, raw);
      for (const [panel, open] of this.#open) await this.#write(panel, await open);
      await this.#expire(now);
    });
  }

  /** Nothing of this run waits here. */
  get isIdle(): boolean {
    return !this.#isTaking && this.#unrolled.length === 0;
  }

  /** Lets go of what is too old; what an earlier run did not come to roll up is rolled up before. */
  async sweep(now: number): Promise<void> {
    await this.#after(async () => {
      const keys = (await this.#records.sizes("series", this.#device)).map(({ key: [tier, panel] }) => [tier, panel]);
      for (const panel of new Set(
        keys.flatMap(([tier, of]) => (tier === "raw" && typeof of === "string" ? [of] : [])),
      )) {
        if (this.#open.has(panel)) continue;
        for (const block of await this.#rawBlocks(panel)) await this.#rollOrWait(panel, block);
      }
      await this.#expire(now);
    });
    this.#throwFailure();
  }

  async #expire(now: number): Promise<void> {
    if (Math.abs(now - this.#countedAt) < BUDGET_EVERY_MS) return;
    this.#countedAt = now;
    const keep: { key: RecordKey; bytes: number; end: number }[] = [];
    for (const { key, bytes } of await this.#records.sizes("series", this.#device)) {
      const [tier, , start] = key;
      const known = Object.values(HISTORY_TIERS).find(({ id }) => id === tier);
      if (known === undefined || typeof start !== "number" || isExpired(known, start, now)) {
        await this.#records.remove("series", this.#device, key);
      } else keep.push({ key, bytes, end: start + known.blockMs });
    }
    for (const { key, value } of await this.#records.range<SeriesGap>("gaps", this.#device)) {
      if (value.to < now - HISTORY_TIERS.five_minutes.keepMs) await this.#records.remove("gaps", this.#device, key);
    }
    let all = keep.reduce((sum, { bytes }) => sum + bytes, 0);
    for (const { key, bytes } of keep.toSorted((a, b) => a.end - b.end)) {
      if (all <= HISTORY_BUDGET_BYTES) break;
      all -= bytes;
      await this.#records.remove("series", this.#device, key);
    }
  }

  /** Series by `<panel>:<name>` between two times, at most `most` points each. */
  async ranges(
    series: readonly string[],
    from: number,
    to: number,
    most: number,
    now: number,
  ): Promise<HistoryRange[]> {
    await this.#queue;
    this.#throwFailure();
    const out: HistoryRange[] = [];
    for (const name of series) out.push(await this.#range(name, from, to, most, now));
    return out;
  }

  async #range(series: string, from: number, to: number, most: number, now: number): Promise<HistoryRange> {
    const at = series.indexOf(":");
    const [panel, name] = [series.slice(0, at), series.slice(at + 1)];
    const tier = tierFor(from + ASKED_AGO_MS, now);
    const raw = await this.#rawBlocks(panel);
    const current = await this.#open.get(panel);
    if (current !== undefined) {
      const index = raw.findIndex(({ start }) => start === current.block.start);
      if (index === -1) raw.push(current.block);
      else raw[index] = current.block;
    }
    const unit = raw.find((block) => block.series.has(name))?.series.get(name)?.unit;
    const points = tier.id === "raw" ? raw.flatMap((block) => rawPoints(block, name)) : [];
    let rolledUnit = unit;
    if (tier.id !== "raw") {
      const bounds = { from: [tier.id, panel, blockStart(tier, from)], to: [tier.id, panel, to] };
      const stored = await this.#records.range<StoredBlock<RollBlock>>("series", this.#device, bounds);
      const blocks = stored.map(({ value }) => readRoll(value));
      // The newest samples are not rolled up yet; what is already adds nothing.
      for (const { start, series: all } of raw.toSorted((a, b) => a.start - b.start)) {
        const own = all.get(name);
        if (own === undefined) continue;
        const begin = blockStart(tier, start);
        const around = blocks.find((one) => one.start === begin) ?? newRollBlock(tier, begin);
        if (!blocks.includes(around)) blocks.push(around);
        rollUp({ start, series: new Map([[name, own]]) }, around);
      }
      for (const block of blocks) {
        rolledUnit ??= block.series.get(name)?.unit;
        // The slot that is not over yet stands at the end of what was asked for, not after it.
        points.push(
          ...rollPoints(block, name).map((point) =>
            point.t > to && point.t - to < tier.stepMs ? { ...point, t: to } : point,
          ),
        );
      }
    }
    const line = lineOf(
      points.toSorted((a, b) => a.t - b.t),
      from,
      to,
    );
    const stored = await this.#records.range<SeriesGap>("gaps", this.#device, { from: [panel], to: [panel] });
    const all = [...stored.map(({ value }) => value), ...(current?.gaps ?? [])];
    const gaps = withBreaks(line, joinGaps(all.filter((gap) => gap.to > from && gap.from < to)));
    return { series, unit: rolledUnit ?? "count", points: downsample(line.points, gaps, most), gaps };
  }
}

function lastOf(blocks: readonly RawBlock[]): number | undefined {
  const last = blocks.at(-1);
  if (last === undefined) return undefined;
  const offsets = [...last.series.values()].flatMap(({ points }) => points.at(-1)?.[0] ?? []);
  return offsets.length === 0 ? undefined : last.start + Math.max(...offsets);
}
