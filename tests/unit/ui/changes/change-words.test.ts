import { describe, expect, test } from "vitest";
import { alertLook, snoozeChoices } from "#ui/alerts/alert-words.ts";
import {
  alertValues,
  changeSentence,
  changeValues,
  keptValueText,
  severityLook,
  whenText,
} from "#ui/changes/change-words.ts";
import { alert, change } from "../alerts/alert-fixtures.ts";

const at = (clock: string, day = "2026-03-05") => new Date(`${day}T${clock}`).getTime();
const NOW = at("12:00:00");

describe("[T86] when it happened", () => {
  test.each([
    [at("10:04:12"), at("10:04:02"), false, "10:04:12"],
    [at("10:09:40"), at("10:04:12"), true, "between 10:04 and 10:09"],
    [at("10:04:40"), at("10:04:12"), true, "between 10:04:12 and 10:04:40"],
    [at("10:09:40"), at("23:50:00", "2026-03-04"), true, "between 2026-03-04 23:50 and 10:09"],
    [at("10:09:40", "2026-03-01"), at("10:04:00", "2026-03-01"), true, "between 2026-03-01 10:04 and 10:09"],
    [at("10:04:40", "2026-03-01"), at("10:04:00", "2026-03-01"), true, "between 2026-03-01 10:04:00 and 10:04:40"],
  ])("%i after %i, gap %s: %s", (time, not_before, gap, text) => {
    expect(whenText({ at: time, not_before, ...(gap ? { across_gap: true as const } : {}) }, NOW)).toBe(text);
  });
});

describe("[T85] before and after", () => {
  test("values are in the unit of their field, with its label", () => {
    expect(changeValues(change({ field: "speed_bps", from: "1000000000", to: "100000000" }), NOW)).toEqual({
      field: "Speed",
      from: "1.00 Gb/s",
      to: "100 Mb/s",
    });
    expect(
      changeValues(change({ panel: "device_info", key: "", field: "uptime_s", from: "90061", to: "61" }), NOW),
    ).toEqual({ field: "Up for", from: "1d 1h", to: "1m 01s" });
  });

  test.each([
    ["true", "bool", "yes"],
    ["admin_down", "state", "admin down"],
    ["12345678901234567890", "counter", "12.3 E"],
    ["n/a", "count", "n/a"],
    ["", "count", undefined],
    [undefined, "count", undefined],
    ["x\u202ey", "text", "x<U+202E>y"],
  ] as const)("%s as %s is %s", (value, unit, text) => {
    expect(keptValueText(value, unit, NOW)).toBe(text);
  });

  test("an alert's value and limit are in the unit of its field", () => {
    const cpu = alert({ panel: "cpu", key: "", field: "busy_pct", value: "97", limit: "95" });
    expect(alertValues(cpu, NOW)).toEqual({ value: "97 %", limit: "95 %" });
  });

  test("a burst that ended where it began says that it changed, and what it is now", () => {
    expect(changeSentence(change({ from: "up", to: "up", count: 2 }), NOW)).toBe(
      "Gi0/1: State changed 2 times, now up",
    );
    expect(changeSentence(change({ from: "up", to: "down", count: 3 }), NOW)).toBe("Gi0/1: State up → down, 3 times");
  });

  test("a sentence tells what, from where to where, and how often", () => {
    expect(changeSentence(change(), NOW)).toBe("Gi0/1: State up → down");
    const { field: _f, from: _a, to: _b, ...bare } = change({ kind: "gone", count: 3 });
    expect(changeSentence(bare, NOW)).toBe("Gi0/1 is gone, 3 times");
    const { from: _, ...appeared } = change({ field: "reason" });
    expect(changeSentence(appeared, NOW)).toContain("unknown → down");
  });
});

describe("[U75] looks", () => {
  test("every level and phase has a shape and a word of its own", () => {
    const looks = [
      severityLook("crit"),
      severityLook("warn"),
      severityLook("change"),
      alertLook({ phase: "unknown", level: "crit" }),
      alertLook({ phase: "cleared", level: "crit" }),
    ];
    expect(new Set(looks.map(({ word }) => word)).size).toBe(looks.length);
    expect(new Set(looks.map(({ icon, filled }) => `${icon} ${filled ?? false}`)).size).toBe(looks.length);
  });
});

describe("[U73] snooze", () => {
  test("15 minutes, an hour, or until the next morning", () => {
    expect(snoozeChoices(NOW).map(({ until }) => until)).toEqual([
      at("12:15:00"),
      at("13:00:00"),
      at("06:00:00", "2026-03-06"),
    ]);
  });
});
