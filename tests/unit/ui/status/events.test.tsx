import { renderToStaticMarkup } from "react-dom/server";
import { describe, expect, test, vi } from "vitest";
import type { NoticeView } from "#bridge/types.ts";
import { EventsPage, EventsStrip } from "#ui/status/events.tsx";

const seen = vi.hoisted(() => ({ notices: [] as NoticeView[] }));
vi.mock("#bridge/hooks.ts", () => ({ useView: () => seen.notices }));
vi.mock("#ui/status/use-now.ts", () => ({ useNow: () => 0 }));

describe("notices", () => {
  test("without any, nothing is claimed about the device", () => {
    seen.notices = [];
    for (const shown of [<EventsStrip device="d1" key="s" />, <EventsPage device="d1" key="p" />]) {
      const text = renderToStaticMarkup(shown);
      expect(text).toContain("No notices.");
      expect(text).not.toMatch(/No events|Nothing has happened/);
    }
  });

  test("[U99] the newest of this device and of the app as a whole stands in the strip", () => {
    const notice = (id: string, at: number, device?: string): NoticeView => {
      return { id, at, level: "warn", text: `text ${id}`, ...(device === undefined ? {} : { device }) };
    };
    seen.notices = [notice("a", 1, "d1"), notice("b", 2), notice("c", 3, "d2")];
    const text = renderToStaticMarkup(<EventsStrip device="d1" />);
    expect(text).toContain("text b");
    expect(text).not.toContain("text c");
  });
});
