import { describe, expect, it } from "vitest";
import { type KeyEventLike, readKeyEvent } from "#terminal/key-event.ts";

const press = (event: Partial<KeyEventLike>) =>
  readKeyEvent({
    key: "",
    code: "",
    ctrlKey: false,
    altKey: false,
    shiftKey: false,
    metaKey: false,
    isComposing: false,
    is229: false,
    altGraph: false,
    apple: false,
    ...event,
  });
const sent = (event: Partial<KeyEventLike>) => {
  const meaning = press(event);
  return meaning.kind === "send" ? [meaning.key, meaning.mods.ctrl, meaning.mods.alt] : meaning.kind;
};

describe("[U27] reading key events", () => {
  it("characters without modifiers are left to the field", () => {
    expect(press({ key: "a", code: "KeyA" }).kind).toBe("text");
    expect(press({ key: "?", code: "Slash", shiftKey: true }).kind).toBe("text");
  });
  it("Ctrl comes from the character, not from the place of the key", () => {
    // Dvorak: the key labelled C sits at KeyI.
    expect(sent({ key: "c", code: "KeyI", ctrlKey: true })).toEqual([{ text: "c" }, true, false]);
  });
  it("Ctrl comes from the place where the layout writes no Latin letters", () => {
    expect(sent({ key: "с", code: "KeyC", ctrlKey: true })).toEqual([{ text: "c" }, true, false]);
    expect(sent({ key: "ؤ", code: "KeyC", ctrlKey: true })).toEqual([{ text: "c" }, true, false]);
    expect(sent({ key: "х", code: "BracketLeft", ctrlKey: true })).toEqual([{ text: "[" }, true, false]);
  });
  it("an iPad's control character is that character", () => {
    expect(sent({ key: "\x03", code: "KeyC", ctrlKey: true })).toEqual([{ text: "\x03" }, false, false]);
  });
  it("AltGraph chooses a character and is not Ctrl+Alt", () => {
    expect(press({ key: "@", code: "KeyQ", ctrlKey: true, altKey: true, altGraph: true }).kind).toBe("text");
    expect(press({ key: "|", code: "IntlBackslash", altKey: true, altGraph: true }).kind).toBe("text");
  });
  it("Alt is Meta, but Option on Apple keyboards writes characters", () => {
    expect(sent({ key: "b", code: "KeyB", altKey: true })).toEqual([{ text: "b" }, false, true]);
    expect(press({ key: "∫", code: "KeyB", altKey: true, apple: true }).kind).toBe("text");
    expect(press({ key: "µ", code: "KeyM", altKey: true }).kind).toBe("text");
  });
  it("Cmd belongs to the app; Cmd-. is Escape", () => {
    expect(press({ key: "c", code: "KeyC", metaKey: true, apple: true }).kind).toBe("app");
    expect(sent({ key: ".", code: "Period", metaKey: true, apple: true })).toEqual([{ name: "Escape" }, false, false]);
  });
  it("[U25] unnamed keys, dead keys, 229 and compositions are ignored", () => {
    expect(press({ key: "Unidentified" }).kind).toBe("ignore");
    expect(press({ key: "Process" }).kind).toBe("ignore");
    expect(press({ key: "Dead", code: "Quote" }).kind).toBe("ignore");
    expect(press({ key: "Enter", code: "Enter", is229: true }).kind).toBe("ignore");
    expect(press({ key: "Enter", code: "Enter", isComposing: true }).kind).toBe("ignore");
    expect(press({ key: "Shift", code: "ShiftLeft", shiftKey: true }).kind).toBe("ignore");
  });
  it("[U86] F6 moves between regions, Ctrl-Shift-F6 is the key itself", () => {
    expect(press({ key: "F6", code: "F6" }).kind).toBe("app");
    expect(press({ key: "F6", code: "F6", shiftKey: true }).kind).toBe("app");
    expect(sent({ key: "F6", code: "F6", ctrlKey: true, shiftKey: true })).toEqual([{ name: "F6" }, false, false]);
  });
  it("Ctrl-Shift-C and Ctrl-Shift-V are copy and paste, Ctrl-V goes to the device", () => {
    expect(press({ key: "C", code: "KeyC", ctrlKey: true, shiftKey: true }).kind).toBe("app");
    expect(press({ key: "V", code: "KeyV", ctrlKey: true, shiftKey: true }).kind).toBe("app");
    expect(sent({ key: "v", code: "KeyV", ctrlKey: true })).toEqual([{ text: "v" }, true, false]);
  });
});
