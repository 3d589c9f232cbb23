import { anything, assert, constantFrom, integer, json, property, string } from "fast-check";
import { describe, expect, test } from "vitest";
import { errorFrame, linkFrame, sessionFrame, uiFrame } from "#protocol/builders.ts";
import { CLOSE } from "#protocol/close-codes.ts";
import { encodeControl, parseControl } from "#protocol/control.ts";
import { DOWN } from "#protocol/down.ts";
import { MAX_CONTROL_BYTES, MAX_CONTROL_DEPTH } from "#protocol/limits.ts";
import { UP } from "#protocol/up.ts";
import { PROTOCOL_VERSION } from "#protocol/version.ts";

const KNOWN = [...Object.keys(UP), ...Object.keys(DOWN)];
const DEVICE = "d".repeat(22);
const resize = sessionFrame(DEVICE, "ssh1", "resize", { rev: 1, cols: 80, rows: 24 }, { id: "c12" });

function envelope(fields: object): string {
  const base = { v: 1, device: DEVICE, session_id: "ssh1", type: "terminal", action: "resize", id: "c12", payload: {} };
  return JSON.stringify({ ...base, ...fields });
}

describe("control frames (section 5)", () => {
  test("a message comes back as it went, up and down", () => {
    expect(parseControl(encodeControl(resize), "up")).toEqual({ ok: true, message: resize });
    const theme = uiFrame("theme_changed", { theme: "crt-amber", rev: 3 }, { re: "a" });
    expect(parseControl(encodeControl(theme), "down")).toEqual({ ok: true, message: theme });
    const challenge = linkFrame("challenge", { nonce: "n".repeat(43) });
    expect(parseControl(encodeControl(challenge), "down")).toEqual({ ok: true, message: challenge });
    const error = errorFrame({ device: DEVICE, session_id: "ssh2" }, { code: "limit", reason: "rate", retry: "user" });
    expect(parseControl(encodeControl(error), "down")).toEqual({ ok: true, message: error });
  });

  test("S26: unknown fields are dropped", () => {
    const text = JSON.stringify({ ...resize, more: 1, payload: { ...resize.payload, extra: true } });
    expect(parseControl(text, "up")).toEqual({ ok: true, message: resize });
  });

  test("an unknown action of a page is answered unsupported with its id; a page passes over one of the proxy", () => {
    const text = envelope({ action: "teleport" });
    expect(parseControl(text, "up")).toMatchObject({ ok: false, kind: "unsupported", envelope: { id: "c12" } });
    expect(parseControl(text, "down")).toMatchObject({ ok: true, skipped: { action: "teleport" } });
    // What only a proxy may say is unknown to it, too, and so are names that every object has.
    expect(parseControl(envelope({ action: "welcome" }), "up")).toMatchObject({ kind: "unsupported" });
    expect(parseControl(envelope({ action: "constructor" }), "up")).toMatchObject({ kind: "unsupported" });
  });

  test("a terminal size outside the limits is unsupported, not an offence", () => {
    for (const size of [{ cols: 19 }, { cols: 513 }, { rows: 4 }, { rows: 301 }]) {
      const text = envelope({ payload: { ...resize.payload, ...size } });
      expect(parseControl(text, "up")).toMatchObject({ kind: "unsupported", reason: "terminal_size" });
    }
    const text = envelope({ payload: { ...resize.payload, cols: "80" } });
    expect(parseControl(text, "up")).toMatchObject({ kind: "protocol", reason: "bad_resize" });
  });

  test("WP3: this version and the one before it are served, once there is one; any other closes with 4502", () => {
    for (let version = 0; version <= PROTOCOL_VERSION + 2; version += 1) {
      const parsed = parseControl(envelope({ v: version, payload: resize.payload }), "up");
      const served = version >= Math.max(1, PROTOCOL_VERSION - 1) && version <= PROTOCOL_VERSION;
      if (served) expect(parsed).toMatchObject({ ok: true });
      else expect(parsed).toMatchObject({ kind: "protocol", closeCode: CLOSE.version });
    }
  });

  test.each([
    ["no JSON", "{", "bad_json"],
    ["an array", "[]", "bad_envelope"],
    ["a session type that does not fit", envelope({ type: "system", payload: resize.payload }), "bad_resize"],
    ["a missing payload", envelope({ payload: undefined }), "bad_resize"],
    ["a negative revision", envelope({ payload: { ...resize.payload, rev: -1 } }), "bad_resize"],
    ["__proto__", '{"__proto__":{"x":1}}', "forbidden_key"],
    ["constructor deep inside", envelope({ payload: { a: [{ constructor: 1 }] } }), "forbidden_key"],
    ["prototype", envelope({ prototype: 1 }), "forbidden_key"],
  ])("WP4: %s closes with 4500 and a reason", (_name, text, reason) => {
    expect(parseControl(text, "up")).toEqual({ ok: false, kind: "protocol", closeCode: CLOSE.protocol, reason });
  });

  test("HD7: nesting is refused before it is parsed; brackets in strings do not count", () => {
    const deep = (levels: number): string =>
      envelope({ x: JSON.parse("[".repeat(levels) + "]".repeat(levels)) as unknown });
    expect(parseControl(deep(MAX_CONTROL_DEPTH), "up")).toMatchObject({ reason: "too_deep" });
    expect(parseControl(deep(MAX_CONTROL_DEPTH - 1), "up")).toMatchObject({ reason: "bad_resize" });
    expect(parseControl("[".repeat(60_000), "up")).toMatchObject({ reason: "too_deep" });
    const text = envelope({ payload: resize.payload, note: `\\"${"[".repeat(100)}` });
    expect(parseControl(text, "up")).toMatchObject({ ok: true });
  });

  test("a frame above 64 KiB of UTF-8 closes with 4505, and is never sent", () => {
    const wide = envelope({ payload: resize.payload, note: "\u20ac".repeat(MAX_CONTROL_BYTES / 3) });
    expect(wide.length).toBeLessThan(MAX_CONTROL_BYTES);
    expect(parseControl(wide, "up")).toMatchObject({ kind: "too_large", closeCode: CLOSE.tooLarge });
    const layout = { key: "k", layout: { a: "x".repeat(MAX_CONTROL_BYTES) }, base_rev: 0 };
    expect(() => encodeControl(uiFrame("update_layout", layout))).toThrow(RangeError);
  });

  test("HC1: random and mutated text never throws, and what passes is of a known action", () => {
    const text = encodeControl(resize);
    const actions = constantFrom("resize", "hello", "connect", "attach", "exec", "set_theme", "put_device");
    assert(
      property(string(), json(), anything(), actions, integer({ min: 0, max: text.length }), (a, b, c, action, cut) => {
        const mutated = text.slice(0, cut) + a + text.slice(cut + a.length);
        const shaped = safeJson({ ...resize, action, payload: c });
        for (const candidate of [a, b, mutated, text.slice(0, cut), shaped]) {
          for (const from of ["up", "down"] as const) {
            const parsed = from === "up" ? parseControl(candidate, "up") : parseControl(candidate, "down");
            if (parsed.ok && "message" in parsed) expect(KNOWN).toContain(parsed.message.action);
          }
        }
      }),
      { numRuns: 3_000 },
    );
  });
});

/** Not everything that fast-check invents can be written as JSON. */
function safeJson(value: unknown): string {
  try {
    return JSON.stringify(value) ?? "";
  } catch {
    return "";
  }
}
