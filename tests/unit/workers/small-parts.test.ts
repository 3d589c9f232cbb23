import { describe, expect, test } from "vitest";
import { LockTable } from "#support/lock-table.ts";
import { RttWindow } from "#workers/actors/rtt-window.ts";
import { PendingReplies } from "#workers/pending-replies.ts";
import { ResourceScope } from "#workers/resource-scope.ts";
import { SessionLocks } from "#workers/session-locks.ts";
import { visibleText } from "#workers/visible-text.ts";

describe("resource scope [A3]", () => {
  test("ends everything that is held, once, and children with it", () => {
    const ended: string[] = [];
    const scope = new ResourceScope();
    const child = scope.child();
    scope.onEnd(() => ended.push("parent"));
    child.onEnd(() => ended.push("child"));
    const forget = scope.onEnd(() => ended.push("taken back"));
    forget();
    scope.end();
    scope.end();
    expect(ended.sort()).toEqual(["child", "parent"]);
    expect(child.ended).toBe(true);
    expect(scope.signal.aborted).toBe(true);
  });

  test("what comes too late is released at once; a child may end alone", () => {
    const scope = new ResourceScope();
    scope.child().end();
    expect(scope.ended).toBe(false);
    scope.end();
    let released = false;
    scope.onEnd(() => {
      released = true;
    });
    expect(released).toBe(true);
  });
});

describe("pending replies [L5]", () => {
  test("each command is answered once, and all are when the tree ends", async () => {
    const replies = new PendingReplies();
    const first = replies.wait("a");
    const second = replies.wait("b");
    replies.settle("a", { ok: true, value: 1 });
    replies.settle("a", { ok: true, value: 2 });
    replies.settle("nobody", { ok: true });
    expect(await first).toEqual({ ok: true, value: 1 });
    replies.settleAll({ ok: false, error: { code: "worker_failed", retry: "yes" } });
    expect(await second).toMatchObject({ ok: false });
    expect(replies.isOpen("b")).toBe(false);
  });
});

describe("round trips [U11]", () => {
  test("percentiles of the last minute", () => {
    const rtt = new RttWindow();
    expect(rtt.percentiles(0)).toEqual({ p50_ms: 0, p95_ms: 0 });
    for (let at = 1; at <= 100; at++) rtt.add(at, at);
    expect(rtt.percentiles(100)).toEqual({ p50_ms: 51, p95_ms: 96 });
    expect(rtt.percentiles(60_099)).toEqual({ p50_ms: 100, p95_ms: 100 });
  });
});

describe("typed text, shown [S86]", () => {
  test("control, format and bidirectional characters become visible", () => {
    const text = "a\r\t\u001b[A\u0003\u007f\u202e\u200bé";
    expect(visibleText(new TextEncoder().encode(text))).toBe("a⏎⇥␛[A^C^?\\u{202e}\\u{200b}é");
  });
});

describe("session locks [WP28]", () => {
  const lockManager = () => new LockTable() as unknown as LockManager;

  test("one page has a session; the next gets it when the first lets go", async () => {
    const manager = lockManager();
    const first = new SessionLocks(manager);
    const second = new SessionLocks(manager);
    expect(await first.take("s")).toBe(true);
    expect(await first.take("s")).toBe(true);
    expect(await second.take("s")).toBe(false);
    expect([first.isHeld("s"), second.isHeld("s")]).toEqual([true, false]);
    first.releaseAll();
    await expect.poll(() => second.take("s")).toBe(true);
    second.release("s");
    second.release("s");
  });

  test("[I10] a page that took a session over has its lock as soon as the page before lets go, and no third page has", async () => {
    const manager = lockManager();
    const [before, taker, third] = [new SessionLocks(manager), new SessionLocks(manager), new SessionLocks(manager)];
    before.claim("s");
    await expect.poll(() => before.isHeld("s")).toBe(true);
    taker.claim("s");
    expect(taker.isHeld("s")).toBe(false);
    before.release("s");
    await expect.poll(() => taker.isHeld("s")).toBe(true);
    expect(await third.take("s")).toBe(false);
    // Who gives up waiting stands in nobody's way.
    third.claim("s");
    third.release("s");
    taker.release("s");
    await expect.poll(() => before.take("s")).toBe(true);
    expect(third.isHeld("s")).toBe(false);
  });

  test("[U97] the next worker of a page is the heir of the last, however long that one's locks stay; no other page is", async () => {
    const manager = lockManager();
    const [gone, heir] = [new SessionLocks(manager, "page 1"), new SessionLocks(manager, "page 1")];
    const [other, third] = [new SessionLocks(manager, "page 2"), new SessionLocks(manager)];
    const session = { sid: "s", page: "page 1" };
    expect(await gone.takeUp(session)).toBe(true);
    expect(await heir.takeUp(session)).toBe(true);
    // The proxy is not told of a lock that is not there yet.
    expect([heir.isHeld("s"), heir.isOurs("s")]).toEqual([false, true]);
    expect([await other.takeUp(session), await third.takeUp({ sid: "s" })]).toEqual([false, false]);
    expect([other.isOurs("s"), third.isOurs("s")]).toEqual([false, false]);
    gone.releaseAll();
    await expect.poll(() => heir.isHeld("s")).toBe(true);
    expect(await other.takeUp(session)).toBe(false);
    heir.releaseAll();
    expect(await heir.takeUp(session)).toBe(false);
    await expect.poll(() => other.takeUp(session)).toBe(true);
  });

  test("[WP28] an heir that finds the session with another page waits for its lock no longer", async () => {
    const manager = lockManager();
    const [holder, heir, next] = [new SessionLocks(manager), new SessionLocks(manager, "p"), new SessionLocks(manager)];
    await holder.take("s");
    expect(await heir.takeUp({ sid: "s", page: "p" })).toBe(true);
    heir.dropClaim("s");
    expect(heir.isOurs("s")).toBe(false);
    holder.release("s");
    await expect.poll(() => next.take("s")).toBe(true);
    // One that is held stays: no other page of this browser has the session.
    next.dropClaim("s");
    expect([heir.isHeld("s"), next.isHeld("s")]).toEqual([false, true]);
  });

  test("without the API every lock is granted: the proxy asks the holder", async () => {
    const locks = new SessionLocks(undefined);
    expect(await locks.take("s")).toBe(true);
    expect(locks.isHeld("s")).toBe(true);
    locks.claim("t");
    expect(locks.isHeld("t")).toBe(true);
  });

  test("a lock that cannot be asked for is not held", async () => {
    const failing = { request: () => Promise.reject(new Error("no")) } as unknown as LockManager;
    expect(await new SessionLocks(failing).take("s")).toBe(false);
  });
});
