import { assert, property, record, stringMatching, tuple } from "fast-check";
import { describe, expect, it } from "vitest";
import { compareSnapshots } from "#telemetry/compare/compare.ts";
import { Mask } from "#telemetry/compare/mask.ts";
import { comparisonJson, comparisonMarkdown } from "#telemetry/compare/report.ts";
import { takeSnapshot } from "#telemetry/compare/snapshot.ts";
import type { PanelReading } from "#telemetry/knowledge/reading.ts";

const reading = (panel: string, data: object): PanelReading =>
  ({
    panel,
    schema: 1,
    ts: 5,
    age_ms: 0,
    interval_ms: 30_000,
    status: "ok",
    sources: [],
    data,
  }) as unknown as PanelReading;

type Secrets = Record<
  "host" | "label" | "near" | "far" | "chassis" | "port" | "desc" | "vrf" | "serial" | "site",
  string
>;

/** Two states that hold each secret where devices put it, also inside other texts. */
function reports(of: Secrets): string[] {
  const state = (name: string, remote_name: string, more: object = {}) =>
    takeSnapshot({
      id: name,
      name,
      at: 0,
      label: of.label,
      readings: [
        reading("device_info", { hostname: of.host, serial: of.serial, location: of.site }),
        reading("neighbors", {
          rows: [
            {
              local_if: "eth0",
              proto: "lldp",
              chassis_id: of.chassis,
              remote_if: "e1",
              remote_name,
              remote_port_desc: of.port,
              ...more,
            },
          ],
        }),
        reading("ifstate", {
          rows: [{ name: "eth0", oper: "up", desc: of.desc, vrf: of.vrf, reason: `behind ${remote_name}`, ...more }],
        }),
        reading("bgp", { rows: [{ vrf: of.vrf, afi: "ipv4", peer: "10.0.0.1", desc: of.desc, ...more }] }),
      ],
    });
  const before = state(`before ${of.host}`, of.near);
  const after = state(`after_${of.label} (${of.far})`, of.far, {
    desc: `${of.near}!`,
    remote_if: "e2",
    reason: of.site,
  });
  const found = compareSnapshots(before, after);
  const options = { offsetMin: 0, mask: true };
  return [comparisonMarkdown(found, { before, after }, options), comparisonJson(found, { before, after }, options)];
}

describe("[T87] masked reports", () => {
  it("neighbours that came and went, names of snapshots, chassis and ports by name: none is told", () => {
    const texts = reports({
      host: "core1.acme.example",
      label: "core1",
      near: "acme-bank-sw7",
      far: "acme-bank-sw9.acme.example",
      chassis: "acme-chassis",
      port: "cust ACME",
      desc: "to acme",
      vrf: "ACME",
      serial: "FOC-ACME-1",
      site: "Acme tower, 10.9.9.9",
    });
    for (const text of texts) {
      expect(text).not.toMatch(/acme|core1|10\.9\.9/i);
      expect(text).toContain("eth0");
    }
  });

  it("no seeded secret is in the output, whatever it looks like", () => {
    // A mark that no word of a report has, with what names are made of around it.
    const part = stringMatching(/^[A-Za-z0-9._ (|:/+-]{0,8}$/);
    const secret = (n: number) => tuple(part, part).map(([a, b]) => `${a}Zq${n}xQ${b}`.trim());
    const all = record({
      host: secret(1),
      label: secret(2),
      near: secret(3),
      far: secret(4),
      chassis: secret(5),
      port: secret(6),
      desc: secret(7),
      vrf: secret(8),
      serial: secret(9),
      site: secret(0),
    });
    assert(
      property(all, (of) => {
        for (const text of reports(of)) expect(text).not.toMatch(/zq\dxq/i);
      }),
      { numRuns: 300 },
    );
  });

  it("a name is hidden in any case and beside signs; addresses inside names and names inside addresses stay whole", () => {
    const mask = new Mask();
    const [sw, short] = [mask.name("name", "sw-10.0.0.1"), mask.name("name", "11")];
    expect(mask.text("at SW-10.0.0.1_x, 00:11:22:33:44:55, 11")).toBe(`at ${sw}_x, mac-1, ${short}`);
    expect(mask.text("::ffff:192.0.2.1 at 10:04:09")).toBe("ip-1 at 10:04:09");
  });
});
