import { createHash } from "node:crypto";
import ssh2 from "ssh2";

/** A host key made at start: private part for the server, public part as it goes over the wire. */
export type HostKey = { privateKey: string; type: string; publicKey: Uint8Array; sha256: string };

/** About one in 270 of the library's Ed25519 keys comes out in a form that it cannot read back itself. */
function makeReadablePair(): { private: string; public: string } {
  for (;;) {
    const pair = ssh2.utils.generateKeyPairSync("ed25519");
    if (!(ssh2.utils.parseKey(pair.private) instanceof Error)) return pair;
  }
}

/** Makes an Ed25519 host key. `sha256` is the fingerprint as OpenSSH prints it, without its `SHA256:`. */
export function makeHostKey(): HostKey {
  const pair = makeReadablePair();
  const blob = Buffer.from(pair.public.split(" ")[1] ?? "", "base64");
  const sha256 = createHash("sha256").update(blob).digest("base64").replace(/=+$/u, "");
  return { privateKey: pair.private, type: "ssh-ed25519", publicKey: new Uint8Array(blob), sha256 };
}
