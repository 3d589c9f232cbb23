import { describe, expect, test } from "vitest";
import type { Result, UiCommand } from "#protocol/local-messages.ts";
import { CommandServing } from "#workers/command-serving.ts";

type Deps = ConstructorParameters<typeof CommandServing>[0];

/** Answers by id, with services and a choice of keeping nothing that a test gives. */
function rig(serve: () => Promise<Result>, setKeepNothing: () => Promise<void> = async () => {}) {
  const answers: [string, Result][] = [];
  const parts = { replies: { settle: (id: string, result: Result) => answers.push([id, result]) }, setKeepNothing };
  const deps = {
    parts,
    hub: { all: () => [] },
    services: { serve },
    terminalOf: () => undefined,
    recordOf: () => undefined,
  };
  return { answers, serving: new CommandServing(deps as unknown as Deps) };
}
const command = (action: string, payload: object = {}) => ({ action, payload }) as unknown as UiCommand;

describe("commands that no actor answers", () => {
  test("each has one answer", async () => {
    const { serving, answers } = rig(async () => ({ ok: true, value: 7 }));
    await serving.serve("a", command("history_list"));
    await serving.serve("b", command("keep_nothing", { on: true }));
    expect(answers).toEqual([
      ["a", { ok: true, value: 7 }],
      ["b", { ok: true }],
    ]);
  });

  test("[A7] what fails is answered too, and not left waiting", async () => {
    const broken = () => Promise.reject(new Error("quota"));
    const { serving, answers } = rig(broken, broken);
    await serving.serve("a", command("history_list"));
    await serving.serve("b", command("keep_nothing", { on: true }));
    const storage = { ok: false, error: { code: "storage", retry: "user" } };
    expect(answers).toEqual([
      ["a", storage],
      ["b", storage],
    ]);
  });
});
