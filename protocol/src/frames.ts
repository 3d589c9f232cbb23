/**
 * Codec of the binary frames (section 4): `u8 kind | u8 flags | u16 chan | u64 pos | body`, big endian.
 *
 * Encoders throw RangeError on values that only a programming error can produce. {@link decodeFrame} is total: for every
 * byte sequence it returns a frame inside all limits, a skip, or the close code that the sender has earned. Bodies are
 * views into the bytes given, never copies: who keeps one must copy it [WP15].
 */
import { CLOSE, type CloseCode } from "./close-codes.ts";
import { MAX_IN_BODY_BYTES, MAX_MESSAGE_BYTES, MAX_OUT_BODY_BYTES } from "./limits.ts";

/** Frame kinds on the wire. */
export const KIND = { out: 0x01, in: 0x02, ack: 0x03, ping: 0x10, pong: 0x11 } as const;
/** Flags bit 0: a receiver that does not know the kind may skip the frame [WP5]. */
export const FLAG_SKIPPABLE = 0x01;
/** Flags bit 1, OUT only: these bytes came from stderr [WP41]. */
export const FLAG_STDERR = 0x02;
/** kind, flags, chan, pos. */
export const HEADER_BYTES = 12;
const ACK_BYTES = HEADER_BYTES + 16;
const CHAN_MAX = 0xffff;

/** Device output, [pos, pos + body.length). */
export type OutFrame = { kind: "out"; chan: number; pos: number; stderr: boolean; body: Uint8Array };
/** Input for the device, [pos, pos + body.length). */
type InFrame = { kind: "in"; chan: number; pos: number; body: Uint8Array };
/** `pos`: applied (from a page) or accepted (from a proxy); `saved` is 0 from a proxy. Positions in bytes. */
export type AckFrame = { kind: "ack"; chan: number; pos: number; limit: number; saved: number };
/** `nonce` is the sender's own and comes back in the pong. */
type PingFrame = { kind: "ping" | "pong"; nonce: number };
/** What a page may send, and what a proxy may send. */
export type UpFrame = InFrame | AckFrame | PingFrame;
export type DownFrame = OutFrame | AckFrame | PingFrame;

type FrameError = { ok: false; closeCode: CloseCode; reason: FrameFault };
type FrameFault =
  | "truncated"
  | "too_large"
  | "bad_length"
  | "empty_body"
  | "body_too_large"
  | "bad_channel"
  | "bad_position"
  | "wrong_direction"
  | "unknown_kind";
/** `frame: null` is a skipped frame of an unknown kind [WP5]. */
export type Decoded<F> = { ok: true; frame: F | null } | FrameError;

function checkPosition(pos: number): void {
  if (!Number.isSafeInteger(pos) || pos < 0) throw new RangeError(`position ${pos} outside 0 .. 2^53-1`);
}

function header(kind: number, flags: number, chan: number, pos: number, bytes: number): Uint8Array<ArrayBuffer> {
  if (!Number.isInteger(chan) || chan < 0 || chan > CHAN_MAX)
    throw new RangeError(`channel ${chan} outside 0 .. 65535`);
  checkPosition(pos);
  const frame = new Uint8Array(bytes);
  const view = new DataView(frame.buffer);
  view.setUint8(0, kind);
  view.setUint8(1, flags);
  view.setUint16(2, chan);
  setU64(view, 4, pos);
  return frame;
}

function setU64(view: DataView, at: number, value: number): void {
  view.setUint32(at, Math.floor(value / 0x1_0000_0000));
  view.setUint32(at + 4, value % 0x1_0000_0000);
}

/** A u64 below 2^53, or -1 when it is not one. */
function getU64(view: DataView, at: number): number {
  const high = view.getUint32(at);
  return high > 0x1f_ffff ? -1 : high * 0x1_0000_0000 + view.getUint32(at + 4);
}

/** An OUT frame whose body the caller fills in place, so that output is copied once on its way to the socket. */
export function allocateOut(
  chan: number,
  pos: number,
  length: number,
  stderr = false,
): { frame: Uint8Array<ArrayBuffer>; body: Uint8Array<ArrayBuffer> } {
  if (length < 1 || length > MAX_OUT_BODY_BYTES) throw new RangeError(`OUT body of ${length} bytes`);
  checkPosition(pos + length);
  const frame = header(KIND.out, stderr ? FLAG_STDERR : 0, chan, pos, HEADER_BYTES + length);
  return { frame, body: frame.subarray(HEADER_BYTES) };
}

export function encodeOut(chan: number, pos: number, body: Uint8Array, stderr = false): Uint8Array<ArrayBuffer> {
  const out = allocateOut(chan, pos, body.length, stderr);
  out.body.set(body);
  return out.frame;
}

export function encodeIn(chan: number, pos: number, body: Uint8Array): Uint8Array<ArrayBuffer> {
  if (body.length < 1 || body.length > MAX_IN_BODY_BYTES) throw new RangeError(`IN body of ${body.length} bytes`);
  checkPosition(pos + body.length);
  const frame = header(KIND.in, 0, chan, pos, HEADER_BYTES + body.length);
  frame.set(body, HEADER_BYTES);
  return frame;
}

/** `pos`: applied (page) or accepted (proxy); `saved`: page only. */
export function encodeAck(chan: number, pos: number, limit: number, saved = 0): Uint8Array<ArrayBuffer> {
  checkPosition(limit);
  checkPosition(saved);
  const frame = header(KIND.ack, 0, chan, pos, ACK_BYTES);
  const view = new DataView(frame.buffer);
  setU64(view, HEADER_BYTES, limit);
  setU64(view, HEADER_BYTES + 8, saved);
  return frame;
}

export function encodePing(nonce: number): Uint8Array<ArrayBuffer> {
  return header(KIND.ping, 0, 0, nonce, HEADER_BYTES);
}

export function encodePong(nonce: number): Uint8Array<ArrayBuffer> {
  return header(KIND.pong, 0, 0, nonce, HEADER_BYTES);
}

function fault(reason: FrameFault, closeCode: CloseCode = CLOSE.protocol): FrameError {
  return { ok: false, closeCode, reason };
}

/** Decodes what a page sent (`up`) or what a proxy sent (`down`). Never throws; the body is a view into `bytes`. */
export function decodeFrame(bytes: Uint8Array, from: "up"): Decoded<UpFrame>;
export function decodeFrame(bytes: Uint8Array, from: "down"): Decoded<DownFrame>;
export function decodeFrame(bytes: Uint8Array, from: "up" | "down"): Decoded<UpFrame | DownFrame> {
  if (bytes.length > MAX_MESSAGE_BYTES) return fault("too_large", CLOSE.tooLarge);
  if (bytes.length < HEADER_BYTES) return fault("truncated");
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const kind = view.getUint8(0);
  const flags = view.getUint8(1);
  const chan = view.getUint16(2);
  const pos = getU64(view, 4);
  switch (kind) {
    case KIND.out:
      if (from === "up") return fault("wrong_direction");
      return data(bytes, chan, pos, MAX_OUT_BODY_BYTES, (body) => {
        return { kind: "out", chan, pos, stderr: (flags & FLAG_STDERR) !== 0, body };
      });
    case KIND.in:
      if (from === "down") return fault("wrong_direction");
      return data(bytes, chan, pos, MAX_IN_BODY_BYTES, (body) => ({ kind: "in", chan, pos, body }));
    case KIND.ack:
      return ack(view, chan, pos);
    case KIND.ping:
    case KIND.pong:
      if (bytes.length !== HEADER_BYTES) return fault("bad_length");
      if (chan !== 0) return fault("bad_channel");
      if (pos < 0) return fault("bad_position");
      return { ok: true, frame: { kind: kind === KIND.ping ? "ping" : "pong", nonce: pos } };
    default:
      return (flags & FLAG_SKIPPABLE) !== 0 ? { ok: true, frame: null } : fault("unknown_kind");
  }
}

function data<F>(
  bytes: Uint8Array,
  chan: number,
  pos: number,
  maxBody: number,
  make: (body: Uint8Array) => F,
): Decoded<F> {
  const length = bytes.length - HEADER_BYTES;
  if (chan === 0) return fault("bad_channel");
  if (length === 0) return fault("empty_body");
  if (length > maxBody) return fault("body_too_large");
  if (pos < 0 || !Number.isSafeInteger(pos + length)) return fault("bad_position");
  return { ok: true, frame: make(bytes.subarray(HEADER_BYTES)) };
}

function ack(view: DataView, chan: number, pos: number): Decoded<AckFrame> {
  if (view.byteLength !== ACK_BYTES) return fault("bad_length");
  if (chan === 0) return fault("bad_channel");
  const limit = getU64(view, HEADER_BYTES);
  const saved = getU64(view, HEADER_BYTES + 8);
  if (pos < 0 || limit < 0 || saved < 0) return fault("bad_position");
  return { ok: true, frame: { kind: "ack", chan, pos, limit, saved } };
}
