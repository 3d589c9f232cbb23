import { describe, expect, test } from "vitest";
import type { UiStateView } from "#bridge/types.ts";
import { PANEL_IDS, panelDef } from "#telemetry/knowledge/panels.ts";
import { movedPanel, orderedPanels, panelVisible, pinnedPorts } from "#ui/panels/panel-layout.ts";

const ui = (change: Partial<UiStateView>): UiStateView => ({
  sync: "synced",
  theme: "dark",
  theme_rev: 0,
  layouts: {},
  panels: {},
  ...change,
});
const order = (ids: unknown) => ui({ layouts: { panels: { layout: { order: ids }, rev: 1 } } });

describe("[U79] which panels, in which order", () => {
  test("the user's choice beats the catalogue's", () => {
    expect(panelVisible(undefined, panelDef("bgp"))).toBe(true);
    expect(panelVisible(ui({ panels: { bgp: { visible: false, rev: 1 } } }), panelDef("bgp"))).toBe(false);
    expect(panelVisible(ui({}), panelDef("arp"))).toBe(false);
  });

  test("named panels come first, the others follow in their usual order; none is lost or doubled", () => {
    const ids = orderedPanels(order(["ospf", "nonsense", "cpu"])).map((def) => def.id);
    expect(ids.slice(0, 2)).toEqual(["ospf", "cpu"]);
    expect(ids.toSorted()).toEqual([...PANEL_IDS].toSorted());
  });

  test("a damaged order is no order", () => {
    expect(orderedPanels(order("bgp")).map((def) => def.id)).toEqual([...PANEL_IDS]);
    expect(orderedPanels(order([1, null])).map((def) => def.id)).toEqual([...PANEL_IDS]);
  });

  test("moving stops at the ends", () => {
    const panels = orderedPanels(undefined);
    expect(movedPanel(panels, "cpu", -1)?.slice(0, 2)).toEqual(["cpu", "device_info"]);
    expect(movedPanel(panels, "device_info", -1)).toBeUndefined();
    expect(movedPanel(panels, "audit", 1)).toBeUndefined();
  });

  test("at most four ports are pinned", () => {
    const layouts = { "pins.demo:r1": { layout: { ports: ["a", "b", "c", "d", "e", 6] }, rev: 1 } };
    expect(pinnedPorts(ui({ layouts }), "demo:r1")).toEqual(["a", "b", "c", "d"]);
    expect(pinnedPorts(ui({ layouts }), "demo:r2")).toEqual([]);
  });
});
