import { describe, expect, test } from "vitest";
import type { PanelReading } from "#bridge/types.ts";
import { withCardPanels, withCardPort } from "#ui/port/card-monitoring.ts";
import { limitScale } from "#ui/port/limit-scale.ts";
import { counted, portFacts, portWord, sinceOpened } from "#ui/port/port-facts.ts";

const reading = (panel: string, ts: number, rows: object[]): PanelReading =>
  ({ panel, schema: 1, ts, age_ms: 0, status: "ok", sources: [], data: { rows, row_count: rows.length } }) as never;
const PORT = "GigabitEthernet1/0/1";

describe("[T88] what a card knows of a port", () => {
  test("comes from the rows of that port only, the newest rates first", () => {
    const facts = portFacts(PORT, {
      ifstate: reading("ifstate", 1, [{ name: PORT, oper: "down", admin: "down" }, { name: "x" }]),
      ifcounters: reading("ifcounters", 5, [{ name: PORT, in_bps: 1, in_octets: "5", crc: "1" }]),
      traffic: reading("traffic", 9, [{ name: PORT, in_bps: 2, in_octets: "9" }]),
      neighbors: reading("neighbors", 1, [{ local_if: PORT, remote_name: "a" }, { local_if: "x" }]),
      lag: reading("lag", 1, [{ lag: "Po1", members: [{ if: "x" }, { if: PORT, state: "bundled" }] }]),
    });
    expect(facts.rates).toMatchObject({ row: { in_bps: 2 }, reading: { panel: "traffic" } });
    expect(facts.neighbours).toMatchObject([{ remote_name: "a" }]);
    expect(facts.bundle).toMatchObject({ row: { lag: "Po1" }, member: { state: "bundled" } });
    expect(facts.counters).toEqual({ in_octets: "9", crc: "1" });
    expect(portWord(facts)).toBe("admin-down");
  });

  describe("[T15] while the newest sample has no rate yet", () => {
    const first = reading("traffic", 200_000, [{ name: PORT, in_octets: "9" }]);
    const panel = (ts: number, row: object = { in_bps: 1, out_bps: 2, in_octets: "5" }) =>
      reading("ifcounters", ts, [{ name: PORT, ...row }]);

    test("the panel's rate stands, as the panel's; counters are the newest", () => {
      const facts = portFacts(PORT, { traffic: first, ifcounters: panel(110_000) });
      expect(facts.rates).toMatchObject({ row: { in_bps: 1 }, reading: { panel: "ifcounters", ts: 110_000 } });
      expect(facts.sample).toMatchObject({ reading: { panel: "traffic", ts: 200_000 } });
      expect(facts.counters).toEqual({ in_octets: "9" });
      const second = reading("traffic", 205_000, [{ name: PORT, in_bps: 7, in_octets: "10" }]);
      expect(portFacts(PORT, { traffic: second, ifcounters: panel(110_000) }).rates).toMatchObject({
        row: { in_bps: 7 },
        reading: { panel: "traffic" },
      });
    });

    test("an old one does not, nor one of a reading that failed, nor one that is none", () => {
      const failed = { ...panel(190_000), status: "stale" } as PanelReading;
      for (const ifcounters of [panel(79_999), failed, panel(190_000, { in_octets: "5" })]) {
        expect(portFacts(PORT, { traffic: first, ifcounters }).rates?.reading).toBe(first);
      }
    });
  });

  test("is nothing of a port that no panel has", () => {
    expect(portFacts("nope", { ifstate: reading("ifstate", 1, [{ name: PORT }]) })).toEqual({
      neighbours: [],
      counters: {},
    });
  });
});

describe("[T88] counters since the card was opened", () => {
  test("[T13] are exact beyond what a number holds", () => {
    const opened = sinceOpened(undefined, {}, { in_octets: "18446744073709551000" }, 5);
    expect(counted(opened.base, { in_octets: "18446744073709551615", crc: "3" })).toEqual({ in_octets: "615" });
  });

  test("[T16] a counter that falls ends the count with its time, and it stays ended", () => {
    const opened = sinceOpened(undefined, {}, { crc: "5" }, 1);
    const on = sinceOpened(opened, { crc: "5" }, { crc: "7" }, 2);
    expect(on).toBe(opened);
    const broken = sinceOpened(on, { crc: "7" }, { crc: "6" }, 3);
    expect(broken.broken).toBe(3);
    expect(sinceOpened(broken, { crc: "6" }, { crc: "9" }, 4)).toBe(broken);
  });
});

describe("[T88] what an open card asks for", () => {
  test("its port is asked with the pinned ones; of four the oldest rests", () => {
    expect(withCardPort(["a", "b", "c", "d"], "e")).toEqual(["b", "c", "d", "e"]);
    expect(withCardPort(["a", "b"], "a")).toEqual(["b", "a"]);
    expect(withCardPort(["a", "b", "c", "d"], undefined)).toEqual(["a", "b", "c", "d"]);
  });

  test("panels that it reads are asked for though they are hidden", () => {
    expect(withCardPanels(["cpu", "ifstate"], "e")).toEqual(expect.arrayContaining(["cpu", "traffic", "neighbors"]));
    expect(withCardPanels(["cpu"], undefined)).toEqual(["cpu"]);
  });
});

describe("[T89] a value among the device's limits", () => {
  const limits = { hi_alarm: 2, hi_warn: 0, lo_warn: -9, lo_alarm: -12 };
  test("without limits there is no scale, and so no colour", () => {
    expect(limitScale(-40, undefined)).toBeUndefined();
    expect(limitScale(-40, {})).toBeUndefined();
  });

  test("says in words on which side it is", () => {
    expect(limitScale(-5, limits)).toMatchObject({ tone: "ok", word: "within the device's limits" });
    expect(limitScale(-9.5, limits)).toMatchObject({ tone: "warn", word: "below the warning limit" });
    expect(limitScale(-40, limits)).toMatchObject({ tone: "crit", word: "below the alarm limit" });
    expect(limitScale(3, limits)).toMatchObject({ tone: "crit", word: "above the alarm limit" });
    expect(limitScale(71, { hi_warn: 70 })).toMatchObject({ tone: "warn", word: "above the warning limit" });
  });

  test("value and marks lie on the scale in their order, whatever the value", () => {
    for (const value of [-40, -12, 0, 50]) {
      const scale = limitScale(value, limits);
      const places = scale?.marks.map(({ at }) => at) ?? [];
      expect(places).toEqual(places.toSorted((a, b) => a - b));
      for (const at of [...places, scale?.at ?? -1]) expect(at > 0 && at < 100).toBe(true);
    }
  });
});
