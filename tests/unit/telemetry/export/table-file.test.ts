import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fileName, type TableFile, tableCsv, tableJson } from "#telemetry/export/table-file.ts";
import { panelDef } from "#telemetry/knowledge/panels.ts";

const fields = panelDef("ifcounters").sections[0]?.fields ?? [];
const file = (...rows: Record<string, unknown>[]): TableFile => ({
  device: "core1",
  panel: "ifcounters",
  table: "rows",
  read_at: 0,
  commands: ["show interfaces", "show x, y"],
  fields,
  rows,
});
const of = (csv: string): { head: string[]; lines: string[] } => {
  const [head = "", ...lines] = csv.split("\r\n");
  return { head: head.split(","), lines };
};

describe("table files", () => {
  it("CSV: every row says device, UTC time and command; counters keep every digit; absent is empty", () => {
    const { head, lines } = of(tableCsv(file({ name: "eth0", in_octets: "18446744073709551615", in_bps: 0 })));
    expect(head.slice(-3)).toEqual(["device", "read_at", "command"]);
    expect(head).not.toContain("trend");
    expect(lines[0]).toContain("18446744073709551615");
    expect(lines[0]).toContain('core1,1970-01-01T00:00:00.000Z,"show interfaces; show x, y"');
    expect(lines[0]?.split(",")[head.indexOf("out_octets")]).toBe("");
    expect(lines[0]?.split(",")[head.indexOf("in_bps")]).toBe("0");
  });

  it("a device's text is quoted, and is no formula to a spreadsheet", () => {
    for (const [given, written] of [
      ['a "b", c', '"a ""b"", c"'],
      ["=HYPERLINK(1)", "'=HYPERLINK(1)"],
      ["@x", "'@x"],
      ["-cmd", "'-cmd"],
      ["-12.5", "-12.5"],
      ["two\nlines", '"two\nlines"'],
    ] as const)
      expect(tableCsv(file({ name: given }))).toContain(`\r\n${written},`);
  });

  it("property: whatever stands before its sign, a device's text is no formula, and comes back whole; numbers stay numbers", () => {
    const lead = fc.array(fc.constantFrom(" ", "\t", "\r", "\n", "\u00a0", "\u3000", "\ufeff", "\u200b", "\0"), {
      maxLength: 3,
    });
    const sign = fc.constantFrom("=", "+", "-", "@", "＝", "＋", "－", "＠");
    const given = fc.tuple(lead, sign, fc.string()).map(([blanks, first, rest]) => `${blanks.join("")}${first}${rest}`);
    fc.assert(
      fc.property(given, (name) => {
        fc.pre(!/^-\d+(?:\.\d+)?$/.test(name));
        const csv = tableCsv(file({ name }));
        const first = csv.slice(csv.indexOf("\r\n") + 2);
        expect(first.startsWith("'") || first.startsWith(`"'`)).toBe(true);
        const whole = first.startsWith('"') ? `"'${name.replaceAll('"', '""')}",` : `'${name},`;
        expect(first.startsWith(whole)).toBe(true);
      }),
    );
    const number = fc.oneof(fc.integer(), fc.double({ noNaN: true, noDefaultInfinity: true }));
    fc.assert(
      fc.property(number, fc.bigInt(), (value, counter) => {
        const { head, lines } = of(tableCsv(file({ name: "a", in_bps: value, in_octets: String(counter) })));
        const cells = lines[0]?.split(",") ?? [];
        expect(Number(cells[head.indexOf("in_bps")])).toBe(value === 0 ? 0 : value);
        expect(cells[head.indexOf("in_octets")]).toBe(String(counter));
      }),
    );
  });

  it("JSON: exact values, units by field, absent fields absent", () => {
    const json = JSON.parse(tableJson(file({ name: "eth0", in_octets: "18446744073709551615", trend: [1] }))) as {
      rows: object[];
      units: object;
    };
    expect(json).toMatchObject({ format: "rackside.table", version: 1, device: "core1", panel: "ifcounters" });
    expect(json.rows).toEqual([{ name: "eth0", in_octets: "18446744073709551615" }]);
    expect(json.units).toMatchObject({ in_octets: "counter" });
  });

  it("a file's name holds nothing that a file system minds", () => {
    expect(fileName(["../rack 4/a:b", "bgp", ""], 0, "csv")).toBe("rack-4-a-b_bgp_1970-01-01T000000.csv");
  });
});
