import { SteadyClock } from "./steady-clock.ts";

/** What the worker takes from its surroundings, so that it also runs outside of a browser's worker. */
export type HostEnv = {
  /** Of the page, `https://host:port` without a trailing slash. */
  origin: string;
  app_version: string;
  /** Name of the page, the same for every worker that it starts and never another page's [U97]. */
  page: string;
  /** Opens the link's socket; binary messages arrive as ArrayBuffer. */
  webSocket(url: string, protocol: string): WebSocket;
  fetch(path: string, init?: RequestInit): Promise<Response>;
  indexedDB: IDBFactory | undefined;
  crypto: Crypto;
  /** Web Locks; undefined where a browser has none. */
  locks: LockManager | undefined;
  /** Speaks with the tablet's other tabs; absent where a browser cannot. A tab does not hear itself. */
  channel?: ((name: string, heard: (message: unknown) => void) => TabChannel) | undefined;
  /** Whether the browser promised to keep storage; only the page can ask it to. */
  persisted: () => Promise<boolean>;
  /** The time of day, epoch milliseconds: a person or the network may set it, and it goes on during sleep. */
  now(): number;
  /** Milliseconds that only go forward, whoever sets the clock, also during sleep; for differences of times [T15]. */
  steady(): number;
  /** By how much `steady` was put forward in all: the machine slept, or the time of day was set forward. */
  putForward(): number;
  /** In [0, 1). */
  random(): number;
  setTimeout(run: () => void, ms: number): number;
  clearTimeout(id: number): void;
};

export type TabChannel = { post(message: unknown): void; close(): void };

/** A worker's own surroundings. */
export function workerEnv(scope: WorkerScope): HostEnv {
  const { crypto, navigator } = scope;
  const running = () => Math.floor(performance.timeOrigin + performance.now());
  const clock = new SteadyClock(() => Date.now(), running);
  return {
    origin: scope.location.origin,
    app_version: APP_VERSION,
    page: scope.name,
    webSocket(url, protocol) {
      const socket = new WebSocket(url, protocol);
      socket.binaryType = "arraybuffer";
      return socket;
    },
    fetch: (path, init) => scope.fetch(path, init),
    indexedDB: scope.indexedDB,
    crypto,
    locks: navigator.locks,
    channel: scope.BroadcastChannel && tabChannels(scope.BroadcastChannel),
    persisted: async () => (await navigator.storage?.persisted()) ?? false,
    now: () => Date.now(),
    steady: clock.read,
    putForward: clock.putForward,
    random: () => Math.random(),
    setTimeout: (run, ms) => scope.setTimeout(run, ms),
    clearTimeout: (id) => scope.clearTimeout(id),
  };
}

function tabChannels(Channel: typeof BroadcastChannel): NonNullable<HostEnv["channel"]> {
  return (name, heard) => {
    const channel = new Channel(name);
    channel.addEventListener("message", (event: MessageEvent<unknown>) => heard(event.data));
    return { post: (message) => channel.postMessage(message), close: () => channel.close() };
  };
}

/** Told to the proxy for its log. */
const APP_VERSION = "0.1.0";

/** The part of a worker's global that is used; the full type exists only in a worker's own library. */
export type WorkerScope = {
  /** What the page called it. */
  name: string;
  location: { origin: string };
  fetch: typeof fetch;
  crypto: Crypto;
  indexedDB: IDBFactory;
  BroadcastChannel?: typeof BroadcastChannel;
  navigator: { locks?: LockManager; storage?: Pick<StorageManager, "persisted"> };
  setTimeout(run: () => void, ms: number): number;
  clearTimeout(id: number): void;
};

/** 128 random bits in base64url, as every id that must not be guessed. */
export function random128(crypto: Crypto): string {
  return base64url(crypto.getRandomValues(new Uint8Array(16)));
}

export function base64url(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replaceAll("=", "");
}
