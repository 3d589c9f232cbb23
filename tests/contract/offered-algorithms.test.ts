import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { ALGORITHM_SETS, type AlgorithmLists, type SetName } from "#proxy/ssh/algorithms.ts";

const TEXT = readFileSync(new URL("../../SECURITY.md", import.meta.url), "utf8");
const SECTIONS: Readonly<Record<string, keyof AlgorithmLists>> = {
  "Key exchange": "kex",
  "Host key": "serverHostKey",
  Cipher: "cipher",
  MAC: "hmac",
  Compression: "compress",
};
/** Each holds the ones before it. */
const ORDER: readonly SetName[] = ["modern", "compatible", "legacy"];

type Row = { name: string; set: string; why: string };

/** The rows of one table of "What is offered". */
function listed(section: string): Row[] {
  const from = TEXT.indexOf(`### ${section}\n`, TEXT.indexOf("## What is offered"));
  const body = from < 0 ? "" : TEXT.slice(from, TEXT.indexOf("\n#", from + 4));
  return [...body.matchAll(/^\| `([^`]+)` \| (\w+) \| (.+) \|$/gm)].map(([, name = "", set = "", why = ""]) => ({
    name,
    set,
    why,
  }));
}

describe("[S61] SECURITY.md lists what is offered, in its order, with the set that adds it and a reason", () => {
  test.each(Object.entries(SECTIONS))("%s", (section, list) => {
    const rows = listed(section);
    const addedBy = (name: string) => ORDER.find((set) => ALGORITHM_SETS[set][list].includes(name));
    expect(rows.map(({ name, set }) => [name, set])).toEqual(
      ALGORITHM_SETS.legacy[list].map((name) => [name, addedBy(name)]),
    );
    for (const { why } of rows) expect(why.length).toBeGreaterThan(10);
  });

  test("a wider set only appends: what is preferred stays preferred", () => {
    for (const list of Object.values(SECTIONS)) {
      const [modern, compatible, legacy] = ORDER.map((set) => ALGORITHM_SETS[set][list]);
      expect(compatible?.slice(0, modern?.length)).toEqual(modern);
      expect(legacy?.slice(0, compatible?.length)).toEqual(compatible);
    }
  });
});
