/** Frames as a hostile page sends them, and what each has earned: an oracle apart from the decoder [HC1]. */
import { CLOSE } from "#protocol/close-codes.ts";
import { encodeAck, encodeIn, encodePing, encodePong, HEADER_BYTES, KIND } from "#protocol/frames.ts";
import { IN_WINDOW_BYTES, MAX_IN_BODY_BYTES, MAX_MESSAGE_BYTES } from "#protocol/limits.ts";
import type { SeededRandom } from "./seeded-random.ts";

export type Acked = { pos: number; saved: number };
export const NOTHING_ACKED: Acked = { pos: 0, saved: 0 };
/** How things stand between page and proxy; `next` and `grant`: positions of input, `sent`: of output. */
export type Standing = { chan: number; next: number; grant: number; sent: number; acked: Acked };

/** What a frame has earned, by the tables of the protocol: a close code, or nothing. */
export function earned(bytes: Uint8Array, { chan, next, grant, sent, acked }: Standing): number | "goes on" {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length > MAX_MESSAGE_BYTES) return CLOSE.tooLarge;
  if (bytes.length < HEADER_BYTES) return CLOSE.protocol;
  const [kind, flags, to] = [view.getUint8(0), view.getUint8(1), view.getUint16(2)];
  const pos = view.getBigUint64(4);
  const isPosition = (value: bigint) => value <= BigInt(Number.MAX_SAFE_INTEGER);
  const body = bytes.length - HEADER_BYTES;
  if (kind === KIND.ping || kind === KIND.pong) {
    return body === 0 && to === 0 && isPosition(pos) ? "goes on" : CLOSE.protocol;
  }
  if (kind === KIND.in) {
    const sound = to === chan && body >= 1 && body <= MAX_IN_BODY_BYTES && isPosition(pos + BigInt(body));
    if (!sound || pos > BigInt(next) || pos + BigInt(body) > BigInt(grant)) return CLOSE.protocol;
    return "goes on";
  }
  if (kind === KIND.ack) {
    if (body !== 16 || to !== chan || !isPosition(pos)) return CLOSE.protocol;
    const [limit, saved] = [view.getBigUint64(12), view.getBigUint64(20)];
    if (!isPosition(limit) || !isPosition(saved) || pos > BigInt(sent) || saved > pos) return CLOSE.protocol;
    return pos < BigInt(acked.pos) || saved < BigInt(acked.saved) ? CLOSE.protocol : "goes on";
  }
  return kind !== KIND.out && (flags & 1) === 1 ? "goes on" : CLOSE.protocol;
}

/** Input that a frame which goes on adds behind `next`; none for what came before, or is no input. */
export function newInput(frame: Uint8Array, next: number): Uint8Array {
  if (frame[0] !== KIND.in) return new Uint8Array();
  return frame.subarray(Math.min(frame.length, HEADER_BYTES + next - Number(viewOf(frame).getBigUint64(4))));
}

/** What a frame which goes on acknowledges; undefined when it is none that does. */
export function ackedBy(frame: Uint8Array): Acked | undefined {
  if (frame[0] !== KIND.ack) return undefined;
  return { pos: Number(viewOf(frame).getBigUint64(4)), saved: Number(viewOf(frame).getBigUint64(20)) };
}

function viewOf(frame: Uint8Array): DataView {
  return new DataView(frame.buffer, frame.byteOffset, frame.byteLength);
}

/** A frame as a page would send it, or nearly. */
export function nextFrame(random: SeededRandom, { chan, next, sent, acked }: Standing): Uint8Array {
  const body = () => random.bytes(random.between(1, 64));
  switch (random.between(0, 31)) {
    case 3:
      return encodeIn(chan, random.between(0, next), body());
    case 4:
      return encodeIn(chan, next + random.between(1, 9), body());
    case 5:
      return encodeIn(chan, random.pick([IN_WINDOW_BYTES - 1, 2 ** 40, Number.MAX_SAFE_INTEGER - 100]), body());
    case 6: {
      const pos = random.between(acked.pos, sent);
      return encodeAck(chan, pos, random.between(0, 2 ** 31), random.between(acked.saved, pos));
    }
    case 7:
      return encodeAck(chan, random.between(0, 2 * sent), 0, random.between(0, 2 * sent));
    case 8:
      return encodeAck(random.between(1, 9), 2 ** 50, 2 ** 50);
    case 9:
      return random.pick([encodePing, encodePong])(random.between(0, 2 ** 31));
    case 10:
      return Uint8Array.of(random.between(0x20, 0xff), 1, ...random.bytes(random.between(0, 40)));
    case 11:
      return random.bytes(random.between(0, 40));
    case 12:
      return Uint8Array.of(
        random.pick([KIND.in, KIND.out, KIND.ack, KIND.ping]),
        ...random.bytes(random.between(0, 40)),
      );
    case 13:
    case 14:
    case 15:
      return mutated(
        random,
        random.pick([encodeIn(chan, next, body()), encodeAck(chan, sent, 2 ** 40, 0), encodePing(7)]),
      );
    default:
      return encodeIn(chan, next, body());
  }
}

/** Some bits turned, cut short, or made longer. */
function mutated(random: SeededRandom, frame: Uint8Array): Uint8Array {
  const copy = Uint8Array.from([...frame, ...(random.next() < 0.2 ? random.bytes(random.between(1, 20)) : [])]);
  for (let n = random.between(0, 4); n > 0; n--) {
    const at = random.between(0, Math.min(copy.length - 1, 28));
    copy[at] = (copy[at] ?? 0) ^ (1 << random.between(0, 7));
  }
  return random.next() < 0.2 ? copy.subarray(0, random.between(0, copy.length)) : copy;
}
