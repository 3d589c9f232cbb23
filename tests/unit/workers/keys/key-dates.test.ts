import { describe, expect, test } from "vitest";
import { datesName, KeyDates } from "#workers/keys/key-dates.ts";
import { MemoryStore } from "#workers/storage/tablet-store.ts";

const HOST = { host: "fd00::1", port: 2222 };
const none = (): void => {};

describe("[S48] when this tablet met a host key", () => {
  test("first and last, by host and key, also after a reload", async () => {
    const store = new MemoryStore();
    let told = 0;
    const dates = await KeyDates.load(store, () => void told++);
    await dates.met(HOST, "SHA256:a", 1_000);
    await dates.met(HOST, "SHA256:b", 2_000);
    await dates.met({ ...HOST, port: 22 }, "SHA256:a", 3_000);
    await dates.met(HOST, "SHA256:a", 4_000);
    const all = {
      "[fd00::1]:2222 SHA256:a": { first: 1_000, last: 4_000 },
      "[fd00::1]:2222 SHA256:b": { first: 2_000, last: 2_000 },
      "[fd00::1]:22 SHA256:a": { first: 3_000, last: 3_000 },
    };
    expect(dates.all).toEqual(all);
    expect(told).toBe(4);
    expect((await KeyDates.load(store, none)).all).toEqual(all);
  });

  test("they are bounded: what was met longest ago goes, from the storage as well", async () => {
    const store = new MemoryStore();
    const dates = await KeyDates.load(store, none);
    for (let n = 0; n < 2_000; n++) await dates.met(HOST, `SHA256:${n}`, n);
    await dates.met(HOST, "SHA256:0", 5_000);
    await dates.met(HOST, "SHA256:new", 6_000);
    expect(Object.keys(dates.all)).toHaveLength(2_000);
    expect(dates.all[datesName(HOST, "SHA256:1")]).toBeUndefined();
    expect(dates.all[datesName(HOST, "SHA256:0")]).toEqual({ first: 0, last: 5_000 });
    expect(await store.get("key_dates", datesName(HOST, "SHA256:1"))).toBeUndefined();
  });

  test("cleared, nothing is left", async () => {
    const store = new MemoryStore();
    const dates = await KeyDates.load(store, none);
    await dates.met(HOST, "SHA256:a", 1);
    await dates.clear();
    expect(dates.all).toEqual({});
    expect(await store.entries("key_dates")).toEqual([]);
  });
});
