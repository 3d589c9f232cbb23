import { describe, expect, it } from "vitest";
import type { ExecAnswer } from "#support/telemetry-devices.ts";
import { TelemetryDriver } from "#support/telemetry-driver.ts";
import { fixtures } from "#support/telemetry-fixtures.ts";
import { RowLedger } from "#telemetry/collector/row-ledger.ts";
import type { Fragment, Trace } from "#telemetry/parsers/result.ts";

type Neighbors = { default: { neighbors: Record<string, object[]> } };
const fixture = (command: string): string =>
  fixtures().find(({ meta, name }) => meta.platform === "frr" && meta.command === command && name.endsWith("/ordinary"))
    ?.text ?? "";
const OSPF = JSON.parse(fixture("show ip ospf vrf all neighbor json")) as Neighbors;
const IDS = Object.keys(OSPF.default.neighbors);
const OSPF6 = fixture("show ipv6 ospf6 neighbor json");

/** A Linux router whose two OSPF daemons answer, or hang, each by itself. */
class Router {
  ids = IDS;
  hangs = false;
  readonly driver = new TelemetryDriver(
    { exec: (command) => this.answer(command) },
    { remembered: { platform: "linux", beside: "frr", transport: "exec" } },
  );

  constructor() {
    this.driver.execMs = (command) => (this.hangs && command.includes("ospf6") ? 600_000 : 40);
    this.driver.send({ type: "subscribe", panels: ["ospf"], at: this.driver.now });
    this.driver.open("exec");
    this.driver.run(40_000);
  }

  private answer(command: string): ExecAnswer {
    if (command.includes("show ip ospf vrf all neighbor json")) {
      const all = Object.entries(OSPF.default.neighbors).filter(([id]) => this.ids.includes(id));
      return { stdout: JSON.stringify({ default: { ...OSPF.default, neighbors: Object.fromEntries(all) } }) };
    }
    if (command.includes("show ipv6 ospf6 neighbor json")) return { stdout: OSPF6 };
    return { stderr: "sh: 1: not found\n", code: 127 };
  }

  get reading() {
    const found = this.driver.readings.get("ospf");
    if (found?.panel !== "ospf") throw new Error("no reading");
    return found;
  }

  /** Neighbours of one family in the table. */
  shown(afi: string): string[] {
    return (this.reading.data?.rows ?? []).filter((row) => row.afi === afi).map(({ neighbor_id }) => neighbor_id);
  }
}

describe("half a reading", () => {
  it("[T7] [T85] names the rows that are gone; those whose command failed are apart, as they last were", () => {
    const router = new Router();
    expect(router.reading.status).toBe("ok");
    expect(router.shown("ipv4")).toEqual(IDS);
    const six = router.shown("ipv6");
    expect(six.length).toBeGreaterThan(0);
    router.hangs = true;
    router.ids = IDS.slice(0, 1);
    router.driver.run(120_000);
    expect(router.reading).toMatchObject({ status: "partial", reason: "timeout" });
    expect(router.shown("ipv4")).toEqual(IDS.slice(0, 1));
    expect(router.shown("ipv6")).toEqual([]);
    const { gone = {}, old_rows = {} } = router.reading;
    expect(gone.rows).toHaveLength(IDS.length - 1);
    for (const id of IDS.slice(1)) expect(gone.rows?.join(" ")).toContain(id);
    expect((old_rows.rows as { neighbor_id: string }[]).map(({ neighbor_id }) => neighbor_id)).toEqual(six);
    // Back: all of it is read, and nothing needs to be told apart.
    router.hangs = false;
    router.driver.run(900_000);
    expect(router.reading.status).toBe("ok");
    expect(router.shown("ipv6")).toEqual(six);
    expect(router.reading).not.toHaveProperty("gone");
    expect(router.reading).not.toHaveProperty("old_rows");
  });

  it("a row that is back is not gone", () => {
    const router = new Router();
    router.hangs = true;
    router.ids = [];
    router.driver.run(120_000);
    router.ids = IDS;
    router.driver.run(60_000);
    expect(router.reading.status).toBe("partial");
    expect(router.reading).not.toHaveProperty("gone");
  });
});

describe("what one command showed", () => {
  const trace = { dropped: 0, notes: [] } as unknown as Trace;
  const users = (...peers: string[]): Fragment => {
    return { ospf: { rows: peers.map((neighbor_id) => ({ neighbor_id })), row_count: 0 } } as unknown as Fragment;
  };
  const gone = (ledger: RowLedger): string[] => [...ledger.goneFrom("ospf", "rows")];

  it("[T7] an answer with lines that were not understood proves nothing, and the next whole one does", () => {
    const ledger = new RowLedger();
    ledger.take(users("1", "2"), trace);
    ledger.take(users("1"), { ...trace, dropped: 1 });
    expect(gone(ledger)).toEqual([]);
    ledger.take(users("1"), { ...trace, notes: ["mostly_unknown"] });
    expect(gone(ledger)).toEqual([]);
    ledger.take(users("1"), trace);
    expect(gone(ledger)).toHaveLength(1);
  });

  it("is bounded, however many rows pass by", () => {
    const ledger = new RowLedger();
    for (let row = 0; row < 10_000; row++) ledger.take(users(String(row)), trace);
    expect(gone(ledger).length).toBeLessThan(50);
  });

  it("is bounded where no answer is ever whole", () => {
    const ledger = new RowLedger();
    const PER_ANSWER = 1_000;
    for (let from = 0; from < 30_000; from += PER_ANSWER) {
      const peers = Array.from({ length: PER_ANSWER }, (_, at) => String(from + at));
      ledger.take(users(...peers), { ...trace, dropped: 1 });
    }
    ledger.take(users("0"), trace);
    expect(gone(ledger).length).toBeGreaterThan(0);
    expect(gone(ledger).length).toBeLessThanOrEqual(20_000);
  });
});
