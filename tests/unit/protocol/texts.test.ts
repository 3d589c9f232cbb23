import { describe, expect, test } from "vitest";
import { backoffDelay } from "#protocol/backoff.ts";
import { CLOSE } from "#protocol/close-codes.ts";
import { ERROR_CODES } from "#protocol/error-codes.ts";
import { closeText, errorText } from "#protocol/error-texts.ts";
import { BACKOFF_MS } from "#protocol/limits.ts";
import { REASON_TEXTS } from "#protocol/reason-texts.ts";
import { helloClaim, pairingClaim } from "#protocol/signing.ts";

describe("texts for people [S98]", () => {
  test.each(ERROR_CODES)("%s says what happened, what was kept and what to do", (code) => {
    const text = errorText(code);
    for (const part of [text.what, text.kept, text.next]) expect(part).toMatch(/^\p{Lu}.*\.$/su);
  });

  test.each(Object.keys(REASON_TEXTS))("%s belongs to a code of the closed list", (full) => {
    const [code = "", reason] = full.split("/");
    expect(ERROR_CODES).toContain(code);
    expect(errorText(code, reason).what).toBe(REASON_TEXTS[full]?.what ?? errorText(code).what);
  });

  test("S98: an unknown code or reason is shown, never hidden", () => {
    expect(errorText("flux", "capacitor").what).toContain("flux/capacitor");
    expect(errorText("unreachable", "moon").what).toContain("unreachable/moon");
    expect(errorText("constructor").what).toContain("constructor");
  });

  test("S98: a device that takes only keys is not answered with advice about passwords that it never asked for", () => {
    const text = errorText("auth_failed", "no_method");
    expect(text.what).toContain("a key or somebody to answer");
    expect(text.next).toContain("Add a key");
    expect(text.next).not.toContain("Check user and password");
  });

  test("every close code has its text, and a foreign one shows itself", () => {
    for (const code of Object.values(CLOSE)) expect(closeText(code).what).not.toContain(String(code));
    expect(closeText(1006).what).toContain("1006");
    expect(closeText(4999).what).toContain("4999");
  });
});

describe("back-off (section 11)", () => {
  test("each step is the bound of its jitter, and the last one stays", () => {
    for (const [attempt, step] of BACKOFF_MS.entries()) {
      expect(backoffDelay(attempt, 0)).toBe(0);
      expect(backoffDelay(attempt, 0.5)).toBe(step / 2);
    }
    expect(backoffDelay(1_000, 0.5)).toBe(7_500);
  });
});

describe("what is signed [S7] [S19]", () => {
  const claim = { nonce: "n", origin: "https://a", client_id: "c", instance_id: "i", attempt: 12 };

  test("S19: fields are length-prefixed, so that none can run into the next", () => {
    expect(helloClaim(claim)).not.toEqual(helloClaim({ ...claim, nonce: "nh", origin: "ttps://a" }));
    expect(helloClaim({ ...claim, attempt: 1 })).not.toEqual(helloClaim(claim));
    const bytes = helloClaim(claim);
    expect(new DataView(bytes.buffer).getUint32(0)).toBe("rackside hello v1".length);
    expect(bytes.length).toBe(6 * 4 + 17 + 1 + 9 + 1 + 1 + 2);
  });

  test("S7: a pairing claim is no hello", () => {
    const pairing = pairingClaim({ origin: "https://a", codeHash: new Uint8Array(32), publicKey: new Uint8Array(91) });
    expect(new TextDecoder().decode(pairing.subarray(4, 23))).toBe("rackside pairing v1");
  });
});
