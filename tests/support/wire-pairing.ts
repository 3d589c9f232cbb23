import { createHash, randomBytes, webcrypto } from "node:crypto";
import { helloClaim, pairingClaim, renewalClaim, signOutClaim } from "#protocol/signing.ts";

/** A client as the proxy knows it: cookie, id and a key that signs. */
export type PairedClient = {
  readonly url: string;
  readonly clientId: string;
  readonly cookie: string;
  readonly label: string;
  signHello(nonce: string, instanceId: string, attempt: number): Promise<string>;
  /** Signature of a sign-out over what `/api/me` gave [S9]. */
  signSignOut(nonce: string): Promise<string>;
  /** Signature of a request for a new cookie, likewise [S8]. */
  signRenewal(nonce: string): Promise<string>;
};

export type PairReply = { status: number; body: Record<string, unknown>; cookie: string | undefined };
type KeyPair = { privateKey: webcrypto.CryptoKey; spki: Buffer };

const ALGORITHM = { name: "ECDSA", namedCurve: "P-256" } as const;

/** 22 base64url characters. */
export function randomId(): string {
  return randomBytes(16).toString("base64url");
}

async function makeKey(): Promise<KeyPair> {
  const pair = await webcrypto.subtle.generateKey(ALGORITHM, false, ["sign", "verify"]);
  return { privateKey: pair.privateKey, spki: Buffer.from(await webcrypto.subtle.exportKey("spki", pair.publicKey)) };
}

async function sign(key: KeyPair, claim: Uint8Array<ArrayBuffer>): Promise<string> {
  const signature = await webcrypto.subtle.sign({ name: "ECDSA", hash: "SHA-256" }, key.privateKey, claim);
  return Buffer.from(signature).toString("base64url");
}

/** The secret of a pairing link. */
export function codeOf(pairUrl: string): string {
  return new URL(pairUrl).hash.slice("#pair=".length);
}

/** One pairing request, right or wrong. */
export async function requestPairing(
  url: string,
  code: string,
  options: {
    label?: string;
    clientId?: string;
    origin?: string | null;
    key?: KeyPair;
    signedCode?: string;
    headers?: Record<string, string>;
  } = {},
): Promise<PairReply> {
  const key = options.key ?? (await makeKey());
  const codeHash = createHash("sha256")
    .update(options.signedCode ?? code)
    .digest();
  const sig = await sign(key, pairingClaim({ origin: url, codeHash, publicKey: key.spki }));
  const origin = options.origin === undefined ? url : options.origin;
  const response = await fetch(`${url}/api/pair`, {
    method: "POST",
    headers: { "Content-Type": "application/json", ...(origin === null ? {} : { Origin: origin }), ...options.headers },
    body: JSON.stringify({
      code,
      public_key: key.spki.toString("base64url"),
      label: options.label ?? "test tablet",
      client_id: options.clientId ?? randomId(),
      sig,
    }),
  });
  const cookie = response.headers.get("set-cookie")?.split(";", 1)[0];
  return { status: response.status, body: (await response.json()) as Record<string, unknown>, cookie };
}

/** Pairs a new client through HTTP, as a page does. */
export async function pairClient(
  pairUrl: string,
  label = "test tablet",
  headers: Record<string, string> = {},
): Promise<PairedClient> {
  const url = new URL(pairUrl).origin;
  const clientId = randomId();
  const key = await makeKey();
  const reply = await requestPairing(url, codeOf(pairUrl), { label, clientId, key, headers });
  if (reply.status !== 200 || reply.cookie === undefined) throw new Error(`pairing failed: ${JSON.stringify(reply)}`);
  return {
    url,
    clientId,
    cookie: reply.cookie,
    label,
    signHello: (nonce, instance_id, attempt) =>
      sign(key, helloClaim({ nonce, origin: url, client_id: clientId, instance_id, attempt })),
    signSignOut: (nonce) => sign(key, signOutClaim({ nonce, origin: url, client_id: clientId })),
    signRenewal: (nonce) => sign(key, renewalClaim({ nonce, origin: url, client_id: clientId })),
  };
}

/** Signs a client out over HTTP, as a page does; `sig` in place of the right signature. */
export async function signOut(client: PairedClient, sig?: string): Promise<Response> {
  return signed(client, "/api/sign-out", async (nonce) => sig ?? client.signSignOut(nonce));
}

/** Asks for a new cookie, as a page does when it is told that one is due; `sig` in place of the right signature. */
export async function renew(client: PairedClient, sig?: string): Promise<Response> {
  return signed(client, "/api/renew", async (nonce) => sig ?? client.signRenewal(nonce));
}

async function signed(client: PairedClient, path: string, sign: (nonce: string) => Promise<string>): Promise<Response> {
  const me = await fetch(`${client.url}/api/me`, { headers: { Cookie: client.cookie } });
  const { nonce } = (await me.json()) as { nonce: string };
  return fetch(`${client.url}${path}`, {
    method: "POST",
    headers: { Cookie: client.cookie, Origin: client.url, "Content-Type": "application/json" },
    body: JSON.stringify({ sig: await sign(nonce) }),
  });
}
