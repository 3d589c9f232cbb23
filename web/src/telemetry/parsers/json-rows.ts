import { type JsonObject, readJson } from "../model/json.ts";
import { asObject } from "../model/json-access.ts";
import { type ParseContext, type ParseFailure, TraceBuilder } from "./result.ts";
import { type RowStream, type TableParser, type TableRows, tableParser } from "./row-stream.ts";

/** Longest single element, in characters: a route with a hundred next hops takes some ten thousand. */
const ELEMENT_MAX_CHARS = 262_144;

const [QUOTE, BACKSLASH, OPEN, CLOSE, OPEN_LIST, CLOSE_LIST, COMMA] = [34, 92, 123, 125, 91, 93, 44];
const isBlank = (c: number): boolean => c === 32 || c === 9 || c === 10 || c === 13;

/** Makes rows of one element of the list; nothing when it is none. */
export type ElementMapper<R> = (element: JsonObject, trace: TraceBuilder) => R | undefined;

/**
 * A table parser for an answer that is one JSON list of objects: elements are read one by one as their text is complete,
 * so that neither the text nor a document of all rows is ever held [T67] [T77].
 */
export function jsonTable<P extends keyof TableRows>(
  id: string,
  version: number,
  table: P,
  open: (context: ParseContext) => ElementMapper<TableRows[P]>,
): TableParser<P> {
  return tableParser(id, version, table, (context) => jsonRows(id, version, open(context)));
}

function jsonRows<R>(id: string, version: number, map: ElementMapper<R>): RowStream<R> {
  const trace = new TraceBuilder(id, version);
  let state: "before" | "list" | "element" | "after" | "broken" = "before";
  let why: ParseFailure = "malformed";
  let element = "";
  let depth = 0;
  let [inString, escaped, wantsComma, lineStart, seen] = [false, false, false, true, false];
  let [rows, elements] = [0, 0];

  const broken = (reason: ParseFailure, note: string): void => {
    state = "broken";
    why = reason;
    element = "";
    trace.note(note);
  };

  const complete = (out: R[]): void => {
    const object = asObject(readJson(element).documents[0]);
    element = "";
    state = "list";
    wantsComma = true;
    if (!object) {
      broken("malformed", "element");
      return;
    }
    elements++;
    const row = map(object, trace);
    if (row === undefined) return;
    rows++;
    out.push(row);
  };

  /** Goes on inside an element; returns where it left off. */
  const inside = (chunk: string, from: number, out: R[]): number => {
    for (let at = from; at < chunk.length; at++) {
      const c = chunk.charCodeAt(at);
      if (inString) {
        if (escaped) escaped = false;
        else if (c === BACKSLASH) escaped = true;
        else if (c === QUOTE) inString = false;
      } else if (c === QUOTE) inString = true;
      else if (c === OPEN || c === OPEN_LIST) depth++;
      else if ((c === CLOSE || c === CLOSE_LIST) && --depth === 0) {
        element += chunk.slice(from, at + 1);
        complete(out);
        return at + 1;
      }
    }
    element += chunk.slice(from);
    if (element.length > ELEMENT_MAX_CHARS) broken("limit", "element_too_long");
    return chunk.length;
  };

  /** Between elements, before the list and after it. */
  const outside = (c: number): void => {
    if (c !== 10 && !isBlank(c)) seen = true;
    if (state === "before") {
      if (c === OPEN_LIST && lineStart) state = "list";
      lineStart = c === 10 || (lineStart && isBlank(c));
    } else if (state === "list" && !isBlank(c)) {
      if (c === CLOSE_LIST && (wantsComma || elements === 0)) state = "after";
      else if (c === COMMA && wantsComma) wantsComma = false;
      else if (c === OPEN && !wantsComma) {
        state = "element";
        depth = 0;
      } else broken("malformed", "list");
    } else if (state === "after" && !isBlank(c)) trace.note("text_after");
  };

  const isBroken = (): boolean => state === "broken";

  /** Reads on from `at`; returns where it left off. */
  const step = (chunk: string, at: number, out: R[]): number => {
    if (state === "element") return inside(chunk, at, out);
    const before = state;
    outside(chunk.charCodeAt(at));
    // The element's own brace is read again from inside.
    return before === "list" && (state as string) === "element" ? at : at + 1;
  };

  return {
    push(chunk) {
      const out: R[] = [];
      for (let at = chunk.indexOf("\n"); at >= 0; at = chunk.indexOf("\n", at + 1)) trace.line();
      for (let at = 0; at < chunk.length && !isBroken(); ) at = step(chunk, at, out);
      return out;
    },
    finish() {
      trace.line();
      if (state === "after") {
        // Elements that the question left out prove that nothing else is there; unreadable ones prove nothing.
        if (rows === 0 && !trace.hasDropped) trace.provenEmpty(elements === 0 ? "empty list" : "no matching entry");
        trace.consumed(1);
        const end = trace.done({}, rows);
        return end.ok
          ? { ok: true, rows: [], trace: end.trace }
          : { ok: false, why: end.why, rows: [], trace: end.trace };
      }
      if (state === "before") why = seen ? "no_anchor" : "empty";
      return {
        ok: false,
        why,
        rows: [],
        trace: trace.failed(why, state === "before" ? undefined : "not_closed").trace,
      };
    },
  };
}
