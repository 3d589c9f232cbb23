import { describe, expect, it } from "vitest";
import { CreditTurn } from "#terminal/credit-turn.ts";

describe("credit of a turn", () => {
  it("[WP9] is told once for all that was parsed in it, before any other task", async () => {
    const told: number[] = [];
    const credit = new CreditTurn((pos) => told.push(pos));
    credit.applied(3);
    credit.applied(9);
    expect(told).toEqual([]);
    await Promise.resolve();
    expect(told).toEqual([9]);
    credit.applied(10);
    await Promise.resolve();
    expect(told).toEqual([9, 10]);
  });
});
