import { describe, expect, test } from "vitest";
import type { AlertState, ChangeEvent } from "#bridge/types.ts";
import { DeviceNews } from "#ui/alerts/device-news.ts";
import { alert, change } from "./alert-fixtures.ts";

const S = 1_000;
const changes = (...events: ChangeEvent[]) => ({ events, seen_until: 0, unseen: events.length });
const alerts = (...all: AlertState[]) => ({ alerts: all, crit: 0, warn: 0 });
const NOTHING = { changes: undefined, alerts: undefined, badge: undefined };
const news = () => new DeviceNews("d1", 500);

describe("[U71] what is news of a device", () => {
  test("a change is told once, by its severity", () => {
    const ear = news();
    const parts = { ...NOTHING, changes: changes(change({ severity: "warn" })) };
    expect(ear.take(parts, S)).toEqual([{ device: "d1", level: "warning", text: "Gi0/1: State up → down", at: S }]);
    expect(ear.take(parts, 20 * S)).toEqual([]);
  });

  test("what happened before the page looked is not news", () => {
    expect(news().take({ ...NOTHING, changes: changes(change({ at: 400 })) }, S)).toEqual([]);
    expect(news().take({ ...NOTHING, alerts: alerts(alert({ since: 400 })) }, S)).toEqual([]);
  });

  test("a change and the alert that it raised are told once", () => {
    const ear = news();
    expect(ear.take({ ...NOTHING, changes: changes(change()) }, S)).toHaveLength(1);
    expect(ear.take({ ...NOTHING, changes: changes(change()), alerts: alerts(alert()) }, S + 200)).toEqual([]);
  });

  test("an alert that was unknown meanwhile is the same one; one that got worse, or came back, is news", () => {
    const ear = news();
    const levels = (now: number, ...all: AlertState[]) =>
      ear.take({ ...NOTHING, alerts: alerts(...all) }, now).map(({ level }) => level);
    expect(levels(10 * S, alert({ level: "warn" }))).toEqual(["warning"]);
    expect(levels(20 * S, alert({ level: "warn", phase: "unknown" }))).toEqual([]);
    expect(levels(30 * S, alert({ level: "warn" }))).toEqual([]);
    expect(levels(40 * S, alert())).toEqual(["critical"]);
    expect(levels(50 * S, alert({ phase: "cleared" }))).toEqual([]);
    expect(levels(60 * S, alert())).toEqual(["critical"]);
  });

  test("[U73] a port that is snoozed is quiet, its changes too; another is not", () => {
    const ear = news();
    const snoozed = alerts(alert({ snoozed_until: 60 * S }));
    const other = change({ id: "000000000002000-0001", key: "Gi0/2", label: "Gi0/2", at: 2 * S });
    const found = ear.take({ ...NOTHING, alerts: snoozed, changes: changes(change(), other) }, 2 * S);
    expect(found.map(({ text }) => text)).toEqual(["Gi0/2: State up → down"]);
  });

  test("a question and a changed host key are told when they come up", () => {
    const ear = news();
    expect(ear.take({ ...NOTHING, badge: "ok" }, S)).toEqual([]);
    expect(ear.take({ ...NOTHING, badge: "asks" }, 2 * S)).toMatchObject([{ level: "asks" }]);
    expect(ear.take({ ...NOTHING, badge: "asks" }, 3 * S)).toEqual([]);
    expect(ear.take({ ...NOTHING, badge: "key" }, 4 * S)).toMatchObject([{ level: "critical" }]);
  });
});
