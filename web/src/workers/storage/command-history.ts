import type { SealedValues } from "./sealed-values.ts";

/** Lines kept per device; the oldest go first [U48]. */
export const HISTORY_MAX = 5_000;
/** A line longer than this is a paste, not a command. */
const LINE_MAX_CHARS = 2_048;

export type HistoryEntry = { line: string; at: number };

/** The vault has to be opened first: nothing is shown, and nothing is lost. */
export class HistoryLocked extends Error {}

/** Command history per device, sealed on the tablet [S71]. Equal lines are one entry, at its last use. */
export class CommandHistory {
  readonly #values: SealedValues<readonly HistoryEntry[]>;
  /** Oldest first; only what the vault lets be read. */
  readonly #lists = new Map<string, Promise<readonly HistoryEntry[]>>();
  #writes: Promise<void> = Promise.resolve();
  /** Lines that came with the lock, until the list can be read. */
  readonly #waiting: { device: string; line: string; at: number }[] = [];

  constructor(values: SealedValues<readonly HistoryEntry[]>) {
    this.#values = values;
  }

  async add(device: string, line: string, at: number): Promise<void> {
    if (line.trim() === "" || line.length > LINE_MAX_CHARS) return;
    try {
      await this.#change(device, (entries) => [...entries.filter((entry) => entry.line !== line), { line, at }]);
    } catch (error) {
      if (!(error instanceof HistoryLocked)) throw error;
      this.#waiting.push({ device, line, at });
    }
  }

  /** Newest first; all words of `search` have to occur, whatever their case. Rejects with {@link HistoryLocked}. */
  async list(device: string, search: string, limit: number): Promise<readonly HistoryEntry[]> {
    const words = search
      .toLowerCase()
      .split(/\s+/)
      .filter((word) => word !== "");
    const entries = await this.#entries(device);
    const found = entries.filter(({ line }) => words.every((word) => line.toLowerCase().includes(word)));
    return limit <= 0 ? [] : found.slice(-limit).toReversed();
  }

  /** One line, or all of the device when `line` is null: that can be done locked as well. */
  async delete(device: string, line: string | null): Promise<void> {
    if (line !== null) return this.#change(device, (entries) => entries.filter((entry) => entry.line !== line));
    this.#lists.set(device, Promise.resolve([]));
    await this.#write(() => this.#values.remove(device));
  }

  /** The vault was locked: what was read goes. Erased, or wiped: what is stored is read anew. */
  letGo(): void {
    this.#lists.clear();
  }

  /** The vault was opened. */
  async unlocked(): Promise<void> {
    for (const { device, line, at } of this.#waiting.splice(0)) await this.add(device, line, at);
  }

  #entries(device: string): Promise<readonly HistoryEntry[]> {
    const known = this.#lists.get(device);
    if (known !== undefined) return known;
    return this.#hold(device, this.#load(device));
  }

  #hold(device: string, list: Promise<readonly HistoryEntry[]>): Promise<readonly HistoryEntry[]> {
    this.#lists.set(device, list);
    list.catch(() => {
      if (this.#lists.get(device) === list) this.#lists.delete(device);
    });
    return list;
  }

  async #load(device: string): Promise<readonly HistoryEntry[]> {
    const value = await this.#values.get(device);
    if (value === undefined && (await this.#values.isLocked(device))) throw new HistoryLocked();
    return value ?? [];
  }

  /** Changes follow one another, so that none is lost to one that began before it ended. */
  async #change(device: string, change: (entries: readonly HistoryEntry[]) => HistoryEntry[]): Promise<void> {
    const next = this.#entries(device).then((entries) => change([...entries]).slice(-HISTORY_MAX));
    const entries = await this.#hold(device, next);
    await this.#write(() => this.#values.put(device, entries));
  }

  /** Sealing takes its time: the last change has to be the last that is stored. */
  #write(write: () => Promise<void>): Promise<void> {
    const turn = this.#writes.then(write);
    this.#writes = turn.catch(() => undefined);
    return turn;
  }
}
