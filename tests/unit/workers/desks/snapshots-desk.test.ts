import { describe, expect, it } from "vitest";
import type { ExportedFile } from "#protocol/local-telemetry.ts";
import { DEVICE, DeskRig, readingOf } from "#support/desk-rig.ts";
import type { Collector } from "#telemetry/collector.ts";
import type { Comparison } from "#telemetry/compare/compare.ts";
import type { SnapshotEntry } from "#telemetry/compare/snapshot.ts";
import { SnapshotsDesk } from "#workers/desks/snapshots-desk.ts";

const ports = (ts: number, oper: string) => readingOf("ifstate", ts, { rows: [{ name: "eth0", oper }], row_count: 1 });
const make = (...rest: ConstructorParameters<typeof DeskRig> extends [unknown, ...infer R] ? R : never) =>
  new DeskRig((context) => new SnapshotsDesk(context), ...rest);
const running = { tableWindow: () => ({ total: 0, rows: [] }) } as unknown as Collector;

describe("snapshots desk", () => {
  it("[T87] stores, lists, renames and removes; another run compares with it", async () => {
    const rig = make();
    rig.take(ports(0, "up"));
    const stored = (await rig.value("snapshot_store", { name: " before change " })) as SnapshotEntry;
    expect(stored).toMatchObject({ name: "before change", panels: ["ifstate"] });
    const next = make(rig.records);
    next.take(ports(86_400_000, "down"));
    await next.value("snapshot_rename", { id: stored.id, name: "CHG-42" });
    expect(await next.value("snapshot_list", {})).toMatchObject([{ id: stored.id, name: "CHG-42" }]);
    const comparison = (await next.value("compare", { before: { snapshot: stored.id }, after: "now" })) as Comparison;
    expect(comparison.differences).toMatchObject([{ label: "eth0", field: "oper", from: "up", to: "down" }]);
    const file = (await next.value("compare_export", {
      before: { snapshot: stored.id },
      after: "now",
      format: "md",
      mask: false,
      captures: false,
    })) as ExportedFile;
    expect(file).toMatchObject({ mime: "text/markdown" });
    expect(file.text).toContain("CHG-42");
    await next.value("snapshot_remove", { id: stored.id });
    expect(await next.ask("compare", { before: { snapshot: stored.id }, after: "now" })).toMatchObject({
      ok: false,
      error: { reason: "snapshot_unknown" },
    });
  });

  it("[T87] what is older than its interval is read once more first; what does not come in time is taken with its age", async () => {
    const rig = make();
    rig.collector = running;
    rig.take(ports(0, "up"));
    rig.time.advance(120_000);
    const storing = rig.value("snapshot_store", { name: "a" });
    await Promise.resolve();
    await expect.poll(() => rig.fed).toEqual([{ type: "refresh", panel: "ifstate", at: rig.time.now() }]);
    rig.take(ports(rig.time.now(), "down"));
    const { id } = (await storing) as SnapshotEntry;
    expect(await rig.records.get("snapshots", DEVICE, [id])).toMatchObject({
      panels: { ifstate: { ts: rig.time.now(), data: { rows: [{ oper: "down" }] } } },
    });
    rig.time.advance(120_000);
    const late = rig.value("snapshot_store", { name: "b" });
    await expect.poll(() => rig.fed).toHaveLength(2);
    rig.time.advance(20_000);
    expect(await late).toMatchObject({ name: "b" });
  });

  it("[T87] the present is read once more, too, before it is compared; an older word of the same data does not count", async () => {
    const rig = make();
    rig.take(ports(0, "up"));
    const { id } = (await rig.value("snapshot_store", { name: "a" })) as SnapshotEntry;
    rig.collector = running;
    rig.time.advance(120_000);
    const comparing = rig.value("compare", { before: { snapshot: id }, after: "now" });
    await expect.poll(() => rig.fed).toEqual([{ type: "refresh", panel: "ifstate", at: rig.time.now() }]);
    rig.take(ports(0, "up"));
    await Promise.resolve();
    rig.take(ports(rig.time.now(), "down"));
    expect(await comparing).toMatchObject({
      differences: [{ label: "eth0", field: "oper", to: "down" }],
      read: [{ panel: "ifstate", before: 0, after: rig.time.now() }],
    });
  });

  it("[T87] raw answers that are still kept go into the JSON on request, masked with the rest; others are named as gone", async () => {
    const rig = make();
    const source = (capture: string) => ({ capture, command: "show int", ts: 0, notes: [] });
    const sources = [source("c1"), source("c2")];
    const rows = [{ name: "eth0", oper: "up", desc: "acme" }];
    rig.take(readingOf("ifstate", 0, { rows, row_count: 1 }, { sources }));
    const { id } = (await rig.value("snapshot_store", { name: "a" })) as SnapshotEntry;
    const kept = { text: "eth0 to acme via 10.0.0.1", stderr: "", notes: [] };
    rig.collector = { ...running, capture: (id: string) => (id === "c1" ? kept : undefined) } as unknown as Collector;
    const save = async (mask: boolean, captures: boolean) => {
      const sides = { before: { snapshot: id }, after: { snapshot: id } };
      const file = (await rig.value("compare_export", { ...sides, format: "json", mask, captures })) as ExportedFile;
      return JSON.parse(file.text) as { captures?: object[] };
    };
    expect((await save(false, false)).captures).toBeUndefined();
    expect((await save(false, true)).captures).toMatchObject([
      { capture: "c1", command: "show int", kept: true, text: kept.text },
      { capture: "c2", kept: false },
    ]);
    expect((await save(true, true)).captures).toMatchObject([
      { text: expect.stringMatching(/^eth0 to name-\d via ip-1$/) as string },
      {},
    ]);
  });

  it("names and nothing known are refused with a code", async () => {
    const rig = make();
    expect(await rig.ask("snapshot_store", { name: "  " })).toMatchObject({ error: { reason: "snapshot_name" } });
    expect(await rig.ask("snapshot_store", { name: "x".repeat(81) })).toMatchObject({
      error: { reason: "snapshot_name" },
    });
    expect(await rig.ask("snapshot_store", { name: "x" })).toMatchObject({ error: { reason: "nothing_known" } });
  });
});
