import type { ArpRow, MacRow } from "../../knowledge/panel-data.ts";
import { ipAddress, macAddress } from "../../model/addresses.ts";
import { interfaceName, type PrefixEntry } from "../../model/interface-names.ts";
import { headerReader, type RowReader } from "../../parsers/header-table.ts";
import { type LineReader, lineTable } from "../../parsers/row-stream.ts";

const ARP_COLUMNS = [
  { label: "Protocol", field: "protocol", cell: "\\S+" },
  { label: "Address", field: "ip", cell: "\\d+\\.\\d+\\.\\d+\\.\\d+" },
  { label: "Age(min)", field: "age", cell: "\\d+|-" },
  { label: "Age (min)", field: "age", cell: "\\d+|-" },
  { label: "Hardware Addr", field: "mac", cell: "[0-9a-fA-F.]{14}|Incomplete" },
  { label: "Type", field: "type", cell: "\\S+" },
  { label: "Interface", field: "if", cell: "\\S+", optional: true as const },
];

function arpReader(prefixes: readonly PrefixEntry[], vrf: string): LineReader<ArpRow> {
  let reader: RowReader | undefined;
  let unknown = 0;
  return {
    line(line, trace, emit) {
      const header = line.includes("Hardware Addr")
        ? headerReader(line, ARP_COLUMNS, ["Address", "Hardware Addr"])
        : undefined;
      const cells = header ? undefined : reader?.(line);
      const ip = ipAddress(cells?.get("ip"));
      if (header) reader = header;
      else if (cells && ip) {
        const row: ArpRow = { vrf, ip };
        const mac = macAddress(cells.get("mac"));
        if (mac) row.mac = mac;
        else row.state = "incomplete";
        const local = cells.get("if");
        if (local) row.if = interfaceName(local, prefixes).name;
        const age = cells.get("age");
        if (age && age !== "-") row.age_s = Number(age) * 60;
        emit(row);
      } else {
        unknown += line === "" ? 0 : 1;
        trace.unparsed(line);
        return;
      }
      trace.consumed();
    },
    end() {
      if (!reader) return { why: "no_anchor" };
      return unknown === 0 ? { empty: "header without rows" } : {};
    },
  };
}

/** `show ip arp`, `show ip arp vrf VRF`, and either with one address. */
export const iosArp = lineTable("ios.arp", 2, "arp_table", ({ prefixes, params }) =>
  arpReader(prefixes, params.get("VRF") ?? "default"),
);

/** Labels of the columns that the forms of the table have; two words count as one cell. */
const MAC_LABELS: [RegExp, string][] = [
  [/^vlan$/i, "vlan"],
  [/^mac$|^destination$/i, "mac"],
  [/^type$/i, "type"],
  [/^learn$/i, "learn"],
  [/^age$/i, "age"],
  [/^protocols?$/i, "protocols"],
  [/^ports?$/i, "port"],
];

/** Cells by the header's order; nothing when the line is no header. */
function macColumns(line: string): string[] | undefined {
  const words = line
    .trim()
    .replace(/\b(mac|destination) address/i, "mac")
    .replace(/\baddress type/i, "type")
    .replace(/\bdestination port/i, "port")
    .split(/\s+/);
  // A column that no panel shows still has its place.
  const columns = words.map((word) => MAC_LABELS.find(([re]) => re.test(word))?.[1] ?? `other ${word}`);
  return ["vlan", "mac", "type", "port"].every((column) => columns.includes(column)) ? columns : undefined;
}

const TYPES: Record<string, string> = { dynamic: "dynamic", static: "static" };

function macRow(line: string, columns: readonly string[], prefixes: readonly PrefixEntry[]): MacRow | undefined {
  // Marks of the 6500 stand before the first cell: primary entry, secure, router's gateway, duplicate.
  const words = line
    .trim()
    .replace(/^[*RSD](?: |$)+/, "")
    .split(/\s+/);
  const cells = new Map(columns.map((column, index) => [column, words[index] ?? ""]));
  const mac = macAddress(cells.get("mac"));
  const vlan = cells.get("vlan") ?? "";
  const type = (cells.get("type") ?? "").toLowerCase();
  if (mac === undefined || !/^(?:All|N\/A|---?|\d{1,4})$/i.test(vlan) || !/^[a-z][a-z-]*$/.test(type)) return undefined;
  const row: MacRow = {
    vlan: /^\d/.test(vlan) ? vlan : /^all$/i.test(vlan) ? "all" : "",
    mac,
    type: TYPES[type] ?? type,
  };
  // Ports are the last column, and there may be several.
  const ports = words.slice(columns.indexOf("port")).join(",").split(",").filter(Boolean);
  const [port] = ports;
  if (port !== undefined && /^[A-Za-z]/.test(port) && columns.at(-1) === "port") {
    row.if = ports.map((each) => interfaceName(each, prefixes).name).join(", ");
  }
  const age = cells.get("age");
  if (age !== undefined && /^\d{1,6}$/.test(age)) row.age_s = Number(age);
  return row;
}

const MAC_TOTAL = /^Total Mac Addresses(?: for this criterion)? ?: (\d+)/i;
const MAC_KNOWN =
  /^\s*(?:Mac Address Table|Unicast Entries|Multicast Entries|Non-static Address Table:?|Legend: .*|[-+ ]+|Displaying entries from .*|age - .*|n\/a - .*|[SRD#] - .*|\* - .*)$/i;
/** Ports that did not fit on the line of their entry. */
const MORE_PORTS = /^ {20,}([A-Za-z][\w/.-]*(?:[, ]+[A-Za-z][\w/.-]*)*),?$/;

function macReader(prefixes: readonly PrefixEntry[]): LineReader<MacRow> {
  let columns: string[] | undefined;
  let [rows, unknown] = [0, 0];
  let total: number | undefined;
  let open: MacRow | undefined;
  /** The line cards of a chassis list the same entries again, each with its own age. */
  let cards: Set<string> | undefined;

  const close = (emit: (row: MacRow) => void): void => {
    if (!open) return;
    const row = open;
    open = undefined;
    const key = cards && `${row.vlan} ${row.mac} ${row.if ?? ""}`;
    const known = key !== undefined && cards?.has(key);
    if (key !== undefined) cards?.add(key);
    if (known) return;
    rows++;
    emit(row);
  };

  const other = (line: string): boolean => {
    const sum = MAC_TOTAL.exec(line)?.[1];
    if (sum !== undefined) total = (total ?? 0) + Number(sum);
    else if (/^No entries present/i.test(line)) total ??= 0;
    else if (line === "" || !MAC_KNOWN.test(line)) return false;
    else if (line.startsWith("Displaying entries from")) cards ??= new Set();
    return true;
  };

  return {
    line(line, trace, emit) {
      const header = /address/i.test(line) ? macColumns(line) : undefined;
      const row = columns && !header ? macRow(line, columns, prefixes) : undefined;
      const ports = open && !row ? MORE_PORTS.exec(line)?.[1] : undefined;
      if (open && ports !== undefined) {
        const names = ports.split(/[, ]+/).map((each) => interfaceName(each, prefixes).name);
        open.if = [...(open.if === undefined ? [] : [open.if]), ...names].join(", ");
      } else {
        close(emit);
        if (header) columns = header;
        else if (row) open = row;
        else if (!other(line)) {
          unknown += line === "" ? 0 : 1;
          trace.unparsed(line);
          return;
        }
      }
      trace.consumed();
    },
    end(trace, emit) {
      close(emit);
      if (!columns && total === undefined) return { why: "no_anchor" };
      if (total !== undefined && total !== rows && !cards) trace.note("total_differs");
      if (unknown > 0 || (total !== 0 && !(columns && total === undefined))) return {};
      return { empty: total === 0 ? "total 0" : "header without rows" };
    },
  };
}

/** `show mac address-table`, whole, of one address or of one interface, in the forms of the switch families. */
export const iosMacTable = lineTable("ios.mac-table", 1, "mac_table", ({ prefixes }) => macReader(prefixes));
