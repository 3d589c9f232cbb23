import { expect, test } from "vitest";
import { ViewStore } from "#bridge/view-store.ts";
import { viewsOf } from "#bridge/views-of.ts";

const reading = (panel: "cpu" | "bgp") => ({
  panel,
  schema: 1,
  ts: 1,
  age_ms: 0,
  status: "unsupported" as const,
  sources: [],
});

test("several views keep one identity until one of them changes, in the order that was asked for", () => {
  const store = new ViewStore();
  const views = viewsOf({ view: (key) => store.actor(key) }, ["panel:d:cpu", "panel:d:bgp"]);
  let told = 0;
  const stop = views.subscribe(() => {
    told++;
  });
  const before = views.get();
  expect(before).toEqual([undefined, undefined]);
  expect(views.get()).toBe(before);
  const bgp = reading("bgp");
  store.set("panel:d:bgp", bgp);
  expect(told).toBe(1);
  expect(views.get()).toEqual([undefined, bgp]);
  expect(views.get()).toBe(views.get());
  stop();
  store.set("panel:d:cpu", reading("cpu"));
  expect(told).toBe(1);
  expect(store.watched()).toEqual([]);
});
