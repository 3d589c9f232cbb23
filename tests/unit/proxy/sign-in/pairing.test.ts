import { describe, expect, test } from "vitest";
import { PAIRING_TRIES, PAIRING_TTL_MS } from "#protocol/limits.ts";
import { readCookie, setCookie } from "#proxy/sign-in/cookie.ts";
import { isStale, judgePairing, newPairing, type Pairing } from "#proxy/sign-in/pairing.ts";
import { newTypedCode, readTypedCode, shownCode } from "#proxy/sign-in/typed-code.ts";

const NOW = 1_000_000;

describe("[S4] [S5] [S6] pairing", () => {
  test("a secret is 128 bits as a link and 40 bits typed, and only hashes are kept", () => {
    const { pairing, secret } = newPairing(NOW);
    expect(secret.link).toMatch(/^[A-Za-z0-9_-]{22}$/);
    expect(secret.code).toMatch(/^[0-9A-HJKMNP-TV-Z]{8}$/);
    expect(JSON.stringify(pairing)).not.toContain(secret.link);
    expect(JSON.stringify(pairing)).not.toContain(secret.code);
  });

  test("link and typed code open the same pairing; the typed one as people write it", () => {
    const { pairing, secret } = newPairing(NOW);
    for (const code of [secret.link, secret.code, shownCode(secret.code).toLowerCase()]) {
      expect(judgePairing([pairing], code, NOW)).toEqual({ ok: true, pairing });
    }
  });

  test("it lives 10 minutes", () => {
    const { pairing, secret } = newPairing(NOW);
    expect(judgePairing([pairing], secret.link, NOW + PAIRING_TTL_MS - 1).ok).toBe(true);
    expect(judgePairing([pairing], secret.link, NOW + PAIRING_TTL_MS)).toMatchObject({ code: "pair_expired" });
    expect(isStale(pairing, NOW + PAIRING_TTL_MS)).toBe(false);
  });

  test("[S10] a second use is told whose the first was", () => {
    const { pairing, secret } = newPairing(NOW);
    const used = { ...pairing, used: { at: NOW, label: "tablet" } };
    expect(judgePairing([used], secret.link, NOW)).toEqual({ ok: false, code: "pair_used", at: NOW, label: "tablet" });
  });

  test("a wrong code counts against every open pairing, and 5 of them burn it", () => {
    const { pairing, secret } = newPairing(NOW);
    let kept: Pairing = pairing;
    for (let i = 1; i <= PAIRING_TRIES; i += 1) {
      const verdict = judgePairing([kept], "wrong", NOW);
      expect(verdict).toMatchObject({ ok: false, code: "pair_invalid", tries_left: PAIRING_TRIES - i });
      kept = ("touched" in verdict && verdict.touched[0]) || kept;
    }
    expect(judgePairing([kept], secret.link, NOW)).toMatchObject({ code: "pair_invalid", tries_left: 0 });
  });

  test("typed codes: look-alikes are read as what they stand for, others refused", () => {
    expect(readTypedCode("o0il-1ab2")).toBe("00111AB2");
    expect(readTypedCode("UUUU-UUUU")).toBeUndefined();
    expect(readTypedCode("ABC")).toBeUndefined();
    expect(newTypedCode()).not.toBe(newTypedCode());
  });
});

describe("[S8] [S29] the cookie", () => {
  const value = "a".repeat(43);
  test("is read only when it is there once and well-formed", () => {
    expect(readCookie(`x=1; rackside-lo=${value}; y=2`, "http")).toBe(value);
    expect(readCookie(`rackside-lo=${value}; rackside-lo=${"b".repeat(43)}`, "http")).toBeUndefined();
    expect(readCookie("rackside-lo=short", "http")).toBeUndefined();
    expect(readCookie(undefined, "http")).toBeUndefined();
  });
  test("is HttpOnly, Strict, for the whole origin, 180 days", () => {
    expect(setCookie(value, "http")).toBe(`rackside-lo=${value}; Max-Age=15552000; Path=/; HttpOnly; SameSite=Strict`);
  });
  test("on https has the __Host- name and Secure, and the loopback one is not taken for it", () => {
    expect(setCookie(value, "https")).toBe(
      `__Host-rackside=${value}; Max-Age=15552000; Path=/; HttpOnly; SameSite=Strict; Secure`,
    );
    expect(readCookie(`rackside-lo=${value}; __Host-rackside=${"b".repeat(43)}`, "https")).toBe("b".repeat(43));
    expect(readCookie(`rackside-lo=${value}`, "https")).toBeUndefined();
    expect(readCookie(`__Host-rackside=${value}`, "http")).toBeUndefined();
  });
});
