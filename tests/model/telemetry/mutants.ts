import type { ScenarioName } from "./scenarios.ts";

/** One fault built into the engine: in `file` (under web/src), `from`, which stands there once, becomes `to`. */
export type Mutant = { name: string; file: string; from: string; to: string; caughtBy: ScenarioName };

/** The mutation list of the telemetry design; each must break the scenario that it is there for. */
export const MUTANTS: readonly Mutant[] = [
  {
    name: "parse truncated text [T7]",
    file: "telemetry/transcript/line-command.ts",
    from: 'complete: outcome === "ok" && !damaged,',
    to: "complete: true,",
    caughtBy: "truncated",
  },
  {
    name: "absent becomes 0 [T5]",
    file: "telemetry/collector/derive.ts",
    from: "if (value !== undefined) out[field] = round(value, digits);",
    to: "out[field] = round(value ?? 0, digits);",
    caughtBy: "absent",
  },
  {
    name: "no prompt gate [T34]",
    file: "telemetry/transcript/shell-line.ts",
    from: 'if (this.phase !== "ready" || !this.atPrompt()) return',
    to: 'if (this.phase !== "ready") return',
    caughtBy: "gate",
  },
  {
    name: "a bare # ends output [T36]",
    file: "telemetry/transcript/prompt.ts",
    from: "return prompt.re ? prompt.re.test(line) : line === prompt.text;",
    to: 'return line.endsWith("#");',
    caughtBy: "lookalike",
  },
  {
    name: "no reset rule [T16]",
    file: "telemetry/model/rates.ts",
    from: 'if (delta < 0n || !possible) return { rates: new Map(), gap: "reset" };',
    to: "",
    caughtBy: "reset",
  },
  {
    name: "a rate across a resume [T16]",
    file: "telemetry/collector/derive.ts",
    from: "this.rates.reset();",
    to: "",
    caughtBy: "resume",
  },
  {
    name: "a retry after a refused login [T60]",
    file: "machines/telemetry-retry.ts",
    from: "return error === undefined || NETWORK.has(error.code);",
    to: "return true;",
    caughtBy: "refused",
  },
  {
    name: "two in flight: the plan forgets what runs [T3]",
    file: "telemetry/plan/plan.ts",
    from: "if (state.running) return undefined;",
    to: "",
    caughtBy: "one",
  },
  {
    name: "two in flight: a cancelled command counts as gone [T3]",
    file: "telemetry/transcript/exec-run.ts",
    from: "return this.running !== undefined || this.leaving !== undefined;",
    to: "return this.running !== undefined;",
    caughtBy: "leaving",
  },
  {
    name: "gone from a partial reading [T85]",
    file: "telemetry/changes/diff.ts",
    from: 'if (seen.has(key) || !(last.missing || provesGone(reading, section.path ?? "", key))) continue;',
    to: "if (seen.has(key)) continue;",
    caughtBy: "gone",
  },
  {
    name: "number instead of bigint [T13]",
    file: "telemetry/collector/derive.ts",
    from: "counters.set(field, BigInt(value));",
    to: "counters.set(field, BigInt(Number(value)));",
    caughtBy: "digits",
  },
];
