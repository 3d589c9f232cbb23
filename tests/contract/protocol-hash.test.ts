import { createHash } from "node:crypto";
import { expect, test } from "vitest";
import { CLOSE } from "#protocol/close-codes.ts";
import { DOWN } from "#protocol/down.ts";
import { ERROR_RETRY } from "#protocol/error-codes.ts";
import { FLAG_SKIPPABLE, FLAG_STDERR, HEADER_BYTES, KIND } from "#protocol/frames.ts";
import * as limits from "#protocol/limits.ts";
import { HELLO_PURPOSE, PAIRING_PURPOSE, SIGN_OUT_PURPOSE } from "#protocol/signing.ts";
import { UP } from "#protocol/up.ts";
import { PROTOCOL_VERSION, SUBPROTOCOL } from "#protocol/version.ts";

/** What both ends must agree on, by version. */
const PINNED: Readonly<Record<number, string>> = {
  1: "0da6819217c227337ec8e51ef2fd69029e6f0616bfcf701b5505e4a587206363",
};

/** Limits of the wire itself; the rest of the file is the proxy's policy and may be configured. */
const WIRE_LIMITS = [
  limits.MAX_MESSAGE_BYTES,
  limits.MAX_CONTROL_BYTES,
  limits.MAX_CONTROL_DEPTH,
  limits.MAX_OUT_BODY_BYTES,
  limits.MAX_IN_BODY_BYTES,
  limits.IN_WINDOW_BYTES,
];

/** A schema as plain data: its structure and every bound in it, independent of property order and of class identity. */
function plain(value: unknown): unknown {
  if (value instanceof RegExp) return { regex: value.source, flags: value.flags };
  if (typeof value === "function") return "function";
  if (typeof value === "bigint") return `${value}n`;
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== "object" || value === null) return value;
  // `~run` and `~standard` are the library's machinery, `reference` its functions.
  const entries = Object.entries(value).filter(
    ([key]) => !key.startsWith("~") && key !== "reference" && key !== "message",
  );
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, inner]) => [key, plain(inner)]));
}

test("WP3: the wire is what its version says", () => {
  const frames = { KIND, FLAG_SKIPPABLE, FLAG_STDERR, HEADER_BYTES };
  const claims = { HELLO_PURPOSE, PAIRING_PURPOSE, SIGN_OUT_PURPOSE };
  const wire = { UP, DOWN, CLOSE, ERROR_RETRY, WIRE_LIMITS, SUBPROTOCOL, frames, claims };
  const hash = createHash("sha256")
    .update(JSON.stringify(plain(wire)))
    .digest("hex");
  expect(
    hash,
    "A message, frame, code or limit of the wire changed. Once a version was released, raise PROTOCOL_VERSION and add its " +
      `hash here; before that, replace the hash of version ${PROTOCOL_VERSION}.`,
  ).toBe(PINNED[PROTOCOL_VERSION]);
});

test("the hash sees a changed bound, field and pattern", () => {
  const before = JSON.stringify(plain(UP.resize));
  expect(before).toContain(String(limits.COLS_MAX));
  expect(before).toContain('"rev"');
  expect(JSON.stringify(plain(UP.connect))).toContain(String(limits.OUT_WINDOW_MAX_BYTES));
  expect(JSON.stringify(plain(DOWN.connected))).toContain("A-Za-z0-9_-");
});
