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
