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

const PROXY = "tests/integration/proxy";
const REFUSALS = `${PROXY}/refusals.test.ts`;
const DEVICE = `${PROXY}/hostile-device.test.ts`;
const LINKS = `${PROXY}/links.test.ts`;
const IMPORT = "tests/unit/workers/keys/import-private-key.test.ts";
/** The file, and the beginning of the title of a test, or the name of a case in a table of one, that expects the answer. */
type Proof = readonly [file: string, title: string];
const KEPT_TEST = `${PROXY}/kept.test.ts`;
/** For each row, in order, and each of its answers, in order: where it is expected. */
const PROOFS: readonly (readonly Proof[])[] = [
  [
    [KEPT_TEST, "wrong pairing code"],
    [KEPT_TEST, "used pairing code"],
    ["tests/unit/proxy/sign-in/pairing.test.ts", "it lives 10 minutes"],
  ],
  [
    [KEPT_TEST, "foreign Origin"],
    [
      `${PROXY}/tls.test.ts`,
      "[S18] names, addresses and IPv6 literals of the configuration are served, others get 421",
    ],
  ],
  [
    [KEPT_TEST, "no or stale cookie"],
    [`${PROXY}/http.test.ts`, "[S21] /api/me: 200 with who I am, 401 with the reason, client_revoked after a sign-out"],
  ],
  [[`${PROXY}/identity.test.ts`, "identity_untrusted: from another peer, with a wrong secret or without one"]],
  [
    [LINKS, "[HC2] a bad signature, a replayed one and another client's key are closed with 4501"],
    [KEPT_TEST, "second hello"],
  ],
  [
    [KEPT_TEST, "oversize message"],
    [KEPT_TEST, "oversize JSON"],
    [KEPT_TEST, "bad JSON"],
    [KEPT_TEST, "unknown action"],
  ],
  [[KEPT_TEST, "input over the grant"]],
  [
    [LINKS, "[WP24] an attempt that is not newer is closed with 4005 and changes nothing"],
    [`${PROXY}/openssh.test.ts`, "[WP28] a second live page is told busy"],
  ],
  [[`${PROXY}/openssh.test.ts`, "[WP27] [S20] a wrong token, a foreign session and an unknown one answer alike"]],
  [
    [REFUSALS, "169.254.169.254"],
    [REFUSALS, "10.1.2.3"],
    [REFUSALS, "0x7f000001"],
    [REFUSALS, "[HC3] a name with a public and a loopback address is refused whole"],
  ],
  [
    [REFUSALS, "a name that does not exist is unreachable/name"],
    [REFUSALS, "a closed port is unreachable/refused"],
    [KEPT_TEST, "not SSH"],
    [REFUSALS, "a silent device ends in dial_timeout/kex"],
  ],
  [[KEPT_TEST, "no common algorithm"]],
  [
    [KEPT_TEST, "host key unknown with nobody to ask"],
    [KEPT_TEST, "host key changed"],
    [`${PROXY}/same-host.test.ts`, "[S51] [S2] an edit counts at the next connect and is kept"],
    [DEVICE, "[HD4] [S46] a key shown without its private key is bad_signature"],
  ],
  [
    [`${PROXY}/openssh.test.ts`, "a cancelled prompt and three wrong passwords end the attempt"],
    [`${PROXY}/openssh.test.ts`, "a cancelled prompt and three wrong passwords end the attempt"],
    [`${PROXY}/key-logins.test.ts`, "[S56] a refused signature moves on to the next method"],
    [`${PROXY}/limits.test.ts`, "as many refused logins as configured pause this user at this target"],
    ["tests/unit/proxy/ssh/guards.test.ts", "[S58] [S59] a prompt that nobody answers ends in auth_prompt_needed"],
  ],
  [
    [DEVICE, "no shell, and no command: channel_refused/shell and channel_refused/exec"],
    [DEVICE, "no shell, and no command: channel_refused/shell and channel_refused/exec"],
  ],
  [
    [DEVICE, "[HD2] [WP14] a device that ignores the window ends in"],
    [REFUSALS, "[HD3] a greeting without end is cut at 16 KiB"],
    [DEVICE, "[S50] a rekey with the same key is silent; rekeys in a loop end the session"],
    [`${PROXY}/hostile-traffic.test.ts`, "a million global requests of a device that reads no answer end its session"],
    [DEVICE, "bytes that no cipher made end the session in device_misbehaved/protocol"],
  ],
  [
    [REFUSALS, "a device that hangs up at once is device_closed"],
    [
      "tests/integration/restore.test.ts",
      "[WP36] after a restart of the proxy the screen stays and one tap reconnects",
    ],
  ],
  [
    [`${PROXY}/limits.test.ts`, "a session too many of a user is limit/sessions with a time"],
    [REFUSALS, "dials per target are limited, and the answer says when to try again"],
    ["tests/integration/caps.test.ts", "of a user"],
    [`${PROXY}/limits.test.ts`, "a session too many of the proxy is overloaded/sessions"],
  ],
  [
    [`${PROXY}/limits.test.ts`, "a value too large, and a key too many, are refused and change nothing"],
    [IMPORT, "[S57] what is not supported is named, with its own reason"],
    [IMPORT, "[S57] what is not supported is named, with its own reason"],
    ["tests/unit/ui/vault/text-files.test.ts", "a file that is too large is told by what it is and by its limit"],
  ],
  [["tests/unit/workers/vault/vault.test.ts", "[S67] a record moved to another name, kind or version does not open"]],
];

/** The text of that test or case, without comments and title; undefined where there is none with that title. */
function proven([file, title]: Proof): string | undefined {
  const text = TESTS.find((one) => one.file === file)?.text ?? "";
  const code = text.replace(/\/\*\*?[\s\S]*?\*\/|(^|\s)\/\/ .*$/gm, "$1");
  const words = title.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
  // A test by its call, a case by its place in a table: the first of a list, or a key.
  const begin = new RegExp(
    `(?:\\b(?:test|it)(?:\\.\\w+)?|\\))\\(\\s*"${words}|\\[\\s*"${words}"|^\\s*"${words}": `,
    "m",
  ).exec(code);
  if (begin === null) return undefined;
  const rest = code.slice(begin.index + begin[0].length);
  const isCase = !/\(\s*"/.test(begin[0]);
  // A case of a table belongs to the test that takes the table; its own answer stands in its own lines.
  const end = isCase ? /^ {2}(?:"[^"]+": |\[|\]|\})|^\s*\["/m : /^\s*(?:test|it|describe)\b/m;
  const body = rest.slice(0, end.exec(rest)?.index);
  // What the title promises is no expectation.
  return isCase ? body : body.replace(/^[^"]*"/, "");
}

/** Whether an expectation in this text speaks of the answer; of a case in a table, that may be its reason alone. */
function expects(text: string, answer: string): boolean {
  const [name = "", reason] = answer.split("/");
  if (reason !== undefined) return new RegExp(`${name}/${reason}\\b|"${reason}"`).test(text);
  return new RegExp(`\\b${name}\\b${CLOSE_NAMES.has(name) ? `|CLOSE\\.${CLOSE_NAMES.get(name)}\\b` : ""}`).test(text);
}

test("every row of the table of bad inputs stands in docs/security.md, in order", () => {
  expect(ROWS.map(({ input }) => input)).toEqual(INPUTS);
});

test.each(ROWS.map((row, index) => ({ ...row, proofs: PROOFS[index] ?? [] })))(
  "bad input: $input: each of its answers is expected by the test that is named for it",
  ({ codes, proofs }) => {
    expect(proofs).toHaveLength(codes.length);
    for (const [index, proof] of proofs.entries()) {
      const text = proven(proof);
      expect(text, `no test or case "${proof[1]}" in ${proof[0]}`).toBeDefined();
      expect(expects(text ?? "", codes[index] ?? ""), `"${proof[1]}" in ${proof[0]} expects ${codes[index]}`).toBe(
        true,
      );
    }
  },
);

test("a word in a comment, in another test or behind another title proves nothing", () => {
  const found = proven([`${PROXY}/upgrade.test.ts`, "[WP1] [S24] takes messages up to 256 KiB"]) ?? "";
  expect([expects(found, "1009"), expects(found, "4502")]).toEqual([true, false]);
  expect(proven([REFUSALS, "target policy on the way in"])).toBeUndefined();
  const row = proven([REFUSALS, "10.1.2.3"]) ?? "";
  const answers = ["refused_by_policy/port", "refused_by_policy/spelling", "refused_by_policy/address"];
  expect(answers.map((answer) => expects(row, answer))).toEqual([true, false, false]);
  const wrong = proven([KEPT_TEST, "wrong pairing code"]) ?? "";
  expect([expects(wrong, "pair_invalid"), expects(wrong, "pair_used")]).toEqual([true, false]);
});

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
