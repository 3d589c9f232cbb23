import type { NextHop, RouteRow } from "../../knowledge/panel-data.ts";
import { ipAddress, ipPrefix } from "../../model/addresses.ts";
import { durationSeconds } from "../../model/durations.ts";
import { interfaceName, type PrefixEntry } from "../../model/interface-names.ts";
import type { TraceBuilder } from "../../parsers/result.ts";
import { type LineReader, lineTable } from "../../parsers/row-stream.ts";

/** What the code letters of the legend mean; letters after the first are kept as printed (`ospf E2`). */
const SOURCES: Record<string, string> = {
  L: "local",
  C: "connected",
  S: "static",
  R: "rip",
  M: "mobile",
  B: "bgp",
  D: "eigrp",
  O: "ospf",
  i: "isis",
  o: "odr",
  P: "static",
  U: "static",
  H: "nhrp",
  G: "nhrp",
  l: "lisp",
  a: "application",
  n: "nat",
};
const ROUTE = /^([A-Za-z])([ *+%&pA-Za-z0-9]{0,8}?) +(\d+\.\d+\.\d+\.\d+(?:\/\d{1,2})?)(?:,? +(.*))?$/;
const SUB = /[A-Za-z][A-Za-z0-9]/;
const MORE = /^ +(\[\d+\/\d+\] .*|is directly connected.*|via .*)$/;
const HEADING = /^ +(\d+\.\d+\.\d+\.\d+)\/(\d{1,2}) is (variably )?subnetted, \d+ subnets?/;
const KNOWN = /^(?:Codes: | {7,}\S.* - |Gateway of last resort is )/;
const TABLE = /^Routing Table: (\S+)$/;

type Path = { distance?: number; metric?: number; age?: number; action?: string; hop?: NextHop };

function readPath(text: string, prefixes: readonly PrefixEntry[]): Path | undefined {
  const found =
    /^(?:\[(\d{1,10})\/(\d{1,10})\] ?)?(?:(via) (\S+?),?(?: (?:\([^)]*\),? ?)?(.*))?|(is directly connected|is a summary)(.*))$/.exec(
      text,
    );
  if (!found) return undefined;
  const [, distance, metric, via, address = "", after, local, rest] = found;
  const out: Path = {};
  if (distance !== undefined) out.distance = Number(distance);
  if (metric !== undefined) out.metric = Number(metric);
  const hop: NextHop = {};
  if (via) {
    const ip = ipAddress(address);
    if (!ip) return undefined;
    hop.ip = ip;
  }
  for (const part of (local ? rest : after)?.split(",").map((each) => each.trim()) ?? []) {
    const age = durationSeconds(part);
    if (age !== undefined) out.age = age;
    else if (/^[A-Za-z][\w./:-]*\d[\w./:-]*$/.test(part) && hop.if === undefined)
      hop.if = interfaceName(part, prefixes).name;
  }
  if (local === "is a summary") out.action = "summary";
  out.hop = hop;
  return out;
}

function add(row: RouteRow, text: string, prefixes: readonly PrefixEntry[]): boolean {
  const path = readPath(text, prefixes);
  if (!path) return false;
  if (path.distance !== undefined) row.distance ??= path.distance;
  if (path.metric !== undefined) row.metric ??= path.metric;
  if (path.age !== undefined) row.age_s ??= path.age;
  if (path.action) row.action = path.action;
  if (path.hop && (path.hop.ip !== undefined || path.hop.if !== undefined))
    row.nexthops = [...(row.nexthops ?? []), path.hop];
  return true;
}

function reader(prefixes: readonly PrefixEntry[], asked: string | undefined): LineReader<RouteRow> {
  let vrf = asked;
  let anchored = false;
  let gateway = false;
  let unknown = 0;
  /** Length of the subnets under a heading that gives it once for all. */
  let common: string | undefined;
  let open: RouteRow | undefined;
  /** A route whose paths stand on the next line. */
  let bare = false;

  const close = (emit: (row: RouteRow) => void): void => {
    if (open && !bare) emit(open);
    open = undefined;
    bare = false;
  };

  const begin = ([, letter = "", flags = "", printed = "", rest]: RegExpExecArray): boolean => {
    const prefix = ipPrefix(printed.includes("/") || common === undefined ? printed : `${printed}/${common}`);
    const source = SOURCES[letter];
    if (prefix === undefined || source === undefined) return false;
    const sub = SUB.exec(flags)?.[0];
    open = { prefix, proto: sub ? `${source} ${sub}` : source, ...(vrf === undefined ? {} : { vrf }) };
    bare = rest === undefined;
    if (bare || add(open, rest ?? "", prefixes)) return true;
    open = undefined;
    return false;
  };

  const lost = (line: string, trace: TraceBuilder): void => {
    unknown += line === "" ? 0 : 1;
    trace.unparsed(line);
  };

  return {
    line(line, trace, emit) {
      const heading = HEADING.exec(line);
      const table = TABLE.exec(line)?.[1];
      const route = anchored && !heading ? ROUTE.exec(line) : null;
      const more = anchored && !route && !heading ? MORE.exec(line)?.[1] : undefined;
      if (table !== undefined) {
        close(emit);
        vrf = table;
        anchored = true;
      } else if (more !== undefined) {
        if (open && add(open, more, prefixes)) bare = false;
        else {
          trace.dropped("next_hop_without_route");
          lost(line, trace);
          return;
        }
      } else if (KNOWN.test(line)) {
        anchored = true;
        gateway ||= line.startsWith("Gateway");
      } else if (heading) {
        close(emit);
        common = heading[3] ? undefined : heading[2];
      } else if (route) {
        close(emit);
        if (!begin(route)) {
          lost(line, trace);
          return;
        }
      } else {
        if (line !== "") close(emit);
        lost(line, trace);
        return;
      }
      trace.consumed();
    },
    end(trace, emit) {
      if (bare) trace.dropped("route_without_path");
      close(emit);
      if (!anchored) return { why: "no_anchor" };
      return gateway && unknown === 0 ? { empty: "legend without routes" } : {};
    },
  };
}

/** `show ip route [vrf VRF]`: the whole table. IOS lists only routes in use, so none is marked as the best one. */
export const iosRoutes = lineTable("ios.routes", 1, "routes", ({ prefixes, params }) =>
  reader(prefixes, params.get("VRF")),
);
