import type { Fragment, ParseResult, Trace } from "../parsers/result.ts";
import type { Capture } from "../transcript/capture.ts";
import { RowLedger } from "./row-ledger.ts";

/** One understood answer. */
export type Good = { capture: Capture; fragment: Fragment; trace: Trace; form: "json" | "xml" | "kv" | "text" };

/** The last answers to one command. */
export type CommandResult = {
  good?: Good;
  /** The newest answer when it was not understood. */
  failed?: { capture: Capture; trace?: Trace; why: string; hint?: string };
  /** Rows that its answers showed, and no longer do. */
  rows?: RowLedger;
};

/** Captures kept per device, bytes [T6]. */
const MAX_CAPTURE_BYTES = 8 * 1024 * 1024;
/** Answers to on-demand wishes that are kept, the newest. */
const MAX_ANSWERS = 20;

/** Last good and last failed answer of each command, with their captures [T6]. */
export class ResultStore {
  /** Answers of detection by command: the pack may want the very same ones, and of an unknown box they are all there is. */
  readonly asked = new Map<string, Capture>();
  private readonly results = new Map<string, CommandResult>();
  private answers: Capture[] = [];

  get(key: string): CommandResult {
    return this.results.get(key) ?? {};
  }

  /** Keeps an answer that was understood; the failure before it is history. */
  keepGood(key: string, good: Good): void {
    const { rows = new RowLedger() } = this.get(key);
    rows.take(good.fragment, good.trace);
    this.results.set(key, { good, rows });
    this.trim();
  }

  /** Keeps an answer that failed, beside the last good one. */
  keepFailed(key: string, capture: Capture, why: string, result?: ParseResult, hint?: string): void {
    const { good, rows } = this.get(key);
    const failed = { capture, why, ...(result ? { trace: result.trace } : {}), ...(hint ? { hint } : {}) };
    this.results.set(key, { ...(good ? { good } : {}), ...(rows ? { rows } : {}), failed });
    this.trim();
  }

  /** Keeps the answer to an on-demand wish. */
  keepAnswer(capture: Capture): void {
    this.answers = [...this.answers, capture].slice(-MAX_ANSWERS);
    this.trim();
  }

  /** A capture by its id, while it is kept. */
  capture(id: string): Capture | undefined {
    for (const capture of this.captures()) if (capture.id === id) return capture;
    return undefined;
  }

  clear(): void {
    this.asked.clear();
    this.results.clear();
    this.answers = [];
  }

  private captures(): Capture[] {
    const answers = [...this.results.values()].flatMap(({ good, failed }) =>
      [good?.capture, failed?.capture].filter((capture) => capture !== undefined),
    );
    return [...new Set([...this.asked.values(), ...answers, ...this.answers])];
  }

  /** Beyond the budget the oldest raw bytes go first; the readings made of them stay. */
  private trim(): void {
    const all = this.captures().toSorted((a, b) => a.done_at - b.done_at);
    let bytes = all.reduce((sum, capture) => sum + capture.raw.length + capture.text.length, 0);
    for (const capture of all) {
      if (bytes <= MAX_CAPTURE_BYTES) return;
      bytes -= capture.raw.length + capture.text.length;
      capture.raw = new Uint8Array(0);
      capture.text = "";
      capture.notes.push("raw_dropped");
    }
  }
}
