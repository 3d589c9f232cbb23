import { tableWindow } from "#telemetry/collector/table-window.ts";
import { packs } from "#telemetry/platforms/packs.ts";
import { tableParsers } from "#telemetry/platforms/parsers.ts";
import type { BenchContext, Figure } from "../figure.ts";
import type { Measure } from "../measure.ts";
import { ROUTES, routeTable } from "../route-text.ts";
import { percentile } from "../statistics.ts";

/** As the worker reads a table: so much at a time, so that bytes of terminals go between [T74]. */
const SLICE_CHARS = 256 * 1024;
const WINDOW = { offset: 50_000, limit: 120 } as const;

/** Milliseconds of each slice. */
function read(text: string): { slices: number[]; rows: Record<string, unknown>[] } {
  const parser = tableParsers.get(packs.frr.commands.routes4_all?.variants[0]?.parser ?? "");
  if (parser === undefined) throw new Error("no parser for the table of FRRouting");
  const stream = parser.open({ prefixes: [], params: new Map([["VRF", "default"]]) });
  const [slices, rows]: [number[], Record<string, unknown>[]] = [[], []];
  for (let at = 0; at < text.length; at += SLICE_CHARS) {
    const from = performance.now();
    rows.push(...stream.push(text.slice(at, at + SLICE_CHARS)));
    slices.push(performance.now() - from);
  }
  rows.push(...stream.finish().rows);
  if (rows.length !== ROUTES) throw new Error(`read ${rows.length} of ${ROUTES} routes`);
  return { slices, rows };
}

async function run({ short }: BenchContext): Promise<Measure[]> {
  const text = routeTable();
  read(text);
  const { slices, rows } = read(text);
  const parseMs = slices.reduce((sum, ms) => sum + ms, 0);
  const json = JSON.stringify(rows);
  const jsonFrom = performance.now();
  JSON.parse(json);
  const jsonMs = performance.now() - jsonFrom;
  const windows: number[] = [];
  for (let n = 0; n < (short ? 6 : 30); n++) {
    const from = performance.now();
    tableWindow(rows, { ...WINDOW, sort: { field: n % 2 === 0 ? "prefix" : "age_s", descending: n % 4 < 2 } });
    windows.push(performance.now() - from);
  }
  return [
    {
      id: "full_table.parse",
      title: `${ROUTES} routes read from text`,
      value: parseMs,
      unit: "ms",
      better: "lower",
      floor: { title: "JSON.parse of the same rows", value: jsonMs },
      note: `${(text.length / 1e6).toFixed(1)} MB; the longest hold of the thread was ${Math.max(...slices).toFixed(0)} ms`,
    },
    {
      id: "full_table.open",
      title: `a sorted window of ${ROUTES} routes, p95`,
      value: percentile(windows, 0.95),
      unit: "ms",
      better: "lower",
      note: "target 200 ms once it is read",
    },
  ];
}

export const fullTable: Figure = { name: "full-table", title: "a full routing table", needs: [], run };
