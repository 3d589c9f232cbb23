import { describe, expect, test } from "vitest";
import type { UiStateView } from "#bridge/types.ts";
import { parseControl } from "#protocol/control.ts";
import { checkRule } from "#telemetry/alerts/rule-check.ts";
import { SHIPPED_RULES } from "#telemetry/alerts/shipped-rules.ts";
import { cardPanels } from "#telemetry/knowledge/panels.ts";
import { themeById } from "#themes/registry.ts";
import { emptyForm, formErrors, splitTarget } from "#ui/connect/device-form.ts";
import { clampSplit, splitRange } from "#ui/layout/split-ratio.ts";
import { orderedPanels, PINNED_PORTS_MAX, pinnedPorts, pinsKey } from "#ui/panels/panel-layout.ts";

const URLS = ["https://evil.example/x.css", "//evil.example", "url(https://evil.example)", "javascript:alert(1)"];
const MARKUP = ["<img src=x onerror=alert(1)>", "}</style><script>", "expression(1)"];
const HUGE = ["a".repeat(65), "9".repeat(400)];
const BAD = [...URLS, ...MARKUP, ...HUGE, "", "Dark Theme", "__proto__", "../dark"];

const wish = (action: string, payload: string) =>
  parseControl(
    `{"v":1,"device":"-","session_id":"ui_state","type":"system","action":"${action}","id":"c1","payload":${payload}}`,
    "up",
  );
const taken = (action: string, payload: object): boolean => wish(action, JSON.stringify(payload)).ok;

describe("[S80] [HP3] themes, layouts, rules and lists of others are data, or nothing", () => {
  test("a theme is the name of one that is there: no address, no markup, no style text; an unknown one is the dark one", () => {
    expect(taken("set_theme", { theme: "crt-amber", base_rev: 0 })).toBe(true);
    for (const theme of [...BAD, 7, null, { bg: "#000000" }, ["dark"]]) {
      expect(taken("set_theme", { theme, base_rev: 0 })).toBe(false);
    }
    for (const id of [...BAD, "constructor", "toString"]) expect(themeById(id)).toBe(themeById("dark"));
  });

  test("a layout has a plain name, and neither a prototype nor endless depth or length inside", () => {
    const layout = { order: ["a"] };
    expect(taken("update_layout", { key: "panels", layout, base_rev: 0 })).toBe(true);
    for (const key of BAD) expect(taken("update_layout", { key, layout, base_rev: 0 })).toBe(false);
    for (const bad of ["x", 7, null, []]) {
      if (!Array.isArray(bad)) expect(taken("update_layout", { key: "panels", layout: bad, base_rev: 0 })).toBe(false);
    }
    for (const name of ["__proto__", "constructor", "prototype"]) {
      const inside = `{"key":"panels","base_rev":0,"layout":{"order":{"${name}":{"polluted":true}}}}`;
      expect(wish("update_layout", inside).ok).toBe(false);
    }
    const deep = `${"[".repeat(40)}${"]".repeat(40)}`;
    expect(wish("update_layout", `{"key":"panels","base_rev":0,"layout":{"order":${deep}}}`).ok).toBe(false);
    expect(taken("update_layout", { key: "panels", layout: { order: "a".repeat(70_000) }, base_rev: 0 })).toBe(false);
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
  });

  test("what a layout says is taken as far as it is what it should be", () => {
    const ui = (key: string, layout: Record<string, unknown>) =>
      ({ layouts: { [key]: { layout, rev: 1 } }, panels: {} }) as unknown as UiStateView;
    for (const order of [MARKUP, URLS, 7, { length: 1e9 }, [null, {}, 1e308], "interfaces"]) {
      expect(orderedPanels(ui("panels", { order })).map(({ id }) => id)).toEqual(
        cardPanels.toSorted((a, b) => a.order - b.order).map(({ id }) => id),
      );
    }
    const many = Array.from({ length: 10_000 }, (_, at) => `eth${at}`);
    expect(pinnedPorts(ui(pinsKey("d"), { ports: many }), "d")).toHaveLength(PINNED_PORTS_MAX);
    const { min, max, initial } = splitRange("portrait");
    expect([Number.NaN, Number.POSITIVE_INFINITY, -1e308, 1e308].map((value) => clampSplit("portrait", value))).toEqual(
      [initial, initial, min, max],
    );
  });

  test("panels that are shown or hidden have names of the catalogue's form", () => {
    expect(taken("set_panel_visibility", { panel: "interfaces", visible: true, base_rev: 0 })).toBe(true);
    for (const panel of BAD) {
      if (panel !== "__proto__")
        expect(taken("set_panel_visibility", { panel, visible: true, base_rev: 0 })).toBe(false);
    }
    for (const visible of ["yes", 1, null, {}]) {
      expect(taken("set_panel_visibility", { panel: "interfaces", visible, base_rev: 0 })).toBe(false);
    }
  });

  const [shipped] = SHIPPED_RULES;
  test.each<[string, Record<string, unknown>]>([
    ["panel", { panel: "<script>" }],
    ["panel", { panel: "https://evil.example" }],
    ["field", { field: "__proto__" }],
    ["op", { op: "matches" }],
    ["id", { id: "../../etc" }],
    ["id", { id: "x".repeat(65) }],
    ["title", { title: "t".repeat(81) }],
    ["hold_s", { hold_s: 1e308 }],
    ["hold_s", { hold_s: Number.NaN }],
    ["hold_s", { hold_s: -1 }],
  ])("a rule with a bad %s is refused, and the field is named: %o", (field, change) => {
    expect(checkRule({ ...shipped })).toMatchObject({ ok: true });
    expect(checkRule({ ...shipped, ...change })).toMatchObject({ ok: false, field });
  });

  test("[S36] a device of a list is an address and a user, and no address of the web", () => {
    const faults = (text: string) => formErrors({ ...emptyForm, user: "admin", ...splitTarget(text) });
    expect(faults("admin@10.0.0.1")).toEqual({});
    for (const text of [...URLS, ...MARKUP, "a".repeat(254), "0x7f000001", "127.1", "demo:r1"]) {
      expect(faults(text).host ?? faults(text).port).toBeDefined();
    }
  });
});
