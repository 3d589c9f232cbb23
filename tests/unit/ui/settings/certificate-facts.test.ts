import { describe, expect, test } from "vitest";
import { askTlsFacts, daysLeft, isAddress } from "#ui/settings/certificate-facts.ts";

const LEAF = {
  name: "Rackside server",
  sha256: "AA:BB",
  not_after: "2027-01-01T00:00:00Z",
  days_left: 40,
  warns: false,
};

function answering(status: number, body: unknown): typeof fetch {
  return async () => new Response(JSON.stringify(body), { status });
}

describe("[S31] what the settings say of certificates", () => {
  test("the proxy's answer is taken as it is", async () => {
    expect(await askTlsFacts(answering(200, { mode: "none" }))).toEqual({ mode: "none" });
    const facts = { mode: "local_ca", leaf: { ...LEAF, names: ["box"] }, ca: LEAF, problem: "why" };
    expect(await askTlsFacts(answering(200, facts))).toEqual(facts);
  });

  test.each<[string, number, unknown]>([
    ["not signed in", 401, { reason: "auth_required" }],
    ["another mode", 200, { mode: "magic" }],
    ["no leaf", 200, { mode: "files" }],
    ["a leaf without names", 200, { mode: "files", leaf: LEAF }],
    ["a CA of the wrong form", 200, { mode: "local_ca", leaf: { ...LEAF, names: [] }, ca: { name: 1 } }],
    ["no object", 200, null],
  ])("%s: not known", async (_what, status, body) => {
    expect(await askTlsFacts(answering(status, body))).toBeUndefined();
  });

  test("an unreachable proxy is no error of the page", async () => {
    expect(await askTlsFacts(() => Promise.reject(new TypeError("offline")))).toBeUndefined();
  });

  test("days are counted in words", () => {
    expect([-1, 0, 1, 20].map(daysLeft)).toEqual(["expired", "less than a day left", "1 day left", "20 days left"]);
  });

  test("[S33] an address is told from a name", () => {
    expect(["10.0.0.1", "[fd00::1]", "box", "10.example"].map(isAddress)).toEqual([true, true, false, false]);
  });
});
