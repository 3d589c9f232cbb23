/** Names and addresses of this machine under which other machines may reach it [S18]. */
import { hostname, networkInterfaces } from "node:os";

const DNS_NAME = /^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$/;

/** Addresses that a browser can be given, IPv4 first; link-local IPv6 is none, as it needs an interface name. */
export function ownAddresses(): readonly string[] {
  const all = Object.values(networkInterfaces()).flatMap((entries) => entries ?? []);
  const usable = all.filter(({ internal, address }) => !internal && !/^fe[89ab]/i.test(address));
  const of = (family: string) => usable.filter((one) => one.family === family).map(({ address }) => address);
  return [...new Set([...of("IPv4"), ...of("IPv6")])];
}

/** The machine's name, and the one that multicast DNS gives it. */
export function ownHostNames(): readonly string[] {
  const name = hostname().toLowerCase();
  if (!DNS_NAME.test(name) || name === "localhost") return [];
  return name.includes(".") ? [name] : [name, `${name}.local`];
}
