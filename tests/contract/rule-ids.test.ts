import { readdirSync, readFileSync } from "node:fs";
import { join, relative, resolve } from "node:path";
import { expect, test } from "vitest";

const ROOT = resolve(import.meta.dirname, "../..");
const RULE = /\[((?:WP|T|U|S|A)\d+|[IL]\d+)\]/g;

function files(dir: string, pattern: RegExp): string[] {
  return readdirSync(join(ROOT, dir), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && pattern.test(entry.name))
    .map((entry) => relative(ROOT, join(entry.parentPath, entry.name)));
}

/** Titles of tests and of their groups; of a table's rows, the title that they share. */
function titlesOf(file: string): string[] {
  const titles = readFileSync(join(ROOT, file), "utf8").matchAll(
    /(?:(?:test|it|describe)(?:\.[\w.]+(?:\([^()]*\))?)*|^ *\](?: as const)?\))\(\s*["'`]([^"'`\n]+)/gm,
  );
  return [...titles].map(([, title = ""]) => title);
}

/** Ids in the titles of tests: what a test claims to prove. */
function quoted(file: string): string[] {
  return titlesOf(file).flatMap((title) => [...title.matchAll(RULE)].map((match) => match[1] ?? ""));
}

/** The wire's rules in titles, with brackets or without. */
function wireIds(file: string): string[] {
  return titlesOf(file).flatMap((title) => title.match(/\bWP\d+\b/g) ?? []);
}

/** Rules that nothing implements yet, with the reason; one that gets a test leaves this list. */
const WITHOUT_TEST: Readonly<Record<string, string>> = {
  WP38: "several nodes: a node that passes upgrades on to the owner",
  WP39: "several nodes: a dead owner",
};

/** The wire's rules by their ids, as docs/protocol.md numbers them. */
function wireRules(): string[] {
  const text = readFileSync(join(ROOT, "docs/protocol.md"), "utf8");
  const ids = [...text.matchAll(/^- \[(WP\d+)\]/gm)].map(([, id = ""]) => id);
  return ids.sort((a, b) => Number(a.slice(2)) - Number(b.slice(2)));
}

test("[Q15] every rule of the wire has a test that quotes it; what has none is listed with its reason", () => {
  const rules = wireRules();
  expect(rules).toEqual(Array.from({ length: 41 }, (_, at) => `WP${at + 1}`));
  const tested = new Set(files("tests", /\.test\.tsx?$/).flatMap(wireIds));
  expect(rules.filter((id) => !tested.has(id))).toEqual(Object.keys(WITHOUT_TEST));
});

test("[Q15] every rule id that a test quotes stands in docs/", () => {
  const docs = ["README.md", "ARCHITECTURE.md", "SECURITY.md", ...files("docs", /\.md$/)]
    .map((file) => readFileSync(join(ROOT, file), "utf8"))
    .join("\n");
  const known = new Set(docs.match(/\b(?:WP|T|U|S|A|I|L)\d+\b/g) ?? []);
  const missing = files("tests", /\.test\.tsx?$/).flatMap((file) =>
    quoted(file)
      .filter((id) => !known.has(id))
      .map((id) => `${id} in ${file}`),
  );
  expect([...new Set(missing)]).toEqual([]);
});
