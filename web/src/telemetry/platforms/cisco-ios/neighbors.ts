import type { NeighborRow } from "../../knowledge/panel-data.ts";
import { ipAddress, macAddress } from "../../model/addresses.ts";
import { interfaceName, type PrefixEntry } from "../../model/interface-names.ts";
import { present } from "../../model/vocabulary.ts";
import { type NamedParser, TraceBuilder } from "../../parsers/result.ts";

const LLDP_CAPS: Record<string, string> = {
  B: "bridge",
  R: "router",
  T: "telephone",
  C: "docsis",
  W: "wlan-ap",
  P: "repeater",
  S: "station",
  O: "other",
};

type Draft = { fields: Map<string, string>; desc: string[]; mgmt: string[] };

/** One block per neighbour: it begins at a dashed line, or where a first label comes again when there is none. */
function blocks(output: string, first: RegExp): string[][] {
  const out: string[][] = [];
  let block: string[] = [];
  for (const line of output.split("\n").map((raw) => raw.trimEnd())) {
    const dashed = /^-{10,}$/.test(line);
    const label = first.exec(line)?.[0];
    const begins = label !== undefined && block.some((had) => had.startsWith(label));
    if (dashed || begins) {
      out.push(block);
      block = [];
    }
    if (!dashed) block.push(line);
  }
  out.push(block);
  return out;
}

function mgmtAddress(line: string): string | undefined {
  const found = /^\s+(?:IP|IPV6|IPv6|IP address|IPv6 address)\s?: (\S+)/.exec(line)?.[1];
  const address = ipAddress(found);
  return address === "::" || address === "0.0.0.0" ? undefined : address;
}

function lldpDraft(block: string[]): Draft {
  const draft: Draft = { fields: new Map(), desc: [], mgmt: [] };
  let describing = false;
  for (const line of block) {
    const label =
      /^(Local Intf|Chassis id|Port id|Port Description|System Name|Time remaining|System Capabilities|Enabled Capabilities|Management Addresses(?: \(\d+\))?|System Description)(?:: ?(.*)| - not advertised)$/.exec(
        line,
      );
    if (label) {
      describing = label[1] === "System Description" && label[2] !== undefined;
      if (label[2]?.trim()) draft.fields.set(label[1] ?? "", label[2].trim());
    } else if (describing && line.trim() !== "") draft.desc.push(line.trim());
    else if (line.startsWith("Auto Negotiation")) describing = false;
    else {
      const address = mgmtAddress(line);
      if (address && !draft.mgmt.includes(address)) draft.mgmt.push(address);
      const model = /^\s+Model: (.*\S)/.exec(line)?.[1];
      if (model) draft.fields.set("Model", model);
    }
  }
  return draft;
}

/** A port id that names an interface; a MAC address or a bare number does not, then the description is better. */
function remoteInterface(
  id: string | undefined,
  desc: string | undefined,
  prefixes: readonly PrefixEntry[],
): string | undefined {
  if (id === undefined) return desc;
  if (desc && (macAddress(id) || /^\d+$/.test(id))) return desc;
  const known = interfaceName(id, prefixes);
  return macAddress(id) ?? (known.class === "other" ? id : known.name);
}

function lldpRow(draft: Draft, prefixes: readonly PrefixEntry[]): NeighborRow | undefined {
  const { fields } = draft;
  const chassis = present(fields.get("Chassis id"));
  const port = present(fields.get("Port id"));
  const portDesc = present(fields.get("Port Description"));
  const remote = remoteInterface(port, portDesc, prefixes);
  if (chassis === undefined || remote === undefined) return undefined;
  const row: NeighborRow = { proto: "lldp", chassis_id: macAddress(chassis) ?? chassis, remote_if: remote };
  const local = present(fields.get("Local Intf"));
  if (local) row.local_if = interfaceName(local, prefixes).name;
  const name = present(fields.get("System Name"));
  if (name) row.remote_name = name;
  if (portDesc) row.remote_port_desc = portDesc;
  if (draft.mgmt.length > 0) row.mgmt_ip = draft.mgmt;
  const desc = draft.desc.join("\n");
  if (desc !== "") row.desc = desc;
  const model = present(fields.get("Model"));
  if (model) row.platform = model;
  const caps = (fields.get("Enabled Capabilities") ?? "").split(",").flatMap((code) => LLDP_CAPS[code.trim()] ?? []);
  if (caps.length > 0) row.caps = caps;
  const ttl = /^(\d+) sec/.exec(fields.get("Time remaining") ?? "")?.[1];
  if (ttl) row.ttl_s = Number(ttl);
  return row;
}

/** `show lldp neighbors detail`. */
export const iosLldpDetail: NamedParser = {
  id: "ios.lldp-detail",
  version: 1,
  parse(output, { prefixes }) {
    const trace = new TraceBuilder("ios.lldp-detail", 1, output);
    const rows: NeighborRow[] = [];
    for (const block of blocks(output, /^(?:Local Intf|Chassis id): /)) {
      if (!block.some((line) => line.startsWith("Chassis id: "))) {
        for (const line of block) if (!line.startsWith("Total entries displayed")) trace.unparsed(line);
        continue;
      }
      const row = lldpRow(lldpDraft(block), prefixes);
      trace.consumed(block.length);
      if (row) rows.push(row);
      else trace.dropped("incomplete_neighbour");
    }
    const total = /^Total entries displayed: (\d+)/m.exec(output)?.[1];
    if (total !== undefined && Number(total) !== rows.length) trace.note("total_differs");
    if (rows.length === 0 && total === "0") trace.provenEmpty("total 0");
    if (rows.length === 0 && total === undefined) return trace.failed("no_anchor");
    return trace.done({ neighbors: { rows, row_count: rows.length } }, rows.length);
  },
};

function cdpRow(block: string[], prefixes: readonly PrefixEntry[]): NeighborRow | undefined {
  const text = block.join("\n");
  const id = /^Device ID: ?(.*\S)/m.exec(text)?.[1];
  const ports = /^Interface: (.+?),\s+Port ID \(outgoing port\): (.*\S)/m.exec(text);
  if (!id || !ports) return undefined;
  const row: NeighborRow = {
    proto: "cdp",
    chassis_id: id,
    remote_if: interfaceName(ports[2] ?? "", prefixes).name,
    local_if: interfaceName(ports[1] ?? "", prefixes).name,
    remote_name: id,
  };
  const platform = /^Platform: (.*?),\s+Capabilities: ?(.*)$/m.exec(text);
  const model = present(platform?.[1]);
  if (model) row.platform = model;
  const caps = (platform?.[2] ?? "").trim().toLowerCase().split(/\s+/).filter(Boolean);
  if (caps.length > 0) row.caps = caps;
  const hold = /^Holdtime ?: (\d+) sec/m.exec(text)?.[1];
  if (hold) row.ttl_s = Number(hold);
  const addresses = [...new Set(block.flatMap((line) => mgmtAddress(line) ?? []))];
  if (addresses.length > 0) row.mgmt_ip = addresses;
  const version = /^Version ?:\n([\s\S]*?)(?:\n\n|\nadvertisement version|$)/m.exec(text)?.[1]?.trim();
  if (version) row.desc = version;
  return row;
}

/** `show cdp neighbors detail`. */
export const iosCdpDetail: NamedParser = {
  id: "ios.cdp-detail",
  version: 1,
  parse(output, { prefixes }) {
    const trace = new TraceBuilder("ios.cdp-detail", 1, output);
    const rows: NeighborRow[] = [];
    for (const block of blocks(output, /^Device ID: ?/)) {
      if (!block.some((line) => line.startsWith("Device ID:"))) {
        for (const line of block) if (!line.startsWith("Total cdp entries displayed")) trace.unparsed(line);
        continue;
      }
      const row = cdpRow(block, prefixes);
      trace.consumed(block.length);
      if (row) rows.push(row);
      else trace.dropped("incomplete_neighbour");
    }
    const total = /^Total cdp entries displayed : (\d+)/m.exec(output)?.[1];
    if (rows.length === 0 && total === "0") trace.provenEmpty("total 0");
    if (rows.length === 0 && total === undefined) return trace.failed("no_anchor");
    return trace.done({ neighbors: { rows, row_count: rows.length } }, rows.length);
  },
};
