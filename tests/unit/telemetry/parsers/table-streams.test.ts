import { describe, expect, test } from "vitest";
import { chosenSeed, seededRandom } from "#support/seeded-random.ts";
import { contextOf, fixtures, toJson } from "#support/telemetry-fixtures.ts";
import { LINE_MAX_CHARS } from "#telemetry/parsers/bounded-lines.ts";
import type { ParseContext } from "#telemetry/parsers/result.ts";
import type { TableParser } from "#telemetry/parsers/row-stream.ts";
import { parsers, tableParsers } from "#telemetry/platforms/parsers.ts";

const seed = chosenSeed();
console.info(`table-streams: RACKSIDE_SEED=${seed} cuts at the same places`);

const tables = fixtures().flatMap(({ name, meta, text }) => {
  const parser = tableParsers.get(meta.parser);
  return parser ? [{ name, parser, text, context: contextOf(meta.platform, meta.params) }] : [];
});
const named = tables.map((table) => [table.name, table] as const);

/** All rows and the end of a table read in these pieces. */
function read(parser: TableParser, context: ParseContext, pieces: Iterable<string>): string {
  const stream = parser.open(context);
  const rows: unknown[] = [];
  for (const piece of pieces) rows.push(...stream.push(piece));
  const end = stream.finish();
  return toJson({ ...end, rows: [...rows, ...end.rows] });
}

function pieces(text: string, next: () => number): string[] {
  const out: string[] = [];
  for (let at = 0; at < text.length; ) {
    const end = at + next();
    out.push(text.slice(at, end));
    at = end;
  }
  return out;
}

/** `count` routes as vtysh prints them, in pieces of some lines. */
function* routes(count: number): Generator<string> {
  yield "Codes: K - kernel route, C - connected, S - static, B - BGP,\n       > - selected route, * - FIB route\n\n";
  for (let i = 0; i < count; i++)
    yield `B>* 10.${(i >> 8) & 255}.${i & 255}.${i >> 16}/32 [20/0] via 192.0.2.${i % 250}, eth2, weight 1, 00:00:0${i % 10}\n`;
}

function* jsonRoutes(count: number): Generator<string> {
  yield "[";
  for (let i = 0; i < count; i++)
    yield `${i === 0 ? "" : ","}{"dst":"10.${(i >> 8) & 255}.${i & 255}.${i >> 16}","gateway":"192.0.2.1","dev":"eth2","protocol":"bgp","metric":20,"flags":[]}`;
  yield "]\n";
}

describe("[T77] full tables read while they arrive", () => {
  test("every full table of a pack can be read in pieces", () => {
    for (const id of tableParsers.keys()) expect([id, parsers.get(id)]).toEqual([id, tableParsers.get(id)]);
    expect(new Set(tables.map(({ parser }) => parser.id))).toEqual(new Set(tableParsers.keys()));
  });

  test.each(named)("[T10] cut anywhere, the rows and the trace are the same: %s", (_name, table) => {
    const random = seededRandom(seed);
    const whole = read(table.parser, table.context, [table.text]);
    for (const longest of [1, 2, 7, 64, 4_096]) {
      const cut = pieces(table.text, () => random.between(1, longest));
      expect(read(table.parser, table.context, cut)).toBe(whole);
    }
    const parsed = table.parser.parse(table.text, table.context);
    expect(toJson(parsed.trace)).toBe(toJson((JSON.parse(whole) as { trace: unknown }).trace));
  });

  test("100,000 routes are never held as text: the stream keeps one row", () => {
    const frr = tableParsers.get("frr.routes");
    const linux = tableParsers.get("linux.route-table-ipv4");
    if (!frr || !linux) throw new Error("no such tables");
    for (const [parser, text] of [
      [frr, routes],
      [linux, jsonRoutes],
    ] as const) {
      const stream = parser.open(contextOf("frr"));
      let [rows, most] = [0, 0];
      for (const piece of text(100_000)) {
        const done = stream.push(piece).length;
        rows += done;
        most = Math.max(most, done);
      }
      const end = stream.finish();
      expect([end.ok, rows + end.rows.length, most, end.trace.rows]).toEqual([true, 100_000, 1, 100_000]);
    }
  });

  test("[T7] a JSON table that is not closed fails at its end, and says why", () => {
    const parser = tableParsers.get("linux.route-table-ipv4");
    if (!parser) throw new Error("no such table");
    for (const [text, why] of [
      ['[{"dst":"10.0.0.0/8","dev":"eth0"},', "malformed"],
      ['[{"dst":"10.0.0.0/8","dev":"eth0"', "malformed"],
      ['[{"dst":"10.0.0.0/8","dev":"eth0"}} ]', "malformed"],
      ['[{"dst":"10.0.0.0/8"} {"dst":"10.1.0.0/16"}]', "malformed"],
      ["", "empty"],
      ["RTNETLINK answers: No such device\n", "no_anchor"],
    ] as const) {
      const result = parser.parse(text, contextOf("linux"));
      expect([text, result.ok, result.ok || result.why]).toEqual([text, false, why]);
    }
  });

  test("[S89] a line or an element without end is bounded, in memory and in what is made of it", () => {
    for (const parser of tableParsers.values()) {
      for (const part of ["x", " ", "[", "{", '"', "[{", "1", "\\"]) {
        const stream = parser.open(contextOf("cisco_ios"));
        for (let i = 0; i < 256; i++) expect(stream.push(part.repeat(4_096))).toEqual([]);
        const end = stream.finish();
        expect([parser.id, part, end.ok, end.rows]).toEqual([parser.id, part, false, []]);
      }
    }
    const frr = tableParsers.get("frr.routes");
    const line = `B>* 10.0.0.0/8 [20/0] via 192.0.2.1, eth2${" ".repeat(LINE_MAX_CHARS)}!`;
    const result = frr?.parse(`Codes: B - BGP\n\n${line}\n`, contextOf("frr"));
    expect([result?.ok, result?.trace.unparsed.count]).toEqual([false, 1]);
  });

  test("[T72] a next hop whose route was not understood is not given to the route before it", () => {
    const text =
      "Codes: O - OSPF, B - BGP\n\n" +
      "B>* 10.0.0.0/8 [20/0] via 192.0.2.1, eth2, weight 1, 00:00:04\n" +
      "O>! 10.1.0.0/16 [110/20] via 192.0.2.5, eth1, weight 1, 00:00:05\n" +
      "  *                      via 192.0.2.9, eth3, weight 1, 00:00:05\n";
    const result = tableParsers.get("frr.routes")?.parse(text, contextOf("frr"));
    expect(result?.ok && result.data.routes?.rows).toEqual([
      {
        prefix: "10.0.0.0/8",
        proto: "bgp",
        distance: 20,
        metric: 0,
        selected: true,
        age_s: 4,
        nexthops: [{ ip: "192.0.2.1", if: "eth2", active: true }],
      },
    ]);
    expect([result?.trace.dropped, result?.trace.notes]).toEqual([
      1,
      expect.arrayContaining(["next_hop_without_route"]),
    ]);
  });
});
