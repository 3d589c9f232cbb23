import { webcrypto } from "node:crypto";
import { describe, expect, test } from "vitest";
import type { BoundWay, SecretBinding } from "#protocol/local-secrets.ts";
import { MemoryStore } from "#workers/storage/tablet-store.ts";
import { rebindLogin } from "#workers/vault/login-rebind.ts";
import { SecretsDesk } from "#workers/vault/secrets-desk.ts";
import { refused } from "#workers/vault/vault.ts";

const way = (host: string): BoundWay => ({ host, port: 22, user: "admin", via: [] });
const at = (host: string) => ({ host, port: 22, user: "admin" });
const [OLD, NEW, OTHER] = ["10.0.0.1", "10.0.0.2", "10.0.0.9"];
const device = (host?: string, id = "r1"): SecretBinding =>
  host === undefined ? { kind: "device", device: id } : { kind: "device", device: id, at: at(host) };

async function open() {
  const env = { crypto: webcrypto as Crypto, now: () => 1_000 };
  const desk = await SecretsDesk.load(env, new MemoryStore(), { mark: () => {} });
  await desk.vault.create("correct horse battery");
  const put = async (name: string, ...bindings: SecretBinding[]): Promise<string> => {
    const stored = await desk.vault.put({ kind: "enable", name, bindings, at: 1, secret: "s" });
    if (!stored.ok) throw new Error("not stored");
    return stored.value;
  };
  const bindings = () => Object.fromEntries(desk.vault.entries.map(({ name, bindings: of }) => [name, of]));
  return { desk, put, bindings };
}
const login = (bound?: BoundWay) => ({ keys: ["k1"], via_keys: [], sign_hidden: false, ...(bound && { bound }) });

describe("[S67] a login that is moved says where it comes from", () => {
  test("what was bound there goes along; what was bound for another host, or for another device, stays", async () => {
    const { desk, put, bindings } = await open();
    const pattern: SecretBinding = { kind: "pattern", host: OLD };
    await put("here", device(OLD), pattern, device(OLD, "r2"));
    await put("elsewhere", device(OTHER));
    await put("other port", { kind: "device", device: "r1", at: { ...at(OLD), port: 2222 } });
    await put("other user", { kind: "device", device: "r1", at: { ...at(OLD), user: "root" } });
    await put("of before", device());
    await desk.choices.set("r1", login(way(OLD)));
    const before = bindings();
    expect(await rebindLogin(desk, { of: "r1", from: way(OLD), to: way(NEW) }, 2)).toEqual({ ok: true });
    expect(bindings()).toEqual({ ...before, here: [device(NEW), pattern, device(OLD, "r2")] });
    expect(desk.choices.of("r1").bound).toEqual(way(NEW));
    // Said again, as after an answer that was lost: nothing is wrong, and nothing else moves.
    expect(await rebindLogin(desk, { of: "r1", from: way(OLD), to: way(NEW) }, 3)).toEqual({ ok: true });
    expect(bindings()).toMatchObject({ elsewhere: [device(OTHER)], "of before": [device()] });
  });

  test("a login that is bound to none of the two addresses stays, with all that is bound to the device", async () => {
    const { desk, put, bindings } = await open();
    await put("here", device(OLD));
    await desk.choices.set("r1", login(way(OTHER)));
    const before = bindings();
    for (const from of [way(OLD), null]) {
      expect(await rebindLogin(desk, { of: "r1", from, to: way(NEW) }, 2)).toMatchObject({
        error: { reason: "login_elsewhere" },
      });
    }
    expect([bindings(), desk.choices.of("r1")]).toEqual([before, login(way(OTHER))]);
  });

  test("what was bound when no address was noted goes along only where just that is said", async () => {
    const { desk, put, bindings } = await open();
    await put("of before", device());
    await put("here", device(OLD));
    await desk.choices.set("r1", login());
    expect(await rebindLogin(desk, { of: "r1", from: way(OLD), to: way(NEW) }, 2)).toMatchObject({ ok: false });
    expect(await rebindLogin(desk, { of: "r1", from: null, to: way(NEW) }, 2)).toEqual({ ok: true });
    expect(bindings()).toEqual({ "of before": [device(NEW)], here: [device(OLD)] });
    expect(desk.choices.of("r1").bound).toEqual(way(NEW));
  });

  test("entries alone move as well, and a choice that offers nothing is in nobody's way", async () => {
    const { desk, put, bindings } = await open();
    await put("here", device(OLD));
    const nothing = { keys: [], via_keys: [], sign_hidden: true, bound: way(OTHER) };
    await desk.choices.set("r1", nothing);
    expect(await rebindLogin(desk, { of: "r1", from: way(OLD), to: way(NEW) }, 2)).toEqual({ ok: true });
    expect(bindings()).toEqual({ here: [device(NEW)] });
    expect(desk.choices.of("r1")).toEqual(nothing);
  });

  test("[S98] an entry that cannot be moved ends it: how many were moved is said, the login stays, and the rest may follow", async () => {
    const { desk, put, bindings } = await open();
    await put("a", device(OLD));
    await put("b", device(OLD));
    await put("c", device(OLD));
    await desk.choices.set("r1", login(way(OLD)));
    let acts = 0;
    const vault = {
      entries: desk.vault.entries,
      change: (...of: Parameters<typeof desk.vault.change>) => {
        acts += 1;
        // Removed in another tab; then the lock comes in between.
        if (acts === 1) return Promise.resolve(refused("vault_entry_gone"));
        return acts === 3 ? Promise.resolve(refused("vault_locked")) : desk.vault.change(...of);
      },
    };
    const move = { of: "r1", from: way(OLD), to: way(NEW) };
    const result = await rebindLogin({ vault, keys: desk.keys, choices: desk.choices }, move, 2);
    expect(result).toMatchObject({ error: { reason: "vault_locked", detail: expect.stringMatching(/^1 of the 3/) } });
    expect(desk.choices.of("r1").bound).toEqual(way(OLD));
    expect(await rebindLogin(desk, move, 3)).toEqual({ ok: true });
    expect(bindings()).toEqual({ a: [device(NEW)], b: [device(NEW)], c: [device(NEW)] });
  });
});
