import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type JsonValue, readJson } from "#telemetry/model/json.ts";
import { asCounter, rows } from "#telemetry/model/json-access.ts";

function plain(value: JsonValue): unknown {
  if (value instanceof Map) return Object.fromEntries([...value].map(([key, inner]) => [key, plain(inner)]));
  return Array.isArray(value) ? value.map(plain) : value;
}

/** JSON.parse knows no big integers: for comparison they lose their last digits as they would there. */
function asNumbers(value: unknown): unknown {
  if (typeof value === "bigint") return Number(value);
  if (Array.isArray(value)) return value.map(asNumbers);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, asNumbers(inner)]));
}

describe("[T67] JSON of devices", () => {
  test("equals JSON.parse wherever that is exact", () => {
    fc.assert(
      fc.property(fc.json({ maxDepth: 6 }), (text) => {
        const document = `${text}\n`;
        if (!/^\s*[[{]/.test(text)) return;
        const expected: unknown = JSON.parse(text);
        const found = readJson(document);
        expect(found.complete).toBe(true);
        expect(asNumbers(plain(found.documents[0] ?? null))).toEqual(expected);
      }),
    );
  });

  test("[T14] integers beyond 2^53 keep every digit", () => {
    const [document] = readJson('{"octets":18446744073709551615,"small":42,"neg":-9007199254740993}').documents;
    expect(plain(document ?? null)).toEqual({ octets: 18446744073709551615n, small: 42, neg: -9007199254740993n });
    expect(asCounter(document instanceof Map ? document.get("octets") : undefined)).toBe("18446744073709551615");
  });

  test("no prefix of a document is ever complete with data", () => {
    const whole = '{"a":[1,{"b":"c\\u0041]"},2.5e3,true,null],"d":{"e":[]}}';
    for (let at = 1; at < whole.length; at++) {
      const found = readJson(whole.slice(0, at));
      expect([at, found.complete, found.documents]).toEqual([at, false, []]);
    }
  });

  test("text around and several documents in a row are kept apart", () => {
    const found = readJson('% warning\n{"a":1}\n{"b":2}\ntrailer\n');
    expect(found.documents.map(plain)).toEqual([{ a: 1 }, { b: 2 }]);
    expect([found.before, found.after]).toEqual(["% warning\n", "trailer\n"]);
  });

  test("a log line in brackets before the document is not taken for it", () => {
    expect(readJson('[NTFY] something\n{"a":1}\n').documents.map(plain)).toEqual([{ a: 1 }]);
  });

  test("a repeated key keeps all values and is noted", () => {
    const found = readJson('{"x":1,"x":2,"x":[3]}');
    expect([plain(found.documents[0] ?? null), found.notes]).toEqual([{ x: [1, 2, [3]] }, ["duplicate_keys"]]);
  });

  test("[T8] nesting is bounded and keys never reach a prototype", () => {
    expect(readJson("[".repeat(5_000)).documents).toEqual([]);
    const [document] = readJson('{"__proto__":{"polluted":1}}').documents;
    expect(document).toBeInstanceOf(Map);
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  });

  test("any text is read without a throw", () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom("{", "}", "[", "]", '"', ":", ",", "1", "e", ".", "\\", "t", "\n", " ") }),
        (text) => {
          readJson(text);
        },
      ),
    );
  });
});

test("[T68] rows: nothing, one, many, wrapped", () => {
  const read = (text: string): JsonValue | undefined => readJson(text).documents[0];
  expect(rows(undefined)).toEqual([]);
  expect(rows("")).toEqual([]);
  expect(rows(read('{"a":1}')).length).toBe(1);
  expect(rows(read('[{"a":1},{"a":2}]')).length).toBe(2);
  expect(rows(read('{"TABLE_x":{"ROW_x":[{"a":1},{"a":2}]}}')).length).toBe(2);
});
