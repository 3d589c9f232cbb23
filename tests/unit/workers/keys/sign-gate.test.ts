import { assert, integer, nat, property } from "fast-check";
import { describe, expect, test } from "vitest";
import { SIGNATURES_PER_HOP } from "#protocol/limits.ts";
import { type Bytes, base64, concat, utf8 } from "#workers/keys/bytes.ts";
import {
  authenticationRequest,
  checkSignRequest,
  SIGN_WINDOW_MS,
  type SignFacts,
  type SignRequest,
} from "#workers/keys/sign-gate.ts";
import { sshString } from "#workers/keys/ssh-wire.ts";

const SESSION: Bytes = Uint8Array.from({ length: 32 }, (_, i) => i);
const KEY = concat(sshString("ssh-ed25519"), sshString(new Uint8Array(32).fill(7)));
const OTHER_KEY = concat(sshString("ssh-ed25519"), sshString(new Uint8Array(32).fill(8)));
const RSA = concat(sshString("ssh-rsa"), sshString(Uint8Array.of(3)), sshString(new Uint8Array(256).fill(9)));
const BLOB = { session_id: SESSION, user: "admin", algorithm: "ssh-ed25519", key: KEY };

const facts: SignFacts = {
  now: 1_000_000,
  started_at: 990_000,
  visible: true,
  sign_hidden: false,
  unlocked: true,
  hop: { user: "admin", session_id: SESSION, signed: 0 },
  keys: [
    { blob: KEY, algorithms: ["ssh-ed25519"] },
    { blob: RSA, algorithms: ["rsa-sha2-512", "rsa-sha2-256"] },
  ],
};
const request = (data: Bytes = authenticationRequest(BLOB), changes: Partial<SignRequest> = {}): SignRequest => ({
  hop: 0,
  public_key: base64(KEY),
  algorithm: "ssh-ed25519",
  blob: base64(data),
  ...changes,
});
const verdict = (asked: SignRequest, changes: Partial<SignFacts> = {}): string => {
  const result = checkSignRequest(asked, { ...facts, ...changes });
  return result.ok ? "signs" : result.failed;
};
const hop = (changes: Partial<NonNullable<SignFacts["hop"]>>) => ({
  hop: { user: "admin", session_id: SESSION, signed: 0, ...changes },
});
const swapped = (changes: Partial<typeof BLOB>) => request(authenticationRequest({ ...BLOB, ...changes }));

describe("signing gate [S53] [S54]", () => {
  test("signs the one request that it should, and exactly those bytes", () => {
    const result = checkSignRequest(request(), facts);
    expect(result).toEqual({ ok: true, data: authenticationRequest(BLOB), key: KEY });
  });

  test.each<[string, SignRequest, Partial<SignFacts>, string]>([
    ["no attempt of this page", request(), { started_at: null }, "no_attempt"],
    ["an attempt of 120 s", request(), { started_at: facts.now - SIGN_WINDOW_MS }, "signs"],
    ["an older attempt", request(), { started_at: facts.now - SIGN_WINDOW_MS - 1 }, "attempt_old"],
    ["an attempt of the future (clock set back)", request(), { started_at: facts.now + 1 }, "attempt_old"],
    ["hidden page", request(), { visible: false }, "hidden"],
    ["hidden page with the device's grant", request(), { visible: false, sign_hidden: true }, "signs"],
    ["locked vault", request(), { unlocked: false }, "locked"],
    ["locked vault, whatever the grant says", request(), { unlocked: false, sign_hidden: true }, "locked"],
    ["a hop that the target does not have", request(), { hop: undefined }, "hop"],
    ["a host without a verified handshake", request(), hop({ session_id: null }), "host_unproven"],
    ["the third signature", request(), hop({ signed: SIGNATURES_PER_HOP - 1 }), "signs"],
    ["the fourth", request(), hop({ signed: SIGNATURES_PER_HOP }), "too_many"],
    ["a key that was not offered", request(undefined, { public_key: base64(OTHER_KEY) }), {}, "key"],
    ["no key at all", request(undefined, { public_key: "" }), {}, "key"],
    ["an algorithm of another key", request(undefined, { algorithm: "rsa-sha2-256" }), {}, "algorithm"],
    ["another algorithm inside", swapped({ algorithm: "ssh-rsa" }), {}, "algorithm"],
    ["another session id inside", swapped({ session_id: new Uint8Array(32) }), {}, "session_id"],
    ["another user inside", swapped({ user: "root" }), {}, "user"],
    ["the user of another hop", request(), hop({ user: "jump" }), "user"],
    ["another key inside", swapped({ key: OTHER_KEY }), {}, "key"],
    ["appended bytes", request(concat(authenticationRequest(BLOB), Uint8Array.of(0))), {}, "blob"],
    ["bytes in front", request(concat(Uint8Array.of(0), authenticationRequest(BLOB))), {}, "session_id"],
    ["a cut request", request(new Uint8Array(authenticationRequest(BLOB).slice(0, -1))), {}, "blob"],
    ["nothing to sign", request(new Uint8Array(0)), {}, "blob"],
    ["no base64", request(undefined, { blob: "*" }), {}, "blob"],
    ["a text of the proxy's choice", request(utf8("sign this")), {}, "blob"],
  ])("%s", (_title, asked, changes, expected) => {
    expect(verdict(asked, changes)).toBe(expected);
  });

  test("SHA-1 only where the device's set allows it", () => {
    const blob = authenticationRequest({ ...BLOB, key: RSA, algorithm: "ssh-rsa" });
    const asked = request(blob, { public_key: base64(RSA), algorithm: "ssh-rsa" });
    expect(verdict(asked)).toBe("algorithm");
    expect(verdict(asked, { keys: [{ blob: RSA, algorithms: ["rsa-sha2-512", "ssh-rsa"] }] })).toBe("signs");
  });

  test("[HC5] no change of any byte is signed", () => {
    const right = authenticationRequest(BLOB);
    assert(
      property(nat(right.length - 1), integer({ min: 1, max: 255 }), (at, flip) => {
        const changed = right.slice();
        changed[at] = (changed[at] ?? 0) ^ flip;
        expect(verdict(request(changed))).not.toBe("signs");
      }),
      { numRuns: 2_000 },
    );
  });
});
