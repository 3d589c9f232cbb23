import { describe, expect, test } from "vitest";
import { chosenSeed, type SeededRandom, seededRandom } from "#support/seeded-random.ts";
import { captureSkipReason, haveCaptures, textCaptures } from "#support/shared-captures.ts";
import { contextOf, fixtures, parseAs, toJson } from "#support/telemetry-fixtures.ts";
import { evidenceOf, unproven } from "#support/text-evidence.ts";
import type { ParseResult } from "#telemetry/parsers/result.ts";
import { parsers } from "#telemetry/platforms/parsers.ts";
import { normalise } from "#telemetry/transcript/normaliser.ts";

const seed = chosenSeed();
console.info(`damage: RACKSIDE_SEED=${seed} damages the same bytes`);
const skip = captureSkipReason();
if (skip) process.stderr.write(`${skip}\n`);

/** Cuts at lines and flips per answer; each parses the whole answer again. */
const TRIES = 24;
const LOG_LINES = [
  "*Mar  1 00:00:31.003: %LINK-3-UPDOWN: Interface ge1, changed state to down",
  "2026/11/22 10:04:11 [YDG3W-JND95] BGP: %ADJCHANGE: neighbor 198.51.100.77 Down",
];

type Damaged = { how: string; text: string };

const normalised = (text: string): string =>
  normalise(new TextEncoder().encode(text))
    .lines.map((line) => `${line}\n`)
    .join("");

/** A byte of the text replaced: by another printable one mostly, by any at times. */
function flip(text: string, random: SeededRandom): Damaged {
  const at = random.between(0, Math.max(0, text.length - 1));
  const code = random.next() < 0.8 ? random.between(32, 126) : random.between(0, 255);
  return { how: `flip ${at} to ${code}`, text: text.slice(0, at) + String.fromCharCode(code) + text.slice(at + 1) };
}

function damages(text: string, random: SeededRandom): Damaged[] {
  const lines = text.split("\n");
  const out: Damaged[] = [
    { how: "doubled", text: text + text },
    { how: "CRLF", text: text.replaceAll("\n", "\r\n") },
    { how: "without its first line", text: lines.slice(1).join("\n") },
    { how: "without its first three lines", text: lines.slice(3).join("\n") },
    { how: "the halves swapped", text: text.slice(text.length / 2) + text.slice(0, text.length / 2) },
  ];
  const step = Math.max(1, Math.floor(lines.length / TRIES));
  for (let at = 0; at < lines.length; at += step)
    out.push({ how: `cut at line ${at}`, text: lines.slice(0, at).join("\n") });
  for (let i = 0; i < TRIES; i++) {
    const cut = random.between(0, text.length);
    const row = random.between(0, lines.length);
    const log = random.pick(LOG_LINES as [string, ...string[]]);
    out.push({ how: `cut at ${cut}`, text: text.slice(0, cut) }, flip(text, random), {
      how: `log line at ${row}`,
      text: [...lines.slice(0, row), log, ...lines.slice(row)].join("\n"),
    });
    const lost = random.between(0, Math.max(0, text.length - 40));
    out.push({ how: `40 characters gone at ${lost}`, text: text.slice(0, lost) + text.slice(lost + 40) });
  }
  return out;
}

const rowsOf = (result: ParseResult): number => (result.ok ? result.trace.rows : 0);

/** What is wrong with a reading of a text, whatever was done to the text. */
function faults(result: ParseResult, text: string, most: number, asked: readonly string[]): string[] {
  if (!result.ok) return result.trace.rows === 0 ? [] : ["a failure with rows"];
  const out = unproven(result.data, evidenceOf(text, asked), result.trace.parser);
  const said = toJson(result.data);
  if (/NaN|Infinity|\bnull\b/.test(said)) out.push("no value at all");
  if (
    /(?<![\w.:-])0(?![\w.:-])/.test(said.replaceAll(/"(?:row_count|count|incomplete|dynamic|static|total)": \d+/g, ""))
  )
    if (!text.includes("0")) out.push("a 0 without a 0 in the text");
  if (result.trace.rows === 0 && result.trace.proof_of_empty === undefined) out.push("nothing without proof");
  if (result.trace.rows > most) out.push(`${result.trace.rows} rows of ${most}`);
  return out;
}

function damage(
  parse: (text: string) => ParseResult,
  text: string,
  random: SeededRandom,
  asked: readonly string[] = [],
): string[] {
  const whole = parse(text);
  const most = Math.max(1, rowsOf(whole) * 2 + LOG_LINES.length);
  return [{ how: "whole", text }, ...damages(text, random)].flatMap((each) =>
    faults(parse(each.text), each.text, most, asked).map((fault) => `${each.how}: ${fault}`),
  );
}

describe("[T72] damaged answers are read in part, or not, but never wrongly", () => {
  test.each(fixtures().map((fixture, index) => [fixture.name, fixture, index] as const))(
    "%s",
    (_name, { meta, text }, index) => {
      const random = seededRandom(seed + index);
      expect(damage((each) => parseAs(meta, each), text, random, Object.values(meta.params ?? {}))).toEqual([]);
    },
  );

  test.each(fixtures().map((fixture) => [fixture.name, fixture] as const))(
    "CRLF reads as LF once the normaliser has seen it: %s",
    (_name, { meta, text }) => {
      const result = (each: string): ParseResult => parseAs(meta, normalised(each));
      expect(toJson(result(text.replaceAll("\n", "\r\n")))).toBe(toJson(result(text)));
    },
  );
});

/** Which parser reads which command of the shared captures; the comparison of values is in shared-captures.test.ts. */
const SHARED: Record<string, string> = {
  "show interfaces": "ios.interfaces",
  "show interfaces description": "ios.interfaces-description",
  "show interfaces status": "ios.interfaces-status",
  "show ip interface brief": "ios.ip-interface-brief",
  "show lldp neighbors detail": "ios.lldp-detail",
  "show cdp neighbors detail": "ios.cdp-detail",
  "show ip bgp summary": "ios.bgp-summary",
  "show ip ospf neighbor": "ios.ospf-neighbor",
  "show ip arp": "ios.arp",
  "show ip route": "ios.routes",
  "show ip route summary": "ios.route-summary",
  "show ip cef": "ios.cef",
  "show mac-address-table": "ios.mac-table",
  "show power inline": "ios.poe",
  "show version": "ios.version",
  "show inventory": "ios.inventory",
  "show processes cpu": "ios.cpu",
  "show environment temperature": "ios.environment",
  "show environment power all": "ios.environment",
  "show interface transceiver": "ios.transceiver",
  "show logging": "ios.logging",
};

describe.skipIf(!haveCaptures)("[T72] damaged captures of the community", () => {
  const captures = haveCaptures ? textCaptures("cisco_ios").filter(({ command }) => SHARED[command]) : [];
  test.each(captures.map((capture, index) => [capture.id, capture, index] as const))(
    "%s",
    (_id, { command, raw }, index) => {
      const parser = parsers.get(SHARED[command] ?? "");
      if (!parser) throw new Error(`no parser for ${command}`);
      const context = contextOf("cisco_ios");
      const random = seededRandom(seed + 10_000 + index);
      expect(damage((text) => parser.parse(text, context), normalised(raw), random)).toEqual([]);
    },
  );
});

test("the check itself finds values that no text proves", () => {
  const evidence = evidenceOf("B>* 198.51.100.0/24 [20/0] via 192.0.2.1, eth2, 00:00:04 fe80::1\n0000.5e00.5301\n");
  const wrong = (data: unknown): string[] => unproven(data, evidence, "frr.routes");
  expect(wrong({ routes: { rows: [{ prefix: "198.51.100.0/24", age_s: 4, metric: 0 }], row_count: 1 } })).toEqual([]);
  expect(wrong({ mac: "00:00:5e:00:53:01", ip: "fe80::1" })).toEqual([]);
  expect(wrong({ mac: "00:00:5e:00:53:02" })).toHaveLength(1);
  expect(wrong({ ip: "fe80::2" })).toHaveLength(1);
  expect(wrong({ metric: 77 })).toEqual([".metric: 77"]);
  expect(wrong({ prefix: "198.51.100.0/25" })).toEqual([".prefix: 25"]);
});

/** Answers that print how many entries they have: none may be lost without a word. */
describe("[T66] a printed total is held against the rows", () => {
  const TOTALS = ["ios.etherchannel", "ios.mac-table", "ios.lldp-detail"];
  const NOTES = ["total_differs", "no_total"];
  const counted = fixtures().filter(
    ({ meta, text }) =>
      TOTALS.includes(meta.parser) && rowsOf(parseAs(meta, text)) > 1 && /[Tt]otal|Number of/.test(text),
  );

  test("there are such answers", () => expect(counted.length).toBeGreaterThan(2));

  test.each(counted.map((fixture) => [fixture.name, fixture] as const))("%s", (_name, { meta, text }) => {
    const whole = parseAs(meta, text);
    const clean = whole.ok && !whole.trace.notes.some((note) => NOTES.includes(note));
    const lines = text.split("\n");
    for (const at of lines.keys()) {
      const part = parseAs(meta, [...lines.slice(0, at), ...lines.slice(at + 1)].join("\n"));
      if (!clean || !part.ok || part.trace.rows >= whole.trace.rows) continue;
      const marked = part.trace.dropped > 0 || part.trace.notes.some((note) => NOTES.includes(note));
      expect([lines[at], marked]).toEqual([lines[at], true]);
    }
  });
});
