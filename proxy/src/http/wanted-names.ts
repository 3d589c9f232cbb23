/** Names and addresses that a certificate is needed for, and those that people are told. */
import { isIP } from "node:net";
import type { Config } from "../config.ts";
import { parseAddress } from "../policy/address.ts";
import { deniedClass } from "../policy/address-class.ts";
import type { WantedNames } from "../tls/certificate-keeper.ts";
import { canonicalAddress } from "../tls/leaf.ts";
import { ownAddresses, ownHostNames } from "./own-names.ts";

type Served = Pick<Config, "host" | "serve_as">;

/** Names without ports; a configured `https://` origin is a TLS terminator's and has its certificate there. */
export function wantedNames({ host, serve_as }: Served): WantedNames {
  const hostOf = (text: string) => new URL(`http://${text}`).hostname.replace(/^\[|\]$/g, "");
  const named = serve_as.filter((text) => !text.startsWith("https://")).map(hostOf);
  const address = parseAddress(host);
  const special = address === undefined ? "loopback" : deniedClass(address, []);
  const literal = special === "loopback" || special === "unspecified" ? [] : [canonicalAddress(host)];
  const own = () => (special === "unspecified" ? [...ownHostNames(), ...ownAddresses()] : []);
  return { configured: [...new Set([...named, ...literal])], own: () => [...own(), "localhost", "127.0.0.1", "::1"] };
}

/** Of the names that are served, those to tell people, the best first: configured ones, addresses, the machine's names. */
export function shownNames(config: Served, served: readonly string[]): readonly string[] {
  const { configured } = wantedNames(config);
  const outer = served.filter((name) => !isLoopback(name) && !configured.includes(name));
  const rank = (name: string) => [4, 0, 6].indexOf(isIP(name));
  const shown = [...configured.filter((name) => served.includes(name)), ...outer.toSorted((a, b) => rank(a) - rank(b))];
  return shown.length > 0 ? shown : [config.host === "::1" ? "::1" : "localhost"];
}

function isLoopback(name: string): boolean {
  return name === "localhost" || name.startsWith("127.") || name === "::1";
}

/** A name as it stands in an address. */
export function bracketed(name: string): string {
  return name.includes(":") ? `[${name}]` : name;
}
