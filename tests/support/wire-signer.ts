/** Keys of a test's page: made by Node, shown to the proxy as a page shows its own, and signing as SSH wants it. */
import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject, sign } from "node:crypto";
import type { AuthKey } from "#protocol/messages/connect.ts";

export type SignerType = "ed25519" | "ecdsa" | "rsa";
export type SignPayload = { key: string; algorithm: string; blob: string };

/** A string of RFC 4251: its length, then its bytes. */
export function sshString(bytes: Uint8Array | string): Buffer {
  const body = Buffer.from(bytes as Uint8Array);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(body.length);
  return Buffer.concat([length, body]);
}

/** A whole positive number of RFC 4251. */
function mpint(bytes: Uint8Array): Buffer {
  const body = Buffer.from(bytes);
  let at = 0;
  while (at < body.length - 1 && body[at] === 0) at += 1;
  const short = body.subarray(at);
  return sshString(((short[0] ?? 0) & 0x80) !== 0 ? Buffer.concat([Buffer.of(0), short]) : short);
}

function publicBlob(type: SignerType, key: KeyObject): Buffer {
  const jwk = key.export({ format: "jwk" });
  const part = (name: "n" | "e" | "x" | "y") => Buffer.from(jwk[name] ?? "", "base64url");
  if (type === "ed25519") return Buffer.concat([sshString("ssh-ed25519"), sshString(part("x"))]);
  if (type === "rsa") return Buffer.concat([sshString("ssh-rsa"), mpint(part("e")), mpint(part("n"))]);
  const point = Buffer.concat([Buffer.of(4), part("x"), part("y")]);
  return Buffer.concat([sshString("ecdsa-sha2-nistp256"), sshString("nistp256"), sshString(point)]);
}

const NAMES = { ed25519: "ssh-ed25519", ecdsa: "ecdsa-sha2-nistp256", rsa: "ssh-rsa" } as const;
const HASHES: Readonly<Record<string, string>> = {
  "rsa-sha2-256": "sha256",
  "rsa-sha2-512": "sha512",
  "ssh-rsa": "sha1",
};

function makePrivateKey(type: SignerType): KeyObject {
  if (type === "ed25519") return generateKeyPairSync("ed25519").privateKey;
  if (type === "rsa") return generateKeyPairSync("rsa", { modulusLength: 2_048 }).privateKey;
  return generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey;
}

export class WireSigner {
  readonly id: string;
  readonly type: SignerType;
  readonly blob: Buffer;
  /** Algorithms that were asked for, in order. */
  readonly asked: string[] = [];
  readonly #key: KeyObject;

  constructor(type: SignerType, id: string = type, pem?: string) {
    this.type = type;
    this.id = id;
    this.#key = pem === undefined ? makePrivateKey(type) : createPrivateKey(pem);
    this.blob = publicBlob(type, createPublicKey(this.#key));
  }

  /** Line for authorized_keys. */
  get authorized(): string {
    return `${NAMES[this.type]} ${this.blob.toString("base64")} ${this.id}`;
  }

  /** How `connect` names it. */
  offered(hop = 0): AuthKey {
    return { id: this.id, hop, algorithm: NAMES[this.type], public_key: this.blob.toString("base64") };
  }

  /** The signature as it goes into `sign_reply`. */
  sign({ algorithm, blob }: SignPayload): string {
    this.asked.push(algorithm);
    const data = Buffer.from(blob, "base64");
    if (this.type === "ed25519") return sign(null, data, this.#key).toString("base64");
    if (this.type === "rsa") return sign(HASHES[algorithm] ?? "", data, this.#key).toString("base64");
    const pair = sign("sha256", data, { key: this.#key, dsaEncoding: "ieee-p1363" });
    return Buffer.concat([mpint(pair.subarray(0, 32)), mpint(pair.subarray(32))]).toString("base64");
  }
}
