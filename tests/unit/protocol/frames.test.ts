import { assert, bigInt, boolean, constantFrom, integer, property, uint8Array } from "fast-check";
import { describe, expect, test } from "vitest";
import { CLOSE } from "#protocol/close-codes.ts";
import {
  allocateOut,
  decodeFrame,
  encodeAck,
  encodeIn,
  encodeOut,
  encodePing,
  encodePong,
  FLAG_SKIPPABLE,
  HEADER_BYTES,
} from "#protocol/frames.ts";
import { MAX_IN_BODY_BYTES, MAX_MESSAGE_BYTES, MAX_OUT_BODY_BYTES } from "#protocol/limits.ts";

const MAX = Number.MAX_SAFE_INTEGER;

describe("frames (section 4)", () => {
  test("OUT has its layout: kind, flags, channel, position, body", () => {
    const frame = encodeOut(0x0102, 0x1_0000_0002, new Uint8Array([7, 8]), true);
    expect([...frame]).toEqual([1, 2, 1, 2, 0, 0, 0, 1, 0, 0, 0, 2, 7, 8]);
  });

  test("ACK has its layout: position, limit, saved", () => {
    const frame = encodeAck(1, 2, 0x2_0000_0003, 4);
    expect([...frame.subarray(HEADER_BYTES)]).toEqual([0, 0, 0, 2, 0, 0, 0, 3, 0, 0, 0, 0, 0, 0, 0, 4]);
    expect(frame[0]).toBe(3);
  });

  test("every frame comes back as it went", () => {
    const chan = integer({ min: 1, max: 0xffff });
    const pos = integer({ min: 0, max: MAX - MAX_OUT_BODY_BYTES });
    const body = uint8Array({ minLength: 1, maxLength: 300 });
    assert(
      property(chan, pos, body, boolean(), (c, p, b, stderr) => {
        const out = { kind: "out", chan: c, pos: p, stderr, body: b };
        expect(decodeFrame(encodeOut(c, p, b, stderr), "down")).toEqual({ ok: true, frame: out });
        const input = { kind: "in", chan: c, pos: p, body: b };
        expect(decodeFrame(encodeIn(c, p, b), "up")).toEqual({ ok: true, frame: input });
        const ack = { kind: "ack", chan: c, pos: p, limit: p + 5, saved: Math.floor(p / 2) };
        expect(decodeFrame(encodeAck(c, p, p + 5, Math.floor(p / 2)), "up")).toEqual({ ok: true, frame: ack });
        expect(decodeFrame(encodePing(p), "up")).toEqual({ ok: true, frame: { kind: "ping", nonce: p } });
        expect(decodeFrame(encodePong(p), "down")).toEqual({ ok: true, frame: { kind: "pong", nonce: p } });
      }),
    );
  });

  test("the body is a view into the message, not a copy", () => {
    const bytes = encodeIn(1, 0, new Uint8Array([1]));
    const decoded = decodeFrame(bytes, "up");
    expect(decoded.ok && decoded.frame?.kind === "in" && decoded.frame.body.buffer === bytes.buffer).toBe(true);
  });

  test("WP5: an unknown kind is skipped when it says so, else closes the link", () => {
    const frame = encodePing(1);
    frame[0] = 0x77;
    expect(decodeFrame(frame, "up")).toEqual({ ok: false, closeCode: CLOSE.protocol, reason: "unknown_kind" });
    frame[1] = FLAG_SKIPPABLE;
    expect(decodeFrame(frame, "up")).toEqual({ ok: true, frame: null });
  });

  test.each([
    ["a truncated header", new Uint8Array(11), "truncated", CLOSE.protocol],
    ["a message above 256 KiB", new Uint8Array(MAX_MESSAGE_BYTES + 1), "too_large", CLOSE.tooLarge],
    ["input above 16 KiB", rawIn(MAX_IN_BODY_BYTES + 1), "body_too_large", CLOSE.protocol],
    ["an empty body", rawIn(0), "empty_body", CLOSE.protocol],
    ["data on channel 0", rawIn(1, 0), "bad_channel", CLOSE.protocol],
    ["an ACK cut short", encodeAck(1, 0, 0).subarray(0, 27), "bad_length", CLOSE.protocol],
    ["OUT from a page", encodeOut(1, 0, new Uint8Array(1)), "wrong_direction", CLOSE.protocol],
    ["a PING with a tail", new Uint8Array([...encodePing(0), 0]), "bad_length", CLOSE.protocol],
  ])("WP4: %s is refused with its reason", (_name, bytes, reason, closeCode) => {
    expect(decodeFrame(bytes, "up")).toEqual({ ok: false, closeCode, reason });
  });

  test("a position of 2^53 or beyond is refused, and so is a body that would reach it", () => {
    const frame = encodeIn(1, MAX - 1, new Uint8Array(1));
    expect(decodeFrame(frame, "up").ok).toBe(true);
    expect(() => encodeIn(1, MAX, new Uint8Array(1))).toThrow(RangeError);
    assert(
      property(bigInt({ min: 2n ** 53n - 1n, max: 2n ** 64n - 1n }), (pos) => {
        new DataView(frame.buffer).setBigUint64(4, pos);
        expect(decodeFrame(frame, "up")).toMatchObject({ ok: false, reason: "bad_position" });
      }),
    );
  });

  test("encoders refuse what no peer would accept", () => {
    expect(() => allocateOut(1, 0, MAX_OUT_BODY_BYTES + 1)).toThrow(RangeError);
    expect(() => encodeIn(1, 0, new Uint8Array(0))).toThrow(RangeError);
    expect(() => encodeAck(1, -1, 0)).toThrow(RangeError);
    expect(() => encodePing(2 ** 53)).toThrow(RangeError);
  });

  test("HC1: random, mutated and truncated bytes never throw and never leave the limits", () => {
    const noise = uint8Array({ maxLength: 64 });
    const valid = constantFrom(encodeAck(9, 1, 2, 3), encodeIn(3, 9, new Uint8Array(40)), encodePing(5));
    const side = constantFrom("up", "down");
    assert(
      property(noise, valid, integer({ min: 0, max: 60 }), integer(), side, (random, frame, cut, seed, from) => {
        const mutated = frame.slice(0, cut);
        if (mutated.length > 0) mutated[Math.abs(seed) % mutated.length] = seed & 0xff;
        for (const bytes of [random, mutated]) expectInLimits(bytes, from === "up" ? "up" : "down");
      }),
      { numRuns: 20_000 },
    );
  });
});

function rawIn(length: number, chan = 1): Uint8Array {
  const frame = new Uint8Array(HEADER_BYTES + length);
  frame[0] = 2;
  frame[3] = chan;
  return frame;
}

function expectInLimits(bytes: Uint8Array, from: "up" | "down"): void {
  const decoded = from === "up" ? decodeFrame(bytes, "up") : decodeFrame(bytes, "down");
  if (!decoded.ok || decoded.frame === null) return;
  const { frame } = decoded;
  const numbers =
    "nonce" in frame ? [frame.nonce] : [frame.pos, ...("limit" in frame ? [frame.limit, frame.saved] : [])];
  for (const number of numbers) if (!Number.isSafeInteger(number) || number < 0) throw new Error(`position ${number}`);
  if ("body" in frame && (frame.body.length < 1 || frame.body.length > MAX_OUT_BODY_BYTES)) throw new Error("body");
  if ("chan" in frame && (frame.chan < 1 || frame.chan > 0xffff)) throw new Error("channel");
}
