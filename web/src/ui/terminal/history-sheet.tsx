import { useEffect, useState } from "react";
import { commands } from "#bridge/commands.ts";
import { useDispatch } from "#bridge/hooks.ts";
import type { HistoryEntry } from "#bridge/types.ts";
import type { TerminalHandle } from "#terminal/terminal-handle.ts";
import { Button } from "../primitives/button.tsx";
import { Sheet } from "../primitives/dialog.tsx";
import { SearchField } from "../primitives/field.tsx";
import { PlatformCommands } from "./platform-commands.tsx";

/** Entries fetched for one search; a person narrows further by typing. */
const ENTRIES_MAX = 300;
/** What stands for a secret that was not kept. */
const MASK = "••••";

const time = new Intl.DateTimeFormat(undefined, { dateStyle: "short", timeStyle: "short" });

type Listing = { entries: readonly HistoryEntry[] } | { failed: string } | undefined;

/** The list after a delete; `null` deletes all. */
function without(listing: Listing, line: string | null): Listing {
  if (listing === undefined || "failed" in listing) return listing;
  return { entries: line === null ? [] : listing.entries.filter((entry) => entry.line !== line) };
}

/** Lines entered at this device: search, put at the cursor without Enter, delete [U50] [S91]. */
export function HistorySheet({ terminal, onClose }: { terminal: TerminalHandle; onClose: () => void }) {
  const { device } = terminal;
  const dispatch = useDispatch();
  const [search, setSearch] = useState("");
  const [listing, setListing] = useState<Listing>();
  useEffect(() => {
    let current = true;
    const read = async () => {
      const result = await dispatch<readonly HistoryEntry[]>(commands.historyList(device, search, ENTRIES_MAX));
      if (!current) return;
      if (result.ok) setListing({ entries: result.value ?? [] });
      else setListing({ failed: result.error.detail ?? result.error.code });
    };
    void read();
    return () => {
      current = false;
    };
  }, [device, dispatch, search]);
  const remove = async (line: string | null) => {
    const result = await dispatch(commands.historyDelete(device, line));
    if (!result.ok) setListing({ failed: result.error.detail ?? result.error.code });
    else setListing((old) => without(old, line));
  };
  const insert = (line: string) => {
    terminal.insert(line);
    onClose();
  };
  return (
    <Sheet icon="history" onClose={onClose} testId="history" title="Command history">
      <SearchField label="Search history and commands" onChange={setSearch} value={search} />
      {listing === undefined ? <p>Reading the history…</p> : null}
      {listing !== undefined && "failed" in listing ? <p role="alert">{listing.failed}</p> : null}
      {listing !== undefined && "entries" in listing && listing.entries.length === 0 ? (
        <p>{search === "" ? "Nothing was entered at this device yet." : "No line matches."}</p>
      ) : null}
      {listing !== undefined && "entries" in listing ? (
        <ul className="rs-history">
          {listing.entries.map((entry) => (
            <li key={`${entry.at} ${entry.line}`}>
              <button
                className="rs-history-line"
                disabled={entry.line.includes(MASK)}
                onClick={() => insert(entry.line)}
                title={entry.line.includes(MASK) ? "A secret of this line was not kept" : "Put at the cursor"}
                type="button"
              >
                <code>{entry.line}</code>
                <time dateTime={new Date(entry.at).toISOString()}>{time.format(entry.at)}</time>
              </button>
              <Button
                icon="remove"
                label={`Delete ${entry.line}`}
                onClick={() => void remove(entry.line)}
                variant="ghost"
              />
            </li>
          ))}
        </ul>
      ) : null}
      {listing !== undefined && "entries" in listing && listing.entries.length > 0 && search === "" ? (
        <Button icon="remove" onClick={() => void remove(null)} variant="danger">
          Delete the whole history of this device
        </Button>
      ) : null}
      <PlatformCommands device={device} onInsert={insert} search={search} />
    </Sheet>
  );
}
