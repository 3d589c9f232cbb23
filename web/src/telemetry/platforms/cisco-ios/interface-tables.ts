import type { IfStateRow } from "../../knowledge/panel-data.ts";
import { isIpv4 } from "../../model/addresses.ts";
import { interfaceName } from "../../model/interface-names.ts";
import { operState, present } from "../../model/vocabulary.ts";
import { type Column, headerReader, type RowReader } from "../../parsers/header-table.ts";
import { type NamedParser, type ParseContext, type ParseResult, TraceBuilder } from "../../parsers/result.ts";
import { ifState, speedBps } from "./interfaces.ts";

type Table = {
  id: string;
  columns: Column[];
  required: string[];
  row: (cells: Map<string, string>, row: IfStateRow) => void;
  /** Rows that do not follow the header. */
  other?: (line: string) => Map<string, string> | undefined;
};

function parseTable(table: Table, output: string, { prefixes }: ParseContext): ParseResult {
  const trace = new TraceBuilder(table.id, 1, output);
  const rows: IfStateRow[] = [];
  let reader: RowReader | undefined;
  for (const line of output.split("\n").map((raw) => raw.trimEnd())) {
    const header = headerReader(line, table.columns, table.required);
    if (header) {
      reader = header;
      trace.consumed();
      continue;
    }
    if (/^-+$/.test(line)) continue;
    const cells = reader?.(line) ?? (reader && table.other?.(line));
    const printed = cells?.get("name");
    if (!cells || !printed) {
      trace.unparsed(line);
      continue;
    }
    const { name, short, class: cls, parent } = interfaceName(printed, prefixes);
    const row: IfStateRow = { name, short, class: cls, ...(parent ? { parent } : {}) };
    table.row(cells, row);
    rows.push(row);
    trace.consumed();
  }
  if (!reader) return trace.failed("no_anchor");
  if (rows.length === 0 && !trace.unknownShare()) trace.provenEmpty("header without rows");
  return trace.done({ ifstate: { rows, row_count: rows.length } }, rows.length);
}

const description: Table = {
  id: "ios.interfaces-description",
  columns: [
    { label: "Interface", field: "name", cell: "\\S+(?: \\d\\S*)?" },
    { label: "Status", field: "status", cell: "admin(?:istratively)? down|\\S+" },
    { label: "Protocol", field: "protocol", cell: "\\S+" },
    { label: "Description", field: "desc", cell: "\\S.*", optional: true },
  ],
  required: ["Interface", "Status", "Protocol"],
  row(cells, row) {
    Object.assign(row, ifState(cells.get("status") ?? "", cells.get("protocol") ?? ""));
    const desc = cells.get("desc");
    if (desc) row.desc = desc;
  },
};

const brief: Table = {
  id: "ios.ip-interface-brief",
  columns: [
    { label: "Interface", field: "name", cell: "\\S+(?: \\d\\S*)?" },
    { label: "IP-Address", field: "ip", cell: "\\S+" },
    { label: "OK?", field: "ok", cell: "\\S+" },
    { label: "Method", field: "method", cell: "\\S+" },
    { label: "Status", field: "status", cell: "administratively down|\\S+" },
    { label: "Protocol", field: "protocol", cell: "\\S+" },
  ],
  required: ["Interface", "IP-Address", "Status", "Protocol"],
  row(cells, row) {
    Object.assign(row, ifState(cells.get("status") ?? "", cells.get("protocol") ?? ""));
    const ip = cells.get("ip");
    // This table prints no prefix length, so the address alone is given.
    if (ip && isIpv4(ip)) row.ipv4 = [ip];
  },
};

const status: Table = {
  id: "ios.interfaces-status",
  columns: [
    { label: "Port", field: "name", cell: "\\S+" },
    { label: "Name", field: "desc", cell: "\\S.*?", optional: true },
    // A cable test that runs adds `: TDR` to the state.
    { label: "Status", field: "status", cell: "[A-Za-z][A-Za-z-]+(?::(?: [A-Z]+)?)?" },
    // A description may hold any words, so the cells that follow the state are held to what they can be.
    {
      label: "Vlan",
      field: "vlan",
      cell: "\\d+(?:[/,-]\\d+)*|trunk|routed|unassigned|unknown|rspan|pvlan\\S*|f-path|dynamic|monitoring|--",
    },
    { label: "Duplex", field: "duplex", cell: "(?:a-)?(?:full|half|auto)|--" },
    { label: "Speed", field: "speed", cell: "(?:a-)?(?:\\d+(?:\\.\\d+)?[KMGT]?|auto)(?:\\(\\S+\\))?|--" },
    { label: "Type", field: "type", cell: "\\S.*", optional: true },
  ],
  required: ["Port", "Status", "Vlan"],
  /** Fibre Channel ports: `fc2/5 is down (SFP not present)`. */
  other(line) {
    const found = /^(fc\S+) is (up|down)(?: \((.+)\))?/.exec(line);
    return found
      ? new Map([
          ["name", found[1] ?? ""],
          ["status", found[2] ?? ""],
          ...(found[3] ? [["why", found[3]] as const] : []),
        ])
      : undefined;
  },
  row(cells, row) {
    const word = (cells.get("status") ?? "").replace(/:.*$/, "");
    const oper = operState(word);
    if ("value" in oper) row.oper = oper.value;
    else row.oper_raw = oper.raw;
    if (word === "disabled") row.admin = "down";
    else if ("value" in oper) row.admin = "up";
    if (row.oper !== "up" && word !== "disabled") row.reason = cells.get("why") ?? word;
    if (row.reason === "down") delete row.reason;
    const desc = cells.get("desc");
    if (desc) row.desc = desc;
    const vlan = cells.get("vlan") ?? "";
    if (vlan === "trunk" || vlan === "routed") row.mode = vlan;
    else if (/^\d+$/.test(vlan)) Object.assign(row, { mode: "access", vlan });
    const duplex = present(cells.get("duplex"));
    if (duplex) row.autoneg = /^a-|^auto$/.test(duplex);
    if (duplex?.endsWith("full")) row.duplex = "full";
    if (duplex?.endsWith("half")) row.duplex = "half";
    const speed = speedBps(cells.get("speed"));
    if (speed !== undefined) row.speed_bps = speed;
  },
};

/** `show interfaces description`. */
export const iosInterfacesDescription: NamedParser = {
  id: description.id,
  version: 1,
  parse: (text, context) => parseTable(description, text, context),
};
/** `show ip interface brief`. */
export const iosIpInterfaceBrief: NamedParser = {
  id: brief.id,
  version: 1,
  parse: (text, context) => parseTable(brief, text, context),
};
/** `show interfaces status` of switches. */
export const iosInterfacesStatus: NamedParser = {
  id: status.id,
  version: 1,
  parse: (text, context) => parseTable(status, text, context),
};
