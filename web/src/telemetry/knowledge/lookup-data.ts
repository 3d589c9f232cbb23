import type { ArpRow, MacRow, Rows } from "./panel-data.ts";

/** Where packets of a route go. `label`: an MPLS label stack as printed. `active`: it carries traffic now. */
export type NextHop = { ip?: string; if?: string; label?: string; active?: boolean };

/** One route of a routing table. Several entries of one prefix differ in source or metric; `selected` marks the best. */
export type RouteRow = {
  prefix: string;
  /** The source as the platform names it: `ospf`, `bgp`, `connected`, ... */
  proto: string;
  vrf?: string;
  distance?: number;
  metric?: number;
  age_s?: number;
  selected?: boolean;
  /** What the route does instead of forwarding: `blackhole`, `unreachable`, `prohibit`, `receive`. */
  action?: string;
  nexthops?: NextHop[];
};

/** What forwards the address now, as the forwarding table says; `prefix` where the device names it. */
export type FibEntry = { prefix?: string; action?: string; nexthops?: NextHop[] };

/** Answer to "where does this address go": the matching routes and the forwarding entry. */
export type RouteLookup = { query?: string; vrf?: string; matches?: RouteRow[]; fib?: FibEntry };

/** One member of a bundle. `state` is the platform's word in plain form: `bundled`, `suspended`, `down`, `standby`, ... */
export type LagMember = { if: string; state?: string; state_raw?: string; reason?: string };
/** A bundle of ports. `proto`: `lacp`, `pagp`, `static`, or the kernel's mode. */
export type LagRow = {
  lag: string;
  proto?: string;
  state?: "up" | "down";
  state_raw?: string;
  mode?: "access" | "trunk" | "routed" | "switched";
  members?: LagMember[];
};

/** Power that a port gives to what is plugged in. */
export type PoeRow = {
  if: string;
  admin?: string;
  oper?: string;
  class?: string;
  device?: string;
  w?: number;
  max_w?: number;
  fault?: string;
};
export type Poe = Rows<PoeRow> & { budget_w?: number; used_w?: number };

/** Payloads of panels that belong to a port or to a question, not to the list of cards. */
export type LookupPanels = {
  lag: Rows<LagRow>;
  poe: Poe;
  route_lookup: RouteLookup;
  /** Full routing table, on demand [T77]. */
  routes: Rows<RouteRow>;
  /** ARP and ND entries: a full table or the answer to one address. */
  arp_table: Rows<ArpRow>;
  /** MAC entries: a full table or the answer to one address or port. */
  mac_table: Rows<MacRow>;
};
