import { describe, expect, test } from "vitest";
import { decodeFrame } from "#protocol/frames.ts";
import type { SessionState } from "#protocol/messages/session-entry.ts";
import { PageSession, type PageSessionOptions } from "#protocol/page/session-core.ts";
import { SizeSync } from "#protocol/page/size-sync.ts";

const options: PageSessionOptions = {
  device: "d".repeat(22),
  session_id: "ssh1",
  sid: `n1.${"s".repeat(22)}`,
  token: "t".repeat(43),
  durable: true,
  window: 1_000,
  size: { cols: 80, rows: 24 },
};
const state: SessionState = {
  sid: options.sid,
  status: "resumed",
  chan: 3,
  epoch: 1,
  out_start: 0,
  in_next: 0,
  in_limit: 1_000,
  cols: 80,
  rows: 24,
  rev: 0,
};

function attached(): PageSession {
  const session = new PageSession(options, { from: "connected" });
  session.applyState(state, "l1", 0);
  return session;
}

describe("a page's session", () => {
  test("WP26: it asks from what it received, not from what was applied", () => {
    const session = attached();
    session.onOut("l1", 0, new Uint8Array(100), false);
    session.output.onApplied(40, 0);
    expect(session.request(true)).toMatchObject({
      out_pos: 100,
      in_pos: 0,
      limit: 1_040,
      known_epoch: 1,
      lock_held: true,
    });
  });

  test("WP26: a restored page asks from the end of its log and takes the proxy's input position", () => {
    const session = new PageSession(options, { from: "log", out_pos: 500, epoch: 4 });
    expect(session.request(true)).toMatchObject({ out_pos: 500, in_pos: null, known_epoch: 4 });
    session.applyState({ ...state, epoch: 5, out_start: 500, in_next: 42 }, "l1", 0);
    session.input.type(new Uint8Array([9]), 0);
    const frame = decodeFrame(session.nextIn(0) ?? new Uint8Array(), "up");
    expect(frame).toMatchObject({ frame: { kind: "in", chan: 3, pos: 42 } });
  });

  test("WP31: what another page had is delivered as seen, and cut where the new begins", () => {
    const session = new PageSession(options, { from: "log", out_pos: 500, epoch: 4 });
    session.request(true);
    session.applyState({ ...state, epoch: 5, out_start: 500, out_seen: 503, in_next: 42 }, "l1", 0);
    session.applyState({ ...state, epoch: 6, out_start: 500, out_seen: 503, in_next: 42 }, "l2", 0);
    expect(session.onOut("l2", 500, new Uint8Array([1, 2]), false)).toMatchObject([{ pos: 500, seen: true }]);
    expect(session.onOut("l2", 502, new Uint8Array([3, 4]), false)).toMatchObject([
      { pos: 502, bytes: new Uint8Array([3]), seen: true },
      { pos: 503, bytes: new Uint8Array([4]), seen: false },
    ]);
    expect(session.onOut("l2", 504, new Uint8Array([5]), false)).toMatchObject([{ pos: 504, seen: false }]);
  });

  test("WP9: the window that connect named is granted: output may follow connected without an ACK before it", () => {
    const session = attached();
    expect(session.onOut("l1", 0, new Uint8Array(1_000), false)).toMatchObject([{ type: "deliver", pos: 0 }]);
    expect(session.onOut("l1", 1_000, new Uint8Array(1), false)).toMatchObject([
      { type: "fault", reason: "credit_overrun" },
    ]);
  });

  test("WP9: a new attachment is told applied, limit and saved at once", () => {
    const session = attached();
    expect(session.ackAt()).toBe(0);
    const ack = decodeFrame(session.takeAck(0) ?? new Uint8Array(), "up");
    expect(ack).toMatchObject({ frame: { kind: "ack", chan: 3, pos: 0, limit: 1_000, saved: 0 } });
    expect(session.takeAck(0)).toBeUndefined();
  });

  test("output of the old link counts until the new one is welcomed, and never after", () => {
    const session = attached();
    session.request(true);
    expect(session.onOut("l1", 0, new Uint8Array([1]), false)).toMatchObject([{ type: "deliver", pos: 0 }]);
    session.applyState({ ...state, epoch: 2 }, "l2", 0);
    expect(session.onOut("l1", 1, new Uint8Array([2]), false)).toEqual([]);
    expect(session.onOut("l2", 0, new Uint8Array([1, 2]), false)).toMatchObject([
      { type: "deliver", pos: 1, bytes: new Uint8Array([2]) },
    ]);
  });

  test("WP8 WP25: a hole is delivered as a gap when announced, and closes the link when not", () => {
    const session = attached();
    expect(session.applyState({ ...state, epoch: 2, out_start: 50 }, "l2", 0)).toMatchObject([
      { type: "fault", reason: "beyond_recv" },
    ]);
    const gap = { ...state, epoch: 2, status: "gap" as const, out_start: 50, gap: { from: 0, to: 50 } };
    expect(session.applyState(gap, "l2", 0)).toContainEqual({ type: "gap", from: 0, to: 50 });
    expect(session.onOut("l2", 50, new Uint8Array(1), false)).toMatchObject([{ type: "deliver", pos: 50 }]);
    // On a live attachment the proxy announces what its policy dropped; input is not touched.
    session.input.type(new Uint8Array(5), 0);
    session.nextIn(0);
    const later = { ...gap, out_start: 90, gap: { from: 51, to: 90 } };
    expect(session.applyState(later, "l2", 0)).toEqual([{ type: "gap", from: 51, to: 90 }]);
    expect(session.nextIn(0)).toBeUndefined();
  });

  test("I6: an epoch that does not grow closes the link", () => {
    const session = attached();
    expect(session.applyState(state, "l2", 0)).toMatchObject([{ type: "fault", reason: "epoch_went_back" }]);
  });

  test("I7: exit shows once, after its last byte, also when it is said again", () => {
    const session = attached();
    const exit = { code: 0, signal: null, at: 2 };
    expect(session.onExit("l1", exit)).toEqual([]);
    expect(session.onOut("l1", 0, new Uint8Array(1), false).map((effect) => effect.type)).toEqual(["deliver"]);
    const last = session.onOut("l1", 1, new Uint8Array(1), false);
    expect(last.map((effect) => effect.type)).toEqual(["deliver", "exit"]);
    expect(session.onExit("l1", exit)).toEqual([]);
    expect([session.phase, session.asks]).toEqual(["ended", false]);
  });

  test("WP28: after taken_over it does not ask again; word of an older epoch is no news", () => {
    const session = attached();
    expect(session.onTakenOver("l1", 1, "other")).toEqual([]);
    expect(session.onTakenOver("l1", 2, "other")).toEqual([{ type: "phase", phase: "taken_over", by: "other" }]);
    expect([session.asks, session.attachment, session.nextIn(0)]).toEqual([false, null, undefined]);
  });

  test.each([
    ["gone", { reason: "restart" }, { reason: "restart" }],
    ["busy", { holder: "tablet" }, { by: "tablet" }],
    ["moved", { location: "n2" }, { location: "n2" }],
  ] as const)("L4: %s is told with its detail", (status, more, detail) => {
    const session = attached();
    const answer = { sid: options.sid, status, ...more };
    expect(session.applyState(answer, "l2", 0)).toEqual([{ type: "phase", phase: status, ...detail }]);
    expect(session.asks).toBe(false);
  });

  test("WP28: a page without a token asks only by a person's act, and keeps the token it is given", () => {
    const session = new PageSession({ ...options, token: null }, { from: "nothing" });
    expect(session.asks).toBe(false);
    expect("token" in session.request(false)).toBe(false);
    session.applyState({ ...state, out_start: 70, token: "n".repeat(43) }, "l1", 0);
    expect(session.request(false)).toMatchObject({ token: "n".repeat(43), out_pos: 70 });
  });

  test("a lost link keeps everything for the next hello", () => {
    const session = attached();
    session.input.type(new Uint8Array(3), 0);
    session.linkLost("other");
    expect(session.phase).toBe("attached");
    session.linkLost("l1");
    expect([session.phase, session.asks, session.input.unacknowledged]).toEqual(["detached", true, 3]);
  });

  test("I9 WP26: sizes are asked for with growing revisions, rebased on each welcome", () => {
    const size = new SizeSync({ cols: 80, rows: 24 });
    expect(size.want({ cols: 80, rows: 24 })).toBeNull();
    expect(size.want({ cols: 90, rows: 24 })).toEqual({ cols: 90, rows: 24, rev: 1 });
    expect(size.rebase({ cols: 120, rows: 40, rev: 7 })).toEqual({ cols: 90, rows: 24, rev: 8 });
    expect(size.rebase({ cols: 90, rows: 24, rev: 9 })).toBeNull();
    expect(size.want({ cols: 91, rows: 24 })?.rev).toBe(10);
  });
});
