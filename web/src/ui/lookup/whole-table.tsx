import "../port/port.css";
import "./lookup.css";
import { useCallback, useEffect, useRef, useState } from "react";
import { deskCommand } from "#bridge/desk-commands.ts";
import { useDispatch, useView } from "#bridge/hooks.ts";
import type { ErrorPayload, LoadView, PanelReading } from "#bridge/types.ts";
import { panelDef } from "#telemetry/knowledge/panels.ts";
import { groupDigits } from "../format/numbers.ts";
import { agoText, msText } from "../format/times.ts";
import { panelNote } from "../panels/panel-status.ts";
import { SourceBlock } from "../panels/source-block.tsx";
import { TableSection } from "../panels/table-section.tsx";
import { Button } from "../primitives/button.tsx";
import { Callout } from "../primitives/callout.tsx";
import { Sheet } from "../primitives/dialog.tsx";
import { SelectField } from "../primitives/field.tsx";
import { Icon } from "../primitives/icon.tsx";
import { ErrorNote } from "../status/error-note.tsx";
import { useNow } from "../status/use-now.ts";
import { escapeDeviceText } from "../text/escape-device-text.ts";
import { isUnderWay, loadShare, loadWords } from "./load-words.ts";
import { seenVrfs } from "./lookup-plan.ts";

export type WholeTable = "routes" | "arp" | "mac";
const PANELS = { routes: "routes", arp: "arp_table", mac: "mac_table" } as const;
/** Rows that fit beside head, filter and source of the sheet; the rest scrolls inside the table. */
const ROWS_MIN = 6;
const AROUND_PX = 330;
const ROW_PX = 44;
const rowsThatFit = (): number => Math.max(ROWS_MIN, Math.floor((innerHeight - AROUND_PX) / ROW_PX));

type WholeTableProps = {
  device: string;
  table: WholeTable;
  /** What its filter says at first. */
  find?: string | undefined;
  connected: boolean;
  onClose: () => void;
};

/** A whole table of the device: asked for once, with its size before and its progress; let go of when it is closed [T77]. */
export default function WholeTableSheet({ device, table, find, connected, onClose }: WholeTableProps) {
  const [vrf, setVrf] = useState("default");
  const { ticket, load, error, start } = useLoad(device, table);
  const reading = useView(`panel:${device}:${PANELS[table]}`);
  const vrfs = seenVrfs({
    routing: useView(`panel:${device}:routing_table`),
    arp: useView(`panel:${device}:arp`),
    ifstate: useView(`panel:${device}:ifstate`),
  });
  const choose = table !== "mac" && vrfs.length > 1;
  const began = useRef(false);
  useEffect(() => {
    // Without anything to choose, opening the sheet is the question; its size is still shown first [T77].
    if (choose || !connected || began.current) return;
    began.current = true;
    void start(false, undefined);
  }, [choose, connected, start]);
  const off = connected ? undefined : "Telemetry is not running";
  const ask = (confirmed: boolean): void => void start(confirmed, vrf === "default" ? undefined : vrf);
  const phase = load?.phase;
  const idle = ticket === undefined || phase === "cancelled" || phase === "failed" || (load === undefined && error);
  return (
    <Sheet onClose={onClose} testId="whole-table" title={panelDef(PANELS[table]).title} width="1100px">
      {choose && (idle || phase === "done") ? (
        <SelectField
          choices={vrfs.map((name) => ({
            value: name,
            label: name === "default" ? "Default" : escapeDeviceText(name, 60),
          }))}
          label="VRF"
          onChange={setVrf}
          value={vrf}
        />
      ) : null}
      {phase === "confirm" && load !== undefined ? (
        <Confirm ask={() => ask(true)} load={load} onClose={onClose} />
      ) : null}
      {load !== undefined && isUnderWay(load) ? <UnderWay device={device} load={load} /> : null}
      {load !== undefined && (phase === "cancelled" || phase === "failed") ? <p>{loadWords(load)}</p> : null}
      <ErrorNote error={error} />
      {idle ? (
        <div className="rs-btn-row">
          <Button disabledReason={off} icon="download" onClick={() => ask(false)} variant="primary">
            {ticket === undefined ? "Ask for the table" : "Ask again"}
          </Button>
        </div>
      ) : null}
      {phase === "done" && load !== undefined && reading?.data !== undefined ? (
        <Arrived again={() => ask(false)} device={device} find={find} load={load} off={off} reading={reading} />
      ) : null}
    </Sheet>
  );
}

function Confirm({ load, ask, onClose }: { load: LoadView; ask: () => void; onClose: () => void }) {
  return (
    <Callout
      actions={
        <>
          <Button icon="download" onClick={ask} variant="primary">
            Ask for all of it
          </Button>
          <Button onClick={onClose}>Leave it</Button>
        </>
      }
      title={`${loadWords(load)} are to be expected`}
      tone="warn"
    >
      <p>
        The device prints the whole table once, which takes it a while and holds back the other panels meanwhile. The
        terminal goes on. It can be cancelled at any time, and stays on this tablet only until it is closed.
      </p>
    </Callout>
  );
}

function UnderWay({ device, load }: { device: string; load: LoadView }) {
  const dispatch = useDispatch();
  const now = useNow();
  const share = load.phase === "parsing" ? undefined : loadShare(load);
  return (
    <div className="rs-load-progress">
      <p role="status">
        {loadWords(load)} · {msText(Math.max(0, now - load.started_at))}
      </p>
      <progress aria-label="Arrived so far" max={1} {...(share === undefined ? {} : { value: share })} />
      <div className="rs-btn-row">
        <Button icon="close" onClick={() => void dispatch(deskCommand(device, "ask_cancel", { ticket: load.ticket }))}>
          Cancel
        </Button>
      </div>
    </div>
  );
}

type ArrivedProps = {
  device: string;
  load: LoadView;
  reading: PanelReading;
  off: string | undefined;
  again: () => void;
  find: string | undefined;
};

function Arrived({ device, load, reading, off, again, find }: ArrivedProps) {
  const now = useNow();
  const [source, setSource] = useState(false);
  const def = panelDef(reading.panel).sections.find((section) => section.kind === "table");
  const took = (load.done_at ?? load.started_at) - load.started_at;
  const note = reading.status === "ok" ? undefined : panelNote(reading, true);
  if (def?.kind !== "table") return null;
  return (
    <>
      <div className="rs-port-head">
        <p>
          {groupDigits(String(load.rows))} {load.rows === 1 ? "row" : "rows"} as of{" "}
          {agoText(Math.max(0, now - reading.ts))}, in {msText(took)}
        </p>
        <Button disabledReason={off} icon="refresh" onClick={again}>
          Ask again
        </Button>
      </div>
      {reading.status === "partial" ? <p className="rs-muted">Part of it could not be had. {note}</p> : null}
      <div className="rs-whole-table">
        <TableSection
          count={load.rows}
          def={def}
          device={device}
          find={find}
          key={load.ticket}
          maxRows={rowsThatFit()}
          panel={reading.panel}
          rows={load.rows === 0 ? [] : undefined}
        />
      </div>
      <details className="rs-details" onToggle={(event) => setSource(event.currentTarget.open)}>
        <summary>
          <Icon name="right" />
          Source and raw text
        </summary>
        {source ? reading.sources.map((one) => <SourceBlock device={device} key={one.capture} source={one} />) : null}
      </details>
    </>
  );
}

/** The load that this sheet began, and what became of it; what is left when the sheet goes is let go of. */
function useLoad(device: string, table: WholeTable) {
  const dispatch = useDispatch();
  const view = useView(`load:${device}`);
  const [ticket, setTicket] = useState<string>();
  const [error, setError] = useState<ErrorPayload>();
  const running = useRef<string>(undefined);
  const start = useCallback(
    async (confirmed: boolean, vrf: string | undefined): Promise<void> => {
      const now = crypto.randomUUID();
      running.current = now;
      setTicket(now);
      setError(undefined);
      const question = { ticket: now, table, confirmed, ...(vrf === undefined ? {} : { vrf }) };
      const result = await dispatch(deskCommand(device, "full_table", question));
      if (running.current === now && !result.ok) setError(result.error);
    },
    [device, dispatch, table],
  );
  useEffect(
    () => () => {
      if (running.current !== undefined) void dispatch(deskCommand(device, "ask_cancel", { ticket: running.current }));
      running.current = undefined;
    },
    [device, dispatch],
  );
  return { ticket, load: view?.ticket === ticket ? view : undefined, error, start };
}
