import { useSelector } from "@xstate/react";
import { renderToString } from "react-dom/server";
import { describe, expect, test } from "vitest";
import { boxed } from "#bridge/boxed-actor.ts";
import { ViewStore } from "#bridge/view-store.ts";
import type { Status } from "#telemetry/knowledge/reading.ts";

const STATUSES: Status[] = ["pending", "ok", "partial", "stale", "error", "unsupported", "denied", "gated"];
const reading = (status: Status) => ({ panel: "bgp" as const, schema: 1, ts: 1, age_ms: 0, status, sources: [] });

function Shown({ store }: { store: ViewStore }) {
  const view = useSelector(boxed(store.actor("panel:d:bgp")), (box) => box.view);
  return <p>{view?.status ?? "none"}</p>;
}

describe("views reach React through useSelector", () => {
  test.each(STATUSES)("[A6] a reading of status %s renders and does not count as a failed actor", (status) => {
    const store = new ViewStore();
    store.set("panel:d:bgp", reading(status));
    expect(renderToString(<Shown store={store} />)).toBe(`<p>${status}</p>`);
  });

  test("a box keeps its identity as long as the view does, and listeners get boxes", () => {
    const store = new ViewStore();
    const actor = boxed(store.actor("panel:d:bgp"));
    expect(boxed(store.actor("panel:d:bgp"))).toBe(actor);
    const heard: unknown[] = [];
    const plain = actor.subscribe((box) => heard.push(box));
    actor.subscribe({ next: (box) => heard.push(box.view) });
    const value = reading("error");
    store.set("panel:d:bgp", value);
    expect(actor.getSnapshot()).toBe(actor.getSnapshot());
    expect(heard).toEqual([{ view: value }, value]);
    expect(heard[0]).toBe(actor.getSnapshot());
    plain.unsubscribe();
  });
});
