import { describe, expect, test } from "vitest";
import type { PanelReading } from "#bridge/types.ts";
import { ageNow, effectiveStatus, reasonText, statusLook } from "#ui/panels/panel-status.ts";

const reading = (change: Partial<PanelReading> = {}): PanelReading =>
  ({
    panel: "bgp",
    schema: 1,
    ts: 100_000,
    age_ms: 0,
    interval_ms: 30_000,
    status: "ok",
    sources: [],
    ...change,
  }) as PanelReading;

describe("[T28] state of a panel", () => {
  test("ages go on counting and never run backwards", () => {
    expect(ageNow(reading(), 112_000)).toBe(12_000);
    expect(ageNow(reading(), 90_000)).toBe(0);
  });

  test("old is shown as old: overdue by three intervals, or without a connection", () => {
    expect(effectiveStatus(reading(), 180_000, true)).toBe("ok");
    expect(effectiveStatus(reading(), 191_000, true)).toBe("stale");
    expect(effectiveStatus(reading({ interval_ms: 2_000 }), 115_000, true)).toBe("ok");
    expect(effectiveStatus(reading({ status: "partial" }), 100_000, false)).toBe("stale");
  });

  test("nothing gets better by age", () => {
    for (const status of ["error", "denied", "unsupported", "gated", "pending", "stale"] as const) {
      expect(effectiveStatus(reading({ status }), 100_000, true)).toBe(status);
      expect(effectiveStatus(reading({ status }), 900_000, false)).toBe(status);
    }
  });

  test("[U75] every state has a shape and a word of its own", () => {
    const all = ["pending", "ok", "partial", "stale", "error", "unsupported", "denied", "gated"] as const;
    expect(new Set(all.map((status) => statusLook(status).word)).size).toBe(all.length);
    expect(new Set(all.map((status) => statusLook(status).icon)).size).toBe(all.length);
  });

  test("[S98] an unknown reason is named, not hidden", () => {
    expect(reasonText("quantum")).toBe("Reason: quantum.");
    expect(reasonText("toString")).toBe("Reason: toString.");
    expect(reasonText("timeout")).toContain("time");
    expect(reasonText(undefined)).toBeUndefined();
  });
});
