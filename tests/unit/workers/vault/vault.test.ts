import { webcrypto } from "node:crypto";
import { describe, expect, test } from "vitest";
import { MemoryStore } from "#workers/storage/tablet-store.ts";
import { LOCK_HIDDEN_MS, LOCK_IDLE_MS, lockIsDue } from "#workers/vault/auto-lock.ts";
import { nextTryAt, unlockWaitS } from "#workers/vault/unlock-wait.ts";
import { ENTRIES_MAX, Vault } from "#workers/vault/vault.ts";
import { iterationsFor, PBKDF2_MIN_ITERATIONS } from "#workers/vault/vault-crypto.ts";
import { isBoundTo, type VaultEntry } from "#workers/vault/vault-entry.ts";
import { exportVault, importVault } from "#workers/vault/vault-file.ts";

const crypto = webcrypto as Crypto;
const PASSPHRASE = "correct horse battery";
const SECRET = "hunter2-canary";
const AT = { host: "10.0.0.1", port: 22, user: "admin" };
const TARGET = { device: "d1", host: "10.0.0.1", port: 22, user: "admin" };
const entry = (changes: Partial<Extract<VaultEntry, { kind: "password" }>> = {}): VaultEntry => ({
  kind: "password",
  name: "Core routers",
  bindings: [{ kind: "device", device: "d1", at: AT }],
  at: 1,
  user: "admin",
  secret: SECRET,
  ...changes,
});

class Rig {
  now = 1_000_000;
  readonly store = new MemoryStore();
  readonly env = { crypto, now: () => this.now };
  changes = 0;
  load = () => Vault.load(this.env, this.store, () => this.changes++);
  async open(): Promise<Vault> {
    const vault = await this.load();
    expect(await vault.create(PASSPHRASE)).toMatchObject({ ok: true });
    return vault;
  }
}
const reason = (result: { ok: boolean; error?: { reason?: string | undefined } }) =>
  result.ok ? "ok" : result.error?.reason;

describe("vault [S67] [S68]", () => {
  test("none, open, locked; a secret is found again after a reload, with the passphrase only", async () => {
    const rig = new Rig();
    const vault = await rig.open();
    expect(vault.phase).toBe("unlocked");
    const put = await vault.put(entry());
    if (!put.ok) throw new Error("not stored");
    expect((await vault.use(put.value, TARGET))?.kind).toBe("password");
    vault.lock();
    expect(vault.phase).toBe("locked");
    expect(vault.entries).toEqual([]);
    expect(await vault.use(put.value, TARGET)).toBeUndefined();
    expect(await vault.read(put.value)).toBeUndefined();
    expect(reason(await vault.put(entry()))).toBe("vault_locked");

    const later = await rig.load();
    expect(later.phase).toBe("locked");
    expect(reason(await later.unlock({ passphrase: "something else" }))).toBe("passphrase_wrong");
    expect(reason(await later.unlock({ passphrase: PASSPHRASE }))).toBe("ok");
    expect(later.entries).toMatchObject([{ id: put.value, name: "Core routers", user: "admin" }]);
    expect(await later.use(put.value, TARGET)).toMatchObject({ secret: SECRET });
  });

  test("what is stored shows neither secrets nor names, and the data key nowhere unwrapped", async () => {
    const rig = new Rig();
    const vault = await rig.open();
    await vault.put(entry());
    const stored = [...(await rig.store.entries("vault")), ...(await rig.store.entries("vault_records"))];
    const text = JSON.stringify(stored, (_key, value: unknown) =>
      value instanceof ArrayBuffer || ArrayBuffer.isView(value)
        ? Buffer.from(value instanceof ArrayBuffer ? value : value.buffer).toString("latin1")
        : value,
    );
    for (const hidden of [SECRET, "Core routers", PASSPHRASE, "admin"]) expect(text).not.toContain(hidden);
    const [, header] = stored[0] ?? [];
    if (header === undefined || !("passphrase" in header)) throw new Error("no header");
    expect(header.passphrase.iterations).toBeGreaterThanOrEqual(PBKDF2_MIN_ITERATIONS);
    expect(header.passphrase.salt).toHaveLength(16);
  });

  test("[S67] a record moved to another name, kind or version does not open, and is marked, not removed", async () => {
    const rig = new Rig();
    const vault = await rig.open();
    const ids = [];
    for (let i = 0; i < 4; i++) {
      const put = await vault.put(entry({ name: `entry ${i}` }));
      if (put.ok) ids.push(put.value);
    }
    const [a = "", b = "", c = "", d = ""] = ids;
    const record = await rig.store.get("vault_records", a);
    if (record === undefined) throw new Error("no record");
    await rig.store.put("vault_records", b, record);
    await rig.store.put("vault_records", a, { ...record, kind: "enable" });
    const other = await rig.store.get("vault_records", c);
    if (other === undefined) throw new Error("no record");
    const damaged = new Uint8Array(other.data.slice(0));
    damaged[3] = (damaged[3] ?? 0) ^ 1;
    await rig.store.put("vault_records", c, { ...other, data: damaged.buffer });
    const later = await rig.load();
    await later.unlock({ passphrase: PASSPHRASE });
    expect(later.entries.map(({ id }) => id)).toEqual([d]);
    expect([...later.unreadable].sort()).toEqual([a, b, c].sort());
    expect(await rig.store.entries("vault_records")).toHaveLength(4);
  });

  test("[S68] wrong tries wait 0, 1, 2, 4 .. 30 s, over a reload and side by side; a right one clears them", async () => {
    expect([0, 1, 2, 3, 4, 5, 6, 7, 8, 20].map(unlockWaitS)).toEqual([0, 0, 1, 2, 4, 8, 16, 30, 30, 30]);
    expect(nextTryAt(4, 5_000, 4_000)).toBe(8_000);
    const rig = new Rig();
    (await rig.open()).lock();
    const vault = await rig.load();
    const [first, second, third] = await Promise.all([
      vault.unlock({ passphrase: "wrong wrong 1" }),
      vault.unlock({ passphrase: "wrong wrong 2" }),
      vault.unlock({ passphrase: PASSPHRASE }),
    ]);
    expect([first, second, third].map(reason)).toEqual(["passphrase_wrong", "passphrase_wrong", "vault_tries"]);
    const reloaded = await rig.load();
    expect(reloaded.waitUntil).toBe(rig.now + 1_000);
    expect(reason(await reloaded.unlock({ passphrase: PASSPHRASE }))).toBe("vault_tries");
    rig.now += 1_000;
    expect(reason(await reloaded.unlock({ passphrase: PASSPHRASE }))).toBe("ok");
    expect(reloaded.waitUntil).toBeUndefined();
  });

  test("[S68] a passphrase needs 10 characters; erasing needs the word and leaves nothing", async () => {
    const rig = new Rig();
    const vault = await rig.load();
    expect(reason(await vault.create("ninechars"))).toBe("passphrase_short");
    expect(vault.phase).toBe("none");
    await vault.create(PASSPHRASE);
    expect(reason(await vault.create(PASSPHRASE))).toBe("vault_exists");
    await vault.put(entry());
    expect(reason(await vault.erase("eras"))).toBe("erase_word");
    expect(reason(await vault.erase(" Erase "))).toBe("ok");
    expect(vault.phase).toBe("none");
    expect([...(await rig.store.entries("vault")), ...(await rig.store.entries("vault_records"))]).toEqual([]);
  });

  test("a new passphrase takes the place of the old, and entries stay", async () => {
    const rig = new Rig();
    const vault = await rig.open();
    const put = await vault.put(entry());
    expect(reason(await vault.changePassphrase({ passphrase: "not the one" }, "another passphrase"))).toBe(
      "passphrase_wrong",
    );
    expect(reason(await vault.changePassphrase({ passphrase: PASSPHRASE }, "another passphrase"))).toBe("ok");
    vault.lock();
    expect(reason(await vault.unlock({ passphrase: PASSPHRASE }))).toBe("passphrase_wrong");
    expect(reason(await vault.unlock({ passphrase: "another passphrase" }))).toBe("ok");
    expect(put.ok && (await vault.read(put.value))).toMatchObject({ secret: SECRET });
  });

  test("[S69] a passkey's PRF opens it; another credential, another output and a removed one do not", async () => {
    const rig = new Rig();
    const vault = await rig.open();
    const prf = () => new Uint8Array(32).fill(9);
    const key = { id: "cred", label: "iPad", salt: "c2FsdA", prf: prf() };
    expect(reason(await vault.addPasskey("wrong passphrase", key))).toBe("passphrase_wrong");
    expect(reason(await vault.addPasskey(PASSPHRASE, { ...key, prf: prf() }))).toBe("ok");
    expect(vault.passkeys).toMatchObject([{ id: "cred", label: "iPad", salt: "c2FsdA" }]);
    vault.lock();
    expect(reason(await vault.unlock({ passkey: "other", prf: prf() }))).toBe("passkey_unknown");
    expect(reason(await vault.unlock({ passkey: "cred", prf: new Uint8Array(32) }))).toBe("passkey_wrong");
    const given = prf();
    expect(reason(await vault.unlock({ passkey: "cred", prf: given }))).toBe("ok");
    // [S73] What came from the page is overwritten.
    expect(given.every((byte) => byte === 0)).toBe(true);
    await vault.removePasskey("cred");
    vault.lock();
    expect(reason(await vault.unlock({ passkey: "cred", prf: prf() }))).toBe("passkey_unknown");
  });

  test("the calibration never goes below the floor", () => {
    expect(iterationsFor(1_000)).toBe(PBKDF2_MIN_ITERATIONS);
    expect(iterationsFor(0)).toBe(PBKDF2_MIN_ITERATIONS);
    expect(iterationsFor(1)).toBe(10_000_000);
    expect(iterationsFor(20)).toBe(1_500_000);
  });
});

describe("[S67] an entry is offered where it is bound, and nowhere else", () => {
  test.each<[string, Parameters<typeof isBoundTo>[0], Partial<Parameters<typeof isBoundTo>[1]>, boolean]>([
    ["its device", [{ kind: "device", device: "d1", at: AT }], {}, true],
    ["another device with the same address", [{ kind: "device", device: "d1", at: AT }], { device: "d2" }, false],
    ["its device at another address", [{ kind: "device", device: "d1", at: AT }], { host: "10.0.0.2" }, false],
    ["its device at another port", [{ kind: "device", device: "d1", at: AT }], { port: 2222 }, false],
    ["its device as another user", [{ kind: "device", device: "d1", at: AT }], { user: "root" }, false],
    ["a device that no address was noted of", [{ kind: "device", device: "d1" }], {}, false],
    [
      "no device, such as a jump host, at its address",
      [{ kind: "device", device: "d1", at: AT }],
      { device: undefined },
      false,
    ],
    ["an exact host", [{ kind: "pattern", host: "10.0.0.1" }], {}, true],
    ["a host that begins the same", [{ kind: "pattern", host: "10.0.0.1" }], { host: "10.0.0.10" }, false],
    ["a pattern", [{ kind: "pattern", host: "10.0.0.*" }], {}, true],
    ["a pattern in the middle", [{ kind: "pattern", host: "sw-*-lab.example" }], { host: "SW-12-LAB.example" }, true],
    ["stars may not overlap", [{ kind: "pattern", host: "ab*ba" }], { host: "aba" }, false],
    ["a suffix of another name", [{ kind: "pattern", host: "*.example" }], { host: "evil-example" }, false],
    ["everything, when the person says so", [{ kind: "pattern", host: "*" }], { host: "x" }, true],
    ["another port", [{ kind: "pattern", host: "*", port: 2222 }], {}, false],
    ["another user", [{ kind: "pattern", host: "*", user: "root" }], {}, false],
    ["that user", [{ kind: "pattern", host: "*", user: "admin" }], {}, true],
    ["nothing", [], {}, false],
  ])("%s", (_title, bindings, changes, expected) => {
    expect(isBoundTo(bindings, { ...TARGET, ...changes })).toBe(expected);
  });

  test("a use outside of the binding gives nothing", async () => {
    const vault = await new Rig().open();
    const put = await vault.put(entry());
    expect(put.ok && (await vault.use(put.value, { ...TARGET, device: "d2" }))).toBeUndefined();
  });
});

describe("vault files", () => {
  const OTHER = "a passphrase for the file";

  test("what is exported can be imported elsewhere, under its own passphrase; the file shows nothing", async () => {
    const [from, to] = [new Rig(), new Rig()];
    const vault = await from.open();
    await vault.put(entry());
    await vault.put({
      kind: "snippet",
      name: "enable",
      bindings: [{ kind: "pattern", host: "*" }],
      at: 2,
      secret: "s3",
    });
    const file = await exportVault(from.env, vault, OTHER);
    if (!file.ok) throw new Error("not exported");
    for (const hidden of [SECRET, "Core routers", "admin"]) expect(file.value).not.toContain(hidden);
    const other = await to.open();
    expect(reason(await importVault(to.env, other, file.value, PASSPHRASE))).toBe("file_passphrase_wrong");
    expect(await importVault(to.env, other, file.value, OTHER)).toEqual({
      ok: true,
      value: { imported: 2, replaced: 0, kept: 0, unreadable: 0, left_out: 0 },
    });
    expect(other.entries.map(({ name }) => name)).toEqual(["Core routers", "enable"]);
    // Once more: the same entries, not twice.
    await importVault(to.env, other, file.value, OTHER);
    expect(other.entries).toHaveLength(2);
  });

  test("[S67] an old file replaces nothing that was changed since; a full vault takes what it has room for, and says so", async () => {
    const [from, to] = [new Rig(), new Rig()];
    const vault = await from.open();
    const ids: string[] = [];
    for (const name of ["first", "second", "third"]) {
      const put = await vault.put(entry({ name, at: 10 }));
      if (put.ok) ids.push(put.value);
    }
    const file = await exportVault(from.env, vault, OTHER);
    if (!file.ok) throw new Error("not exported");
    const [newer, older] = ids;
    await vault.put(entry({ name: "first, since", at: 11 }), newer);
    await vault.put(entry({ name: "second, before", at: 9 }), older);
    expect(await importVault(from.env, vault, file.value, OTHER)).toEqual({
      ok: true,
      value: { imported: 1, replaced: 1, kept: 2, unreadable: 0, left_out: 0 },
    });
    expect(vault.entries.map(({ name }) => name)).toEqual(["first, since", "second", "third"]);

    const other = await to.open();
    for (let n = 0; n < ENTRIES_MAX - 2; n++) await other.put(entry({ name: `n${n}` }));
    expect(await importVault(to.env, other, file.value, OTHER)).toEqual({
      ok: true,
      value: { imported: 2, replaced: 0, kept: 0, unreadable: 0, left_out: 1 },
    });
  });

  test("a damaged record is counted and the others come in; anything else than a vault file is refused", async () => {
    const rig = new Rig();
    const vault = await rig.open();
    await vault.put(entry());
    await vault.put(entry({ name: "second" }));
    const file = await exportVault(rig.env, vault, OTHER);
    if (!file.ok) throw new Error("not exported");
    type File = { records: { data: string; kind: string }[]; version: number; kdf: { iterations: number } };
    const changed = (change: (parsed: File) => void): string => {
      const parsed = JSON.parse(file.value) as File;
      change(parsed);
      return JSON.stringify(parsed);
    };
    const [damaged, kind] = [0, 1].map((at) =>
      changed(({ records }) => {
        const record = records[0];
        if (record === undefined) return;
        if (at === 0) record.data = `AAAA${record.data.slice(4)}`;
        else record.kind = "enable";
      }),
    );
    for (const text of [damaged, kind]) {
      expect(await importVault(rig.env, vault, text ?? "", OTHER)).toEqual({
        ok: true,
        value: { imported: 0, replaced: 0, kept: 1, unreadable: 1, left_out: 0 },
      });
    }
    for (const text of [
      "",
      "[]",
      "{",
      changed((parsed) => (parsed.version = 2)),
      changed((parsed) => (parsed.kdf.iterations = 1_000)),
      changed((parsed) => (parsed.kdf.iterations = 10 ** 12)),
      changed(({ records }) => records.push({ data: "*", kind: "x" })),
    ]) {
      expect(reason(await importVault(rig.env, vault, text, OTHER)), text.slice(0, 40)).toBe("vault_file");
    }
    expect(reason(await importVault(rig.env, vault, " ".repeat(8 * 1024 * 1024 + 1), OTHER))).toBe("vault_file_large");
    vault.lock();
    expect(reason(await importVault(rig.env, vault, file.value, OTHER))).toBe("vault_locked");
    expect(reason(await exportVault(rig.env, vault, OTHER))).toBe("vault_locked");
  });
});

test("[S70] the lock is due after 10 minutes without input or 5 minutes hidden", () => {
  const now = 10_000_000;
  expect(lockIsDue(now, now - LOCK_IDLE_MS + 1, null)).toBe(false);
  expect(lockIsDue(now, now - LOCK_IDLE_MS, null)).toBe(true);
  expect(lockIsDue(now, now, now - LOCK_HIDDEN_MS + 1)).toBe(false);
  expect(lockIsDue(now, now, now - LOCK_HIDDEN_MS)).toBe(true);
});
