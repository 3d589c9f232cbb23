import "fake-indexeddb/auto";
import { IDBFactory } from "fake-indexeddb";
import { describe, expect, it } from "vitest";
import { sealedOn } from "#support/sealed.ts";
import { DatabaseRecords, type RecordBoxes } from "#workers/desks/database-records.ts";
import { MemoryStore } from "#workers/storage/tablet-store.ts";
import { Vault } from "#workers/vault/vault.ts";

const fail = (error: unknown): never => {
  throw error;
};

async function sealed(): Promise<RecordBoxes> {
  const { sealedBox } = (await sealedOn(new MemoryStore())).sealed;
  return (device) => sealedBox(`history:${device}`);
}

describe("records in the database", () => {
  it("[T82] are there for the next worker, in order, per kind and device", async () => {
    const factory = new IDBFactory();
    const box = await sealed();
    const first = await DatabaseRecords.open(factory, box, false, fail);
    for (const t of [30, 4, 200]) await first.put("changes", "d1", [t, "x"], { t });
    await first.put("changes", "d2", [1], "other");
    await first.put("series", "d1", ["cpu", 1], "series");
    first.close();
    const next = await DatabaseRecords.open(factory, box, false, fail);
    expect((await next.range("changes", "d1")).map(({ key }) => key)).toEqual([
      [4, "x"],
      [30, "x"],
      [200, "x"],
    ]);
    expect((await next.range("changes", "d1", { from: [30], to: [30] })).map(({ value }) => value)).toEqual([
      { t: 30 },
    ]);
    expect((await next.range("changes", "d1", { last: 2 })).map(({ value }) => value)).toEqual([{ t: 30 }, { t: 200 }]);
    expect(await next.get("series", "d1", ["cpu", 1])).toBe("series");
    expect((await next.devices("changes")).toSorted()).toEqual(["d1", "d2"]);
    expect((await next.sizes("changes", "d1")).every(({ bytes }) => bytes > 0)).toBe(true);
    expect(await next.has("changes", "d1", [4, "x"])).toBe(true);
    expect(await next.has("changes", "d1", [5])).toBe(false);
    await next.clear("d1");
    expect(await next.range("changes", "d1")).toEqual([]);
    expect(await next.range("changes", "d2")).toHaveLength(1);
  });

  it("[S71] hold no readable text, and one cannot be passed off as another", async () => {
    const factory = new IDBFactory();
    const records = await DatabaseRecords.open(factory, await sealed(), false, fail);
    await records.put("changes", "d1", [1], "CANARY-one");
    await records.put("changes", "d1", [2], "CANARY-two");
    const raw = await new Promise<IDBDatabase>((resolve) => {
      const request = factory.open("rackside-records");
      request.addEventListener("success", () => resolve(request.result));
    });
    const swap = raw.transaction("records", "readwrite").objectStore("records");
    const [one, two] = await Promise.all(
      [1, 2].map(
        (n) =>
          new Promise<Uint8Array>((resolve) => {
            const request = swap.get(["changes", "d1", n]);
            request.addEventListener("success", () => resolve(request.result as Uint8Array));
          }),
      ),
    );
    expect(new TextDecoder("latin1").decode(one)).not.toContain("CANARY");
    swap.put(two, ["changes", "d1", 1]);
    await new Promise((resolve) => swap.transaction.addEventListener("complete", resolve));
    raw.close();
    expect((await records.range("changes", "d1")).map(({ value }) => value)).toEqual(["CANARY-two"]);
  });

  it("[WP32] nothing is stored while nothing is to be kept, and what was stored goes", async () => {
    const factory = new IDBFactory();
    const box = await sealed();
    const records = await DatabaseRecords.open(factory, box, false, fail);
    await records.put("changes", "d1", [1], "before");
    await records.setKeepNothing(true);
    await records.put("changes", "d1", [2], "during");
    expect((await records.range("changes", "d1")).map(({ value }) => value)).toEqual(["during"]);
    records.close();
    const next = await DatabaseRecords.open(factory, box, false, fail);
    expect(await next.range("changes", "d1")).toEqual([]);
  });

  it("[S71] what waits for the vault stays and is not shown; what its erasing left unreadable goes, and so does a device's key", async () => {
    const factory = new IDBFactory();
    const tablet = new MemoryStore();
    const vault = await Vault.load({ crypto, now: () => Date.now() }, tablet, () => {});
    const life = async () => {
      const { sealed } = await sealedOn(tablet, vault);
      const boxOf: RecordBoxes = (device) => sealed.sealedBox(`history:${device}`);
      return { sealed, records: await DatabaseRecords.open(factory, boxOf, false, fail) };
    };
    await vault.create("correct horse battery");
    const { records } = await life();
    await records.put("changes", "d1", [1], "one");
    await records.put("changes", "d2", [1], "two");
    await records.clear("d2");
    expect((await tablet.entries("data_keys")).map(([name]) => name.slice(23))).toEqual(["history:d1"]);
    vault.lock();
    const next = await life();
    await next.records.sweep();
    expect(await next.records.range("changes", "d1")).toEqual([]);
    expect(await next.records.sizes("changes", "d1")).not.toEqual([]);
    await vault.erase("erase");
    await next.sealed.phaseChanged();
    await next.records.sweep();
    expect(await next.records.sizes("changes", "d1")).toEqual([]);
  });

  it("[S71] what was on its way when records were wiped is not written after; other devices' is", async () => {
    const box = await sealed();
    for (const device of ["d1", undefined]) {
      const records = await DatabaseRecords.open(new IDBFactory(), box, false, fail);
      const writes = [1, 2, 3].map((n) => records.put("audit", "d1", [n], n));
      const other = records.put("audit", "d2", [1], 1);
      await records.clear(device);
      await Promise.all([...writes, other]);
      expect(await records.range("audit", "d1")).toEqual([]);
      expect(await records.range("audit", "d2")).toHaveLength(device === undefined ? 0 : 1);
      await records.put("audit", "d1", [4], 4);
      expect(await records.range("audit", "d1")).toHaveLength(1);
    }
  });

  it("without a database everything is kept in memory", async () => {
    const records = await DatabaseRecords.open(undefined, await sealed(), false, fail);
    await records.put("rules", "d1", ["a"], 1);
    expect(await records.get("rules", "d1", ["a"])).toBe(1);
  });
});
