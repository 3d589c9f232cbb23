import type { ViewKey, Views } from "#machines/views.ts";
import type { ViewChange } from "#workers/host-api.ts";

type Listener<T> = (value: T) => void;
type Observer<T> = { next?: ((value: T) => void) | undefined };

/** Looks like an actor to `useSelector` of @xstate/react: the actor itself lives in the worker [A6]. */
export type RemoteActor<T> = {
  getSnapshot(): T;
  subscribe(listener: Listener<T> | Observer<T>): { unsubscribe(): void };
};

/** The page's copy of every view. Snapshots keep their identity until the worker publishes a new one. */
export class ViewStore {
  readonly #values = new Map<ViewKey, unknown>();
  readonly #listeners = new Map<ViewKey, Set<Listener<never>>>();
  readonly #actors = new Map<ViewKey, RemoteActor<unknown>>();
  /** Told when somebody begins or stops to look at a view. */
  onWatch: (key: ViewKey, on: boolean) => void = () => {};

  get<K extends ViewKey>(key: K): Views[K] | undefined {
    return this.#values.get(key) as Views[K] | undefined;
  }

  set<K extends ViewKey>(key: K, value: Views[K] | undefined): void {
    this.apply([[key, value] as unknown as ViewChange]);
  }

  /** Takes over a batch first and tells listeners after, so that none sees half of it. */
  apply(changes: readonly ViewChange[]): void {
    for (const [key, value] of changes) {
      if (value === undefined) this.#values.delete(key);
      else this.#values.set(key, value);
    }
    for (const [key, value] of changes) {
      for (const listener of this.#listeners.get(key) ?? []) (listener as Listener<unknown>)(value);
    }
  }

  /** Removes what a replaced worker published and its successor has not published again. */
  dropAllBut(kept: ReadonlySet<ViewKey>): void {
    const gone = [...this.#values.keys()].filter((key) => !kept.has(key));
    this.apply(gone.map((key) => [key, undefined] as ViewChange));
  }

  /** Keys that somebody looks at. */
  watched(): readonly ViewKey[] {
    return [...this.#listeners.keys()];
  }

  actor<K extends ViewKey>(key: K): RemoteActor<Views[K] | undefined> {
    const known = this.#actors.get(key);
    if (known !== undefined) return known as RemoteActor<Views[K] | undefined>;
    const actor: RemoteActor<Views[K] | undefined> = {
      getSnapshot: () => this.get(key),
      subscribe: (listener) => {
        const tell =
          typeof listener === "function" ? listener : (value: Views[K] | undefined) => listener.next?.(value);
        return { unsubscribe: this.#listen(key, tell) };
      },
    };
    this.#actors.set(key, actor);
    return actor;
  }

  #listen<K extends ViewKey>(key: K, tell: Listener<Views[K] | undefined>): () => void {
    const known = this.#listeners.get(key);
    const listeners = known ?? new Set();
    this.#listeners.set(key, listeners);
    if (known === undefined) this.onWatch(key, true);
    listeners.add(tell);
    return () => {
      listeners.delete(tell);
      if (listeners.size > 0 || this.#listeners.get(key) !== listeners) return;
      this.#listeners.delete(key);
      this.onWatch(key, false);
    };
  }
}
