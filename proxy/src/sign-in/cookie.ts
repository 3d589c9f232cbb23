import { COOKIE_TTL_S } from "#protocol/limits.ts";

/**
 * Name on loopback HTTP, without `Secure`: WebKit drops Secure cookies there [S29]. Other local servers may see it,
 * which S9 makes harmless.
 */
export const COOKIE_NAME = "rackside-lo";
const VALUE = /^[A-Za-z0-9_-]{43}$/;

/** The sign-in cookie of a request; undefined when absent, doubled or malformed. */
export function readCookie(header: string | undefined): string | undefined {
  const values = (header ?? "")
    .split(";")
    .map((pair) => pair.trim().split("=", 2))
    .filter(([name]) => name === COOKIE_NAME)
    .map(([, value]) => value);
  const [value] = values;
  return values.length === 1 && value !== undefined && VALUE.test(value) ? value : undefined;
}

/** `Set-Cookie` for a value [S8]. */
export function setCookie(value: string): string {
  return `${COOKIE_NAME}=${value}; Max-Age=${COOKIE_TTL_S}; Path=/; HttpOnly; SameSite=Strict`;
}

export function clearCookie(): string {
  return `${COOKIE_NAME}=; Max-Age=0; Path=/; HttpOnly; SameSite=Strict`;
}
