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
});
