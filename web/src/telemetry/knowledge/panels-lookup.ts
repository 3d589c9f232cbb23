import { field as f, keyField as k } from "./field-defs.ts";
import { type PanelContent, record, table } from "./panel-sections.ts";

const routeFields = [
  k("prefix", "Prefix", "text"),
  k("proto", "Protocol", "text"),
  f("nexthops", "Next hops", "rows", 1),
  f("selected", "Best", "bool", 1),
  f("distance", "Distance", "count"),
  { ...f("metric", "Metric", "count"), key: true as const },
  f("age_s", "Age", "seconds"),
  f("action", "Action", "text", 3),
];

/** Bundles, and panels that belong to one port or to one question. */
export const lookupPanels = {
  lag: {
    title: "Bundles",
    kind: "table",
    sections: [
      table("rows", "No bundles", [
        k("lag", "Bundle"),
        f("state", "State", "state", 1),
        f("proto", "Protocol", "text", 1),
        f("members", "Members", "rows", 1),
        f("mode", "Mode", "text", 3),
      ]),
    ],
  },
  poe: {
    title: "Power over Ethernet",
    kind: "mixed",
    place: "port",
    sections: [
      record("budget", [f("used_w", "Used", "watt", 1), f("budget_w", "Budget", "watt", 1)]),
      table("rows", "No power over Ethernet", [
        k("if", "Interface"),
        f("oper", "State", "text", 1),
        f("w", "Power", "watt", 1),
        f("max_w", "Maximum", "watt"),
        f("device", "Device", "text"),
        f("class", "Class", "text"),
        f("admin", "Admin", "text"),
        f("fault", "Fault", "text"),
      ]),
    ],
  },
  route_lookup: {
    title: "Route lookup",
    kind: "mixed",
    place: "lookup",
    sections: [
      record("query", [f("query", "Address", "text", 1), f("vrf", "VRF", "text")]),
      table("matches", "No route", [...routeFields, f("vrf", "VRF", "name", 3)], "Routes"),
      {
        ...record(
          "fib",
          [f("prefix", "Prefix", "text", 1), f("nexthops", "Next hops", "rows", 1), f("action", "Action", "text")],
          "Forwarding",
        ),
        path: "fib",
      },
    ],
  },
  routes: {
    title: "All routes",
    kind: "table",
    place: "lookup",
    sections: [table("rows", "No routes", [...routeFields, k("vrf", "VRF")])],
  },
  arp_table: {
    title: "ARP entries",
    kind: "table",
    place: "lookup",
    sections: [
      table("rows", "No entries", [
        k("ip", "Address", "text"),
        f("mac", "MAC", "text", 1),
        { ...k("if", "Interface"), prio: 1 },
        f("state", "State", "state", 1),
        f("vlan", "VLAN", "text"),
        f("age_s", "Age", "seconds"),
        k("vrf", "VRF"),
      ]),
    ],
  },
  mac_table: {
    title: "MAC entries",
    kind: "table",
    place: "lookup",
    sections: [
      table("rows", "No entries", [
        k("mac", "MAC", "text"),
        { ...k("if", "Interface"), prio: 1 },
        k("vlan", "VLAN"),
        f("type", "Type", "text"),
        f("age_s", "Age", "seconds"),
      ]),
    ],
  },
} satisfies Record<string, PanelContent>;
