import { describe, expect, test } from "vitest";
import type { Signal, SignalLevel } from "#ui/alerts/signal-levels.ts";
import { SignalPlan } from "#ui/alerts/signal-plan.ts";
import { readSignals, type SignalPreferences } from "#ui/alerts/signal-preferences.ts";

const ALL_ON: SignalPreferences = { vibration: true, sound: true, notification: true, devices: {} };
const signal = (level: SignalLevel, text = "x", device = "d1"): Signal => ({ device, level, text, at: 0 });
const names = (acts: readonly { do: string }[]) => acts.map((act) => act.do);

describe("[U71] what each level does", () => {
  test.each([
    ["critical", ["sound", "vibrate", "notify"]],
    ["warning", ["vibrate"]],
    ["change", ["vibrate"]],
    ["asks", ["vibrate", "notify"]],
  ] as const)("%s", (level, acts) => {
    expect(names(new SignalPlan().take([signal(level)], ALL_ON, 0, true))).toEqual(acts);
  });

  test("notifications come only while the page is hidden", () => {
    expect(names(new SignalPlan().take([signal("critical")], ALL_ON, 0, false))).toEqual(["sound", "vibrate"]);
  });

  test("[U73] nothing is done through a channel that was not switched on", () => {
    expect(new SignalPlan().take([signal("critical")], readSignals(null), 0, true)).toEqual([]);
  });

  test("each is switchable per device", () => {
    const cells = { "critical.sound": false, "change.sound": true } as const;
    const preferences = { ...ALL_ON, devices: { d1: { cells } } };
    expect(names(new SignalPlan().take([signal("critical")], preferences, 0, false))).toEqual(["vibrate"]);
    expect(names(new SignalPlan().take([signal("change")], preferences, 0, false))).toEqual(["sound", "vibrate"]);
    const other = signal("critical", "x", "d2");
    expect(names(new SignalPlan().take([other], preferences, 0, false))).toEqual(["sound", "vibrate"]);
  });

  test("a device that is quiet does nothing until its time is over", () => {
    const preferences = { ...ALL_ON, devices: { d1: { quiet_until: 60_000, cells: {} } } };
    const plan = new SignalPlan();
    expect(plan.take([signal("critical")], preferences, 59_999, true)).toEqual([]);
    expect(names(plan.take([signal("critical")], preferences, 60_000, true))).toEqual(["sound", "vibrate", "notify"]);
  });
});

describe("[U73] grouping", () => {
  const sounds = (plan: SignalPlan, level: SignalLevel, now: number) =>
    plan.take([signal(level)], { ...ALL_ON, vibration: false }, now, false);

  test("many at once are one sound, of the worst level", () => {
    const acts = new SignalPlan().take([signal("asks"), signal("critical"), signal("critical")], ALL_ON, 0, false);
    expect(acts).toEqual([
      { do: "sound", level: "critical" },
      { do: "vibrate", level: "critical" },
    ]);
  });

  test("at most one sound per 10 s; what came too early is not lost", () => {
    const plan = new SignalPlan();
    expect(names(sounds(plan, "critical", 0))).toEqual(["sound"]);
    expect(sounds(plan, "critical", 4_000)).toEqual([]);
    expect(plan.nextDue).toBe(10_000);
    expect(plan.due(9_999)).toEqual([]);
    expect(plan.due(10_000)).toEqual([{ do: "sound", level: "critical" }]);
    expect(plan.nextDue).toBeUndefined();
    expect(sounds(plan, "critical", 19_999)).toEqual([]);
  });

  test("notifications of one device and level are one, with their number and the newest lines", () => {
    const plan = new SignalPlan();
    plan.take([signal("critical", "a"), signal("critical", "b")], ALL_ON, 0, true);
    const later = plan.take([signal("critical", "c"), signal("critical", "d")], ALL_ON, 1_000, true);
    expect(later).toEqual([
      { do: "notify", device: "d1", level: "critical", tag: "d1/critical", count: 4, lines: ["d", "c", "b"] },
    ]);
    plan.seen();
    const fresh = plan.take([signal("critical", "e")], ALL_ON, 2_000, true);
    expect(fresh).toMatchObject([{ count: 1, lines: ["e"] }]);
  });
});

describe("kept choices", () => {
  test("what does not fit becomes its default", () => {
    expect(readSignals("not json")).toEqual(readSignals(null));
    expect(
      readSignals('{"sound":1,"vibration":true,"devices":{"d1":{"quiet_until":"x","cells":{"a.b":true}}}}'),
    ).toEqual({
      sound: false,
      vibration: true,
      notification: false,
      devices: { d1: { cells: {} } },
    });
  });
});
