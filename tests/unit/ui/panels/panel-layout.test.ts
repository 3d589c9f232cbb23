import { describe, expect, test } from "vitest";
import type { PanelReading, UiStateView } from "#bridge/types.ts";
import { cardPanels, panelDef } from "#telemetry/knowledge/panels.ts";
import {
  chosenFields,
  columnsKey,
  isNotOffered,
  movedPanel,
  notOfferedLine,
  orderedPanels,
  panelVisible,
  pinnedPorts,
  wantedPanels,
  withChosenFields,
} from "#ui/panels/panel-layout.ts";

const cardIds = cardPanels.map((def) => def.id);
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
    expect(ids.toSorted()).toEqual(cardIds.toSorted());
  });

  test("a damaged order is no order", () => {
    expect(orderedPanels(order("bgp")).map((def) => def.id)).toEqual(cardIds);
    expect(orderedPanels(order([1, null])).map((def) => def.id)).toEqual(cardIds);
  });

  test("panels of a port or of a question are no cards", () => {
    expect(cardIds).toContain("lag");
    for (const id of ["poe", "route_lookup", "routes", "arp_table", "mac_table"]) expect(cardIds).not.toContain(id);
    expect(
      orderedPanels(order(["routes", "cpu"]))
        .map((def) => def.id)
        .slice(0, 1),
    ).toEqual(["cpu"]);
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

describe("[T76] what a box cannot serve", () => {
  const hide = ui({ panels: { raw: { visible: false, rev: 1 } } });
  const wanted = (state: UiStateView | undefined, platform: string | undefined) =>
    wantedPanels(state, platform, []).map((def) => def.id);

  test("of an unknown platform the raw answers are asked for and come first, unless the person hid them", () => {
    expect(wanted(undefined, "unknown")[0]).toBe("raw");
    expect(wanted(undefined, "unknown").filter((id) => id === "raw")).toHaveLength(1);
    expect(wanted(hide, "unknown")).not.toContain("raw");
    expect(wanted(undefined, "frr")).not.toContain("raw");
    expect(wanted(undefined, undefined)).not.toContain("raw");
  });

  test("pinned ports have a panel only while there are some", () => {
    expect(wanted(undefined, "frr")).not.toContain("traffic");
    expect(wantedPanels(undefined, "frr", ["eth1"]).map((def) => def.id)).toContain("traffic");
  });

  test("only what is not offered and has nothing to show is folded away", () => {
    const reading = (change: Partial<PanelReading>) =>
      ({ panel: "cpu", schema: 1, ts: 0, age_ms: 0, sources: [], ...change }) as PanelReading;
    expect(isNotOffered(reading({ status: "unsupported", hint: "No sensors." }))).toBe(true);
    expect(isNotOffered(reading({ status: "unsupported", data: { load1: 1 } }))).toBe(false);
    for (const status of ["denied", "gated", "error", "pending"] as const)
      expect(isNotOffered(reading({ status }))).toBe(false);
    expect(isNotOffered(undefined)).toBe(false);
  });

  test("the line that stands for them counts and names them", () => {
    expect(notOfferedLine(["CPU", "BGP"], "unknown")).toBe("2 panels are not offered for an unknown platform");
    expect(notOfferedLine(["CPU"], "frr")).toBe("1 panel is not offered here: CPU");
    expect(notOfferedLine(["CPU", "Memory"], undefined)).toBe("2 panels are not offered here: CPU, Memory");
  });
});

describe("[U79] columns of a panel's tables", () => {
  const withLayout = (layout: Record<string, unknown>): UiStateView => ({
    sync: "synced",
    theme: "dark",
    theme_rev: 0,
    layouts: { [columnsKey("env")]: { layout, rev: 1 } },
    panels: {},
  });

  test("are those that fit until somebody chooses, table by table", () => {
    expect(chosenFields(undefined, "env", "fans")).toBeUndefined();
    const first = withChosenFields(undefined, "env", "fans", ["rpm"]);
    const both = withChosenFields(withLayout(first), "env", "temps", ["temp_c", "warn_c"]);
    expect(both).toEqual({ fans: ["rpm"], temps: ["temp_c", "warn_c"] });
    expect(chosenFields(withLayout(both), "env", "temps")).toEqual(["temp_c", "warn_c"]);
    expect(withChosenFields(withLayout(both), "env", "fans", undefined)).toEqual({ temps: ["temp_c", "warn_c"] });
  });

  test("damaged layouts are as if nothing had been chosen", () => {
    expect(chosenFields(withLayout({ fans: "rpm" }), "env", "fans")).toBeUndefined();
    expect(chosenFields(withLayout({ fans: [3] }), "env", "fans")).toBeUndefined();
  });
});
