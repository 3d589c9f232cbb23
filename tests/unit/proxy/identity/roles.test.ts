import { describe, expect, expectTypeOf, test } from "vitest";
import {
  FRESH_PROOF_MS,
  type FreshProof,
  type Identity,
  mayChangePolicy,
  mayLowerGuard,
  type PendingLogin,
  type Role,
  rolesOutdated,
} from "#proxy/identity/identity.ts";

const NOW = 10 * FRESH_PROOF_MS;
const who = (roles: Role[], expires: number | null = null): Identity => ({
  kind: "identity",
  user: "ada",
  roles,
  expires,
  source: roles.length === 0 ? "pairing" : "header",
});

describe("[S16] who may change the policy", () => {
  test.each<[string, Identity, FreshProof, unknown]>([
    ["an administrator", who(["user", "administrator"]), {}, { ok: true, by: "role" }],
    ["a user where roles exist", who(["user"]), { vaultUnlocked: NOW, consoleAct: NOW }, { ok: false, reason: "role" }],
    ["an administrator whose sign-in is over", who(["administrator"], NOW), {}, { ok: false, reason: "role" }],
    ["the one user, without more", who([]), {}, { ok: false, reason: "fresh_proof" }],
    ["with an act at the console", who([]), { consoleAct: NOW - FRESH_PROOF_MS }, { ok: true, by: "console" }],
    ["that is too old", who([]), { consoleAct: NOW - FRESH_PROOF_MS - 1 }, { ok: false, reason: "fresh_proof" }],
    ["with a vault just unlocked", who([]), { vaultUnlocked: NOW - 1 }, { ok: true, by: "vault" }],
    ["in the future", who([]), { vaultUnlocked: NOW + 1, consoleAct: NOW + 1 }, { ok: false, reason: "fresh_proof" }],
  ])("%s", (_, identity, proof, expected) => {
    expect(mayChangePolicy(identity, proof, NOW)).toEqual(expected);
  });

  test.each<[string, Identity, boolean, boolean]>([
    ["the one user, confirmed", who([]), true, true],
    ["the one user, not confirmed", who([]), false, false],
    ["a user where roles exist, confirmed", who(["user"]), true, false],
    ["an administrator", who(["administrator"]), false, true],
  ])("[S16] legacy sets and host keys: %s", (_, identity, confirmed, ok) => {
    expect(mayLowerGuard(identity, confirmed, NOW).ok).toBe(ok);
  });

  const [none, user, both]: Role[][] = [[], ["user"], ["user", "administrator"]];
  test.each<[string, Role[] | undefined, Role[] | undefined, boolean, boolean]>([
    ["demoted, on the same client", both, user, true, true],
    ["demoted, on another client of the user", both, user, false, true],
    ["promoted, on the same client", user, both, true, true],
    ["promoted, on another client", user, both, false, false],
    ["the same in another order", both, ["administrator", "user"], true, false],
    ["no roles at all", none, none, true, false],
  ])("[S14] a link with old roles must close: %s", (_, had = [], has = [], own, closes) => {
    expect(rolesOutdated(had, has, own)).toBe(closes);
  });

  test("[S15] a login that is not finished is not an identity", () => {
    expectTypeOf<PendingLogin>().not.toExtend<Identity>();
    expectTypeOf<Identity>().not.toExtend<PendingLogin>();
  });
});
