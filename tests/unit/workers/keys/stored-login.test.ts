import { describe, expect, test } from "vitest";
import type { Down } from "#protocol/down.ts";
import type { BoundHost } from "#protocol/local-secrets.ts";
import { authPrompt } from "#support/wire-messages.ts";
import { DEVICE, frame, hostKey, Rig, record } from "./login-rig.ts";

const PASSPHRASE = "correct horse battery";
const HERE = { host: "10.0.0.1", port: 22, user: "admin" };

/** A device whose login is a password of the vault, bound to the device at this address. */
async function start(at: BoundHost = HERE): Promise<Rig> {
  const rig = await Rig.start();
  await rig.secrets.vault.create(PASSPHRASE);
  const bindings = [{ kind: "device" as const, device: DEVICE, at }];
  const entry = await rig.secrets.vault.put({ kind: "password", name: "r1", at: 1, secret: "stored", bindings });
  if (!entry.ok) throw new Error("not stored");
  await rig.choose({ keys: [], via_keys: [], sign_hidden: false, password: entry.value });
  return rig;
}

/** What telemetry's question for a password gets without the person. */
const given = (rig: Rig) => rig.credentials.answersFor(DEVICE, "ssh2", authPrompt("ssh2").payload, 0);
const byPassword = { record: record(), auth_method: "password" };

describe("the vault's password for telemetry of a terminal that was taken up again", () => {
  test("[S59] [S67] it is given once an attempt, where the terminal got in by a password, to a host that proved itself", async () => {
    const rig = await start();
    rig.desk.recall(DEVICE, byPassword);
    await rig.desk.begin("ssh2", record(), hostKey);
    // Answers go out once the handshake was verified here [S47].
    expect(rig.desk.mayAnswer(DEVICE, "ssh2", 0)).toBe(false);
    expect((await rig.proof({}, undefined, "ssh2")).payload).toEqual({ trust: true });
    expect(rig.desk.mayAnswer(DEVICE, "ssh2", 0)).toBe(true);
    expect(given(rig)).toEqual(["stored"]);
    rig.desk.hears({
      ...frame("connected"),
      session_id: "ssh2",
      payload: { auth_method: "password" },
    } as unknown as Down);
    expect(given(rig)).toBeUndefined();
    await rig.desk.begin("ssh2", record(), hostKey);
    expect(given(rig)).toEqual(["stored"]);
  });

  test("[S59] [S70] after a lock of the vault it takes the place of what was typed, and while it is locked there is none", async () => {
    const rig = await start();
    await rig.desk.begin("ssh1", record());
    await rig.proof();
    rig.desk.hears({ ...frame("connected"), payload: { auth_method: "password" } } as unknown as Down);
    rig.secrets.vault.lock();
    rig.credentials.forgetAll();
    await rig.desk.begin("ssh2", record(), hostKey);
    expect(given(rig)).toBeUndefined();
    await rig.secrets.vault.unlock({ passphrase: PASSPHRASE });
    await rig.desk.begin("ssh2", record(), hostKey);
    expect(given(rig)).toEqual(["stored"]);
  });

  test("[S70] a vault that is locked while its entry is read leaves nothing to give", async () => {
    const rig = await start();
    rig.desk.recall(DEVICE, byPassword);
    for (const session of ["ssh1", "ssh2"] as const) {
      const begun = rig.desk.begin(session, record(), hostKey);
      const use = rig.secrets.vault.use.bind(rig.secrets.vault);
      rig.secrets.vault.use = async (...args) => {
        const found = await use(...args);
        expect(found).toMatchObject({ secret: "stored" });
        rig.secrets.vault.lock();
        return found;
      };
      await begun;
      expect(rig.credentials.hasForm(DEVICE)).toBe(false);
      expect(given(rig)).toBeUndefined();
      rig.secrets.vault.use = use;
      await rig.secrets.vault.unlock({ passphrase: PASSPHRASE });
    }
  });

  const elsewhere = { ...record(), target: { ...record().target, host: "10.0.0.99" } };
  test.each([
    [
      "a terminal that got in by prompts, which may ask for codes",
      HERE,
      { ...byPassword, auth_method: "keyboard-interactive" },
    ],
    ["a terminal that got in by a key", HERE, { ...byPassword, auth_method: "publickey" }],
    ["a terminal of which nobody knows how it got in", HERE, { record: record() }],
    ["a terminal that another tablet opened", HERE, { auth_method: "password" }],
    ["a terminal at another address", HERE, { ...byPassword, record: elsewhere }],
    ["an entry that is bound to another port", { ...HERE, port: 2222 }, byPassword],
    ["an entry that is bound to another user", { ...HERE, user: "root" }, byPassword],
  ])("[S59] [S67] %s: telemetry asks the person", async (_what, at, terminal) => {
    const rig = await start(at);
    rig.desk.recall(DEVICE, terminal);
    await rig.desk.begin("ssh2", record(), hostKey);
    expect(given(rig)).toBeUndefined();
  });
});
