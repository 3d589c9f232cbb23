import { describe, expect, test } from "vitest";
import type { Down } from "#protocol/down.ts";
import { KEYS_PER_HOP_MAX } from "#protocol/local-secrets.ts";
import type { DeviceRecord } from "#protocol/messages/devices.ts";
import { authPrompt } from "#support/wire-messages.ts";
import { base64, concat } from "#workers/keys/bytes.ts";
import { factsFor, hopsOf } from "#workers/keys/login-attempt.ts";
import {
  DEVICE,
  frame,
  host,
  hostKey,
  JUMP,
  jumpKey,
  jumpPlace,
  OTHER_SESSION,
  ofJump,
  placeOf,
  Rig,
  record,
  type Via,
} from "./login-rig.ts";

describe("login desk", () => {
  test("[S52] a connect offers the chosen keys by hop; a key is signed with after the proof only [S47]", async () => {
    const rig = await Rig.start();
    const plan = await rig.desk.begin("ssh1", record());
    expect(plan.auth).toEqual({
      keys: [{ id: rig.key, hop: 0, algorithm: "ssh-ed25519", public_key: base64(rig.blob) }],
      proof: true,
      agent: [],
    });
    expect(rig.desk.mayAnswer(DEVICE, "ssh1", 0)).toBe(false);
    expect(await rig.sign()).toBe("host_unproven");
    expect(await rig.proof()).toMatchObject({ action: "host_key_reply", payload: { trust: true } });
    expect(rig.desk.mayAnswer(DEVICE, "ssh1", 0)).toBe(true);
    expect(rig.desk.mayAnswer(DEVICE, "ssh2", 0)).toBe(false);
    expect(await rig.sign()).toBe("signed");
  });

  test("[HC5] a proxy that swaps host key, session id, user, algorithm or key, or appends bytes, gets nothing", async () => {
    const rig = await Rig.start();
    await rig.desk.begin("ssh1", record());
    expect((await rig.proof({}, ofJump)).payload).toEqual({ trust: false, failed: "not_pinned" });
    expect((await rig.proof({ ssh_session_id: base64(OTHER_SESSION) })).payload).toEqual({
      trust: false,
      failed: "host_signature",
    });
    expect((await rig.proof({ hop: 1 })).payload).toEqual({ trust: false, failed: "no_attempt" });
    expect(await rig.sign()).toBe("host_unproven");
    await rig.proof();
    expect(await rig.sign(rig.request({ session_id: OTHER_SESSION }))).toBe("session_id");
    expect(await rig.sign(rig.request({ user: "root" }))).toBe("user");
    expect(await rig.sign(rig.request({ algorithm: "ssh-rsa" }))).toBe("algorithm");
    expect(await rig.sign(rig.request({ key: host.blob }))).toBe("key");
    expect(await rig.sign(concat(rig.request(), Uint8Array.of(0)))).toBe("blob");
    expect(await rig.sign(rig.request(), { public_key: hostKey.key })).toBe("key");
    expect(await rig.sign(rig.request(), { hop: 1 })).toBe("hop");
    // Every refusal is said to the person.
    expect(rig.notes.filter(({ reason }) => reason === "sign_refused").length).toBe(8);
    expect(rig.notes.every(({ detail, reason }) => reason === "bad_signature" || detail !== undefined)).toBe(true);
    // What was refused cost none of the three signatures.
    expect(await rig.sign()).toBe("signed");
  });

  test("[S61] SHA-1 signatures of an RSA key are for the very host whose set allows them, not for the others of its path", () => {
    const via = [
      { host: "10.0.0.8", port: 22, user: "hop" },
      { host: "10.0.0.9", port: 22, user: "hop", algorithms: "compatible" as const },
    ];
    const offered = [0, 1, 2].map((hop) => ({ id: "k", hop, type: "ssh-rsa", key: host }));
    const signs = (device: DeviceRecord) => {
      const hops = hopsOf(device, [], []);
      const names = { device: DEVICE, session_id: "ssh1" as const };
      const attempt = { ...names, record: device, hops, offered, agent: [], started_at: 0, sign_hidden: false };
      const now = { now: 0, visible: true, unlocked: true };
      return [0, 1, 2].map((hop) => factsFor(attempt, hop, now).keys[0]?.algorithms.includes("ssh-rsa"));
    };
    expect(signs(record(via))).toEqual([false, true, false]);
    expect(signs({ ...record(via), algorithms: "legacy" })).toEqual([false, true, true]);
  });

  test("[S54] three signatures, while visible or granted, while the vault is not locked, and in time", async () => {
    const rig = await Rig.start();
    await rig.desk.begin("ssh1", record());
    await rig.proof();
    rig.visible = false;
    expect(await rig.sign()).toBe("hidden");
    rig.visible = true;
    for (const expected of ["signed", "signed", "signed", "too_many"]) expect(await rig.sign()).toBe(expected);

    await rig.choose({ keys: [rig.key], via_keys: [], sign_hidden: true });
    await rig.desk.begin("ssh1", record());
    await rig.proof();
    rig.visible = false;
    expect(await rig.sign()).toBe("signed");
    await rig.secrets.vault.create("correct horse battery");
    rig.secrets.vault.lock();
    expect(await rig.sign()).toBe("locked");
    await rig.secrets.vault.unlock({ passphrase: "correct horse battery" });
    rig.now += 120_001;
    expect(await rig.sign()).toBe("attempt_old");
  });

  test("[S53] nothing is signed for an attempt that is over, failed, or was never begun", async () => {
    const rig = await Rig.start();
    expect(await rig.sign()).toBe("no_attempt");
    await rig.desk.begin("ssh1", record());
    await rig.proof();
    expect(rig.desk.hears({ ...frame("error"), payload: { code: "auth_failed", retry: "user" } } as Down)).toBe(false);
    expect(await rig.sign()).toBe("no_attempt");
    expect(rig.desk.mayAnswer(DEVICE, "ssh1", 0)).toBe(false);
  });

  test("[S39] [S46] a jump host has keys of its own; what was trusted and proved is known the next time", async () => {
    const rig = await Rig.start();
    const via = JUMP;
    await rig.choose({ keys: [rig.key], via_keys: [[rig.key]], sign_hidden: false }, via);
    expect((await rig.desk.begin("ssh1", record(via))).via_pins).toEqual([[]]);
    const asked = {
      ...frame("host_key"),
      payload: { stage: "ask", hop: 0, host: "10.9.9.9", port: 22, host_key: jumpKey },
    };
    expect(rig.desk.hears(asked as Down)).toBe(false);
    expect((await rig.proof({}, ofJump)).payload).toMatchObject({ trust: false });
    rig.desk.replied({ re: asked.id, payload: { trust: true } });
    expect((await rig.proof({}, ofJump)).payload).toEqual({ trust: true });
    expect(await rig.sign(rig.request())).toBe("user");
    expect(await rig.sign(rig.request({ user: "jumper" }))).toBe("signed");
    // The device behind it has not proved anything by that.
    expect(await rig.sign(rig.request(), { hop: 1 })).toBe("host_unproven");
    expect((await rig.proof({ hop: 1 })).payload).toEqual({ trust: true });
    rig.desk.hears({ ...frame("connected"), payload: { auth_key: rig.key } } as unknown as Down);
    await expect.poll(async () => (await rig.desk.begin("ssh2", record(via), hostKey)).via_pins).toEqual([[jumpKey]]);
  });

  test("[S48] when keys were met is kept of the hosts that proved them here, and of no other", async () => {
    const rig = await Rig.start();
    const via = JUMP;
    await rig.secrets.choices.pins.add(jumpPlace, jumpKey);
    await rig.desk.begin("ssh1", record(via));
    await rig.proof({ hop: 1 });
    const connected = { host_key: hostKey, via_host_keys: [jumpKey] };
    rig.desk.hears({ ...frame("connected"), payload: connected } as unknown as Down);
    const name = `[10.0.0.1]:22 ${hostKey.sha256}`;
    await expect.poll(() => rig.secrets.choices.dates.all).toEqual({ [name]: { first: rig.now, last: rig.now } });
  });

  test("[S49] [S39] telemetry asks with the jump hosts' keys that the terminal met, and with no other", async () => {
    const rig = await Rig.start();
    const via = JUMP;
    await rig.secrets.choices.pins.add(jumpPlace, hostKey);
    await rig.secrets.choices.pins.add(jumpPlace, jumpKey);
    expect((await rig.desk.begin("ssh1", record(via))).via_pins).toEqual([[jumpKey, hostKey]]);
    expect((await rig.proof({}, ofJump)).payload).toEqual({ trust: true });
    expect((await rig.proof({ hop: 1 })).payload).toEqual({ trust: true });
    rig.desk.hears({ ...frame("connected"), payload: { via_host_keys: [jumpKey] } } as unknown as Down);
    const plan = await rig.desk.begin("ssh2", record(via), hostKey);
    expect(plan.via_pins).toEqual([[jumpKey]]);
    // The terminal itself may meet any key that is trusted.
    expect((await rig.desk.begin("ssh1", record(via))).via_pins).toEqual([[jumpKey, hostKey]]);
    rig.desk.forget(DEVICE);
    expect((await rig.desk.begin("ssh2", record(via), hostKey)).via_pins).toEqual([[jumpKey, hostKey]]);
  });

  test("[S59] telemetry offers the key that opened the terminal, and meets the terminal's host key only [S49]", async () => {
    const rig = await Rig.start();
    const second = await rig.secrets.keys.make("ecdsa-p256", "second");
    if (!second.ok) throw new Error("no key");
    await rig.choose({ keys: [second.value, rig.key], via_keys: [], sign_hidden: false });
    const first = await rig.desk.begin("ssh1", record());
    expect(first.auth.keys.map(({ id }) => id)).toEqual([second.value, rig.key]);
    rig.desk.hears({ ...frame("connected"), payload: { auth_key: rig.key } } as unknown as Down);
    const plan = await rig.desk.begin("ssh2", record([], [jumpKey, hostKey]), hostKey);
    expect(plan.auth.keys.map(({ id }) => id)).toEqual([rig.key]);
  });

  test("[S59] [S58] after a terminal that got in without a key telemetry offers none; a key that was a part of it is offered", async () => {
    const rig = await Rig.start();
    const offered = async () => (await rig.desk.begin("ssh2", record(), hostKey)).auth.keys.map(({ id }) => id);
    const connected = async (payload: object) => {
      await rig.desk.begin("ssh1", record());
      rig.desk.hears({ ...frame("connected"), payload } as unknown as Down);
    };
    // Nothing is known of the terminal: whatever was chosen.
    expect(await offered()).toEqual([rig.key]);
    for (const auth_method of ["password", "keyboard-interactive", "none"]) {
      await connected({ auth_method });
      expect(await offered()).toEqual([]);
      await connected({ auth_method, auth_key: rig.key });
      expect(await offered()).toEqual([rig.key]);
    }
    // The same of a terminal that was taken up; and the next terminal tries what was chosen.
    rig.desk.forget(DEVICE);
    rig.desk.recall(DEVICE, { auth_method: "password" });
    expect(await offered()).toEqual([]);
    expect((await rig.desk.begin("ssh1", record())).auth.keys.map(({ id }) => id)).toEqual([rig.key]);
  });

  test("[S67] the chosen password of the vault is offered where it is bound, while the vault is open", async () => {
    const rig = await Rig.start();
    await rig.secrets.vault.create("correct horse battery");
    const at = { host: "10.0.0.1", port: 22, user: "admin" };
    const bound = { kind: "password" as const, name: "r1", at: 1, secret: "hunter2" };
    const right = await rig.secrets.vault.put({ ...bound, bindings: [{ kind: "device", device: DEVICE, at }] });
    const wrong = await rig.secrets.vault.put({ ...bound, bindings: [{ kind: "device", device: "x", at }] });
    if (!right.ok || !wrong.ok) throw new Error("not stored");
    const held = async (password: string): Promise<boolean> => {
      rig.credentials.forget(DEVICE);
      await rig.choose({ keys: [], via_keys: [], sign_hidden: false, password });
      return (await rig.desk.begin("ssh1", record())).passwordHeld;
    };
    expect(await held(wrong.value)).toBe(false);
    expect(await held(right.value)).toBe(true);
    rig.secrets.vault.lock();
    expect(await held(right.value)).toBe(false);
  });

  test("[S58] several keys are offered to each host, in their order, as many as a server bears", async () => {
    const rig = await Rig.start();
    const made = await Promise.all(["b", "c", "d", "e"].map((name) => rig.secrets.keys.make("ed25519", name)));
    const ids = made.flatMap((one) => (one.ok ? [one.value] : []));
    const chosen = [...ids, rig.key];
    const via = JUMP;
    await rig.choose({ keys: chosen, via_keys: [chosen.toReversed()], sign_hidden: false }, via);
    const { auth } = await rig.desk.begin("ssh1", record(via));
    const at = (hop: number) => auth.keys.filter((key) => key.hop === hop).map(({ id }) => id);
    expect(at(0)).toEqual(chosen.toReversed().slice(0, KEYS_PER_HOP_MAX));
    expect(at(1)).toEqual(chosen.slice(0, KEYS_PER_HOP_MAX));
  });

  test("[S67] [S39] a jump host gets the chosen password of the vault where it is bound to that host, for both sessions", async () => {
    const rig = await Rig.start();
    await rig.secrets.vault.create("correct horse battery");
    const bound = { kind: "password" as const, name: "jump", at: 1, secret: "hunter2" };
    const right = await rig.secrets.vault.put({ ...bound, bindings: [{ kind: "pattern", host: "10.9.*" }] });
    const wrong = await rig.secrets.vault.put({ ...bound, bindings: [{ kind: "device", device: DEVICE }] });
    if (!right.ok || !wrong.ok) throw new Error("not stored");
    const via: Via = [1, 2].map((n) => ({ host: `10.9.9.${n}`, port: 22, user: "jumper" }));
    const via_passwords = [right.value, wrong.value];
    await rig.choose({ keys: [], via_keys: [], via_passwords, sign_hidden: false }, via);
    const given = (session: "ssh1" | "ssh2", hop: number) =>
      rig.credentials.answersFor(DEVICE, session, authPrompt(session, { hop }).payload, 2);
    for (const session of ["ssh1", "ssh2"] as const) {
      await rig.desk.begin(session, record(via), session === "ssh2" ? hostKey : undefined);
      expect(given(session, 0)).toEqual(["hunter2"]);
      // That one is the device's, not the second jump host's.
      expect(given(session, 1)).toBeUndefined();
      expect(given(session, 2)).toBeUndefined();
    }
    // An attempt that is over leaves nothing behind.
    await rig.desk.begin("ssh1", record(via));
    rig.desk.hears({ ...frame("connected"), payload: {} } as unknown as Down);
    expect(given("ssh1", 0)).toBeUndefined();
  });

  test("a choice for one opening is used and stored nowhere; closed, it is forgotten", async () => {
    const rig = await Rig.start();
    const other = "q".repeat(22);
    const quick = { ...record(), id: other };
    await rig.secrets.choices.set(other, { keys: [rig.key], via_keys: [], sign_hidden: false, once: true });
    expect((await rig.desk.begin("ssh1", quick)).auth.keys.map(({ id }) => id)).toEqual([rig.key]);
    expect(await rig.store.get("logins", other)).toBeUndefined();
    expect(rig.secrets.choices.all[other]).toBeUndefined();
    rig.desk.forget(other);
    expect((await rig.desk.begin("ssh1", quick)).auth.keys).toEqual([]);
  });

  test("[S49] [S59] a page that takes the terminal up knows its jump hosts' keys and the key that opened it", async () => {
    const rig = await Rig.start();
    const second = await rig.secrets.keys.make("ecdsa-p256", "second");
    if (!second.ok) throw new Error("no key");
    const via = JUMP;
    await rig.choose({ keys: [second.value, rig.key], via_keys: [], sign_hidden: false }, via);
    await rig.secrets.choices.pins.add(jumpPlace, hostKey);
    await rig.secrets.choices.pins.add(jumpPlace, jumpKey);
    rig.desk.recall(DEVICE, { via_host_keys: [jumpKey], auth_key: rig.key });
    const plan = await rig.desk.begin("ssh2", record(via), hostKey);
    expect(plan.via_pins).toEqual([[jumpKey]]);
    expect(plan.auth.keys.map(({ id }) => id)).toEqual([rig.key]);
  });

  test("[S49] telemetry of a terminal that another tablet opened: a host that was never verified here is no misbehaviour", async () => {
    const rig = await Rig.start();
    const { pins } = rig.secrets.choices;
    await pins.clear();
    await rig.desk.begin("ssh2", record(), hostKey);
    expect((await rig.proof({}, undefined, "ssh2")).payload).toEqual({ trust: false, failed: "not_verified" });
    expect(rig.desk.mayAnswer(DEVICE, "ssh2", 0)).toBe(false);
    // Telemetry ends with it and says so; there is nothing to worry about in the terminal.
    expect(rig.notes).toEqual([]);
    // A host that this tablet knows by another key is another matter.
    await pins.add(placeOf(record()), jumpKey);
    await rig.desk.begin("ssh2", record(), hostKey);
    expect((await rig.proof({}, undefined, "ssh2")).payload).toEqual({ trust: false, failed: "other_key" });
    const host_keys = { known: [jumpKey.sha256], offered: hostKey.sha256, type: hostKey.type };
    expect(rig.notes).toEqual([{ code: "host_key_changed", retry: "user", hop: 0, host_keys }]);
    // So is a signature that does not hold, and a key that no question was asked about before a terminal logs in.
    await pins.add(placeOf(record()), hostKey);
    await rig.desk.begin("ssh2", record(), hostKey);
    const other = base64(OTHER_SESSION);
    expect((await rig.proof({ ssh_session_id: other }, undefined, "ssh2")).payload).toMatchObject({
      failed: "host_signature",
    });
    await pins.clear();
    await rig.desk.begin("ssh1", record());
    expect((await rig.proof()).payload).toMatchObject({ failed: "not_pinned" });
    expect(rig.notes.slice(1).map(({ reason }) => reason)).toEqual(["bad_signature", "bad_signature"]);
  });

  test("[S49] [S39] behind an adopted terminal's jump host: its key counts as far as this tablet trusts it, and no other does", async () => {
    const rig = await Rig.start();
    const via = JUMP;
    await rig.secrets.choices.pins.add(jumpPlace, hostKey);
    await rig.secrets.choices.pins.add(jumpPlace, jumpKey);
    rig.desk.recall(DEVICE, { via_host_keys: [jumpKey] });
    expect((await rig.desk.begin("ssh2", record(via), hostKey)).via_pins).toEqual([[jumpKey]]);
    await rig.secrets.choices.pins.remove(jumpPlace, jumpKey.sha256);
    expect((await rig.desk.begin("ssh2", record(via), hostKey)).via_pins).toEqual([[]]);
    expect((await rig.proof({}, ofJump, "ssh2")).payload).toEqual({ trust: false, failed: "other_key" });
    await rig.secrets.choices.pins.remove(jumpPlace, hostKey.sha256);
    await rig.desk.begin("ssh2", record(via), hostKey);
    expect((await rig.proof({}, ofJump, "ssh2")).payload).toEqual({ trust: false, failed: "not_verified" });
  });

  test("[S59] the login of a quick connection goes on after a reload: telemetry and the next terminal log in as before", async () => {
    const rig = await Rig.start();
    await rig.secrets.choices.forget(DEVICE);
    const other = await rig.secrets.keys.make("ecdsa-p256", "second");
    if (!other.ok) throw new Error("no key");
    const login = { keys: [other.value, rig.key], via_keys: [], sign_hidden: true, once: true as const };
    // A page that took the session up without it has nothing to offer: the device's questions go to the person.
    rig.desk.recall(DEVICE, { auth_key: rig.key, record: record() });
    expect((await rig.desk.begin("ssh2", record(), hostKey)).auth.keys).toEqual([]);
    rig.desk.recall(DEVICE, { auth_key: rig.key, record: record(), login });
    expect((await rig.desk.begin("ssh2", record(), hostKey)).auth.keys.map(({ id }) => id)).toEqual([rig.key]);
    expect(rig.desk.attemptOf(DEVICE, "ssh2")?.sign_hidden).toBe(true);
    expect((await rig.desk.begin("ssh1", record())).auth.keys.map(({ id }) => id)).toEqual(login.keys);
    // It is of this opening still: in no list of logins, and gone with the workspace.
    expect(rig.secrets.choices.all).toEqual({});
    rig.desk.forget(DEVICE);
    expect((await rig.desk.begin("ssh1", record())).auth.keys).toEqual([]);
  });

  test("[S47] [S67] a login of one opening is for its target: not for another one that the list has under its id by now", async () => {
    const rig = await Rig.start();
    const login = { keys: [rig.key], via_keys: [], sign_hidden: false, once: true as const };
    // The person chose one for the device since then.
    rig.desk.recall(DEVICE, { record: record(), login: { ...login, keys: [] } });
    expect((await rig.desk.begin("ssh1", record())).auth.keys.map(({ id }) => id)).toEqual([rig.key]);
    await rig.secrets.choices.forget(DEVICE);
    rig.desk.recall(DEVICE, { record: record(), login });
    const moved = { ...record(), target: { ...record().target, host: "10.0.0.99" } };
    expect((await rig.desk.begin("ssh1", moved)).auth.keys).toEqual([]);
    expect(rig.notes).toMatchObject([{ reason: "login_moved" }]);
    expect((await rig.desk.begin("ssh1", record())).auth.keys.map(({ id }) => id)).toEqual([rig.key]);
    // What is chosen for the device as it is kept takes its place at once.
    await rig.choose({ keys: [], via_keys: [], sign_hidden: true });
    expect((await rig.desk.begin("ssh1", record())).auth.keys).toEqual([]);
  });

  test("[S42] a simulated device proves nothing and logs nobody in", async () => {
    const rig = await Rig.start();
    const demo = { ...record(), target: { host: "demo:r1", port: 22, user: "demo", via: [] } };
    await rig.desk.begin("ssh1", demo);
    expect(rig.desk.mayAnswer(DEVICE, "ssh1", 0)).toBe(true);
  });
});
