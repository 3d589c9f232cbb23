import { useEffect, useRef, useState } from "react";
import type { FieldDef } from "#telemetry/knowledge/field-defs.ts";
import { CALM_MS, steadyOrder } from "./steady-order.ts";
import { type Row, rowKey } from "./table-order.ts";

/** Rows in their places: while the table is touched, and 2 s after, sorting waits [U85]. `act` is a chosen order. */
export function useSteadyRows(rows: readonly Row[], fields: readonly FieldDef[], act: unknown) {
  const [held, setHeld] = useState<{ act: unknown; keys: readonly string[] }>();
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => () => clearTimeout(timer.current), []);

  const keys = rows.map((row, index) => rowKey(row, fields, index));
  const holds = held !== undefined && held.act === act;
  const order = holds ? steadyOrder(held.keys, keys) : keys;
  const touch = (): void => {
    clearTimeout(timer.current);
    timer.current = setTimeout(() => setHeld(undefined), CALM_MS);
    if (!holds) setHeld({ act, keys: order });
  };
  if (!holds) return { rows, touch };
  const byKey = new Map(keys.map((key, index) => [key, rows[index]]));
  return { rows: order.map((key) => byKey.get(key)).filter((row) => row !== undefined), touch };
}
