import { describe, expect, test } from "vitest";
import { INPUT_QUEUE_BYTES, MAX_IN_BODY_BYTES, PAGE_SOCKET_HIGH_WATER_BYTES } from "#protocol/limits.ts";
import { InputSender } from "#protocol/page/input-sender.ts";

const text = (value: string): Uint8Array => new TextEncoder().encode(value);
const read = (bytes: Uint8Array | null | undefined): string => new TextDecoder().decode(bytes ?? new Uint8Array());

/** A sender on a fresh attachment with a grant of `limit`. */
function linked(limit = 1_000, policy: "ask" | "discard" = "ask"): InputSender {
  const input = new InputSender(policy);
  input.onWelcome({ in_next: 0, in_limit: limit, epoch: 1 }, 0);
  return input;
}

describe("input at the page", () => {
  test("WP16: it is sent within the grant, in frames of up to 16 KiB, while the socket keeps up", () => {
    const input = linked(MAX_IN_BODY_BYTES + 5);
    input.type(new Uint8Array(MAX_IN_BODY_BYTES + 9), 0);
    expect(input.nextIn(PAGE_SOCKET_HIGH_WATER_BYTES)).toBeUndefined();
    expect(input.nextIn(0)?.body.length).toBe(MAX_IN_BODY_BYTES);
    expect(input.nextIn(0)).toMatchObject({ pos: MAX_IN_BODY_BYTES, body: new Uint8Array(5) });
    expect(input.nextIn(0)).toBeUndefined();
    expect(input.onAck(10, MAX_IN_BODY_BYTES + 100)).toBe(true);
    expect(input.nextIn(0)?.body.length).toBe(4);
    expect(input.unacknowledged).toBe(MAX_IN_BODY_BYTES + 9 - 10);
  });

  test("WP16 I8: an ACK for what was never sent is refused", () => {
    const input = linked(2);
    input.type(text("abc"), 0);
    input.nextIn(0);
    expect(input.onAck(3, 10)).toBe(false);
    expect(input.onAck(2, 10)).toBe(true);
  });

  test("WP18: a welcome proves what arrived; the rest is sent again, once", () => {
    const input = linked();
    input.type(text("reload"), 0);
    input.nextIn(0);
    input.onLinkLost();
    expect(input.nextIn(0)).toBeUndefined();
    expect(input.onWelcome({ in_next: 2, in_limit: 1_000, epoch: 1 }, 1)).toEqual({
      ok: true,
      discarded: 0,
      held: false,
    });
    expect(read(input.nextIn(0)?.body)).toBe("load");
    expect(input.nextIn(0)).toBeUndefined();
  });

  test("WP18: a position that this page never reached is no continuation of it", () => {
    const input = linked();
    input.type(text("ab"), 0);
    expect(input.onWelcome({ in_next: 1, in_limit: 1_000, epoch: 1 }, 0)).toEqual({
      ok: false,
      reason: "input_diverged",
    });
    input.nextIn(0);
    expect(input.onWelcome({ in_next: 2, in_limit: 1_000, epoch: 1 }, 0).ok).toBe(true);
    expect(input.onWelcome({ in_next: 1, in_limit: 1_000, epoch: 1 }, 0).ok).toBe(false);
  });

  test("WP18: after another page wrote, what is proven undelivered moves to the session's position", () => {
    const input = linked();
    input.type(text("abcd"), 0);
    input.nextIn(0);
    input.onWelcome({ in_next: 50, in_limit: 1_000, epoch: 4, own: { pos: 3, epoch: 1 } }, 1);
    expect(input.nextIn(0)).toMatchObject({ pos: 50, body: text("d") });
    expect(input.end).toBe(51);
    // A later answer to a request from before the move is in the old count: the same place.
    expect(input.onWelcome({ in_next: 50, in_limit: 1_000, epoch: 5, own: { pos: 3, epoch: 1 } }, 2).ok).toBe(true);
    expect(input.nextIn(0)).toMatchObject({ pos: 50, body: text("d") });
  });

  test("WP19: ssh1 holds input typed more than 10 s before the link came back until a person decides", () => {
    const input = linked();
    input.onLinkLost();
    input.type(text("write erase\r"), 1_000);
    input.type(text("y"), 10_500);
    expect(input.onWelcome({ in_next: 0, in_limit: 1_000, epoch: 1 }, 11_001)).toMatchObject({ held: true });
    expect(input.nextIn(0)).toBeUndefined();
    input.type(text("!"), 11_002);
    expect(read(input.held())).toBe("write erase\ry!");
    input.release();
    expect(read(input.nextIn(0)?.body)).toBe("write erase\ry!");
  });

  test("WP19 WP21: discarding held input frees its positions, for no device ever had it", () => {
    const input = linked();
    input.onLinkLost();
    input.type(text("old"), 0);
    input.onWelcome({ in_next: 0, in_limit: 1_000, epoch: 1 }, 20_000);
    expect(input.discardHeld()).toBe(3);
    input.type(text("new"), 20_001);
    expect(input.nextIn(0)).toMatchObject({ pos: 0, body: text("new") });
  });

  test("WP19: ssh2 drops what a welcome proves undelivered", () => {
    const input = linked(1_000, "discard");
    input.type(text("show version\n"), 0);
    input.nextIn(0);
    expect(input.onWelcome({ in_next: 5, in_limit: 1_000, epoch: 1 }, 1)).toEqual({
      ok: true,
      discarded: 8,
      held: false,
    });
    expect(input.unacknowledged).toBe(0);
  });

  test("WP20 WP26: a restored page takes the proxy's position and resends nothing", () => {
    const input = new InputSender("ask", null);
    input.type(text("a"), 0);
    expect(input.acked).toBeNull();
    expect(input.nextIn(0)).toBeUndefined();
    input.onWelcome({ in_next: 77, in_limit: 1_000, epoch: 1 }, 1);
    expect(input.nextIn(0)).toMatchObject({ pos: 77, body: text("a") });
  });

  test("WP21: only what was never sent may be discarded without a welcome", () => {
    const input = linked();
    input.type(text("sent"), 0);
    input.nextIn(0);
    input.type(text("not"), 5);
    expect(input.discardUnsent()).toBe(3);
    expect(input.unacknowledged).toBe(4);
    expect(input.discardUnsent()).toBe(0);
    expect(input.oldestUnackedAt).toBe(0);
  });

  test("S23: a full queue refuses, it does not drop", () => {
    const input = new InputSender("ask");
    expect(input.type(new Uint8Array(INPUT_QUEUE_BYTES), 0)).toBe(true);
    expect(input.type(new Uint8Array(1), 0)).toBe(false);
    expect(input.unacknowledged).toBe(INPUT_QUEUE_BYTES);
  });

  test("the age of the oldest unacknowledged byte follows the ACKs", () => {
    const input = linked();
    input.type(text("a"), 10);
    input.type(text("b"), 20);
    input.nextIn(0);
    expect(input.oldestUnackedAt).toBe(10);
    input.onAck(1, 1_000);
    expect(input.oldestUnackedAt).toBe(20);
    input.onAck(2, 1_000);
    expect(input.oldestUnackedAt).toBeNull();
  });
});

describe("U13 U100: what is not at the proxy is known apart", () => {
  test("never sent, sent without proof, and only the former can be dropped without a link", () => {
    const input = linked(4);
    input.type(text("reload"), 0);
    input.nextIn(0);
    input.onAck(1, 4);
    input.onLinkLost();
    input.type(text("!"), 5);
    expect([input.unproven, input.unsent, read(input.unsentHead(2))]).toEqual([3, 3, "ad"]);
    expect(input.discardUnsent()).toBe(3);
    expect([input.unproven, input.unsent, input.unacknowledged]).toEqual([3, 0, 3]);
    input.onWelcome({ in_next: 1, in_limit: 100, epoch: 2 }, 6);
    expect(read(input.nextIn(0)?.body)).toBe("elo");
  });
});
