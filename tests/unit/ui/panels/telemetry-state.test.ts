import { expect, test } from "vitest";
import type { TelemetryView } from "#bridge/types.ts";
import { telemetryState } from "#ui/panels/telemetry-state.ts";

const ssh2: TelemetryView = { phase: "live", since: 0, activity: "running", profile: "normal" };

test.each([
  [{}, "Live"],
  [{ activity: "waiting" }, "Live"],
  [{ activity: "paused" }, "Paused"],
  [{ activity: "throttled", reason: "CPU at 91 %" }, "Throttled"],
  [{ activity: "detecting" }, "Detecting"],
  [{ phase: "idle", activity: "asking_consent" }, "Asks"],
  [{ phase: "idle", activity: "off" }, "Off"],
  [{ phase: "connecting", activity: "off" }, "Connecting"],
  [{ phase: "suspended" }, "Resuming"],
  [{ phase: "taken_over" }, "Elsewhere"],
  [{ phase: "ended" }, "Ended"],
] as const)("[U75] telemetry %o reads %s", (change, word) => {
  expect(telemetryState({ ...ssh2, ...change }).word).toBe(word);
});
