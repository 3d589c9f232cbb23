import { describe, expect, it } from "vitest";
import { controlCode, encodeKey } from "#terminal/key-encoder.ts";
import { type Key, type KeyModes, type KeyName, type Modifiers, PLAIN } from "#terminal/keys.ts";

const NORMAL: KeyModes = { applicationCursor: false, backspace: "del" };
const APPLICATION: KeyModes = { applicationCursor: true, backspace: "del" };
const mods = (text: string): Modifiers => ({
  ctrl: text.includes("C"),
  alt: text.includes("A"),
  shift: text.includes("S"),
});
const named = (name: KeyName, m: Modifiers = PLAIN, modes = NORMAL) => encodeKey({ name }, m, modes);
const text = (t: string, m: Modifiers = PLAIN) => encodeKey({ text: t } satisfies Key, m, NORMAL);

describe("keys of the terminal design, section 4", () => {
  it.each([
    ["ArrowUp", "\x1b[A", "\x1bOA"],
    ["ArrowDown", "\x1b[B", "\x1bOB"],
    ["ArrowRight", "\x1b[C", "\x1bOC"],
    ["ArrowLeft", "\x1b[D", "\x1bOD"],
    ["Home", "\x1b[H", "\x1bOH"],
    ["End", "\x1b[F", "\x1bOF"],
  ] as const)("%s has a normal and an application form", (name, normal, application) => {
    expect(named(name)).toBe(normal);
    expect(named(name, PLAIN, APPLICATION)).toBe(application);
  });
  it.each([
    ["PageUp", "\x1b[5~"],
    ["PageDown", "\x1b[6~"],
    ["Delete", "\x1b[3~"],
    ["Insert", "\x1b[2~"],
    ["Tab", "\t"],
    ["Escape", "\x1b"],
    ["Enter", "\r"],
    ["Backspace", "\x7f"],
    ["F1", "\x1bOP"],
    ["F4", "\x1bOS"],
    ["F5", "\x1b[15~"],
    ["F6", "\x1b[17~"],
    ["F12", "\x1b[24~"],
  ] as const)("%s is %j in both modes", (name, bytes) => {
    expect(named(name)).toBe(bytes);
    expect(named(name, PLAIN, APPLICATION)).toBe(bytes);
  });
  it.each([
    ["ArrowUp", "S", "\x1b[1;2A"],
    ["ArrowUp", "A", "\x1b[1;3A"],
    ["ArrowRight", "C", "\x1b[1;5C"],
    ["Home", "CS", "\x1b[1;6H"],
    ["End", "CAS", "\x1b[1;8F"],
    ["PageDown", "C", "\x1b[6;5~"],
    ["Delete", "S", "\x1b[3;2~"],
    ["F3", "S", "\x1b[1;2R"],
    ["F12", "A", "\x1b[24;3~"],
    ["Tab", "S", "\x1b[Z"],
    ["Tab", "A", "\x1b\t"],
    ["Enter", "C", "\r"],
    ["Enter", "A", "\x1b\r"],
    ["Backspace", "C", "\b"],
    ["Backspace", "A", "\x1b\x7f"],
  ] as const)("%s with %s is %j, application mode or not", (name, m, bytes) => {
    expect(named(name, mods(m))).toBe(bytes);
    expect(named(name, mods(m), APPLICATION)).toBe(bytes);
  });
  it("Backspace is what the device's profile wants", () => {
    const modes: KeyModes = { applicationCursor: false, backspace: "bs" };
    expect(encodeKey({ name: "Backspace" }, PLAIN, modes)).toBe("\b");
    expect(encodeKey({ name: "Backspace" }, mods("C"), modes)).toBe("\x7f");
  });
});

describe("[U27] Ctrl combinations", () => {
  it("covers Ctrl-@, A..Z and [ \\ ] ^ _ in either case", () => {
    for (let code = 0; code < 32; code++) {
      const character = String.fromCharCode(code + 64);
      expect(text(character, mods("C")), character).toBe(String.fromCharCode(code));
      expect(text(character.toLowerCase(), mods("C")), character).toBe(String.fromCharCode(code));
    }
  });
  it("Ctrl-Space is NUL, Ctrl-Shift-6 and Ctrl-6 are 1E", () => {
    expect(text(" ", mods("C"))).toBe("\x00");
    expect(text("^", mods("CS"))).toBe("\x1e");
    expect(text("6", mods("C"))).toBe("\x1e");
  });
  it("a character without a control code is sent plain", () => {
    expect(controlCode("é")).toBeUndefined();
    expect(text("é", mods("C"))).toBe("é");
  });
  it("Alt puts ESC before, also before a control code; sticky Shift makes capitals", () => {
    expect(text("b", mods("A"))).toBe("\x1bb");
    expect(text("c", mods("CA"))).toBe("\x1b\x03");
    expect(text("a", mods("S"))).toBe("A");
  });
});
