import type { NextHop, RouteRow } from "../../knowledge/panel-data.ts";
import { ipAddress, ipPrefix } from "../../model/addresses.ts";
import { durationSeconds } from "../../model/durations.ts";
import type { TraceBuilder } from "../../parsers/result.ts";
import { type LineReader, lineTable } from "../../parsers/row-stream.ts";

/** `O>* 198.19.1.4/30 [110/20] via 198.19.1.2, eth1, weight 1, 00:00:02`; connected routes have no distance. */
const ROUTE =
  /^([A-Za-z])(?:\[\d+\])?([> ])([*rqbto ])? ?([0-9a-fA-F.:]+\/\d{1,3})(?: \[(\d{1,10})\/(\d{1,10})\])? (.+)$/;
/** `  *                        via 198.19.1.10, eth2, weight 1, 00:00:02`: one more next hop of the route above. */
const MORE = /^ {1,4}([*rqbto ]) +((?:via|is directly connected|unreachable|onlink)\b.*)$/;
const LEGEND = /^Codes: |^ {7}\S - |^ {7}[> ]+- |^ {7}\S.* - /;
const LEGEND_ENTRY = /(?:^Codes: |[ ,])([A-Za-z]) - ([A-Za-z0-9-]+)/g;
const VRF = /^(?:IPv[46] \w+ )?VRF (\S+?)(?: table \d+)?:$/;
/** Source words that the legend prints in another form than `show ip route json`. */
const WORDS: Record<string, string> = { "is-is": "isis", ospfv3: "ospf6" };

/** Next hops repeat on nearly every route of a table: read once, shared by all rows that have them. */
const SHARED_MAX = 4_096;

type Hop = { hop: NextHop; age?: number; action?: string };

function readHop(text: string, active: boolean): Hop | undefined {
  const parts = text.split(", ");
  const head = parts[0] ?? "";
  const hop: NextHop = {};
  const out: Hop = { hop };
  const unreachable = /^unreachable(?: \((.+)\))?/.exec(head);
  const via = /^via (\S+)/.exec(head)?.[1];
  if (unreachable) out.action = (unreachable[1] ?? "unreachable").replace(/^ICMP /, "");
  else if (via) {
    const ip = ipAddress(via);
    if (ip) hop.ip = ip;
    else hop.if = via;
  } else if (!head.startsWith("is directly connected") && !head.startsWith("onlink")) return undefined;
  for (const part of parts.slice(1)) {
    const age = durationSeconds(part);
    const label = /^label (\S+)/.exec(part)?.[1];
    if (age !== undefined) out.age = age;
    else if (label) hop.label = label;
    else if (
      hop.if === undefined &&
      /^[A-Za-z][\w.:@-]*(?: |$)/.test(part) &&
      !/^(?:weight|rmapsrc|src|seg6\w*) /.test(part)
    )
      hop.if = part.replace(/ .*$/, "");
  }
  if (active) hop.active = true;
  return out;
}

function reader(vrfOf: string | undefined): LineReader<RouteRow> {
  const protocols = new Map<string, string>();
  const shared = new Map<string, Hop | undefined>();
  let vrf = vrfOf;
  let anchored = false;
  let open: RouteRow | undefined;

  const hopOf = (text: string, active: boolean): Hop | undefined => {
    // The age is the only part that differs between routes of one source.
    const key = `${active ? "*" : " "}${text}`;
    const known = shared.get(key);
    if (known) return known;
    const hop = readHop(text, active);
    if (hop && shared.size < SHARED_MAX) shared.set(key, hop);
    return hop;
  };

  const add = (row: RouteRow, text: string, active: boolean): boolean => {
    const read = hopOf(text, active);
    if (!read) return false;
    if (read.age !== undefined) row.age_s ??= read.age;
    if (read.action) row.action = read.action;
    else row.nexthops = [...(row.nexthops ?? []), read.hop];
    return true;
  };

  const begin = (found: RegExpExecArray): RouteRow | undefined => {
    const [, code = "", best, mark, printed, distance, metric, rest = ""] = found;
    const prefix = ipPrefix(printed);
    if (!prefix) return undefined;
    const row: RouteRow = { prefix, proto: protocols.get(code) ?? code };
    if (vrf !== undefined) row.vrf = vrf;
    if (distance !== undefined) row.distance = Number(distance);
    if (metric !== undefined) row.metric = Number(metric);
    if (best === ">") row.selected = true;
    return add(row, rest, mark === "*") ? row : undefined;
  };

  const legend = (line: string): void => {
    for (const [, code = "", word = ""] of line.matchAll(LEGEND_ENTRY)) {
      const name = word.toLowerCase();
      if (!protocols.has(code)) protocols.set(code, WORDS[name] ?? name);
    }
  };

  return {
    line(line, trace: TraceBuilder, emit) {
      const route = anchored ? ROUTE.exec(line) : null;
      const more = route ? null : MORE.exec(line);
      const name = route || more ? undefined : VRF.exec(line)?.[1];
      if (route) {
        if (open) emit(open);
        open = begin(route);
        if (open) trace.consumed();
        else trace.unparsed(line);
      } else if (more && anchored) {
        if (open && add(open, more[2] ?? "", more[1] === "*")) trace.consumed();
        else {
          // The route that it belongs to was not understood: it is not the one before.
          trace.unparsed(line);
          trace.dropped("next_hop_without_route");
        }
      } else if (name !== undefined) {
        if (open) emit(open);
        open = undefined;
        vrf = name;
        trace.consumed();
      } else if (line.startsWith("Codes: ") || (anchored && !open && LEGEND.test(line))) {
        anchored = true;
        legend(line);
        trace.consumed();
      } else {
        if (line !== "" && open) {
          emit(open);
          open = undefined;
        }
        trace.unparsed(line);
      }
    },
    end(_trace, emit) {
      if (open) emit(open);
      open = undefined;
      return anchored ? {} : { why: "no_anchor" };
    },
  };
}

/**
 * `show ip route vrf VRF` and `show ipv6 route vrf VRF` as text: 142 bytes a route where the JSON form takes 946 [T77].
 * Protocol names come from the legend that the device prints above the table.
 */
export const frrRoutes = lineTable("frr.routes", 1, "routes", ({ params }) => reader(params.get("VRF")));
