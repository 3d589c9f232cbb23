import { COOKIE_TTL_S } from "#protocol/limits.ts";

/**
 * On https the name makes browsers insist on `Secure`, on no Domain and on the path `/` [S8]. On loopback HTTP it is another
 * one without `Secure`: WebKit drops Secure cookies there [S29]. Other local servers may see it, which S9 makes harmless.
 */
const NAMES = { https: "__Host-rackside", http: "rackside-lo" } as const;
type Scheme = keyof typeof NAMES;
const VALUE = /^[A-Za-z0-9_-]{43}$/;

/** The sign-in cookie of a request to a site of this scheme; undefined when absent, doubled or malformed. */
export function readCookie(header: string | undefined, scheme: Scheme): string | undefined {
  const values = (header ?? "")
    .split(";")
    .map((pair) => pair.trim().split("=", 2))
    .filter(([name]) => name === NAMES[scheme])
    .map(([, value]) => value);
  const [value] = values;
  return values.length === 1 && value !== undefined && VALUE.test(value) ? value : undefined;
}

function cookie(scheme: Scheme, value: string, maxAge_s: number): string {
  const secure = scheme === "https" ? "; Secure" : "";
  return `${NAMES[scheme]}=${value}; Max-Age=${maxAge_s}; Path=/; HttpOnly; SameSite=Strict${secure}`;
}

/** `Set-Cookie` for a value [S8]. */
export function setCookie(value: string, scheme: Scheme): string {
  return cookie(scheme, value, COOKIE_TTL_S);
}

export function clearCookie(scheme: Scheme): string {
  return cookie(scheme, "", 0);
}
