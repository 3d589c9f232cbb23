import type { IfCountersRow, IfStateRow } from "../../knowledge/panel-data.ts";
import { ipPrefix, macAddress } from "../../model/addresses.ts";
import type { JsonObject } from "../../model/json.ts";
import { asCount, asCounter, asText, dig, rows } from "../../model/json-access.ts";
import { operState } from "../../model/vocabulary.ts";
import { jsonParser } from "../../parsers/json-parser.ts";
import type { ParseResult, TraceBuilder } from "../../parsers/result.ts";
import { linuxClass } from "../frr/interfaces.ts";
import { linuxBundles } from "./bundles.ts";

function flagsOf(entry: JsonObject): string[] {
  const flags = entry.get("flags");
  return Array.isArray(flags) ? flags.flatMap((flag) => (typeof flag === "string" ? [flag] : [])) : [];
}

function kindOf(entry: JsonObject): string | undefined {
  return asText(dig(entry, "linkinfo", "info_kind"));
}

/** Whether the link is wanted up, and is. */
function linkState(entry: JsonObject, flags: readonly string[]): Omit<IfStateRow, "name"> {
  const out: Omit<IfStateRow, "name"> = {};
  if (entry.has("flags")) out.admin = flags.includes("UP") ? "up" : "down";
  const printed = asText(entry.get("operstate"));
  if (printed === "UNKNOWN") {
    // Loopbacks and tunnels have no operational state of their own; the carrier flag then decides.
    if (flags.includes("UP")) out.oper = flags.includes("LOWER_UP") ? "up" : "down";
  } else if (printed !== undefined) {
    const oper = operState(printed);
    if ("value" in oper) out.oper = oper.value;
    else out.oper_raw = oper.raw;
  }
  if (flags.includes("NO-CARRIER")) out.reason = "no carrier";
  return out;
}

function stateRow(name: string, entry: JsonObject): IfStateRow {
  const flags = flagsOf(entry);
  const out: IfStateRow = { name, class: linuxClass(name, kindOf(entry), flags.includes("LOOPBACK")) };
  const put = <K extends keyof IfStateRow>(key: K, value: IfStateRow[K] | undefined): void => {
    if (value !== undefined) out[key] = value;
  };
  Object.assign(out, linkState(entry, flags));
  put("mtu", asCount(entry.get("mtu")));
  const mac = macAddress(asText(entry.get("address")));
  if (mac !== "00:00:00:00:00:00") put("mac", mac);
  put("desc", asText(entry.get("ifalias")));
  const master = asText(entry.get("master"));
  const slave = asText(dig(entry, "linkinfo", "info_slave_kind"));
  if (master && slave === "vrf") out.vrf = master;
  else if (master && (slave === "bond" || slave === "team")) out.lag = master;
  else put("parent", master);
  if (out.parent === undefined) put("parent", asText(entry.get("link")));
  const vlan = dig(entry, "linkinfo", "info_data", "id");
  if (kindOf(entry) === "vlan") put("vlan", asText(vlan));
  put("flaps", asCounter(entry.get("carrier_changes")));
  return out;
}

/** Names as `ip` prints them: `eth0@if5` in older versions carries the peer after the sign. */
function named(
  document: unknown,
  list: JsonObject[],
  trace: TraceBuilder,
  build: (name: string, entry: JsonObject) => void,
): boolean {
  for (const entry of list) {
    const name = asText(entry.get("ifname"))?.replace(/@.*$/, "");
    // iproute2 prints an empty object for entries that a filter left out.
    if (name === undefined) {
      if (entry.size > 0) trace.dropped("entry_without_name");
    } else build(name, entry);
  }
  return Array.isArray(document) && document.length === 0;
}

/** `ip -j -d link`. */
export const linuxLinks = jsonParser("linux.links", 1, (document, trace): ParseResult => {
  const found: IfStateRow[] = [];
  const links: { name: string; entry: JsonObject }[] = [];
  const empty = named(document, rows(document), trace, (name, entry) => {
    found.push(stateRow(name, entry));
    links.push({ name, entry });
  });
  if (empty) trace.provenEmpty("empty list");
  const lags = linuxBundles(links);
  return trace.done(
    { ifstate: { rows: found, row_count: found.length }, lag: { rows: lags, row_count: lags.length } },
    found.length,
  );
});

/** `ip -j addr`: addresses, and the link facts that it repeats. */
export const linuxAddresses = jsonParser("linux.addresses", 1, (document, trace): ParseResult => {
  const found: IfStateRow[] = [];
  const empty = named(document, rows(document), trace, (name, entry) => {
    const all = rows(entry.get("addr_info")).flatMap(
      (info) => ipPrefix(`${asText(info.get("local"))}/${asText(info.get("prefixlen"))}`) ?? [],
    );
    const row: IfStateRow = { name };
    const v4 = all.filter((prefix) => !prefix.includes(":"));
    const v6 = all.filter((prefix) => prefix.includes(":"));
    if (v4.length > 0) row.ipv4 = v4;
    if (v6.length > 0) row.ipv6 = v6;
    found.push(row);
  });
  if (empty) trace.provenEmpty("empty list");
  return trace.done({ ifstate: { rows: found, row_count: found.length } }, found.length);
});

const COUNTERS: [
  field: keyof IfCountersRow &
    (
      | "in_octets"
      | "out_octets"
      | "in_pkts"
      | "out_pkts"
      | "in_err"
      | "out_err"
      | "in_drop"
      | "out_drop"
      | "in_mcast"
      | "crc"
      | "giants"
      | "carrier"
    ),
  ...path: [string, string],
][] = [
  ["in_octets", "rx", "bytes"],
  ["out_octets", "tx", "bytes"],
  ["in_pkts", "rx", "packets"],
  ["out_pkts", "tx", "packets"],
  ["in_err", "rx", "errors"],
  ["out_err", "tx", "errors"],
  ["in_drop", "rx", "dropped"],
  ["out_drop", "tx", "dropped"],
  ["in_mcast", "rx", "multicast"],
  ["crc", "rx", "crc_errors"],
  ["giants", "rx", "length_errors"],
  ["carrier", "tx", "carrier_changes"],
];

/** `ip -j -s -s link`: 64-bit counters of every interface, and whether it is up. */
export const linuxCounters = jsonParser("linux.counters", 2, (document, trace): ParseResult => {
  const found: IfCountersRow[] = [];
  const states: IfStateRow[] = [];
  const empty = named(document, rows(document), trace, (name, entry) => {
    const stats = entry.get("stats64") ?? entry.get("stats");
    const flags = flagsOf(entry);
    const row: IfCountersRow = { name, class: linuxClass(name, kindOf(entry), flags.includes("LOOPBACK")) };
    for (const [field, direction, key] of COUNTERS) {
      const value = asCounter(dig(stats, direction, key));
      if (value !== undefined) row[field] = value;
    }
    found.push(row);
    // A carrier that went and came back is what a port's flaps are counted by.
    states.push({
      name,
      ...linkState(entry, flags),
      ...(row.carrier === undefined ? {} : { flaps: row.carrier }),
    });
  });
  if (empty) trace.provenEmpty("empty list");
  const data = {
    ifcounters: { rows: found, row_count: found.length },
    ...(states.length > 0 ? { ifstate: { rows: states, row_count: states.length } } : {}),
  };
  return trace.done(data, found.length);
});
