/** Which Host and Origin values are ours [S17] [S18]. */

/** `host[:port]` values under which this listener is served: loopback names with its port, and the configured ones. */
export function servedHosts(port: number, extra: readonly string[]): readonly string[] {
  const own = ["localhost", "127.0.0.1", "[::1]"].map((name) => (port === 80 ? name : `${name}:${port}`));
  // A configured name without a port means this port.
  const named = extra.map((name) => (/:\d+$/.test(name) || port === 80 ? name : `${name}:${port}`));
  return [...own, ...named];
}

/** The served host that a Host header names, or undefined: then answer 421 [S18]. */
export function matchHost(header: string | undefined, served: readonly string[]): string | undefined {
  const name = header?.toLowerCase();
  return served.find((host) => host === name);
}

/** Whether an Origin header is exactly one of ours; absent, `null` and foreign ones are not [S17]. */
export function isServedOrigin(header: string | undefined, served: readonly string[]): boolean {
  return header !== undefined && served.some((host) => header === `http://${host}`);
}

/** `Sec-Fetch-Site` must be same-origin where a browser sends it [S17]. */
export function isSameSite(header: string | undefined): boolean {
  return header === undefined || header === "same-origin";
}
