import { createHash, webcrypto } from "node:crypto";
import { expect } from "vitest";
import type { Down } from "#protocol/down.ts";
import type { LoginChoice } from "#protocol/local-secrets.ts";
import type { DeviceRecord } from "#protocol/messages/devices.ts";
import type { ErrorPayload } from "#protocol/messages/error.ts";
import type { HostKey } from "#protocol/messages/target.ts";
import type { Up } from "#protocol/up.ts";
import { Credentials } from "#workers/credentials.ts";
import { wayOf } from "#workers/keys/bound-way.ts";
import { type Bytes, base64, fromBase64 } from "#workers/keys/bytes.ts";
import { generateHandles, type KeyHandles, signWith } from "#workers/keys/key-handles.ts";
import { LoginDesk } from "#workers/keys/login-desk.ts";
import { authenticationRequest } from "#workers/keys/sign-gate.ts";
import { fingerprint } from "#workers/keys/ssh-public-key.ts";
import { signatureBlob, verifySignature } from "#workers/keys/ssh-signature.ts";
import { MemoryStore } from "#workers/storage/tablet-store.ts";
import { SecretsDesk } from "#workers/vault/secrets-desk.ts";

export const crypto = webcrypto as Crypto;
export const { subtle } = crypto;
export const DEVICE = "d".repeat(22);
export const SESSION: Bytes = new Uint8Array(createHash("sha256").update("kex").digest());
export const OTHER_SESSION: Bytes = new Uint8Array(createHash("sha256").update("other").digest());

export const [host, jump] = await Promise.all([
  generateHandles(subtle, "ed25519"),
  generateHandles(subtle, "ecdsa-p256"),
]);
const shown = async (type: string, { blob }: KeyHandles): Promise<HostKey> => ({
  type,
  key: base64(blob),
  sha256: await fingerprint(subtle, blob),
});
export const hostKey = await shown("ssh-ed25519", host);
export const jumpKey = await shown("ecdsa-sha2-nistp256", jump);
/** The jump host's handshake, or that of whoever else has its key. */
export const ofJump = { key: jump, shown: jumpKey, algorithm: "ecdsa-sha2-nistp256" };

export type Via = DeviceRecord["target"]["via"];
export const record = (via: Via = [], pins: HostKey[] = [hostKey]): DeviceRecord => ({
  id: DEVICE,
  label: "r1",
  target: { host: "10.0.0.1", port: 22, user: "admin", via },
  algorithms: "modern",
  keepalive: "off",
  grace_s: 900,
  telemetry: "ask",
  pins,
});

export const JUMP: Via = [{ host: "10.9.9.9", port: 22, user: "jumper" }];
export const placeOf = ({ target: { host, port, via } }: DeviceRecord) => ({ host, port, via });
export const jumpPlace = { host: "10.9.9.9", port: 22, via: [] };

/** The page's side with a hub that only listens: the test is the proxy, honest or not. */
export class Rig {
  now = 1_000_000;
  visible = true;
  readonly sent: Up[] = [];
  readonly notes: ErrorPayload[] = [];
  readonly store = new MemoryStore();
  readonly credentials = new Credentials();
  readonly env = { crypto, now: () => this.now };
  secrets!: SecretsDesk;
  desk!: LoginDesk;
  key = "";

  static async start(): Promise<Rig> {
    const rig = new Rig();
    rig.secrets = await SecretsDesk.load(rig.env, rig.store, { mark: () => {} });
    const made = await rig.secrets.keys.make("ed25519", "tablet");
    if (!made.ok) throw new Error("no key");
    rig.key = made.value;
    // The device was connected to from here before, directly and behind the jump host.
    for (const via of [[], JUMP]) await rig.secrets.choices.pins.add(placeOf(record(via)), hostKey);
    await rig.choose({ keys: [rig.key], via_keys: [[rig.key]], sign_hidden: false });
    rig.desk = rig.newDesk();
    return rig;
  }

  /** The person's choice for the device, where it is with these jump hosts. */
  choose(choice: LoginChoice, via: Via = []): Promise<void> {
    return this.secrets.choices.set(DEVICE, { ...choice, bound: wayOf(record(via).target) });
  }

  newDesk(): LoginDesk {
    return new LoginDesk({
      env: this.env,
      hub: { send: (message) => this.sent.push(message) > 0 },
      secrets: this.secrets,
      credentials: this.credentials,
      isVisible: () => this.visible,
      note: (_device, error) => this.notes.push(error),
    });
  }

  async #answer(message: Down): Promise<Up> {
    const before = this.sent.length;
    expect(this.desk.hears(message)).toBe(true);
    await expect.poll(() => this.sent.length).toBe(before + 1);
    const answer = this.sent.at(-1);
    if (answer === undefined) throw new Error("no answer");
    return answer;
  }

  proof(
    changes: Partial<Down<"host_key">["payload"]> = {},
    of = { key: host, shown: hostKey, algorithm: "ssh-ed25519" },
    session_id: "ssh1" | "ssh2" = "ssh1",
  ) {
    const make = async (): Promise<Up> => {
      const body = (await signWith(subtle, of.key, of.algorithm, SESSION)) ?? new Uint8Array();
      return this.#answer({
        ...frame("host_key"),
        session_id,
        payload: {
          stage: "proof",
          hop: 0,
          host: "10.0.0.1",
          port: 22,
          host_key: of.shown,
          signature: base64(signatureBlob(of.algorithm, body)),
          ssh_session_id: base64(SESSION),
          ...changes,
        },
      } as Down);
    };
    return make();
  }

  request(changes: Partial<{ session_id: Bytes; user: string; algorithm: string; key: Bytes }> = {}): Bytes {
    return authenticationRequest({
      session_id: SESSION,
      user: "admin",
      algorithm: "ssh-ed25519",
      key: this.blob,
      ...changes,
    });
  }

  get blob(): Bytes {
    const [facts] = this.secrets.keys.keys;
    return fromBase64(facts?.public_key ?? "") ?? new Uint8Array();
  }

  async sign(data = this.request(), changes: Partial<Down<"sign">["payload"]> = {}): Promise<string> {
    const payload = {
      hop: 0,
      key: this.key,
      public_key: base64(this.blob),
      algorithm: "ssh-ed25519",
      blob: base64(data),
    };
    const { payload: reply } = (await this.#answer({
      ...frame("sign"),
      payload: { ...payload, ...changes },
    } as Down)) as Up<"sign_reply">;
    if (reply.signature === undefined) return reply.refused ?? "nothing";
    const signature = signatureBlob("ssh-ed25519", fromBase64(reply.signature) ?? new Uint8Array());
    return (await verifySignature(subtle, this.blob, signature, data)) ? "signed" : "bad signature";
  }
}

let ids = 0;
export const frame = (action: string) =>
  ({ v: 1, device: DEVICE, session_id: "ssh1", type: "terminal", action, id: `q${++ids}` }) as const;
