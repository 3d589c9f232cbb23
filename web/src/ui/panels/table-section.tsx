import { lazy, Suspense, useCallback, useMemo, useState } from "react";
import { useView } from "#bridge/hooks.ts";
import type { PanelId } from "#bridge/types.ts";
import type { TableQuery } from "#bridge/use-table.ts";
import { useTable } from "#bridge/use-table.ts";
import type { TableSection as TableDef } from "#telemetry/knowledge/panels.ts";
import { type ChartSpec, chartOf } from "../charts/chart-spec.ts";
import { groupDigits } from "../format/numbers.ts";
import { SearchField } from "../primitives/field.tsx";
import { DataTable, type DataTableProps } from "./data-table.tsx";
import { chosenFields } from "./panel-layout.ts";
import { useShortNames } from "./short-names.ts";
import { filterRows, type Row, rowTitle, type SortBy, sortRows } from "./table-order.ts";
import { TableTools } from "./table-tools.tsx";
import { useSteadyRows } from "./use-steady-rows.ts";

const RowSheet = lazy(() => import("./row-sheet.tsx"));

/** From this many rows on a filter is worth its place. */
const FILTER_FROM = 9;
/** Rows shown before a table scrolls inside itself; a table has one of two heights, so that live data does not move others [U85]. */
const SHORT_ROWS = 4;
const TALL_ROWS = 8;
/** Rows asked for at a time, and the step by which the window moves: a hard fling passes some 10 rows in a frame. */
const WINDOW_ROWS = 400;
const WINDOW_STEP = 50;
/** Rows by which columns are chosen: the first that came, so that scrolling changes no column. */
const SAMPLE_ROWS = 120;
const NO_ROWS: readonly Row[] = [];

type TableSectionProps = {
  device: string;
  panel: PanelId;
  def: TableDef;
  /** Rows in the view; absent when there are too many and the worker answers for windows of them [T77]. */
  rows: readonly Row[] | undefined;
  count: number;
  maxRows?: number | undefined;
  /** What the filter says at first. */
  find?: string | undefined;
};

/** A table of a panel: sorted and filtered here when its rows are here, else in the worker. */
export function TableSection(props: TableSectionProps) {
  const { def, count, rows } = props;
  const ui = useView("ui_state");
  const [sort, setSort] = useState<SortBy>();
  const [filter, setFilter] = useState(props.find ?? "");
  const [row, setRow] = useState<Row>();
  const shortName = useShortNames(props.device);
  const { device, panel } = props;
  const { fields } = def;
  const chart = useCallback(
    (of: Row, field: string): ChartSpec | undefined =>
      chartOf({ device, panel, fields, row: of, title: rowTitle(fields, of) }, field),
    [device, panel, fields],
  );
  if (count === 0) return <p className="rs-empty-line">{def.empty}.</p>;
  const table: SharedTable = {
    caption: def.title ?? def.id,
    chart,
    chosen: chosenFields(ui, panel, def.path),
    fields,
    maxRows: heightFor(count, props.maxRows),
    onRow: setRow,
    onSort: setSort,
    shortName,
    sort,
  };
  const inner = { def, filter, table };
  return (
    <>
      <TableTools
        count={count}
        def={def}
        device={device}
        filter={filter}
        panel={panel}
        search={
          count < FILTER_FROM && filter === "" ? null : (
            <SearchField
              label={`Filter ${def.title ?? "rows"}`}
              onChange={setFilter}
              placeholder={`Filter ${groupDigits(String(count))} rows`}
              value={filter}
            />
          )
        }
        sort={sort}
        title={def.title === undefined ? null : <h4 className="rs-section-title">{def.title}</h4>}
      />
      {rows === undefined ? (
        <WorkerTable {...inner} count={count} device={device} panel={panel} />
      ) : (
        <LocalTable {...inner} rows={rows} />
      )}
      <Suspense fallback={null}>
        {row === undefined ? null : (
          <RowSheet
            device={props.device}
            fields={def.fields}
            onClose={() => setRow(undefined)}
            panel={props.panel}
            row={row}
          />
        )}
      </Suspense>
    </>
  );
}

/** What both kinds of table show and do alike. */
type InnerProps = { def: TableDef; filter: string; table: SharedTable };
type SharedTable = Pick<
  DataTableProps,
  "caption" | "chart" | "chosen" | "fields" | "maxRows" | "onRow" | "onSort" | "shortName" | "sort"
>;

const heightFor = (count: number, maxRows: number | undefined): number =>
  maxRows ?? (count <= SHORT_ROWS ? SHORT_ROWS : TALL_ROWS);

function LocalTable({ def, filter, table, rows }: InnerProps & { rows: readonly Row[] }) {
  const { sort } = table;
  const found = useMemo(
    () => sortRows(filterRows(rows, def.fields, filter), def.fields, sort),
    [rows, def, filter, sort],
  );
  const act = useMemo(() => ({ sort, filter }), [sort, filter]);
  const steady = useSteadyRows(found, def.fields, act);
  if (found.length === 0) return <p className="rs-empty-line">No row matches.</p>;
  return (
    <DataTable
      {...table}
      count={steady.rows.length}
      onTouch={steady.touch}
      rowAt={(index) => steady.rows[index]}
      sample={rows}
    />
  );
}

const nothing = (): void => undefined;

type WorkerTableProps = InnerProps & Pick<TableSectionProps, "device" | "panel" | "count">;

function WorkerTable({ device, panel, def, filter, table, count }: WorkerTableProps) {
  const [offset, setOffset] = useState(0);
  const query: TableQuery = { sort: table.sort, filter, offset, limit: WINDOW_ROWS };
  const { total, rows, from, pending } = useTable(device, panel, def.path, query);
  const [sample, setSample] = useState(NO_ROWS);
  if (sample.length === 0 && rows.length > 0) setSample(rows.slice(0, SAMPLE_ROWS));
  const onRange = useCallback((first: number, last: number) => {
    const middle = Math.max(0, Math.round((first + last) / 2 - WINDOW_ROWS / 2));
    setOffset(Math.floor(middle / WINDOW_STEP) * WINDOW_STEP);
  }, []);
  const loaded = total > 0 ? total : pending ? count : 0;
  if (loaded === 0) return <p className="rs-empty-line">{filter === "" ? `${def.empty}.` : "No row matches."}</p>;
  return (
    <DataTable
      {...table}
      count={loaded}
      onRange={onRange}
      onTouch={nothing}
      rowAt={(index) => rows[index - from]}
      sample={sample}
    />
  );
}
