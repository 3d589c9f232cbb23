import { iosInterfaces } from "#telemetry/platforms/cisco-ios/interfaces.ts";
import { showInterfacesText } from "../cli-text.ts";
import type { BenchContext, Figure } from "../figure.ts";
import type { Measure } from "../measure.ts";

const TEXT_BYTES = 1_000_000;
/** The engine optimises within the first few runs; those are left out. */
const WARM_UP_RUNS = 5;

/**
 * The fastest runs of works that take turns: what else the machine does meanwhile slows all of them, and not one alone, and
 * never makes one faster than it is. Medians of one after the other moved by a third between two runs of the same code.
 */
function fastestMs(runs: number, works: readonly (() => void)[]): number[] {
  const times = works.map((): number[] => []);
  for (let run = 0; run < WARM_UP_RUNS + runs; run++) {
    for (const [index, work] of works.entries()) {
      const from = performance.now();
      work();
      if (run >= WARM_UP_RUNS) times[index]?.push(performance.now() - from);
    }
  }
  return times.map((of) => Math.min(...of));
}

/** JSON of what the text says, as often as it takes to be as long as the text. */
function jsonOfSize(data: unknown, bytes: number): string {
  const one = JSON.stringify(data);
  return `[${Array.from({ length: Math.max(1, Math.round(bytes / one.length)) }, () => one).join(",")}]`;
}

async function run({ short }: BenchContext): Promise<Measure[]> {
  const text = showInterfacesText(TEXT_BYTES);
  const context = { prefixes: [], params: new Map<string, string>() };
  const result = iosInterfaces.parse(text, context);
  const expected = text.match(/line protocol is/g)?.length ?? 0;
  if (!result.ok || result.trace.rows < expected)
    throw new Error(`the parser understood ${result.trace.rows} of ${expected}`);
  const json = jsonOfSize(result.data, text.length);
  const runs = short ? 40 : 80;
  const works = [() => void iosInterfaces.parse(text, context), () => void JSON.parse(json)];
  const [parseMs = Number.NaN, jsonMs = Number.NaN] = fastestMs(runs, works);
  return [
    {
      id: "telemetry.show_interfaces",
      title: "telemetry: 1 MB of show interfaces",
      value: text.length / 1_000 / parseMs,
      unit: "MB/s",
      better: "higher",
      floor: { title: "JSON.parse, same size", value: json.length / 1_000 / jsonMs },
      note: `${expected} interfaces, warm`,
    },
  ];
}

export const telemetry: Figure = { name: "telemetry", title: "telemetry parsing", needs: [], run };
