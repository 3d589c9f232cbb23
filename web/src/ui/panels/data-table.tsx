import "./table.css";
import { memo, type ReactNode, useEffect, useMemo, useRef, useState } from "react";
import type { FieldDef } from "#telemetry/knowledge/field-defs.ts";
import type { ChartSpec } from "../charts/chart-spec.ts";
import { Icon } from "../primitives/icon.tsx";
import { useNow } from "../status/use-now.ts";
import {
  COMPACT_MAX_PX,
  chosenColumns,
  columnsWidth,
  columnWidth,
  fittingColumns,
  SHORT_NAMES_MAX_PX,
} from "./columns.ts";
import type { ShortName } from "./short-names.ts";
import { nextSort, type Row, rowKey, type SortBy } from "./table-order.ts";
import { useTableBox } from "./use-table-box.ts";
import { ValueCell } from "./value-cell.tsx";
import { drawnTop, visibleRange } from "./visible-range.ts";

export type DataTableProps = {
  caption: string;
  fields: readonly FieldDef[];
  /** Rows at their places; places that are not loaded yet are absent. */
  rowAt: (index: number) => Row | undefined;
  count: number;
  /** Rows by which the columns are chosen. */
  sample: readonly Row[];
  sort: SortBy | undefined;
  onSort: (sort: SortBy | undefined) => void;
  onRow: (row: Row) => void;
  onTouch: () => void;
  onRange?: (first: number, last: number) => void;
  maxRows: number;
  /** Columns that somebody chose; absent: those that fit [U79]. */
  chosen?: readonly string[] | undefined;
  /** How ports are called where there is little room. */
  shortName: ShortName;
  /** What a tap on a row's small chart opens. */
  chart?: (row: Row, field: string) => ChartSpec | undefined;
};

/** A real table of which only the visible rows exist; columns are those that fit [U87]. */
export function DataTable(props: DataTableProps) {
  const { caption, fields, rowAt, count, sample, sort, onSort, onRow, onRange } = props;
  const scroller = useRef<HTMLDivElement>(null);
  const box = useTableBox(scroller, props.maxRows);
  const [top, setTop] = useState(0);
  const now = useNow();
  const { first, last, before, after } = visibleRange(count, box.row, top, box.height);
  useEffect(() => onRange?.(first, last), [onRange, first, last]);
  const indexes = Array.from({ length: last - first }, (_, step) => first + step);

  const { chosen } = props;
  const columns = useMemo(
    () => (chosen === undefined ? fittingColumns(fields, sample, box.width) : chosenColumns(fields, chosen)),
    [chosen, fields, sample, box.width],
  );
  const shortName = box.width < SHORT_NAMES_MAX_PX ? props.shortName : undefined;
  const wide = chosen === undefined ? 0 : columnsWidth(columns, box.width);
  const spacer = (size: number, key: string): ReactNode =>
    size > 0 ? (
      <tr key={key}>
        <td colSpan={columns.length} style={{ height: size, padding: 0, border: 0 }} />
      </tr>
    ) : null;
  return (
    <div
      className="rs-table-scroll"
      onPointerDown={props.onTouch}
      onScroll={(event) => {
        props.onTouch();
        setTop(drawnTop(event.currentTarget.scrollTop, box.row));
      }}
      ref={scroller}
      style={{ maxHeight: `calc(var(--row-h) * ${props.maxRows} + var(--target))` }}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region has to be reachable by keyboard
      tabIndex={0}
    >
      <table
        aria-rowcount={count + 1}
        className="rs-table"
        data-compact={box.width < COMPACT_MAX_PX || undefined}
        data-wide={wide > box.width || undefined}
        style={wide > box.width ? { width: wide } : undefined}
      >
        <caption className="rs-visually-hidden">{caption}</caption>
        <colgroup>
          {columns.map((def) => (
            <col key={def.field} style={def.unit === "text" ? undefined : { width: columnWidth(def, box.width) }} />
          ))}
        </colgroup>
        <thead>
          <tr>
            {columns.map((def) => (
              <HeadCell def={def} key={def.field} onSort={onSort} sort={sort} />
            ))}
          </tr>
        </thead>
        <tbody>
          {spacer(before, "before")}
          {indexes.map((index) => {
            const row = rowAt(index);
            return row === undefined ? (
              <tr aria-rowindex={index + 2} key={`empty-${index}`}>
                <td className="rs-unknown" colSpan={columns.length}>
                  loading
                </td>
              </tr>
            ) : (
              <DataRow
                chart={props.chart}
                columns={columns}
                index={index}
                key={rowKey(row, fields, index)}
                now={now}
                onRow={onRow}
                row={row}
                shortName={shortName}
              />
            );
          })}
          {spacer(after, "after")}
        </tbody>
      </table>
    </div>
  );
}

type DataRowProps = Pick<DataTableProps, "chart" | "onRow"> & {
  row: Row;
  index: number;
  columns: readonly FieldDef[];
  now: number;
  shortName: ShortName | undefined;
};

/** One row; it is drawn again only when it is another, as scrolling moves the others past it. */
const DataRow = memo(function DataRow({ row, index, columns, now, shortName, chart, onRow }: DataRowProps) {
  return (
    <tr
      aria-rowindex={index + 2}
      data-row
      onClick={() => onRow(row)}
      onKeyDown={(event) => {
        if (event.key === "Enter" || event.key === " ") {
          event.preventDefault();
          onRow(row);
        }
      }}
      tabIndex={0}
    >
      {columns.map((def, place) => (
        <td data-align={def.align} data-key={place === 0 || undefined} key={def.field}>
          <ValueCell chart={chart} def={def} now={now} row={row} shortName={shortName} />
        </td>
      ))}
    </tr>
  );
});

type HeadCellProps = { def: FieldDef; sort: SortBy | undefined; onSort: (sort: SortBy | undefined) => void };

function HeadCell({ def, sort, onSort }: HeadCellProps) {
  const by = sort?.field === def.field ? sort : undefined;
  const direction = by === undefined ? undefined : by.descending ? "descending" : "ascending";
  return (
    <th aria-sort={direction} data-align={def.align} scope="col">
      {def.sort === "none" ? (
        <span>{def.label}</span>
      ) : (
        <button onClick={() => onSort(nextSort(sort, def.field))} type="button">
          {def.label}
          {by === undefined ? null : <Icon name={by.descending ? "down" : "up"} size={15} />}
        </button>
      )}
    </th>
  );
}
