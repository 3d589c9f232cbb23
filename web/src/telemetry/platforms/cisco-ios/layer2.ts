import type { Arp, Mac } from "../../knowledge/panel-data.ts";
import { type NamedParser, TraceBuilder } from "../../parsers/result.ts";

/** `show ip arp summary`, in the one-line form of IOS and the list of IOS-XE. */
export const iosArpSummary: NamedParser = {
  id: "ios.arp-summary",
  version: 1,
  parse(output) {
    const trace = new TraceBuilder("ios.arp-summary", 1, output);
    const arp: Arp = {};
    const short = /^\s*(\d+) IP ARP entries, with (\d+) of them incomplete/m.exec(output);
    const total = short?.[1] ?? /^\s*Total number of entries in the ARP table\s*: (\d+)/m.exec(output)?.[1];
    const incomplete = short?.[2] ?? /^\s*Total number of Incomplete ARP entries\s*: (\d+)/m.exec(output)?.[1];
    if (total === undefined) return trace.failed("no_anchor");
    trace.consumed(output.split("\n").filter((line) => line.trim() !== "").length);
    arp.count = Number(total);
    if (incomplete !== undefined) arp.incomplete = Number(incomplete);
    return trace.done({ arp }, 1);
  },
};

/** `show mac address-table count`: per VLAN, and the sums when the device prints them or every VLAN was complete. */
export const iosMacCount: NamedParser = {
  id: "ios.mac-count",
  version: 1,
  parse(output) {
    const trace = new TraceBuilder("ios.mac-count", 1, output);
    const mac: Mac = {};
    const vlans: { vlan: string; count?: number; dynamic?: number; static?: number }[] = [];
    for (const line of output.split("\n").map((raw) => raw.trim())) {
      const vlan = /^Mac Entries for Vlan\s*(\d+)\s*:/i.exec(line)?.[1];
      const value =
        /^(Total )?(Dynamic|Static|Total)\s+(?:Mac )?Address(?:es)?(?: \(.*?\))?(?: Count)?(?: In Use)?\s*:\s*(\d+)/i.exec(
          line,
        );
      if (vlan) vlans.push({ vlan });
      else if (value) put(value, vlans, mac);
      else if (!/^-+$|Space Available|^$/.test(line)) {
        trace.unparsed(line);
        continue;
      }
      trace.consumed();
    }
    if (vlans.length === 0 && mac.count === undefined && mac.dynamic === undefined) return trace.failed("no_anchor");
    const counted = vlans.flatMap(({ vlan, count }) => (count === undefined ? [] : [{ vlan, count }]));
    if (counted.length > 0) mac.by_vlan = counted;
    if (counted.length === vlans.length && vlans.length > 0) {
      mac.count ??= counted.reduce((sum, { count }) => sum + count, 0);
      if (vlans.every((vlan) => vlan.dynamic !== undefined))
        mac.dynamic ??= vlans.reduce((sum, vlan) => sum + (vlan.dynamic ?? 0), 0);
      if (vlans.every((vlan) => vlan.static !== undefined))
        mac.static ??= vlans.reduce((sum, vlan) => sum + (vlan.static ?? 0), 0);
    }
    return trace.done({ mac }, Math.max(1, counted.length));
  },
};

function put(value: RegExpExecArray, vlans: { count?: number; dynamic?: number; static?: number }[], mac: Mac): void {
  const [, sum, kind = ""] = value;
  const number = Number(value[3]);
  const field = kind.toLowerCase() === "dynamic" ? "dynamic" : kind.toLowerCase() === "static" ? "static" : "count";
  const vlan = vlans.at(-1);
  const whole = sum !== undefined || /In Use/i.test(value[0]) || !vlan;
  if (whole) mac[field] ??= number;
  else vlan[field] ??= number;
}
