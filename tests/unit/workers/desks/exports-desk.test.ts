import { describe, expect, it } from "vitest";
import type { ExportedFile } from "#protocol/local-telemetry.ts";
import { DeskRig, readingOf } from "#support/desk-rig.ts";
import { tableWindow, type WindowQuery } from "#telemetry/collector/table-window.ts";
import type { Collector } from "#telemetry/collector.ts";
import type { AuditEntry } from "#telemetry/knowledge/collector-data.ts";
import { ExportsDesk } from "#workers/desks/exports-desk.ts";
import { MemoryRecords } from "#workers/desks/record-store.ts";

const entry = (seq: number, at: number, more: Partial<AuditEntry> = {}): AuditEntry => ({
  seq,
  at,
  text: `show ${seq}`,
  purpose: "command",
  outcome: "ok",
  ...more,
});
function collector(entries: AuditEntry[], rows: Record<string, unknown>[] = []): Collector {
  const window = (_panel: string, _table: string, query: WindowQuery) => tableWindow(rows, query);
  return { audit: () => entries, tableWindow: window } as unknown as Collector;
}
const make = (records = new MemoryRecords()) => new DeskRig((context) => new ExportsDesk(context), records);
const peers = [
  { peer: "10.0.0.2", vrf: "d", afi: "ipv4", state: "idle" },
  { peer: "10.0.0.1", vrf: "d", afi: "ipv4", state: "established" },
];

describe("table export", () => {
  it("all rows as they are sorted and filtered on the screen, with device, command and time", async () => {
    const rig = make();
    const sources = [{ command: "show bgp summary" }];
    rig.take(readingOf("bgp", 1_000, { rows: peers, row_count: 2 }, { sources }));
    const query = { panel: "bgp", table: "rows", format: "csv", sort: { field: "peer", descending: false } } as const;
    const csv = (await rig.value("table_export", query)) as ExportedFile;
    const lines = csv.text.trim().split("\r\n");
    expect(lines.map((line) => line.split(",")[0])).toEqual(["peer", "10.0.0.1", "10.0.0.2"]);
    expect(lines[1]).toMatch(/,d1,1970-01-01T00:00:01\.000Z,show bgp summary$/);
    const filtered = (await rig.value("table_export", { ...query, filter: "idle" })) as ExportedFile;
    expect(filtered.text.trim().split("\r\n")).toHaveLength(2);
    const json = (await rig.value("table_export", { ...query, format: "json" })) as ExportedFile;
    expect(JSON.parse(json.text)).toMatchObject({ panel: "bgp", rows: [{ peer: "10.0.0.1" }, { peer: "10.0.0.2" }] });
  });

  it("[T7] a file of half a table, or of an old one, says so: in its name, and in the JSON", async () => {
    const rig = make();
    const query = { panel: "bgp", table: "rows" } as const;
    const both = async (): Promise<ExportedFile[]> => [
      (await rig.value("table_export", { ...query, format: "csv" })) as ExportedFile,
      (await rig.value("table_export", { ...query, format: "json" })) as ExportedFile,
    ];
    rig.take(readingOf("bgp", 1_000, { rows: peers, row_count: 2 }));
    for (const { name } of await both()) expect(name).toMatch(/^d1_bgp_1970/);
    rig.take(readingOf("bgp", 2_000, { rows: peers.slice(1), row_count: 1 }, { status: "partial" }));
    for (const { name } of await both()) expect(name).toMatch(/^d1_bgp_partial_1970/);
    expect(JSON.parse((await both())[1]?.text ?? "")).toMatchObject({ status: "partial" });
  });

  it("[T77] a table that stays with the collector is exported whole", async () => {
    const rig = make();
    rig.collector = collector(
      [],
      Array.from({ length: 1_900 }, (_, n) => ({ ...peers[0], peer: `10.0.${n >> 8}.${n & 255}` })),
    );
    rig.take(readingOf("bgp", 1_000, { row_count: 1_900 }));
    const csv = (await rig.value("table_export", { panel: "bgp", table: "rows", format: "csv" })) as ExportedFile;
    expect(csv.text.trim().split("\r\n")).toHaveLength(1_901);
  });

  it("the table of interfaces has state, rates and counters of both panels, as on the screen [T24]", async () => {
    const rig = make();
    const state = [
      { name: "eth1", oper: "up", speed_bps: 1_000 },
      { name: "eth0", oper: "down" },
      { name: "pimreg", oper: "up", hidden: true },
    ];
    rig.take(readingOf("ifstate", 1_000, { rows: state }, { sources: [{ command: "show interfaces" }] }));
    const rates = [{ name: "eth1", in_bps: 5, in_err: "18446744073709551615" }];
    rig.take(readingOf("ifcounters", 2_000, { rows: rates }, { sources: [{ command: "show counters" }] }));
    const query = { panel: "ifstate", table: "rows", beside: "ifcounters", format: "json" } as const;
    const sorted = { ...query, sort: { field: "name", descending: false } };
    const { text } = (await rig.value("table_export", sorted)) as ExportedFile;
    const file = JSON.parse(text) as { rows: object[]; commands: string[]; units: Record<string, string> };
    expect(file.rows).toEqual([
      { name: "eth0", oper: "down" },
      { name: "eth1", oper: "up", speed_bps: 1_000, in_bps: 5, in_err: "18446744073709551615" },
    ]);
    expect(file.commands).toEqual(["show interfaces", "show counters"]);
    expect(file.units).toMatchObject({ oper: "state", in_bps: "bps", in_err: "counter" });
    const words = (await rig.value("table_export", { ...query, filter: "up 1000" })) as ExportedFile;
    expect((JSON.parse(words.text) as { rows: object[] }).rows).toHaveLength(1);
  });

  it("what is not there is refused with a code", async () => {
    const rig = make();
    const query = { panel: "bgp", table: "rows", format: "csv" } as const;
    expect(await rig.ask("table_export", query)).toMatchObject({ error: { reason: "nothing_known" } });
    expect(await rig.ask("table_export", { ...query, panel: "nope" })).toMatchObject({ error: { reason: "panel" } });
    expect(await rig.ask("table_export", { ...query, table: "nope" })).toMatchObject({ error: { reason: "panel" } });
  });
});

describe("audit export", () => {
  it("[T61] has what was sent in the last seven days, across runs, each entry once with its outcome", async () => {
    const rig = make();
    const began = rig.time.now();
    const { outcome: _, ...open } = entry(2, began + 20_000);
    rig.collector = collector([entry(1, began), open]);
    rig.time.advance(30_000);
    rig.take(readingOf("cpu", began + 30_000, {}));
    await expect.poll(async () => rig.records.range("audit", "d1")).toHaveLength(2);
    rig.collector = collector([entry(1, began), entry(2, began + 20_000, { outcome: "timeout" })]);
    const file = (await rig.value("audit_export", { format: "json" })) as ExportedFile;
    expect(JSON.parse(file.text)).toMatchObject({ rows: [{ seq: 1 }, { seq: 2, outcome: "timeout" }] });

    const next = make(rig.records);
    next.time.advance(3 * 86_400_000);
    next.collector = collector([entry(1, next.time.now())]);
    const both = (await next.value("audit_export", { format: "csv" })) as ExportedFile;
    expect(both.text.trim().split("\r\n")).toHaveLength(4);

    const later = make(rig.records);
    later.time.advance(8 * 86_400_000);
    const kept = (await later.value("audit_export", { format: "csv" })) as ExportedFile;
    expect(kept.text.trim().split("\r\n")).toHaveLength(2);
  });

  it("[T61] a second session at once after the first overwrites nothing, and the end of the first is there", async () => {
    const rig = make();
    const began = rig.time.now();
    const { outcome: _, ...open } = entry(2, began + 10);
    rig.collector = collector([entry(1, began), open]);
    rig.take(readingOf("cpu", began, {}));
    await expect.poll(async () => rig.records.range("audit", "d1")).toHaveLength(2);
    rig.collector = collector([entry(1, began), entry(2, began + 10), entry(3, began + 20)]);
    rig.time.advance(1_000);
    rig.take(readingOf("cpu", began, {}, { status: "stale", reason: "suspended" }));
    await expect.poll(async () => rig.records.range("audit", "d1")).toHaveLength(3);
    rig.collector = collector([entry(1, began + 5_000)]);
    const file = (await rig.value("audit_export", { format: "json" })) as ExportedFile;
    expect(JSON.parse(file.text)).toMatchObject({
      rows: [{ text: "show 1" }, { text: "show 2", outcome: "ok" }, { text: "show 3" }, { text: "show 1" }],
    });
  });

  it("[T61] what is older than seven days goes from the tablet, of every device that is kept", async () => {
    const rig = make();
    const began = rig.time.now();
    await rig.records.put("audit", "d2", [began, 1], entry(1, began));
    await rig.records.put("audit", "d3", [began, 1], entry(1, began + 2 * 86_400_000));
    rig.time.advance(8 * 86_400_000);
    await rig.desk.sweep();
    expect(await rig.records.devices("audit")).toEqual(["d3"]);
  });

  it("a device that was never asked anything has no audit", async () => {
    expect(await make().ask("audit_export", { format: "csv" })).toMatchObject({ error: { reason: "nothing_known" } });
  });
});

describe("an audit that cannot be written", () => {
  /** Records whose next writes fail. */
  class FailingRecords extends MemoryRecords {
    failing = 0;
    override async put(...args: Parameters<MemoryRecords["put"]>): Promise<void> {
      if (this.failing > 0 && this.failing-- > 0) throw new Error("unwritable");
      await super.put(...args);
    }
  }

  it("[T9] takes no worker down: it is told once to whoever asks next, and written with the next try", async () => {
    const unheard: unknown[] = [];
    const hear = (error: unknown): void => void unheard.push(error);
    process.on("unhandledRejection", hear);
    try {
      const records = new FailingRecords();
      const rig = make(records);
      rig.collector = collector([entry(1, rig.time.now()), entry(2, rig.time.now())]);
      records.failing = 1;
      rig.take(readingOf("cpu", 1_000, {}));
      // Unheard rejections are told after the microtasks of a turn.
      for (let turn = 0; turn < 3; turn++) await new Promise((go) => setTimeout(go, 0));
      expect(unheard).toEqual([]);
      await expect(rig.ask("audit_export", { format: "json" })).rejects.toThrow("unwritable");
      const file = (await rig.value("audit_export", { format: "json" })) as ExportedFile;
      expect(JSON.parse(file.text)).toMatchObject({ rows: [{ seq: 1 }, { seq: 2 }] });
      records.failing = 1;
      rig.collector = collector([entry(3, rig.time.now())]);
      rig.time.advance(30_000);
      rig.take(readingOf("cpu", 2_000, {}));
      await expect.poll(() => records.failing).toBe(0);
      await new Promise((go) => setTimeout(go, 0));
      await expect(rig.desk.hidden()).rejects.toThrow("unwritable");
      await rig.desk.hidden();
      await rig.desk.close();
      expect(unheard).toEqual([]);
    } finally {
      process.off("unhandledRejection", hear);
    }
  });
});

describe("an audit that is to be forgotten", () => {
  /** Records whose next writes wait until they are let go. */
  class SlowRecords extends MemoryRecords {
    held: (() => void)[] = [];
    slow = false;
    override async put(...args: Parameters<MemoryRecords["put"]>): Promise<void> {
      if (this.slow) await new Promise<void>((go) => this.held.push(go));
      await super.put(...args);
    }
  }

  it("[S71] a write that was under way, or comes after, brings nothing back", async () => {
    for (const device of ["d1", undefined]) {
      const records = new SlowRecords();
      const rig = make(records);
      const { outcome: _, ...open } = entry(2, 20);
      const entries = [entry(1, 10), open, entry(3, 30)];
      rig.collector = collector(entries);
      records.slow = true;
      rig.take(readingOf("cpu", 1_000, {}));
      await expect.poll(() => records.held).toHaveLength(1);
      const forgotten = rig.desk.forget(device).then(() => records.clear(device));
      records.slow = false;
      for (const go of records.held) go();
      await forgotten;
      // Its session goes on for a moment: a command comes to its outcome, another is sent.
      entries.splice(1, 1, entry(2, 20), entry(4, 40));
      rig.time.advance(30_000);
      rig.take(readingOf("cpu", 2_000, {}, { reason: "suspended" }));
      await rig.desk.close();
      expect(await records.range("audit", "d1")).toEqual([]);
      // The next session of a device of this name is another matter.
      rig.collector = collector([entry(1, 60_000)]);
      rig.time.advance(30_000);
      rig.take(readingOf("cpu", 3_000, {}));
      await expect.poll(() => records.range("audit", "d1")).toHaveLength(1);
    }
  });
});
