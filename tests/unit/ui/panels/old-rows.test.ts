import { describe, expect, it } from "vitest";
import { panelDef } from "#telemetry/knowledge/panels.ts";
import { oldRowsText } from "#ui/panels/old-rows.tsx";

const def = panelDef("ifstate");
const text = (...names: string[]) => oldRowsText(def, { old_rows: { rows: names.map((name) => ({ name })) } });

describe("rows that could not be read this time", () => {
  it("[T85] are named as stale, not as gone", () => {
    expect(text("eth0", "eth1")).toBe("Stale, could not be read this time: eth0, eth1.");
    expect(text("a", "b", "c", "d", "e", "f")).toBe("Stale, could not be read this time: a, b, c, d and 2 more.");
    expect(text("a", "b", "c", "d", "e")).toBe("Stale, could not be read this time: a, b, c, d, e.");
  });

  it("a reading without any says nothing", () => {
    expect(oldRowsText(def, {})).toBeUndefined();
    expect(text()).toBeUndefined();
  });
});
