import type { NeighborRow, RouteSummaryRow } from "../../knowledge/panel-data.ts";
import { ipAddress, macAddress } from "../../model/addresses.ts";
import { durationSeconds } from "../../model/durations.ts";
import type { JsonObject, JsonValue } from "../../model/json.ts";
import { asFlag, asText, dig, rows } from "../../model/json-access.ts";
import { jsonParser } from "../../parsers/json-parser.ts";
import { type NamedParser, TraceBuilder } from "../../parsers/result.ts";
import { fdbRow, neighRow } from "./tables.ts";

/** Texts of a `json0` list: `[{"value": "r1"}]`, or the plain value of the `json` form. */
function values(value: JsonValue | undefined): string[] {
  if (typeof value === "string") return asText(value) === undefined ? [] : [value];
  if (Array.isArray(value)) return value.flatMap((entry) => values(entry));
  return rows(value).flatMap((entry) => asText(entry.get("value")) ?? []);
}

const first = (value: JsonValue | undefined): JsonObject | undefined => rows(value)[0];

/** The chassis of a neighbour; the `json` form of lldpcli names it by the system name instead of a field. */
function chassisOf(entry: JsonObject): { chassis: JsonObject | undefined; name: string | undefined } {
  const chassis = first(entry.get("chassis"));
  if (!chassis || chassis.has("id")) return { chassis, name: values(chassis?.get("name"))[0] };
  const [key, inner] = [...chassis][0] ?? [];
  return { chassis: first(inner), name: key };
}

function lldpRow(localIf: string, entry: JsonObject): NeighborRow | undefined {
  const { chassis, name } = chassisOf(entry);
  const port = first(entry.get("port"));
  const [chassisId] = values(chassis?.get("id"));
  const portId = first(port?.get("id"));
  const [portDesc] = values(port?.get("descr"));
  const id = asText(portId?.get("value"));
  // A port id of another type than an interface name (a MAC address mostly) says less than the description.
  const remote = asText(portId?.get("type")) === "ifname" ? id : (portDesc ?? id);
  if (chassisId === undefined || remote === undefined) return undefined;
  const row: NeighborRow = {
    local_if: localIf,
    proto: asText(entry.get("via"))?.startsWith("CDP") ? "cdp" : "lldp",
    chassis_id: macAddress(chassisId) ?? chassisId,
    remote_if: macAddress(remote) ?? remote,
  };
  const put = <K extends keyof NeighborRow>(key: K, value: NeighborRow[K] | undefined): void => {
    if (value !== undefined) row[key] = value;
  };
  put("remote_name", name);
  put("remote_port_desc", portDesc);
  put("desc", values(chassis?.get("descr"))[0]);
  const mgmt = values(chassis?.get("mgmt-ip")).flatMap((address) => ipAddress(address) ?? []);
  if (mgmt.length > 0) row.mgmt_ip = mgmt;
  const caps = rows(chassis?.get("capability")).flatMap((cap) =>
    asFlag(cap.get("enabled")) ? (asText(cap.get("type"))?.toLowerCase() ?? []) : [],
  );
  if (caps.length > 0) row.caps = caps;
  const [ttl] = values(port?.get("ttl"));
  if (ttl && /^\d+$/.test(ttl)) row.ttl_s = Number(ttl);
  put("age_s", durationSeconds(asText(entry.get("age"))?.replace(/^(\d+) days?, /, "$1d")));
  return row;
}

/** `lldpcli -f json0 show neighbors details`, and the `json` form. */
export const linuxLldp = jsonParser("linux.lldp", 1, (document, trace) => {
  const lldp = rows(dig(document, "lldp"));
  if (lldp.length === 0 && !(document instanceof Map && document.has("lldp"))) return trace.failed("no_anchor");
  const found: NeighborRow[] = [];
  for (const entry of lldp.flatMap((part) => rows(part.get("interface")))) {
    const named = asText(entry.get("name"));
    const pairs: [string, JsonObject][] = named
      ? [[named, entry]]
      : [...entry].flatMap(([key, inner]) => rows(inner).map((row): [string, JsonObject] => [key, row]));
    for (const [localIf, neighbor] of pairs) {
      const row = lldpRow(localIf, neighbor);
      if (row) found.push(row);
      else trace.dropped("incomplete_neighbour");
    }
  }
  if (found.length === 0) trace.provenEmpty("lldp without interfaces");
  return trace.done({ neighbors: { rows: found, row_count: found.length } }, found.length);
});

/** `cat /proc/net/fib_triestat`: prefixes in the kernel's tables, local ones included; only a size guard. */
export const linuxFibGuard: NamedParser = {
  id: "linux.fib-guard",
  version: 1,
  parse(output) {
    const trace = new TraceBuilder("linux.fib-guard", 1, output);
    const counts = [...output.matchAll(/^\s+Prefixes:\s+(\d+)\s*$/gm)].map((found) => Number(found[1]));
    if (counts.length === 0) return trace.failed("no_anchor");
    trace.consumed(output.split("\n").filter((line) => line.trim() !== "").length);
    return trace.done({ fib_guard: counts.reduce((sum, count) => sum + count, 0) }, counts.length);
  },
};

function routes(afi: "ipv4" | "ipv6"): NamedParser {
  return jsonParser(`linux.routes-${afi}`, 1, (document, trace) => {
    if (!Array.isArray(document)) return trace.failed("no_anchor");
    const list = rows(document).filter((entry) => entry.has("dst"));
    const counts = new Map<string, number>();
    const row: RouteSummaryRow = { vrf: "default", afi, total: list.length };
    for (const entry of list) {
      const proto = asText(entry.get("protocol")) ?? "boot";
      counts.set(proto, (counts.get(proto) ?? 0) + 1);
      if (asText(entry.get("dst")) !== "default" || row.default) continue;
      const [via, dev] = [
        ipAddress(asText(entry.get("gateway")) ?? asText(dig(entry, "via", "host"))),
        asText(entry.get("dev")),
      ];
      row.default = { proto, ...(via ? { via } : {}), ...(dev ? { if: dev } : {}) };
    }
    row.protocols = [...counts].map(([proto, fib]) => ({ proto, fib }));
    return trace.done({ routing_table: { rows: [row], row_count: 1 } }, 1);
  });
}

/** `ip -j route`: the main table. */
export const linuxRoutes4 = routes("ipv4");
/** `ip -6 -j route`. */
export const linuxRoutes6 = routes("ipv6");

/** `ip -j neigh`: ARP and ND. */
export const linuxNeigh = jsonParser("linux.neigh", 1, (document, trace) => {
  if (!Array.isArray(document)) return trace.failed("no_anchor");
  const found = rows(document).flatMap((entry) => neighRow(entry, trace) ?? []);
  const incomplete = found.filter((row) => row.state === "incomplete" || row.state === "failed").length;
  if (found.length === 0) trace.provenEmpty("empty list");
  return trace.done({ arp: { count: found.length, incomplete, rows: found, row_count: found.length } }, found.length);
});

/** `bridge -j fdb`; what the kernel keeps for itself (`self permanent`) was not learned and is not counted. */
export const linuxFdb = jsonParser("linux.fdb", 1, (document, trace) => {
  if (!Array.isArray(document)) return trace.failed("no_anchor");
  const found = rows(document).flatMap((entry) => fdbRow(entry, trace) ?? []);
  if (found.length === 0) trace.provenEmpty("no learned entries");
  const dynamic = found.filter((row) => row.type === "dynamic").length;
  return trace.done(
    { mac: { count: found.length, dynamic, static: found.length - dynamic, rows: found, row_count: found.length } },
    found.length,
  );
});
