import { createHash } from "node:crypto";
import ssh2 from "ssh2";

/** A host key made at start: private part for the server, public part as it goes over the wire. */
export type HostKey = { privateKey: string; type: string; publicKey: Uint8Array; sha256: string };

/** Makes an Ed25519 host key. `sha256` is the fingerprint as OpenSSH prints it, without its `SHA256:`. */
export function makeHostKey(): HostKey {
  const pair = ssh2.utils.generateKeyPairSync("ed25519");
  const blob = Buffer.from(pair.public.split(" ")[1] ?? "", "base64");
  const sha256 = createHash("sha256").update(blob).digest("base64").replace(/=+$/u, "");
  return { privateKey: pair.private, type: "ssh-ed25519", publicKey: new Uint8Array(blob), sha256 };
}
