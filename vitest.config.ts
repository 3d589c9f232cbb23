import { defineConfig } from "vitest/config";

/**
 * Each layer of tests is a project of its own. Two files at a time, also on two cores: what is beyond unit tests waits most
 * of the time. The lab has one network, so its files come one after another.
 */
export default defineConfig({
  test: {
    maxWorkers: 2,
    projects: [
      { test: { name: "unit", include: ["tests/unit/**/*.test.{ts,tsx}"], testTimeout: 30_000 } },
      { test: { name: "contract", include: ["tests/contract/**/*.test.ts"], testTimeout: 60_000 } },
      { test: { name: "model", include: ["tests/model/**/*.test.ts"], testTimeout: 300_000 } },
      {
        test: {
          name: "integration",
          include: ["tests/integration/**/*.test.ts"],
          setupFiles: ["proxy/src/ssh/window-patch.ts"],
          testTimeout: 60_000,
          hookTimeout: 120_000,
        },
      },
      {
        test: {
          name: "e2e",
          include: ["tests/e2e/**/*.test.ts"],
          testTimeout: 120_000,
          hookTimeout: 180_000,
        },
      },
      {
        test: {
          name: "lab",
          include: ["tests/lab/**/*.test.ts"],
          globalSetup: ["tests/support/lab-lifetime.ts"],
          setupFiles: ["proxy/src/ssh/window-patch.ts"],
          fileParallelism: false,
          testTimeout: 180_000,
          hookTimeout: 300_000,
        },
      },
    ],
  },
});
