import { describe, expect, test } from "vitest";
import { ViewStore } from "#bridge/view-store.ts";
import type { LinkView } from "#machines/views.ts";

const online: LinkView = { phase: "online", attempt: 0, resumes: 0 };

describe("view store", () => {
  test("[A6] looks like an actor: snapshot, subscription, and the same actor for a key", () => {
    const store = new ViewStore();
    const actor = store.actor("link");
    const heard: unknown[] = [];
    const plain = actor.subscribe((view) => heard.push(view));
    const observer = actor.subscribe({ next: (view) => heard.push(view?.phase) });
    store.set("link", online);
    expect(actor.getSnapshot()).toBe(online);
    expect(heard).toEqual([online, "online"]);
    plain.unsubscribe();
    observer.unsubscribe();
    store.set("link", undefined);
    expect(heard).toHaveLength(2);
    expect(actor.getSnapshot()).toBeUndefined();
    expect(store.actor("link")).toBe(actor);
  });

  test("a listener never sees half a batch", () => {
    const store = new ViewStore();
    let seen: unknown;
    store.actor("link").subscribe(() => {
      seen = store.get("notices");
    });
    store.apply([
      ["link", online],
      ["notices", []],
    ]);
    expect(seen).toEqual([]);
  });

  test("[U97] views of a replaced worker go unless the new one has them", () => {
    const store = new ViewStore();
    store.set("link", online);
    store.set("notices", []);
    store.dropAllBut(new Set(["notices"]));
    expect(store.get("link")).toBeUndefined();
    expect(store.get("notices")).toEqual([]);
  });
});
