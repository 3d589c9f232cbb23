import { describe, expect, test } from "vitest";
import { hostileCount } from "#support/hostile-count.ts";
import { contextOf, fixtures } from "#support/telemetry-fixtures.ts";
import { LINE_MAX_CHARS } from "#telemetry/parsers/bounded-lines.ts";
import { parsers } from "#telemetry/platforms/parsers.ts";

/** The longest answer of one command that is kept at all is 4 MiB. */
const KIB = 1024;
const size = hostileCount("HD7 KiB of each answer", 256, 4_096) * KIB;
/** Runs that make careless patterns go back and forth; a hang of minutes in a pattern of quadratic time. */
const run = Math.min(size, 64 * KIB);

const byParser = new Map<string, { platform: "frr" | "linux" | "cisco_ios"; text: string }>();
for (const { meta, text } of fixtures())
  if (!byParser.has(meta.parser)) byParser.set(meta.parser, { platform: meta.platform, text });
const named = [...byParser].map(([parser, answer]) => [parser, answer] as const);

function parse(parser: string, platform: "frr" | "linux" | "cisco_ios", text: string) {
  const found = parsers.get(parser);
  if (found === undefined) throw new Error(`no parser ${parser}`);
  return found.parse(text, contextOf(platform));
}

/** The answer with one of its parts grown until it is so long: blanks, a word, a number, the whole line. */
function stretched(text: string, length: number): string[] {
  const lines = [...new Set(text.split("\n"))].filter((line) => line.trim() !== "").slice(0, 12);
  return lines.flatMap((line) => [
    text.replace(line, line.replace(/ /, " ".repeat(length))),
    text.replace(line, line.replace(/[A-Za-z]+/, "a".repeat(length))),
    text.replace(line, line.replace(/\d+/, "1".repeat(length))),
    text.replace(line, `${line} `.repeat(Math.ceil(length / (line.length + 1)))),
    text.replace(line, `${line}${" ".repeat(length)}!`),
  ]);
}

const RUNS = ["a", " ", "1", "1.", "a ", ": ", "- ", "0/", "(", "\t", "a,", "{", '"', "\\", "::", "é"];

describe("[HD7] [S89] answers that are made to hurt", () => {
  test.each(named)(
    "rows without end, stretched lines and long runs come to an end: %s",
    (parser, { platform, text }) => {
      const attacks = [
        text.repeat(Math.ceil(size / (text.length + 1))).slice(0, size),
        ...stretched(text, run),
        // As long as a line may be, again and again.
        ...stretched(text, LINE_MAX_CHARS / 2).map((one) => one.repeat(Math.ceil(run / (one.length + 1)))),
        ...RUNS.flatMap((part) => [
          part.repeat(run / part.length),
          `${text}${part.repeat(run / part.length)}!\n${text}`,
        ]),
      ];
      for (const attack of attacks) expect(typeof parse(parser, platform, attack).ok).toBe("boolean");
    },
  );

  test.each(named)("deep JSON, prototype keys and entities are text or nothing: %s", (parser, { platform, text }) => {
    const attacks = [
      "[".repeat(100_000),
      "[".repeat(100_000) + "]".repeat(100_000),
      '{"a":'.repeat(100_000),
      '{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}}',
      `{"__proto__":${text.startsWith("{") ? text : "{}"},"toString":1,"hasOwnProperty":2}`,
      text.replace(/"(\w+)":/, '"__proto__":'),
      text.replaceAll(/"(\w+)":/g, '"__proto__":'),
      text.replaceAll(/^(\S+)/gm, "__proto__"),
      text.replaceAll(/^(\S+)/gm, "constructor"),
      '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]><x>&b;</x>',
    ];
    for (const attack of attacks) {
      const result = parse(parser, platform, attack);
      if (result.ok) expect(Object.getPrototypeOf(result.data)).toBe(Object.prototype);
    }
    const probe: { polluted?: number; state?: unknown; name?: unknown } = {};
    expect([probe.polluted, probe.state, probe.name]).toEqual([undefined, undefined, undefined]);
    expect(Object.keys(Object.prototype)).toEqual([]);
  });

  test("a line that is longer than any device writes is a line that is not understood, never half of one", () => {
    const long = `GigabitEthernet0/1 is up, line protocol is up${" ".repeat(LINE_MAX_CHARS)}`;
    const result = parse("ios.interfaces", "cisco_ios", `${long}\n`);
    expect([result.ok, result.trace.unparsed]).toEqual([
      false,
      { count: 1, samples: [expect.stringContaining("characters")] },
    ]);
  });
});
