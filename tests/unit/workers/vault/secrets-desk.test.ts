import { webcrypto } from "node:crypto";
import { describe, expect, test } from "vitest";
import { commands } from "#bridge/commands.ts";
import type { SecretCommand } from "#protocol/local-secrets.ts";
import { Credentials } from "#workers/credentials.ts";
import { wayOf } from "#workers/keys/bound-way.ts";
import { MemoryStore } from "#workers/storage/tablet-store.ts";
import { LOCK_HIDDEN_MS, LOCK_IDLE_MS } from "#workers/vault/auto-lock.ts";
import { saveLogin, typeSecret } from "#workers/vault/secret-uses.ts";
import { SecretsDesk } from "#workers/vault/secrets-desk.ts";

const PASSPHRASE = "correct horse battery";
const RECORD = {
  id: "r1",
  label: "Core",
  target: { host: "10.0.0.1", port: 22, user: "admin", via: [] },
  algorithms: "modern" as const,
  keepalive: "off" as const,
  grace_s: 900,
  telemetry: "ask" as const,
  pins: [],
};

class Rig {
  now = 1_000_000;
  readonly views = new Map<string, unknown>();
  readonly phases: string[] = [];
  desk!: SecretsDesk;
  #ids = 0;
  static async start(): Promise<Rig> {
    const rig = new Rig();
    const env = { crypto: webcrypto as Crypto, now: () => rig.now };
    const mark = (key: string, compute: () => unknown): void => void rig.views.set(key, compute());
    rig.desk = await SecretsDesk.load(env, new MemoryStore(), { mark });
    rig.desk.onPhase = (phase) => rig.phases.push(phase);
    return rig;
  }
  async run<A extends SecretCommand["action"]>(action: A, payload: Extract<SecretCommand, { action: A }>["payload"]) {
    const id = `c${++this.#ids}`;
    const command = {
      v: 1,
      device: "-",
      session_id: "link",
      type: "system",
      action,
      payload,
    } as unknown as SecretCommand;
    const routed = this.desk.take(id, command);
    // [S72] What goes on to the router has nothing of it.
    expect(routed.payload).toEqual({});
    return this.desk.serve(id);
  }
}

const AT = { host: "10.0.0.1", port: 22, user: "admin" };

describe("secrets desk", () => {
  test("a vault's life in commands; the views never show a secret [S72]", async () => {
    const rig = await Rig.start();
    expect(rig.views.get("vault")).toMatchObject({ phase: "none", entries: [] });
    expect(await rig.run("vault_create", { passphrase: PASSPHRASE })).toMatchObject({ ok: true });
    const bindings = [{ kind: "device" as const, device: "r1" }];
    const put = await rig.run("vault_put", {
      kind: "password",
      name: "Core",
      bindings,
      user: "admin",
      secret: "canary-1",
    });
    if (!put.ok) throw new Error("not stored");
    const entry = String(put.value);
    // A change without a secret keeps the old one.
    await rig.run("vault_put", { entry, kind: "password", name: "Core routers", bindings, user: "admin" });
    expect(await rig.desk.vault.read(entry)).toMatchObject({ name: "Core routers", secret: "canary-1" });
    expect(rig.views.get("vault")).toMatchObject({ phase: "unlocked", entries: [{ name: "Core routers" }] });
    expect(JSON.stringify([...rig.views])).not.toContain("canary-1");
    await rig.run("vault_lock", {});
    expect(rig.views.get("vault")).toMatchObject({ phase: "locked", entries: [] });
    expect(rig.phases).toEqual(["unlocked", "locked"]);
    expect(await rig.run("vault_unlock", { passphrase: "wrong passphrase" })).toMatchObject({
      error: { reason: "passphrase_wrong" },
    });
    expect(await rig.run("vault_unlock", { passphrase: PASSPHRASE })).toMatchObject({ ok: true });
  });

  test("[S16] a right passphrase is told, of a locked vault and of an open one; a wrong one is not", async () => {
    const rig = await Rig.start();
    let told = 0;
    rig.desk.onUnlocked = () => told++;
    await rig.run("vault_create", { passphrase: PASSPHRASE });
    expect(told).toBe(0);
    expect(await rig.run("vault_unlock", { passphrase: "something else" })).toMatchObject({ ok: false });
    expect(told).toBe(0);
    expect(await rig.run("vault_unlock", { passphrase: PASSPHRASE })).toMatchObject({ ok: true });
    expect(told).toBe(1);
    await rig.run("vault_lock", {});
    await rig.run("vault_unlock", { passphrase: PASSPHRASE });
    expect(told).toBe(2);
  });

  test("[S16] erase, make a vault, unlock: a person who never knew the passphrase proves nothing", async () => {
    const rig = await Rig.start();
    let told = 0;
    rig.desk.onUnlocked = () => told++;
    await rig.run("vault_create", { passphrase: PASSPHRASE });
    await rig.run("vault_erase", { word: "erase" });
    await rig.run("vault_create", { passphrase: "anything at all" });
    expect(await rig.run("vault_unlock", { passphrase: "anything at all" })).toMatchObject({ ok: true });
    expect(told).toBe(0);
    expect(rig.views.get("vault")).toMatchObject({ unproven: true });
  });

  test("an entry that is gone is not stored anew with an empty secret", async () => {
    const rig = await Rig.start();
    await rig.run("vault_create", { passphrase: PASSPHRASE });
    const fields = { kind: "enable" as const, name: "Core", bindings: [{ kind: "device" as const, device: "r1" }] };
    const put = await rig.run("vault_put", { ...fields, secret: "s" });
    if (!put.ok) throw new Error("not stored");
    const entry = String(put.value);
    await rig.run("vault_remove", { entry });
    for (const secret of [{}, { secret: "t" }]) {
      expect(await rig.run("vault_put", { ...fields, ...secret, entry })).toMatchObject({
        error: { reason: "vault_entry_gone" },
      });
    }
    expect(rig.desk.vault.entries).toEqual([]);
    await rig.run("vault_lock", {});
    expect(await rig.run("vault_put", { ...fields, entry })).toMatchObject({ error: { reason: "vault_locked" } });
  });

  test("[S70] locks when nobody did anything for 10 minutes, and after 5 hidden; being used keeps it open", async () => {
    const rig = await Rig.start();
    await rig.run("vault_create", { passphrase: PASSPHRASE });
    rig.now += LOCK_IDLE_MS - 1;
    rig.desk.beat();
    await rig.run("activity", {});
    rig.now += LOCK_IDLE_MS - 1;
    rig.desk.beat();
    expect(rig.desk.vault.phase).toBe("unlocked");
    rig.now += 1;
    rig.desk.beat();
    expect(rig.desk.isLocked).toBe(true);
    await rig.run("vault_unlock", { passphrase: PASSPHRASE });
    rig.desk.setVisible(false);
    rig.now += LOCK_HIDDEN_MS - 1;
    rig.desk.beat();
    expect(rig.desk.isLocked).toBe(false);
    rig.now += 1;
    rig.desk.beat();
    expect(rig.desk.isLocked).toBe(true);
    // A clock that jumps back does not lengthen anything.
    rig.desk.setVisible(true);
    await rig.run("vault_unlock", { passphrase: PASSPHRASE });
    rig.now -= LOCK_IDLE_MS * 10;
    rig.desk.beat();
    rig.now += LOCK_IDLE_MS;
    rig.desk.beat();
    expect(rig.desk.isLocked).toBe(true);
  });

  test("[S70] a page that was frozen is locked before it is seen, and before its first command is taken", async () => {
    const rig = await Rig.start();
    await rig.run("vault_create", { passphrase: PASSPHRASE });
    rig.desk.setVisible(false);
    // No beat meanwhile.
    rig.now += LOCK_HIDDEN_MS + 1;
    rig.desk.setVisible(true);
    expect(rig.desk.isLocked).toBe(true);
    await rig.run("vault_unlock", { passphrase: PASSPHRASE });
    rig.now += 60 * 60_000;
    rig.desk.noteInput();
    expect(rig.desk.isLocked).toBe(true);
    await rig.run("vault_unlock", { passphrase: PASSPHRASE });
    rig.now += LOCK_IDLE_MS;
    expect(rig.desk.permits(commands.createPairing())).toBe(false);
    expect(rig.desk.isLocked).toBe(true);
    expect(rig.desk.permits(commands.retry())).toBe(true);
    await rig.run("vault_unlock", { passphrase: PASSPHRASE });
    expect(rig.desk.permits(commands.createPairing())).toBe(true);
    // A moment out of sight is none.
    rig.desk.setVisible(false);
    rig.now += LOCK_HIDDEN_MS - 1;
    rig.desk.setVisible(true);
    expect(rig.desk.isLocked).toBe(false);
  });

  test("[S70] panels that stay in sight may still be asked for", async () => {
    const rig = await Rig.start();
    await rig.run("vault_create", { passphrase: PASSPHRASE });
    await rig.run("vault_keep_panels", { on: true });
    await rig.run("vault_lock", {});
    expect(rig.desk.permits(commands.capture("r1", "c1"))).toBe(true);
    await rig.run("vault_unlock", { passphrase: PASSPHRASE });
    await rig.run("vault_keep_panels", { on: false });
    await rig.run("vault_lock", {});
    expect(rig.desk.permits(commands.capture("r1", "c1"))).toBe(false);
  });

  test("an imported key is there while the vault is open, and only where it is bound [S57] [S67]", async () => {
    const rig = await Rig.start();
    const pair = (await webcrypto.subtle.generateKey("Ed25519", true, ["sign", "verify"])) as CryptoKeyPair;
    const der = Buffer.from(await webcrypto.subtle.exportKey("pkcs8", pair.privateKey)).toString("base64");
    const text = `-----BEGIN PRIVATE KEY-----\n${der}\n-----END PRIVATE KEY-----\n`;
    const wanted = {
      text,
      passphrase: "",
      name: "old laptop",
      bindings: [{ kind: "device" as const, device: "r1", at: AT }],
    };
    expect(await rig.run("key_import", wanted)).toMatchObject({ error: { reason: "vault_locked" } });
    await rig.run("vault_create", { passphrase: PASSPHRASE });
    const imported = await rig.run("key_import", wanted);
    if (!imported.ok) throw new Error(JSON.stringify(imported));
    const id = String(imported.value);
    expect(rig.views.get("ssh_keys")).toMatchObject({
      keys: [{ id, name: "old laptop", type: "ssh-ed25519", imported: true }],
    });
    const at = (device: string) => rig.desk.keys.use(id, { device, host: "10.0.0.1", port: 22, user: "admin" });
    expect(at("r1")?.type).toBe("ssh-ed25519");
    expect(at("r2")).toBeUndefined();
    await rig.run("vault_lock", {});
    await expect.poll(() => at("r1")).toBeUndefined();
    await rig.run("vault_unlock", { passphrase: PASSPHRASE });
    await expect.poll(() => at("r1")?.type).toBe("ssh-ed25519");
    expect(await rig.run("key_rename", { key: id, name: "renamed" })).toMatchObject({ ok: true });
    expect(rig.views.get("ssh_keys")).toMatchObject({ keys: [{ name: "renamed" }] });
    expect(await rig.run("key_remove", { key: id })).toMatchObject({ ok: true });
    expect(rig.views.get("ssh_keys")).toMatchObject({ keys: [] });
    expect(rig.desk.vault.entries).toEqual([]);
  });

  test("keys made here need no vault, and come back after a reload", async () => {
    const store = new MemoryStore();
    const env = { crypto: webcrypto as Crypto, now: () => 5 };
    const load = () => SecretsDesk.load(env, store, { mark: () => {} });
    const desk = await load();
    const made = await desk.keys.make("ecdsa-p256", " ");
    if (!made.ok) throw new Error("no key");
    const [key] = (await load()).keys.keys;
    expect(key).toMatchObject({ id: made.value, name: "Key", type: "ecdsa-sha2-nistp256", imported: false, at: 5 });
    expect(await desk.keys.rename("unknown", "x")).toMatchObject({ error: { reason: "key_unknown" } });
    await expect.poll(() => desk.keys.kinds).toEqual(["ed25519", "ecdsa-p256", "rsa-3072"]);
  });

  test("a password that opened the device is kept when the person asked for it, and chosen from then on", async () => {
    const rig = await Rig.start();
    await rig.run("vault_create", { passphrase: PASSPHRASE });
    const credentials = new Credentials();
    const prompt = {
      kind: "password" as const,
      hop: 0,
      host: "h",
      user: "admin",
      round: 1,
      name: "",
      instruction: "",
      prompts: [{ prompt: "Password:", echo: false }],
    };
    credentials.answered("r1", prompt, ["hunter2"], true, true);
    credentials.accepted("r1", "password", 0);
    await saveLogin(rig.desk, credentials, RECORD, 7);
    const [entry] = rig.desk.vault.entries;
    expect(entry).toMatchObject({ kind: "password", name: "admin at Core", user: "admin" });
    expect(rig.desk.choices.of("r1").password).toBe(entry?.id);
    // Where it was right, and nowhere else [S67].
    const { via, ...at } = wayOf(RECORD.target);
    expect(entry?.bindings).toEqual([{ kind: "device", device: "r1", at }]);
    expect(rig.desk.choices.of("r1").bound).toEqual({ ...at, via });
    // Once: a reconnect does not store it again.
    await saveLogin(rig.desk, credentials, RECORD, 8);
    expect(rig.desk.vault.entries).toHaveLength(1);
    // A one-time code is never kept, whatever was ticked.
    const code = { ...prompt, kind: "keyboard_interactive" as const };
    credentials.answered("r1", code, ["123456"], false, true);
    credentials.accepted("r1", "keyboard-interactive", 0);
    expect(credentials.takeToSave("r1")).toBeUndefined();
  });

  test("[S67] an entry that others use is not written over, and the login of another target stays", async () => {
    const rig = await Rig.start();
    await rig.run("vault_create", { passphrase: PASSPHRASE });
    const shared = { kind: "password" as const, name: "Lab", user: "admin", secret: "old", at: 1 };
    const pattern = await rig.desk.vault.put({ ...shared, bindings: [{ kind: "pattern", host: "10.0.0.*" }] });
    if (!pattern.ok) throw new Error("not stored");
    const bound = wayOf(RECORD.target);
    const login = { keys: ["k1"], via_keys: [], sign_hidden: true, password: pattern.value, bound };
    const answer = (password: string): Credentials => {
      const credentials = new Credentials();
      const prompts = [{ prompt: "Password:", echo: false }];
      const prompt = {
        kind: "password" as const,
        hop: 0,
        host: "h",
        user: "admin",
        round: 1,
        name: "",
        instruction: "",
      };
      credentials.answered("r1", { ...prompt, prompts }, [password], true, true);
      credentials.accepted("r1", "password", 0);
      return credentials;
    };
    await rig.desk.choices.set("r1", login);
    // A vault that cannot take it is no reason to be silent: the person wanted it there.
    rig.desk.vault.lock();
    const refusal = await saveLogin(rig.desk, answer("new"), RECORD, 6);
    expect(refusal).toMatchObject({ code: "invalid", reason: "vault_locked" });
    await rig.run("vault_unlock", { passphrase: PASSPHRASE });
    expect(await saveLogin(rig.desk, answer("new"), RECORD, 7)).toBeUndefined();
    expect(rig.desk.vault.entries.map(({ name }) => name).toSorted()).toEqual(["Lab", "admin at Core"]);
    expect(rig.desk.choices.of("r1")).toMatchObject({ keys: ["k1"], sign_hidden: true });
    const before = { ...login, bound: { ...bound, host: "198.18.9.9" } };
    await rig.desk.choices.set("r1", before);
    await saveLogin(rig.desk, answer("newer"), RECORD, 8);
    expect(rig.desk.choices.of("r1")).toEqual(before);
  });

  test("[S91] a secret is typed without Enter and without control characters, where it is bound", async () => {
    const rig = await Rig.start();
    await rig.run("vault_create", { passphrase: PASSPHRASE });
    const bindings = [
      {
        kind: "device" as const,
        device: "r1",
        at: { host: RECORD.target.host, port: RECORD.target.port, user: RECORD.target.user },
      },
    ];
    const put = await rig.run("vault_put", { kind: "enable", name: "enable", bindings, secret: "se\r\ncret\u0003" });
    if (!put.ok) throw new Error("not stored");
    const typed: string[] = [];
    const terminal = { typeSecret: (bytes: Uint8Array) => typed.push(new TextDecoder().decode(bytes)) > 0 };
    const entry = String(put.value);
    expect(await typeSecret(rig.desk.vault, RECORD, entry, terminal)).toEqual({ ok: true });
    expect(typed).toEqual(["secret"]);
    expect(await typeSecret(rig.desk.vault, { ...RECORD, id: "r2" }, entry, terminal)).toMatchObject({
      error: { reason: "vault_unbound" },
    });
    const elsewhere = { ...RECORD, target: { ...RECORD.target, host: "192.0.2.66" } };
    expect(await typeSecret(rig.desk.vault, elsewhere, entry, terminal)).toMatchObject({
      error: { reason: "vault_unbound" },
    });
    expect(await typeSecret(rig.desk.vault, RECORD, entry, undefined)).toMatchObject({ error: { reason: "not_open" } });
    await rig.run("vault_lock", {});
    expect(await typeSecret(rig.desk.vault, RECORD, entry, terminal)).toMatchObject({
      error: { reason: "vault_locked" },
    });
    expect(typed).toHaveLength(1);
  });
});
