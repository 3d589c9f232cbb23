import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { fixtures, parseAs, toJson } from "#support/telemetry-fixtures.ts";
import type { Fragment, ParseResult } from "#telemetry/parsers/result.ts";

const all = fixtures();
const named = all.map((fixture) => [fixture.name, fixture] as const);
/** One document; a log is one document a line, which may end at any of them. */
const json = all.filter(({ meta, text }) => /^\s*[[{]/.test(text) && meta.parser !== "linux.journal");

/** Numbers and texts of a payload that are meant to come from the device. */
function leaves(value: unknown): (string | number | bigint)[] {
  if (Array.isArray(value)) return value.flatMap(leaves);
  if (typeof value === "object" && value !== null) return Object.values(value).flatMap(leaves);
  return typeof value === "string" || typeof value === "number" || typeof value === "bigint" ? [value] : [];
}

function zeros(result: ParseResult): number {
  return result.ok
    ? leaves({ ...result.data, ...counts(result.data) }).filter((leaf) => leaf === 0 || leaf === "0" || leaf === 0n)
        .length
    : 0;
}

/** A zero that the device printed, by itself or as the start of a time such as 00:00:00. */
const ZERO = /(?<![\d.])0/;

/** Row counts are ours, not the device's. */
function counts(data: Fragment): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(data).map(([panel, part]) => [
      panel,
      typeof part === "object"
        ? Object.fromEntries(
            Object.entries(part).filter(
              ([field]) => !["row_count", "count", "incomplete", "dynamic", "static"].includes(field),
            ),
          )
        : part,
    ]),
  );
}

describe("honesty of every parser", () => {
  test.each(json.map((fixture) => [fixture.name, fixture] as const))(
    "[T7] JSON cut anywhere gives no data: %s",
    (_name, { meta, text }) => {
      const body = text.trimEnd();
      for (let at = 1; at < body.length; at += Math.max(1, Math.floor(body.length / 200))) {
        const result = parseAs(meta, body.slice(0, at));
        expect([at, result.ok]).toEqual([at, false]);
      }
    },
  );

  test.each(named)(
    "[T72] cut at any byte: no throw, and no row that the whole does not have: %s",
    (_name, { meta, text }) => {
      const whole = parseAs(meta, text);
      for (let at = 0; at <= text.length; at += Math.max(1, Math.floor(text.length / 200))) {
        const part = parseAs(meta, text.slice(0, at));
        if (!part.ok) continue;
        expect(part.trace.rows).toBeLessThanOrEqual(Math.max(1, whole.trace.rows));
        if (zeros(part) > 0) expect(text.slice(0, at)).toMatch(ZERO);
      }
    },
  );

  test.each(named)("[T5] no 0 in the data without a 0 in the text: %s", (_name, { meta, text }) => {
    const result = parseAs(meta, text);
    if (zeros(result) > 0) expect(text).toMatch(ZERO);
  });

  test.each(named)(
    "[T72] doubled, CRLF, a log line inside, flipped bytes: never a throw: %s",
    (_name, { meta, text }) => {
      parseAs(meta, text + text);
      parseAs(meta, text.replaceAll("\n", "\r\n"));
      parseAs(
        meta,
        text.replace("\n", "\n*Mar  1 00:00:31.003: %LINK-3-UPDOWN: Interface ge1, changed state to down\n"),
      );
      fc.assert(
        fc.property(fc.nat(Math.max(0, text.length - 1)), fc.string({ minLength: 1, maxLength: 1 }), (at, char) => {
          const result = parseAs(meta, text.slice(0, at) + char + text.slice(at + 1));
          expect(toJson(result.ok ? result.data : {})).not.toMatch(/NaN|Infinity|undefined/);
        }),
        { numRuns: 25 },
      );
    },
  );

  test.each([...new Set(all.map(({ meta }) => `${meta.platform} ${meta.parser}`))])(
    "[T72] garbage and emptiness are never data: %s",
    (id) => {
      const [platform, parser] = id.split(" ") as ["frr" | "linux" | "cisco_ios", string];
      for (const text of [
        "x".repeat(1_048_576),
        "\n".repeat(1_000),
        "% Invalid input detected at '^' marker.\n",
        "no such thing\n",
      ]) {
        const result = parseAs({ platform, parser }, text);
        // `who` prints nothing when nobody is logged in, journalctl when there are no entries: only then is it proof.
        if (["linux.users", "linux.journal"].includes(parser) && text.trim() === "") continue;
        expect([parser, text.slice(0, 20), result.ok]).toEqual([parser, text.slice(0, 20), false]);
      }
    },
  );

  test("[T5] values that could not be read are absent, not null or blank", () => {
    for (const { meta, text } of all) {
      const result = parseAs(meta, text);
      if (!result.ok) continue;
      for (const leaf of leaves(result.data)) expect(["N/A", "n/a", "--", "never"]).not.toContain(leaf);
      expect(toJson(result.data)).not.toMatch(/: null/);
    }
  });
});
