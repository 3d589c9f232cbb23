import { describe, expect, it } from "vitest";
import { InputEncoder } from "#terminal/input-encoder.ts";
import {
  activeModifiers,
  afterKey,
  modifierStates,
  NO_MODIFIERS,
  nextExpiry,
  ONE_SHOT_MS,
  tapModifier,
} from "#terminal/sticky-modifiers.ts";

describe("[U17] sticky modifiers", () => {
  it("one tap is for the next key only", () => {
    const once = tapModifier(NO_MODIFIERS, "ctrl", 1_000);
    expect(modifierStates(once, 1_001).ctrl).toBe("once");
    expect(modifierStates(afterKey(once), 1_002).ctrl).toBe("off");
  });
  it("a second tap within 400 ms locks, a later one switches off", () => {
    const once = tapModifier(NO_MODIFIERS, "alt", 0);
    expect(modifierStates(tapModifier(once, "alt", 399), 399).alt).toBe("locked");
    expect(modifierStates(tapModifier(once, "alt", 400), 400).alt).toBe("off");
  });
  it("a lock survives keys and ends with a tap", () => {
    const locked = tapModifier(tapModifier(NO_MODIFIERS, "shift", 0), "shift", 100);
    const later = afterKey(locked);
    expect(activeModifiers(later, 60_000).shift).toBe(true);
    expect(activeModifiers(tapModifier(later, "shift", 60_000), 60_001).shift).toBe(false);
  });
  it("an unused one-shot ends after 10 s, and then a tap starts anew", () => {
    const once = tapModifier(NO_MODIFIERS, "ctrl", 0);
    expect(nextExpiry(once)).toBe(ONE_SHOT_MS);
    expect(activeModifiers(once, ONE_SHOT_MS).ctrl).toBe(false);
    expect(modifierStates(tapModifier(once, "ctrl", ONE_SHOT_MS + 1), ONE_SHOT_MS + 1).ctrl).toBe("once");
  });
});

describe("[U18] sticky modifiers and typed text", () => {
  const make = () => {
    let now = 0;
    const encoder = new InputEncoder(
      () => ({ applicationCursor: false, backspace: "del" }),
      () => now,
    );
    return { encoder, at: (t: number) => (now = t) };
  };
  it("one character of an input event is taken, the rest goes unmodified", () => {
    const { encoder } = make();
    encoder.tap("ctrl");
    expect(encoder.text(0, "cat")).toBe("\x03at");
    expect(encoder.text(0, "c")).toBe("c");
  });
  it("erasing uses no modifier up", () => {
    const { encoder } = make();
    encoder.tap("ctrl");
    expect(encoder.text(2, "")).toBe("\x7f\x7f");
    expect(encoder.text(0, "z")).toBe("\x1a");
  });
  it("bar keys take them too, together with their own", () => {
    const { encoder } = make();
    encoder.tap("shift");
    expect(encoder.key({ name: "Tab" })).toBe("\x1b[Z");
    encoder.tap("alt");
    expect(encoder.key({ name: "ArrowLeft" }, { ctrl: true, alt: false, shift: false })).toBe("\x1b[1;7D");
  });
  it("[U30] leaving the field clears them, locked ones too", () => {
    const { encoder, at } = make();
    encoder.tap("ctrl");
    at(10);
    encoder.tap("ctrl");
    encoder.clearModifiers();
    expect(encoder.text(0, "c")).toBe("c");
  });
});
