import { describe, expect, test } from "vitest";
import { withHopKeys, withHopPassword, withoutHop, withPick } from "#ui/connect/login-picks.ts";

const NONE = { keys: [], via_keys: [], sign_hidden: false };

describe("[S58] keys for one host, in order", () => {
  test.each([
    ["the first is chosen", [], 0, "a", ["a"]],
    ["another is added", ["a"], 1, "b", ["a", "b"]],
    ["one is taken away", ["a", "b", "c"], 1, undefined, ["a", "c"]],
    ["one takes the place of another", ["a", "b"], 0, "c", ["c", "b"]],
    ["one that is there already moves", ["a", "b", "c"], 2, "a", ["b", "a"]],
    ["nothing is taken away where nothing is", ["a"], 1, undefined, ["a"]],
  ] as const)("%s", (_what, before, at, id, after) => {
    expect(withPick(before, at, id)).toEqual(after);
  });
});

describe("[S39] logins of jump hosts", () => {
  test("keys and passwords are by hop; those of the others stay", () => {
    const one = withHopKeys(NONE, 2, 1, ["k1", "k2"]);
    expect(one.via_keys).toEqual([[], ["k1", "k2"]]);
    const two = withHopPassword(withHopPassword(one, 2, 0, "e1"), 2, 1, "e2");
    expect(two.via_keys).toEqual([[], ["k1", "k2"]]);
    expect(two.via_passwords).toEqual(["e1", "e2"]);
    expect(withHopPassword(two, 2, 0, undefined).via_passwords).toEqual([null, "e2"]);
  });

  test("one that is taken off the way takes its login with it, and no other host gets it", () => {
    const choice = { ...NONE, keys: ["own"], via_keys: [["k1"], ["k2"], ["k3"]], via_passwords: ["e1", null, "e3"] };
    expect(withoutHop(choice, 0)).toEqual({ ...choice, via_keys: [["k2"], ["k3"]], via_passwords: [null, "e3"] });
    expect(withoutHop(NONE, 1)).toEqual(NONE);
  });
});
