import { expect, test } from "vitest";
import { DeskRig, readingOf } from "#support/desk-rig.ts";
import { RECORD } from "#support/wire-messages.ts";
import { Desks } from "#workers/desks/desks.ts";
import { HistoryDesk } from "#workers/desks/history-desk.ts";
import { ListedDevices } from "#workers/listed-devices.ts";

async function setUp() {
  const rig = new DeskRig((context) => new HistoryDesk(context));
  const desks = new Desks(
    async () => [rig.desk],
    () => {},
  );
  await desks.restore();
  const forgotten: string[] = [];
  const forget = async (id: string): Promise<void> => void forgotten.push(id);
  const parts = {
    readings: { forget },
    history: { delete: async () => {} },
    secrets: { choices: { forget } },
    desks,
    records: rig.records,
  } as unknown as ConstructorParameters<typeof ListedDevices>[0];
  return { rig, forgotten, listed: new ListedDevices(parts) };
}

test("[S71] of a quick connection, or a device removed while its sessions went on, nothing stays once it is closed", async () => {
  const { rig, forgotten, listed } = await setUp();
  rig.take(readingOf("cpu", 1, { busy_pct: 5 }));
  await rig.desk.flush();
  // Before there was a list it may be one of the user's.
  listed.closed("d1");
  expect(forgotten).toEqual([]);
  listed.confirmed([{ ...RECORD, id: "d2" }]);
  listed.closed("d2");
  expect(forgotten).toEqual([]);
  listed.closed("d1");
  await expect.poll(() => rig.records.devices("series")).toEqual([]);
  expect(forgotten).toEqual(["d1", "d1"]);
});

test("[S71] a device that leaves the list takes its records along, those of others stay", async () => {
  const { rig, forgotten, listed } = await setUp();
  listed.confirmed([
    { ...RECORD, id: "d1" },
    { ...RECORD, id: "d2" },
  ]);
  rig.take(readingOf("cpu", 1, { busy_pct: 5 }));
  await rig.desk.flush();
  await rig.records.put("snapshots", "d1", ["s"], {});
  await rig.records.put("snapshots", "d2", ["s"], {});
  expect(await rig.records.devices("series")).toEqual(["d1"]);
  rig.take(readingOf("cpu", 30_001, { busy_pct: 6 }));
  listed.confirmed([{ ...RECORD, id: "d2" }]);
  await expect.poll(() => rig.records.devices("snapshots")).toEqual(["d2"]);
  await rig.desk.flush();
  expect(await rig.records.devices("series")).toEqual([]);
  expect(forgotten).toEqual(["d1", "d1"]);
});
