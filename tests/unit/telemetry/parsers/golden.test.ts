import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { fixtures, parseAs, toJson } from "#support/telemetry-fixtures.ts";
import { packs } from "#telemetry/platforms/packs.ts";

/** `RACKSIDE_UPDATE_GOLDEN=1` writes what the parsers say now; the difference is reviewed before it is committed. */
const UPDATE = process.env.RACKSIDE_UPDATE_GOLDEN === "1";
const all = fixtures();

test.each(all.map((fixture) => [fixture.name, fixture] as const))("golden: %s", (_name, { dir, meta, text }) => {
  const result = parseAs(meta, text);
  const { parser, rows, unparsed, proof_of_empty, notes, dropped } = result.trace;
  const said = toJson({
    ok: result.ok,
    ...(result.ok ? { data: result.data } : { why: result.why }),
    trace: { parser, rows, dropped, unparsed: unparsed.count, notes, ...(proof_of_empty ? { proof_of_empty } : {}) },
  });
  const file = join(dir, "expect.json");
  if (UPDATE) writeFileSync(file, said);
  expect(existsSync(file), "expect.json is missing").toBe(true);
  expect(said).toBe(readFileSync(file, "utf8"));
});

test("[T91] every parser that a pack names has a fixture with an ordinary answer", () => {
  const covered = new Set(all.filter(({ meta, text }) => parseAs(meta, text).ok).map(({ meta }) => meta.parser));
  const named = [packs.frr, packs.linux, packs.cisco_ios].flatMap((pack) =>
    Object.values(pack.commands).flatMap(({ variants }) => variants.map(({ parser }) => parser)),
  );
  // linux.dmi reads two lines of sysfs that the recording machine does not have.
  expect([...new Set(named)].filter((id) => !covered.has(id) && id !== "linux.dmi")).toEqual([]);
});

test("[T91] an answer marked V in a pack has an own recording", () => {
  const own = new Set(all.filter(({ meta }) => meta.source === "own").map(({ meta }) => meta.parser));
  const proven = [packs.frr, packs.linux].flatMap((pack) =>
    Object.values(pack.commands).flatMap(({ variants }) =>
      variants.flatMap(({ parser, evidence }) => (evidence === "V" ? [parser] : [])),
    ),
  );
  expect([...new Set(proven)].filter((id) => !own.has(id))).toEqual([]);
});
