import { describe, expect, test } from "vitest";
import type { Comparison, Difference } from "#bridge/types.ts";
import { differencesByPanel, notComparedText, suggestedName, summaryText } from "#ui/snapshots/difference-words.ts";

const comparison = (differences: Difference[], more: Partial<Comparison> = {}): Comparison => ({
  before: { name: "before", at: 0, device: { label: "r1" } },
  after: { name: "after", at: 1, device: { label: "r1" } },
  differences,
  not_compared: [],
  equal: [],
  read: [],
  ...more,
});
const port = { panel: "ifstate", section: "rows", key: "eth1", label: "eth1" } as const;

describe("[T87] a comparison in words", () => {
  test("appeared, gone, changed and grew, by panel, with values as panels show them", () => {
    const [interfaces, counters, bgp] = differencesByPanel(
      comparison([
        { ...port, kind: "appeared" },
        { ...port, key: "eth2", label: "eth2", kind: "gone" },
        { ...port, kind: "changed", field: "speed_bps", unit: "bps", from: "1000000000", to: "10000000000" },
        {
          ...port,
          panel: "ifcounters",
          kind: "grew",
          field: "in_err",
          unit: "counter",
          from: "9",
          to: "18446744073709551615",
        },
        {
          panel: "bgp",
          section: "rows",
          key: "d|ipv4|10.0.0.1",
          label: "10.0.0.1",
          kind: "changed",
          field: "state",
          unit: "state",
          to: "idle",
        },
      ]),
    );
    expect(interfaces?.title).toBe("Interfaces");
    expect(interfaces?.lines.map(({ how }) => how)).toEqual(["Appeared", "Gone", "Speed changed"]);
    expect(interfaces?.lines[2]).toMatchObject({ what: "eth1", from: "1.00 Gb/s", to: "10.0 Gb/s" });
    // More than a number can hold.
    expect(counters?.lines[0]?.how.replaceAll("\u202f", "")).toBe("In errors grew by 18446744073709551606");
    expect(bgp?.lines[0]).toMatchObject({ how: "State changed", to: "idle" });
    expect(bgp?.lines[0]).not.toHaveProperty("from");
  });

  test("switches are yes and no", () => {
    const autoneg = { ...port, kind: "changed", field: "autoneg", unit: "bool", from: "false", to: "true" } as const;
    expect(differencesByPanel(comparison([autoneg]))[0]?.lines[0]).toMatchObject({ from: "no", to: "yes" });
  });

  test("a device's text cannot carry control characters into the page", () => {
    const evil = {
      ...port,
      label: "eth1\u202e\u0007",
      kind: "changed",
      field: "desc",
      unit: "text",
      to: "a\u001b[2J",
    } as const;
    const [panel] = differencesByPanel(comparison([evil]));
    expect(JSON.stringify(panel)).not.toMatch(/\\u202e|\\u0007|\\u001b/i);
  });

  test("the sum says what could not be compared, and each of it says why", () => {
    const not_compared = [{ panel: "mac", section: "rows", why: "too_long" } as const];
    const sum = summaryText(comparison([{ ...port, kind: "gone" }], { not_compared, equal: ["cpu", "bgp"] }));
    expect(sum).toBe("1 difference, 2 panels are equal, 1 could not be compared.");
    expect(summaryText(comparison([], { equal: ["cpu"] }))).toBe("No differences, 1 panel is equal.");
    expect(notComparedText(not_compared[0] as (typeof not_compared)[0])).toBe(
      "MAC table (Entries): too long: only its count was kept",
    );
    expect(notComparedText({ panel: "bgp", why: "no_data_after" })).toBe("BGP: gave no data after");
  });

  test("a new snapshot is called by its day and minute", () => {
    expect(suggestedName(new Date(2026, 0, 5, 7, 3).getTime())).toBe("Snapshot 2026-01-05 07:03");
  });
});
