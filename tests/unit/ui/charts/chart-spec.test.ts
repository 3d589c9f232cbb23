import { describe, expect, test } from "vitest";
import { seriesValues } from "#telemetry/history/series-values.ts";
import type { PanelId } from "#telemetry/knowledge/panels.ts";
import { panelDef } from "#telemetry/knowledge/panels.ts";
import type { PanelReading } from "#telemetry/knowledge/reading.ts";
import { chartOf } from "#ui/charts/chart-spec.ts";
import { interfaceFields } from "#ui/panels/interface-rows.ts";

type Row = Record<string, unknown>;
const fieldsOf = (panel: PanelId, id = "rows") =>
  panelDef(panel).sections.find((section) => section.id === id)?.fields ?? [];
const source = (panel: PanelId, row: Row, id?: string) => ({
  device: "d1",
  panel,
  fields: fieldsOf(panel, id),
  row,
  title: "row",
});
/** Names under which history keeps what a reading has. */
const keptOf = (panel: PanelId, data: Row) => {
  const reading = { panel, schema: 1, ts: 0, age_ms: 0, status: "ok", sources: [], data } as unknown as PanelReading;
  return [...seriesValues(reading)].map(({ name }) => `${panel}:${name}`);
};

describe("[T84] the chart behind a value", () => {
  const port = { name: "Gi0/1", in_bps: 1, out_bps: 2, speed_bps: 1_000, trend: [{ t: 1, in_bps: 1, out_bps: 2 }] };

  test("both directions of a port in one picture, held against its speed", () => {
    const spec = chartOf(source("ifcounters", port), "out_bps");
    expect(spec?.lines).toEqual([
      { series: "ifcounters:Gi0/1/in_bps", label: "In" },
      { series: "ifcounters:Gi0/1/out_bps", label: "Out" },
    ]);
    expect(spec?.references).toEqual([{ label: "Speed", value: 1_000 }]);
    expect(chartOf(source("ifcounters", port), "trend")?.lines).toEqual(spec?.lines);
  });

  test("a value of the joined interface table is kept with the counters", () => {
    const fields = interfaceFields(fieldsOf("ifstate"), fieldsOf("ifcounters"));
    const spec = chartOf({ ...source("ifstate", port), fields }, "trend");
    expect(spec?.panel).toBe("ifcounters");
    expect(spec?.lines.map(({ series }) => series)).toEqual(["ifcounters:Gi0/1/in_bps", "ifcounters:Gi0/1/out_bps"]);
  });

  test("what stands still or is a word has none", () => {
    expect(chartOf(source("ifcounters", port), "name")).toBeUndefined();
    expect(chartOf(source("traffic", port), "speed_bps")).toBeUndefined();
    expect(chartOf(source("bgp", { peer: "10.0.0.1" }), "uptime_s")).toBeUndefined();
  });

  test("limits of the device go with light, temperature and prefixes", () => {
    const optic = { if: "Te1/1", lane: "1", rx_dbm: -5, rx_limits: { lo_alarm: -14, hi_alarm: 1 } };
    expect(chartOf(source("optics", optic), "rx_dbm")?.references).toEqual([
      { label: "High alarm", value: 1 },
      { label: "Low alarm", value: -14 },
    ]);
    const sensor = { id: "inlet", temp_c: 30, warn_c: 45, crit_c: 55 };
    expect(chartOf(source("env", sensor, "temps"), "temp_c")?.references.map(({ value }) => value)).toEqual([45, 55]);
    const peer = { vrf: "default", afi: "ipv4", peer: "10.0.0.1", pfx_rx: 4, pfx_max: 100 };
    expect(chartOf(source("bgp", peer), "pfx_rx")?.references).toEqual([{ label: "Limit", value: 100 }]);
  });

  test("[T82] series are named as history names them", () => {
    const rows: [PanelId, string, Row, string][] = [
      ["ifcounters", "rows", port, "in_bps"],
      ["bgp", "rows", { vrf: "red", afi: "ipv6", peer: "fe80::1", pfx_rx: 4 }, "pfx_rx"],
      ["env", "temps", { id: "inlet", temp_c: 30 }, "temp_c"],
      ["optics", "rows", { if: "Te1/1", lane: "2", rx_dbm: -5 }, "rx_dbm"],
      ["memory", "pools", { name: "Processor", used_pct: 3 }, "used_pct"],
    ];
    for (const [panel, id, row, field] of rows) {
      const path = panelDef(panel).sections.find((section) => section.id === id)?.path ?? "rows";
      const names = chartOf(source(panel, row, id), field)?.lines.map(({ series }) => series);
      expect(keptOf(panel, { [path]: [row] })).toEqual(expect.arrayContaining(names ?? ["none"]));
    }
    const cpu = { ...source("cpu", { busy_pct: 3 }, "load"), record: true as const };
    expect(chartOf(cpu, "busy_pct")?.lines[0]?.series).toBe(keptOf("cpu", { busy_pct: 3 })[0]);
  });
});
