import type { FibEntry, NextHop, RouteLookup, RouteRow } from "../../knowledge/panel-data.ts";
import { ipAddress, ipPrefix } from "../../model/addresses.ts";
import { durationSeconds } from "../../model/durations.ts";
import { interfaceName, type PrefixEntry } from "../../model/interface-names.ts";
import { type NamedParser, type ParseContext, TraceBuilder } from "../../parsers/result.ts";

const ENTRY = /^Routing entry for (\S+?)(?:,.*)?$/;
const KNOWN_VIA = /^ {2}Known via "([^"]+)", distance (\d+), metric (\d+)/;
const TABLE = /^Routing Table: (\S+)$/;
const NONE = /^% ?(?:Network|Subnet|Route) not (?:in table|found)/;
const PATH = /^ {2,6}(?:\* )?(?:(directly connected)|([0-9a-fA-F.:]+))(?: \([^)]*\))?(?:, (.*))?$/;
const FACT =
  /^ {2,}(?:Tag|Redistribut|Last update|Routing Descriptor|Advertised|Route (?:metric|tag|count)|AS Hops|MPLS|Total delay|Reliability|Loading|Opaque|Repair|SR Incoming|Hops|Minimum|Type)/;

function base(params: ParseContext["params"]): RouteLookup {
  const lookup: RouteLookup = {};
  const [query, vrf] = [params.get("IP"), params.get("VRF")];
  if (query !== undefined) lookup.query = query;
  if (vrf !== undefined) lookup.vrf = vrf;
  return lookup;
}

function pathOf(
  [, connected, address, rest = ""]: RegExpExecArray,
  row: RouteRow,
  prefixes: readonly PrefixEntry[],
): boolean {
  const hop: NextHop = {};
  const ip = ipAddress(address);
  if (ip) hop.ip = ip;
  else if (!connected) return false;
  for (const part of rest.split(", ")) {
    const via = /^via (\S+)$/.exec(part)?.[1];
    const age = durationSeconds(/^(\S+) ago$/.exec(part)?.[1]);
    if (via && !ipAddress(via)) hop.if = interfaceName(via, prefixes).name;
    if (age !== undefined) row.age_s ??= age;
  }
  if (hop.ip !== undefined || hop.if !== undefined) row.nexthops = [...(row.nexthops ?? []), hop];
  return true;
}

/** `show ip route [vrf VRF] IP` and `show ipv6 route IP`: the entry that the address matches. */
export const iosRouteLookup: NamedParser = {
  id: "ios.route-lookup",
  version: 1,
  parse(output, { prefixes, params }) {
    const trace = new TraceBuilder("ios.route-lookup", 1, output);
    const matches: RouteRow[] = [];
    let vrf = params.get("VRF");
    let open: (Partial<RouteRow> & { prefix: string }) | undefined;
    let row: RouteRow | undefined;
    let none = false;
    for (const line of output.split("\n").map((raw) => raw.trimEnd())) {
      const prefix = ENTRY.exec(line)?.[1];
      const table = TABLE.exec(line)?.[1];
      const known = KNOWN_VIA.exec(line);
      const path = row ? PATH.exec(line) : null;
      if (table !== undefined) vrf = table;
      else if (prefix !== undefined) {
        const canonical = ipPrefix(prefix);
        open = canonical === undefined ? undefined : { prefix: canonical };
        row = undefined;
      } else if (known && open) {
        row = {
          prefix: open.prefix,
          proto: (known[1] ?? "").toLowerCase(),
          distance: Number(known[2]),
          metric: Number(known[3]),
          selected: true,
          ...(vrf === undefined ? {} : { vrf }),
        };
        matches.push(row);
      } else if (NONE.test(line)) none = true;
      else if (!(row && ((path && pathOf(path, row, prefixes)) || FACT.test(line)))) {
        trace.unparsed(line);
        continue;
      }
      trace.consumed();
    }
    if (matches.length === 0 && !none) return trace.failed("no_anchor");
    if (matches.length === 0) trace.provenEmpty("network not in table");
    return trace.done({ route_lookup: { ...base(params), ...(vrf ? { vrf } : {}), matches } }, matches.length);
  },
};

const CEF_HEAD = /^(\S+\/\d{1,3})(?:, .*)?$/;
/** `Prefix  Next Hop  Interface`: the table form, one line per path. */
const CEF_ROW =
  /^(\S+\/\d{1,3})? +(?:(\d+\.\d+\.\d+\.\d+|[0-9A-Fa-f:]+:[0-9A-Fa-f:.]*)|(attached|receive|drop|no route|discard|punt))(?: +(\S+))?$/;
const CEF_HOP = /^ +(?:nexthop|next hop) ([0-9a-fA-F.:]+),? (\S+)(?: label ([\w[\]-]+))?/;
const CEF_OTHER = /^ +(attached to|receive(?: for)?|drop|discard|punt|no route|unresolved)(?: (\S+))?$/;

/** `show ip cef [vrf VRF] IP`: what forwards the address. */
export const iosCef: NamedParser = {
  id: "ios.cef",
  version: 1,
  parse(output, { prefixes, params }) {
    const trace = new TraceBuilder("ios.cef", 1, output);
    const fib: FibEntry = {};
    const add = (ip: string | undefined, port: string | undefined, label?: string): void => {
      const hop: NextHop = {};
      const address = ipAddress(ip);
      if (address) hop.ip = address;
      if (port) hop.if = interfaceName(port.replace(/,$/, ""), prefixes).name;
      if (label) hop.label = label;
      if (hop.ip !== undefined || hop.if !== undefined) fib.nexthops = [...(fib.nexthops ?? []), hop];
    };
    let table = false;
    /** The line belongs to an entry that was not asked for. */
    let foreign = false;
    for (const line of output.split("\n").map((raw) => raw.trimEnd())) {
      const head = CEF_HEAD.exec(line)?.[1];
      const row = table ? CEF_ROW.exec(line) : null;
      const hop = fib.prefix === undefined ? null : CEF_HOP.exec(line);
      const other = fib.prefix === undefined ? null : CEF_OTHER.exec(line);
      if (/^Prefix +Next Hop +Interface/i.test(line)) table = true;
      else if (row && fib.prefix !== undefined && (row[1] !== undefined || foreign)) {
        foreign = true;
        trace.unparsed(line);
        trace.note("several_entries");
        continue;
      } else if (row && (row[1] !== undefined || fib.prefix !== undefined)) {
        const prefix = ipPrefix(row[1]);
        if (prefix) fib.prefix = prefix;
        if (row[3]) fib.action = row[3];
        add(row[2], row[4]);
      } else if (head && ipPrefix(head) && fib.prefix === undefined) fib.prefix = ipPrefix(head) ?? head;
      else if (hop) add(hop[1], hop[2], hop[3]);
      else if (other) {
        fib.action = (other[1] ?? "").replace(/ (?:to|for)$/, "");
        add(undefined, other[2]);
      } else if (fib.prefix === undefined || !/^ {2,}\S|^\d+ packets/.test(line)) {
        trace.unparsed(line);
        continue;
      }
      trace.consumed();
    }
    if (fib.prefix === undefined || (fib.nexthops === undefined && fib.action === undefined))
      return trace.failed("no_anchor");
    return trace.done({ route_lookup: { ...base(params), fib } }, 1);
  },
};
