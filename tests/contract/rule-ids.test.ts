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

/** Ids in the titles of tests: what a test claims to prove. */
function quoted(file: string): string[] {
  const titles = readFileSync(join(ROOT, file), "utf8").matchAll(
    /(?:test|it|describe)(?:\.[\w.()]+)?\(\s*["'`]([^"'`\n]+)/g,
  );
  return [...titles].flatMap(([, title = ""]) => [...title.matchAll(RULE)].map((match) => match[1] ?? ""));
}

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
