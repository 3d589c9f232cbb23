import { describe, expect, test } from "vitest";
import { sessionFrame } from "#protocol/builders.ts";
import { CLOSE, type CloseCode } from "#protocol/close-codes.ts";
import type { Down } from "#protocol/down.ts";
import type { SessionRequest, SessionState } from "#protocol/messages/session-entry.ts";
import type { Up } from "#protocol/up.ts";
import { ManualTime } from "#support/fake-timers.ts";
import type { HostEnv } from "#workers/host-env.ts";
import { LinkHub, type OpenLink } from "#workers/link-hub.ts";
import type { SessionRuntime } from "#workers/session-runtime.ts";

const linkOf = (id: string) => {
  const closed: CloseCode[] = [];
  const sent: Up[] = [];
  const link: OpenLink = {
    id,
    send: (data) => void sent.push(JSON.parse(String(data)) as Up),
    bufferedAmount: () => 0,
    fail: (code) => void closed.push(code),
  };
  return { link, closed, sent };
};
const answer = (sid: string): SessionState => ({ sid, status: "resumed", chan: 1, epoch: 2 });

/** A session as the hub sees it, with a note of what became of it. */
function sessionOf(sid: string, asks = true) {
  const notes: string[] = [];
  const device = `device-of-${sid.slice(3)}`;
  const state = { unackedSince: null as number | null };
  const runtime = {
    device,
    session_id: "ssh1",
    sid,
    concerns: ({ payload }: Down) => !("sid" in payload) || payload.sid === sid,
    onControl: (_link: string, { action }: Down) => {
      notes.push(`heard ${action}`);
      return "pass";
    },
    bootId: undefined,
    get unackedSince() {
      return state.unackedSince;
    },
    request: () => (asks ? ({ sid, device, session_id: "ssh1" } as SessionRequest) : undefined),
    applyState: (_state: SessionState, link: string) => void notes.push(`answered on ${link}`),
    attach: (force: boolean) => void notes.push(force ? "attach by force" : "attach"),
    linkUp: () => {},
    linkLost: (link: string) => void notes.push(`lost ${link}`),
    nextIn: () => undefined,
    takeAck: () => undefined,
    ackAt: () => null,
    hasInputFor: () => false,
  };
  return { runtime: runtime as unknown as SessionRuntime, notes, state };
}

function setUp() {
  const time = new ManualTime();
  const changes: boolean[] = [];
  const waits: (number | null)[] = [];
  const [passed, late, answered]: [string[], string[], string[]] = [[], [], []];
  const hub = new LinkHub(
    { now: time.now, setTimeout: time.setTimeout, clearTimeout: time.clearTimeout } as unknown as HostEnv,
    {
      message: ({ action }) => void passed.push(action),
      late: ({ action }) => void late.push(action),
      answered: (_device, _session, { sid }) => void answered.push(sid),
      inputWaits: (since) => void waits.push(since),
      linkChanged: (up) => void changes.push(up),
    },
  );
  return { hub, changes, waits, passed, late, answered };
}

describe("[section 11] the link that a session is on", () => {
  test("a second one that is welcomed takes over; what the first still says of its end changes nothing", () => {
    const { hub, changes } = setUp();
    const session = sessionOf("n1.a");
    hub.add(session.runtime);
    const [first, second] = [linkOf("l1"), linkOf("l2")];
    hub.welcomed(first.link, [answer("n1.a")]);
    hub.welcomed(second.link, [answer("n1.a")]);
    expect(hub.online).toBe(true);
    hub.lost(first.link);
    expect(hub.online).toBe(true);
    expect(changes).toEqual([true, false, true]);
    expect(session.notes).toEqual(["answered on l1", "answered on l2", "lost l1"]);
    hub.fail("l1", CLOSE.protocol, "late");
    hub.fail("l2", CLOSE.protocol, "now");
    expect([first.closed, second.closed]).toEqual([[], [CLOSE.protocol]]);
  });

  test("a session that began to ask after the hello had left is asked for once the link is up", () => {
    const { hub } = setUp();
    const [asked, late, quiet] = [sessionOf("n1.a"), sessionOf("n1.b"), sessionOf("n1.c", false)];
    for (const { runtime } of [asked, late, quiet]) hub.add(runtime);
    hub.welcomed(linkOf("l1").link, [answer("n1.a")]);
    expect(asked.notes).toEqual(["answered on l1"]);
    expect(late.notes).toEqual(["attach"]);
    expect(quiet.notes).toEqual([]);
  });

  test("the next link is told anew of input that waits, though it waited before", () => {
    const { hub, waits } = setUp();
    const session = sessionOf("n1.a");
    hub.add(session.runtime);
    session.state.unackedSince = 7;
    hub.welcomed(linkOf("l1").link, [answer("n1.a")]);
    hub.welcomed(linkOf("l2").link, [answer("n1.a")]);
    expect(waits).toEqual([7, null, 7]);
  });
});

describe("[WP28] news of a session that the page has left", () => {
  test("its `attached` comes late: the successor hears nothing of it, and the proxy is told that nobody has it", () => {
    const { hub, late, passed, answered } = setUp();
    const b = sessionOf("n1.b", false);
    hub.add(b.runtime);
    const { link, sent } = linkOf("l1");
    hub.welcomed(link, []);
    const attached = (state: SessionState) => sessionFrame(b.runtime.device, "ssh1", "attached", state);
    hub.onControl(link, attached(answer("n1.a")));
    expect(b.notes).toEqual([]);
    expect(answered).toEqual([]);
    expect(passed).toEqual([]);
    expect(late).toEqual(["attached"]);
    expect(sent).toMatchObject([{ action: "detach", device: b.runtime.device, payload: { sid: "n1.a" } }]);
    // One that the proxy did not grant needs no release.
    hub.onControl(link, attached({ sid: "n1.a", status: "busy" }));
    expect(sent).toHaveLength(1);
    hub.onControl(link, attached(answer("n1.b")));
    expect(b.notes).toEqual(["answered on l1"]);
    expect(answered).toEqual(["n1.b"]);
  });

  test("its exit, loss, size and held output do not reach the successor either", () => {
    const { hub, late, passed } = setUp();
    const b = sessionOf("n1.b", false);
    hub.add(b.runtime);
    const { link } = linkOf("l1");
    hub.welcomed(link, []);
    const { device } = b.runtime;
    const news = (sid: string): Down[] => [
      sessionFrame(device, "ssh1", "exit", { sid, code: 0, signal: null, at: 0 }),
      sessionFrame(device, "ssh1", "taken_over", { sid, by: "phone", epoch: 9 }),
      sessionFrame(device, "ssh1", "resized", { sid, rev: 1, cols: 80, rows: 24, at: 0 }),
      sessionFrame(device, "ssh1", "held", { sid, bytes: 1, paused: true }),
      sessionFrame(device, "ssh1", "save_request", { sid, chan: 1 }),
      sessionFrame(device, "ssh1", "disconnected", { sid, code: 0, signal: null }),
    ];
    const actions = news("n1.a").map(({ action }) => action);
    for (const message of news("n1.a")) hub.onControl(link, message);
    expect(b.notes).toEqual([]);
    expect(passed).toEqual([]);
    expect(late).toEqual(actions);
    for (const message of news("n1.b")) hub.onControl(link, message);
    expect(passed).toEqual(actions);
  });

  test("left between hello and welcome: what the welcome brings of it is released", () => {
    const { hub, answered } = setUp();
    const a = sessionOf("n1.a");
    hub.add(a.runtime);
    expect(hub.requests()).toHaveLength(1);
    hub.remove(a.runtime);
    const { link, sent } = linkOf("l1");
    hub.welcomed(link, [answer("n1.a")]);
    expect(answered).toEqual([]);
    expect(sent).toMatchObject([{ action: "detach", device: a.runtime.device, payload: { sid: "n1.a" } }]);
  });
});
