import { describe, expect, test } from "vitest";
import type { Down } from "#protocol/down.ts";
import type { DeviceRecord } from "#protocol/messages/devices.ts";
import { wayOf } from "#workers/keys/bound-way.ts";
import { placesOf } from "#workers/keys/tablet-pins.ts";
import { DEVICE, frame, hostKey, JUMP, jumpKey, jumpPlace, ofJump, placeOf, Rig, record } from "./login-rig.ts";

const PASSPHRASE = "correct horse battery";
const ask = (of: DeviceRecord, host_key = jumpKey, changes = {}) => {
  const { host, port } = of.target;
  return { ...frame("host_key"), payload: { stage: "ask", hop: 0, host, port, host_key, ...changes } } as Down;
};
const connected = (payload: object = {}) => ({ ...frame("connected"), payload }) as unknown as Down;

/** The list as the proxy may alter it: each of these leads somewhere else than the person chose. */
const altered: [string, (of: DeviceRecord) => DeviceRecord][] = [
  ["address", (of) => ({ ...of, target: { ...of.target, host: "10.0.0.66" } })],
  ["port", (of) => ({ ...of, target: { ...of.target, port: 2222 } })],
  ["user", (of) => ({ ...of, target: { ...of.target, user: "root" } })],
  ["way", (of) => ({ ...of, target: { ...of.target, via: JUMP } })],
];

describe("[HC5] a proxy that alters the list of devices", () => {
  test("[S44] [S47] pins of the list count for nothing: a key that they name is neither sent as trusted nor proved by", async () => {
    const rig = await Rig.start();
    const of = record([], [jumpKey]);
    expect((await rig.desk.begin("ssh1", of)).pins).toEqual([hostKey]);
    expect((await rig.proof({}, ofJump)).payload).toEqual({ trust: false, failed: "not_pinned" });
    expect(rig.desk.mayAnswer(DEVICE, "ssh1", 0)).toBe(false);
    expect(await rig.sign()).toBe("host_unproven");
  });

  test("[S44] a second tablet of the person has the list's pins, and asks all the same", async () => {
    const rig = await Rig.start();
    await rig.secrets.choices.pins.clear();
    const of = record([], [hostKey]);
    expect((await rig.desk.begin("ssh1", of)).pins).toEqual([]);
    const asked = ask(of, hostKey);
    expect(rig.desk.hears(asked)).toBe(false);
    rig.desk.replied({ re: asked.id, payload: { trust: true } });
    expect((await rig.proof()).payload).toEqual({ trust: true });
    rig.desk.hears(connected());
    await expect.poll(() => rig.secrets.choices.pins.of(placeOf(of))).toEqual([hostKey]);
  });

  test("[S48] a host with a key of this tablet is never asked about as if it were new", async () => {
    const rig = await Rig.start();
    await rig.desk.begin("ssh1", record());
    expect(rig.desk.hears(ask(record()))).toBe(true);
    expect(rig.sent.at(-1)).toMatchObject({ action: "host_key_reply", payload: { trust: false } });
    expect(rig.notes.at(-1)?.code).toBe("host_key_changed");
  });

  test("[S45] a question that names another host than the one of the attempt is refused", async () => {
    const rig = await Rig.start();
    await rig.secrets.choices.pins.clear();
    await rig.desk.begin("ssh1", record());
    for (const changes of [{ host: "10.0.0.2" }, { port: 23 }]) {
      expect(rig.desk.hears(ask(record(), jumpKey, changes))).toBe(true);
      expect(rig.sent.at(-1)).toMatchObject({ action: "host_key_reply", payload: { trust: false } });
    }
  });

  test("[S45] the fingerprint that the person compared must be the trusted key's own", async () => {
    const rig = await Rig.start();
    await rig.secrets.choices.pins.clear();
    const of = record();
    await rig.desk.begin("ssh1", of);
    const asked = ask(of, { ...jumpKey, sha256: hostKey.sha256 });
    rig.desk.hears(asked);
    rig.desk.replied({ re: asked.id, payload: { trust: true } });
    expect((await rig.proof({}, ofJump)).payload).toEqual({ trust: false, failed: "not_pinned" });
    rig.desk.hears(connected());
    expect(await rig.secrets.choices.pins.of(placeOf(of))).toEqual([]);
  });

  test.each(altered)(
    "[S47] [S67] another %s than the login was chosen for: nothing is offered, both are named",
    async (_what, edit) => {
      const rig = await Rig.start();
      await rig.secrets.vault.create(PASSPHRASE);
      const { via: _via, ...at } = wayOf(record().target);
      const bindings = [{ kind: "device" as const, device: DEVICE, at }];
      const stored = await rig.secrets.vault.put({ kind: "password", name: "r1", at: 1, secret: "hunter2", bindings });
      if (!stored.ok) throw new Error("not stored");
      await rig.choose({ keys: [rig.key], via_keys: [[rig.key]], password: stored.value, sign_hidden: true });
      expect((await rig.desk.begin("ssh1", record())).passwordHeld).toBe(true);
      rig.credentials.forget(DEVICE);
      expect(rig.notes).toEqual([]);
      const of = edit(record());
      const plan = await rig.desk.begin("ssh1", of);
      expect(plan).toMatchObject({ auth: { keys: [] }, passwordHeld: false });
      expect(rig.desk.attemptOf(DEVICE, "ssh1")?.sign_hidden).toBe(false);
      expect(rig.notes).toMatchObject([{ code: "invalid", reason: "login_moved" }]);
      const { host, port, user } = of.target;
      expect(rig.notes[0]?.detail).toContain("admin@10.0.0.1:22");
      expect(rig.notes[0]?.detail).toContain(`${user}@${host}:${port}`);
      // The person says that the device is there: choice and entry go along.
      rig.secrets.take("c1", {
        v: 1,
        device: "-",
        session_id: "link",
        type: "system",
        action: "login_rebind",
        payload: { of: DEVICE, from: wayOf(record().target), to: wayOf(of.target) },
      });
      expect(await rig.secrets.serve("c1")).toEqual({ ok: true });
      const again = await rig.desk.begin("ssh1", of);
      expect(again.auth.keys.length).toBeGreaterThan(0);
      expect(again.passwordHeld).toBe(true);
      expect((await rig.desk.begin("ssh1", record())).auth.keys).toEqual([]);
    },
  );

  test("[S67] an entry of before, which says no address, is used nowhere", async () => {
    const rig = await Rig.start();
    await rig.secrets.vault.create(PASSPHRASE);
    const bindings = [{ kind: "device" as const, device: DEVICE }];
    const stored = await rig.secrets.vault.put({ kind: "password", name: "r1", at: 1, secret: "hunter2", bindings });
    if (!stored.ok) throw new Error("not stored");
    await rig.choose({ keys: [], via_keys: [], password: stored.value, sign_hidden: false });
    expect((await rig.desk.begin("ssh1", record())).passwordHeld).toBe(false);
  });

  test("[S49] [S47] what the terminal met is what it proved here, not what the proxy says that it met", async () => {
    const rig = await Rig.start();
    await rig.secrets.choices.pins.add(jumpPlace, jumpKey);
    await rig.desk.begin("ssh1", record(JUMP));
    expect((await rig.proof({}, ofJump)).payload).toEqual({ trust: true });
    expect((await rig.proof({ hop: 1 })).payload).toEqual({ trust: true });
    rig.desk.hears(connected({ host_key: jumpKey, via_host_keys: [hostKey] }));
    const plan = await rig.desk.begin("ssh2", record(JUMP), jumpKey);
    expect(plan).toMatchObject({ via_pins: [[jumpKey]], pins: [] });
    expect((await rig.desk.begin("ssh2", record(JUMP), hostKey)).pins).toEqual([hostKey]);
  });

  test("[S59] the key that opened the terminal is one of the device's own choice, whatever the proxy says", async () => {
    const rig = await Rig.start();
    const other = await rig.secrets.keys.make("ed25519", "of another device");
    if (!other.ok) throw new Error("no key");
    await rig.desk.begin("ssh1", record());
    rig.desk.hears(connected({ auth_key: other.value }));
    expect((await rig.desk.begin("ssh2", record(), hostKey)).auth.keys).toEqual([]);
    rig.desk.recall(DEVICE, { auth_key: rig.key });
    expect((await rig.desk.begin("ssh2", record(), hostKey)).auth.keys.map(({ id }) => id)).toEqual([rig.key]);
  });

  test("[S44] the same private address behind another jump host is another host", async () => {
    const rig = await Rig.start();
    const other = [{ host: "10.9.9.8", port: 22, user: "jumper" }];
    expect((await rig.desk.begin("ssh1", record(JUMP))).pins).toEqual([hostKey]);
    expect((await rig.desk.begin("ssh1", record(other))).pins).toEqual([]);
    expect(placesOf(record(JUMP).target)).toEqual([
      jumpPlace,
      placeOf({ ...record([{ host: "10.9.9.9", port: 22, user: "jumper" }]) }),
    ]);
  });
});
