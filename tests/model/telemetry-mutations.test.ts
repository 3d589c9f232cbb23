import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Engine, loadEngine, PARTS } from "./telemetry/engine.ts";
import { MUTANTS, type Mutant } from "./telemetry/mutants.ts";
import { SCENARIOS, type ScenarioName } from "./telemetry/scenarios.ts";

const SOURCES = new URL("../../web/src/", import.meta.url);
const NAMES = Object.keys(SCENARIOS).filter((name): name is ScenarioName => name in SCENARIOS);

let folder = "";
let shipped: Engine;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "rackside-telemetry-mutants-"));
  shipped = await loadEngine(SOURCES.href);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** A project file would name others that are not copied. */
const filter = (path: string): boolean => !path.endsWith("tsconfig.json");

/** A copy of the engine's sources with one fault. */
async function build(mutant: Mutant, at: number): Promise<Engine> {
  const copy = join(folder, String(at));
  for (const part of PARTS)
    await cp(fileURLToPath(new URL(part, SOURCES)), join(copy, part), { recursive: true, filter });
  const path = join(copy, mutant.file);
  const source = await readFile(path, "utf8");
  expect(source.split(mutant.from), `${mutant.file} no longer holds what "${mutant.name}" changes`).toHaveLength(2);
  await writeFile(
    path,
    source.replace(mutant.from, () => mutant.to),
  );
  return loadEngine(pathToFileURL(`${copy}/`).href);
}

describe("the shipped engine keeps every rule of the mutation list [Q4]", () => {
  test.each(NAMES)("%s", (name) => {
    expect(SCENARIOS[name](shipped)).toBe(true);
  });
});

describe("each fault of the mutation list is caught [Q4]", () => {
  test.each(MUTANTS.map((mutant, at) => ({ ...mutant, at })))("$name", async (mutant) => {
    expect(SCENARIOS[mutant.caughtBy](await build(mutant, mutant.at))).toBe(false);
  });

  test("every scenario is there for a fault", () => {
    expect(NAMES.filter((name) => !MUTANTS.some(({ caughtBy }) => caughtBy === name))).toEqual([]);
  });
});
