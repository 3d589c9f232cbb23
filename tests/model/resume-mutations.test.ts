import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { check, property } from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Cores, loadCores } from "./resume/cores.ts";
import { MUTANTS, type Mutant } from "./resume/mutants.ts";
import { runSchedule } from "./resume/schedule.ts";
import { Violation } from "./resume/violation.ts";
import { WORDS } from "./resume/words.ts";

const SOURCES = fileURLToPath(new URL("../../protocol/src/", import.meta.url));
/** The same schedules for every mutant and every run: whether a fault is found must not depend on luck. */
const SEED = 20_260_101;
const SCHEDULES = 20_000;

let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "rackside-mutants-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** A copy of the protocol's sources with one fault. */
async function build(mutant: Mutant, at: number): Promise<Cores> {
  const copy = join(folder, String(at));
  await cp(SOURCES, copy, { recursive: true });
  const path = join(copy, mutant.file);
  const source = await readFile(path, "utf8");
  expect(source.split(mutant.from), `${mutant.file} no longer holds what "${mutant.name}" changes`).toHaveLength(2);
  await writeFile(
    path,
    source.replace(mutant.from, () => mutant.to),
  );
  return loadCores(pathToFileURL(`${copy}/`).href);
}

/** The rule that the first failing schedule breaks, or null. */
function firstViolation(cores: Cores): string | null {
  const schedules = property(WORDS, (words) => void runSchedule(cores, words));
  const outcome = check(schedules, { numRuns: SCHEDULES, seed: SEED, endOnFailure: true });
  const cause = outcome.errorInstance;
  if (!outcome.failed) return null;
  return cause instanceof Violation ? cause.rule : "another error";
}

describe("each fault of the mutation list is caught [Q4]", () => {
  test.each(MUTANTS.map((mutant, at) => ({ ...mutant, at })))("$name", async (mutant) => {
    const rule = firstViolation(await build(mutant, mutant.at));
    expect(mutant.caughtBy).toContain(rule);
  });
});
