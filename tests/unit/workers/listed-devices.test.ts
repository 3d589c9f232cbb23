import { expect, test, vi } from "vitest";
import { DeskRig, readingOf } from "#support/desk-rig.ts";
import { RECORD } from "#support/wire-messages.ts";
import { Desks } from "#workers/desks/desks.ts";
import { HistoryDesk } from "#workers/desks/history-desk.ts";
import { ListedDevices } from "#workers/listed-devices.ts";

type Kept = { resumed: string[]; open: string[]; locked?: { sessions: number; until: number } };

async function setUp(kept: Kept = { resumed: [], open: [] }, restored = true) {
  const rig = new DeskRig((context) => new HistoryDesk(context));
  const desks = new Desks(
    async () => [rig.desk],
    () => {},
  );
  if (restored) await desks.restore();
  const forgotten: string[] = [];
  const forget = async (id: string): Promise<void> => void forgotten.push(id);
  const parts = {
    readings: { forget },
    history: { delete: async () => {} },
    secrets: { choices: { forget } },
    desks,
    records: rig.records,
    resume: {
      locked: async () => kept.locked,
      list: async () => kept.resumed.map((device) => ({ device })),
    },
  } as unknown as ConstructorParameters<typeof ListedDevices>[0];
  const listed = new ListedDevices(parts, (device) => kept.open.includes(device));
  return { rig, desks, forgotten, listed };
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

const IDS = ["listed", "added", "resumed", "open", "gone", "demo:quick"];

test("[S71] what an earlier run left of devices that are in no list goes when the proxy has said the list, once", async () => {
  const { rig, desks, listed } = await setUp({ resumed: ["resumed"], open: ["open"] }, false);
  for (const id of IDS) await rig.records.put("changes", id, ["e", 1], {});
  await rig.records.put("audit", "gone", [1, 1], {});
  await rig.records.put("rules", "*", ["own"], {});
  const list = [{ ...RECORD, id: "listed" }];
  // As the tablet has it: nobody has confirmed it in this run.
  listed.confirmed(list);
  await desks.restore();
  listed.confirmed(list);
  expect(await rig.records.devices("changes")).toEqual(IDS);
  listed.whole([...list, { ...RECORD, id: "added" }]);
  await expect.poll(() => rig.records.devices("changes")).toEqual(["listed", "added", "resumed", "open"]);
  await expect.poll(() => rig.records.devices("audit")).toEqual([]);
  expect(await rig.records.devices("rules")).toEqual(["*"]);
});

test("[S71] nothing is swept before the desks' code is there, nor while sessions wait for the vault; ages are", async () => {
  const kept: Kept = { resumed: [], open: [], locked: { sessions: 1, until: 0 } };
  const { rig, desks, listed } = await setUp(kept, false);
  await rig.records.put("changes", "gone", ["e", 1], {});
  const sweep = vi.spyOn(desks, "sweep");
  listed.confirmed([]);
  listed.whole([]);
  listed.whole([]);
  expect(sweep).not.toHaveBeenCalled();
  await desks.restore();
  await expect.poll(() => sweep.mock.calls).toHaveLength(1);
  expect(await rig.records.devices("changes")).toEqual(["gone"]);
});
