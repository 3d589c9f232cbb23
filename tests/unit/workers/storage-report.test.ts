import { expect, test } from "vitest";
import { ManualTime } from "#support/fake-timers.ts";
import { Publisher } from "#workers/publisher.ts";
import { StorageReport } from "#workers/storage-report.ts";

function setUp() {
  const publisher = new Publisher(new ManualTime());
  const report = new StorageReport(publisher);
  const view = () => {
    publisher.flush();
    return publisher.get("storage");
  };
  return { report, view };
}

test("[T9] a desk that fails is no refused storage; a refusal that comes later is not hidden by it", () => {
  const { report, view } = setUp();
  report.set({ persisted: true });
  report.desksFailed(new TypeError("broken rule"));
  report.desksFailed(new Error("another"));
  expect(view()).toEqual({
    phase: "ok",
    persisted: true,
    keep_nothing: false,
    desks_error: "TypeError: broken rule",
  });
  report.refused(new DOMException("disk full", "QuotaExceededError"));
  expect(view()).toMatchObject({
    phase: "failed",
    error: "QuotaExceededError: disk full",
    desks_error: "TypeError: broken rule",
  });
});

test("[T9] code of desks that came with a later try is no failure any more; a desk that fails after is one", () => {
  const { report, view } = setUp();
  report.desksFailed(new TypeError("not reachable"));
  report.desksLoaded();
  expect(view()).toEqual({ phase: "ok", persisted: false, keep_nothing: false });
  report.desksFailed("odd");
  expect(view()).toMatchObject({ phase: "ok", desks_error: "A part failed." });
});

test("[S71] sessions that wait for the vault are told until none waits", () => {
  const { report, view } = setUp();
  report.set({ keep_nothing: true });
  report.waiting({ sessions: 2, until: 5 });
  expect(view()).toMatchObject({ keep_nothing: true, locked_sessions: { sessions: 2, until: 5 } });
  report.waiting(undefined);
  expect(view()).toEqual({ phase: "ok", persisted: false, keep_nothing: true });
});
