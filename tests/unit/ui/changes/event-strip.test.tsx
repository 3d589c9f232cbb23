import { renderToStaticMarkup } from "react-dom/server";
import { beforeEach, describe, expect, test, vi } from "vitest";
import type { AlertsView, ChangesView, NoticeView } from "#bridge/types.ts";
import { EventStrip } from "#ui/changes/event-strip.tsx";
import { joinedChanges } from "#ui/changes/use-changes.ts";
import { NoticeList } from "#ui/status/notices.tsx";
import { alert, change } from "../alerts/alert-fixtures.ts";

const views = vi.hoisted(() => new Map<string, unknown>());
vi.mock("#bridge/hooks.ts", () => ({ useView: (key: string) => views.get(key) }));
vi.mock("#ui/status/use-now.ts", () => ({ useNow: () => 0 }));

const notice = (id: string, at: number, device?: string): NoticeView => {
  return { id, at, level: "warn", text: `text ${id}`, ...(device === undefined ? {} : { device }) };
};
const strip = (): string => renderToStaticMarkup(<EventStrip device="d1" />);
const changes = (view: Partial<ChangesView>): void => {
  views.set("changes:d1", { events: [], seen_until: 0, unseen: 0, ...view });
};
const alerts = (...all: AlertsView["alerts"]): void => {
  views.set("alerts:d1", { alerts: all, crit: 0, warn: 0 });
};

beforeEach(() => views.clear());

describe("the strip", () => {
  test("without any event, nothing is claimed about the device", () => {
    expect(strip()).toContain("so far");
    expect(strip()).not.toMatch(/Nothing has happened|No alert holds/);
    expect(renderToStaticMarkup(<NoticeList notices={[]} />)).toContain("No notices");
  });

  test("[U99] the newest notice of this device and of the app as a whole stands in it", () => {
    views.set("notices", [notice("a", 1, "d1"), notice("b", 2), notice("c", 3, "d2")]);
    expect(strip()).toContain("text b");
    expect(strip()).not.toContain("text c");
  });

  test("[T85] the newest change stands there with word, before and after, and how many were not seen", () => {
    views.set("notices", [notice("a", 1)]);
    changes({ events: [change({ at: 5_000 }), change({ at: 4_000, id: "b" })], unseen: 2 });
    expect(strip()).toContain("critical");
    expect(strip()).toContain("Gi0/1: State up → down");
    expect(strip()).toContain("2 new");
  });

  test("[U2] the worst alert that holds stays in it, whatever is newest; acknowledged ones too", () => {
    alerts(alert({ level: "warn", id: "w" }), alert({ acknowledged_at: 2_000 }));
    views.set("notices", [notice("a", 9_000)]);
    expect(strip()).toContain("1 crit");
    expect(strip()).toContain("text a");
    alerts(alert({ phase: "unknown" }), alert({ phase: "cleared" }));
    expect(strip()).not.toContain("crit<");
  });

  test("[S86] text of the device is escaped", () => {
    changes({ events: [change({ label: "eth\u202e0" })] });
    expect(strip()).toContain("eth&lt;U+202E&gt;0");
  });
});

describe("older changes", () => {
  test("are joined by id, each once, and the live one counts", () => {
    const live = [change({ id: "3", count: 4 }), change({ id: "2" })];
    const older = [change({ id: "2", count: 9 }), change({ id: "1" })];
    expect(joinedChanges(live, older).map(({ id, count }) => `${id} ${count}`)).toEqual(["3 4", "2 1", "1 1"]);
  });
});
