import { describe, expect, test } from "vitest";
import { sessionFrame } from "#protocol/builders.ts";
import { LINK_CONTROL_QUEUE_BYTES, ROUND_ROBIN_QUANTUM_BYTES, SOCKET_HIGH_WATER_BYTES } from "#protocol/limits.ts";
import { AttemptLedger } from "#protocol/proxy/attempts.ts";
import { LinkScheduler } from "#protocol/proxy/link-scheduler.ts";
import { ReplyCache } from "#protocol/proxy/reply-cache.ts";
import { checkAccess, decideTakeover } from "#protocol/proxy/takeover.ts";

describe("takeover [WP28]", () => {
  const holder = { client: "c1", instance: "i1", epoch: 5 };
  const claimant = { client: "c1", instance: "i2", knownEpoch: 5, lockHeld: false, force: false };

  test.each([
    ["nobody holds it", null, {}, "unknown", "grant"],
    ["(a) the same page", holder, { instance: "i1" }, "unknown", "grant"],
    ["(b) the lock of a page that died", holder, { lockHeld: true }, "unknown", "grant"],
    ["(b) not across clients", holder, { lockHeld: true, client: "c2" }, "unknown", "probe"],
    ["(b) not against a takeover it does not know of", holder, { lockHeld: true, knownEpoch: 4 }, "unknown", "probe"],
    ["(c) asks the holder", holder, {}, "unknown", "probe"],
    ["(c) who is silent", holder, {}, "silent", "grant"],
    ["(c) who answers", holder, {}, "answered", "busy"],
    ["(d) a person's act", holder, { force: true, client: "c2" }, "unknown", "grant"],
  ] as const)("WP28 I10: %s", (_name, by, more, probe, verdict) => {
    expect(decideTakeover(by, { ...claimant, ...more }, probe)).toBe(verdict);
  });

  const tokenHash = new Uint8Array([1, 2, 3]);
  const revoked = new Uint8Array([7, 7, 7]);
  const owner = { user: "u1", client: "c1", tokenHash, former: [{ client: "c2", tokenHash: revoked }] };
  test.each([
    ["the owner's token", { user: "u1", client: "c1", tokenHash, force: false }, "token"],
    ["a stolen token", { user: "u2", client: "c2", tokenHash, force: true }, "refuse"],
    ["a token of another client of the user", { user: "u1", client: "c2", tokenHash, force: false }, "refuse"],
    ["a wrong token", { user: "u1", client: "c1", tokenHash: new Uint8Array([1, 2, 4]), force: true }, "refuse"],
    ["a token of another length", { user: "u1", client: "c1", tokenHash: new Uint8Array(2), force: false }, "refuse"],
    ["adoption by the user's other client", { user: "u1", client: "c2", tokenHash: null, force: true }, "adopt"],
    ["no token and no act", { user: "u1", client: "c1", tokenHash: null, force: false }, "refuse"],
    ["another user's act", { user: "u2", client: "c2", tokenHash: null, force: true }, "refuse"],
    ["a token that an adoption revoked", { user: "u1", client: "c2", tokenHash: revoked, force: false }, "displaced"],
    ["its owner's act", { user: "u1", client: "c2", tokenHash: revoked, force: true }, "adopt"],
    ["a revoked token of another client", { user: "u1", client: "c3", tokenHash: revoked, force: true }, "refuse"],
    ["a revoked token of another user", { user: "u2", client: "c2", tokenHash: revoked, force: true }, "refuse"],
  ] as const)("WP27 S12: %s", (_name, shown, verdict) => {
    expect(checkAccess(owner, shown)).toBe(verdict);
  });
});

describe("attempts and repeated requests", () => {
  test("WP24 I6: only a newer attempt of a client is admitted", () => {
    const ledger = new AttemptLedger();
    expect(ledger.admit("c1", 10)).toBe(true);
    expect(ledger.admit("c1", 10)).toBe(false);
    expect(ledger.admit("c1", 9)).toBe(false);
    expect(ledger.admit("c2", 1)).toBe(true);
    expect(ledger.admit("c1", 11)).toBe(true);
  });

  test("S23: the ledger forgets the client that was silent longest", () => {
    const ledger = new AttemptLedger(2);
    ledger.admit("c1", 5);
    ledger.admit("c2", 5);
    ledger.admit("c1", 6);
    ledger.admit("c3", 5);
    expect(ledger.admit("c1", 6)).toBe(false);
    expect(ledger.admit("c2", 1)).toBe(true);
  });

  test("WP7 I11: a repeated request gets its replies and does not run again; 256 are kept", () => {
    const cache = new ReplyCache(2);
    const reply = sessionFrame("-", "ssh1", "disconnected", { code: 0, signal: null }, { re: "a" });
    expect(cache.begin("a")).toBeUndefined();
    expect(cache.begin("a")).toEqual([]);
    cache.record("a", reply);
    cache.record("never begun", reply);
    expect(cache.begin("a")).toEqual([reply]);
    cache.begin("b");
    cache.begin("c");
    expect(cache.begin("a")).toBeUndefined();
  });
});

describe("order of sending on a link [WP10]", () => {
  /** A session with so many bytes to send; frames carry their channel. */
  function source(chan: number, bytes: number, frame = 8_192) {
    let left = bytes;
    return {
      nextOut(max: number) {
        const length = Math.min(max, left, frame);
        left -= length;
        return length === 0 ? undefined : { frame: new Uint8Array([chan]), bytes: length, effects: [] };
      },
    };
  }

  test("WP10: control goes first, then channels in turn with a quantum of 32 KiB", () => {
    const scheduler = new LinkScheduler();
    scheduler.add(1, source(1, 80_000));
    scheduler.add(2, source(2, 10_000));
    expect(scheduler.next(0)?.data).toEqual(new Uint8Array([1]));
    scheduler.queue("now");
    const order = [];
    for (let step = scheduler.next(0); step !== undefined; step = scheduler.next(0)) order.push(String(step.data));
    const turn = ROUND_ROBIN_QUANTUM_BYTES / 8_192;
    expect(order.slice(0, turn + 2)).toEqual(["now", "1", "1", "1", "2", "2"]);
    expect(order.filter((data) => data === "1")).toHaveLength(Math.ceil(80_000 / 8_192) - 1);
  });

  test("WP10: nothing is taken while the socket is 64 KiB behind", () => {
    const scheduler = new LinkScheduler();
    scheduler.queue("x");
    expect(scheduler.next(SOCKET_HIGH_WATER_BYTES)).toBeUndefined();
    expect(scheduler.next(SOCKET_HIGH_WATER_BYTES - 1)?.data).toBe("x");
  });

  test("a removed channel has no turn", () => {
    const scheduler = new LinkScheduler();
    scheduler.add(1, source(1, 100));
    scheduler.add(2, source(2, 100));
    scheduler.remove(1);
    expect(scheduler.next(0)?.data).toEqual(new Uint8Array([2]));
    expect(scheduler.next(0)).toBeUndefined();
  });

  test("S23: a peer that does not read cannot make control pile up", () => {
    const scheduler = new LinkScheduler();
    const part = "x".repeat(LINK_CONTROL_QUEUE_BYTES / 4);
    for (let count = 0; count < 4; count++) expect(scheduler.queue(part)).toBe(true);
    expect(scheduler.queue("x")).toBe(false);
    scheduler.next(0);
    expect(scheduler.queue("x")).toBe(true);
  });
});
