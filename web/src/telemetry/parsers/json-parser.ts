import type { JsonValue } from "../model/json.ts";
import { readJson } from "../model/json.ts";
import { type NamedParser, type ParseContext, type ParseResult, TraceBuilder } from "./result.ts";

/** Maps a read document to data; `trace` gets rows dropped and proofs of emptiness. */
export type DocumentMapper = (document: JsonValue, trace: TraceBuilder, context: ParseContext) => ParseResult;

/** A parser for an answer that is one JSON document; text around it is noted, an open document is an error [T67]. */
export function jsonParser(id: string, version: number, map: DocumentMapper): NamedParser {
  return {
    id,
    version,
    parse(text, context) {
      const trace = new TraceBuilder(id, version, text);
      const reading = readJson(text);
      for (const note of reading.notes) trace.note(note);
      if (!reading.complete) return trace.failed("malformed", "not_closed");
      const document = reading.documents[0];
      if (document === undefined) return trace.failed(text.trim() === "" ? "empty" : "no_anchor");
      if (reading.documents.length > 1) trace.note("several_documents");
      trace.consumed(text.split("\n").filter((line) => line.trim() !== "").length);
      for (const line of `${reading.before}\n${reading.after}`.split("\n")) trace.unparsed(line);
      return map(document, trace, context);
    },
  };
}
