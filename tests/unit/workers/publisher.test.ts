import { afterEach, describe, expect, test, vi } from "vitest";
import type { LinkView, SeriesView } from "#machines/views.ts";
import { ManualTime } from "#support/fake-timers.ts";
import type { ViewBatch, ViewsToWorker } from "#workers/host-api.ts";
import { BATCH_MS, isSame, Publisher } from "#workers/publisher.ts";

const ports: MessagePort[] = [];
afterEach(() => {
  for (const port of ports.splice(0)) port.close();
});

function setUp(onWatch?: (key: string) => void) {
  const time = new ManualTime();
  const publisher = new Publisher(time, onWatch);
  const subscribe = () => {
    const { port1, port2 } = new MessageChannel();
    ports.push(port1, port2);
    const batches: ViewBatch[] = [];
    port1.addEventListener("message", (event) => void batches.push(event.data as ViewBatch));
    port1.start();
    publisher.subscribe(port2);
    const arrived = (count: number) => vi.waitFor(() => expect(batches).toHaveLength(count));
    return { batches, arrived, tell: (message: ViewsToWorker) => port1.postMessage(message) };
  };
  return { time, publisher, subscribe };
}

const link = (phase: LinkView["phase"]): LinkView => ({ phase, attempt: 0, resumes: 0 });

describe("publisher [A6]", () => {
  test("a new page gets every view once, then batches of what changed", async () => {
    const { time, publisher, subscribe } = setUp();
    publisher.mark("link", () => link("online"));
    publisher.mark("notices", () => []);
    const page = subscribe();
    await page.arrived(1);
    expect(page.batches[0]?.changes).toEqual([
      ["link", link("online")],
      ["notices", []],
    ]);
    publisher.mark("link", () => link("waiting"));
    time.advance(BATCH_MS);
    await page.arrived(2);
    expect(page.batches[1]?.changes).toEqual([["link", link("waiting")]]);
  });

  test("a view is computed once per batch, however often it is marked, and equal ones are not sent", async () => {
    const { time, publisher, subscribe } = setUp();
    const page = subscribe();
    await page.arrived(1);
    const compute = vi.fn(() => link("online"));
    for (let at = 0; at < 100; at++) publisher.mark("link", compute);
    time.advance(BATCH_MS);
    expect(compute).toHaveBeenCalledTimes(1);
    publisher.mark("link", () => link("online"));
    time.advance(BATCH_MS);
    publisher.mark("notices", () => []);
    time.advance(BATCH_MS);
    await page.arrived(3);
    expect(page.batches.slice(1).map(({ changes }) => changes.map(([key]) => key))).toEqual([["link"], ["notices"]]);
    expect(time.pending).toBe(0);
  });

  test("removed views are sent as undefined, by key and by prefix", async () => {
    const { time, publisher, subscribe } = setUp();
    publisher.mark("panel:d1:cpu", () => ({ panel: "cpu" }) as never);
    publisher.mark("panel:d2:cpu", () => ({ panel: "cpu" }) as never);
    const page = subscribe();
    publisher.removeAll("panel:d1:");
    time.advance(BATCH_MS);
    await page.arrived(2);
    expect(page.batches[1]?.changes).toEqual([["panel:d1:cpu", undefined]]);
    expect(publisher.get("panel:d2:cpu")).toBeDefined();
  });

  test("[U97] answers a ping at once: the worker's loop turns", async () => {
    const { subscribe } = setUp();
    const page = subscribe();
    page.tell({ t: "ping", n: 7 });
    await page.arrived(2);
    expect(page.batches[1]).toEqual({ changes: [], pong: 7 });
  });

  test("says when a page begins to look at a series, and forgets it with the page", async () => {
    const watched: string[] = [];
    const { publisher, subscribe } = setUp((key) => watched.push(key));
    const key = "series:d1:cpu:busy_pct" as const;
    const page = subscribe();
    page.tell({ t: "watch", key, on: true });
    await vi.waitFor(() => expect(watched).toEqual([key]));
    expect(publisher.isWatched(key)).toBe(true);
    page.tell({ t: "watch", key, on: false });
    await vi.waitFor(() => expect(publisher.isWatched(key)).toBe(false));
    page.tell({ t: "watch", key, on: true });
    await vi.waitFor(() => expect(publisher.isWatched(key)).toBe(true));
    subscribe();
    expect(publisher.isWatched(key)).toBe(false);
  });

  test("equality is that of plain data", () => {
    const series: SeriesView = {
      field: "busy_pct",
      unit: "pct",
      points: [
        [1, 2],
        [3, null],
      ],
    };
    expect(isSame(series, structuredClone(series))).toBe(true);
    expect(
      isSame(series, {
        ...series,
        points: [
          [1, 2],
          [3, 0],
        ],
      }),
    ).toBe(false);
    expect(isSame({ a: undefined }, {})).toBe(false);
    expect(isSame([], {})).toBe(false);
    expect(isSame(Number.NaN, Number.NaN)).toBe(true);
    expect(isSame(null, {})).toBe(false);
  });
});
