import { describe, expect, test } from "vitest";
import { panelDef } from "#telemetry/knowledge/panels.ts";
import { chosenColumns, columnsWidth, columnWidth, fittingColumns } from "#ui/panels/columns.ts";
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

  const tableOf = (panel: "bgp" | "ospf" | "neighbors") =>
    panelDef(panel).sections.find((section) => section.kind === "table")?.fields ?? [];
  const names = (panel: "bgp" | "ospf" | "neighbors", rows: Record<string, unknown>[], width: number) =>
    fittingColumns(tableOf(panel), rows, width).map((def) => def.field);

  test("a peer in two address families is two rows that can be told apart at every width", () => {
    const rows = ["198.18.255.2", "198.18.255.3"].flatMap((peer) =>
      ["ipv4", "ipv6"].map((afi) => ({ peer, afi, vrf: "default", state: "established", desc: "r2", remote_as: "1" })),
    );
    for (const width of [300, 390, 620, 1_200]) {
      expect(names("bgp", rows, width).slice(0, 2)).toEqual(["peer", "afi"]);
      expect(names("bgp", rows, width)).not.toContain("vrf");
    }
    expect(names("bgp", rows.slice(0, 1), 390)).not.toContain("afi");
  });

  test("the fewest keys that tell rows apart come first: one router over two versions of OSPF, one port heard twice", () => {
    const ospf = ["eth1", "eth2"].flatMap((port) =>
      ["ipv4", "ipv6"].map((afi) => ({ neighbor_id: "198.18.255.2", if: port, afi, state: "full" })),
    );
    expect(names("ospf", ospf, 390).slice(0, 3)).toEqual(["neighbor_id", "if", "afi"]);
    const heard = (["lldp", "cdp"] as const).map((proto) => ({ local_if: "eth1", remote_if: "eth2", proto }));
    expect(names("neighbors", heard, 390).slice(0, 2)).toEqual(["local_if", "proto"]);
    expect(new Set(names("neighbors", heard, 1_200)).size).toBe(names("neighbors", heard, 1_200).length);
  });

  test("rows that no key tells apart are left as they are", () => {
    expect(names("bgp", [{ peer: "a" }, { peer: "a" }], 390)).toEqual(["peer"]);
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

describe("[U79] columns that somebody chose", () => {
  const fields = panelDef("bgp").sections.find((section) => section.id === "rows")?.fields ?? [];

  test("all of them stand there, the key first, whatever the width", () => {
    const names = chosenColumns(fields, ["flaps", "state", "reset_reason"]).map(({ field }) => field);
    expect(names).toEqual(["peer", "state", "flaps", "reset_reason"]);
    expect(chosenColumns(fields, []).map(({ field }) => field)).toEqual(["peer"]);
    expect(chosenColumns(fields, ["gone_in_this_version"]).map(({ field }) => field)).toEqual(["peer"]);
  });

  test("take the width of each, so that they scroll instead of being squeezed", () => {
    const two = fields.slice(0, 2);
    expect(columnsWidth(two, 320)).toBe(two.reduce((sum, def) => sum + columnWidth(def, 320), 0));
  });
});
