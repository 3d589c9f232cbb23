import type { ViewKey, Views } from "#machines/views.ts";
import type { RemoteActor } from "./view-store.ts";

/** Where views come from: the bridge, or a store. */
type ViewSource = { view<K extends ViewKey>(key: K): RemoteActor<Views[K] | undefined> };

/** Several views as one store for React: the array is a new one only when one of them changed. */
export function viewsOf<K extends ViewKey>(
  source: ViewSource,
  keys: readonly K[],
): { subscribe: (changed: () => void) => () => void; get: () => readonly (Views[K] | undefined)[] } {
  const actors = keys.map((key) => source.view(key));
  let last: readonly (Views[K] | undefined)[] = [];
  return {
    subscribe(changed) {
      const stops = actors.map((actor) => actor.subscribe(changed));
      return () => {
        for (const stop of stops) stop.unsubscribe();
      };
    },
    get() {
      const now = actors.map((actor) => actor.getSnapshot());
      if (now.length !== last.length || now.some((view, index) => view !== last[index])) last = now;
      return last;
    },
  };
}
