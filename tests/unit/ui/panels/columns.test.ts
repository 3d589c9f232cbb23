import { describe, expect, test } from "vitest";
import { panelDef } from "#telemetry/knowledge/panels.ts";
import { columnWidth, fittingColumns } from "#ui/panels/columns.ts";
import { interfaceFields, joinInterfaces } from "#ui/panels/interface-rows.ts";

const state = panelDef("ifstate").sections[0]?.fields ?? [];
const counters = panelDef("ifcounters").sections[0]?.fields ?? [];
const fields = interfaceFields(state, counters);
const row = { name: "Gi0/0", oper: "up", in_bps: 1, out_bps: 2, trend: [], desc: "x", speed_bps: 1e9, in_err: "0" };

describe("columns", () => {
  test("keys first, then by priority, and no more than fit", () => {
    const narrow = fittingColumns(fields, [row], 390);
    expect(narrow.map((def) => def.field)).toContain("name");
    expect(narrow.reduce((sum, def) => sum + columnWidth(def, 390), 0)).toBeLessThanOrEqual(390);
    expect(fittingColumns(fields, [row], 1_200).length).toBeGreaterThan(narrow.length);
  });

  test("[T5] a column without any value is left out", () => {
    expect(fittingColumns(fields, [{ name: "Gi0/0", oper: "up" }], 2_000).map((def) => def.field)).toEqual([
      "name",
      "oper",
    ]);
  });

  test("a further key that is the same in every row says nothing, and is left out", () => {
    const bgp = panelDef("bgp").sections.find((section) => section.kind === "table")?.fields ?? [];
    const peer = (address: string, vrf: string) => ({ peer: address, vrf, afi: "ipv4", state: "established" });
    const names = (vrfs: string[]) =>
      fittingColumns(
        bgp,
        vrfs.map((vrf, index) => peer(`10.0.0.${index}`, vrf)),
        900,
      ).map((def) => def.field);
    expect(names(["default", "default"])).toEqual(["peer", "state"]);
    expect(names(["default", "blue"])).toEqual(["peer", "state", "vrf"]);
    expect(names(["default"])[0]).toBe("peer");
  });

  test("no field occurs twice in the joined table", () => {
    const names = fields.map((def) => def.field);
    expect(new Set(names).size).toBe(names.length);
  });
});

describe("interfaces", () => {
  test("state and rates of one port stand in one row", () => {
    const joined = joinInterfaces(
      [
        { name: "a", oper: "up" },
        { name: "b", oper: "down" },
      ],
      [{ name: "a", in_bps: 5 }],
      false,
    );
    expect(joined).toEqual([
      { name: "a", oper: "up", in_bps: 5 },
      { name: "b", oper: "down" },
    ]);
  });

  test("a port that somebody shut is not a fault", () => {
    expect(joinInterfaces([{ name: "a", oper: "down", admin: "down" }], [], false)[0]?.oper).toBe("admin-down");
  });

  test("[T24] interfaces of the platform itself are hidden, not dropped", () => {
    const rows = [{ name: "pfe-0", hidden: true }];
    expect(joinInterfaces(rows, [], false)).toEqual([]);
    expect(joinInterfaces(rows, [], true)).toHaveLength(1);
  });
});
