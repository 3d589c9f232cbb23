/** What a person sees on the proxy's own console; pairing secrets go nowhere else [S4]. */
import { renderUnicodeCompact } from "uqr";
import { PAIRING_TTL_MS } from "#protocol/limits.ts";
import type { PairingSecret } from "./sign-in/pairing.ts";
import { shownCode } from "./sign-in/typed-code.ts";

const MINUTE_MS = 60_000;

/** The secret is in the fragment: in no request line, log or referrer [S4]. */
export function pairUrl(url: string, secret: PairingSecret): string {
  return `${url}/#pair=${secret.link}`;
}

/** Link, QR code and typed code of a pairing. */
export function pairingText(url: string, secret: PairingSecret): string {
  const link = pairUrl(url, secret);
  return [
    "",
    `Pair a browser within ${PAIRING_TTL_MS / MINUTE_MS} minutes; the link works once:`,
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
