import { describe, expect, test } from "vitest";
import { mineCommand } from "#ui/status/conflict.ts";

describe("[U80] use mine", () => {
  test("sends the losing change again, bare or as its message's payload", () => {
    expect(mineCommand({ what: "theme", key: "theme", mine: "light", theirs: "dark" })).toMatchObject({
      action: "set_theme",
      payload: { theme: "light" },
    });
    expect(mineCommand({ what: "panel", key: "bgp", mine: { visible: false }, theirs: true })).toMatchObject({
      action: "set_panel_visibility",
      payload: { panel: "bgp", visible: false },
    });
    expect(mineCommand({ what: "layout", key: "panels", mine: { order: ["bgp"] }, theirs: {} })).toMatchObject({
      action: "update_layout",
      payload: { key: "panels", layout: { order: ["bgp"] } },
    });
  });

  test("what cannot be read is not sent", () => {
    expect(mineCommand({ what: "theme", key: "theme", mine: 3, theirs: "dark" })).toBeUndefined();
    expect(mineCommand({ what: "device", key: "x", mine: null, theirs: null })).toBeUndefined();
  });
});
