import { describe, expect, test } from "vitest";
import type { AlertRule } from "#bridge/types.ts";
import { checkRule } from "#telemetry/alerts/rule-check.ts";
import { SHIPPED_RULES } from "#telemetry/alerts/shipped-rules.ts";
import { draftOf, newDraft, opsOf, places, ruleOf, rulePanels, wrongField } from "#ui/alerts/rule-draft.ts";
import { freeId, ruleText } from "#ui/alerts/rules-sheet.tsx";

const cpu = SHIPPED_RULES.find(({ id }) => id === "cpu.busy") as AlertRule;

describe("[T90] rules in a form", () => {
  test.each(SHIPPED_RULES.map((rule) => [rule.id, rule] as const))("%s comes back as it was", (_, rule) => {
    expect(ruleOf(draftOf(rule), rule)).toEqual(rule);
  });

  test("[T89] a limit that the person set is not called ours any more", () => {
    const changed = ruleOf({ ...draftOf(cpu), warn: "42,5" }, cpu);
    expect(changed).toMatchObject({ warn: 42.5, crit: 95 });
    expect(changed).not.toHaveProperty("our_default");
  });

  test("what is no number goes to the worker as it was typed, and its answer names the field", () => {
    const checked = checkRule(ruleOf({ ...draftOf(cpu), crit: "much" }, cpu));
    expect(checked).toMatchObject({ ok: false, field: "crit" });
    const held = checkRule(ruleOf({ ...draftOf(cpu), hold_s: "-5" }, cpu));
    expect(held).toMatchObject({ ok: false, field: "hold_s" });
    expect(wrongField("hold_s: Between 0 and 86400.")).toEqual({ field: "hold_s", why: "Between 0 and 86400." });
    expect(wrongField("Something else")).toBeUndefined();
  });

  test("everything that the form offers is a rule that the worker takes", () => {
    for (const panel of rulePanels) {
      for (const { place, numeric } of places(panel.id)) {
        for (const op of opsOf(numeric)) {
          const limit = numeric ? "5" : "a, b";
          const draft = { ...newDraft("own.1"), title: "x", panel: panel.id, place, op, crit: limit, was: "up" };
          expect(checkRule(ruleOf(draft, undefined)), `${panel.id} ${place} ${op}`).toMatchObject({ ok: true });
        }
      }
    }
  });

  test("a new rule gets an id that none has", () => {
    const own = (id: string) => ({ ...cpu, id, origin: "own" as const });
    expect(freeId([own("own.1"), own("own.3")])).toBe("own.2");
  });

  test("[T89] the list says whose limits they are", () => {
    expect(ruleText({ ...cpu, origin: "shipped" })).toBe(
      "CPU, Busy: warning above 80 %, critical above 95 %; for 1m 00s; our default",
    );
    const optics = SHIPPED_RULES.find(({ id }) => id === "optics.limits") as AlertRule;
    expect(ruleText({ ...optics, origin: "shipped" })).toContain("limits of the device");
  });
});
