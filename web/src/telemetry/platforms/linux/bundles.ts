import type { LagMember, LagRow } from "../../knowledge/panel-data.ts";
import type { JsonObject } from "../../model/json.ts";
import { asText, dig } from "../../model/json-access.ts";

/** Modes of the bonding driver that have a protocol of their own or none; others are shown as the kernel calls them. */
const PROTOCOLS: Record<string, string> = { "802.3ad": "lacp" };

function memberOf(name: string, entry: JsonObject): LagMember {
  const member: LagMember = { if: name };
  const state = asText(dig(entry, "linkinfo", "info_slave_data", "state"))?.toLowerCase();
  const mii = asText(dig(entry, "linkinfo", "info_slave_data", "mii_status"))?.toLowerCase();
  if (mii === "down") member.state = "down";
  else if (state === "active") member.state = "bundled";
  else if (state === "backup") member.state = "standby";
  else if (state !== undefined) member.state_raw = state;
  if (mii !== undefined && mii !== "up") member.reason = `link ${mii}`;
  return member;
}

/** Bundles (bond, team) among the links of `ip -j -d link`, with the ports that belong to them. */
export function linuxBundles(links: readonly { name: string; entry: JsonObject }[]): LagRow[] {
  const bundles = new Map<string, LagRow>();
  for (const { name, entry } of links) {
    const kind = asText(dig(entry, "linkinfo", "info_kind"));
    if (kind !== "bond" && kind !== "team") continue;
    const row: LagRow = { lag: name, members: [] };
    const mode = asText(dig(entry, "linkinfo", "info_data", "mode"));
    if (mode !== undefined) row.proto = PROTOCOLS[mode] ?? mode;
    const state = asText(entry.get("operstate"))?.toLowerCase();
    if (state === "up" || state === "down") row.state = state;
    else if (state !== undefined) row.state_raw = state;
    bundles.set(name, row);
  }
  for (const { name, entry } of links) {
    const kind = asText(dig(entry, "linkinfo", "info_slave_kind"));
    const master = asText(entry.get("master"));
    if ((kind !== "bond" && kind !== "team") || master === undefined) continue;
    bundles.get(master)?.members?.push(memberOf(name, entry));
  }
  return [...bundles.values()];
}
