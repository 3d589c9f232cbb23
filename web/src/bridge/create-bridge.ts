import { type Remote, transfer, wrap } from "comlink";
import type { ViewKey, Views, WorkerView } from "#machines/views.ts";
import type { Result, UiCommand } from "#protocol/local-messages.ts";
import type { HostApi, ViewBatch, ViewChange, ViewsToWorker } from "#workers/host-api.ts";
import { type ByteChannel, PortChannel } from "./byte-channel.ts";
import { ViewHandover } from "./view-handover.ts";
import { type RemoteActor, ViewStore } from "./view-store.ts";
import { WorkerWatch } from "./worker-watch.ts";

/** The page's only way to the worker: commands in, views and bytes out [A6] [A7]. */
export type AppBridge = {
  /** Routes a command. Never rejects: a dead worker is the value `worker_failed`. */
  dispatch<T = unknown>(command: UiCommand): Promise<Result<T>>;
  /** For `useSelector`; the same object for the same key. */
  view<K extends ViewKey>(key: K): RemoteActor<Views[K] | undefined>;
  /** The device's terminal bytes; one channel per device. */
  openBytes(device: string): ByteChannel;
  /** Starts the worker; once. */
  start(): void;
  /** After `worker` failed: one more try. */
  restart(): void;
  /** Ends the worker and closes every port; for tests. */
  stop(): void;
};

/** The part of Worker that the bridge needs. */
export type WorkerLike = {
  postMessage(message: unknown, transfer: Transferable[]): void;
  addEventListener(type: string, listener: (event: Event) => void): void;
  removeEventListener(type: string, listener: (event: Event) => void): void;
  terminate(): void;
};

/** What the bridge takes from its surroundings. */
export type BridgeDeps = {
  spawn(): WorkerLike;
  now(): number;
  /** Calls back about every second; returns the way to stop. */
  every(ms: number, run: () => void): () => void;
  channel(): MessageChannel;
};

type Life = { worker: WorkerLike; remote: Remote<HostApi>; views: MessagePort; died: Promise<Result>; end(): void };

const FAILED: Result = {
  ok: false,
  error: { code: "worker_failed", retry: "yes", detail: "The app's worker stopped. Please try again." },
};

/** Builds a bridge that is not yet started: views can be subscribed, commands wait. */
export function createBridge(deps: BridgeDeps): AppBridge {
  const store = new ViewStore();
  const watch = new WorkerWatch();
  const channels = new Map<string, PortChannel>();
  const waiting: ((life: Life | null) => void)[] = [];
  let life: Life | null = null;
  let stopTicks: (() => void) | null = null;
  let replaced = 0;
  let failed = false;
  /** Of a worker whose views the page does not show yet. */
  let handover: ViewHandover | null = null;

  // Only series are sent on demand.
  const tellWatch = (key: ViewKey, on: boolean): void => {
    if (key.startsWith("series:")) life?.views.postMessage({ t: "watch", key, on } satisfies ViewsToWorker);
  };
  store.onWatch = tellWatch;

  const show = (view: WorkerView): void => store.set("worker", view);

  function begin(): void {
    const worker = deps.spawn();
    const { port1: views, port2 } = deps.channel();
    let die: (result: Result) => void = () => {};
    const died = new Promise<Result>((resolve) => {
      die = resolve;
    });
    const onError = (event: Event): void => crashed(mine, describeError(event));
    const remote = wrap<HostApi>(worker);
    const mine: Life = {
      worker,
      remote,
      views,
      died,
      end() {
        worker.removeEventListener("error", onError);
        worker.removeEventListener("messageerror", onError);
        views.close();
        worker.terminate();
        die(FAILED);
      },
    };
    worker.addEventListener("error", onError);
    worker.addEventListener("messageerror", onError);
    let first = true;
    handover = ViewHandover.from(store);
    views.addEventListener("message", (event: MessageEvent) => {
      if (life !== mine) return;
      const batch = event.data as ViewBatch;
      watch.heard();
      if (first) watch.begin(deps.now());
      if (handover !== null) {
        handover.take(batch.changes, deps.now());
        handOver();
      } else if (first) showAll(batch.changes);
      else store.apply(batch.changes);
      first = false;
    });
    views.start();
    life = mine;
    void remote.subscribe(transfer(port2, [port2]));
    for (const key of store.watched()) tellWatch(key, true);
    for (const [device, channel] of channels) bind(mine, device, channel);
    for (const go of waiting.splice(0)) go(mine);
  }

  /** The page shows what a new worker published, and nothing of the last one. */
  function showAll(changes: readonly ViewChange[]): void {
    store.dropAllBut(new Set<ViewKey>(["worker", ...changes.map(([key]) => key)]));
    show({ phase: "running", replaced });
    store.apply(changes);
  }

  function handOver(): void {
    if (handover?.isDue(deps.now()) !== true) return;
    const { views } = handover;
    handover = null;
    showAll(views);
  }

  function crashed(of: Life, why: string): void {
    if (life !== of) return;
    life = null;
    watch.end();
    of.end();
    for (const channel of channels.values()) channel.unbind();
    if (watch.mayReplace(deps.now())) {
      replaced++;
      show({ phase: "replacing", replaced, report: why });
      begin();
      return;
    }
    failed = true;
    show({ phase: "failed", replaced, report: why });
    for (const go of waiting.splice(0)) go(null);
  }

  function bind(to: Life, device: string, channel: PortChannel): void {
    const { port1, port2 } = deps.channel();
    void to.remote.openBytes(device, transfer(port2, [port2]));
    channel.bind(port1);
  }

  function tick(): void {
    if (life === null) return;
    handOver();
    const step = watch.tick(deps.now());
    if (step.dead) crashed(life, "The worker did not answer for 5 s.");
    else if (step.ask !== undefined) life.views.postMessage({ t: "ping", n: step.ask } satisfies ViewsToWorker);
  }

  async function dispatch(command: UiCommand): Promise<Result> {
    const to = life ?? (failed ? null : await new Promise<Life | null>((go) => waiting.push(go)));
    if (to === null) return FAILED;
    try {
      return await Promise.race([to.remote.dispatch(command), to.died]);
    } catch (cause) {
      const detail = cause instanceof Error ? cause.message : "unknown cause";
      return { ok: false, error: { code: "internal", reason: "dispatch", retry: "user", detail } };
    }
  }

  return {
    dispatch: <T>(command: UiCommand) => dispatch(command) as Promise<Result<T>>,
    view: (key) => store.actor(key),
    openBytes(device) {
      const open = channels.get(device);
      if (open !== undefined) return open;
      const channel = new PortChannel(() => channels.delete(device));
      channels.set(device, channel);
      if (life !== null) bind(life, device, channel);
      return channel;
    },
    start() {
      if (life !== null || failed) return;
      stopTicks ??= deps.every(1_000, tick);
      show({ phase: "starting", replaced });
      begin();
    },
    restart() {
      if (!failed) return;
      failed = false;
      watch.forgive();
      show({ phase: "starting", replaced });
      begin();
    },
    stop() {
      stopTicks?.();
      stopTicks = null;
      for (const channel of channels.values()) channel.close();
      watch.end();
      life?.end();
      life = null;
    },
  };
}

/** An `error` event of a worker as one line; never device bytes, since the worker's own errors carry none [S72]. */
function describeError(event: Event): string {
  if (event.type === "messageerror") return "A message of the worker could not be read.";
  const { message, filename, lineno } = event as ErrorEvent;
  if (message === undefined || message === "") return "The worker could not be started.";
  return `${message} (${filename?.split("/").at(-1) ?? "worker"}:${lineno ?? 0})`;
}
