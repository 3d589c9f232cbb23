import { useMemo, useSyncExternalStore } from "react";
import type { ViewKey, Views } from "#machines/views.ts";
import { bridge } from "./app-bridge.ts";
import { viewsOf } from "./views-of.ts";

/** Several views at once, in the order of `keys`; renders again when one of them changes. */
export function useViews<K extends ViewKey>(keys: readonly K[]): readonly (Views[K] | undefined)[] {
  const joined = keys.join("\n");
  // Keys are compared by what they say: callers build the list anew at every render.
  const store = useMemo(() => viewsOf(bridge, joined === "" ? [] : (joined.split("\n") as K[])), [joined]);
  return useSyncExternalStore(store.subscribe, store.get);
}
