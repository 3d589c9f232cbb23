import { describe, expect, it } from "vitest";
import { panelDef } from "#telemetry/knowledge/panels.ts";
import { historyText, oldRowsText } from "#ui/panels/row-notes.tsx";

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

describe("rows without a line over time", () => {
  it("[T82] are counted", () => {
    expect(historyText({ without_history: 1_300 })).toMatch(/^1.?300 more rows have no history\.$/);
    expect(historyText({ without_history: 1 })).toBe("1 more row has no history.");
    expect(historyText({})).toBeUndefined();
  });
});
