import type { IfClass, IfStateRow } from "../../knowledge/panel-data.ts";
import { ipPrefix, macAddress } from "../../model/addresses.ts";
import type { JsonObject } from "../../model/json.ts";
import { asCount, asCounter, asFlag, asNumber, asText, dig, entries, rows } from "../../model/json-access.ts";
import { operState } from "../../model/vocabulary.ts";
import { jsonParser } from "../../parsers/json-parser.ts";

/** zebra prints the speed in Mbit/s; 0 and the kernel's -1 mean that it does not know. */
const SPEED_UNIT_BPS = 1e6;
const UNKNOWN_SPEED_MBPS = 4_294_967_295;

/** Class from zebra's interface type and, for names of Linux, from the name. */
export function linuxClass(name: string, kind: string | undefined, loopback: boolean): IfClass {
  if (loopback || name === "lo") return "loop";
  const known = (kind ?? "").toLowerCase();
  if (/^(?:bond|team)/.test(known) || /^(?:bond|team)\d/.test(name)) return "lag";
  if (known.startsWith("vlan") || /^[^.]+\.\d+$/.test(name)) return "sub";
  if (known.startsWith("bridge")) return "svi";
  if (
    /^(?:gre|ipip|sit|vxlan|wireguard|tun|ip6tnl|vti|gretap|geneve)/.test(known) ||
    /^(?:tun|tap|wg|gre|vxlan|sit)\d/.test(name)
  )
    return "tunnel";
  if (known.startsWith("vrf") || /^(?:docker|virbr|veth)/.test(name)) return "internal";
  if (/^(?:mgmt|management|oob)\d*$/i.test(name)) return "mgmt";
  if (/^(?:veth|macvlan|dummy|ifb)?$/.test(known) || known === "other") return "phys";
  return "other";
}

function row(name: string, entry: JsonObject): IfStateRow {
  const out: IfStateRow = {
    name,
    class: linuxClass(name, asText(entry.get("interfaceType")), asText(entry.get("type")) === "Loopback"),
  };
  const put = <K extends keyof IfStateRow>(key: K, value: IfStateRow[K] | undefined): void => {
    if (value !== undefined) out[key] = value;
  };
  const admin = asText(entry.get("administrativeStatus"));
  if (admin === "up" || admin === "down") out.admin = admin;
  else put("admin_raw", admin);
  const printed = asText(entry.get("operationalStatus"));
  // With the interface shut down zebra leaves the operational state out; down is then what the flags say.
  const oper = printed === undefined ? undefined : operState(printed);
  if (oper && "value" in oper) out.oper = oper.value;
  else if (oper) out.oper_raw = oper.raw;
  else if (admin === "down") out.oper = "down";
  put("desc", asText(entry.get("description")) ?? asText(entry.get("OsDescription")));
  put("vrf", asText(entry.get("vrfName")));
  put("mtu", asCount(entry.get("mtu")));
  put("mac", macAddress(asText(entry.get("hardwareAddress"))));
  const speed = asNumber(entry.get("speed"));
  if (speed !== undefined && speed > 0 && speed < UNKNOWN_SPEED_MBPS) out.speed_bps = speed * SPEED_UNIT_BPS;
  put("flaps", asCounter(entry.get("linkDowns")));
  put("parent", asText(entry.get("parentInterface")));
  const vlan = asText(dig(entry, "vlanId"));
  put("vlan", vlan);
  addresses(entry, out);
  if (asFlag(entry.get("pseudoInterface")) && out.class === "phys") out.class = "internal";
  return out;
}

function addresses(entry: JsonObject, out: IfStateRow): void {
  const all = rows(entry.get("ipAddresses")).flatMap((address) => ipPrefix(asText(address.get("address"))) ?? []);
  const v4 = all.filter((prefix) => !prefix.includes(":"));
  const v6 = all.filter((prefix) => prefix.includes(":"));
  if (v4.length > 0) out.ipv4 = v4;
  if (v6.length > 0) out.ipv6 = v6;
}

/** `show interface json` of zebra: one object keyed by interface name, or one per VRF. */
export const frrInterfaces = jsonParser("frr.interfaces", 1, (document, trace) => {
  const found: IfStateRow[] = [];
  for (const [name, entry] of entries(document)) {
    if (entry.has("administrativeStatus")) found.push(row(name, entry));
    else
      for (const [inner, nested] of entries(entry))
        if (nested.has("administrativeStatus")) found.push(row(inner, nested));
  }
  if (found.length === 0 && document instanceof Map && document.size === 0) trace.provenEmpty("empty object");
  return trace.done({ ifstate: { rows: found, row_count: found.length } }, found.length);
});
