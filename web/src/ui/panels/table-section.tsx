import { lazy, Suspense, useCallback, useMemo, useState } from "react";
import { useView } from "#bridge/hooks.ts";
import type { PanelId } from "#bridge/types.ts";
import type { TableQuery } from "#bridge/use-table.ts";
import { useTable } from "#bridge/use-table.ts";
import type { TableSection as TableDef } from "#telemetry/knowledge/panels.ts";
import { type ChartSpec, chartOf } from "../charts/chart-spec.ts";
import { groupDigits } from "../format/numbers.ts";
import { SearchField } from "../primitives/field.tsx";
import { DataTable } from "./data-table.tsx";
import { chosenFields } from "./panel-layout.ts";
import { type ShortName, useShortNames } from "./short-names.ts";
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
  const chosen = chosenFields(ui, panel, def.path);
  const shared = { ...props, sort, filter, onSort: setSort, onRow: setRow, chart, chosen, shortName };
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
      {rows === undefined ? <WorkerTable {...shared} /> : <LocalTable {...shared} rows={rows} />}
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

type InnerProps = TableSectionProps & {
  sort: SortBy | undefined;
  filter: string;
  onSort: (sort: SortBy | undefined) => void;
  onRow: (row: Row) => void;
  chart: (row: Row, field: string) => ChartSpec | undefined;
  chosen: readonly string[] | undefined;
  shortName: ShortName;
};

const heightFor = (count: number, maxRows: number | undefined): number =>
  maxRows ?? (count <= SHORT_ROWS ? SHORT_ROWS : TALL_ROWS);

function LocalTable({
  def,
  rows = [],
  sort,
  filter,
  onSort,
  onRow,
  chart,
  chosen,
  shortName,
  count,
  maxRows,
}: InnerProps) {
  const found = useMemo(
    () => sortRows(filterRows(rows, def.fields, filter), def.fields, sort),
    [rows, def, filter, sort],
  );
  const act = useMemo(() => ({ sort, filter }), [sort, filter]);
  const steady = useSteadyRows(found, def.fields, act);
  if (found.length === 0) return <p className="rs-empty-line">No row matches.</p>;
  return (
    <DataTable
      caption={def.title ?? def.id}
      chart={chart}
      chosen={chosen}
      count={steady.rows.length}
      fields={def.fields}
      maxRows={heightFor(count, maxRows)}
      onRow={onRow}
      onSort={onSort}
      onTouch={steady.touch}
      rowAt={(index) => steady.rows[index]}
      sample={rows}
      shortName={shortName}
      sort={sort}
    />
  );
}

const nothing = (): void => undefined;

function WorkerTable({
  device,
  panel,
  def,
  sort,
  filter,
  onSort,
  onRow,
  chart,
  chosen,
  shortName,
  count,
  maxRows,
}: InnerProps) {
  const [offset, setOffset] = useState(0);
  const query: TableQuery = { sort, filter, offset, limit: WINDOW_ROWS };
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
      caption={def.title ?? def.id}
      chart={chart}
      chosen={chosen}
      count={loaded}
      fields={def.fields}
      maxRows={heightFor(count, maxRows)}
      onRange={onRange}
      onRow={onRow}
      onSort={onSort}
      onTouch={nothing}
      rowAt={(index) => rows[index - from]}
      sample={sample}
      shortName={shortName}
      sort={sort}
    />
  );
}
