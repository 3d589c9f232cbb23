import { useEffect, useState } from "react";
import { deskCommand } from "#bridge/desk-commands.ts";
import { useDispatch, useView } from "#bridge/hooks.ts";
import type { ChangeEvent, ErrorPayload } from "#bridge/types.ts";

/** Older changes asked for at a time. */
const PAGE = 100;
const NONE: readonly ChangeEvent[] = [];

/** Newest first, each once: what is live goes before what was asked for, since its counts may have grown. */
export function joinedChanges(live: readonly ChangeEvent[], older: readonly ChangeEvent[]): readonly ChangeEvent[] {
  const known = new Set(live.map(({ id }) => id));
  return [...live, ...older.filter(({ id }) => !known.has(id))].toSorted((a, b) => (a.id < b.id ? 1 : -1));
}

/** The changes of a device with what was asked for of older ones; while it is used, what it shows counts as seen. */
export function useChanges(device: string) {
  const view = useView(`changes:${device}`);
  const dispatch = useDispatch();
  const [older, setOlder] = useState<readonly ChangeEvent[]>(NONE);
  const [state, setState] = useState<"more" | "loading" | "end">("more");
  const [error, setError] = useState<ErrorPayload>();
  // Marks stay while the list is open; the next opening has none of them.
  const [seenBefore] = useState(view?.seen_until ?? 0);
  const live = view?.events ?? NONE;
  const newest = live.reduce((at, event) => Math.max(at, event.at), 0);
  const unseen = view !== undefined && newest > view.seen_until;
  useEffect(() => {
    if (unseen) void dispatch(deskCommand(device, "changes_seen", { until: newest }));
  }, [device, dispatch, newest, unseen]);

  const events = joinedChanges(live, older);
  const last = events.at(-1)?.id;
  const more = async (): Promise<void> => {
    setState("loading");
    setError(undefined);
    const payload = last === undefined ? { limit: PAGE } : { limit: PAGE, before: last };
    const result = await dispatch<readonly ChangeEvent[]>(deskCommand(device, "changes_list", payload));
    if (!result.ok) {
      setError(result.error);
      setState("more");
      return;
    }
    const found = result.value ?? NONE;
    setOlder((before) => [...before, ...found]);
    setState(found.length < PAGE ? "end" : "more");
  };
  return { events, seenBefore, state, error, more };
}
