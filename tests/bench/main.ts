import { requireTools } from "#support/find-tools.ts";
import { compare, store, today, writeLast } from "./baseline.ts";
import type { BenchContext, Figure } from "./figure.ts";
import { figures } from "./figures.ts";
import { describeMachine } from "./machine.ts";
import { judgedNumber, type Measure, verdict } from "./measure.ts";
import { type BenchOptions, readOptions } from "./options.ts";
import { comparisonText, machineText, printTable } from "./table.ts";

type Outcome = { measures: Measure[]; skipped: string[]; failed: string[] };

function say(line: string): void {
  process.stderr.write(`${line}\n`);
}

/** Shared parts of one run; closing is in reverse order and goes on past a failure. */
function openContext(short: boolean): { context: BenchContext; close: () => Promise<void> } {
  const parts = new Map<string, Promise<{ close(): Promise<void> }>>();
  const context: BenchContext = {
    short,
    say,
    shared: async <T extends { close(): Promise<void> }>(name: string, make: () => Promise<T>) => {
      const part = parts.get(name) ?? make();
      parts.set(name, part);
      // the name stands for one kind of part
      return (await part) as T;
    },
  };
  const closeAll = async (): Promise<void> => {
    for (const part of [...parts.values()].toReversed()) {
      await part.then((one) => one.close()).catch((error: unknown) => say(`closing: ${String(error)}`));
    }
  };
  let closing: Promise<void> | undefined;
  // once: a signal may come while the bench is closing anyway
  const close = (): Promise<void> => (closing ??= closeAll());
  return { context, close };
}

function chosen({ only }: BenchOptions): readonly Figure[] {
  const unknown = only.filter((name) => !figures.some((figure) => figure.name === name));
  if (unknown.length > 0) {
    throw new Error(`no figure "${unknown.join(", ")}": they are ${figures.map(({ name }) => name).join(", ")}`);
  }
  return only.length === 0 ? figures : figures.filter(({ name }) => only.includes(name));
}

async function measureAll(options: BenchOptions): Promise<Outcome> {
  const outcome: Outcome = { measures: [], skipped: [], failed: [] };
  const { context, close } = openContext(options.short);
  const interrupted = (): void => void close().finally(() => process.exit(130));
  process.once("SIGINT", interrupted).once("SIGTERM", interrupted);
  // thrown in a socket's listener: nothing could wait for it, and processes must not stay behind
  process.once("uncaughtException", (error) => {
    say(`FAILED: ${error.stack ?? error.message}`);
    interrupted();
  });
  try {
    for (const figure of chosen(options)) {
      const from = performance.now();
      try {
        const tools = await requireTools(...figure.needs);
        if (!tools.ok) {
          outcome.skipped.push(figure.name);
          continue;
        }
        outcome.measures.push(...(await figure.run(context)));
      } catch (error) {
        outcome.failed.push(figure.name);
        say(`FAILED ${figure.name}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
      }
      say(`${figure.title}: ${((performance.now() - from) / 1_000).toFixed(1)} s`);
    }
  } finally {
    await close();
  }
  return outcome;
}

async function main(): Promise<number> {
  const options = readOptions(process.argv.slice(2));
  const mode = options.short ? "short" : "full";
  const machine = await describeMachine();
  const { measures, skipped, failed } = await measureAll(options);
  const comparison = await compare(mode, machine, measures);
  const rows = measures.map((measure) => ({ ...measure, judged: judgedNumber(measure), verdict: verdict(measure) }));
  const report = { date: today(), mode, machine, figures: rows, skipped, failed, comparison };
  await writeLast(report);
  if (options.json) process.stdout.write(`${JSON.stringify(report)}\n`);
  else {
    const missed = rows.filter((row) => row.verdict === "missed").length;
    const summary = `${rows.length} figures, ${missed} targets missed, ${skipped.length} skipped, ${failed.length} failed`;
    process.stdout.write(
      `${machineText(machine)}\n\n${printTable(measures)}\n\n${comparisonText(comparison)}\n${summary}\n`,
    );
  }
  if (options.store && failed.length === 0) await store(mode, machine, measures);
  return failed.length === 0 ? 0 : 1;
}

process.exitCode = await main();
