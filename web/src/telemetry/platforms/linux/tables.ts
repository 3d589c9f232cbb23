import type { ArpRow, MacRow } from "../../knowledge/panel-data.ts";
import { ipAddress, macAddress } from "../../model/addresses.ts";
import type { JsonObject } from "../../model/json.ts";
import { asText } from "../../model/json-access.ts";
import { arpState } from "../../model/vocabulary.ts";
import { jsonTable } from "../../parsers/json-rows.ts";
import type { TraceBuilder } from "../../parsers/result.ts";

/** One entry of `ip -j neigh`. */
export function neighRow(entry: JsonObject, trace: TraceBuilder): ArpRow | undefined {
  const ip = ipAddress(asText(entry.get("dst")));
  if (ip === undefined) {
    trace.dropped("entry_without_address");
    return undefined;
  }
  const row: ArpRow = { vrf: "default", ip };
  const [mac, dev] = [macAddress(asText(entry.get("lladdr"))), asText(entry.get("dev"))];
  if (mac) row.mac = mac;
  if (dev) row.if = dev;
  const states = entry.get("state");
  const word = asText(Array.isArray(states) ? states[0] : states);
  const state = word === undefined ? undefined : arpState(word);
  if (state && "value" in state) row.state = state.value;
  else if (state) row.state_raw = state.raw;
  return row;
}

/** `ip -j neigh show` and `ip -j neigh show to IP`. */
export const linuxArpTable = jsonTable("linux.arp-table", 1, "arp_table", () => neighRow);

/**
 * One entry of `bridge -j fdb`; nothing for what the kernel keeps for itself (`permanent`), which was not learned.
 * @param port asked for; the tool then leaves the name out
 */
export function fdbRow(entry: JsonObject, trace: TraceBuilder, port?: string): MacRow | undefined {
  const mac = macAddress(asText(entry.get("mac")));
  const state = asText(entry.get("state"));
  if (mac === undefined) {
    trace.dropped("entry_without_mac");
    return undefined;
  }
  if (state === "permanent") return undefined;
  const row: MacRow = { vlan: asText(entry.get("vlan")) ?? "", mac, type: state === "static" ? "static" : "dynamic" };
  const dev = asText(entry.get("ifname")) ?? port;
  if (dev) row.if = dev;
  return row;
}

/**
 * `bridge -j fdb show`, of one port (`brport IF`) or of all learned entries (`dynamic`); the tool cannot be asked for one
 * MAC address, so with the parameter MAC the others are left out here.
 */
export const linuxMacTable = jsonTable("linux.mac-table", 1, "mac_table", ({ params }) => {
  const wanted = macAddress(params.get("MAC"));
  const port = params.get("IF");
  return (entry, trace) => {
    const row = fdbRow(entry, trace, port);
    return row && (wanted === undefined || row.mac === wanted) ? row : undefined;
  };
});
