import { expect, it } from "vitest";
import { ContextLosses, LOSSES_WINDOW_MS } from "#terminal/renderer-policy.ts";

it("[U67] gives up after 3 losses in 60 s", () => {
  const losses = new ContextLosses();
  expect(losses.lost(0)).toBe("rebuild");
  expect(losses.lost(20_000)).toBe("rebuild");
  expect(losses.lost(59_999)).toBe("give-up");
});

it("[U67] old losses do not count", () => {
  const losses = new ContextLosses();
  losses.lost(0);
  losses.lost(30_000);
  expect(losses.lost(LOSSES_WINDOW_MS)).toBe("rebuild");
  expect(losses.lost(LOSSES_WINDOW_MS + 1)).toBe("give-up");
});
