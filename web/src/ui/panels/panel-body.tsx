import { useMemo } from "react";
import { useView } from "#bridge/hooks.ts";
import type { PanelId, PanelReading } from "#bridge/types.ts";
import {
  type PanelDef,
  panelDef,
  type RecordSection as RecordDef,
  type TableSection as TableDef,
} from "#telemetry/knowledge/panels.ts";
import { clockText } from "../format/times.ts";
import { showWholeTable } from "../lookup/lookup-request.ts";
import { Button } from "../primitives/button.tsx";
import { useNow } from "../status/use-now.ts";
import { escapeDeviceText } from "../text/escape-device-text.ts";
import { CollectorBody } from "./collector-body.tsx";
import { interfaceFields, joinInterfaces } from "./interface-rows.ts";
import { RecordSection } from "./record-section.tsx";
import { RowNotes } from "./row-notes.tsx";
import { ShortFigures } from "./short-figures.tsx";
import { CpuBody, DeviceInfoBody, MemoryBody } from "./special-bodies.tsx";
import type { Row } from "./table-order.ts";
import { TableSection } from "./table-section.tsx";

type BodyProps = { device: string; def: PanelDef; reading: PanelReading; maxRows?: number | undefined };

/** Longest piece of one raw answer drawn in a panel. */
const RAW_SHOWN_CHARS = 64_000;

/** Records up to this many fields stand in one line above their table. */
const SHORT_FIELDS = 4;

const rowsAt = (data: unknown, path: string): readonly Row[] | undefined => {
  const rows = (data as Record<string, unknown> | undefined)?.[path];
  return Array.isArray(rows) ? (rows as Row[]) : undefined;
};

/** A list of names without a single value: the processor's cores before their second sample. */
const onlyKeys = ({ fields }: TableDef, rows: readonly Row[]): boolean =>
  rows.every((row) => fields.every((def) => def.key === true || row[def.field] === undefined));

/** What a panel shows: its own drawing where it has one, else its sections one after the other. */
export function PanelBody({ device, def, reading, maxRows }: BodyProps) {
  const { data } = reading;
  if (data === undefined) return null;
  if (reading.panel === "memory" && reading.data !== undefined)
    return <MemoryBody data={reading.data} device={device} />;
  if (reading.panel === "collector" && reading.data !== undefined) {
    return <CollectorBody data={reading.data} device={device} full={maxRows !== undefined} />;
  }
  if (reading.panel === "raw" && reading.data !== undefined) return <RawBody outputs={reading.data.outputs} />;
  if (reading.panel === "ifstate" && reading.data?.rows !== undefined) {
    return (
      <>
        <Interfaces device={device} maxRows={maxRows} rows={reading.data.rows} />
        <RowNotes def={def} reading={reading} />
      </>
    );
  }
  return (
    <>
      {sectionsOf({ device, def, reading, maxRows })}
      <RowNotes def={def} reading={reading} />
      <WholeTableButton device={device} panel={def.id} />
    </>
  );
}

/** A summary's way to all that it counts, which is asked for only when somebody wants it [T77]. */
function WholeTableButton({ device, panel }: { device: string; panel: PanelId }) {
  const table = panel === "routing_table" ? "routes" : panel === "arp" || panel === "mac" ? panel : undefined;
  if (table === undefined) return null;
  return (
    <div className="rs-whole-table-button">
      <Button icon="columns" onClick={() => showWholeTable(device, table)} variant="ghost">
        Whole table…
      </Button>
    </div>
  );
}

function sectionsOf({ device, def, reading, maxRows }: BodyProps) {
  const { data } = reading;
  return def.sections.map((section) => {
    if (section.kind === "table") {
      const rows = rowsAt(data, section.path);
      const counted = (data as { row_count?: number }).row_count;
      const count = rows?.length ?? (section.path === "rows" ? (counted ?? 0) : 0);
      const isMain = def.kind === "table" || section.path === "rows";
      if (rows === undefined && !isMain) return null;
      if (count === 0 && !isMain) return null;
      if (!isMain && rows !== undefined && onlyKeys(section, rows)) return null;
      return (
        <TableSection
          count={count}
          def={section}
          device={device}
          key={section.id}
          maxRows={maxRows}
          panel={def.id}
          rows={rows ?? (count === 0 ? [] : undefined)}
        />
      );
    }
    return (
      <OneRecord device={device} full={maxRows !== undefined} key={section.id} reading={reading} section={section} />
    );
  });
}

type OneRecordProps = { device: string; section: RecordDef; reading: PanelReading; full: boolean };
function OneRecord({ device, section, reading, full }: OneRecordProps) {
  if (reading.panel === "device_info" && reading.data) {
    return <DeviceInfoBody data={reading.data} def={section} full={full} />;
  }
  if (reading.panel === "cpu" && reading.data) {
    return <CpuBody data={reading.data} def={section} device={device} full={full} />;
  }
  const { data } = reading;
  const values = section.path === undefined ? data : (data as Record<string, unknown> | undefined)?.[section.path];
  if (values === undefined) return null;
  const place = { device, panel: reading.panel, title: section.title ?? panelDef(reading.panel).title };
  if (section.fields.length <= SHORT_FIELDS) return <ShortFigures def={section} place={place} values={values as Row} />;
  return <RecordSection def={section} full={full} place={place} values={values as Row} />;
}

/** State, rates, counters and their past in one table. */
function Interfaces({ device, rows, maxRows }: { device: string; rows: readonly Row[]; maxRows: number | undefined }) {
  const counters = useView(`panel:${device}:ifcounters`);
  const beside = counters?.panel === "ifcounters" ? (counters.data?.rows as readonly Row[] | undefined) : undefined;
  const joined = useMemo(() => joinInterfaces(rows, beside ?? [], false), [rows, beside]);
  const def = useMemo(() => {
    const [state, counter] = [panelDef("ifstate").sections[0], panelDef("ifcounters").sections[0]];
    const fields = interfaceFields(state?.fields ?? [], counter?.fields ?? []);
    return { kind: "table", id: "rows", path: "rows", empty: "No interfaces", fields } as const;
  }, []);
  return (
    <>
      <TableSection count={joined.length} def={def} device={device} maxRows={maxRows} panel="ifstate" rows={joined} />
      {counters === undefined ? null : <RowNotes def={panelDef("ifcounters")} reading={counters} />}
    </>
  );
}

/** Answers of safe commands as they came, when no pack knows the platform. */
function RawBody({ outputs }: { outputs: readonly { command: string; text: string; at: number }[] }) {
  const now = useNow();
  if (outputs.length === 0) return <p className="rs-empty-line">Nothing yet.</p>;
  return outputs.map(({ command, text, at }) => (
    <div className="rs-form" key={command}>
      <p>
        <code>{escapeDeviceText(command)}</code> <span className="rs-muted">{clockText(at, now)}</span>
      </p>
      <pre className="rs-raw-text rs-scroll rs-selectable">
        <bdi>{escapeDeviceText(text, RAW_SHOWN_CHARS, true)}</bdi>
      </pre>
    </div>
  ));
}
