import { EventEmitter } from "node:events";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { WebSocket } from "ws";
import { linkFrame } from "#protocol/builders.ts";
import { CLOSE } from "#protocol/close-codes.ts";
import { decodeFrame, encodePing, encodePong } from "#protocol/frames.ts";
import {
  LINK_CONTROL_QUEUE_BYTES,
  MAX_CONTROL_BYTES,
  PROXY_DEAD_MS,
  PROXY_PING_MS,
  SOCKET_HIGH_WATER_BYTES,
  TAKEOVER_PROBE_MS,
} from "#protocol/limits.ts";
import { PageSocket } from "#proxy/links/page-socket.ts";

/** A WebSocket of ws as far as a link uses it. */
class SocketDouble extends EventEmitter {
  bufferedAmount = 0;
  pings = 0;
  readonly sent: (string | Uint8Array)[] = [];
  closed: { code: number; reason: string } | null = null;
  terminated = false;

  send(data: string | Uint8Array): void {
    this.sent.push(data);
  }
  ping(): void {
    this.pings++;
  }
  close(code: number, reason: string): void {
    this.closed ??= { code, reason };
  }
  terminate(): void {
    if (this.terminated) return;
    this.terminated = true;
    this.emit("close", 1006);
  }
}

function setUp() {
  const socket = new SocketDouble();
  const events = { text: vi.fn(), frame: vi.fn(), closed: vi.fn() };
  const log = vi.fn();
  return { socket, events, log, page: new PageSocket(socket as unknown as WebSocket, log, events) };
}

beforeEach(() => void vi.useFakeTimers());
afterEach(() => {
  vi.useRealTimers();
});

describe("[S23] what waits for the end of a greeting", () => {
  test("is bounded: a page that floods with what wants an answer meanwhile is closed, and nothing more is kept", () => {
    const { socket, page } = setUp();
    page.hold();
    const pong = encodePong(1);
    let queued = 0;
    while (socket.closed === null && queued < LINK_CONTROL_QUEUE_BYTES) {
      page.sendFrame(pong);
      queued += pong.length;
    }
    expect(socket.closed).toMatchObject({ code: CLOSE.overloaded });
    expect(queued).toBeLessThanOrEqual(LINK_CONTROL_QUEUE_BYTES / 2 + pong.length);
    page.release([]);
    expect(socket.sent).toEqual([]);
  });
});

describe("[S27] a message that does not fit into a control frame", () => {
  test("is logged and not sent; whoever sends it and what comes after it go on", () => {
    const { socket, log, page } = setUp();
    page.send(linkFrame("challenge", { nonce: "x".repeat(MAX_CONTROL_BYTES) }));
    expect(log).toHaveBeenCalledWith("error", "link.unsent", { error: expect.stringContaining("challenge") });
    page.send(linkFrame("challenge", { nonce: "short" }));
    expect(socket.sent).toEqual([expect.stringContaining("short")]);
    expect(socket.closed).toBeNull();
  });
});

describe("[section 11] the proxy's end of a silent link", () => {
  test("pings every 20 s; 40 s without any frame end it, and its sessions are let go", () => {
    const { socket, events } = setUp();
    vi.advanceTimersByTime(PROXY_DEAD_MS - 1);
    expect([socket.pings, socket.terminated]).toEqual([Math.floor((PROXY_DEAD_MS - 1) / PROXY_PING_MS), false]);
    vi.advanceTimersByTime(1);
    expect(socket.terminated).toBe(true);
    expect(events.closed).toHaveBeenCalledExactlyOnceWith(1006);
    expect(vi.getTimerCount()).toBe(0);
  });

  test.each([
    ["a message", (socket: SocketDouble) => socket.emit("message", Buffer.from("{}"), false)],
    ["the browser's pong", (socket: SocketDouble) => socket.emit("pong")],
  ])("%s counts from when it came, not from the last look", (_what, hear) => {
    const { socket } = setUp();
    vi.advanceTimersByTime(PROXY_PING_MS + 1_000);
    hear(socket);
    vi.advanceTimersByTime(PROXY_DEAD_MS - 1);
    expect(socket.terminated).toBe(false);
    vi.advanceTimersByTime(1);
    expect(socket.terminated).toBe(true);
  });

  test("a clock that is set, back or on, ends no link and keeps no dead one", () => {
    const { socket } = setUp();
    vi.advanceTimersByTime(1_000);
    vi.setSystemTime(Date.now() + 3_600_000);
    vi.advanceTimersByTime(PROXY_PING_MS);
    expect(socket.terminated).toBe(false);
    vi.setSystemTime(Date.now() - 7_200_000);
    vi.advanceTimersByTime(PROXY_DEAD_MS);
    expect(socket.terminated).toBe(true);
  });
});

describe("[WP33] asking a page for a sign of life", () => {
  const nonceOf = (frame: string | Uint8Array | undefined): number => {
    const decoded = frame instanceof Uint8Array ? decodeFrame(frame, "down") : undefined;
    if (decoded?.ok !== true || decoded.frame?.kind !== "ping") throw new Error("no PING was sent");
    return decoded.frame.nonce;
  };

  test("only the PONG of that PING answers: the browser's own pong does while the page stands still", async () => {
    const { socket, page } = setUp();
    const first = page.probe();
    const nonce = nonceOf(socket.sent[0]);
    socket.emit("pong");
    page.ponged(nonce + 1);
    await vi.advanceTimersByTimeAsync(TAKEOVER_PROBE_MS);
    expect(await first).toBe("silent");
    const second = page.probe();
    page.ponged(nonceOf(socket.sent[1]));
    expect(await second).toBe("answered");
  });

  test("a link that is closed, or closes meanwhile, is silent at once", async () => {
    const { socket, page } = setUp();
    const asked = page.probe();
    socket.terminate();
    expect([await asked, await page.probe()]).toEqual(["silent", "silent"]);
  });
});

describe("[WP10] [S23] sending", () => {
  test("[WP22] a full socket holds back what goes out and nothing else: frames are heard all the time", () => {
    const { socket, page, events } = setUp();
    socket.bufferedAmount = SOCKET_HIGH_WATER_BYTES;
    page.send(linkFrame("sessions", { sessions: [] }));
    expect(socket.sent).toEqual([]);
    socket.emit("message", Buffer.from(encodePing(1)), true);
    expect(events.frame).toHaveBeenCalledOnce();
    socket.bufferedAmount = 0;
    page.pump();
    expect(socket.sent).toHaveLength(1);
  });

  test("a page that does not read its control messages is closed with 4004, and cut off when it does not answer that", () => {
    const { socket, page } = setUp();
    socket.bufferedAmount = SOCKET_HIGH_WATER_BYTES;
    const frame = new Uint8Array(64 * 1_024);
    for (let sent = 0; sent <= LINK_CONTROL_QUEUE_BYTES; sent += frame.length) page.sendFrame(frame);
    expect(socket.closed).toEqual({ code: CLOSE.overloaded, reason: "not_reading" });
    vi.advanceTimersByTime(2_000);
    expect(socket.terminated).toBe(true);
  });

  test("[S27] an exception while one link is handled closes that link for a new try", () => {
    const { socket, events, log } = setUp();
    events.text.mockImplementation(() => {
      throw new Error("boom");
    });
    socket.emit("message", Buffer.from("{}"), false);
    expect(socket.closed).toEqual({ code: CLOSE.goingAway, reason: "internal" });
    expect(log).toHaveBeenCalledWith("error", "link.failed", expect.anything());
  });
});
