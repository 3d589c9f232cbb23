import { describe, expect, test, vi } from "vitest";
import { createActor, fromPromise } from "xstate";
import { type PairOutcome, type SignInReport, signInMachine, type WhoAmI } from "#machines/sign-in.machine.ts";
import { signInView } from "#machines/view-projections.ts";
import type { Result } from "#protocol/local-messages.ts";

const T = { at: 1, random: 0.5 };
const ME: WhoAmI = { who: "paired", user: "owner", label: "tablet" };

function setUp(answers: { whoAmI: (() => Promise<WhoAmI>)[]; pair?: PairOutcome | Error; signOut?: Result }) {
  const reports: SignInReport["type"][] = [];
  const settled: [string | undefined, Result][] = [];
  const questions = [...answers.whoAmI];
  const machine = signInMachine.provide({
    actors: {
      whoAmI: fromPromise(() => (questions.shift() ?? (() => Promise.resolve(ME)))()),
      pair: fromPromise(async () => {
        if (answers.pair instanceof Error) throw answers.pair;
        return answers.pair ?? { ok: true, user: "owner", label: "tablet" };
      }),
      signOut: fromPromise(async () => answers.signOut ?? { ok: true }),
    },
    actions: {
      report: (_args, report) => void reports.push(report.type),
      settle: (_args, { id, result }) => void settled.push([id, result]),
    },
  });
  const actor = createActor(machine).start();
  const view = () => signInView(actor.getSnapshot());
  const until = (phase: string) => vi.waitFor(() => expect(view().phase).toBe(phase));
  return { actor, reports, settled, view, until };
}
const who = (answer: WhoAmI) => () => Promise.resolve(answer);

describe("sign-in machine", () => {
  test("a paired client may dial", async () => {
    const { until, view, reports } = setUp({ whoAmI: [who(ME)] });
    expect(view().phase).toBe("checking");
    await until("paired");
    expect(view()).toMatchObject({ user: "owner", label: "tablet" });
    expect(reports).toEqual(["sign_in.in"]);
  });

  test("[U92] without the proxy a known client counts as paired, an unknown one cannot", async () => {
    const known = setUp({ whoAmI: [who({ who: "unreachable", known: { user: "owner", label: "tablet" } })] });
    await known.until("paired");
    const unknown = setUp({ whoAmI: [who({ who: "unreachable", known: null })] });
    await unknown.until("unpaired");
    expect(unknown.view().error).toMatchObject({ code: "offline" });
  });

  test("[S7] pairing settles its command either way", async () => {
    const good = setUp({ whoAmI: [who({ who: "unpaired" })] });
    await good.until("unpaired");
    good.actor.send({ type: "sign_in.pair", id: "c1", ...T });
    expect(good.view().phase).toBe("pairing");
    await good.until("paired");
    expect(good.settled).toEqual([["c1", { ok: true }]]);
    const error = { code: "auth_failed", reason: "pair_used", retry: "user" } as const;
    const bad = setUp({ whoAmI: [who({ who: "unpaired" })], pair: { ok: false, error } });
    await bad.until("unpaired");
    bad.actor.send({ type: "sign_in.pair", id: "c2", ...T });
    await bad.until("unpaired");
    await vi.waitFor(() => expect(bad.settled).toEqual([["c2", { ok: false, error }]]));
    expect(bad.view().error).toEqual(error);
  });

  test("[L5] a pairing that throws still answers", async () => {
    const { actor, until, settled } = setUp({ whoAmI: [who({ who: "unpaired" })], pair: new Error("no crypto") });
    await until("unpaired");
    actor.send({ type: "sign_in.pair", id: "c1", ...T });
    await vi.waitFor(() => expect(settled).toMatchObject([["c1", { ok: false, error: { code: "internal" } }]]));
  });

  test("[S21] a check keeps the view paired while it asks, and tells what came of it", async () => {
    const { actor, until, view, reports } = setUp({
      whoAmI: [who(ME), who(ME), who({ who: "unreachable", known: null }), who({ who: "revoked" })],
    });
    await until("paired");
    actor.send({ type: "sign_in.check", ...T });
    expect(view().phase).toBe("paired");
    await vi.waitFor(() => expect(reports).toEqual(["sign_in.in", "sign_in.in"]));
    actor.send({ type: "sign_in.check", ...T });
    await vi.waitFor(() => expect(actor.getSnapshot().matches({ paired: "settled" })).toBe(true));
    expect(reports).toHaveLength(2);
    actor.send({ type: "sign_in.check", ...T });
    await until("revoked");
    expect(reports.at(-1)).toBe("sign_in.out");
  });

  test("[S11] signing out ends in unpaired; a proxy that refuses leaves it as it was", async () => {
    const out = setUp({ whoAmI: [who(ME)] });
    await out.until("paired");
    out.actor.send({ type: "sign_in.sign_out", id: "c1", ...T });
    await out.until("unpaired");
    expect(out.reports).toEqual(["sign_in.in", "sign_in.out"]);
    expect(out.view().user).toBeUndefined();
    const refused = setUp({ whoAmI: [who(ME)], signOut: { ok: false, error: { code: "offline", retry: "yes" } } });
    await refused.until("paired");
    refused.actor.send({ type: "sign_in.sign_out", id: "c2", ...T });
    await vi.waitFor(() => expect(refused.settled).toMatchObject([["c2", { ok: false }]]));
    expect(refused.view().phase).toBe("paired");
  });
});
