import type { PanelData, PanelId } from "../knowledge/panel-data.ts";
import type { PrefixEntry } from "../model/interface-names.ts";

/** Why a parser gave no data. */
export type ParseFailure = "empty" | "no_anchor" | "malformed" | "limit" | "timeout" | "template_error";

/** How a text was understood. */
export type Trace = {
  parser: string;
  version: number;
  attempts: { parser: string; outcome: string; ms: number }[];
  lines: number;
  consumed: number;
  unparsed: { count: number; samples: string[] };
  rows: number;
  dropped: number;
  proof_of_empty?: string;
  notes: string[];
};

/** Cumulative processor ticks; a percentage comes from two of them [T20]. */
export type CpuTicks = { id: string } & Partial<
  Record<"user" | "nice" | "system" | "idle" | "iowait" | "irq" | "softirq" | "steal", bigint>
>;

/** What one answer says, per panel, plus facts that only the collector uses. */
export type Fragment = { [P in PanelId]?: PanelData[P] } & {
  cpu_ticks?: CpuTicks[];
  /** Number of prefixes in the kernel's table: a size guard, not a route count. */
  fib_guard?: number;
  /** Names of the VRFs that exist besides the default one; commands that ask per VRF take theirs from here. */
  vrfs?: string[];
};

/** Result of a parser: data with its trace, or the reason why there is none. */
export type ParseResult = { ok: true; data: Fragment; trace: Trace } | { ok: false; why: ParseFailure; trace: Trace };

/** What a parser may know besides the text. */
export type ParseContext = { prefixes: readonly PrefixEntry[]; params: ReadonlyMap<string, string> };

/** Total and linear: never throws, keeps no state. */
export type Parser = (text: string, context: ParseContext) => ParseResult;

/** A parser with the name that packs use and the number that changes with its meaning. */
export type NamedParser = { id: string; version: number; parse: Parser };

/** At most this many unknown lines are kept as samples, each cut to 160 characters. */
const MAX_SAMPLES = 5;

function lineCount(text: string): number {
  let lines = 1;
  for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) lines++;
  return lines;
}

/** Counts what a parser consumed, dropped and did not understand. */
export class TraceBuilder {
  private readonly trace: Trace;
  private parsed = 0;

  /** @param text the whole answer; without it lines are told one by one with `line` */
  constructor(parser: string, version: number, text?: string) {
    const lines = text === undefined ? 0 : lineCount(text);
    this.trace = {
      parser,
      version,
      attempts: [],
      lines,
      consumed: 0,
      unparsed: { count: 0, samples: [] },
      rows: 0,
      dropped: 0,
      notes: [],
    };
  }

  /** One more line of an answer that is read in pieces. */
  line(): void {
    this.trace.lines++;
  }

  /** A line that was understood, also when it carries nothing that is kept. */
  consumed(count = 1): void {
    this.parsed += count;
  }

  /** A line that was not understood; blank lines do not count. */
  unparsed(line: string): void {
    if (line.trim() === "") return;
    this.trace.unparsed.count++;
    if (this.trace.unparsed.samples.length < MAX_SAMPLES) this.trace.unparsed.samples.push(line.slice(0, 160));
  }

  dropped(note: string): void {
    this.trace.dropped++;
    this.note(note);
  }

  get hasDropped(): boolean {
    return this.trace.dropped > 0;
  }

  note(note: string): void {
    if (!this.trace.notes.includes(note) && this.trace.notes.length < 20) this.trace.notes.push(note);
  }

  provenEmpty(proof: string): void {
    this.trace.proof_of_empty = proof;
  }

  /** Share of non-blank lines that were not understood; above 0.4 a reading is partial [T71]. */
  unknownShare(): number {
    const all = this.parsed + this.trace.unparsed.count;
    return all === 0 ? 0 : this.trace.unparsed.count / all;
  }

  /** Data with `rows` rows. No rows without proof of emptiness is unknown, not "none" [T7]. */
  done(data: Fragment, rows: number): ParseResult {
    const trace = this.finish(rows);
    if (rows === 0 && trace.proof_of_empty === undefined) return { ok: false, why: "empty", trace };
    return { ok: true, data, trace };
  }

  failed(why: ParseFailure, note?: string): ParseResult {
    if (note) this.note(note);
    return { ok: false, why, trace: this.finish(0) };
  }

  private finish(rows: number): Trace {
    this.trace.rows = rows;
    this.trace.consumed = this.parsed;
    if (this.unknownShare() > 0.4) this.note("mostly_unknown");
    return this.trace;
  }
}
