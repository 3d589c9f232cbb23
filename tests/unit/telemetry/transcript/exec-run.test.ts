import { expect, test } from "vitest";
import { detectionCommand } from "#telemetry/packs/build-command.ts";
import { ExecRun } from "#telemetry/transcript/exec-run.ts";
import { DEFAULT_LIMITS } from "#telemetry/transcript/limits.ts";

const begun = (): ExecRun => {
  const run = new ExecRun();
  run.begin({ id: "c1", command: detectionCommand("show"), limits: DEFAULT_LIMITS }, 1_000);
  return run;
};
const outcome = (effects: ReturnType<ExecRun["tick"]>): unknown =>
  effects.map((effect) => (effect.type === "captured" ? [effect.capture.outcome, effect.capture.text] : effect.type));

test("[T43] a command that prints nothing is complete with its exit status, wherever in the stream it began", () => {
  const run = begun();
  run.started("c1", 4_711, 1_010);
  expect(outcome(run.done("c1", 4_711, 0, 1_040))).toEqual([["ok", ""]]);
  expect(run.busy).toBe(false);
});

test("[T43] an exit status that overtakes bytes waits for them", () => {
  const run = begun();
  run.started("c1", 100, 1_010);
  expect(run.done("c1", 103, 0, 1_040)).toEqual([]);
  expect(outcome(run.bytes(new TextEncoder().encode("ok\n"), false, 100, 1_050, false))).toEqual([["ok", "ok\n"]]);
});

test("[T43] what the session printed before the command is no part of its answer", () => {
  const run = begun();
  run.started("c1", 5_002, 1_010);
  run.bytes(new TextEncoder().encode("one\n"), false, 5_000, 1_020, false);
  expect(outcome(run.done("c1", 5_004, 0, 1_040))).toEqual([["ok", "e\n"]]);
});

test("[T44] a cancelled command keeps the channel until it is gone, and that time is told", () => {
  const run = begun();
  expect(outcome(run.tick(11_000))).toEqual(["exec_cancel", ["timeout", ""]]);
  expect(run.busy).toBe(true);
  expect(run.done("c1", 0, null, 13_500)).toEqual([{ type: "drained", ms: 2_500 }]);
  expect(run.busy).toBe(false);
  run.begin({ id: "c2", command: detectionCommand("show"), limits: DEFAULT_LIMITS }, 20_000);
  run.cancelled(21_000);
  expect(run.tick(31_000)).toEqual([
    { type: "drained", ms: 10_000 },
    { type: "close", reason: "timeout" },
  ]);
});
