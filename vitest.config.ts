import { defineConfig } from "vitest/config";

/** Each layer of tests is a project of its own; e2e and lab run one file at a time because they share real parts. */
export default defineConfig({
  test: {
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
          fileParallelism: false,
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
