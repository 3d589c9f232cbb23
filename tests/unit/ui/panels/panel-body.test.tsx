import { renderToStaticMarkup } from "react-dom/server";
import { describe, expect, test, vi } from "vitest";
import type { PanelReading } from "#bridge/types.ts";
import type { Cpu } from "#telemetry/knowledge/panel-data.ts";
import { panelDef } from "#telemetry/knowledge/panels.ts";
import { PanelBody } from "#ui/panels/panel-body.tsx";

vi.mock("#bridge/hooks.ts", () => ({ useView: () => undefined }));
vi.mock("#bridge/use-table.ts", () => ({ useTable: () => ({ total: 0, rows: [], from: 0, pending: false }) }));
vi.mock("#ui/status/use-now.ts", () => ({ useNow: () => 0 }));

const shown = (data: Cpu): string => {
  const reading: PanelReading = { panel: "cpu", schema: 1, ts: 0, age_ms: 0, status: "ok", sources: [], data };
  return renderToStaticMarkup(<PanelBody def={panelDef("cpu")} device="d1" reading={reading} />);
};

describe("[T20] processor", () => {
  test("after one sample there is no table of cores without values, and it says what is missing", () => {
    const text = shown({ load1: 0.1, cores: [{ id: "0" }, { id: "1" }] });
    expect(text).toContain("second sample");
    expect(text).not.toContain("<table");
  });

  test("after the second sample the cores are there", () => {
    const text = shown({ busy_pct: 5, cores: [{ id: "0", busy_pct: 5 }, { id: "1" }] });
    expect(text).toContain("<table");
    expect(text).not.toContain("second sample");
  });
});
