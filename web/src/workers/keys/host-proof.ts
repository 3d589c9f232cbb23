import type { HostKey } from "#protocol/messages/target.ts";
import { fromBase64 } from "./bytes.ts";
import { fingerprint, parsePublicBlob, typeOf } from "./ssh-public-key.ts";
import { verifySignature } from "./ssh-signature.ts";

/** What the proxy shows of a finished handshake: the host's key, and its signature over the session id [S47]. */
export type HostProof = { host_key: HostKey; signature?: string | undefined; ssh_session_id?: string | undefined };

/** `failed` names the first check that did not hold; the words stand in the audit and in notices. */
export type ProofResult =
  | { ok: true; host_key: HostKey; session_id: Uint8Array<ArrayBuffer> }
  | { ok: false; failed: "incomplete" | "host_key" | "not_pinned" | "host_signature" };

/** Longest hash that a key exchange makes a session id of. */
const SESSION_ID_MAX_BYTES = 64;
const SESSION_ID_MIN_BYTES = 20;

/**
 * Checks on this tablet what the proxy says it checked [S47]: the key is one that is trusted here, and whoever has its
 * private half signed this very session's id.
 */
export async function checkHostProof(
  subtle: SubtleCrypto,
  proof: HostProof,
  trusted: readonly HostKey[],
): Promise<ProofResult> {
  const { host_key } = proof;
  const key = fromBase64(host_key.key);
  const signature = fromBase64(proof.signature ?? "");
  const session_id = fromBase64(proof.ssh_session_id ?? "");
  if (key === undefined || !signature?.length || session_id === undefined) return { ok: false, failed: "incomplete" };
  if (session_id.length < SESSION_ID_MIN_BYTES || session_id.length > SESSION_ID_MAX_BYTES) {
    return { ok: false, failed: "incomplete" };
  }
  if (!(await isConsistent(subtle, host_key, key))) return { ok: false, failed: "host_key" };
  // A key is trusted with the fingerprint that the person compared, and not with another one that was shown for it.
  if (!trusted.some((pin) => isSameKey(pin, host_key))) return { ok: false, failed: "not_pinned" };
  if (!(await verifySignature(subtle, key, signature, session_id))) return { ok: false, failed: "host_signature" };
  return { ok: true, host_key, session_id };
}

export function isSameKey(a: HostKey, b: HostKey): boolean {
  return a.key === b.key && a.sha256 === b.sha256;
}

/** Type and fingerprint are what a person is shown, so they must be those of the key itself. */
export async function isConsistent(
  subtle: SubtleCrypto,
  { type, sha256 }: HostKey,
  blob: Uint8Array<ArrayBuffer>,
): Promise<boolean> {
  try {
    return typeOf(parsePublicBlob(blob)) === type && (await fingerprint(subtle, blob)) === sha256;
  } catch {
    return false;
  }
}
