import { describe, expect, test } from "vitest";
import { InputSender } from "#protocol/page/input-sender.ts";

const text = (value: string): Uint8Array => new TextEncoder().encode(value);
const read = (bytes: Uint8Array | null | undefined): string | null =>
  bytes === null || bytes === undefined ? null : new TextDecoder().decode(bytes);

/** A sender whose `typed` went out, of which the proxy has `taken` bytes when the link is back, `after` ms later. */
function cut(typed: string, taken: number, after = 11_000, secret = false): InputSender {
  const input = new InputSender("ask");
  input.onWelcome({ in_next: 0, in_limit: 1_000, epoch: 1 }, 0);
  input.type(text(typed), 0, secret);
  input.nextIn(0);
  input.onLinkLost();
  input.onWelcome({ in_next: taken, in_limit: 1_000, epoch: 2 }, after);
  return input;
}

/** All that is sent from now on. */
function sent(input: InputSender): string {
  let all = "";
  for (let next = input.nextIn(0); next !== undefined; next = input.nextIn(0)) all += read(next.body);
  return all;
}

describe("[S92] [U46] a paste that a lost link cut inside a line", () => {
  test("what the proxy has of the cut line is known, from the last line end on", () => {
    expect(read(cut("first\rsecond\rthird\r", 9).lineStart)).toBe("sec");
    expect(read(cut("first\rsecond\r", 6).lineStart)).toBe("");
    expect(read(cut("first\r", 3).lineStart)).toBe("fir");
  });

  test("it grows by what is acknowledged and begins anew at each line end", () => {
    const input = cut("ab", 1);
    input.release();
    expect(sent(input)).toBe("b");
    input.onAck(2, 1_000);
    expect(read(input.lineStart)).toBe("ab");
    input.type(text("c\rd"), 12_000);
    expect(sent(input)).toBe("c\rd");
    input.onAck(5, 1_000);
    expect(read(input.lineStart)).toBe("d");
  });

  test("going on from the next line sends the replacement and every later line once, in order", () => {
    const input = cut("first\rsecond\rthird\rfourth", 9);
    expect(read(input.held())).toBe("ond\rthird\rfourth");
    expect(input.replaceHeldHead(4, text("\x7f\x7f\x7f"))).toBe(true);
    expect(input.held()).toBeNull();
    expect(sent(input)).toBe("\x7f\x7f\x7fthird\rfourth");
    expect(input.onAck(input.end, 1_000)).toBe(true);
    expect(input.unacknowledged).toBe(0);
  });

  test("when the link goes again meanwhile, what was put in place is kept like all typed text", () => {
    const input = cut("first\rsecond\rthird\r", 9);
    input.replaceHeldHead(4, text("\x7f\x7f\x7f"));
    input.nextIn(0);
    input.onLinkLost();
    input.onWelcome({ in_next: 10, in_limit: 1_000, epoch: 3 }, 12_000);
    expect(read(input.held())).toBe("\x7f\x7fthird\r");
    input.release();
    expect(sent(input)).toBe("\x7f\x7fthird\r");
  });

  test("nothing is replaced where nothing waits for an answer, or by more than there is", () => {
    const young = cut("first\rsecond\r", 9, 1_000);
    expect(young.replaceHeldHead(4, text("x"))).toBe(false);
    expect(sent(young)).toBe("ond\r");
    expect(cut("first\rsecond\r", 9).replaceHeldHead(5, text("x"))).toBe(false);
  });

  test("[S72] the beginning of a line with a secret in it is not known, until the line has ended", () => {
    const input = cut("hunter2", 3, 11_000, true);
    expect(input.lineStart).toBeNull();
    input.release();
    expect(sent(input)).toBe("ter2");
    input.onAck(7, 1_000);
    input.type(text(" more"), 12_000);
    sent(input);
    input.onAck(12, 1_000);
    expect(input.lineStart).toBeNull();
    input.type(text("\rshow"), 13_000);
    sent(input);
    input.onAck(17, 1_000);
    expect(read(input.lineStart)).toBe("show");
  });

  test("where another page wrote, or the page is a new one, nobody knows the line", () => {
    const input = cut("first\rsecond\r", 9);
    input.onLinkLost();
    input.onWelcome({ in_next: 40, in_limit: 1_000, epoch: 3, own: { pos: 9, epoch: 2 } }, 12_000);
    expect(input.lineStart).toBeNull();
    const restored = new InputSender("ask", null);
    restored.onWelcome({ in_next: 40, in_limit: 1_000, epoch: 3 }, 0);
    expect(restored.lineStart).toBeNull();
  });

  test("a line without end is not kept", () => {
    const input = new InputSender("ask");
    input.onWelcome({ in_next: 0, in_limit: 10_000, epoch: 1 }, 0);
    input.type(new Uint8Array(1_025).fill(0x61), 0);
    sent(input);
    input.onAck(1_024, 10_000);
    expect(input.lineStart).toHaveLength(1_024);
    input.onAck(1_025, 10_000);
    expect(input.lineStart).toBeNull();
  });
});
