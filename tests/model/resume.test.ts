import { assert, property } from "fast-check";
import { expect, test } from "vitest";
import { loadCores } from "./resume/cores.ts";
import { runSchedule } from "./resume/schedule.ts";
import { schedulesToRun, WORDS } from "./resume/words.ts";

const cores = await loadCores(new URL("../../protocol/src/", import.meta.url).href);

test("I1-I11, L1-L5: sessions survive drops, half-open sockets, page kills, stale frames, two tabs and slow storage", () => {
  const numRuns = schedulesToRun();
  // On failure fast-check prints seed, path and the shrunk schedule; {seed, path} here replays it.
  const schedules = property(WORDS, (words) => void runSchedule(cores, words));
  assert(schedules, { numRuns, ...seedFromEnvironment() });
  expect(numRuns).toBeGreaterThanOrEqual(1_000);
});

function seedFromEnvironment(): { seed?: number } {
  const seed = Number(process.env.RACKSIDE_SEED);
  return Number.isInteger(seed) && process.env.RACKSIDE_SEED !== undefined ? { seed } : {};
}
