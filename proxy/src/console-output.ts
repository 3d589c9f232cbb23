/** What a person sees on the proxy's own console; pairing secrets go nowhere else [S4]. */
import { renderUnicodeCompact } from "uqr";
import { PAIRING_TTL_MS } from "#protocol/limits.ts";
import { keyFingerprint } from "./sign-in/client-key.ts";
import type { ClientRecord } from "./sign-in/client-store.ts";
import type { PairingSecret } from "./sign-in/pairing.ts";
import { shownCode } from "./sign-in/typed-code.ts";

const MINUTE_S = 60;

function lifeText(life_s: number): string {
  return life_s >= 2 * MINUTE_S ? `${Math.floor(life_s / MINUTE_S)} minutes` : `${life_s} seconds`;
}

/** The secret is in the fragment: in no request line, log or referrer [S4]. */
export function pairUrl(url: string, secret: PairingSecret): string {
  return `${url}/#pair=${secret.link}`;
}

/** Link, QR code and typed code of a pairing. */
export function pairingText(url: string, secret: PairingSecret, life_s = PAIRING_TTL_MS / 1_000): string {
  const link = pairUrl(url, secret);
  return [
    "",
    `Pair a browser within ${lifeText(life_s)}; the link works once:`,
    "",
    `  ${link}`,
    "",
    renderUnicodeCompact(link, { ecc: "L", border: 2 }),
    "",
    `  or open ${url} and type the code  ${shownCode(secret.code)}`,
    "",
  ].join("\n");
}

/** What a start that serves other machines says besides: their first step, and where else the app is. */
export function lanText(urls: readonly string[], localCa: boolean): string {
  const [, ...others] = urls;
  return [
    ...(others.length === 0 ? [] : [`Also at ${others.join(" ")}`]),
    ...(localCa ? ["A tablet has to trust this proxy's certificate first; on this machine: rackside tls enroll"] : []),
    "",
  ].join("\n");
}

/** What a start with paired clients says. */
export function addressText(url: string, clients: number): string {
  const who = clients === 1 ? "1 paired client" : `${clients} paired clients`;
  return `\nRackside is at ${url} (${who}).\nTo pair another browser, run on this machine: rackside pair\n`;
}

/** Paired clients, one a line, those seen last first. */
export function clientsText(clients: readonly ClientRecord[]): string {
  if (clients.length === 0) return "No client is paired.";
  const day = (at: number) => new Date(at).toISOString().slice(0, 16).replace("T", " ");
  return clients
    .toSorted((a, b) => b.last_seen - a.last_seen)
    .map(({ client_id, label, user, paired, last_seen, last_addr, public_key }) =>
      [
        `${client_id}  "${label}"  ${user}`,
        `  paired ${day(paired)}, last seen ${day(last_seen)} from ${last_addr}`,
        `  key ${keyFingerprint(public_key)}`,
      ].join("\n"),
    )
    .join("\n");
}
