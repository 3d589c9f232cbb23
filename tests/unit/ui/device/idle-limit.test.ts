import { describe, expect, test } from "vitest";
import type { DeviceView, TerminalView } from "#bridge/types.ts";
import { idleEndOf, idleEndText, idleLimitOf } from "#ui/device/idle-limit.ts";
import { waitingText } from "#ui/device/waiting-text.ts";

const MINUTE_MS = 60_000;
const record = { id: "d", label: "sw1", telemetry: "allowed", simulated: false } as unknown as DeviceView["record"];
const platform = { id: "cisco_ios", title: "Cisco IOS", evidence: "show version", chosen: false };
const ssh2 = { phase: "live", since: 0, activity: "running", profile: "normal", platform } as DeviceView["ssh2"];
const { platform: _, ...unknown } = ssh2;
const terminal = { phase: "live", since: 0, typed_at: 0 } as TerminalView;
const view = (ssh1: Partial<TerminalView>) => ({ record, ssh2, ssh1: { ...terminal, ...ssh1 } });
const ended = (at: number, more: object = {}) => view({ phase: "ended", ended: { at, while_away: false, ...more } });

describe("[WP35] the device's own idle limit", () => {
  test("is known of platforms that have one, and of no simulated device", () => {
    expect(idleLimitOf(view({}))).toEqual({ seconds: 600, name: "exec-timeout" });
    expect(idleLimitOf({ record: { ...record, platform: "cisco_ios" }, ssh2: unknown })).toBeDefined();
    expect(idleLimitOf({ record, ssh2: { ...ssh2, platform: { ...platform, id: "linux" } } })).toBeUndefined();
    expect(idleLimitOf({ record: { ...record, simulated: true }, ssh2 })).toBeUndefined();
    expect(idleEndOf(view({ typed_at: 5_000 }))).toBe(605_000);
    expect(idleEndOf({ record, ssh2, ssh1: { phase: "live" } as TerminalView })).toBeNull();
  });

  test("the countdown is that of the shorter one", () => {
    const now = 2 * MINUTE_MS;
    const idle = { end: 10 * MINUTE_MS, name: "exec-timeout" };
    expect(waitingText("suspended", 15 * MINUTE_MS, now, idle)).toMatch(/^8m 00s until .*idle limit \(exec-timeout\)/);
    expect(waitingText("suspended", 5 * MINUTE_MS, now, idle)).toMatch(/it keeps the session for 3m 00s/);
    expect(waitingText("suspended", 15 * MINUTE_MS, 11 * MINUTE_MS, idle)).toMatch(/has usually closed the session at/);
    expect(waitingText("resuming", 15 * MINUTE_MS, now, idle)).toBe("Resuming the session");
  });

  test("is named when the device closed the session about then, and only then", () => {
    const error = { code: "device_closed", retry: "user" };
    expect(idleEndText(ended(10 * MINUTE_MS + 300, { error }))).toMatch(/for 10 min.*idle limit \(exec-timeout\)/);
    expect(idleEndText(ended(10 * MINUTE_MS - 1_000, { code: null, signal: null }))).toBeDefined();
    expect(idleEndText(ended(3 * MINUTE_MS, { error }))).toBeUndefined();
    expect(idleEndText(ended(14 * MINUTE_MS, { error }))).toBeUndefined();
    expect(idleEndText(ended(14 * MINUTE_MS, { error, while_away: true }))).toBeDefined();
    expect(idleEndText(ended(10 * MINUTE_MS, { error: { code: "unreachable", retry: "yes" } }))).toBeUndefined();
    expect(idleEndText(ended(10 * MINUTE_MS, { code: 0 }))).toBeUndefined();
    expect(idleEndText(view({}))).toBeUndefined();
  });
});
