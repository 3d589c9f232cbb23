import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { uiFrame } from "#protocol/builders.ts";
import { encodeControl, parseControl } from "#protocol/control.ts";
import { DEVICES_MAX } from "#protocol/limits.ts";
import type { DeviceRecord } from "#protocol/messages/devices.ts";
import { UiStateStore } from "#proxy/ui-state-store.ts";
import { KEY, RECORD } from "#support/wire-messages.ts";

let dir: string;

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), "rackside-ui-state-"));
});
afterEach(() => rm(dir, { recursive: true, force: true }));

const record = (n: number, changes: Partial<DeviceRecord> = {}): DeviceRecord => ({
  ...RECORD,
  id: `${n}`.padStart(22, "A"),
  label: `device ${n}`,
  note: "rack ".repeat(60),
  ...changes,
});
const put = (store: UiStateStore, one: DeviceRecord, base_rev: number) =>
  store.apply(uiFrame("put_device", { record: one, base_rev }), store.revs());
const wide = (n: number): DeviceRecord =>
  record(n, { pins: Array.from({ length: 16 }, () => ({ ...KEY, key: "A".repeat(3_000) })) });

describe("device lists of a user [S23]", () => {
  test("500 devices are kept, and go out in parts that each fit a message; one more is refused", async () => {
    const simulated = [record(9_999, { id: "demo:r1", simulated: true })];
    // The list as its file would have it after all but the last of them: each write of it would write the whole list.
    await put(await UiStateStore.open(dir, "owner", simulated), record(0), 0);
    const [stored = ""] = await readdir(join(dir, "ui-state"));
    const path = join(dir, "ui-state", stored);
    const before = JSON.parse(await readFile(path, "utf8")) as { devices: { records: DeviceRecord[]; rev: number } };
    const [first = record(0)] = before.devices.records;
    const records = Array.from({ length: DEVICES_MAX - 2 }, (_, n) => ({
      ...first,
      id: record(n).id,
      label: `device ${n}`,
    }));
    await writeFile(path, JSON.stringify({ ...before, devices: { records, rev: DEVICES_MAX - 2 } }), { mode: 0o600 });
    const store = await UiStateStore.open(dir, "owner", simulated);
    expect(await put(store, record(DEVICES_MAX - 2), DEVICES_MAX - 2)).toMatchObject({ ok: true });
    expect(await put(store, record(DEVICES_MAX), DEVICES_MAX - 1)).toMatchObject({
      ok: false,
      failure: { code: "limit", reason: "devices" },
    });
    const edited = await put(store, record(7, { label: "edited" }), DEVICES_MAX - 1);
    const facts = edited.ok ? edited.value : [];
    expect(facts.length).toBeGreaterThan(1);
    expect(store.current()).toEqual(facts);
    const lists = facts.map((fact) => {
      const parsed = parseControl(encodeControl({ ...fact, re: "A".repeat(22) }), "down");
      if (!("message" in parsed) || parsed.message.action !== "devices_changed") throw new Error("not a device list");
      return parsed.message.payload;
    });
    expect(lists.map(({ part }) => part)).toEqual(facts.map((_, index) => ({ index, of: facts.length })));
    expect(new Set(lists.map(({ rev }) => rev))).toEqual(new Set([DEVICES_MAX]));
    const labels = lists.flatMap(({ records }) => records.map(({ label }) => label));
    expect(labels).toHaveLength(DEVICES_MAX);
    expect(new Set(labels).size).toBe(DEVICES_MAX);
    expect(labels).toContain("edited");
    const [file = ""] = await readdir(join(dir, "ui-state"));
    expect(await readFile(join(dir, "ui-state", file), "utf8")).not.toContain("demo:");
    const again = await UiStateStore.open(dir, "owner", simulated);
    expect(again.current()).toEqual(store.current());
  });

  test("a short list stays one message without parts", async () => {
    const store = await UiStateStore.open(dir, "owner", []);
    const stored = await put(store, record(1), 0);
    expect(stored).toMatchObject({ ok: true, value: [{ payload: { rev: 1, records: [{ label: "device 1" }] } }] });
    expect(store.current()[0]?.payload).not.toHaveProperty("part");
  });

  test("a conflict carries the one record, so that it fits however long the list is", async () => {
    const store = await UiStateStore.open(dir, "owner", []);
    for (let n = 0; n < 30; n++) await put(store, wide(n), n);
    expect(store.current().length).toBeGreaterThan(10);
    const told = store.revs();
    const edit = (one: DeviceRecord) => store.apply(uiFrame("put_device", { record: one, base_rev: 3 }), told);
    expect(await edit(wide(2))).toEqual({
      ok: false,
      failure: { code: "conflict", current: { record: wide(2), rev: 30 } },
    });
    expect(await edit(record(77))).toMatchObject({ failure: { code: "conflict", current: { record: null, rev: 30 } } });
  });

  test("a record that fits no message and a list beyond its bytes are refused; what was there stays", async () => {
    const store = await UiStateStore.open(dir, "owner", []);
    const huge = record(1, { pins: Array.from({ length: 16 }, () => ({ ...KEY, key: "A".repeat(4_000) })) });
    expect(await put(store, huge, 0)).toMatchObject({ failure: { code: "invalid", reason: "too_large" } });
    let n = 0;
    let last = await put(store, wide(n), 0);
    while (last.ok) last = await put(store, wide(++n), n);
    expect(last).toMatchObject({ failure: { code: "limit", reason: "devices" } });
    expect(n).toBeGreaterThan(30);
    expect(store.revs().devices).toBe(n);
  });
});
