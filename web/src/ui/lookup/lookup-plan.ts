import type { PanelReading } from "#bridge/types.ts";
import { type WordKind, wordKind } from "#telemetry/knowledge/word-kinds.ts";

/** What a device can be asked about a word. */
export type What = "route" | "address" | "mac";
export type Offer = { what: What; label: string };

const KINDS: Record<WordKind["kind"], { word: string; offers: readonly Offer[] }> = {
  ipv4: {
    word: "IPv4 address",
    offers: [
      { what: "route", label: "Route" },
      { what: "address", label: "ARP" },
    ],
  },
  ipv6: {
    word: "IPv6 address",
    offers: [
      { what: "route", label: "Route" },
      { what: "address", label: "Neighbour (ND)" },
    ],
  },
  prefix: { word: "Prefix, looked up by its address", offers: [{ what: "route", label: "Route" }] },
  mac: { word: "MAC address", offers: [{ what: "mac", label: "MAC table" }] },
};

export type LookupPlan = { kind: WordKind["kind"]; word: string; value: string; offers: readonly Offer[] };
/** What a typed word is, and what can be asked about it; nothing while it is neither address, prefix nor MAC [T63]. */
export function lookupPlan(text: string): LookupPlan | undefined {
  const found = wordKind(text);
  return found === undefined ? undefined : { kind: found.kind, ...KINDS[found.kind], value: found.value };
}

type Readings = { routing: PanelReading | undefined; arp: PanelReading | undefined; ifstate: PanelReading | undefined };

/** VRFs that readings of this device named, the default one first; only such may be asked for [T63]. */
export function seenVrfs({ routing, arp, ifstate }: Readings): string[] {
  const lists = [
    (routing?.data as { rows?: readonly object[] } | undefined)?.rows,
    (arp?.data as { by_vrf?: readonly object[] } | undefined)?.by_vrf,
    (ifstate?.data as { rows?: readonly object[] } | undefined)?.rows,
  ];
  const names = lists.flatMap((rows) =>
    (rows ?? []).flatMap((row) => ("vrf" in row && typeof row.vrf === "string" ? [row.vrf] : [])),
  );
  return ["default", ...new Set(names.filter((name) => name !== "default" && name !== ""))];
}
