/** Which Host and Origin values are ours [S17] [S18]. */

/** One address under which browsers reach the proxy: the origin is its scheme and host. */
export type Site = {
  readonly scheme: "http" | "https";
  /** `host[:port]` as browsers write it: lower case, without the port that the scheme implies. */
  readonly host: string;
};

const LOOPBACK = ["localhost", "127.0.0.1", "[::1]"] as const;
const IMPLIED_PORT = { http: 80, https: 443 } as const;
const SITE = /^(?:(https):\/\/)?(\[[^\]]+\]|[^:/]+)(?::(\d{1,5}))?$/;

/** The site of a scheme, name and port, as a browser would write them. */
export function siteOf(scheme: Site["scheme"], name: string, port: number): Site {
  const host = name.toLowerCase();
  return { scheme, host: port === IMPLIED_PORT[scheme] ? host : `${host}:${port}` };
}

/** A configured site: `name`, `name:port`, or the https origin that a TLS terminator in front of the proxy has. */
export function parseSite(text: string, scheme: Site["scheme"], port: number): Site | undefined {
  const [, outer, name = "", digits] = SITE.exec(text) ?? [];
  if (!URL.canParse(`http://${name}`)) return undefined;
  const { hostname } = new URL(`http://${name}`);
  if (outer !== undefined) return siteOf("https", hostname, Number(digits ?? IMPLIED_PORT.https));
  // A name alone means this listener's port.
  return siteOf(scheme, hostname, Number(digits ?? port));
}

/** Sites of a listener: loopback names with its port, further names with its port, and the configured ones. */
export function servedSites(
  scheme: Site["scheme"],
  port: number,
  configured: readonly string[],
  names: readonly string[] = [],
): readonly Site[] {
  return [
    ...[...LOOPBACK, ...names].map((name) => siteOf(scheme, name, port)),
    ...configured.flatMap((text) => parseSite(text, scheme, port) ?? []),
  ];
}

/** The served site that a Host header names, or undefined: then answer 421 [S18]. */
export function matchHost(header: string | undefined, served: readonly Site[]): Site | undefined {
  const name = header?.toLowerCase();
  return served.find(({ host }) => host === name);
}

/** `scheme://host`, as browsers send it. */
export function originOf({ scheme, host }: Site): string {
  return `${scheme}://${host}`;
}

/** Whether an Origin header is exactly one of ours; absent, `null` and foreign ones are not [S17]. */
export function isServedOrigin(header: string | undefined, served: readonly Site[]): boolean {
  return header !== undefined && served.some((site) => header === originOf(site));
}

/** `Sec-Fetch-Site` must be same-origin where a browser sends it [S17]. */
export function isSameSite(header: string | undefined): boolean {
  return header === undefined || header === "same-origin";
}
