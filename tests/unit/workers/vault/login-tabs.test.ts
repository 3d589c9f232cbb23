import { webcrypto } from "node:crypto";
import { describe, expect, test } from "vitest";
import type { HostKey } from "#protocol/messages/target.ts";
import { LockTable } from "#support/lock-table.ts";
import { TabChannels } from "#support/tab-channels.ts";
import { MemoryStore } from "#workers/storage/tablet-store.ts";
import { SecretsDesk } from "#workers/vault/secrets-desk.ts";

const PASSPHRASE = "correct horse battery";
const WAY = { host: "10.0.0.1", port: 22, user: "admin", via: [] };
const PLACE = { host: "10.0.0.1", port: 22, via: [] };
const choice = (keys: readonly string[]) => ({ keys, via_keys: [], sign_hidden: false, bound: WAY });
const pin = (key: string): HostKey => ({ type: "ssh-ed25519", key, sha256: `SHA256:${key}` });

/** Tabs of one browser: one store, one table of locks, channels between them. */
class Tablet {
  readonly store = new MemoryStore();
  readonly #locks = new LockTable() as unknown as LockManager;
  readonly #channels = new TabChannels();

  async tab() {
    const views = new Map<string, unknown>();
    const env = {
      crypto: webcrypto as Crypto,
      now: () => 1_000,
      locks: this.#locks,
      channel: this.#channels.open,
    };
    const mark = (name: string, compute: () => unknown): void => void views.set(name, compute());
    return { desk: await SecretsDesk.load(env, this.store, { mark }), views };
  }
}

describe("two tabs of one tablet have the same logins, pins and keys [S67] [S44]", () => {
  test("a login that was chosen, moved or forgotten in one tab is so in the other, and shown there", async () => {
    const tablet = new Tablet();
    const [a, b] = [await tablet.tab(), await tablet.tab()];
    await a.desk.choices.set("r1", choice(["k1"]));
    await expect.poll(() => b.desk.choices.of("r1").keys).toEqual(["k1"]);
    await expect.poll(() => b.views.get("logins")).toMatchObject({ r1: { keys: ["k1"] } });
    await b.desk.choices.rebind("r1", WAY, { ...WAY, host: "10.0.0.2" });
    await expect.poll(() => a.desk.choices.for("r1", WAY).moved).toMatchObject({ host: "10.0.0.2" });
    await a.desk.choices.forget("r1");
    await expect.poll(() => b.views.get("logins")).toEqual({});
  });

  test("changes at the same moment follow one another: neither is lost", async () => {
    const tablet = new Tablet();
    const [a, b] = [await tablet.tab(), await tablet.tab()];
    await a.desk.choices.set("r1", choice(["k1"]));
    await Promise.all([
      a.desk.choices.change("r1", (now) => ({ ...now, password: "p1" })),
      b.desk.choices.change("r1", (now) => ({ ...now, sign_hidden: true })),
      a.desk.choices.pins.add(PLACE, pin("A")),
      b.desk.choices.pins.add(PLACE, pin("B")),
      a.desk.choices.dates.met(PLACE, "SHA256:A", 5),
      b.desk.choices.dates.met(PLACE, "SHA256:A", 7),
    ]);
    const wanted = { ...choice(["k1"]), password: "p1", sign_hidden: true };
    for (const { desk, views } of [a, b]) {
      await expect.poll(() => desk.choices.of("r1")).toEqual(wanted);
      await expect.poll(() => views.get("host_pins")).toEqual({ "[10.0.0.1]:22": [pin("B"), pin("A")] });
      await expect.poll(() => views.get("key_dates")).toEqual({ "[10.0.0.1]:22 SHA256:A": { first: 5, last: 7 } });
    }
  });

  test("a choice for one opening is of the tab that opened it", async () => {
    const tablet = new Tablet();
    const [a, b] = [await tablet.tab(), await tablet.tab()];
    await a.desk.choices.set("q", { ...choice(["k1"]), once: true });
    await a.desk.choices.set("r1", choice(["k2"]));
    await expect.poll(() => b.desk.choices.of("r1").keys).toEqual(["k2"]);
    expect(b.desk.choices.of("q").keys).toEqual([]);
    expect(a.desk.choices.of("q").keys).toEqual(["k1"]);
  });

  test("a key that was made, renamed or removed in one tab is so in the other; none comes back [S52]", async () => {
    const tablet = new Tablet();
    const [a, b] = [await tablet.tab(), await tablet.tab()];
    const made = await a.desk.keys.make("ed25519", "tablet");
    if (!made.ok) throw new Error("no key");
    const names = (desk: SecretsDesk): string[] => desk.keys.keys.map(({ name }) => name);
    await expect.poll(() => names(b.desk)).toEqual(["tablet"]);
    expect(b.desk.keys.use(made.value, WAY)?.type).toBe("ssh-ed25519");
    await a.desk.keys.rename(made.value, "renamed");
    await expect.poll(() => names(b.desk)).toEqual(["renamed"]);
    // At the same moment: what is gone is not stored anew with a new name.
    const [, renamed] = await Promise.all([a.desk.keys.remove(made.value), b.desk.keys.rename(made.value, "again")]);
    expect(renamed).toMatchObject({ ok: false, error: { reason: "key_unknown" } });
    expect(await tablet.store.entries("ssh_keys")).toEqual([]);
    await expect.poll(() => names(b.desk)).toEqual([]);
  });

  test("[S67] renaming an imported key undoes nothing that another tab did to it", async () => {
    const tablet = new Tablet();
    const [a, b] = [await tablet.tab(), await tablet.tab()];
    await a.desk.vault.create(PASSPHRASE);
    await expect.poll(() => b.desk.vault.phase).toBe("locked");
    await b.desk.vault.unlock({ passphrase: PASSPHRASE });
    const pair = (await webcrypto.subtle.generateKey("Ed25519", true, ["sign", "verify"])) as CryptoKeyPair;
    const der = Buffer.from(await webcrypto.subtle.exportKey("pkcs8", pair.privateKey)).toString("base64");
    const text = `-----BEGIN PRIVATE KEY-----\n${der}\n-----END PRIVATE KEY-----\n`;
    const imported = await a.desk.keys.import(text, "", "laptop", [{ kind: "pattern", host: "10.0.0.*" }]);
    if (!imported.ok) throw new Error("not imported");
    const names = (desk: SecretsDesk): string[] => desk.keys.keys.map(({ name }) => name);
    await expect.poll(() => names(b.desk)).toEqual(["laptop"]);
    const bindings = [{ kind: "pattern" as const, host: "10.9.*" }];
    const [bound, renamed] = await Promise.all([
      a.desk.vault.change(imported.value, (entry) => ({ ...entry, bindings, at: 2 })),
      b.desk.keys.rename(imported.value, "old laptop"),
    ]);
    expect([bound.ok, renamed.ok]).toEqual([true, true]);
    expect(await a.desk.vault.read(imported.value)).toMatchObject({ name: "old laptop", bindings });
    await expect.poll(() => a.desk.keys.use(imported.value, WAY)).toBeUndefined();
    // Removed in one, it is of no use in the other, and is not made anew by a new name.
    const [, gone] = await Promise.all([a.desk.keys.remove(imported.value), b.desk.keys.rename(imported.value, "x")]);
    expect(gone).toMatchObject({ ok: false, error: { reason: "key_unknown" } });
    expect(b.desk.keys.use(imported.value, { ...WAY, host: "10.9.0.1" })).toBeUndefined();
    await expect.poll(() => names(b.desk)).toEqual([]);
    expect(await tablet.store.entries("vault_records")).toEqual([]);
  });
});
