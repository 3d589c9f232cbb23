import { describe, expect, test } from "vitest";
import { CLOSE, type CloseCode } from "#protocol/close-codes.ts";
import type { SessionRequest, SessionState } from "#protocol/messages/session-entry.ts";
import { ManualTime } from "#support/fake-timers.ts";
import type { HostEnv } from "#workers/host-env.ts";
import { LinkHub, type OpenLink } from "#workers/link-hub.ts";
import type { SessionRuntime } from "#workers/session-runtime.ts";

const linkOf = (id: string) => {
  const closed: CloseCode[] = [];
  const link: OpenLink = { id, send: () => {}, bufferedAmount: () => 0, fail: (code) => void closed.push(code) };
  return { link, closed };
};
const answer = (sid: string): SessionState => ({ sid, status: "resumed", chan: 1, epoch: 2 });

/** A session as the hub sees it, with a note of what became of it. */
function sessionOf(sid: string, asks = true) {
  const notes: string[] = [];
  const state = { unackedSince: null as number | null };
  const runtime = {
    device: `device of ${sid}`,
    session_id: "ssh1",
    sid,
    bootId: undefined,
    get unackedSince() {
      return state.unackedSince;
    },
    request: () => (asks ? ({ sid } as SessionRequest) : undefined),
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
  const hub = new LinkHub(
    { now: time.now, setTimeout: time.setTimeout, clearTimeout: time.clearTimeout } as unknown as HostEnv,
    {
      message: () => {},
      answered: () => {},
      inputWaits: (since) => void waits.push(since),
      linkChanged: (up) => void changes.push(up),
    },
  );
  return { hub, changes, waits };
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
