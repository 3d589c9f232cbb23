import { describe, expect, test } from "vitest";
import { MAPPINGS, type Row, text } from "#support/capture-mappings.ts";
import {
  captureSkipReason,
  haveCaptures,
  normalisedCaptures,
  type TextCapture,
  textCaptures,
} from "#support/shared-captures.ts";
import { contextOf } from "#support/telemetry-fixtures.ts";
import { interfaceName } from "#telemetry/model/interface-names.ts";
import type { ParseResult } from "#telemetry/parsers/result.ts";
import { iosPrefixes } from "#telemetry/platforms/cisco-ios/prefixes.ts";
import { parsers } from "#telemetry/platforms/parsers.ts";
import { normalise } from "#telemetry/transcript/normaliser.ts";

const skip = captureSkipReason();
if (skip) process.stderr.write(`${skip}\n`);

function parse(parser: string, raw: string): ParseResult {
  const known = parsers.get(parser);
  if (!known) throw new Error(`no parser ${parser}`);
  const { lines } = normalise(new TextEncoder().encode(raw));
  return known.parse(lines.map((line) => `${line}\n`).join(""), contextOf("cisco_ios"));
}

const captures = haveCaptures ? textCaptures("cisco_ios").filter(({ command }) => MAPPINGS[command]) : [];

describe.skipIf(!haveCaptures)("captures of the community, cisco_ios", () => {
  test("[T71] rows wherever the expected result has rows, in at least 95 % of first-wave captures", () => {
    const wanted = captures.filter(({ expected }) => expected.length > 0);
    const without = wanted.filter(({ command, raw }) => {
      const mapping = MAPPINGS[command];
      const result = mapping && parse(mapping.parser, raw);
      return !result?.ok || mapping?.rows(result.data).length === 0;
    });
    expect(wanted.length).toBeGreaterThan(30);
    expect([without.length <= wanted.length * 0.05, without.map(({ id }) => id)]).toEqual([
      true,
      without.map(({ id }) => id),
    ]);
  });

  test("[T5] a mapped field is equal, or absent in at most 1 %, never just different", () => {
    let compared = 0;
    let absent = 0;
    const different: string[] = [];
    const missing: string[] = [];
    for (const capture of captures) {
      const found = compare(capture);
      compared += found.compared;
      absent += found.absent.length;
      missing.push(...found.absent);
      different.push(...found.different);
    }
    expect(different).toEqual([]);
    expect(compared).toBeGreaterThan(500);
    expect([absent / compared <= 0.01, missing.slice(0, 20)]).toEqual([true, missing.slice(0, 20)]);
  });
});

function compare({ id, command, raw, expected }: TextCapture): {
  compared: number;
  absent: string[];
  different: string[];
} {
  const mapping = MAPPINGS[command];
  const out = { compared: 0, absent: [] as string[], different: [] as string[] };
  const result = mapping && parse(mapping.parser, raw);
  if (!mapping || !result?.ok) return out;
  const ours = new Map(mapping.rows(result.data).map((row) => [mapping.ourKey(row), row]));
  for (const record of expected.slice(0, command === "show processes cpu" ? 1 : undefined)) {
    const row = ours.get(mapping.key(record));
    for (const check of mapping.checks) {
      const want = check.expected(record);
      if (want === undefined) continue;
      const got = row && check.ours(row);
      out.compared++;
      const where = `${id} ${mapping.key(record)} ${check.field}: ${JSON.stringify(want)} / ${JSON.stringify(got)}`;
      if (got === undefined) out.absent.push(where);
      else if (got !== want) out.different.push(where);
    }
  }
  return out;
}

describe.skipIf(!haveCaptures)("normalised captures, ios", () => {
  test("interfaces: state, MAC, MTU and description as expected", () => {
    const differences: string[] = [];
    for (const each of normalisedCaptures("ios").filter(({ getter }) => getter === "get_interfaces")) {
      const result = parse("ios.interfaces", each.files["show_interfaces.txt"] ?? "");
      const rows = new Map(result.ok ? result.data.ifstate?.rows?.map((row) => [row.name, row]) : []);
      for (const [name, want] of Object.entries(each.expected as Record<string, Row>)) {
        const row = rows.get(interfaceName(name, iosPrefixes).name) ?? rows.get(name);
        const got = [
          row?.oper === "up",
          row?.admin !== "down",
          row?.mac?.toUpperCase() ?? "",
          row?.mtu,
          row?.desc ?? "",
        ];
        const expected = [want.is_up, want.is_enabled, want.mac_address, want.mtu, text(want.description)];
        got.forEach((value, index) => {
          if (value !== undefined && value !== "" && value !== expected[index])
            differences.push(`${each.case} ${name} [${index}]: ${String(expected[index])} / ${String(value)}`);
        });
      }
    }
    expect(differences).toEqual([]);
  });

  test("facts: hostname, model and serial number as expected", () => {
    for (const { files, expected } of normalisedCaptures("ios").filter(({ getter }) => getter === "get_facts")) {
      const result = parse("ios.version", files["show_version.txt"] ?? "");
      const want = expected as Row;
      expect(result.ok && result.data.device_info).toMatchObject({
        hostname: want.hostname,
        model: want.model,
        serial: want.serial_number,
        vendor: "Cisco",
      });
    }
  });

  test("BGP: every peer with its AS and state as expected", () => {
    for (const { files, expected } of normalisedCaptures("ios").filter(
      ({ getter }) => getter === "get_bgp_neighbors",
    )) {
      const result = parse("ios.bgp-summary", files["show_bgp_all_summary.txt"] ?? "");
      const rows = result.ok ? (result.data.bgp?.rows ?? []) : [];
      for (const vrf of Object.values(expected as Record<string, { peers: Record<string, Row> }>)) {
        for (const [peer, want] of Object.entries(vrf.peers)) {
          const ours = rows.filter((row) => row.peer === peer);
          expect([peer, ours.some((row) => row.remote_as === String(want.remote_as))]).toEqual([peer, true]);
          expect([peer, ours.some((row) => row.state === "established")]).toEqual([peer, want.is_up]);
        }
      }
    }
  });
});
