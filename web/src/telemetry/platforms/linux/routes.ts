import type { FibEntry, NextHop, RouteLookup, RouteRow } from "../../knowledge/panel-data.ts";
import { ipAddress, ipPrefix } from "../../model/addresses.ts";
import type { JsonObject } from "../../model/json.ts";
import { asCount, asText, dig, rows } from "../../model/json-access.ts";
import { jsonParser } from "../../parsers/json-parser.ts";
import { jsonTable } from "../../parsers/json-rows.ts";
import type { ParseResult, TraceBuilder } from "../../parsers/result.ts";

/** Flags of a next hop that packets cannot take now. */
const DEAD = new Set(["dead", "linkdown"]);

/** `default` is every address of the family; an address without a length is a host route. Nothing else is made up. */
function prefixOf(printed: string | undefined, v6: boolean): string | undefined {
  if (printed === "default") return v6 ? "::/0" : "0.0.0.0/0";
  const address = ipAddress(printed);
  if (address !== undefined) return `${address}/${address.includes(":") ? 128 : 32}`;
  return ipPrefix(printed);
}

function hopOf(entry: JsonObject): NextHop | undefined {
  const hop: NextHop = {};
  const ip = ipAddress(asText(entry.get("gateway")) ?? asText(dig(entry, "via", "host")));
  const dev = asText(entry.get("dev"));
  if (ip) hop.ip = ip;
  if (dev) hop.if = dev;
  const flags = entry.get("flags");
  if (Array.isArray(flags) && flags.some((flag) => typeof flag === "string" && DEAD.has(flag))) hop.active = false;
  return ip || dev ? hop : undefined;
}

function hopsOf(entry: JsonObject): NextHop[] {
  const several = rows(entry.get("nexthops")).flatMap((hop) => hopOf(hop) ?? []);
  return several.length > 0 ? several : [hopOf(entry)].flatMap((hop) => hop ?? []);
}

/** What the kernel does instead of forwarding: blackhole, unreachable, prohibit, local, broadcast, ... */
function actionOf(entry: JsonObject): string | undefined {
  const type = asText(entry.get("type"));
  return type === undefined || type === "unicast" ? undefined : type;
}

function isV6(entry: JsonObject): boolean {
  return entry.has("pref") || hopsOf(entry).some((hop) => hop.ip?.includes(":"));
}

function routeRow(entry: JsonObject, trace: TraceBuilder, v6 = isV6(entry)): RouteRow | undefined {
  const prefix = prefixOf(asText(entry.get("dst")), v6);
  if (prefix === undefined) {
    trace.dropped("route_without_prefix");
    return undefined;
  }
  // Routes that were added by hand carry no protocol: the kernel's word for them is "boot".
  const row: RouteRow = { prefix, proto: asText(entry.get("protocol")) ?? "boot" };
  const metric = asCount(entry.get("metric"));
  if (metric !== undefined) row.metric = metric;
  const action = actionOf(entry);
  if (action) row.action = action;
  const hops = hopsOf(entry);
  if (hops.length > 0) row.nexthops = hops;
  return row;
}

/** `ip -j route show`: the whole main table, read element by element [T77]. */
export const linuxRouteTable4 = jsonTable(
  "linux.route-table-ipv4",
  1,
  "routes",
  () => (entry, trace) => routeRow(entry, trace, false),
);
/** `ip -6 -j route show`. */
export const linuxRouteTable6 = jsonTable(
  "linux.route-table-ipv6",
  1,
  "routes",
  () => (entry, trace) => routeRow(entry, trace, true),
);

function lookup(id: string, part: (entry: JsonObject, trace: TraceBuilder) => RouteLookup | undefined) {
  return jsonParser(id, 1, (document, trace, { params }): ParseResult => {
    const entry = Array.isArray(document) ? rows(document)[0] : undefined;
    if (!entry?.has("dst")) return trace.failed("no_anchor");
    const found = part(entry, trace);
    if (!found) return trace.failed("no_anchor");
    const query = params.get("IP");
    return trace.done({ route_lookup: { ...(query === undefined ? {} : { query }), ...found } }, 1);
  });
}

/** `ip -j route get IP`: where the kernel would send a packet now. It names no prefix: `dst` is the address itself. */
export const linuxRouteGet = lookup("linux.route-get", (entry) => {
  const fib: FibEntry = {};
  const action = actionOf(entry);
  if (action) fib.action = action;
  const hops = hopsOf(entry);
  if (hops.length > 0) fib.nexthops = hops;
  return hops.length === 0 && action === undefined ? undefined : { fib };
});

/** `ip -j route get fibmatch IP`: the route that the address matches. */
export const linuxRouteMatch = lookup("linux.route-match", (entry, trace) => {
  const row = routeRow(entry, trace);
  return row && { matches: [row] };
});
