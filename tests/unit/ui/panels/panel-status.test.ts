import { describe, expect, test } from "vitest";
import type { PanelReading } from "#bridge/types.ts";
import { ageNow, effectiveStatus, panelNote, reasonText, statusLook, whyText } from "#ui/panels/panel-status.ts";

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

  test("a lost connection is called that, not a command that cost too much", () => {
    const data = { totals: { up: 1, down: 0, admin_down: 0 } };
    const away = reading({ data, status: "stale", reason: "suspended" } as Partial<PanelReading>);
    expect(whyText(away, false)).toContain("connection to the device is away");
    expect(whyText(reading({ data } as Partial<PanelReading>), false)).toBe(whyText(away, false));
    expect(whyText(reading({ data, status: "stale", reason: "paused" } as Partial<PanelReading>), false)).toBe(
      whyText(away, false),
    );
    expect(whyText(reading({ data } as Partial<PanelReading>), true)).toBeUndefined();
  });

  test("[U92] what an earlier run read says so, and a refusal stays a refusal without a connection", () => {
    const data = { totals: { up: 1, down: 0, admin_down: 0 } };
    expect(whyText(reading({ data, status: "stale", reason: "kept" } as Partial<PanelReading>), false)).toContain(
      "earlier run",
    );
    expect(whyText(reading({ status: "denied", reason: "no_permission" }), false)).toContain("may not run");
  });

  test("[S98] an unknown reason is named, not hidden", () => {
    expect(reasonText("quantum")).toBe("Reason: quantum.");
    expect(reasonText("toString")).toBe("Reason: toString.");
    expect(reasonText("timeout")).toContain("time");
    expect(reasonText(undefined)).toBeUndefined();
  });
});

describe("[T28] the line under a panel", () => {
  test("says why there is nothing, and never waits for what will not come", () => {
    expect(panelNote(undefined, true)).toBe("Waiting for the first answer.");
    expect(panelNote(undefined, false)).toBe("Nothing was received yet.");
    expect(panelNote(reading({ status: "unsupported", hint: "No sensors here." }), true)).toBe("No sensors here.");
    expect(panelNote(reading({ status: "unsupported" }), true)).toBe("This device does not offer it.");
    const denied = reading({ status: "denied", reason: "no_permission", hint: "Needs privilege 15." });
    expect(panelNote(denied, true)).toBe("This user may not run the command. Needs privilege 15.");
  });

  test("is silent over good data and keeps the reason over data of a failed poll", () => {
    const data = { rows: [] } as unknown as NonNullable<PanelReading["data"]>;
    expect(panelNote(reading({ data } as Partial<PanelReading>), true)).toBeUndefined();
    expect(panelNote(reading({ data, reason: "timeout" } as Partial<PanelReading>), true)).toContain("in time");
  });
});
