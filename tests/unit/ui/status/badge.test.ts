import { describe, expect, test } from "vitest";
import { type BadgeName, badgeOf } from "#ui/status/badge.ts";

const NAMES: readonly BadgeName[] = ["key", "asks", "ended", "offline", "held", "stale", "wait", "ok", "idle"];

describe("[U7] badges", () => {
  test("the words are those of the design", () => {
    expect(NAMES.map((name) => badgeOf(name).word)).toEqual([
      "key",
      "asks",
      "ended",
      "offline",
      "held",
      "stale",
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
    expect(new Set(looks.map((look) => look.icon)).size).toBe(NAMES.length);
    expect(new Set(looks.map((look) => look.word)).size).toBe(NAMES.length);
  });
});
