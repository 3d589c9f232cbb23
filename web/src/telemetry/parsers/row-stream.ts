import type { ArpRow, MacRow, RouteRow, Rows } from "../knowledge/panel-data.ts";
import { LINE_MAX_CHARS } from "./bounded-lines.ts";
import type { Trace } from "./result.ts";
import { type NamedParser, type ParseContext, type ParseFailure, type ParseResult, TraceBuilder } from "./result.ts";

/** Full tables that may be too long to be held as one text [T77], and what a row of each is. */
export type TableRows = { routes: RouteRow; arp_table: ArpRow; mac_table: MacRow };

/** End of a stream. Rows count only when it is `ok`: an answer that was cut has given rows before it failed [T7]. */
export type RowStreamEnd<R> =
  | { ok: true; rows: R[]; trace: Trace }
  | { ok: false; why: ParseFailure; rows: R[]; trace: Trace };

/** A table read piece by piece: no more of the text is held than the row that is being read. */
export type RowStream<R> = {
  /** Takes the next piece of the text, cut anywhere. Returns the rows that it completed, in the order of the table. */
  push(chunk: string): R[];
  /** The text is over: the rows still open, and how it was understood. Nothing may be pushed after it. */
  finish(): RowStreamEnd<R>;
};

/** A parser of a full table: `open` reads it in pieces, `parse` is the same with the whole text as one piece. */
export type TableParser<P extends keyof TableRows = keyof TableRows> = NamedParser & {
  table: P;
  open(context: ParseContext): RowStream<TableRows[P]>;
};

/** Reads the lines of one table; makes rows and counts what it did not understand. */
export type LineReader<R> = {
  /** One line without its end, blanks at the end cut. Rows go to `emit` when nothing can be added to them any more. */
  line(line: string, trace: TraceBuilder, emit: (row: R) => void): void;
  /** The text is over: a failure when nothing said that it is this table; `empty` proves that it has no rows [T66]. */
  end(trace: TraceBuilder, emit: (row: R) => void): { why?: ParseFailure; empty?: string };
};

/** A table parser for text that is read line by line. */
export function lineTable<P extends keyof TableRows>(
  id: string,
  version: number,
  table: P,
  open: (context: ParseContext) => LineReader<TableRows[P]>,
): TableParser<P> {
  return tableParser(id, version, table, (context) => lineStream(id, version, open(context)));
}

/** A table parser from its stream. */
export function tableParser<P extends keyof TableRows>(
  id: string,
  version: number,
  table: P,
  open: (context: ParseContext) => RowStream<TableRows[P]>,
): TableParser<P> {
  return {
    id,
    version,
    table,
    open,
    parse(text, context): ParseResult {
      const stream = open(context);
      const rows = stream.push(text);
      const end = stream.finish();
      if (!end.ok) return { ok: false, why: end.why, trace: end.trace };
      for (const row of end.rows) rows.push(row);
      const data: Rows<TableRows[P]> = { rows, row_count: rows.length };
      return { ok: true, data: { [table]: data }, trace: end.trace };
    },
  };
}

function lineStream<R>(id: string, version: number, reader: LineReader<R>): RowStream<R> {
  const trace = new TraceBuilder(id, version);
  let rest = "";
  let restLength = 0;
  let count = 0;
  let out: R[] = [];
  const emit = (row: R): void => {
    out.push(row);
    count++;
  };
  const take = (): R[] => {
    const rows = out;
    out = [];
    return rows;
  };
  /** Keeps the start of a line that is not over; of one that is too long only its length [S89]. */
  const hold = (text: string): void => {
    restLength += text.length;
    if (restLength <= LINE_MAX_CHARS) rest += text;
  };
  const flush = (): void => {
    trace.line();
    if (restLength > LINE_MAX_CHARS) trace.unparsed(`a line of ${restLength} characters`);
    else reader.line(rest.trimEnd(), trace, emit);
    rest = "";
    restLength = 0;
  };
  return {
    push(chunk) {
      let from = 0;
      for (let at = chunk.indexOf("\n"); at >= 0; at = chunk.indexOf("\n", from)) {
        hold(chunk.slice(from, at));
        flush();
        from = at + 1;
      }
      hold(chunk.slice(from));
      return take();
    },
    finish() {
      flush();
      const { why, empty } = reader.end(trace, emit);
      const rows = take();
      if (why) return { ok: false, why, rows, trace: trace.failed(why).trace };
      if (count === 0 && empty !== undefined) trace.provenEmpty(empty);
      const end = trace.done({}, count);
      return end.ok ? { ok: true, rows, trace: end.trace } : { ok: false, why: end.why, rows, trace: end.trace };
    },
  };
}
