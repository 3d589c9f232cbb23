import { type Bytes, concat } from "./bytes.ts";

/**
 * MD5 (RFC 1321), which WebCrypto does not have: the passphrases of old PEM files are stretched with it. It protects
 * nothing here; it only opens what was made that way.
 */
export function md5(message: Uint8Array): Bytes {
  const bits = message.length * 8;
  const padding = new Uint8Array(((119 - (message.length % 64)) % 64) + 1);
  padding[0] = 0x80;
  const length = new Uint8Array(8);
  const lengthView = new DataView(length.buffer);
  lengthView.setUint32(0, bits >>> 0, true);
  lengthView.setUint32(4, Math.floor(bits / 2 ** 32), true);
  const input = concat(message, padding, length);
  const view = new DataView(input.buffer);
  let state: State = [0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476];
  for (let at = 0; at < input.length; at += 64) state = block(state, view, at);
  const digest = new Uint8Array(16);
  const out = new DataView(digest.buffer);
  for (const [i, word] of state.entries()) out.setUint32(i * 4, word >>> 0, true);
  return digest;
}

type State = [number, number, number, number];

/** Rotations of each round, in turn. */
const TURNS = [
  [7, 12, 17, 22],
  [5, 9, 14, 20],
  [4, 11, 16, 23],
  [6, 10, 15, 21],
] as const;
/** The 64 constants: the integer part of 2^32 times |sin(i + 1)|. */
const SINES = Array.from({ length: 64 }, (_, i) => Math.floor(Math.abs(Math.sin(i + 1)) * 2 ** 32));

function block([a0, b0, c0, d0]: State, view: DataView, at: number): State {
  let [a, b, c, d] = [a0, b0, c0, d0];
  for (let i = 0; i < 64; i++) {
    const round = i >> 4;
    const [mixed, word] = mix(round, i, b, c, d);
    const sum = (a + mixed + (SINES[i] ?? 0) + view.getUint32(at + word * 4, true)) | 0;
    const turn = TURNS[round]?.[i % 4] ?? 0;
    [a, d, c, b] = [d, c, b, (b + ((sum << turn) | (sum >>> (32 - turn)))) | 0];
  }
  return [(a0 + a) | 0, (b0 + b) | 0, (c0 + c) | 0, (d0 + d) | 0];
}

/** The round's function, and which word of the block comes next. */
function mix(round: number, i: number, b: number, c: number, d: number): [number, number] {
  if (round === 0) return [(b & c) | (~b & d), i];
  if (round === 1) return [(d & b) | (~d & c), (5 * i + 1) % 16];
  if (round === 2) return [b ^ c ^ d, (3 * i + 5) % 16];
  return [c ^ (b | ~d), (7 * i) % 16];
}
