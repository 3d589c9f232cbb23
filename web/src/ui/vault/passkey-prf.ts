/**
 * Passkeys that open the vault, by WebAuthn's PRF extension [S69]. Whether a browser has it is found out by asking it for
 * a value, never by its name; WebAuthn works on names only, not on addresses [S33].
 */
export type Evaluated = { id: string; prf: Uint8Array<ArrayBuffer> };
export type PasskeyFailure = "address" | "missing" | "cancelled";
export type PasskeyResult<T> = { ok: true; value: T } | { ok: false; why: PasskeyFailure };

const SALT_BYTES = 32;
const CHALLENGE_BYTES = 32;
const TIMEOUT_MS = 60_000;

export const PASSKEY_TEXTS: Readonly<Record<PasskeyFailure, string>> = {
  address: "Passkeys work only when the app is opened by a name, not by an address.",
  missing: "This browser or this passkey cannot open a vault. The passphrase goes on working.",
  cancelled: "The passkey was not used. The passphrase goes on working.",
};

/** Why passkeys cannot work here at all; undefined when they may be tried. */
export function passkeyObstacle(location: { hostname: string }, credentials: unknown): PasskeyFailure | undefined {
  if (credentials === undefined || credentials === null) return "missing";
  const { hostname } = location;
  return /^[\d.]+$/.test(hostname) || hostname.includes(":") ? "address" : undefined;
}

const random = (length: number): Uint8Array<ArrayBuffer> => crypto.getRandomValues(new Uint8Array(length));

/** Makes a passkey and asks it for the value of a new salt. */
export async function makePasskey(user: string): Promise<PasskeyResult<Evaluated & { salt: string }>> {
  const salt = random(SALT_BYTES);
  const made = await attempt(() =>
    navigator.credentials.create({
      publicKey: {
        challenge: random(CHALLENGE_BYTES),
        rp: { name: "Rackside" },
        user: { id: random(16), name: user, displayName: user },
        pubKeyCredParams: [
          { type: "public-key", alg: -7 },
          { type: "public-key", alg: -257 },
        ],
        authenticatorSelection: { residentKey: "preferred", userVerification: "required" },
        timeout: TIMEOUT_MS,
        extensions: { prf: { eval: { first: salt } } },
      },
    }),
  );
  if (!made.ok) return made;
  const now = prfOf(made.value);
  // Many authenticators answer only when they are asked again, after they were made.
  if (now !== undefined) return { ok: true, value: { id: textOf(made.value), prf: now, salt: base64url(salt) } };
  if (made.value.getClientExtensionResults().prf?.enabled !== true) return { ok: false, why: "missing" };
  const asked = await askPasskey([{ id: textOf(made.value), salt: base64url(salt) }]);
  return asked.ok ? { ok: true, value: { ...asked.value, salt: base64url(salt) } } : asked;
}

/** Asks one of the vault's passkeys, whichever is at hand. */
export async function askPasskey(known: readonly { id: string; salt: string }[]): Promise<PasskeyResult<Evaluated>> {
  const evalByCredential = Object.fromEntries(known.map(({ id, salt }) => [id, { first: bytes(salt) }]));
  const asked = await attempt(() =>
    navigator.credentials.get({
      publicKey: {
        challenge: random(CHALLENGE_BYTES),
        allowCredentials: known.map(({ id }) => ({ type: "public-key", id: bytes(id) })),
        userVerification: "required",
        timeout: TIMEOUT_MS,
        extensions: { prf: { evalByCredential } },
      },
    }),
  );
  if (!asked.ok) return asked;
  const prf = prfOf(asked.value);
  return prf === undefined ? { ok: false, why: "missing" } : { ok: true, value: { id: textOf(asked.value), prf } };
}

async function attempt(ask: () => Promise<Credential | null>): Promise<PasskeyResult<PublicKeyCredential>> {
  const obstacle = passkeyObstacle(location, navigator.credentials);
  if (obstacle !== undefined) return { ok: false, why: obstacle };
  try {
    const credential = await ask();
    return credential instanceof PublicKeyCredential ? { ok: true, value: credential } : { ok: false, why: "missing" };
  } catch (error) {
    const name = error instanceof DOMException ? error.name : "";
    return { ok: false, why: name === "NotSupportedError" || name === "SecurityError" ? "missing" : "cancelled" };
  }
}

function prfOf(credential: PublicKeyCredential): Uint8Array<ArrayBuffer> | undefined {
  const first = credential.getClientExtensionResults().prf?.results?.first;
  if (first === undefined) return undefined;
  return first instanceof ArrayBuffer
    ? new Uint8Array(first.slice(0))
    : new Uint8Array(first.buffer.slice(first.byteOffset, first.byteOffset + first.byteLength));
}

const textOf = (credential: PublicKeyCredential): string => base64url(new Uint8Array(credential.rawId));

function base64url(value: Uint8Array): string {
  return btoa(String.fromCharCode(...value))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replaceAll("=", "");
}

function bytes(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (char) => char.charCodeAt(0));
}
