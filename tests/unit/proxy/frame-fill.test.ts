import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { MAX_OUT_BODY_BYTES } from "#protocol/limits.ts";
import { FILL_MS, FrameFill } from "#proxy/sessions/frame-fill.ts";

/** What sshd reads from a terminal at once. */
const PIECE_BYTES = 4_096;

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** A session whose page takes everything at once. */
function session() {
  const frames: number[] = [];
  let unsent = 0;
  const send = (): void => {
    fill.sent();
    if (unsent > 0) frames.push(unsent);
    unsent = 0;
  };
  const fill = new FrameFill(send);
  const say = (bytes: number): void => {
    unsent += bytes;
    fill.added(bytes, unsent);
  };
  return { frames, say, send };
}

describe("filling of OUT frames", () => {
  it("sends an echo at once, with what waits before it", () => {
    const { frames, say } = session();
    say(1);
    say(1);
    expect(frames).toEqual([1, 1]);
    say(PIECE_BYTES);
    say(7);
    expect(frames).toEqual([1, 1, PIECE_BYTES + 7]);
    expect(vi.getTimerCount()).toBe(0);
  });

  it("[WP10] pieces of a flood make full frames", () => {
    const { frames, say } = session();
    for (let n = 0; n < 16; n++) say(PIECE_BYTES);
    expect(frames).toEqual([MAX_OUT_BODY_BYTES, MAX_OUT_BODY_BYTES]);
    // one byte short of its read buffer, as sshd really does
    for (let n = 0; n < 16; n++) say(PIECE_BYTES - 1);
    expect(frames.slice(2)).toEqual([8 * (PIECE_BYTES - 1), 8 * (PIECE_BYTES - 1)]);
    expect(vi.getTimerCount()).toBe(0);
  });

  it("the rest of a table goes out after a short time, counted from its first piece", () => {
    const { frames, say } = session();
    say(PIECE_BYTES);
    vi.advanceTimersByTime(FILL_MS / 2);
    say(PIECE_BYTES);
    expect(frames).toEqual([]);
    vi.advanceTimersByTime(FILL_MS / 2);
    expect(frames).toEqual([2 * PIECE_BYTES]);
  });

  it("what was sent for another reason is not waited for", () => {
    const { frames, say, send } = session();
    say(PIECE_BYTES);
    send();
    expect(vi.getTimerCount()).toBe(0);
    expect(frames).toEqual([PIECE_BYTES]);
  });
});
