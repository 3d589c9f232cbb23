import type { Result } from "#protocol/local-messages.ts";
import type { DeskCommand, ExportedFile } from "#protocol/local-telemetry.ts";
import { tableWindow } from "#telemetry/collector/table-window.ts";
import type { Collector } from "#telemetry/collector.ts";
import { fileName, type TableFile, tableCsv, tableJson } from "#telemetry/export/table-file.ts";
import type { AuditEntry } from "#telemetry/knowledge/collector-data.ts";
import type { FieldDef } from "#telemetry/knowledge/field-defs.ts";
import { PANEL_IDS, type PanelId, type PanelSection, panelDef } from "#telemetry/knowledge/panels.ts";
import type { PanelReading, TelemetryUpdate } from "#telemetry/knowledge/reading.ts";
import { seriesRowKey } from "#telemetry/knowledge/series-names.ts";
import type { Desk, DeskContext } from "./desk.ts";
import { labelOf, wholeTable } from "./device-facts.ts";

const NO_TABLE: Result = { ok: false, error: { code: "invalid", reason: "panel", retry: "no" } };
const NOTHING: Result = { ok: false, error: { code: "invalid", reason: "nothing_known", retry: "user" } };
/** What was sent to devices is kept so long [T61], and written at most this often, milliseconds. */
const AUDIT_KEEP_MS = 7 * 24 * 3_600_000;
const AUDIT_EVERY_MS = 10_000;
/** Old entries are looked for after so many writes. */
const SWEEP_EVERY = 50;

/** One collector's audit: under which number it is stored, and with which outcomes. */
type Run = { id: number; written: Map<number, string | undefined>; writes: number };

/** Tables and the audit of a device as files; keeps the audit for a week [T61]. */
export class ExportsDesk implements Desk {
  readonly actions = ["table_export", "audit_export"] as const;
  readonly #context: DeskContext;
  /** What is stored of the audit of each collector; a collector counts its entries from one. */
  readonly #runs = new WeakMap<Collector, Run>();
  readonly #lookedAt = new Map<string, number>();
  /** What they sent is not to be kept any more: their device left the list, or everything was wiped [S71]. */
  readonly #forgotten = new WeakSet<Collector>();
  /** Writes that are under way, by device, one after another. */
  readonly #writing = new Map<string, Promise<void>>();
  /** The first write that failed while nobody waited for it; thrown to whoever asks next. */
  #failure: { error: unknown } | undefined;

  constructor(context: DeskContext) {
    this.#context = context;
  }

  take({ device, payload }: TelemetryUpdate): void {
    const now = this.#context.env.steady();
    // The way to the device is away: the collector may be next.
    const last = payload.reason === "suspended";
    if (!last && now - (this.#lookedAt.get(device) ?? Number.NEGATIVE_INFINITY) < AUDIT_EVERY_MS) return;
    // A failure that nobody hears would take the worker down, and terminals with it [T9].
    this.#storeAudit(device).catch((error: unknown) => {
      this.#failure ??= { error };
    });
  }

  #throwFailure(): void {
    const failure = this.#failure;
    this.#failure = undefined;
    if (failure !== undefined) throw failure.error;
  }

  /** After what is being written of the device; a failure is told to whoever waits, and stops no later one. */
  async #storeAudit(device: string): Promise<void> {
    this.#lookedAt.set(device, this.#context.env.steady());
    const collector = this.#context.collectors.of(device);
    if (collector === null) return;
    const before = this.#writing.get(device);
    const writing = (async () => {
      await before?.catch(() => undefined);
      await this.#write(device, collector);
    })();
    this.#writing.set(device, writing);
    await writing;
  }

  /** Entries that are new, or have come to their outcome since they were stored; none once they are to be forgotten. */
  async #write(device: string, collector: Collector): Promise<void> {
    const { env, records } = this.#context;
    const entries = collector.audit();
    const first = entries[0];
    if (first === undefined || this.#forgotten.has(collector)) return;
    const run = this.#runs.get(collector) ?? { id: first.at, written: new Map(), writes: 0 };
    this.#runs.set(collector, run);
    for (const entry of entries) {
      if (run.written.has(entry.seq) && run.written.get(entry.seq) === entry.outcome) continue;
      if (this.#forgotten.has(collector)) return;
      const { outcome } = entry;
      await records.put("audit", device, [run.id, entry.seq], entry);
      // What could not be written is tried again with the next write.
      run.written.set(entry.seq, outcome);
    }
    for (const seq of run.written.keys()) if (seq < first.seq) run.written.delete(seq);
    if (run.writes++ % SWEEP_EVERY === 0) await this.#sweep(device, env.now());
  }

  /** Resolves when a write that was under way is over, so that all can be wiped. */
  async forget(device: string | undefined): Promise<void> {
    for (const id of device === undefined ? new Set([...this.#lookedAt.keys(), ...this.#writing.keys()]) : [device]) {
      const collector = this.#context.collectors.of(id);
      if (collector !== null) this.#forgotten.add(collector);
      this.#lookedAt.delete(id);
      await this.#writing.get(id)?.catch(() => undefined);
      this.#writing.delete(id);
    }
  }

  async sweep(): Promise<void> {
    const { records, env } = this.#context;
    for (const device of await records.devices("audit")) await this.#sweep(device, env.now());
  }

  async hidden(): Promise<void> {
    this.#throwFailure();
  }

  async close(): Promise<void> {
    for (const device of this.#lookedAt.keys()) await this.#storeAudit(device);
    this.#throwFailure();
  }

  async #sweep(device: string, now: number): Promise<void> {
    const { records } = this.#context;
    for (const { key, value } of await records.range<AuditEntry>("audit", device)) {
      if (value.at < now - AUDIT_KEEP_MS) await records.remove("audit", device, key);
    }
  }

  async serve(command: DeskCommand): Promise<Result> {
    if (command.action === "table_export") return this.#table(command.device, command.payload);
    if (command.action === "audit_export") return this.#audit(command.device, command.payload.format);
    return NO_TABLE;
  }

  #table(device: string, payload: Extract<DeskCommand, { action: "table_export" }>["payload"]): Result {
    const { panel, table, beside, format, sort, filter } = payload;
    if (!isPanelId(panel)) return NO_TABLE;
    const section = sectionOf(panel, table);
    const reading = this.#context.reading(device, panel);
    if (section === undefined) return NO_TABLE;
    if (reading?.data === undefined) return NOTHING;
    const own = this.#rows(device, reading, table);
    const other = beside !== undefined && isPanelId(beside) ? this.#context.reading(device, beside) : undefined;
    const more = other?.data === undefined ? undefined : sectionOf(other.panel, table);
    const all =
      other === undefined || more === undefined ? own : joined(own, section, this.#rows(device, other, table));
    const query = { offset: 0, limit: "all", ...(sort && { sort }), ...(filter && { filter }) } as const;
    const sources = more === undefined ? reading.sources : [...reading.sources, ...(other?.sources ?? [])];
    const file: TableFile = {
      device: labelOf(this.#context, device),
      panel,
      table,
      read_at: reading.ts,
      status: [reading, ...(more === undefined || other === undefined ? [] : [other])].find(isNotWhole)?.status ?? "ok",
      commands: [...new Set(sources.map(({ command }) => command))],
      fields: [...section.fields, ...(more?.fields.filter((def) => !hasField(section, def)) ?? [])],
      rows: tableWindow(all, query).rows,
    };
    return { ok: true, value: written(file, format) };
  }

  #rows(device: string, { panel, data }: PanelReading, table: string): Row[] {
    const found = (data as Row | undefined)?.[table];
    if (Array.isArray(found)) return found as Row[];
    return [...(wholeTable(this.#context, device, panel, table, this.#context.env.now()) ?? [])];
  }

  async #audit(device: string, format: "csv" | "json"): Promise<Result> {
    const { records, env } = this.#context;
    await this.#storeAudit(device);
    this.#throwFailure();
    const oldest = env.now() - AUDIT_KEEP_MS;
    const entries = await records.range<AuditEntry>("audit", device);
    const rows = entries.map(({ value }) => value).filter(({ at }) => at >= oldest);
    if (rows.length === 0) return NOTHING;
    const file: TableFile = {
      device: labelOf(this.#context, device),
      panel: "audit",
      table: "entries",
      read_at: env.now(),
      commands: [],
      fields: AUDIT_FIELDS,
      rows: rows.toSorted((a, b) => a.at - b.at || a.seq - b.seq).map((row) => ({ ...row, utc: isoOf(row.at) })),
    };
    return { ok: true, value: written(file, format) };
  }
}

type Row = Record<string, unknown>;

const sectionOf = (panel: PanelId, table: string): PanelSection | undefined =>
  panelDef(panel).sections.find((one) => one.kind === "table" && one.path === table);
const hasField = (section: PanelSection, def: FieldDef): boolean =>
  section.fields.some(({ field }) => field === def.field);

/** Rows with what another panel says of the same ones; what a view hides of the platform's own stays out [T24]. */
function joined(rows: readonly Row[], section: PanelSection, others: readonly Row[]): Row[] {
  const byKey = new Map(others.map((row) => [seriesRowKey(section.fields, row), row]));
  return rows
    .filter((row) => row.hidden !== true)
    .map((row) => ({ ...byKey.get(seriesRowKey(section.fields, row)), ...row }));
}

const isNotWhole = ({ status }: PanelReading): boolean => status !== "ok";

const isoOf = (at: number): string => new Date(at).toISOString();

const column = (field: string, unit: FieldDef["unit"]): FieldDef => ({ field, label: field, unit, align: "left" });
const AUDIT_FIELDS: readonly FieldDef[] = [
  column("utc", "text"),
  column("purpose", "text"),
  column("text", "text"),
  column("outcome", "text"),
  column("ms", "ms"),
  column("bytes", "bytes"),
  column("seq", "count"),
];

function written(file: TableFile, format: "csv" | "json"): ExportedFile {
  // Whoever opens the file later sees in its name that rows may be missing from it, or be old.
  const state = file.status === undefined || file.status === "ok" ? "" : file.status;
  const name = fileName(
    [file.device, file.panel, file.table === "rows" ? "" : file.table, state],
    file.read_at,
    format,
  );
  return format === "csv"
    ? { name, mime: "text/csv", text: tableCsv(file) }
    : { name, mime: "application/json", text: tableJson(file) };
}

function isPanelId(text: string): text is PanelId {
  return (PANEL_IDS as readonly string[]).includes(text);
}
