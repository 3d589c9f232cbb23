import { configDefaults, defineConfig } from "vitest/config";

/**
 * Files that wait for minutes at a device's own pace. On every change in CI they would take the run over its 25 minutes
 * [Q13]; they run every night, and wherever `CI` is not set. `.ci/run` names them.
 */
const NIGHTLY_ONLY = ["tests/e2e/changes.test.ts", "tests/e2e/history.test.ts", "tests/lab/telemetry-faults.test.ts"];
const isShort = process.env.CI === "true" && process.env.RACKSIDE_NIGHTLY !== "1";
const exclude = [...configDefaults.exclude, ...(isShort ? NIGHTLY_ONLY : [])];
/** A failure says what it found, also where only its first line is kept: a run of CI is not repeated to see it. */
const shared = { chaiConfig: { truncateThreshold: 2000 } };

/**
 * Each layer of tests is a project of its own. Two files at a time, also on two cores; `npm test` runs more where
 * tests wait most of the time. The lab has one network, so its files come one after another.
 */
export default defineConfig({
  test: {
    maxWorkers: 2,
    projects: [
      { test: { ...shared, name: "unit", include: ["tests/unit/**/*.test.{ts,tsx}"], testTimeout: 30_000 } },
      { test: { ...shared, name: "contract", include: ["tests/contract/**/*.test.ts"], testTimeout: 60_000 } },
      { test: { ...shared, name: "model", include: ["tests/model/**/*.test.ts"], testTimeout: 300_000 } },
      {
        test: {
          ...shared,
          name: "integration",
          include: ["tests/integration/**/*.test.ts"],
          setupFiles: ["proxy/src/ssh/library.ts"],
          testTimeout: 60_000,
          hookTimeout: 120_000,
        },
      },
      {
        test: {
          ...shared,
          name: "e2e",
          include: ["tests/e2e/**/*.test.ts"],
          exclude,
          testTimeout: 120_000,
          hookTimeout: 180_000,
        },
      },
      {
        test: {
          ...shared,
          name: "lab",
          include: ["tests/lab/**/*.test.ts"],
          exclude,
          globalSetup: ["tests/support/lab-lifetime.ts"],
          setupFiles: ["proxy/src/ssh/library.ts"],
          fileParallelism: false,
          testTimeout: 180_000,
          hookTimeout: 300_000,
        },
      },
    ],
  },
});
