import { describe, expect, test } from "vitest";
import { CLOSE } from "#protocol/close-codes.ts";
import { decodeFrame } from "#protocol/frames.ts";
import { ENDED_GRACE_S, IN_WINDOW_BYTES, PAUSE_UNSENT_BYTES } from "#protocol/limits.ts";
import type { ProxyEffect } from "#protocol/proxy/effects.ts";
import { type AttachBy, SessionCore, type SessionOptions } from "#protocol/proxy/session-core.ts";

const RING = 256 * 1024;
const options: SessionOptions = {
  sid: `n1.${"s".repeat(22)}`,
  session_id: "ssh1",
  ringBytes: RING,
  overflow: "hold",
  cols: 80,
  rows: 24,
  graceMs: 60_000,
  tailBytes: 0,
};
const page: AttachBy = {
  link: "l1",
  chan: 7,
  client: "c1",
  instance: "i1",
  label: "tablet",
  device: "d".repeat(22),
  out_pos: 0,
  in_pos: 0,
  limit: 1 << 20,
  known_epoch: 0,
  durable: false,
};

function attached(more: Partial<SessionOptions> = {}, by: Partial<AttachBy> = {}): SessionCore {
  const core = new SessionCore({ ...options, ...more }, 0);
  core.attach({ ...page, ...by });
  return core;
}

function sendAll(core: SessionCore): { at: number; stderr: boolean; length: number }[] {
  const frames = [];
  for (let step = core.nextOut(1 << 20); step !== undefined; step = core.nextOut(1 << 20)) {
    const decoded = decodeFrame(step.frame, "down");
    if (!decoded.ok || decoded.frame?.kind !== "out") throw new Error("no OUT frame");
    frames.push({ at: decoded.frame.pos, stderr: decoded.frame.stderr, length: decoded.frame.body.length });
  }
  return frames;
}

const types = (effects: readonly ProxyEffect[]): string[] =>
  effects.map((effect) => (effect.type === "send" ? effect.message.action : effect.type));

describe("output at the proxy", () => {
  test("WP10: nothing is sent beyond the page's limit", () => {
    const core = attached({}, { limit: 10 });
    core.deviceData(new Uint8Array(25));
    expect(sendAll(core)).toEqual([{ at: 0, stderr: false, length: 10 }]);
    core.onAck("l1", 5, 15, 0);
    expect(sendAll(core)).toEqual([{ at: 10, stderr: false, length: 5 }]);
  });

  test("WP41: no frame spans a mark, and a resend reproduces the flag", () => {
    const core = attached();
    core.deviceData(new Uint8Array(3));
    core.deviceData(new Uint8Array(2), true);
    core.deviceData(new Uint8Array(4));
    const frames = sendAll(core);
    expect(frames.map(({ stderr, length }) => [stderr, length])).toEqual([
      [false, 3],
      [true, 2],
      [false, 4],
    ]);
    core.attach({ ...page, link: "l2", known_epoch: 1 });
    expect(sendAll(core)).toEqual(frames);
  });

  test("WP12: attached, the device stops at 64 KiB unsent and goes on below half", () => {
    const core = attached({}, { limit: 0 });
    expect(types(core.deviceData(new Uint8Array(PAUSE_UNSENT_BYTES - 1)))).toEqual([]);
    expect(types(core.deviceData(new Uint8Array(1)))).toEqual(["pause"]);
    expect(types(core.onAck("l1", 0, PAUSE_UNSENT_BYTES / 2, 0))).toEqual([]);
    expect(types(core.nextOut(1 << 20)?.effects ?? [])).toEqual([]);
    core.onAck("l1", 0, PAUSE_UNSENT_BYTES / 2 + 1, 0);
    expect(types(core.nextOut(1 << 20)?.effects ?? [])).toEqual(["resume"]);
  });

  test("WP12: detached, it stops at R only, and a returning page lets it go on", () => {
    const core = attached({}, { limit: 0 });
    core.deviceData(new Uint8Array(PAUSE_UNSENT_BYTES));
    expect(types(core.detach("l1", 5))).toEqual(["resume"]);
    expect(types(core.deviceData(new Uint8Array(RING - PAUSE_UNSENT_BYTES)))).toEqual(["pause"]);
    core.attach({ ...page, link: "l2", known_epoch: 1 });
    sendAll(core);
    expect(core.paused).toBe(true);
    expect(types(core.onAck("l2", RING, 2 * RING, 0))).toEqual(["resume"]);
  });

  test("WP12: drop_oldest never stops a detached device, and announces what is lost", () => {
    const core = attached({ overflow: "drop_oldest" });
    core.detach("l1", 0);
    expect(types(core.deviceData(new Uint8Array(RING + 100)))).toEqual([]);
    const { state } = core.attach({ ...page, link: "l2", known_epoch: 1 });
    expect(state).toMatchObject({ status: "gap", out_start: 100, gap: { from: 0, to: 100 } });
  });

  test("WP12: drop_oldest tells an attached page before the bytes that follow the gap", () => {
    const core = attached({ overflow: "drop_oldest" }, { limit: 0 });
    const effects = core.deviceData(new Uint8Array(RING + 7));
    expect(types(effects)).toEqual(["attached", "pause"]);
    expect(effects[0]).toMatchObject({ message: { payload: { status: "gap", gap: { from: 0, to: 7 }, epoch: 1 } } });
  });

  test("WP11: a durable page's bytes stay until they are saved, another's until they are applied", () => {
    const durable = attached({}, { durable: true });
    durable.deviceData(new Uint8Array(100));
    sendAll(durable);
    durable.onAck("l1", 80, 1_000, 30);
    expect(durable.floor).toBe(30);
    const other = attached();
    other.deviceData(new Uint8Array(100));
    sendAll(other);
    other.onAck("l1", 80, 1_000, 0);
    expect(other.floor).toBe(80);
  });

  test.each([
    ["beyond what was sent", 11, 11, 0, "ack_beyond_sent"],
    ["with saved beyond applied", 5, 20, 6, "saved_beyond_applied"],
    ["that goes back", 3, 20, 0, "ack_went_back"],
  ])("I8 S25: an ACK %s closes the link with 4500 and changes nothing", (_name, applied, limit, saved, reason) => {
    const core = attached();
    core.deviceData(new Uint8Array(10));
    sendAll(core);
    core.onAck("l1", 4, 20, 0);
    const fault = { type: "fault", link: "l1", closeCode: CLOSE.protocol, reason };
    expect(core.onAck("l1", applied, limit, saved)).toEqual([fault]);
    expect(core.floor).toBe(4);
  });

  test("WP24 WP26: a page may have got more by its old link than it had when it asked on the new one", () => {
    const core = attached();
    core.deviceData(new Uint8Array(30));
    sendAll(core);
    // Asked for with 10 of the 30 bytes; the rest was on its way.
    const { state } = core.attach({ ...page, link: "l2", known_epoch: 1, out_pos: 10 });
    expect(state).toMatchObject({ status: "resumed", out_start: 10 });
    expect(core.onAck("l2", 25, 1_000, 0)).toEqual([]);
    expect(core.floor).toBe(25);
    expect(core.nextOut(1 << 20)?.bytes).toBe(5);
    expect(core.onAck("l2", 31, 1_000, 0)).toMatchObject([{ type: "fault", reason: "ack_beyond_sent" }]);
  });

  test("WP29: a durable page is asked to save when a quarter of the ring waits for it, once", () => {
    const core = attached({}, { durable: true });
    core.deviceData(new Uint8Array(RING / 4 + 1));
    const effects = [];
    for (let step = core.nextOut(1 << 20); step !== undefined; step = core.nextOut(1 << 20))
      effects.push(...step.effects);
    expect(types(effects)).toEqual(["resume", "save_request"]);
    expect(types(core.deviceData(new Uint8Array(10)))).toEqual([]);
  });
});

describe("input at the proxy", () => {
  test("WP17: input is accepted at its position, trimmed of repetition, refused beyond it", () => {
    const core = attached();
    expect(core.onIn("l1", 0, new Uint8Array([1, 2, 3]))).toEqual([
      { type: "write", bytes: new Uint8Array([1, 2, 3]) },
    ]);
    expect(core.onIn("l1", 1, new Uint8Array([2, 3, 4]))).toEqual([{ type: "write", bytes: new Uint8Array([4]) }]);
    expect(core.onIn("l1", 0, new Uint8Array([1]))).toEqual([]);
    expect(core.onIn("l1", 5, new Uint8Array([6]))).toMatchObject([{ type: "fault", reason: "input_gap" }]);
  });

  test("WP16: the grant is what the channel took plus 64 KiB; input beyond it closes the link", () => {
    const core = attached();
    const body = new Uint8Array(16_384);
    for (let pos = 0; pos < IN_WINDOW_BYTES; pos += body.length) core.onIn("l1", pos, body);
    const more = new Uint8Array(1);
    expect(core.onIn("l1", IN_WINDOW_BYTES, more)).toMatchObject([{ type: "fault", reason: "input_over_grant" }]);
    core.inputTaken(1_000);
    expect(core.onIn("l1", IN_WINDOW_BYTES, more)).toMatchObject([{ type: "write" }]);
    const ack = decodeFrame(core.takeInputAck() ?? new Uint8Array(), "down");
    expect(ack).toMatchObject({ frame: { kind: "ack", pos: IN_WINDOW_BYTES + 1, limit: IN_WINDOW_BYTES + 1_000 } });
    expect(core.inputAckDue).toBe(false);
  });

  test("WP24 I5: frames of a fenced link change nothing", () => {
    const core = attached();
    core.attach({ ...page, link: "l2", known_epoch: 1 });
    expect(core.onIn("l1", 0, new Uint8Array([1]))).toEqual([]);
    expect(core.onAck("l1", 999, 9_999, 0)).toEqual([]);
    expect(core.resize("l1", { rev: 9, cols: 100, rows: 30 }, undefined)).toEqual([]);
    expect(core.detach("l1", 0)).toEqual([]);
    expect(core.holder?.link).toBe("l2");
  });

  test("WP18: a page that comes back after another wrote learns how far its own input went", () => {
    const core = attached();
    core.onIn("l1", 0, new Uint8Array(10));
    const other = { ...page, link: "l2", instance: "i2", known_epoch: 0, in_pos: null, out_pos: null };
    expect(core.attach(other).state.in_next).toBe(10);
    core.onIn("l2", 10, new Uint8Array(5));
    const back = { ...page, link: "l3", known_epoch: 1, in_pos: 4 };
    expect(core.attach(back).state).toMatchObject({ in_next: 15, in_own: { pos: 10, epoch: 1 } });
    // The welcome was lost: asked again from the same knowledge, it says the same.
    expect(core.attach({ ...back, link: "l4" }).state).toMatchObject({ in_next: 15, in_own: { pos: 10, epoch: 1 } });
    // It arrived: from now on the page counts in the session's positions.
    const again = core.attach({ ...back, link: "l5", known_epoch: 4, in_pos: 15 }).state;
    expect(again.in_own).toBeUndefined();
  });
});

describe("attach, resize, exit, grace", () => {
  test("WP25: beyond the end is gone and changes nothing; below the base is a gap", () => {
    const core = attached();
    core.deviceData(new Uint8Array(100));
    sendAll(core);
    core.onAck("l1", 60, 1_000, 0);
    expect(core.attach({ ...page, link: "l2", known_epoch: 1, out_pos: 101 }).state.status).toBe("gone");
    expect(core.holder?.link).toBe("l1");
    const { state } = core.attach({ ...page, link: "l2", known_epoch: 1, out_pos: 50 });
    expect(state).toMatchObject({ status: "gap", out_start: 60, gap: { from: 50, to: 60 }, epoch: 2 });
  });

  test("WP24: the page that loses the session is told; the same page on a newer link is not", () => {
    const core = attached();
    expect(types(core.attach({ ...page, link: "l2", known_epoch: 1 }).effects)).toEqual([]);
    const taken = core.attach({ ...page, link: "l3", instance: "i2", label: "other", in_pos: null }).effects;
    expect(taken).toMatchObject([
      { link: "l2", message: { action: "taken_over", payload: { by: "other", epoch: 3 } } },
    ]);
  });

  test("WP31: a page is told how far another one was sent output; the same page on a newer link is not", () => {
    const core = attached();
    core.deviceData(new Uint8Array(100));
    sendAll(core);
    core.onAck("l1", 60, 1_000, 0);
    expect(core.attach({ ...page, link: "l2", known_epoch: 1, out_pos: 60 }).state).not.toHaveProperty("out_seen");
    const second = { ...page, instance: "i2", in_pos: null };
    expect(core.attach({ ...second, link: "l3", out_pos: 60 }).state).toMatchObject({ out_start: 60, out_seen: 100 });
    // Sent again from further back, the page has had what it was sent before all the same.
    core.attach({ ...second, link: "l3b", known_epoch: 3, out_pos: 60 });
    core.nextOut(10);
    // Back at the first, before the second was sent anything, and after.
    expect(core.attach({ ...page, link: "l4", known_epoch: 3, out_pos: 100 }).state).not.toHaveProperty("out_seen");
    core.attach({ ...second, link: "l5", known_epoch: 4, out_pos: 100 });
    core.deviceData(new Uint8Array(20));
    sendAll(core);
    expect(core.attach({ ...page, link: "l6", known_epoch: 4, out_pos: 100 }).state.out_seen).toBe(120);
  });

  test("a page without history starts at the tail of a terminal and at the end of telemetry", () => {
    for (const [session_id, start] of [
      ["ssh1", 60],
      ["ssh2", 100],
    ] as const) {
      const core = attached({ session_id, tailBytes: session_id === "ssh1" ? 40 : 0 });
      core.deviceData(new Uint8Array(100));
      sendAll(core);
      core.onAck("l1", 100, 1_000, 0);
      const { state } = core.attach({ ...page, link: "l2", instance: "i2", out_pos: null, in_pos: null });
      expect(state.out_start).toBe(start);
      expect(core.floor).toBe(start);
    }
  });

  test("I9: the last revision wins, and an older one is answered with the size in force", () => {
    const core = attached();
    expect(types(core.resize("l1", { rev: 2, cols: 100, rows: 30 }, "a"))).toEqual(["set_window", "resized"]);
    const [answer] = core.resize("l1", { rev: 1, cols: 90, rows: 20 }, "b");
    expect(answer).toMatchObject({ message: { re: "b", payload: { rev: 2, cols: 100, rows: 30, at: 0 } } });
  });

  test("I7: exit follows the last byte, once per attachment", () => {
    const core = attached({}, { limit: 4 });
    core.deviceData(new Uint8Array(6));
    expect(types(core.ended({ code: 0, signal: null }, 10))).toEqual([]);
    expect(types(core.nextOut(100)?.effects ?? [])).toEqual([]);
    core.onAck("l1", 4, 100, 0);
    expect(types(core.nextOut(100)?.effects ?? [])).toEqual(["exit"]);
    expect(core.nextOut(100)).toBeUndefined();
    const again = core.attach({ ...page, link: "l2", known_epoch: 1, out_pos: 6 });
    expect(again.state.status).toBe("ended");
    expect(types(again.effects)).toEqual(["exit"]);
  });

  test("WP35: an ended session goes although its page stays, once that shows everything, saved or not", () => {
    const core = attached({}, { durable: true });
    core.deviceData(new Uint8Array(8));
    core.ended({ code: 0, signal: null }, 2_000);
    sendAll(core);
    core.onAck("l1", 7, 1_000, 3);
    expect(core.expiresAt()).toBeNull();
    core.onAck("l1", 8, 1_000, 3);
    expect(core.expiresAt()).toBe(2_000 + ENDED_GRACE_S * 1_000);
    // A later page that has not drawn it yet keeps it.
    core.attach({ ...page, link: "l2", known_epoch: 1, durable: true, out_pos: 3 });
    expect(core.expiresAt()).toBeNull();
  });

  test("what is said of a session names it by sid: its successor has the same device and session_id", () => {
    const core = attached({ ringBytes: 16 }, { durable: true });
    core.deviceData(new Uint8Array(8));
    const effects = [
      ...(core.nextOut(100)?.effects ?? []),
      ...core.resize("l1", { rev: 1, cols: 100, rows: 30 }, "a"),
      ...core.ended({ code: 0, signal: null }, 10),
      ...core.attach({ ...page, link: "l2", instance: "i2", in_pos: null }).effects,
    ];
    const sent = effects.flatMap((effect) => (effect.type === "send" ? [effect.message] : []));
    expect(sent.map(({ action }) => action)).toEqual(["save_request", "resized", "exit", "taken_over"]);
    for (const message of sent) expect(message.payload).toMatchObject({ sid: options.sid });
  });

  test("WP35: grace runs while detached, and longer once the session ended", () => {
    const core = attached();
    expect(core.expiresAt()).toBeNull();
    core.detach("l1", 1_000);
    expect(core.expiresAt()).toBe(61_000);
    core.ended({ code: null, signal: "KILL" }, 2_000);
    expect(core.expiresAt()).toBe(2_000 + ENDED_GRACE_S * 1_000);
    core.attach({ ...page, link: "l2", known_epoch: 1 });
    core.detach("l2", 300_000);
    // Looking at it gives it no more time.
    expect(core.expiresAt()).toBe(2_000 + ENDED_GRACE_S * 1_000);
  });

  test("a spent byte budget stops the device until there is room", () => {
    const core = attached();
    expect(types(core.setOverBudget(true))).toEqual(["pause"]);
    expect(types(core.setOverBudget(false))).toEqual(["resume"]);
  });
});
