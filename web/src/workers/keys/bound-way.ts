import type { BoundHost, BoundWay } from "#protocol/local-secrets.ts";
import type { Target } from "#protocol/messages/target.ts";

/** By the letter: whether another spelling is the same host is for a person to judge. */
export function isSameHost(a: BoundHost, b: BoundHost): boolean {
  return a.host === b.host && a.port === b.port && a.user === b.user;
}

export function isSameWay(a: BoundWay, b: BoundWay): boolean {
  if (a.via.length !== b.via.length || !isSameHost(a, b)) return false;
  return a.via.every((hop, at) => {
    const other = b.via[at];
    return other !== undefined && isSameHost(hop, other);
  });
}

/** The way to a target as logins are bound to it: without what else is said of its hosts. */
export function wayOf({ host, port, user, via }: Target): BoundWay {
  return { host, port, user, via: via.map((hop) => ({ host: hop.host, port: hop.port, user: hop.user })) };
}

/** In words that a person compares. */
export function wayText({ host, port, user, via }: BoundWay): string {
  const named = (one: BoundHost): string => `${one.user}@${one.host}:${one.port}`;
  const hops = via.length === 0 ? "" : ` via ${via.map(named).join(", ")}`;
  return `${named({ host, port, user })}${hops}`;
}
