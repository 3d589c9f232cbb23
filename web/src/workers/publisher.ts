import type { ViewKey, Views } from "#machines/views.ts";
import type { ViewBatch, ViewChange, ViewsToWorker } from "./host-api.ts";
import type { HostEnv } from "./host-env.ts";

/** Batches leave at most this often: two display frames, which nobody sees as late. */
export const BATCH_MS = 33;

type Timers = Pick<HostEnv, "setTimeout" | "clearTimeout">;
type Compute = () => unknown;

/**
 * Sends views to the page: what changed is marked, computed once when the batch leaves, compared with what the page
 * has, and sent in one message [A6]. Views of kind `series:` are sent only while the page looks at them.
 */
export class Publisher {
  readonly #timers: Timers;
  readonly #sent = new Map<ViewKey, unknown>();
  readonly #dirty = new Map<ViewKey, Compute>();
  readonly #watched = new Set<string>();
  readonly #onWatch: (key: ViewKey) => void;
  #port: MessagePort | null = null;
  #timer: number | null = null;

  /** `onWatch`: the page began to look at a series. */
  constructor(timers: Timers, onWatch: (key: ViewKey) => void = () => {}) {
    this.#timers = timers;
    this.#onWatch = onWatch;
  }

  /** The page's port: gets every view once, then changes. Another page's port replaces it. */
  subscribe(port: MessagePort): void {
    this.#port?.close();
    this.#port = port;
    this.#watched.clear();
    port.addEventListener("message", (event: MessageEvent) => this.#hear(event.data as ViewsToWorker));
    port.start();
    this.#compute();
    const changes = [...this.#sent].map(([key, value]) => [key, value] as ViewChange);
    port.postMessage({ changes } satisfies ViewBatch);
  }

  /** The view may have changed; `compute` runs when the batch leaves, and only the last one given counts. */
  mark<K extends ViewKey>(key: K, compute: () => Views[K] | undefined): void {
    this.#dirty.set(key, compute);
    this.#timer ??= this.#timers.setTimeout(() => this.flush(), BATCH_MS);
  }

  remove(key: ViewKey): void {
    this.mark(key, () => undefined);
  }

  /** Removes every view whose key begins so. */
  removeAll(prefix: string): void {
    for (const key of new Set([...this.#sent.keys(), ...this.#dirty.keys()])) {
      if (key.startsWith(prefix)) this.remove(key);
    }
  }

  isWatched(key: ViewKey): boolean {
    return this.#watched.has(key);
  }

  /** The view that the page has, or will have. */
  get<K extends ViewKey>(key: K): Views[K] | undefined {
    return this.#sent.get(key) as Views[K] | undefined;
  }

  /** Sends what is due now. */
  flush(): void {
    if (this.#timer !== null) this.#timers.clearTimeout(this.#timer);
    this.#timer = null;
    const changes = this.#compute();
    if (changes.length > 0) this.#port?.postMessage({ changes } satisfies ViewBatch);
  }

  #compute(): ViewChange[] {
    const changes: ViewChange[] = [];
    for (const [key, compute] of this.#dirty) {
      const value = compute();
      if (isSame(value, this.#sent.get(key))) continue;
      if (value === undefined) this.#sent.delete(key);
      else this.#sent.set(key, value);
      changes.push([key, value] as ViewChange);
    }
    this.#dirty.clear();
    return changes;
  }

  #hear(message: ViewsToWorker): void {
    if (message.t === "ping") this.#port?.postMessage({ changes: [], pong: message.n } satisfies ViewBatch);
    else if (message.on) {
      this.#watched.add(message.key);
      this.#onWatch(message.key);
    } else this.#watched.delete(message.key);
  }
}

/** Equality of plain data: what structured cloning would make of both is the same. */
export function isSame(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true;
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return false;
  if (Array.isArray(a) !== Array.isArray(b)) return false;
  const keysA = Object.keys(a);
  if (keysA.length !== Object.keys(b).length) return false;
  const [left, right] = [a as Record<string, unknown>, b as Record<string, unknown>];
  return keysA.every((key) => Object.hasOwn(right, key) && isSame(left[key], right[key]));
}
