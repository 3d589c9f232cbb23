import { type DataKeys, isVaults } from "./data-keys.ts";
import { type LogDeps, logKeyName, TerminalLog } from "./terminal-log.ts";
import { LogSuperseded, TerminalLogStore } from "./terminal-log-store.ts";

/** A log this young may belong to a session whose resume record is still being written. */
const YOUNG_MS = 60_000;

/** The logs of all terminals on this tablet; `keepNothing` turns them off and wipes what there is [WP32] [S71]. */
export class TerminalLogs {
  readonly #deps: LogDeps | null;
  readonly #onFailure: (error: unknown) => void;
  #keepNothing: boolean;
  readonly #open = new Map<string, TerminalLog>();
  /** Whoever asks for a log that is being opened gets the same. */
  readonly #opening = new Map<string, Promise<TerminalLog | undefined>>();
  /** Logs that still store what was on its way: their successors wait. */
  readonly #closing = new Map<string, Promise<void>>();

  constructor(deps: LogDeps | null, keepNothing: boolean, onFailure: (error: unknown) => void) {
    this.#deps = deps;
    this.#keepNothing = keepNothing;
    this.#onFailure = onFailure;
  }

  static async load(
    env: LogDeps["env"] & { indexedDB: IDBFactory | undefined },
    keys: DataKeys,
    keepNothing: boolean,
    onFailure: (error: unknown) => void,
  ): Promise<TerminalLogs> {
    const store = await TerminalLogStore.open(env.indexedDB);
    return new TerminalLogs(store === null ? null : { env, store, keys }, keepNothing, onFailure);
  }

  /** Whether a new session may be connected as durable. */
  get usable(): boolean {
    return this.#deps !== null && !this.#keepNothing;
  }

  /** Begins a session's log; null when none is kept. */
  create(sid: string, at: { pos: number; cols: number; rows: number }): TerminalLog | null {
    if (this.#deps === null || this.#keepNothing) return null;
    const log = TerminalLog.create(this.#deps, sid, at);
    this.#open.set(sid, log);
    return log;
  }

  /** The log that an earlier page or worker left, or this one uses; undefined when there is none or it cannot be read. */
  async open(sid: string): Promise<TerminalLog | undefined> {
    const known = this.#open.get(sid) ?? this.#opening.get(sid);
    if (known !== undefined) return known;
    const opening = this.#load(sid);
    this.#opening.set(sid, opening);
    const log = await opening;
    this.#opening.delete(sid);
    return log;
  }

  async #load(sid: string): Promise<TerminalLog | undefined> {
    if (this.#deps === null || this.#keepNothing) return undefined;
    try {
      await this.#closing.get(sid);
      const log = await TerminalLog.open(this.#deps, sid);
      if (log !== undefined) this.#open.set(sid, log);
      return log;
    } catch (error) {
      this.#onFailure(error);
      return undefined;
    }
  }

  /** Storage failed for this log: it is over, and so is what it kept. */
  failed(log: TerminalLog, error: unknown): void {
    // Another page of this tablet has the session now: nothing is wrong with the storage.
    if (!(error instanceof LogSuperseded)) this.#onFailure(error);
    this.#drop(log.sid, log);
  }

  /** The page is done with the log; a later one may go on with it. */
  close(log: TerminalLog): void {
    if (this.#open.get(log.sid) === log) this.#open.delete(log.sid);
    const closing = log.close();
    this.#closing.set(log.sid, closing);
    void closing.finally(() => {
      if (this.#closing.get(log.sid) === closing) this.#closing.delete(log.sid);
    });
  }

  /** The session is over: nothing of its output stays [WP32]. */
  wipe(sid: string): void {
    const log = this.#open.get(sid);
    if (log !== undefined) this.#drop(sid, log);
    else void this.#deps?.store.wipe(sid).catch(this.#onFailure);
  }

  #drop(sid: string, log: TerminalLog): void {
    if (this.#open.get(sid) === log) this.#open.delete(sid);
    void log.wipe().catch(this.#onFailure);
  }

  /** Wipes logs that no session on this tablet owns any more: `known` are those that may come back. */
  async sweep(known: ReadonlySet<string>, now: number): Promise<void> {
    try {
      for (const { sid, at } of (await this.#deps?.store.sessions()) ?? []) {
        if (!known.has(sid) && !this.#open.has(sid) && now - at > YOUNG_MS) await this.#deps?.store.wipe(sid);
      }
    } catch (error) {
      this.#onFailure(error);
    }
  }

  /** The vault was opened: keys that were not under it yet are from now on [S71]. */
  async rewrap(): Promise<void> {
    for (const log of this.#open.values()) log.rewrap();
    if (this.#deps === null) return;
    const { store, keys } = this.#deps;
    try {
      for (const { sid, id, key } of await store.sessions()) {
        const stored = this.#open.has(sid) ? undefined : await keys.rewrapped(logKeyName(sid), key);
        if (stored !== undefined) await store.rekey(sid, id, stored);
      }
    } catch (error) {
      this.#onFailure(error);
    }
  }

  /** The vault is erased, and with it the keys of what it protected: that goes, and open logs of it end. */
  async wipeVaults(): Promise<void> {
    for (const log of this.#open.values()) if (log.isVaults) log.abandon();
    try {
      for (const { sid, id, key } of (await this.#deps?.store.sessions()) ?? []) {
        if (isVaults(key)) await this.#deps?.store.wipe(sid, id);
      }
    } catch (error) {
      this.#onFailure(error);
    }
  }

  /** The person's choice; what is stored goes at once. The sessions have to be told by the caller. */
  async setKeepNothing(on: boolean): Promise<void> {
    this.#keepNothing = on;
    if (on) await this.wipeAll();
  }

  /** Signed out, or nothing is to be kept. */
  async wipeAll(): Promise<void> {
    const logs = [...this.#open.values()];
    this.#open.clear();
    await Promise.all(logs.map((log) => log.wipe().catch(this.#onFailure)));
    await this.#deps?.store.wipeAll().catch(this.#onFailure);
  }

  /** The worker ends; what is on its way is stored first. */
  async shut(): Promise<void> {
    await Promise.allSettled(this.#closing.values());
    this.#deps?.store.close();
  }
}
