import { describe, expect, test, vi } from "vitest";
import type { TransportFact } from "#machines/link.machine.ts";
import { linkFrame } from "#protocol/builders.ts";
import { CLOSE } from "#protocol/close-codes.ts";
import { encodeControl } from "#protocol/control.ts";
import { decodeFrame, encodePing, encodePong } from "#protocol/frames.ts";
import { PING_DEAD_MS, PING_IDLE_MS, PING_UNACKED_MS, WAKE_PROBE_MS } from "#protocol/limits.ts";
import { ManualTime } from "#support/fake-timers.ts";
import { SocketDouble } from "#support/socket-double.ts";
import { LinkAttempt } from "#workers/actors/link-attempt.ts";
import { RttWindow } from "#workers/actors/rtt-window.ts";
import type { HostEnv } from "#workers/host-env.ts";
import { LinkHub } from "#workers/link-hub.ts";
import { ClientIdentity } from "#workers/storage/client-identity.ts";
import { MemoryStore } from "#workers/storage/tablet-store.ts";

const NONCE = "N".repeat(43);
const challenge = encodeControl(linkFrame("challenge", { nonce: NONCE }));
const welcome = encodeControl(
  linkFrame("welcome", {
    boot_id: "b",
    node: "n1",
    version: "9",
    user: "owner",
    features: [],
    ping_ms: PING_IDLE_MS,
    limits: { grace_max_s: 60, sessions: 1 },
    sessions: [],
  }),
);

async function setUp(paired = true, refused = false) {
  const time = new ManualTime();
  const socket = new SocketDouble();
  const urls: [string, string][] = [];
  const env = {
    now: time.now,
    setTimeout: time.setTimeout,
    clearTimeout: time.clearTimeout,
    origin: "https://proxy.test:8443",
    app_version: "1",
    crypto: globalThis.crypto,
    random: () => 0.5,
    webSocket: (url: string, protocol: string) => {
      if (refused) throw new DOMException("blocked", "SecurityError");
      urls.push([url, protocol]);
      return socket as unknown as WebSocket;
    },
  } as unknown as HostEnv;
  const identity = await ClientIdentity.load(env, new MemoryStore());
  if (paired) await (await identity.draft("c", "l")).keep("owner");
  const messages: string[] = [];
  const hub = new LinkHub(env, {
    message: ({ action }) => void messages.push(action),
    answered: () => {},
    inputWaits: () => {},
  });
  const facts: TransportFact[] = [];
  const scope = new AbortController();
  let waits: (since: number | null) => void = () => {};
  const attempt = LinkAttempt.dial(
    "l1",
    "any",
    {
      env,
      hub,
      identity,
      instance_id: "I".repeat(22),
      rtt: new RttWindow(),
      signal: scope.signal,
      onInputWaits: (listen) => {
        waits = listen;
        return () => {};
      },
    },
    (fact) => facts.push(fact),
  );
  const greet = async (): Promise<void> => {
    socket.give(challenge);
    await vi.waitFor(() => expect(socket.sent).toHaveLength(1));
    time.advance(40);
    socket.give(welcome);
  };
  return {
    time,
    socket,
    urls,
    hub,
    facts,
    scope,
    attempt,
    messages,
    greet,
    inputWaits: (since: number | null) => waits(since),
    kinds: () => facts.map(({ type }) => type.slice("transport.".length)),
  };
}

/** Kind and nonce of the PINGs and PONGs that were sent. */
const pings = (socket: SocketDouble): unknown[] =>
  socket.frames().map((bytes) => {
    const decoded = decodeFrame(bytes, "up");
    return decoded.ok ? decoded.frame : decoded.reason;
  });

describe("link attempt", () => {
  test("[WP1] [WP2] [S19] dials path and subprotocol, answers the challenge with a signed hello, is welcomed", async () => {
    const { urls, socket, greet, kinds, facts, hub } = await setUp();
    expect(urls).toEqual([["wss://proxy.test:8443/s/any/v1", "rackside.v1"]]);
    expect(socket.binaryType).toBe("arraybuffer");
    await greet();
    expect(socket.controls()[0]).toMatchObject({
      action: "hello",
      session_id: "link",
      payload: { instance_id: "I".repeat(22), sessions: [], sig: expect.stringMatching(/^[\w-]{86}$/) },
    });
    expect(kinds()).toEqual(["challenged", "welcomed", "confirmed"]);
    expect(facts[2]).toMatchObject({ rtt_ms: 40, p50_ms: 40 });
    expect(hub.online).toBe(true);
  });

  test("[S9] without a client key the attempt ends as an authentication failure", async () => {
    const { socket, facts } = await setUp(false);
    socket.give(challenge);
    await vi.waitFor(() => expect(socket.closed).toMatchObject({ code: CLOSE.auth }));
    expect(facts.at(-1)).toMatchObject({ type: "transport.closed", code: CLOSE.auth });
  });

  test("[WP4] a frame or message that breaks the protocol closes with its code", async () => {
    for (const [data, code] of [
      [new Uint8Array([1, 2, 3]), CLOSE.protocol],
      ["{", CLOSE.protocol],
      ["x".repeat(70_000), CLOSE.tooLarge],
    ] as const) {
      const { socket, facts, hub } = await setUp();
      socket.give(data);
      expect(socket.closed?.code).toBe(code);
      expect(facts).toMatchObject([{ type: "transport.closed", code }]);
      expect(hub.online).toBe(false);
    }
  });

  test("[section 11] a PING after 15 s of silence; a PONG is the round trip; ten silent seconds are the end", async () => {
    const { time, socket, greet, facts, kinds } = await setUp();
    await greet();
    time.advance(PING_IDLE_MS);
    expect(pings(socket)).toEqual([{ kind: "ping", nonce: 1 }]);
    time.advance(30);
    socket.give(encodePong(1));
    expect(facts.at(-1)).toMatchObject({ type: "transport.confirmed", rtt_ms: 30 });
    time.advance(PING_IDLE_MS + PING_DEAD_MS);
    expect(kinds().at(-1)).toBe("closed");
    expect(socket.closed).toMatchObject({ code: CLOSE.timeout });
  });

  test("[section 11] input without an answer asks after 1.5 s, and the link is suspect until it is there", async () => {
    const { time, socket, greet, inputWaits, kinds } = await setUp();
    await greet();
    inputWaits(time.now());
    time.advance(PING_UNACKED_MS - 1);
    expect(pings(socket)).toEqual([]);
    time.advance(1);
    expect(pings(socket)).toHaveLength(1);
    expect(kinds().at(-1)).toBe("suspected");
    socket.give(encodePong(1));
    expect(kinds().at(-1)).toBe("confirmed");
    inputWaits(null);
    time.advance(PING_IDLE_MS);
    expect(kinds().filter((kind) => kind === "suspected")).toHaveLength(1);
  });

  test("[section 11] [WP33] after two silent seconds of a wake the link is told silent, and stays in use for ten", async () => {
    const { time, socket, greet, attempt, kinds, hub } = await setUp();
    await greet();
    attempt.order({ type: "transport.probe" });
    time.advance(0);
    expect(pings(socket)).toHaveLength(1);
    time.advance(WAKE_PROBE_MS);
    expect(kinds().at(-1)).toBe("silent");
    expect([hub.online, socket.closed]).toEqual([true, null]);
    time.advance(PING_DEAD_MS - WAKE_PROBE_MS);
    expect(kinds().at(-1)).toBe("closed");
    expect(socket.closed).toMatchObject({ code: CLOSE.timeout });
  });

  test("[WP33] a PONG for an earlier PING does not end the doubt of a wake", async () => {
    const { time, socket, greet, attempt, kinds } = await setUp();
    await greet();
    time.advance(PING_IDLE_MS);
    attempt.order({ type: "transport.probe" });
    time.advance(0);
    expect(pings(socket)).toHaveLength(2);
    const before = kinds().length;
    socket.give(encodePong(1));
    expect(kinds()).toHaveLength(before);
    socket.give(encodePong(2));
    expect(kinds().at(-1)).toBe("confirmed");
  });

  test("a timer that rings more than 3 s late is a wake: it asks at once, and is silent after two seconds", async () => {
    const { time, socket, greet, kinds } = await setUp();
    await greet();
    time.sleep(PING_IDLE_MS + 3_001);
    time.advance(0);
    expect(pings(socket)).toHaveLength(1);
    time.advance(WAKE_PROBE_MS);
    expect(kinds().at(-1)).toBe("silent");
  });

  test("[WP5] answers the proxy's PING", async () => {
    const { socket, greet } = await setUp();
    await greet();
    socket.give(encodePing(99));
    expect(pings(socket)).toEqual([{ kind: "pong", nonce: 99 }]);
  });

  test("[A2] after it was stopped nothing is reported, sent or kept running", async () => {
    const { time, socket, greet, attempt, facts, hub } = await setUp();
    await greet();
    attempt.stop();
    const before = facts.length;
    socket.give(welcome);
    socket.drop(1006);
    time.advance(60_000);
    expect(facts).toHaveLength(before);
    expect(socket.sent).toHaveLength(1);
    expect(hub.online).toBe(false);
    expect(time.pending).toBe(0);
  });

  test("[A3] ends with its scope, whatever became of the machine", async () => {
    const { socket, greet, scope, hub } = await setUp();
    await greet();
    scope.abort();
    expect(socket.closed).not.toBeNull();
    expect(hub.online).toBe(false);
  });

  test("a browser that makes no socket counts as one that closed at once, and only while it is wanted", async () => {
    const { time, facts, attempt } = await setUp(true, true);
    attempt.order({ type: "transport.probe" });
    expect(facts).toEqual([]);
    time.advance(0);
    expect(facts).toMatchObject([{ type: "transport.closed", code: 1006 }]);
    const stopped = await setUp(true, true);
    stopped.attempt.stop();
    stopped.time.advance(0);
    expect(stopped.facts).toEqual([]);
  });

  test("what the browser reports is passed on; other messages go to the machines", async () => {
    const { socket, greet, facts, messages } = await setUp();
    await greet();
    socket.give(encodeControl(linkFrame("going_away", { deadline_s: 5 })));
    expect(facts.at(-1)).toMatchObject({ type: "transport.draining", deadline_s: 5 });
    socket.give(encodeControl(linkFrame("sessions", { sessions: [] })));
    expect(messages).toEqual(["sessions"]);
    socket.drop(1006);
    expect(facts.at(-1)).toMatchObject({ type: "transport.closed", code: 1006 });
  });
});
