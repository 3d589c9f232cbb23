import { useCallback, useEffect, useState } from "react";
import { deskCommand } from "#bridge/desk-commands.ts";
import { useDispatch } from "#bridge/hooks.ts";
import type { ErrorPayload, Result, SnapshotEntry } from "#bridge/types.ts";

/** The snapshots of a device, newest first; undefined until the tablet has answered. */
export function useSnapshots(device: string) {
  const dispatch = useDispatch();
  const [list, setList] = useState<readonly SnapshotEntry[]>();
  const [error, setError] = useState<ErrorPayload>();
  const load = useCallback(async (): Promise<void> => {
    const result = await dispatch<SnapshotEntry[]>(deskCommand(device, "snapshot_list", {}));
    if (result.ok) setList(result.value ?? []);
    else setError(result.error);
  }, [device, dispatch]);
  /** Waits for a change of the list and shows it as it is then. */
  const after = useCallback(
    async <T>(act: Promise<Result<T>>): Promise<Result<T>> => {
      const result = await act;
      setError(result.ok ? undefined : result.error);
      await load();
      return result;
    },
    [load],
  );
  useEffect(() => {
    const first = async (): Promise<void> => load();
    void first();
  }, [load]);
  return {
    list,
    error,
    store: (name: string) => after(dispatch<SnapshotEntry>(deskCommand(device, "snapshot_store", { name }))),
    rename: (id: string, name: string) => after(dispatch(deskCommand(device, "snapshot_rename", { id, name }))),
    remove: (id: string) => after(dispatch(deskCommand(device, "snapshot_remove", { id }))),
  };
}
