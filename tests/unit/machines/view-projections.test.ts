import { describe, expect, test } from "vitest";
import { badgeOf, OFFLINE_BADGE_MS } from "#machines/view-projections.ts";
import type { QuestionView, TelemetryView, TerminalView } from "#machines/views.ts";
import { OUT_WINDOW_MIN_BYTES } from "#protocol/limits.ts";

const SSH1: TerminalView = {
  phase: "live",
  since: 0,
  cols: 80,
  rows: 24,
  gaps: [],
  unacked_bytes: 0,
  held_bytes: 0,
  undrawn_bytes: 0,
};
const SSH2: TelemetryView = { phase: "live", since: 0, activity: "waiting", profile: "normal" };
const QUESTION: QuestionView = {
  kind: "auth",
  id: "q",
  method: "password",
  host: "h",
  user: "u",
  hop: 0,
  round: 1,
  name: "",
  instruction: "",
  prompts: [],
};
const ended = (code: string) => ({ at: 0, while_away: false, error: { code, retry: "user" as const } });
const badge = (ssh1: Partial<TerminalView>, ssh2: Partial<TelemetryView> = {}, now = 0) =>
  badgeOf({ ...SSH1, ...ssh1 }, { ...SSH2, ...ssh2 }, now);

describe("badge [U7]: the worst state by the table's order", () => {
  test.each([
    ["key", { phase: "ended", ended: ended("host_key_changed") }, {}],
    ["asks", { phase: "connecting", question: QUESTION }, {}],
    ["asks", {}, { phase: "connecting", question: QUESTION }],
    ["asks", { stale_input: { text: "x", bytes: 1, oldest_at: 0 } }, {}],
    ["asks", { phase: "busy" }, {}],
    ["ended", { phase: "ended", ended: ended("auth_failed") }, {}],
    ["ended", { phase: "ended", ended: ended("gone") }, {}],
    ["offline", { phase: "ended", ended: ended("unreachable") }, {}],
    ["held", { held_bytes: 70_000 }, {}],
    ["ok", { undrawn_bytes: OUT_WINDOW_MIN_BYTES }, {}],
    ["stale", {}, { activity: "paused" }],
    ["stale", {}, { phase: "ended", activity: "off", ended: ended("auth_failed") }],
    ["stale", {}, { phase: "connecting", activity: "off", reason: "unreachable" }],
    ["wait", { phase: "connecting" }, {}],
    ["wait", { phase: "resuming" }, {}],
    ["wait", {}, { phase: "connecting", activity: "off" }],
    ["ok", {}, {}],
    ["ok", {}, { phase: "idle", activity: "off" }],
    ["idle", { phase: "idle" }, {}],
  ] as const)("%s", (expected, ssh1, ssh2) => {
    expect(badge(ssh1 as Partial<TerminalView>, ssh2 as Partial<TelemetryView>)).toBe(expected);
  });

  test("a lost link is worth waiting for, until it is lost for 10 s", () => {
    expect(badge({ phase: "suspended", since: 0 }, {}, OFFLINE_BADGE_MS)).toBe("wait");
    expect(badge({ phase: "suspended", since: 0 }, {}, OFFLINE_BADGE_MS + 1)).toBe("offline");
  });

  test("a worse state hides a milder one", () => {
    const everything = { question: QUESTION, phase: "ended", ended: ended("host_key_changed"), held_bytes: 1 } as const;
    expect(badge(everything, { activity: "paused" })).toBe("key");
    expect(badge({ ...everything, ended: ended("gone") }, { activity: "paused" })).toBe("asks");
    expect(badge({ phase: "ended", ended: ended("gone"), held_bytes: 1 }, { activity: "paused" })).toBe("ended");
    expect(badge({ held_bytes: 1 }, { activity: "paused" })).toBe("held");
  });
});
