import type { BgpRow, OspfRow, RouteSummaryRow } from "../../knowledge/panel-data.ts";
import { ipAddress } from "../../model/addresses.ts";
import { durationSeconds } from "../../model/durations.ts";
import { interfaceName } from "../../model/interface-names.ts";
import { bgpState, ospfRole, ospfState } from "../../model/vocabulary.ts";
import { headerReader, type RowReader } from "../../parsers/header-table.ts";
import { type NamedParser, TraceBuilder } from "../../parsers/result.ts";

const TABLE_NAME = /^IP(?:v6)? routing table name is (\S+?)\s*\(/;
const DEFAULT_NAMES = new Set(["default", "Default-IP-Routing-Table", "global"]);

/** `show ip route [vrf VRF] summary`: networks plus subnets are the routes of a source. */
export const iosRouteSummary: NamedParser = {
  id: "ios.route-summary",
  version: 1,
  parse(output, { params }) {
    const trace = new TraceBuilder("ios.route-summary", 1, output);
    let vrf = params.get("VRF") ?? "default";
    let labels: string[] | undefined;
    let total: number | undefined;
    let internal = 0;
    const protocols: NonNullable<RouteSummaryRow["protocols"]> = [];
    for (const line of output.split("\n").map((raw) => raw.trimEnd())) {
      const name = TABLE_NAME.exec(line)?.[1];
      if (name) vrf = DEFAULT_NAMES.has(name) ? "default" : name;
      else if (/^Route Source\s+Networks\s+Subnets/.test(line))
        labels = line
          .replace("Route Source", "")
          .replace(/\(bytes\)/i, "")
          .trim()
          .toLowerCase()
          .split(/\s+/);
      else if (/^IP routing table maximum-paths|^\s+\S/.test(line)) trace.consumed();
      else {
        const row = labels && countRow(line, labels);
        if (!row) {
          trace.unparsed(line);
          continue;
        }
        if (row.source === "Total") total = row.count;
        else if (row.source === "internal") internal = row.count;
        else protocols.push({ proto: row.source, rib: row.count });
      }
      trace.consumed();
    }
    if (!labels) return trace.failed("no_anchor");
    const row: RouteSummaryRow = { vrf, afi: "ipv4", protocols };
    // Without its last line the table was cut: the number of routes is not known.
    // The last line also counts the headings of subnetted networks, which are no routes.
    if (total !== undefined) row.total = total - internal;
    else trace.note("no_total");
    return trace.done(
      { routing_table: { rows: [row], row_count: 1 } },
      protocols.length + (total === undefined ? 0 : 1),
    );
  },
};

/** `internal 24  240672` leaves cells out: its first number counts headings. */
function countRow(line: string, labels: string[]): { source: string; count: number } | undefined {
  const words = line.trim().split(/\s+/);
  const cells = words.slice(-labels.length);
  if (words[0] === "internal")
    return /^\d+$/.test(words[1] ?? "") ? { source: "internal", count: Number(words[1]) } : undefined;
  if (words.length <= labels.length || !cells.every((cell) => /^\d{1,12}$/.test(cell))) return undefined;
  const value = (label: string): number => Number(cells[labels.indexOf(label)] ?? 0);
  return { source: words.slice(0, -labels.length).join(" "), count: value("networks") + value("subnets") };
}

const FAMILY = /^For address family: (.*\S)/;
const BGP_LABELS = ["Neighbor", "V", "AS", "MsgRcvd", "MsgSent", "Up/Down", "State/PfxRcd"];

/** `show ip bgp summary` and `show bgp all summary`. */
export const iosBgpSummary: NamedParser = {
  id: "ios.bgp-summary",
  version: 1,
  parse(output) {
    const trace = new TraceBuilder("ios.bgp-summary", 1, output);
    const rows: BgpRow[] = [];
    let [afi, routerId, localAs]: (string | undefined)[] = ["ipv4 unicast"];
    let labels: string[] | undefined;
    let headers = 0;
    let wrapped = "";
    for (const line of output.split("\n").map((raw) => raw.trimEnd())) {
      const family = FAMILY.exec(line)?.[1];
      const identity = /^BGP router identifier (\S+), local AS number (\S+)/.exec(line);
      if (family) [afi, labels] = [family.toLowerCase(), undefined];
      else if (identity) [routerId, localAs] = [identity[1], identity[2]];
      else if (line.startsWith("Neighbor ") && BGP_LABELS.every((label) => line.includes(label))) {
        labels = line.trim().split(/\s+/);
        headers++;
      } else if (!labels) {
        if (line.trim() !== "") trace.consumed();
        continue;
      } else if (/^[0-9a-fA-F:.]+(?:%\S+)?$/.test(line) || /^\*\S+$/.test(line)) {
        // Long IPv6 peers stand on a line of their own.
        wrapped = line;
        continue;
      } else {
        const row = bgpRow(`${wrapped} ${line}`.trim(), labels);
        wrapped = "";
        if (!row) {
          trace.unparsed(line);
          continue;
        }
        rows.push({
          vrf: "default",
          afi: afi ?? "",
          ...row,
          ...(localAs ? { local_as: localAs } : {}),
          ...(routerId ? { router_id: routerId } : {}),
        });
      }
      trace.consumed();
    }
    if (headers === 0 && routerId === undefined) return trace.failed("no_anchor");
    if (rows.length === 0 && headers > 0 && !trace.unknownShare()) trace.provenEmpty("header without rows");
    return trace.done({ bgp: { rows, row_count: rows.length } }, rows.length);
  },
};

function bgpRow(line: string, labels: string[]): Omit<BgpRow, "vrf" | "afi"> | undefined {
  const words = line.split(/\s+/);
  const cell = (label: string): string => words[labels.indexOf(label)] ?? "";
  const peer = ipAddress(cell("Neighbor").replace(/^\*/, ""));
  if (!peer || words.length < labels.length || !/^4$/.test(cell("V")) || !/^\d+(?:\.\d+)?$/.test(cell("AS")))
    return undefined;
  if (!/^\d+$/.test(cell("MsgRcvd")) || !/^\d+$/.test(cell("MsgSent"))) return undefined;
  const row: Omit<BgpRow, "vrf" | "afi"> = {
    peer,
    remote_as: cell("AS"),
    msg_in: cell("MsgRcvd"),
    msg_out: cell("MsgSent"),
  };
  const last = labels.at(-1) === "State/PfxRcd" ? words.slice(labels.length - 1).join(" ") : cell("State/PfxRcd");
  const age = durationSeconds(cell("Up/Down"));
  if (/^\d+$/.test(last)) {
    row.state = "established";
    row.pfx_rx = Number(last);
    if (age !== undefined) row.uptime_s = age;
    return row;
  }
  const state = bgpState(last.replace(/\s*\(PfxCt\)$/i, ""));
  if ("value" in state) row.state = state.value;
  else row.state_raw = last;
  if (/PfxCt/i.test(last)) row.reset_reason = "prefix limit";
  if (age !== undefined) row.state_age_s = age;
  return row;
}

const OSPF_COLUMNS = [
  { label: "Neighbor ID", field: "id", cell: "\\d+\\.\\d+\\.\\d+\\.\\d+" },
  { label: "Pri", field: "prio", cell: "\\d+" },
  { label: "State", field: "state", cell: "[A-Za-z0-9-]+(?:\\/ *\\S+)?" },
  { label: "Dead Time", field: "dead", cell: "\\S+" },
  { label: "Address", field: "address", cell: "\\d+\\.\\d+\\.\\d+\\.\\d+" },
  { label: "Interface ID", field: "ifid", cell: "\\d+" },
  { label: "Interface", field: "if", cell: "\\S+" },
];

/** `show ip ospf neighbor`; the instance is not printed, so there is one per answer. */
export const iosOspfNeighbor: NamedParser = {
  id: "ios.ospf-neighbor",
  version: 1,
  parse(output, { prefixes }) {
    const trace = new TraceBuilder("ios.ospf-neighbor", 1, output);
    const rows: OspfRow[] = [];
    let reader: RowReader | undefined;
    for (const line of output.split("\n").map((raw) => raw.trimEnd())) {
      const header = headerReader(line, OSPF_COLUMNS, ["Neighbor ID", "State", "Address", "Interface"]);
      const cells = header ? undefined : reader?.(line);
      if (header) reader = header;
      else if (cells) rows.push(ospfRow(cells, interfaceName(cells.get("if") ?? "", prefixes).name));
      else {
        trace.unparsed(line);
        continue;
      }
      trace.consumed();
    }
    if (!reader) return trace.failed("no_anchor");
    if (rows.length === 0 && !trace.unknownShare()) trace.provenEmpty("header without rows");
    return trace.done({ ospf: { rows, row_count: rows.length } }, rows.length);
  },
};

function ospfRow(cells: Map<string, string>, local: string): OspfRow {
  const row: OspfRow = { vrf: "default", instance: "", afi: "ipv4", if: local, neighbor_id: cells.get("id") ?? "" };
  const [word = "", role] = (cells.get("state") ?? "").split("/").map((part) => part.trim());
  const state = ospfState(word);
  if ("value" in state) row.state = state.value;
  else row.state_raw = cells.get("state") ?? word;
  const known = role === undefined ? undefined : ospfRole(role);
  if (known && "value" in known) row.role = known.value;
  const address = ipAddress(cells.get("address"));
  if (address) row.address = address;
  const prio = cells.get("prio");
  if (prio) row.prio = Number(prio);
  const dead = durationSeconds(cells.get("dead"));
  if (dead !== undefined) row.dead_s = dead;
  return row;
}
