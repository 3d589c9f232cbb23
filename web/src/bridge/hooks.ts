import { useSelector } from "@xstate/react";
import { useCallback } from "react";
import type { ViewKey, Views } from "#machines/views.ts";
import type { Result, UiCommand } from "#protocol/local-messages.ts";
import { bridge } from "./app-bridge.ts";
import { boxed } from "./boxed-actor.ts";

/** The whole view of `key`; undefined until the worker has published it. */
export function useView<K extends ViewKey>(key: K): Views[K] | undefined {
  return useSelector(boxed(bridge.view(key)), ({ view }) => view);
}

/** A part of a view; renders again only when it changes by `equal` (default: identity). */
export function useViewSelector<K extends ViewKey, T>(
  key: K,
  selector: (view: Views[K] | undefined) => T,
  equal?: (a: T, b: T) => boolean,
): T {
  return useSelector(boxed(bridge.view(key)), ({ view }) => selector(view), equal);
}

/** Sends a command to the worker; resolves with its result, never rejects. */
export function useDispatch(): <T = unknown>(command: Unversioned) => Promise<Result<T>> {
  return useCallback((command) => bridge.dispatch({ ...command, v: 1 }), []);
}

type WithoutVersion<C> = C extends { v: unknown } ? Omit<C, "v"> & { v?: 1 } : never;
/** A command as the UI writes it: the version may be left out. */
export type Unversioned = WithoutVersion<UiCommand>;
