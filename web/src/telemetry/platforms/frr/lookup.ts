import type { NextHop, RouteLookup, RouteRow } from "../../knowledge/panel-data.ts";
import { ipAddress, ipPrefix } from "../../model/addresses.ts";
import { durationSeconds } from "../../model/durations.ts";
import type { JsonObject } from "../../model/json.ts";
import { asCount, asFlag, asText, rows } from "../../model/json-access.ts";
import { present } from "../../model/vocabulary.ts";
import { jsonParser } from "../../parsers/json-parser.ts";
import { type NamedParser, TraceBuilder } from "../../parsers/result.ts";

function nextHop(entry: JsonObject, installed: boolean): NextHop {
  const hop: NextHop = {};
  const ip = ipAddress(asText(entry.get("ip")));
  const dev = asText(entry.get("interfaceName"));
  const labels = entry.get("labels");
  const label = (Array.isArray(labels) ? labels : []).flatMap((each) => asText(each) ?? []).join("/");
  if (ip) hop.ip = ip;
  if (dev) hop.if = dev;
  if (label !== "") hop.label = label;
  // `active` of zebra means that the next hop is resolved; `fib`, that packets take it if the route is installed: an
  // OSPF route that BGP beat carries the flag too.
  if (installed && asFlag(entry.get("fib"))) hop.active = true;
  return hop;
}

/** What an entry without a next hop does instead. */
function actionOf(hops: readonly JsonObject[]): string | undefined {
  for (const hop of hops) {
    if (asFlag(hop.get("blackhole"))) return "blackhole";
    if (asFlag(hop.get("reject"))) return "unreachable";
    if (asFlag(hop.get("admin-prohibited")) || asFlag(hop.get("prohibited"))) return "admin-prohibited";
    if (asFlag(hop.get("unreachable"))) return "unreachable";
  }
  return undefined;
}

function routeRow(key: string, entry: JsonObject): RouteRow | undefined {
  const prefix = ipPrefix(asText(entry.get("prefix")) ?? key);
  const proto = asText(entry.get("protocol"));
  if (prefix === undefined || proto === undefined) return undefined;
  const row: RouteRow = { prefix, proto };
  const put = <K extends keyof RouteRow>(field: K, value: RouteRow[K] | undefined): void => {
    if (value !== undefined) row[field] = value;
  };
  put("vrf", asText(entry.get("vrfName")));
  put("distance", asCount(entry.get("distance")));
  put("metric", asCount(entry.get("metric")));
  put("age_s", durationSeconds(asText(entry.get("uptime"))));
  if (asFlag(entry.get("selected"))) row.selected = true;
  const hops = rows(entry.get("nexthops"));
  put("action", actionOf(hops));
  const installed = asFlag(entry.get("installed")) === true;
  const reachable = hops
    .map((hop) => nextHop(hop, installed))
    .filter((hop) => hop.ip !== undefined || hop.if !== undefined);
  if (reachable.length > 0) row.nexthops = reachable;
  return row;
}

/**
 * `show ip route vrf VRF IP json`: entries of every protocol for the longest match; `selected` marks the best. Without a
 * match vtysh prints a prefix with an empty list, which is no route and not a default route [T66].
 */
export const frrRouteLookup = jsonParser("frr.route-lookup", 1, (document, trace, { params }) => {
  if (!(document instanceof Map) || document.size === 0) return trace.failed("no_anchor");
  const matches: RouteRow[] = [];
  let lists = 0;
  for (const [key, value] of document) {
    if (!Array.isArray(value) || !ipPrefix(key)) {
      trace.dropped("not_a_prefix");
      continue;
    }
    lists++;
    for (const entry of rows(value)) {
      const row = routeRow(key, entry);
      if (row) matches.push(row);
      else trace.dropped("route_without_protocol");
    }
  }
  if (matches.length === 0 && lists > 0 && !trace.hasDropped) trace.provenEmpty("prefix with an empty list");
  const lookup: RouteLookup = { matches };
  const [query, vrf] = [params.get("IP"), params.get("VRF")];
  if (query !== undefined) lookup.query = query;
  if (vrf !== undefined) lookup.vrf = vrf;
  return trace.done({ route_lookup: lookup }, matches.length);
});

/** `vrf red id 5 table 1001`, `vrf blue inactive (configured)`; the default VRF is not listed. */
const VRF = /^vrf (\S+) (?:inactive|id \d+ (?:table \d+|netns \S+))(?: \(configured\))?$/;

/** `show vrf`: names of the VRFs besides the default one; nothing at all where there is none. */
export const frrVrfs: NamedParser = {
  id: "frr.vrfs",
  version: 1,
  parse(output) {
    const trace = new TraceBuilder("frr.vrfs", 1, output);
    const vrfs: string[] = [];
    for (const line of output.split("\n").map((raw) => raw.trimEnd())) {
      const name = VRF.exec(line)?.[1];
      if (name === undefined) {
        trace.unparsed(line);
        continue;
      }
      if (present(name)) vrfs.push(name);
      trace.consumed();
    }
    return trace.done({ vrfs }, vrfs.length);
  },
};
