import { createContext, lazy, type ReactNode, Suspense, useContext, useState } from "react";
import { createPortal } from "react-dom";
import type { PanelId } from "#bridge/types.ts";
import type { TableSection as TableDef } from "#telemetry/knowledge/panels.ts";
import { Button } from "../primitives/button.tsx";
import type { SortBy } from "./table-order.ts";

const TableSheet = lazy(() => import("./table-sheet.tsx"));

/** Place in a card's head for the tools of its main table; without one they stand above the table. */
export const HeadTools = createContext<HTMLElement | null>(null);

export type TableToolsProps = {
  device: string;
  panel: PanelId;
  def: TableDef;
  sort: SortBy | undefined;
  filter: string;
  /** Rows that are shown at present, and all there are. */
  count: number;
};

/** The way to a table's columns and files; in the head of its card, or beside its own title. */
export function TableTools({ title, search, ...props }: TableToolsProps & { title: ReactNode; search: ReactNode }) {
  const head = useContext(HeadTools);
  const [open, setOpen] = useState(false);
  const name = props.def.title ?? "the table";
  const button = (
    <Button icon="columns" label={`Columns and files of ${name}`} onClick={() => setOpen(true)} variant="ghost" />
  );
  const inHead = title === null && head !== null;
  return (
    <>
      {inHead ? createPortal(button, head) : null}
      {title === null ? null : (
        <div className="rs-section-head">
          {title}
          {button}
        </div>
      )}
      {search === null && (title !== null || inHead) ? null : (
        <div className="rs-table-tools">
          {search}
          {title === null && !inHead ? button : null}
        </div>
      )}
      <Suspense fallback={null}>{open ? <TableSheet {...props} onClose={() => setOpen(false)} /> : null}</Suspense>
    </>
  );
}
