import { describe, expect, test } from "vitest";
import { FreshProofs } from "#proxy/identity/fresh-proofs.ts";
import { FRESH_PROOF_MS, type Identity, mayChangePolicy } from "#proxy/identity/identity.ts";

const NOBODY_SPECIAL: Identity = { kind: "identity", user: "owner", roles: [], expires: null, source: "pairing" };

describe("[S16] what stands for a role where there are none", () => {
  test("an unlock counts for its own client and five minutes; an act at the console for everybody", () => {
    let now = 1_000_000;
    const proofs = new FreshProofs(() => now);
    const may = (client: string) => mayChangePolicy(NOBODY_SPECIAL, proofs.of(client), now).ok;
    expect(may("a")).toBe(false);
    proofs.noteVault("a");
    expect([may("a"), may("b")]).toEqual([true, false]);
    now += FRESH_PROOF_MS;
    expect(may("a")).toBe(true);
    now += 1;
    expect(may("a")).toBe(false);
    proofs.noteConsole();
    expect([may("a"), may("b")]).toEqual([true, true]);
  });

  test("a revoked client's unlock is forgotten", () => {
    const proofs = new FreshProofs(() => 5);
    proofs.noteVault("a");
    proofs.forget("a");
    expect(mayChangePolicy(NOBODY_SPECIAL, proofs.of("a"), 5).ok).toBe(false);
  });
});
