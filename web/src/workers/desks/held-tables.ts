import type { PanelId } from "#telemetry/knowledge/panels.ts";

/** A row of a table. */
export type TableRow = Readonly<Record<string, unknown>>;

/** Full tables that a person asked for: they stay in the worker, one of a kind per device, until they are let go [T77]. */
export class HeldTables {
  readonly #tables = new Map<string, TableRow[]>();

  /** The rows of a table, growing while it arrives. */
  of(device: string, panel: PanelId): TableRow[] | undefined {
    return this.#tables.get(`${panel} ${device}`);
  }

  /** Begins a table anew; one that was held before goes. */
  begin(device: string, panel: PanelId): TableRow[] {
    const rows: TableRow[] = [];
    this.#tables.set(`${panel} ${device}`, rows);
    return rows;
  }

  /** Lets go of these rows, unless another load has put its own in their place. */
  release(device: string, panel: PanelId, rows: TableRow[]): void {
    const key = `${panel} ${device}`;
    if (this.#tables.get(key) === rows) this.#tables.delete(key);
  }

  /** All tables of a device, or of every device. */
  drop(device: string | undefined): void {
    for (const key of this.#tables.keys()) {
      if (device === undefined || key.endsWith(` ${device}`)) this.#tables.delete(key);
    }
  }
}
