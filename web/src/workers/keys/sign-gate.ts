import { SIGNATURES_PER_HOP } from "#protocol/limits.ts";
import { type Bytes, concat, fromBase64, sameBytes } from "./bytes.ts";
import { SshReader, sshString } from "./ssh-wire.ts";

/** How long after its start an attempt may ask for signatures [S53]. */
export const SIGN_WINDOW_MS = 120_000;

const USERAUTH_REQUEST = 50;

/** The proxy's request, as it came. */
export type SignRequest = { hop: number; public_key: string; algorithm: string; blob: string };

/** What this page knows, and the proxy has no say in. */
export type SignFacts = {
  now: number;
  /** When this page started the attempt; null when it started none, or the attempt is over. */
  started_at: number | null;
  visible: boolean;
  /** The person allowed signing for this device while the page is hidden. */
  sign_hidden: boolean;
  unlocked: boolean;
  /** Per hop of the attempt. `session_id`: of the handshake that was verified here; null before that [S47]. */
  hop: { user: string; session_id: Bytes | null; signed: number } | undefined;
  /** Keys that this page offered for this attempt, and what each may sign with. */
  keys: readonly { blob: Bytes; algorithms: readonly string[] }[];
};

/** The check that did not hold; it is shown and reported [S53]. */
export type SignRefusal =
  | "no_attempt"
  | "attempt_old"
  | "hidden"
  | "locked"
  | "hop"
  | "host_unproven"
  | "too_many"
  | "key"
  | "algorithm"
  | "session_id"
  | "user"
  | "blob";

export type SignVerdict = { ok: true; data: Bytes; key: Bytes } | { ok: false; failed: SignRefusal };

const refuse = (failed: SignRefusal): SignVerdict => ({ ok: false, failed });

/** Whether this page signs what the proxy asks for: every condition of [S53] and [S54], and nothing else leads to a yes. */
export function checkSignRequest(request: SignRequest, facts: SignFacts): SignVerdict {
  const { now, started_at, hop } = facts;
  if (started_at === null) return refuse("no_attempt");
  if (now - started_at > SIGN_WINDOW_MS || now < started_at) return refuse("attempt_old");
  if (!facts.unlocked) return refuse("locked");
  if (!facts.visible && !facts.sign_hidden) return refuse("hidden");
  if (hop === undefined) return refuse("hop");
  if (hop.session_id === null) return refuse("host_unproven");
  if (hop.signed >= SIGNATURES_PER_HOP) return refuse("too_many");
  const named = fromBase64(request.public_key);
  const key = facts.keys.find(({ blob }) => named !== undefined && sameBytes(blob, named));
  if (key === undefined) return refuse("key");
  if (!key.algorithms.includes(request.algorithm)) return refuse("algorithm");
  const data = fromBase64(request.blob);
  if (data === undefined) return refuse("blob");
  const wanted = { session_id: hop.session_id, user: hop.user, algorithm: request.algorithm, key: key.blob };
  if (!sameBytes(data, authenticationRequest(wanted))) return refuse(firstDifference(data, wanted));
  return { ok: true, data, key: key.blob };
}

type Wanted = { session_id: Bytes; user: string; algorithm: string; key: Bytes };

/** What an authentication with a public key signs (RFC 4252, section 7), byte for byte. */
export function authenticationRequest({ session_id, user, algorithm, key }: Wanted): Bytes {
  return concat(
    sshString(session_id),
    Uint8Array.of(USERAUTH_REQUEST),
    sshString(user),
    sshString("ssh-connection"),
    sshString("publickey"),
    Uint8Array.of(1),
    sshString(algorithm),
    sshString(key),
  );
}

/** For the report only: the data was refused already. */
function firstDifference(data: Bytes, wanted: Wanted): SignRefusal {
  try {
    const reader = new SshReader(data);
    if (!sameBytes(reader.string(), wanted.session_id)) return "session_id";
    if (reader.byte() !== USERAUTH_REQUEST) return "blob";
    if (reader.text() !== wanted.user) return "user";
    if (reader.text() !== "ssh-connection" || reader.text() !== "publickey" || reader.byte() !== 1) return "blob";
    if (reader.text() !== wanted.algorithm) return "algorithm";
    return sameBytes(reader.string(), wanted.key) ? "blob" : "key";
  } catch {
    return "blob";
  }
}
