import { renderToStaticMarkup } from "react-dom/server";
import { expect, test } from "vitest";
import type { StorageView } from "#bridge/types.ts";
import { StorageBanner } from "#ui/status/storage-banner.tsx";

const fine: StorageView = { phase: "ok", persisted: true, keep_nothing: false };
const shown = (more: Partial<StorageView>): string =>
  renderToStaticMarkup(<StorageBanner storage={{ ...fine, ...more }} />);

test("[T9] refused storage and failed desks have texts of their own, and both are told", () => {
  expect(shown({})).toBe("");
  const desks = shown({ desks_error: "TypeError: x" });
  expect(desks).toContain("History and alerts of this tablet have failed:</strong> TypeError: x; terminal and panels");
  expect(desks).toContain("Reload the page.");
  expect(desks).not.toContain("Nothing is kept");
  const storage = shown({ phase: "failed", error: "QuotaExceededError: full" });
  expect(storage).toContain("(QuotaExceededError: full)");
  expect(storage).not.toContain("have failed");
  const both = shown({ phase: "failed", desks_error: "TypeError: x" });
  for (const id of ["storage-banner", "desks-banner"]) expect(both).toContain(id);
});

test("[WP32] who wants nothing kept is not told that nothing is, but that alerts fail", () => {
  expect(shown({ phase: "failed", keep_nothing: true })).toBe("");
  expect(shown({ keep_nothing: true, desks_error: "TypeError: x" })).toContain("desks-banner");
});
