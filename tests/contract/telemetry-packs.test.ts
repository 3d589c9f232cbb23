import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { describe, expect, test } from "vitest";
import { labCommands, provenText } from "#support/lab-commands.ts";
import { fixtures, parseAs } from "#support/telemetry-fixtures.ts";
import { panelCatalog, panelDef } from "#telemetry/knowledge/panels.ts";
import type { Pack } from "#telemetry/packs/pack.ts";
import { packErrors } from "#telemetry/packs/validate-pack.ts";
import { linuxWithFrr, packs } from "#telemetry/platforms/packs.ts";
import { parsers, tableParsers } from "#telemetry/platforms/parsers.ts";

const TIERS = ["A", "B", "C", "D", "E", "L"];
/** Panels that telemetry makes itself. */
const OWN = ["collector", "audit", "raw"];
const all: Pack[] = [...Object.values(packs), linuxWithFrr];
const named = all.map((pack) => [pack.title, pack] as const);
/** Facts that only the collector uses; no panel shows them. */
const FACTS = ["cpu_ticks", "fib_guard", "vrfs"];

describe("[T91] a pack names only what exists", () => {
  test.each(named)("parsers, tiers, panels and commands: %s", (_title, pack) => {
    expect(packErrors(pack, new Set(parsers.keys()))).toEqual([]);
    for (const [id, def] of Object.entries(pack.commands)) {
      expect([id, TIERS.includes(def.tier)]).toEqual([id, true]);
      for (const { text } of def.variants) {
        const used = [...text.matchAll(/\{([A-Z]+)\}/g)].map((found) => found[1] ?? "");
        expect([id, used.filter((name) => !def.params?.[name])]).toEqual([id, []]);
      }
    }
  });

  test.each(named)("each wave-1 panel has a command or a reason, not both: %s", (_title, pack) => {
    for (const { id } of panelCatalog.filter((def) => !OWN.includes(def.id))) {
      const fed = (pack.panels[id]?.commands.length ?? 0) > 0;
      expect([id, fed !== (pack.unsupported[id] !== undefined)]).toEqual([id, true]);
    }
  });

  test.each(named)("a question of a person is never polled, a full table is heavy: %s", (_title, pack) => {
    for (const [id, def] of Object.entries(pack.commands)) {
      if (def.full) expect([id, def.tier, def.heavy]).toEqual([id, "L", true]);
      const table = def.variants.some(({ parser }) => tableParsers.has(parser));
      if (table) expect([id, def.tier]).toEqual([id, "L"]);
      if (def.params && !Object.hasOwn(def.params, "IF") && !Object.hasOwn(def.params, "VRF"))
        expect([id, def.tier]).toEqual([id, "L"]);
    }
  });
});

describe("[T91] what parsers say is what panels show", () => {
  test("every field of every reading of a fixture is in the panel's definition, or beside a field that is", () => {
    const strange = new Set<string>();
    for (const { meta, text } of fixtures()) {
      const result = parseAs(meta, text);
      if (!result.ok) continue;
      for (const [panel, data] of Object.entries(result.data)) {
        if (FACTS.includes(panel)) continue;
        const def = panelCatalog.find(({ id }) => id === panel);
        if (!def) strange.add(panel);
        else for (const field of unknownFields(def.id, data)) strange.add(`${panel}.${field}`);
      }
    }
    expect([...strange].toSorted()).toEqual([]);
  });
});

/** Fields that no section shows but that others are derived from or drawn with. */
const BESIDE = /_raw$|^(?:short|hidden|row_count|.*_limits|parent|class|trend|kernel|base_mac)$/;

function unknownFields(panel: Parameters<typeof panelDef>[0], data: unknown): string[] {
  const { sections } = panelDef(panel);
  const tables = new Map(sections.flatMap((each) => (each.kind === "table" ? [[each.path, each]] : [])));
  const records = sections.flatMap((each) => (each.kind === "record" ? [each] : []));
  const out: string[] = [];
  for (const [field, value] of Object.entries(data ?? {})) {
    const table = tables.get(field);
    if (table && Array.isArray(value)) {
      const known = new Set(table.fields.map((each) => each.field));
      for (const row of value)
        for (const key of Object.keys(row ?? {})) if (!known.has(key) && !BESIDE.test(key)) out.push(`${field}.${key}`);
    } else if (!BESIDE.test(field)) {
      const shown = records.some((each) => each.path === field || each.fields.some((one) => one.field === field));
      if (!shown) out.push(field);
    }
  }
  return out;
}

describe("[T91] an evidence mark V has a lab test", () => {
  const marked = (["frr", "linux"] as const).flatMap((platform) =>
    Object.entries(packs[platform].commands).flatMap(([id, def]) =>
      def.variants.some(({ evidence }) => evidence === "V") ? [`${platform} ${id}`] : [],
    ),
  );

  test("each command that is marked V is in the list of the lab, and the list has no other", () => {
    expect(labCommands.map(({ platform, id }) => `${platform} ${id}`).toSorted()).toEqual(marked.toSorted());
    for (const command of labCommands) expect(provenText(command).text).not.toMatch(/[{}]/);
  });

  test("the lab runs that whole list", () => {
    const source = readFileSync(resolve(import.meta.dirname, "../lab/telemetry-commands.test.ts"), "utf8");
    expect(source).toContain("test.each(labCommands.map(");
    expect(source).toContain('"[T91] %s %s answers as the pack says"');
  });

  test("packs without a box in the lab claim nothing", () => {
    for (const pack of [packs.cisco_ios, packs.unknown])
      expect(
        Object.values(pack.commands).flatMap(({ variants }) => variants.map(({ evidence }) => evidence)),
      ).not.toContain("V");
  });
});
