import { describe, expect, test } from "vitest";
import { AuthPlan, type Method } from "#proxy/ssh/auth-plan.ts";

const ASKING = new Set<Method>(["keyboard-interactive", "password"]);

function start(order: Method[] = []): AuthPlan {
  const plan = new AuthPlan(order, ASKING);
  expect(plan.next(null, false)).toEqual({ use: "none", round: 1 });
  return plan;
}

describe("[S58] order of methods", () => {
  test("none first, then keyboard-interactive, then password, by what the device takes", () => {
    expect(start().next(["publickey", "password", "keyboard-interactive"], false)).toEqual({
      use: "keyboard-interactive",
      round: 1,
    });
    expect(start().next(["password"], false)).toEqual({ use: "password", round: 1 });
    expect(start(["password", "keyboard-interactive"]).next(["keyboard-interactive", "password"], false)).toEqual({
      use: "password",
      round: 1,
    });
  });

  test("a method that is refused without a question is not tried again", () => {
    const plan = start();
    plan.next(["keyboard-interactive", "password"], false);
    expect(plan.next(["keyboard-interactive", "password"], false)).toEqual({ use: "password", round: 1 });
  });

  test("three wrong answers in all, then rejected: devices count", () => {
    const plan = start();
    for (const round of [1, 2, 3]) {
      expect(plan.next(["keyboard-interactive", "password"], false)).toEqual({ use: "keyboard-interactive", round });
      plan.answered();
    }
    expect(plan.next(["keyboard-interactive", "password"], false)).toEqual({ fail: "rejected" });
  });

  test("partial success starts the count anew and goes on to the next method", () => {
    const plan = start();
    plan.next(["password"], false);
    plan.answered();
    expect(plan.next(["keyboard-interactive", "password"], true)).toEqual({ use: "keyboard-interactive", round: 1 });
  });

  test("nothing that we can answer is no_method, after a wrong answer it is rejected", () => {
    expect(start().next(["publickey", "hostbased"], false)).toEqual({ fail: "no_method" });
    const plan = start();
    plan.next(["password"], false);
    plan.answered();
    expect(plan.next([], false)).toEqual({ fail: "rejected" });
  });

  test("keys come after none and before prompts, each once, in their order", () => {
    const plan = new AuthPlan([], ASKING, 2);
    plan.next(null, false);
    const left = ["publickey", "keyboard-interactive"];
    expect(plan.next(left, false)).toEqual({ use: "publickey", round: 1, key: 0 });
    expect(plan.next(left, false)).toEqual({ use: "publickey", round: 1, key: 1 });
    expect(plan.next(left, false)).toEqual({ use: "keyboard-interactive", round: 1 });
  });

  test("a key taken as a part goes on with what the device wants next, another key included", () => {
    const plan = new AuthPlan([], ASKING, 2);
    plan.next(null, false);
    plan.next(["publickey"], false);
    expect(plan.next(["publickey"], true)).toEqual({ use: "publickey", round: 1, key: 1 });
    expect(plan.next(["keyboard-interactive"], true)).toEqual({ use: "keyboard-interactive", round: 1 });
  });

  test("keys that were refused make it rejected, not a missing method", () => {
    const plan = new AuthPlan([], new Set(), 1);
    plan.next(null, false);
    plan.next(["publickey"], false);
    expect(plan.next(["publickey"], false)).toEqual({ fail: "rejected" });
    expect(new AuthPlan([], new Set(), 0).next(["publickey"], false)).toEqual({ fail: "no_method" });
  });
});
