import "./device-list.css";
import { lazy, type ReactNode, Suspense, useEffect, useState } from "react";
import { commands } from "#bridge/commands.ts";
import { useDispatch, useView, useViewSelector } from "#bridge/hooks.ts";
import type { CatalogView, DeviceRecord, ErrorPayload } from "#bridge/types.ts";
import { Button } from "../primitives/button.tsx";
import { Callout } from "../primitives/callout.tsx";
import { SearchField } from "../primitives/field.tsx";
import { ErrorNotice } from "../status/error-notice.tsx";
import { DeviceText } from "../text/device-text.tsx";
import { movedFrom } from "./bound-way.ts";
import { DeviceRow } from "./device-row.tsx";
import { type ElsewhereGroup, elsewhereByDevice, matchesDevice, terminalOf, usedElsewhere } from "./device-search.ts";
import { InUseDialog } from "./in-use-dialog.tsx";
import { MovedLogin } from "./moved-login.tsx";
import { QuickConnect } from "./quick-connect.tsx";
import { useOpenDevice } from "./use-open-device.ts";

const DeviceSheet = lazy(async () => ({ default: (await import("./device-sheet.tsx")).DeviceSheet }));

/** From this many devices on a search field is worth its place. */
const SEARCH_FROM = 6;

/** The user's devices, the demo lab and own sessions that are open elsewhere. */
export function DeviceList({ onOpened }: { onOpened: (device: string) => void }) {
  const catalog = useView("catalog");
  const online = useViewSelector("link", (link) => link?.phase === "online" || link?.phase === "probing");
  const dispatch = useDispatch();
  const [search, setSearch] = useState("");
  const [editing, setEditing] = useState<DeviceRecord | "new">();
  const [inUseAt, setInUseAt] = useState<ElsewhereGroup>();
  const [moved, setMoved] = useState<DeviceRecord>();
  const logins = useView("logins");
  const [error, setError] = useState<ErrorPayload>();
  const open = useOpenDevice(onOpened, setError);
  useEffect(() => {
    if (online) void dispatch(commands.listSessions());
  }, [online, dispatch]);

  const end = async (sessions: ElsewhereGroup["sessions"]): Promise<void> => {
    const result = await dispatch(commands.endSessions(sessions));
    setError(result.ok ? undefined : result.error);
  };

  const take = ({ record, quick, sessions }: ElsewhereGroup): void =>
    void open(record, { quick, adopt: terminalOf(sessions) });
  const tap = (record: DeviceRecord): void => {
    const used = usedElsewhere(catalog, record.id);
    const isOpen = catalog?.open.includes(record.id) === true;
    if (used !== undefined) setInUseAt(used);
    else if (!isOpen && movedFrom(logins?.[record.id], record.target) !== undefined) setMoved(record);
    else void open(record);
  };

  const records = catalog?.records ?? [];
  const found = records.filter((record) => matchesDevice(record, search));
  const own = found.filter((record) => record.simulated !== true);
  const demo = found.filter((record) => record.simulated === true);
  const offline = online ? undefined : "There is no connection to the proxy";
  const holders = new Map(elsewhereByDevice(catalog).map(({ device, holder }) => [device, holder]));
  const inUse = ({ id }: DeviceRecord) =>
    holders.get(id) === undefined ? {} : { note: `in use on ${holders.get(id)}` };
  const rows = (list: readonly DeviceRecord[]): ReactNode =>
    list.map((record) => (
      <li key={record.id}>
        <DeviceRow
          {...inUse(record)}
          disabledReason={catalog?.open.includes(record.id) ? undefined : offline}
          onEdit={record.simulated === true ? undefined : () => setEditing(record)}
          onOpen={() => tap(record)}
          record={record}
        />
      </li>
    ));
  return (
    <div className="rs-home-screen" data-region-focus tabIndex={-1}>
      <div className="rs-home-inner">
        <header className="rs-home-head">
          <h1>Devices</h1>
          {records.length >= SEARCH_FROM ? (
            <SearchField label="Search devices" onChange={setSearch} value={search} />
          ) : null}
          <Button icon="add" onClick={() => setEditing("new")} variant="primary">
            Add device
          </Button>
        </header>
        <QuickConnect disabledReason={offline} onOpen={(record, login) => void open(record, { quick: true, login })} />
        <ErrorNotice error={error} title="It could not be opened" />
        <Ending catalog={catalog} />
        <Elsewhere catalog={catalog} disabledReason={offline} onEnd={(sessions) => void end(sessions)} onTake={take} />
        <section aria-labelledby="own-devices" className="rs-group">
          <div className="rs-group-head">
            <h2 id="own-devices">Your devices</h2>
            <span className="rs-muted">{own.length === 0 ? "" : own.length}</span>
          </div>
          {own.length > 0 ? <ul className="rs-list">{rows(own)}</ul> : <NoDevices searching={search !== ""} />}
        </section>
        {demo.length === 0 ? null : (
          <section aria-labelledby="demo-devices" className="rs-group">
            <div className="rs-group-head">
              <h2 id="demo-devices">Demo lab</h2>
              <span className="rs-muted">simulated by the proxy, nothing real is touched</span>
            </div>
            <ul className="rs-list">{rows(demo)}</ul>
          </section>
        )}
      </div>
      {inUseAt === undefined ? null : (
        <InUseDialog
          group={inUseAt}
          onAnother={() => {
            setInUseAt(undefined);
            void open(inUseAt.record);
          }}
          onClose={() => setInUseAt(undefined)}
          onTake={() => {
            setInUseAt(undefined);
            take(inUseAt);
          }}
        />
      )}
      {moved === undefined ? null : (
        <MovedLogin
          before={movedFrom(logins?.[moved.id], moved.target)?.before}
          onClose={() => setMoved(undefined)}
          onOpen={() => {
            setMoved(undefined);
            void open(moved);
          }}
          record={moved}
        />
      )}
      {editing === undefined ? null : (
        <Suspense fallback={null}>
          <DeviceSheet
            catalog={records}
            onClose={() => setEditing(undefined)}
            record={editing === "new" ? undefined : editing}
          />
        </Suspense>
      )}
    </div>
  );
}

function NoDevices({ searching }: { searching: boolean }) {
  return (
    <div className="rs-empty">
      <p>
        <strong>{searching ? "No device matches." : "No device yet."}</strong>
      </p>
      <p className="rs-muted">
        {searching
          ? "Words may occur in the name, the address, the user or the note."
          : "Add one with its address and user, type user@address above, or open a demo device to look around."}
      </p>
    </div>
  );
}

type ElsewhereProps = {
  catalog: CatalogView | undefined;
  disabledReason: string | undefined;
  onTake: (group: ElsewhereGroup) => void;
  onEnd: (sessions: ElsewhereGroup["sessions"]) => void;
};

/** Own sessions that the proxy keeps and this page does not show [S12]. */
function Elsewhere({ catalog, disabledReason, onTake, onEnd }: ElsewhereProps) {
  const groups = elsewhereByDevice(catalog);
  if (groups.length === 0) return null;
  return (
    <section aria-labelledby="elsewhere" className="rs-group">
      <div className="rs-group-head">
        <h2 id="elsewhere">Running elsewhere</h2>
        <span className="rs-muted">your sessions that this page does not show</span>
      </div>
      <ul className="rs-list">
        {groups.map((group) => (
          <li key={group.device}>
            <DeviceRow
              action={group.holder === undefined ? "Resume" : "Take over"}
              disabledReason={disabledReason}
              label={group.label}
              note={whereText(group)}
              onEnd={() => onEnd(group.sessions)}
              onOpen={() => onTake(group)}
              record={group.record}
            />
          </li>
        ))}
      </ul>
    </section>
  );
}

function whereText({ holder, sessions }: ElsewhereGroup): string {
  if (holder !== undefined) return `on ${holder}`;
  return sessions.every(({ ended }) => ended === true)
    ? "ended; its last output can be read"
    : "kept by the proxy, on no screen";
}

/** Sessions that were ended without a link: they live at the proxy until it hears of it. */
function Ending({ catalog }: { catalog: CatalogView | undefined }) {
  const labels = new Map(catalog?.ending?.map(({ device, label }) => [device, label]));
  if (labels.size === 0) return null;
  return (
    <Callout title="Ends when the link is back" tone="warn">
      <ul className="rs-plain-list" data-testid="ending">
        {[...labels].map(([device, label]) => (
          <li key={device}>
            <DeviceText max={128} text={label} />
          </li>
        ))}
      </ul>
    </Callout>
  );
}
