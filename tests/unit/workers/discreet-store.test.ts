import { expect, test } from "vitest";
import { DiscreetStore } from "#workers/storage/discreet-store.ts";
import { MemoryStore } from "#workers/storage/tablet-store.ts";

const SEALED = { sealed: new Uint8Array(60) };
const CLIENT = { client_id: "x", user: "u", label: "l", attempt: 1 };

test("[WP32] [S71] keeping nothing wipes what is private, holds later values in memory only, and outlives a restart", async () => {
  const disk = new MemoryStore();
  const store = await DiscreetStore.open(disk);
  await store.put("history", "d1", SEALED);
  await store.put("client", "c", CLIENT);
  await store.setKeepNothing(true);
  expect(await disk.entries("history")).toEqual([]);
  expect(await disk.get("client", "c")).toEqual(CLIENT);
  await store.put("resume", "n.a", SEALED);
  await store.put("client", "c", { ...CLIENT, attempt: 2 });
  expect(await disk.entries("resume")).toEqual([]);
  expect(await store.entries("resume")).toEqual([["n.a", SEALED]]);
  expect(await store.get("resume", "n.a")).toEqual(SEALED);
  expect(await disk.get("client", "c")).toMatchObject({ attempt: 2 });
  await store.remove("resume", "n.a");
  expect(await store.get("resume", "n.a")).toBeUndefined();

  const next = await DiscreetStore.open(disk);
  expect(next.keepNothing).toBe(true);
  await next.setKeepNothing(false);
  expect(await store.look()).toBe(false);
  await store.put("history", "d1", SEALED);
  expect(await disk.get("history", "d1")).toEqual(SEALED);
  await store.clear("history");
  expect(await disk.entries("history")).toEqual([]);
});
