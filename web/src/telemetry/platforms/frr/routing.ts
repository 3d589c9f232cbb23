import type { BgpRow, OspfRow, RouteSummaryRow } from "../../knowledge/panel-data.ts";
import { ipAddress } from "../../model/addresses.ts";
import { durationSeconds } from "../../model/durations.ts";
import type { JsonObject } from "../../model/json.ts";
import { asCount, asCounter, asNumber, asText, dig, entries, rows } from "../../model/json-access.ts";
import { bgpState, ospfRole, ospfState } from "../../model/vocabulary.ts";
import { jsonParser } from "../../parsers/json-parser.ts";
import type { NamedParser } from "../../parsers/result.ts";

function summaryRow(vrf: string, afi: "ipv4" | "ipv6", object: JsonObject): RouteSummaryRow | undefined {
  const protocols = rows(object.get("routes")).flatMap((entry) => {
    const proto = asText(entry.get("type"));
    const [rib, fib] = [asCount(entry.get("rib")), asCount(entry.get("fib"))];
    return proto === undefined
      ? []
      : [{ proto, ...(rib === undefined ? {} : { rib }), ...(fib === undefined ? {} : { fib }) }];
  });
  const total = asCount(object.get("routesTotal"));
  if (total === undefined) return undefined;
  const row: RouteSummaryRow = { vrf, afi, total, protocols };
  const fib = asCount(object.get("routesTotalFib"));
  if (fib !== undefined) row.fib_total = fib;
  return row;
}

function summary(afi: "ipv4" | "ipv6"): NamedParser {
  return jsonParser(`frr.route-summary-${afi}`, 2, (document, trace, { params }) => {
    const one = document instanceof Map ? summaryRow(params.get("VRF") ?? "default", afi, document) : undefined;
    // `vrf all` from 10.1: one object per VRF under its name.
    const found = one ? [one] : entries(document).flatMap(([vrf, entry]) => summaryRow(vrf, afi, entry) ?? []);
    if (found.length === 0) return trace.failed("no_anchor");
    if (!one && document instanceof Map && found.length < document.size) trace.dropped("vrf_without_total");
    return trace.done({ routing_table: { rows: found, row_count: found.length } }, found.length);
  });
}

/** `show ip route summary json`. */
export const frrRouteSummary4 = summary("ipv4");
/** `show ipv6 route summary json`. */
export const frrRouteSummary6 = summary("ipv6");

/** `ipv4Unicast` as `ipv4 unicast`. */
function familyName(key: string): string {
  return key.replace(/([a-z0-9])([A-Z])/g, "$1 $2").toLowerCase();
}

function bgpRow(vrf: string, key: string, peer: string, entry: JsonObject, routerId: string | undefined): BgpRow {
  const row: BgpRow = { vrf, afi: familyName(key), peer: ipAddress(peer) ?? peer };
  const put = <K extends keyof BgpRow>(field: K, value: BgpRow[K] | undefined): void => {
    if (value !== undefined) row[field] = value;
  };
  const printed = asText(entry.get("state")) ?? "";
  const state = bgpState(printed);
  if ("value" in state) row.state = state.value;
  else if (printed !== "") row.state_raw = printed;
  if (row.state === "idle" && /^admin/i.test(asText(entry.get("peerState")) ?? "")) row.state = "admin-down";
  const age = asNumber(entry.get("peerUptimeMsec"));
  if (age !== undefined && age > 0)
    put(row.state === "established" ? "uptime_s" : "state_age_s", Math.round(age / 1000));
  // A peer that is not established reports 0 prefixes, which says nothing [T27].
  if (row.state === "established") {
    put("pfx_rx", asCount(entry.get("pfxRcd")));
    put("pfx_tx", asCount(entry.get("pfxSnt")));
  }
  put("desc", asText(entry.get("desc")));
  put("remote_as", asText(entry.get("remoteAs")));
  put("local_as", asText(entry.get("localAs")));
  put("router_id", routerId);
  put("msg_in", asCounter(entry.get("msgRcvd")));
  put("msg_out", asCounter(entry.get("msgSent")));
  put("flaps", asCounter(entry.get("connectionsDropped")));
  return row;
}

/** `show bgp vrf all summary json` ({VRF: {ipv4Unicast: {peers}}}) and `show bgp summary json` (without the VRF). */
export const frrBgpSummary = jsonParser("frr.bgp-summary", 1, (document, trace) => {
  const found: BgpRow[] = [];
  let families = 0;
  const family = (vrf: string, key: string, entry: JsonObject): void => {
    families++;
    const routerId = asText(entry.get("routerId"));
    for (const [peer, peerEntry] of entries(entry.get("peers"))) {
      found.push(bgpRow(asText(entry.get("vrfName")) ?? vrf, key, peer, peerEntry, routerId));
    }
  };
  for (const [name, entry] of entries(document)) {
    if (entry.has("peers") || entry.has("routerId")) family("default", name, entry);
    else
      for (const [key, nested] of entries(entry))
        if (nested.has("peers") || nested.has("routerId")) family(name, key, nested);
  }
  // `{}` means a VRF that does not exist as well as no BGP at all [T66]: only a family without peers proves "none".
  if (found.length === 0 && families > 0) trace.provenEmpty("address family without peers");
  return trace.done({ bgp: { rows: found, row_count: found.length } }, found.length);
});

function ospfRow(vrf: string, id: string, entry: JsonObject): OspfRow | undefined {
  const [ifName = ""] = (asText(entry.get("ifaceName")) ?? "").split(":");
  if (ifName === "") return undefined;
  const row: OspfRow = { vrf, instance: "", afi: "ipv4", if: ifName, neighbor_id: id };
  const put = <K extends keyof OspfRow>(field: K, value: OspfRow[K] | undefined): void => {
    if (value !== undefined) row[field] = value;
  };
  const [word = "", printedRole] = (asText(entry.get("nbrState")) ?? asText(entry.get("state")) ?? "").split("/");
  stateOf(row, word, printedRole);
  put("address", ipAddress(asText(entry.get("ifaceAddress")) ?? asText(entry.get("address"))));
  put("prio", asCount(entry.get("nbrPriority")) ?? asCount(entry.get("priority")));
  put("retx", asCount(entry.get("linkStateRetransmissionListCounter")) ?? asCount(entry.get("retransmitCounter")));
  const dead = asNumber(entry.get("routerDeadIntervalTimerDueMsec")) ?? asNumber(entry.get("deadTimeMsecs"));
  if (dead !== undefined && dead >= 0) row.dead_s = Math.round(dead / 1000);
  const up = asNumber(entry.get("upTimeInMsec")) ?? asNumber(entry.get("lastPrgrsvChangeMsec"));
  if (up !== undefined && up > 0) row.uptime_s = Math.round(up / 1000);
  return row;
}

function stateOf(row: OspfRow, word: string, role: string | undefined): void {
  const state = ospfState(word);
  if ("value" in state) row.state = state.value;
  else if (word !== "") row.state_raw = word;
  const known = role === undefined ? undefined : ospfRole(role);
  if (known && "value" in known) row.role = known.value;
}

/** `show ip ospf [vrf all] neighbor json`: a map of neighbour ids, inside one object per VRF when all were asked for. */
export const frrOspfNeighbors = jsonParser("frr.ospf-neighbors", 1, (document, trace) => {
  const found: OspfRow[] = [];
  let maps = 0;
  const collect = (vrf: string, neighbors: JsonObject): void => {
    maps++;
    for (const [id, entry] of neighbors) {
      for (const each of rows(entry)) {
        const row = ospfRow(vrf, id, each);
        if (row) found.push(row);
        else trace.dropped("neighbour_without_interface");
      }
    }
  };
  const top = dig(document, "neighbors");
  if (top instanceof Map) collect("default", top);
  else {
    for (const [vrf, entry] of entries(document)) {
      const nested = entry.get("neighbors") ?? entry;
      if (nested instanceof Map) collect(asText(entry.get("vrfName")) ?? vrf, withoutFacts(nested));
    }
  }
  if (found.length === 0 && maps > 0) trace.provenEmpty("no neighbours listed");
  return trace.done({ ospf: { rows: found, row_count: found.length } }, found.length);
});

/** Entries of a VRF object that are neighbours and not facts such as `vrfId`. */
function withoutFacts(object: JsonObject): JsonObject {
  return new Map([...object].filter(([, value]) => Array.isArray(value) || value instanceof Map));
}

/** `show ipv6 ospf6 neighbor json`. */
export const frrOspf6Neighbors = jsonParser("frr.ospf6-neighbors", 1, (document, trace) => {
  const list = dig(document, "neighbors");
  const found = rows(list).flatMap((entry) => {
    const [id, ifName] = [asText(entry.get("neighborId")), asText(entry.get("interfaceName"))];
    if (id === undefined || ifName === undefined) {
      trace.dropped("neighbour_without_key");
      return [];
    }
    const row: OspfRow = { vrf: "default", instance: "", afi: "ipv6", if: ifName, neighbor_id: id };
    stateOf(row, asText(entry.get("state")) ?? "", asText(entry.get("ifState")));
    const prio = asCount(entry.get("priority"));
    if (prio !== undefined) row.prio = prio;
    const dead = durationSeconds(asText(entry.get("deadTime")));
    if (dead !== undefined) row.dead_s = dead;
    const up = durationSeconds(asText(entry.get("duration")));
    if (up !== undefined) row.uptime_s = up;
    return [row];
  });
  if (Array.isArray(list) && list.length === 0) trace.provenEmpty("empty list");
  return trace.done({ ospf: { rows: found, row_count: found.length } }, found.length);
});
