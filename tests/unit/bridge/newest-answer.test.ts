import { describe, expect, test, vi } from "vitest";
import { NewestAnswer } from "#bridge/newest-answer.ts";

function setUp() {
  const asked: { question: number; answer: (text: string) => void }[] = [];
  const told: [number, string][] = [];
  const questions = new NewestAnswer(
    (question: number) => new Promise<string>((answer) => asked.push({ question, answer })),
    (question, answer) => told.push([question, answer]),
  );
  const under = () => asked.map(({ question }) => question);
  const next = async (count: number) => {
    await vi.waitFor(() => expect(asked).toHaveLength(count));
  };
  return { asked, told, questions, under, next };
}

describe("[T77] windows of a table that is scrolled on while they come", () => {
  test("one question is under way; after it comes the newest, and each answer is told", async () => {
    const { asked, told, questions, under, next } = setUp();
    for (const question of [1, 2, 3]) questions.want(question);
    expect(under()).toEqual([1]);
    asked[0]?.answer("a");
    await next(2);
    expect(told).toEqual([[1, "a"]]);
    expect(under()).toEqual([1, 3]);
    asked[1]?.answer("c");
    await vi.waitFor(() =>
      expect(told).toEqual([
        [1, "a"],
        [3, "c"],
      ]),
    );
    questions.want(4);
    await next(3);
    expect(under()).toEqual([1, 3, 4]);
  });

  test("who is gone is told nothing, and may come back", async () => {
    const { asked, told, questions, next } = setUp();
    questions.want(1);
    questions.close();
    asked[0]?.answer("a");
    await Promise.resolve();
    expect(told).toEqual([]);
    questions.want(2);
    await next(2);
    asked[1]?.answer("b");
    await vi.waitFor(() => expect(told).toEqual([[2, "b"]]));
  });
});
