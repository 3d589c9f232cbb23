/** Headers of every response [S74] [S77] [S78]. */
import type { Site } from "./served-names.ts";

const PERMISSIONS = [
  ...[
    "camera",
    "microphone",
    "geolocation",
    "payment",
    "usb",
    "serial",
    "hid",
    "midi",
    "display-capture",
    "accelerometer",
    "gyroscope",
    "magnetometer",
  ].map((name) => `${name}=()`),
  ...[
    "clipboard-read",
    "clipboard-write",
    "screen-wake-lock",
    "fullscreen",
    "publickey-credentials-get",
    "publickey-credentials-create",
  ].map((name) => `${name}=(self)`),
].join(", ");

/** The policy of S74, with the socket address of the matched site in it. */
export function contentSecurityPolicy({ scheme, host }: Site): string {
  return [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data:",
    "font-src 'self'",
    `connect-src 'self' ${scheme === "https" ? "wss" : "ws"}://${host}`,
    "worker-src 'self'",
    "manifest-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types default",
  ].join("; ");
}

/** All security headers for a response to this site. */
export function securityHeaders(site: Site): Record<string, string> {
  return {
    "Content-Security-Policy": contentSecurityPolicy(site),
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Origin-Agent-Cluster": "?1",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": PERMISSIONS,
  };
}
