import "fake-indexeddb/auto";
import { IDBFactory } from "fake-indexeddb";
import { describe, expect, test, vi } from "vitest";
import { helloClaim } from "#protocol/signing.ts";
import { ManualTime } from "#support/fake-timers.ts";
import { LockTable } from "#support/lock-table.ts";
import { sealedOn } from "#support/sealed.ts";
import { KEY, RECORD } from "#support/wire-messages.ts";
import { SessionLocks } from "#workers/session-locks.ts";
import { type Restorable, restorable } from "#workers/session-restore.ts";
import { ClientIdentity } from "#workers/storage/client-identity.ts";
import { CommandHistory, HISTORY_MAX, type HistoryEntry } from "#workers/storage/command-history.ts";
import type { ResumeRecord } from "#workers/storage/resume-records.ts";
import type { SealedValues } from "#workers/storage/sealed-values.ts";
import { MemoryStore, openTabletStore } from "#workers/storage/tablet-store.ts";

const { crypto } = globalThis;
const never = (error: unknown): never => {
  throw error;
};

/** A factory whose databases refuse every write, as a full disk does. */
function fullDisk(): IDBFactory {
  const factory = new IDBFactory();
  const open = factory.open.bind(factory);
  factory.open = (name: string, version?: number) => {
    const request = open(name, version);
    request.addEventListener("success", () => {
      const { result } = request;
      const transaction = result.transaction.bind(result);
      result.transaction = ((stores: string[], mode: IDBTransactionMode) => {
        if (mode === "readwrite") throw new DOMException("disk is full", "QuotaExceededError");
        return transaction(stores, mode);
      }) as IDBDatabase["transaction"];
    });
    return request;
  };
  return factory;
}

describe("tablet store", () => {
  test("keeps values, key handles included, from one start to the next", async () => {
    const factory = new IDBFactory();
    const first = await openTabletStore(factory, never);
    const key = await crypto.subtle.generateKey({ name: "AES-GCM", length: 256 }, false, ["encrypt"]);
    await first.put("keys", "k", key);
    await first.put("client", "c", { client_id: "x", user: "u", label: "l", attempt: 3 });
    first.close();
    const second = await openTabletStore(factory, never);
    expect(await second.get("client", "c")).toMatchObject({ attempt: 3 });
    expect(await second.get("keys", "k")).toMatchObject({ extractable: false });
    expect((await second.entries("client")).map(([name]) => name)).toEqual(["c"]);
    await second.remove("client", "c");
    await second.clear("keys");
    expect(await second.entries("client")).toEqual([]);
    expect(await second.get("keys", "k")).toBeUndefined();
    second.close();
  });

  test("a refused write is told, and the value stays in memory", async () => {
    const failures: unknown[] = [];
    const store = await openTabletStore(fullDisk(), (error) => failures.push(error));
    const value = { client_id: "x", user: "u", label: "l", attempt: 1 };
    await store.put("client", "c", value);
    expect(failures).toMatchObject([{ name: "QuotaExceededError" }]);
    expect(await store.get("client", "c")).toEqual(value);
    expect(await store.entries("client")).toEqual([["c", value]]);
    await store.remove("client", "c");
    expect(await store.get("client", "c")).toBeUndefined();
    store.close();
  });

  test("without a database, or with one that does not open, the app goes on in memory", async () => {
    const broken = { open: () => never(new DOMException("private mode", "SecurityError")) } as unknown as IDBFactory;
    for (const factory of [undefined, broken]) {
      const failed = vi.fn();
      const store = await openTabletStore(factory, failed);
      await store.put("client", "c", { client_id: "x", user: "u", label: "l", attempt: 1 });
      expect(await store.get("client", "c")).toBeDefined();
      expect(failed).toHaveBeenCalledTimes(1);
    }
  });
});

describe("command history [U48]", () => {
  const open = async (store = new MemoryStore()) => {
    return { store, history: new CommandHistory((await sealedOn(store)).stores.history) };
  };

  test("newest first, one entry per line, searched by words, sealed on the tablet", async () => {
    const { store, history } = await open();
    for (const [at, line] of ["show version", "show ip route", "show version", "  ", "ping 192.0.2.1"].entries()) {
      await history.add("d1", line, at);
    }
    const lines = async (search: string, limit = 10) =>
      (await history.list("d1", search, limit)).map(({ line }) => line);
    expect(await lines("")).toEqual(["ping 192.0.2.1", "show version", "show ip route"]);
    expect(await lines("ROUTE show")).toEqual(["show ip route"]);
    expect(await lines("", 1)).toEqual(["ping 192.0.2.1"]);
    expect(await lines("", 0)).toEqual([]);
    expect(await history.list("d2", "", 10)).toEqual([]);
    expect(JSON.stringify(await store.entries("history"))).not.toContain("ping");
    expect((await (await open(store)).history.list("d1", "ping", 1))[0]).toEqual({ line: "ping 192.0.2.1", at: 4 });
    await history.delete("d1", "show version");
    expect(await lines("version")).toEqual([]);
    await history.delete("d1", null);
    expect(await lines("")).toEqual([]);
  });

  test("lines added at the same moment are all kept; the oldest go beyond the limit", async () => {
    const { history } = await open();
    await Promise.all(Array.from({ length: 20 }, (_, at) => history.add("d1", `line ${at}`, at)));
    expect(await history.list("d1", "", 100)).toHaveLength(20);
    const full = new CommandHistory({
      get: async () => undefined,
      isLocked: async () => false,
      put: async () => {},
    } as unknown as SealedValues<readonly HistoryEntry[]>);
    for (let at = 0; at <= HISTORY_MAX; at++) await full.add("d", `c${at}`, at);
    const kept = await full.list("d", "", HISTORY_MAX + 10);
    expect(kept).toHaveLength(HISTORY_MAX);
    expect(kept.at(-1)?.line).toBe("c1");
  });
});

describe("client identity [S7] [S9] [WP23]", () => {
  const env = (now = 1_000) => ({ crypto, origin: "https://proxy.test", now: () => now });

  test("a draft is kept only when the proxy took it; its key signs hellos that the public key verifies", async () => {
    const store = new MemoryStore();
    const identity = await ClientIdentity.load(env(), store);
    expect(identity.client).toBeUndefined();
    const draft = await identity.draft("code", "tablet");
    expect(await store.entries("keys")).toEqual([]);
    await draft.keep("owner");
    const again = await ClientIdentity.load(env(), store);
    expect(again.client).toMatchObject({ client_id: draft.body.client_id, user: "owner", label: "tablet" });
    const sig = await again.signHello("nonce", "instance", 5);
    const spki = Buffer.from(draft.body.public_key, "base64url");
    const algorithm = { name: "ECDSA", namedCurve: "P-256" };
    const publicKey = await crypto.subtle.importKey("spki", spki, algorithm, false, ["verify"]);
    const claim = helloClaim({
      nonce: "nonce",
      origin: "https://proxy.test",
      client_id: draft.body.client_id,
      instance_id: "instance",
      attempt: 5,
    });
    const hash = { name: "ECDSA", hash: "SHA-256" };
    expect(await crypto.subtle.verify(hash, publicKey, Buffer.from(sig, "base64url"), claim)).toBe(true);
    const [[, keys]] = (await store.entries("keys")) as [[string, CryptoKeyPair]];
    await expect(crypto.subtle.exportKey("pkcs8", keys.privateKey)).rejects.toThrow();
  });

  test("attempts grow over tabs and reloads, even when the clock goes back", async () => {
    const store = new MemoryStore();
    const first = await ClientIdentity.load(env(5_000), store);
    await (await first.draft("c", "l")).keep("owner");
    const numbers = [await first.nextAttempt(), await first.nextAttempt()];
    const second = await ClientIdentity.load(env(10), store);
    numbers.push(await second.nextAttempt(), await first.nextAttempt());
    expect(numbers).toEqual([5_000, 5_001, 5_002, 5_003]);
  });

  test("after a sign-out nothing can be signed", async () => {
    const identity = await ClientIdentity.load(env(), new MemoryStore());
    await (await identity.draft("c", "l")).keep("owner");
    await identity.forget();
    expect(identity.client).toBeUndefined();
    await expect(identity.signHello("n", "i", 1)).rejects.toThrow("not paired");
    await expect(identity.nextAttempt()).rejects.toThrow("not paired");
  });
});

describe("sessions of an earlier page [A4] [WP28]", () => {
  const record = (changes: Partial<ResumeRecord>): ResumeRecord => ({
    version: 1,
    device: RECORD.id,
    session_id: "ssh1",
    sid: "n1.a",
    token: "t",
    epoch: 1,
    record: RECORD,
    cols: 80,
    rows: 24,
    host_key: KEY,
    simulated: false,
    transport: "shell_pty",
    server_ident: "x",
    at: 1_000_000,
    ...changes,
  });
  const open = async () => {
    const store = new MemoryStore();
    const { resume: records } = await sealedOn(store);
    return { store, records, time: new ManualTime(1_000_000) };
  };
  const busy = (names: readonly string[]) => {
    const request = async (name: string, _o: unknown, run: (lock: unknown) => Promise<void> | undefined) => {
      if (names.some((one) => name.endsWith(one))) await run(null);
      else await run({ name });
    };
    return new SessionLocks({ request } as unknown as LockManager);
  };

  test("both sessions of a device come back together, the newest of each kind", async () => {
    const { records, time } = await open();
    await records.put(record({}));
    await records.put(record({ sid: "n1.old", at: 900_000 }));
    await records.put(record({ sid: "n1.b", session_id: "ssh2" }));
    const found: Restorable[] = [];
    await restorable(time, records, new SessionLocks(undefined), (device) => found.push(device));
    expect(found).toHaveLength(1);
    expect(found[0]?.sessions.map(({ sid }) => sid)).toEqual(["n1.a", "n1.b"]);
  });

  test("the sessions of a living tab stay with it; those of a dying one are waited for", async () => {
    const { records, time } = await open();
    await records.put(record({}));
    const found: Restorable[] = [];
    const done = restorable(time, records, busy(["n1.a"]), (device) => found.push(device));
    for (let tries = 0; tries < 10; tries++) {
      await vi.waitFor(() => expect(time.pending).toBe(1));
      time.advance(200);
    }
    await done;
    expect(found).toEqual([]);
  });

  test("[U97] those of the page's own former worker come back at once, while the browser still holds its locks", async () => {
    const { records, time } = await open();
    await records.put(record({ page: "page 1" }));
    await records.put(record({ sid: "n1.b", session_id: "ssh2", page: "page 1" }));
    const table = new LockTable() as unknown as LockManager;
    const blocked = new SessionLocks(table, "page 1");
    for (const sid of ["n1.a", "n1.b"]) await blocked.take(sid);
    const found: Restorable[] = [];
    const next = new SessionLocks(table, "page 1");
    await restorable(time, records, next, (device) => found.push(device));
    expect(found.map(({ sessions }) => sessions.map(({ sid }) => sid))).toEqual([["n1.a", "n1.b"]]);
    expect([next.isHeld("n1.a"), next.isHeld("n1.b")]).toEqual([false, false]);
    blocked.releaseAll();
    await vi.waitFor(() => expect([next.isHeld("n1.a"), next.isHeld("n1.b")]).toEqual([true, true]));
  });

  test("[WP28] one that another page took over since is that page's, whoever had it before", async () => {
    const { records, time } = await open();
    await records.put(record({ page: "page 1" }));
    await records.put(record({ sid: "n1.b", session_id: "ssh2", page: "page 2" }));
    const table = new LockTable() as unknown as LockManager;
    const [blocked, other] = [new SessionLocks(table, "page 1"), new SessionLocks(table, "page 2")];
    await blocked.take("n1.a");
    await other.take("n1.b");
    const found: Restorable[] = [];
    const next = new SessionLocks(table, "page 1");
    const done = restorable(time, records, next, (device) => found.push(device));
    for (let tries = 0; tries < 3; tries++) {
      await vi.waitFor(() => expect(time.pending).toBe(1));
      time.advance(200);
    }
    await done;
    expect(found.map(({ sessions }) => sessions.map(({ sid }) => sid))).toEqual([["n1.a"]]);
    expect(next.isOurs("n1.b")).toBe(false);
  });

  test("[WP28] locks that a dying page frees one by one are waited for, so that no session of the device is left out", async () => {
    const { records, time } = await open();
    await records.put(record({}));
    await records.put(record({ sid: "n1.b", session_id: "ssh2" }));
    const taken = ["n1.b"];
    const found: Restorable[] = [];
    const done = restorable(time, records, busy(taken), (device) => found.push(device));
    await vi.waitFor(() => expect(time.pending).toBe(1));
    expect(found).toEqual([]);
    taken.pop();
    time.advance(200);
    await done;
    expect(found.map(({ sessions }) => sessions.map(({ sid }) => sid))).toEqual([["n1.a", "n1.b"]]);
  });

  test("[WP28] one that a living tab keeps does not hold the other one up for long", async () => {
    const { records, time } = await open();
    await records.put(record({}));
    await records.put(record({ sid: "n1.b", session_id: "ssh2" }));
    const found: Restorable[] = [];
    const done = restorable(time, records, busy(["n1.b"]), (device) => found.push(device));
    for (let tries = 0; tries < 3; tries++) {
      await vi.waitFor(() => expect(time.pending).toBe(1));
      expect(found).toEqual([]);
      time.advance(200);
    }
    await done;
    expect(found.map(({ sessions }) => sessions.map(({ sid }) => sid))).toEqual([["n1.a"]]);
  });

  test("[A3] a tree that ended while it waited takes no lock from its successor", async () => {
    const table = new LockTable() as unknown as LockManager;
    const [before, after] = [new SessionLocks(table), new SessionLocks(table)];
    expect(await before.take("n1.a")).toBe(true);
    before.releaseAll();
    expect([await before.take("n1.a"), await before.take("n1.b")]).toEqual([false, false]);
    expect([await after.take("n1.a"), await after.take("n1.b")]).toEqual([true, true]);
    after.releaseAll();
  });

  test("[WP35] records beyond their grace, and unreadable ones, go", async () => {
    const { store, records, time } = await open();
    await records.put(record({ at: 1_000_000 - 961_000 }));
    await store.put("resume", "n1.odd", { sealed: new Uint8Array(64) });
    const found: Restorable[] = [];
    await restorable(time, records, new SessionLocks(undefined), (device) => found.push(device));
    expect(found).toEqual([]);
    expect(await store.entries("resume")).toEqual([]);
  });

  test("[S71] tokens are not readable on the tablet", async () => {
    const { store, records } = await open();
    await records.put(record({ token: "very-secret-token" }));
    const [[, sealed]] = (await store.entries("resume")) as unknown as [[string, { sealed: Uint8Array }]];
    expect(Buffer.from(sealed.sealed).toString("latin1")).not.toContain("very-secret-token");
  });
});
