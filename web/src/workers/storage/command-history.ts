import type { CryptoBox } from "./crypto-box.ts";
import type { TabletStore } from "./tablet-store.ts";

/** Lines kept per device; the oldest go first [U48]. */
export const HISTORY_MAX = 5_000;
/** A line longer than this is a paste, not a command. */
const LINE_MAX_CHARS = 2_048;

export type HistoryEntry = { line: string; at: number };

/** Command history per device, sealed on the tablet [S71]. Equal lines are one entry, at its last use. */
export class CommandHistory {
  readonly #store: TabletStore;
  readonly #box: CryptoBox;
  /** Oldest first. */
  readonly #lists = new Map<string, Promise<HistoryEntry[]>>();

  constructor(store: TabletStore, box: CryptoBox) {
    this.#store = store;
    this.#box = box;
  }

  async add(device: string, line: string, at: number): Promise<void> {
    if (line.trim() === "" || line.length > LINE_MAX_CHARS) return;
    await this.#change(device, (entries) => [...entries.filter((entry) => entry.line !== line), { line, at }]);
  }

  /** Newest first; all words of `search` have to occur, whatever their case. */
  async list(device: string, search: string, limit: number): Promise<readonly HistoryEntry[]> {
    const words = search
      .toLowerCase()
      .split(/\s+/)
      .filter((word) => word !== "");
    const entries = await this.#entries(device);
    const found = entries.filter(({ line }) => words.every((word) => line.toLowerCase().includes(word)));
    return limit <= 0 ? [] : found.slice(-limit).toReversed();
  }

  /** One line, or all of the device when `line` is null. */
  async delete(device: string, line: string | null): Promise<void> {
    await this.#change(device, (entries) => (line === null ? [] : entries.filter((entry) => entry.line !== line)));
  }

  #entries(device: string): Promise<HistoryEntry[]> {
    const known = this.#lists.get(device);
    if (known !== undefined) return known;
    const loading = this.#load(device);
    this.#lists.set(device, loading);
    return loading;
  }

  async #load(device: string): Promise<HistoryEntry[]> {
    const sealed = await this.#store.get("history", device);
    const value = sealed === undefined ? undefined : await this.#box.unseal(contextOf(device), sealed);
    return Array.isArray(value) ? (value as HistoryEntry[]) : [];
  }

  /** Changes follow one another, so that none is lost to one that began before it ended. */
  async #change(device: string, change: (entries: HistoryEntry[]) => HistoryEntry[]): Promise<void> {
    const next = this.#entries(device).then((entries) => change(entries).slice(-HISTORY_MAX));
    this.#lists.set(device, next);
    const sealed = await this.#box.seal(contextOf(device), await next);
    await this.#store.put("history", device, sealed);
  }
}

function contextOf(device: string): string {
  return `history ${device}`;
}
