import { describe, expect, test } from "vitest";
import type { AlertState, AlertsView } from "#bridge/types.ts";
import { type BadgeName, badgeOf, worstBadge } from "#ui/status/badge.ts";

const NAMES: readonly BadgeName[] = [
  "key",
  "asks",
  "ended",
  "offline",
  "crit",
  "held",
  "stale",
  "warn",
  "wait",
  "ok",
  "idle",
];

describe("[U7] badges", () => {
  test("the words are those of the design", () => {
    expect(NAMES.map((name) => badgeOf(name).word)).toEqual([
      "key",
      "asks",
      "ended",
      "offline",
      "crit",
      "held",
      "stale",
      "warn",
      "wait",
      "ok",
      "closed",
    ]);
  });

  test("ranks rise from worst to best", () => {
    const ranks = NAMES.map((name) => badgeOf(name).rank);
    expect(ranks).toEqual(ranks.toSorted((a, b) => a - b));
  });

  test("[U75] no two states share shape and word", () => {
    const looks = NAMES.map((name) => badgeOf(name));
    // A triangle is filled when it is critical, and hollow when it warns.
    expect(new Set(looks.map((look) => `${look.icon} ${look.filled ?? false}`)).size).toBe(NAMES.length);
    expect(new Set(looks.map((look) => look.word)).size).toBe(NAMES.length);
  });
});

describe("[U7] alerts among a device's states", () => {
  const alert = (change: Partial<AlertState>): AlertState => ({
    id: "r/k",
    rule: "r",
    title: "Rule",
    panel: "cpu",
    key: "k",
    label: "k",
    level: "crit",
    phase: "active",
    since: 0,
    at: 0,
    ...change,
  });
  const view = (...alerts: AlertState[]): AlertsView => ({ alerts, crit: 0, warn: 0 });

  test.each([
    ["ok", view(alert({})), "crit"],
    ["held", view(alert({})), "crit"],
    ["stale", view(alert({ level: "warn" })), "stale"],
    ["wait", view(alert({ level: "warn" })), "warn"],
    ["offline", view(alert({})), "offline"],
    ["asks", view(alert({})), "asks"],
    ["key", view(alert({})), "key"],
    ["ok", view(alert({ level: "warn" }), alert({ id: "q/k" })), "crit"],
    ["ok", view(alert({ acknowledged_at: 1 })), "ok"],
    ["ok", view(alert({ phase: "unknown" })), "ok"],
    ["ok", view(alert({ phase: "cleared" })), "ok"],
    ["ok", undefined, "ok"],
  ] as const)("%s with %o is %s", (name, alerts, worst) => {
    expect(worstBadge(name, alerts)).toBe(worst);
  });
});
