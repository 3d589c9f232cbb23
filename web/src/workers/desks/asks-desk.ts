import type { LoadView } from "#machines/desk-views.ts";
import type { Result } from "#protocol/local-messages.ts";
import type { DeskCommand, DeskPayloads } from "#protocol/local-telemetry.ts";
import type { LookupAnswer, PortDetails } from "#telemetry/asks/answers.ts";
import {
  CONFIRM_BYTES,
  type FullTable,
  lookupQuestions,
  portQuestions,
  type Question,
  type Questions,
  tableBytes,
  tableQuestions,
} from "#telemetry/asks/questions.ts";
import type { Answer } from "#telemetry/collector.ts";
import type { PanelId } from "#telemetry/knowledge/panels.ts";
import type { PanelReading, Source } from "#telemetry/knowledge/reading.ts";
import type { Pack } from "#telemetry/packs/pack.ts";
import { tableParsers } from "#telemetry/platforms/parsers.ts";
import { AskedTickets, type Work } from "./asked-tickets.ts";
import type { CollectorNews, Desk, DeskContext } from "./desk.ts";
import type { TableRow } from "./held-tables.ts";

/** Text read in one go, characters: some milliseconds of the thread that terminals need, too [T9]. */
const SLICE_CHARS = 256 * 1024;

const PANEL_OF = { routes: "routes", arp: "arp_table", mac: "mac_table" } as const satisfies Record<FullTable, PanelId>;

const refused = (reason: string, detail?: string): Result => ({
  ok: false,
  error: { code: "invalid", reason, retry: "user", ...(detail === undefined ? {} : { detail }) },
});

/** Two questions under one ticket could not be told apart. */
const IN_USE = refused("ticket_in_use");

/** The rows that a load has brought so far, and where they are held. */
type Held = { device: string; panel: PanelId; rows: TableRow[] };

/** Questions to devices that a person asks: lookups, and whole tables with progress [T63] [T77]. */
export class AsksDesk implements Desk {
  readonly actions = ["lookup", "port_details", "full_table", "ask_cancel"] as const;
  readonly #context: DeskContext;
  readonly #tickets: AskedTickets;
  /** The load under way, or last done, per device. */
  readonly #loads = new Map<string, LoadView>();
  /** Rows of loads by their ticket, until they are let go of. */
  readonly #held = new Map<string, Held>();

  constructor(context: DeskContext) {
    this.#context = context;
    this.#tickets = new AskedTickets(context);
  }

  heard(_device: string, news: CollectorNews): void {
    this.#tickets.heard(news);
  }

  async serve(command: DeskCommand): Promise<Result> {
    const { device } = command;
    switch (command.action) {
      case "lookup":
        return this.#lookup(device, command.payload);
      case "port_details":
        return this.#port(device, command.payload);
      case "full_table":
        return this.#table(device, command.payload);
      case "ask_cancel":
        this.#cancel(device, command.payload.ticket);
        return { ok: true };
      default:
        return refused("range");
    }
  }

  #questions(device: string, choose: (pack: Pack) => Questions): Questions | Result {
    const pack = this.#context.collectors.of(device)?.pack();
    if (pack === undefined) return refused("no_telemetry");
    const found = choose(pack);
    return found.ok ? found : refused(found.why);
  }

  async #lookup(device: string, { ticket, what, query, vrf }: DeskPayloads["lookup"]): Promise<Result> {
    const found = this.#questions(device, (pack) => lookupQuestions(pack, what, query, vrf));
    if (!("questions" in found)) return found as Result;
    const work = this.#tickets.begin(device, ticket);
    if (work === undefined) return IN_USE;
    const answers = await this.#answers(work, found.questions);
    return answers === undefined ? refused("no_telemetry") : { ok: true, value: answers };
  }

  /** One question after the other; undefined when telemetry ended before the first answer. */
  async #answers(work: Work, questions: readonly Question[]) {
    const answers: LookupAnswer[] = [];
    for (const [n, question] of questions.entries()) {
      if (work.cancelled) break;
      const answer = await this.#tickets.ask(work, n, question);
      const { ticket: _, table: __, ...rest } = answer;
      answers.push({ command: question.command, ...rest });
    }
    this.#tickets.end(work);
    return !work.cancelled && answers.every(({ outcome }) => outcome === "ended") ? undefined : answers;
  }

  /** Everything that is asked of one port; what the platform has no command for comes with the reason [T76] [T88]. */
  async #port(device: string, { ticket, interface: name }: DeskPayloads["port_details"]): Promise<Result> {
    const pack = this.#context.collectors.of(device)?.pack();
    if (pack === undefined) return refused("no_telemetry");
    const { questions, gaps } = portQuestions(pack, name);
    const work = this.#tickets.begin(device, ticket);
    if (work === undefined) return IN_USE;
    const answers = await this.#answers(work, questions);
    if (answers === undefined) return refused("no_telemetry");
    const panels = answers.map((answer, n) => ({ ...answer, panel: questions[n]?.panel ?? "optics" }));
    return { ok: true, value: { answers: panels, gaps } satisfies PortDetails };
  }

  #cancel(device: string, ticket: string): void {
    const stopped = this.#tickets.cancel(device, ticket);
    const load = this.#loads.get(device);
    if (load?.ticket !== ticket) {
      // Another load is shown by now; the rows of this one may still be held.
      if (!stopped) this.#release(ticket);
      return;
    }
    if (stopped) {
      this.#show(device, { ...load, phase: "cancelled", done_at: this.#context.env.now() });
      return;
    }
    // Let go of: the rows go with it.
    this.#loads.delete(device);
    this.#release(ticket);
    this.#context.publisher.remove(`load:${device}`);
  }

  /** Lets go of the rows of one load; tables of others stay [T77]. */
  #release(ticket: string): void {
    const held = this.#held.get(ticket);
    if (held === undefined) return;
    this.#held.delete(ticket);
    this.#context.tables.release(held.device, held.panel, held.rows);
  }

  #show(device: string, load: LoadView): void {
    this.#loads.set(device, load);
    this.#context.publisher.mark(`load:${device}`, () => this.#loads.get(device));
  }

  async #table(device: string, payload: DeskPayloads["full_table"]): Promise<Result> {
    const { ticket, table, vrf, confirmed } = payload;
    const found = this.#questions(device, (pack) => tableQuestions(pack, table, vrf));
    if (!("questions" in found)) return found as Result;
    const work = this.#tickets.begin(device, ticket);
    if (work === undefined) return IN_USE;
    const now = this.#context.env.now();
    const running = this.#loads.get(device);
    if (running !== undefined && running.ticket !== ticket && isRunning(running)) this.#cancel(device, running.ticket);
    const estimate = tableBytes(table, this.#count(device, table));
    const load: LoadView = { ticket, what: table, phase: "waiting", bytes: 0, rows: 0, started_at: now };
    if (estimate !== undefined) load.estimate_bytes = estimate;
    if (!confirmed && (estimate ?? 0) > CONFIRM_BYTES) {
      this.#tickets.end(work);
      this.#show(device, { ...load, phase: "confirm" });
      return { ok: true, value: { confirm: estimate } };
    }
    this.#show(device, load);
    try {
      return await this.#load(work, table, found.questions);
    } finally {
      this.#tickets.end(work);
    }
  }

  async #load(work: Work, table: FullTable, questions: readonly Question[]): Promise<Result> {
    const { device, ticket } = work;
    const panel = PANEL_OF[table];
    const rows = this.#context.tables.begin(device, panel);
    for (const [other, held] of this.#held) {
      if (held.device === device && held.panel === panel) this.#held.delete(other);
    }
    this.#held.set(ticket, { device, panel, rows });
    const sources: Source[] = [];
    let before = 0;
    let failure: Answer | undefined;
    for (const [n, question] of questions.entries()) {
      if (work.cancelled) break;
      const answer = await this.#tickets.ask(work, n, question, (bytes) =>
        this.#grow(device, ticket, { phase: "running", bytes: before + bytes }),
      );
      before += answer.source?.bytes ?? 0;
      const read = answer.outcome === "ok" ? await this.#read(work, answer, rows) : undefined;
      if (answer.source !== undefined && read !== undefined) sources.push({ ...answer.source, ...read });
      // A family that the box does not route is no failure while the other has rows.
      if (answer.outcome !== "ok" || read === undefined) failure ??= answer;
    }
    this.#tickets.end(work);
    const { cancelled } = work;
    const { env } = this.#context;
    if (cancelled || (rows.length === 0 && sources.length === 0)) {
      this.#release(ticket);
      const load = this.#loads.get(device);
      if (load?.ticket === ticket) {
        const failed = cancelled ? {} : { error: failure?.outcome ?? "ended" };
        const hint = failure?.hint ?? failure?.refusal?.why;
        const phase = cancelled ? "cancelled" : "failed";
        this.#show(device, { ...load, ...failed, ...(hint && { hint }), phase, rows: 0, done_at: env.now() });
      }
      return cancelled ? { ok: true } : refused("no_table", failure?.hint ?? failure?.refusal?.why ?? failure?.outcome);
    }
    this.#grow(device, ticket, { phase: "done", rows: rows.length, done_at: env.now() });
    this.#context.show(device, readingOf(panel, rows.length, sources, failure, env.now()));
    return { ok: true, value: { rows: rows.length } };
  }

  #grow(device: string, ticket: string, change: Partial<LoadView>): void {
    const load = this.#loads.get(device);
    if (load?.ticket === ticket && load.phase !== "cancelled") this.#show(device, { ...load, ...change });
  }

  /** Reads a long text piece by piece, so that bytes of terminals go between [T9] [T74]. Undefined: not understood. */
  async #read(
    work: Work,
    { table }: Answer,
    rows: TableRow[],
  ): Promise<Pick<Source, "rows" | "unparsed_lines" | "parser_version" | "notes"> | undefined> {
    const parser = table && tableParsers.get(table.parser);
    if (table === undefined || parser === undefined) return undefined;
    const stream = parser.open({ prefixes: table.prefixes, params: new Map(table.params) });
    const first = rows.length;
    for (let at = 0; at < table.text.length; at += SLICE_CHARS) {
      if (work.cancelled) return undefined;
      for (const row of stream.push(table.text.slice(at, at + SLICE_CHARS))) rows.push(row);
      this.#grow(work.device, work.ticket, { phase: "parsing", rows: rows.length });
      await this.#turn();
    }
    const end = stream.finish();
    for (const row of end.rows) rows.push(row);
    if (!end.ok) {
      // Half a table is none [T7].
      rows.length = first;
      return undefined;
    }
    const { trace } = end;
    return {
      rows: trace.rows,
      unparsed_lines: trace.unparsed.count,
      parser_version: trace.version,
      notes: trace.notes,
    };
  }

  #turn(): Promise<void> {
    return new Promise((resolve) => this.#context.env.setTimeout(resolve, 0));
  }

  /** What a panel that counts says, for an estimate. */
  #count(device: string, table: FullTable): number | undefined {
    const { reading } = this.#context;
    if (table === "routes") {
      const found = reading(device, "routing_table");
      const rows = found?.panel === "routing_table" ? found.data?.rows : undefined;
      return rows?.reduce((sum, { total = 0 }) => sum + total, 0);
    }
    const found = reading(device, table);
    return found?.panel === "arp" || found?.panel === "mac" ? found.data?.count : undefined;
  }

  async forget(device: string | undefined): Promise<void> {
    this.#tickets.stop(device);
    for (const id of device === undefined ? [...this.#loads.keys()] : [device]) {
      this.#loads.delete(id);
      for (const [ticket, held] of this.#held) if (held.device === id) this.#held.delete(ticket);
      this.#context.publisher.remove(`load:${id}`);
    }
    this.#context.tables.drop(device);
  }
}

function isRunning({ phase }: LoadView): boolean {
  return phase === "waiting" || phase === "running" || phase === "parsing";
}

/** The table as a reading: its rows stay in the worker, and views ask for windows [T77]. */
function readingOf(
  panel: PanelId,
  row_count: number,
  sources: Source[],
  failure: Answer | undefined,
  now: number,
): PanelReading {
  const ts = Math.min(now, ...sources.map((source) => source.ts));
  const hint = failure?.hint;
  return {
    panel,
    schema: 1,
    ts,
    age_ms: Math.max(0, now - ts),
    status: failure === undefined ? "ok" : "partial",
    ...(hint === undefined ? {} : { hint }),
    sources,
    data: { row_count },
  } as PanelReading;
}
