import { randomUUID } from "node:crypto";
import { expose } from "comlink";
import "fake-indexeddb/auto";
import { IDBFactory } from "fake-indexeddb";
import { WebSocket as NodeSocket } from "ws";
import { type AppBridge, createBridge, type WorkerLike } from "#bridge/create-bridge.ts";
import type { ViewKey, Views } from "#machines/views.ts";
import { createHost, type Host } from "#workers/host.ts";
import type { HostEnv } from "#workers/host-env.ts";
import { SteadyClock } from "#workers/steady-clock.ts";
import { alterControls } from "./altered-socket.ts";
import { LockTable } from "./lock-table.ts";
import { TabChannels } from "./tab-channels.ts";

/** Below the time limit of a test, so that what was awaited is named. */
const UNTIL_MS = 30_000;

/** One browser profile: cookies, database and Web Locks that all its pages share. */
export class BrowserProfile {
  readonly indexedDB = new IDBFactory();
  readonly locks = new LockTable();
  readonly channels = new TabChannels();
  cookie = "";
}

/**
 * A page with its worker in one process: the real bridge, the real host, real Comlink and ports, a real WebSocket. Only
 * the thread between them is missing.
 */
export class PageDouble {
  readonly bridge: AppBridge;
  readonly #profile: BrowserProfile;
  readonly #origin: string;
  /** As a real page has one: its next worker is the heir of the last [U97]. */
  readonly #name = `page ${randomUUID()}`;
  readonly #sockets = new Set<NodeSocket>();
  /** Host and port that sockets really go to, when a relay stands in between. */
  via: string | null = null;
  /** How far the tablet's clock is ahead: time that passes at once. */
  aheadMs = 0;
  /** Every address that the page asked for, sockets and requests alike. */
  readonly requested: string[] = [];
  /** Sees every control message that comes in over a link, as text. */
  onWire: ((text: string) => void) | null = null;
  /** Alters control messages on their way in: what a proxy that lies would have sent. */
  altered: ((text: string) => string) | null = null;
  readonly #databases = new Set<IDBDatabase>();
  #workers: WorkerDouble[] = [];

  constructor(origin: string, profile: BrowserProfile) {
    this.#origin = origin;
    this.#profile = profile;
    this.bridge = createBridge({
      spawn: () => {
        const worker = new WorkerDouble(this.#env());
        this.#workers.push(worker);
        return worker;
      },
      now: () => performance.now(),
      every: (ms, run) => {
        const timer = setInterval(run, ms);
        return () => clearInterval(timer);
      },
      channel: () => new MessageChannel(),
    });
    this.bridge.start();
  }

  /** Value of the profile's cookie, which scripts of a real page never see. */
  get cookieValue(): string {
    return this.#profile.cookie.split("=").slice(1).join("=");
  }

  view<K extends ViewKey>(key: K): Views[K] | undefined {
    return this.bridge.view(key).getSnapshot();
  }

  /** Resolves with the view as soon as the condition holds; rejects with the view as it is when it does not in time. */
  until<K extends ViewKey>(key: K, holds: (view: Views[K]) => boolean): Promise<Views[K]> {
    const actor = this.bridge.view(key);
    return new Promise((resolve, reject) => {
      const late = setTimeout(() => {
        const views = [key, "link", "catalog"].map((name) => `${name}: ${JSON.stringify(this.view(name as ViewKey))}`);
        reject(new Error(`not seen within ${UNTIL_MS} ms: ${String(holds)}\n${views.join("\n")}`));
      }, UNTIL_MS);
      const look = (view: Views[K] | undefined): boolean => {
        if (view === undefined || !holds(view)) return false;
        clearTimeout(late);
        resolve(view);
        return true;
      };
      if (look(actor.getSnapshot())) return;
      const subscription = actor.subscribe((view) => {
        if (look(view)) subscription.unsubscribe();
      });
    });
  }

  /** Ends every socket without a closing handshake, as a vanished network does. */
  cutLinks(): void {
    for (const socket of this.#sockets) socket.terminate();
  }

  /** The worker's script throws. */
  crashWorker(): void {
    this.#workers.at(-1)?.crash("test");
  }

  /** Everything that the profile's database holds, as far as it can be read. */
  async storedText(): Promise<string> {
    const names = (await this.#profile.indexedDB.databases()).map(({ name }) => name ?? "");
    const values = await Promise.all(names.map((name) => this.#dump(name)));
    return JSON.stringify(values, (_key, value: unknown) =>
      ArrayBuffer.isView(value) || value instanceof ArrayBuffer
        ? Buffer.from(value as ArrayBuffer).toString("latin1")
        : value,
    );
  }

  /** How many logs of terminals the profile keeps, how many records, and the highest position in them. */
  async storedLogs(): Promise<{ logs: number; records: number; end: number }> {
    const database = await openDB(this.#profile, "rackside-log");
    const all = (store: string): Promise<{ to?: number }[]> =>
      new Promise((resolve) => {
        const request = database.transaction(store).objectStore(store).getAll();
        request.addEventListener("success", () => resolve(request.result));
      });
    const [logs, records] = [await all("meta"), await all("wal")];
    database.close();
    return { logs: logs.length, records: records.length, end: Math.max(0, ...records.map(({ to }) => to ?? 0)) };
  }

  async #dump(name: string): Promise<unknown[]> {
    const database = await openDB(this.#profile, name);
    const stores = [...database.objectStoreNames];
    const all = stores.map(
      (store) =>
        new Promise<unknown>((resolve) => {
          const request = database.transaction(store).objectStore(store).getAll();
          request.addEventListener("success", () => resolve(request.result));
        }),
    );
    const values = await Promise.all(all);
    database.close();
    return values;
  }

  close(): void {
    this.bridge.stop();
  }

  /** From now on every read and write fails. */
  breakStorage(): void {
    for (const database of this.#databases) database.close();
  }

  /** The browser ends the page at once: no more writes, no goodbye, its locks are free. */
  kill(): void {
    this.breakStorage();
    this.cutLinks();
    this.bridge.stop();
  }

  /** The profile's databases, with a note of who opened them. */
  #factory(): IDBFactory {
    const open = (name: string, version?: number): IDBOpenDBRequest => {
      const request = this.#profile.indexedDB.open(name, version);
      request.addEventListener("success", () => this.#databases.add(request.result));
      return request;
    };
    return { open } as IDBFactory;
  }

  #env(): HostEnv {
    const clock = new SteadyClock(
      () => Date.now() + this.aheadMs,
      () => Math.floor(performance.timeOrigin + performance.now()),
    );
    const profile = this.#profile;
    const origin = this.#origin;
    return {
      origin,
      app_version: "test",
      page: this.#name,
      webSocket: (url, protocol) => {
        const target = this.via === null ? url : url.replace(/\/\/[^/]+/, `//${this.via}`);
        const headers = { Cookie: profile.cookie, Origin: origin, Host: new URL(origin).host };
        const socket = new NodeSocket(target, protocol, { headers, perMessageDeflate: false });
        this.requested.push(target);
        alterControls(socket, (text) => this.altered?.(text) ?? text);
        socket.on("message", (data: Buffer, isBinary: boolean) => {
          if (!isBinary) this.onWire?.(data.toString("utf8"));
        });
        this.#sockets.add(socket);
        socket.on("close", () => this.#sockets.delete(socket));
        return socket as unknown as WebSocket;
      },
      fetch: async (path, init) => {
        const headers = { ...(init?.headers as Record<string, string>), Cookie: profile.cookie, Origin: origin };
        this.requested.push(path);
        const response = await fetch(path, { ...init, headers });
        const cookie = response.headers.get("set-cookie")?.split(";", 1)[0];
        if (cookie !== undefined) profile.cookie = cookie;
        return response;
      },
      indexedDB: this.#factory(),
      crypto: globalThis.crypto,
      locks: profile.locks as unknown as LockManager,
      persisted: async () => true,
      channel: profile.channels.open,
      now: () => Date.now() + this.aheadMs,
      steady: clock.read,
      putForward: clock.putForward,
      random: () => Math.random(),
      setTimeout: (run, ms) => setTimeout(run, ms) as unknown as number,
      clearTimeout: (id) => clearTimeout(id),
    };
  }
}

function openDB(profile: BrowserProfile, name: string): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const request = profile.indexedDB.open(name);
    request.addEventListener("success", () => resolve(request.result));
    request.addEventListener("error", () => reject(new Error(`${name} did not open`)));
  });
}

/** A worker's outside: Comlink's channel and the `error` event. */
class WorkerDouble implements WorkerLike {
  readonly #page: MessagePort;
  readonly #inside: MessagePort;
  readonly #host: Host;
  readonly #listeners = new Map<string, (event: Event) => void>();

  constructor(env: HostEnv) {
    const { port1, port2 } = new MessageChannel();
    this.#page = port1;
    this.#inside = port2;
    port1.start();
    this.#host = createHost(env, (error) => this.crash(error instanceof Error ? error.message : String(error)));
    expose(this.#host.api, port2);
    this.#host.start().catch((error: Error) => this.crash(error.stack ?? error.message));
  }

  postMessage(message: unknown, transfer: Transferable[]): void {
    this.#page.postMessage(message, transfer);
  }

  addEventListener(type: string, listener: (event: Event) => void): void {
    if (type === "message") this.#page.addEventListener(type, listener);
    else this.#listeners.set(type, listener);
  }

  removeEventListener(type: string, listener: (event: Event) => void): void {
    if (type === "message") this.#page.removeEventListener(type, listener);
    else this.#listeners.delete(type);
  }

  terminate(): void {
    this.#host.stop();
    this.#page.close();
    this.#inside.close();
  }

  crash(message: string): void {
    this.#listeners.get("error")?.({ type: "error", message, filename: "/worker.js", lineno: 1 } as ErrorEvent);
  }
}
