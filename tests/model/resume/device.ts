import { SSH_WINDOW_BYTES } from "#protocol/limits.ts";
import { hold } from "./violation.ts";

/** A prime, so that no block or window size falls in step with the pattern. */
const PERIOD = 65_521;
const PATTERN = (() => {
  const bytes = new Uint8Array(2 * PERIOD);
  let state = 0x2545f491;
  for (let at = 0; at < PERIOD; at++) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    bytes[at] = state >>> 24;
    bytes[at + PERIOD] = bytes[at] ?? 0;
  }
  return Buffer.from(bytes.buffer);
})();

/** What the device says at [pos, pos + length): known to everyone, so that a byte in a wrong place shows. */
export function outputAt(pos: number, length: number): Buffer {
  const from = pos % PERIOD;
  if (from + length <= 2 * PERIOD) return PATTERN.subarray(from, from + length);
  return Buffer.concat([outputAt(pos, PERIOD), outputAt(pos + PERIOD, length - PERIOD)]);
}

/** Bytes of one typed unit: a number that says which page typed it and when. */
export const TOKEN_BYTES = 4;

export function tokenBytes(token: number): Uint8Array {
  const bytes = new Uint8Array(TOKEN_BYTES);
  new DataView(bytes.buffer).setUint32(0, token);
  return bytes;
}

/** A device behind an SSH channel: it sends while its window is open, and takes input at its own pace. */
export class Device {
  /** Bytes that left the device. */
  emitted = 0;
  /** Of these, in the SSH window, not yet read by the proxy. */
  inPipe = 0;
  /** Written to the channel, not taken yet. */
  untaken = 0;
  exited = false;
  /** Its channel is read; a paused one fills its window. */
  flowing = true;
  window: { cols: number; rows: number };
  readonly tokens: number[] = [];
  #partial = new Uint8Array(0);

  constructor(size: { cols: number; rows: number }) {
    this.window = size;
  }

  emit(bytes: number): void {
    if (this.exited) return;
    const room = Math.min(bytes, SSH_WINDOW_BYTES - this.inPipe);
    this.emitted += room;
    this.inPipe += room;
  }

  /** What the proxy reads from the channel next. */
  read(max: number): Buffer {
    const length = Math.min(max, this.inPipe);
    const chunk = outputAt(this.emitted - this.inPipe, length);
    this.inPipe -= length;
    return chunk;
  }

  write(bytes: Uint8Array): void {
    hold(!this.exited, "I7", () => "input was written after the exit");
    this.untaken += bytes.length;
    const all = Buffer.concat([this.#partial, bytes]);
    const whole = all.length - (all.length % TOKEN_BYTES);
    for (let at = 0; at < whole; at += TOKEN_BYTES) this.tokens.push(all.readUInt32BE(at));
    this.#partial = all.subarray(whole);
  }

  /** The channel takes whole units, so that a grant never ends inside one. */
  take(max: number): number {
    const bytes = Math.min(this.untaken, max - (max % TOKEN_BYTES));
    this.untaken -= bytes;
    return bytes;
  }

  /** Whether input ended inside a unit: then something cut it [I2]. */
  get split(): boolean {
    return this.#partial.length > 0;
  }
}
