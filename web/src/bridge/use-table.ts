import { useEffect, useMemo, useRef, useState } from "react";
import type { PanelId } from "#telemetry/knowledge/panels.ts";
import type { TableWindow } from "#workers/host-api.ts";
import { bridge } from "./app-bridge.ts";
import { commands } from "./commands.ts";
import { useView } from "./hooks.ts";

/** Which rows of a table are on the screen. */
export type TableQuery = {
  sort?: { field: string; descending: boolean } | undefined;
  filter?: string | undefined;
  offset: number;
  limit: number;
};
/** `pending`: what is shown is not yet the answer to the current query. */
export type TableRows = TableWindow & { pending: boolean };

const NOTHING: TableWindow = { total: 0, rows: [] };

/**
 * A window of a table that lives in the worker [A6] [T77]. Asks again when the query or the panel's reading changes;
 * one question is under way at a time, and only the newest query is asked after it.
 */
export function useTable(device: string, panel: PanelId, table: string, query: TableQuery): TableRows {
  const reading = useView(`panel:${device}:${panel}`);
  const { offset, limit, filter } = query;
  const field = query.sort?.field;
  const descending = query.sort?.descending ?? false;
  const [answer, setAnswer] = useState<{ of: unknown; window: TableWindow }>({ of: null, window: NOTHING });
  const command = useMemo(
    () =>
      commands.table(device, {
        panel,
        table,
        offset,
        limit,
        ...(field === undefined ? {} : { sort: { field, descending } }),
        ...(filter === undefined || filter === "" ? {} : { filter }),
      }),
    [device, panel, table, offset, limit, field, descending, filter],
  );
  const wanted = useMemo(() => ({ command, reading }), [command, reading]);
  const newest = useRef(wanted);
  const busy = useRef(false);

  useEffect(() => {
    newest.current = wanted;
    let live = true;
    const ask = async (): Promise<void> => {
      if (busy.current) return;
      busy.current = true;
      for (;;) {
        const asked = newest.current;
        const result = await bridge.dispatch<TableWindow>(asked.command);
        if (live && result.ok && result.value !== undefined) setAnswer({ of: asked, window: result.value });
        else if (live && !result.ok) setAnswer({ of: asked, window: NOTHING });
        if (newest.current === asked) break;
      }
      busy.current = false;
    };
    void ask();
    return () => {
      live = false;
    };
  }, [wanted]);

  return { ...answer.window, pending: answer.of !== wanted };
}
