import { describe, expect, test } from "vitest";
import { createActor, SimulatedClock } from "xstate";
import { commands } from "#bridge/commands.ts";
import { type KeptUiState, type UiStateEvent, uiStateMachine } from "#machines/ui-state.machine.ts";
import { CONFIRM_MS, type UiEffect } from "#machines/ui-state-steps.ts";
import { NO_VALUES, type PendingChange, type UiFact, type UiValues } from "#machines/ui-values.ts";
import { uiStateView } from "#machines/view-projections.ts";
import { uiFrame } from "#protocol/builders.ts";
import type { UiStateCommand } from "#protocol/local-messages.ts";
import { RECORD } from "#support/wire-messages.ts";

function setUp(values: UiValues | null = null, pending: readonly PendingChange[] = []) {
  const clock = new SimulatedClock();
  const effects: UiEffect[] = [];
  const stored: KeptUiState[] = [];
  const lists: string[][] = [];
  const machine = uiStateMachine.provide({
    actions: {
      perform: (_args, outbox) => void effects.push(...outbox),
      store: (_args, kept) => void stored.push(kept),
      report: (_args, { records }) => void lists.push(records.map(({ label }) => label)),
    },
  });
  const actor = createActor(machine, { clock, input: { at: 0 } }).start();
  const send = (event: Record<string, unknown>) =>
    actor.send({ ...event, at: clock.now(), random: 0.5 } as unknown as UiStateEvent);
  send({ type: "ui.loaded", values, pending });
  return {
    clock,
    effects,
    stored,
    lists,
    up: () => send({ type: "ui.link", up: true }),
    down: () => send({ type: "ui.link", up: false }),
    wish: (id: string, wish: UiStateCommand) => send({ type: "ui.wish", id, wish }),
    fact: (fact: UiFact, re?: string) => send({ type: "ui.fact", fact: re === undefined ? fact : { ...fact, re } }),
    error: (re: string, error: Record<string, unknown>) =>
      send({ type: "ui.error", re, error: { retry: "user", ...error } }),
    view: () => uiStateView(actor.getSnapshot()),
    sent: () => effects.flatMap((effect) => (effect.do === "send" ? [effect.change.id] : [])),
    settled: () => effects.flatMap((effect) => (effect.do === "settle" ? [[effect.id, effect.result.ok]] : [])),
    notes: () => effects.flatMap((effect) => (effect.do === "note" ? [effect.error.code] : [])),
  };
}

describe("ui_state machine", () => {
  test("[U79] a wish shows at once, is sent with its base, and is settled by the confirmation", () => {
    const { up, wish, fact, view, sent, settled } = setUp();
    up();
    expect(view()).toMatchObject({ sync: "synced", theme: "dark" });
    wish("w1", commands.setTheme("light"));
    expect(view()).toMatchObject({ sync: "pending", theme: "light", theme_rev: 0 });
    expect(sent()).toEqual(["w1"]);
    fact(uiFrame("theme_changed", { theme: "light", rev: 4 }), "w1");
    expect(view()).toMatchObject({ sync: "synced", theme: "light", theme_rev: 4 });
    expect(settled()).toEqual([["w1", true]]);
  });

  test("[U79] without a confirmation in 3 s the preview is undone with a notice", () => {
    const { up, wish, clock, view, settled, notes } = setUp();
    up();
    wish("w1", commands.setTheme("light"));
    clock.increment(CONFIRM_MS - 1);
    expect(view().theme).toBe("light");
    clock.increment(1);
    expect(view()).toMatchObject({ sync: "synced", theme: "dark", error: { reason: "not_confirmed" } });
    expect(settled()).toEqual([["w1", false]]);
    expect(notes()).toEqual(["internal"]);
  });

  test("[U79] each wish has its own 3 s, whatever is wished after it", () => {
    const { up, wish, clock, view, fact } = setUp();
    up();
    wish("w1", commands.setTheme("light"));
    clock.increment(2_000);
    wish("w2", commands.setPanelVisibility("bgp", false));
    clock.increment(1_000);
    expect(view()).toMatchObject({ theme: "dark", sync: "pending" });
    fact(uiFrame("panel_updated", { panel: "bgp", visible: false, rev: 1 }), "w2");
    clock.increment(5_000);
    expect(view()).toMatchObject({ sync: "synced", panels: { bgp: { visible: false, rev: 1 } } });
  });

  test("[U79] a refusal undoes the preview", () => {
    const { up, wish, error, view, settled } = setUp();
    up();
    wish("w1", commands.updateLayout("main", { a: 1 }));
    error("w1", { code: "storage" });
    expect(view()).toMatchObject({ sync: "synced", layouts: {}, error: { code: "storage" } });
    expect(settled()).toEqual([["w1", false]]);
  });

  test("[U80] offline edits show, are kept, and go out on return with the revision they were based on", () => {
    const values = { ...NO_VALUES, theme: { theme: "dark", rev: 7 } };
    const { wish, view, up, effects, settled, stored } = setUp(values);
    wish("w1", commands.setTheme("light"));
    wish("w2", commands.setTheme("crt-green"));
    expect(view()).toMatchObject({ sync: "offline", theme: "crt-green" });
    expect(settled()).toEqual([
      ["w1", true],
      ["w2", true],
    ]);
    expect(stored.at(-1)?.pending).toMatchObject([{ id: "w2", base_rev: 7, sent_at: null }]);
    up();
    const sends = effects.filter((effect) => effect.do === "send");
    expect(sends).toMatchObject([{ change: { id: "w2", base_rev: 7 } }]);
    expect(view().sync).toBe("pending");
  });

  test("[U80] an offline edit that lost shows both values once; “use mine” sends on the new base", () => {
    const values = { ...NO_VALUES, theme: { theme: "dark", rev: 7 } };
    const { wish, up, error, view, effects } = setUp(values);
    wish("w1", commands.setTheme("light"));
    up();
    error("w1", { code: "conflict", current: { theme: "crt-amber", rev: 9 } });
    expect(view()).toMatchObject({
      theme: "crt-amber",
      theme_rev: 9,
      conflict: { what: "theme", mine: "light", theirs: "crt-amber" },
    });
    wish("w2", commands.setTheme("light"));
    expect(view().conflict).toBeUndefined();
    expect(effects.filter((effect) => effect.do === "send").at(-1)).toMatchObject({ change: { base_rev: 9 } });
  });

  test("[WP7] a wish stored before the link broke is no conflict with itself when it is sent again", () => {
    const { up, down, wish, error, view, settled, notes, sent } = setUp();
    up();
    wish("w1", commands.setTheme("light"));
    down();
    up();
    expect(sent()).toEqual(["w1", "w1"]);
    error("w1", { code: "conflict", current: { theme: "light", rev: 1 } });
    expect(view()).toMatchObject({ sync: "synced", theme: "light", theme_rev: 1 });
    expect(view().conflict).toBeUndefined();
    expect(settled()).toEqual([["w1", true]]);
    expect(notes()).toEqual([]);
  });

  test("another client's change is taken over; a pending wish stays on top of it", () => {
    const { up, wish, fact, view } = setUp();
    up();
    wish("w1", commands.setTheme("light"));
    fact(uiFrame("theme_changed", { theme: "crt-amber", rev: 1 }));
    expect(view()).toMatchObject({ theme: "light", sync: "pending" });
    fact(uiFrame("theme_changed", { theme: "light", rev: 2 }));
    expect(view()).toMatchObject({ theme: "light", theme_rev: 2, sync: "synced" });
  });

  test("devices: put, replace, remove, each told to the owner as it is shown", () => {
    const { up, wish, fact, lists } = setUp();
    up();
    wish("w1", commands.putDevice(RECORD));
    expect(lists.at(-1)).toEqual(["core"]);
    fact(uiFrame("devices_changed", { records: [RECORD], rev: 1 }), "w1");
    wish("w2", commands.putDevice({ ...RECORD, label: "edge" }));
    expect(lists.at(-1)).toEqual(["edge"]);
    wish("w3", commands.removeDevice(RECORD.id));
    expect(lists.at(-1)).toEqual([]);
  });

  test("[S71] the device list counts as the proxy's only when the proxy has said all of it in this run", () => {
    const { up, fact, stored } = setUp({ ...NO_VALUES, devices: { records: [RECORD], rev: 3 } });
    const listed = () => stored.at(-1)?.listed;
    expect(listed()).toBe(false);
    up();
    fact(uiFrame("theme_changed", { theme: "light", rev: 4 }));
    fact(uiFrame("devices_changed", { records: [RECORD], rev: 4, part: { index: 0, of: 2 } }));
    expect(listed()).toBe(false);
    fact(uiFrame("devices_changed", { records: [], rev: 4, part: { index: 1, of: 2 } }));
    expect(listed()).toBe(true);
    fact(uiFrame("theme_changed", { theme: "dark", rev: 5 }));
    expect(listed()).toBe(true);
  });

  test("what was stored is shown before the proxy is there, and what was pending is sent when it is", () => {
    const pending = [{ id: "old", wish: commands.setTheme("light"), base_rev: 2, sent_at: 5 }];
    const { view, up, effects } = setUp({ ...NO_VALUES, theme: { theme: "dark", rev: 2 } }, pending);
    expect(view()).toMatchObject({ sync: "offline", theme: "light" });
    up();
    expect(effects).toMatchObject([{ do: "send", change: { id: "old", base_rev: 2 } }]);
  });

  const record = (n: number) => ({ ...RECORD, id: `${n}`.padStart(22, "A"), label: `d${n}` });
  const parts = (rev: number, of: number) =>
    Array.from({ length: of }, (_, index) =>
      uiFrame("devices_changed", { records: [record(index)], rev, part: { index, of } }),
    );

  test("[S23] a device list in parts is taken when it is whole, and confirms with its last part", () => {
    const { up, fact, lists, wish, settled } = setUp();
    up();
    wish("w1", commands.putDevice(record(2)));
    const [first, second, third] = parts(5, 3);
    if (first === undefined || second === undefined || third === undefined) throw new Error("three parts");
    fact(first);
    fact(second);
    expect(lists.at(-1)).toEqual(["d2"]);
    expect(settled()).toEqual([]);
    fact(third, "w1");
    expect(lists.at(-1)).toEqual(["d0", "d1", "d2"]);
    expect(settled()).toEqual([["w1", true]]);
  });

  test("[S23] a missing part loses nothing: the list stays as it was until a whole one comes", () => {
    const { up, down, fact, lists } = setUp();
    up();
    fact(uiFrame("devices_changed", { records: [RECORD], rev: 1 }));
    const [first, second, third] = parts(5, 3);
    if (first === undefined || second === undefined || third === undefined) throw new Error("three parts");
    fact(first);
    fact(third);
    fact(second);
    expect(lists.at(-1)).toEqual([RECORD.label]);
    fact(first);
    fact(second);
    down();
    up();
    fact(third);
    expect(lists.at(-1)).toEqual([RECORD.label]);
    for (const part of parts(6, 2)) fact(part);
    expect(lists.at(-1)).toEqual(["d0", "d1"]);
  });

  test("[U80] a conflict about one device of a long list shows both, and leaves the others alone", () => {
    const { up, fact, error, wish, lists, view } = setUp();
    up();
    for (const part of parts(6, 2)) fact(part);
    wish("w1", commands.putDevice({ ...record(1), label: "mine" }));
    error("w1", { code: "conflict", current: { record: { ...record(1), label: "theirs" }, rev: 7 } });
    expect(lists.at(-1)).toEqual(["d0", "theirs"]);
    expect(view().conflict).toMatchObject({ what: "device", mine: { label: "mine" }, theirs: { label: "theirs" } });
    wish("w2", commands.putDevice({ ...record(0), label: "mine" }));
    error("w2", { code: "conflict", current: { record: null, rev: 8 } });
    expect(lists.at(-1)).toEqual(["theirs"]);
  });
});
