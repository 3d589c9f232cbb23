import { readdirSync, readFileSync } from "node:fs";
import { join, relative, resolve } from "node:path";
import { expect, test } from "vitest";
import { CLOSE } from "#protocol/close-codes.ts";
import { ERROR_RETRY } from "#protocol/error-codes.ts";

const ROOT = resolve(import.meta.dirname, "../..");

/** All test files with their text, this one apart. */
const TESTS = readdirSync(join(ROOT, "tests"), { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile() && /\.test\.tsx?$/.test(entry.name))
  .map((entry) => relative(ROOT, join(entry.parentPath, entry.name)))
  .filter((file) => file !== "tests/contract/security-rules.test.ts")
  .map((file) => ({ file, text: readFileSync(join(ROOT, file), "utf8") }));
const DOC = readFileSync(join(ROOT, "docs/security.md"), "utf8");

/** Ids of security rules that stand in a title of a test or of a group, or in a comment beside an expectation. */
const quoted = new Set(TESTS.flatMap(({ text }) => [...text.matchAll(/\[(S\d+)\]/g)].map(([, id = ""]) => id)));

/** Rules that no test quotes, each with the reason; one that gets a test leaves this list. */
const WITHOUT_TEST: Readonly<Record<string, string>> = {
  S3: "about the shape of the code: each decision is a pure function, and its table test quotes the decision's own rule",
  S43: "the type of openConnection requires the verifier: the compiler refuses a call without it",
  S66: "nothing but the page's input is ever written to a channel, which the byte-exact runs of [I1] compare",
};

test("[Q15] every security rule that is built has a test that quotes it; what has none is listed with its reason", () => {
  const built = [...new Set(DOC.match(/\[S\d+\]/g) ?? [])].map((id) => id.slice(1, -1));
  const missing = built.filter((id) => !quoted.has(id)).sort((a, b) => Number(a.slice(1)) - Number(b.slice(1)));
  expect(missing).toEqual(Object.keys(WITHOUT_TEST));
});

/** Inputs of the table, in its order: a row that is taken away is missed here. */
const INPUTS = [
  "wrong, used or expired pairing code",
  "missing, null or foreign Origin; unknown Host",
  "no or stale cookie; revoked client",
  "identity header from an unlisted peer",
  "first frame not hello, late or badly signed; second hello",
  "oversize message; oversize JSON; bad JSON; unknown action",
  "input over the grant; ack beyond what was sent; foreign channel",
  "stale attempt; second live page",
  "unknown, expired or foreign session token",
  "forbidden address or port; bad spelling; mixed DNS answer",
  "name not found; refused; not SSH; silent",
  "no common algorithm",
  "host key unknown with nobody to ask; changed; revoked; unsigned",
  "wrong password; cancelled; refused signature; too many; nobody to answer",
  "shell or exec refused; hop fails",
  "window overrun; endless greeting; rekey loop; not reading; bad packet",
  "device closes; proxy restarts",
  "session, rate or byte budget; proxy full",
  "bad layout, rule or key file",
  "damaged known_hosts, state or vault record",
];

type Row = { input: string; codes: string[]; kept: string };
const ROWS: Row[] = [...DOC.matchAll(/^\| ([^|]+) \| ([^|]*`[^|]*) \| ([^|]+) \|$/gm)].map(
  ([, input = "", answer = "", kept = ""]) => ({
    input,
    kept: kept.trim(),
    codes: [...answer.matchAll(/`([^`]+)`/g)].map(([, code = ""]) => code),
  }),
);

/** Close codes by the names under which tests speak of them. */
const CLOSE_NAMES = new Map<string, string>(Object.entries(CLOSE).map(([name, code]) => [String(code), name]));

/** Answers whose reason stands in a table of cases, apart from its code: the test with that table. */
const IN_TABLES: Readonly<Record<string, string>> = {
  "refused_by_policy/spelling": "tests/integration/proxy/refusals.test.ts",
};

/** Whether an expectation of some test speaks of this answer: its words side by side, as errors are compared. */
function isExpected(code: string): boolean {
  const [name = "", reason] = code.split("/");
  const table = IN_TABLES[code];
  if (table !== undefined) return TESTS.some(({ file, text }) => file === table && text.includes(`"${reason}"`));
  const pattern =
    reason === undefined
      ? new RegExp(`\\b${name}\\b${CLOSE_NAMES.has(name) ? `|CLOSE\\.${CLOSE_NAMES.get(name)}\\b` : ""}`)
      : new RegExp(`${name}/${reason}\\b|"${name}"[^;]{0,90}"${reason}"`);
  return TESTS.some(({ file, text }) => !file.startsWith("tests/contract/") && pattern.test(text));
}

test("every row of the table of bad inputs stands in docs/security.md, in order", () => {
  expect(ROWS.map(({ input }) => input)).toEqual(INPUTS);
});

test.each(ROWS)("bad input: $input: each of its answers is expected by a test", ({ codes }) => {
  expect(codes.filter((code) => !isExpected(code))).toEqual([]);
});

const KEPT_TEST = "tests/integration/proxy/kept.test.ts";
/** Where the last column is tested, by row: names in {@link KEPT_TEST}, or the file of a test with a rig of its own. */
const KEPT: readonly (readonly string[] | string)[] = [
  ["wrong pairing code", "used pairing code"],
  ["missing Origin", "null Origin", "foreign Origin"],
  ["no or stale cookie"],
  "tests/integration/proxy/identity.test.ts",
  ["second hello"],
  ["oversize message", "oversize JSON", "bad JSON", "unknown action"],
  ["input over the grant", "ack beyond what was sent", "foreign channel"],
  "tests/integration/proxy/links.test.ts",
  ["wrong session token", "unknown session"],
  ["forbidden address", "forbidden port", "bad spelling"],
  ["connection refused", "not SSH"],
  ["no common algorithm"],
  ["host key unknown with nobody to ask", "host key changed", "host key without its signature"],
  ["wrong password", "prompt cancelled"],
  ["a hop that fails"],
  ["endless greeting", "banners without end", "prompts without end"],
  "tests/integration/proxy/openssh.test.ts",
  "tests/integration/proxy/limits.test.ts",
  "tests/integration/proxy/limits.test.ts",
  "tests/unit/workers/vault/vault.test.ts",
];

test.each(ROWS.map((row, index) => ({ ...row, tested: KEPT[index] })))(
  "bad input: $input: what is kept is asserted by a test",
  ({ kept, codes, tested = [] }) => {
    expect(kept).not.toBe("");
    const isFile = typeof tested === "string";
    const text = TESTS.find(({ file }) => file === (isFile ? tested : KEPT_TEST))?.text ?? "";
    // A file of its own speaks of one of the row's answers at least; the named inputs stand in the table of the other.
    const words = codes.flatMap((code) => code.split("/"));
    if (isFile) expect(words.filter((word) => text.includes(word))).not.toEqual([]);
    else expect(tested.filter((name) => !text.includes(`"${name}": `))).toEqual([]);
  },
);

test("the codes of sessions in the table are of the closed list", () => {
  const known = new Set(Object.keys(ERROR_RETRY));
  const ofSessions = ROWS.flatMap(({ codes }) => codes).filter((code) => code.includes("/"));
  expect(ofSessions.filter((code) => !known.has(code.split("/")[0] ?? ""))).toEqual([]);
});
