import { useEffect, useMemo, useState } from "react";
import type { PanelId } from "#telemetry/knowledge/panels.ts";
import type { TableWindow } from "#workers/host-api.ts";
import { bridge } from "./app-bridge.ts";
import { commands } from "./commands.ts";
import { useView } from "./hooks.ts";
import { NewestAnswer } from "./newest-answer.ts";

/** Which rows of a table are on the screen. */
export type TableQuery = {
  sort?: { field: string; descending: boolean } | undefined;
  filter?: string | undefined;
  offset: number;
  limit: number;
};
/**
 * `from`: place of the first of these rows, which is the current query's offset only once that was answered; `pending`: it
 * was not yet.
 */
export type TableRows = TableWindow & { from: number; pending: boolean };

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
  const [answer, setAnswer] = useState<{ of: unknown; from: number; window: TableWindow }>({
    of: null,
    from: 0,
    window: NOTHING,
  });
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
  const wanted = useMemo(() => ({ command, reading, from: offset }), [command, reading, offset]);
  const [questions] = useState(
    () =>
      new NewestAnswer(
        (asked: typeof wanted) => bridge.dispatch<TableWindow>(asked.command),
        (asked, result) =>
          setAnswer({ of: asked, from: asked.from, window: (result.ok ? result.value : undefined) ?? NOTHING }),
      ),
  );
  useEffect(() => () => questions.close(), [questions]);
  useEffect(() => questions.want(wanted), [questions, wanted]);

  return { ...answer.window, from: answer.from, pending: answer.of !== wanted };
}
