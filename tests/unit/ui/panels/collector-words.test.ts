import { createElement } from "react";
import { renderToStaticMarkup } from "react-dom/server";
import { describe, expect, test, vi } from "vitest";
import type { CollectorCommand } from "#telemetry/knowledge/collector-data.ts";
import { dutyCap } from "#telemetry/plan/plan.ts";
import { newPlanState } from "#telemetry/plan/plan-state.ts";
import {
  capText,
  commandShares,
  guardWords,
  nextCommand,
  nextText,
  SHARE_ASKED,
  troubleText,
} from "#ui/panels/collector-words.ts";
import { ConsentCard } from "#ui/panels/consent-card.tsx";

vi.mock("#bridge/hooks.ts", () => ({ useDispatch: () => () => undefined }));

const command = (name: string, more: Partial<CollectorCommand> = {}): CollectorCommand => ({
  command: name,
  tier: "D",
  ok: 1,
  errors: 0,
  timeouts: 0,
  ...more,
});

describe("[T61] what telemetry costs, in words", () => {
  test("every state of the guard has a word, a shape and a sentence of its own", () => {
    const all = (["normal", "throttled", "paused", "backing_off", "suspended"] as const).map((guard) =>
      guardWords({ guard }),
    );
    expect(new Set(all.map(({ word }) => word)).size).toBe(5);
    expect(new Set(all.map(({ sentence }) => sentence)).size).toBe(5);
  });

  test("[T53] [S59] the limit shown and the limit that consent was asked for are the plan's own, at any time", () => {
    const state = newPlanState("normal", 0);
    const shown = (now: number): string => capText(dutyCap(state, now) * 100);
    expect(shown(0)).toBe("Limit 30 % in the first minute, 10 % after it: the full bar");
    expect(shown(59_999)).toBe(shown(0));
    expect(shown(60_000)).toBe("Limit 10 %: the full bar");
    state.typingSlow = true;
    expect(shown(60_000)).toMatch(/^Limit 5 % while/);
    expect(SHARE_ASKED).toMatch(/^At most 10 % of the device’s time, 30 % in the first minute/);
    expect(renderToStaticMarkup(createElement(ConsentCard, { device: "d1" }))).toContain(SHARE_ASKED);
  });

  test("the next command is the one that is due first", () => {
    const commands = [command("a", { next_due: 9_000 }), command("b", { next_due: 5_400 }), command("c")];
    expect(nextCommand(commands, 2_000)).toEqual({ command: "b", inMs: 3_400 });
    expect(nextCommand(commands, 7_000)).toEqual({ command: "b", inMs: 0 });
    expect(nextCommand([command("c")], 0)).toBeUndefined();
    expect([nextText(3_400), nextText(200)]).toEqual(["in 3.0 s", "now"]);
  });

  test("shares of time are cost in interval, largest first; what was not measured is last", () => {
    const shares = commandShares([
      command("new", { interval_ms: 10_000 }),
      command("rare", { interval_ms: 60_000, cost_ms: 300 }),
      command("often", { interval_ms: 10_000, cost_ms: 200, last_ms: 900 }),
    ]);
    expect(shares.map(({ command: of, pct, bar }) => [of.command, pct, bar])).toEqual([
      ["often", 2, 100],
      ["rare", 0.5, 25],
      ["new", 0, 0],
    ]);
    expect(commandShares([])).toEqual([]);
  });

  test("only trouble is told", () => {
    expect(troubleText(command("a", { unparsed: 0 }))).toBeUndefined();
    expect(troubleText(command("a", { errors: 1, timeouts: 2, state: "demoted" }))).toBe(
      "1 error, 2 timeouts, asked less often: it costs much",
    );
  });
});
