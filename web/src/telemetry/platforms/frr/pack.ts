import type { CommandDef, Pack, Tier } from "../../packs/pack.ts";

const json = (tier: Tier, parser: string, daemon: string, text: string): CommandDef => ({
  tier,
  daemon,
  variants: [{ text, form: "json", parser, evidence: "V" }],
});

/** A question of a person, with values that the builder checks [T63]. */
const lookup = (text: string): CommandDef => ({
  ...json("L", "frr.route-lookup", "zebra", text),
  params: { VRF: "vrf", IP: "ip" },
});

/** A whole table as text, which is a seventh of the JSON form [T77]. An empty one prints nothing, not even the legend. */
const whole = (text: string): CommandDef => ({
  tier: "L",
  daemon: "zebra",
  heavy: true,
  full: true,
  timeout_s: 180,
  empty: "none",
  params: { VRF: "vrf" },
  variants: [{ text, form: "text", parser: "frr.routes", evidence: "V" }],
});

/** From 10.1 one answer has all VRFs by name; before, their objects followed each other without names. */
const summary = (parser: string, family: "ip" | "ipv6"): CommandDef => ({
  tier: "C",
  daemon: "zebra",
  variants: [
    { text: `show ${family} route vrf all summary json`, when: ">= 10.1", form: "json", parser, evidence: "U" },
    { text: `show ${family} route summary json`, form: "json", parser, evidence: "V" },
  ],
});

/** A command that got no answer, as hints see it. */
export const HUNG = "^timeout: ";
const NO_VTYSH = "Not available with a vtysh login: a Linux login on the same box shows it.";

/** FRRouting where the login is vtysh itself: one command per exec, JSON nearly everywhere. */
export const frrPack: Pack = {
  id: "frr",
  title: "FRRouting (vtysh)",
  version: 1,
  detect: {
    ident: ["OpenSSH_"],
    prompt: ["^[\\w./:-]+[>#] ?$"],
    output: [
      {
        command: "show version",
        re: "^FRRouting \\S+",
        priority: 40,
        fields: { os_version: "^FRRouting (\\S+)", hostname: "^FRRouting \\S+ \\(([^)]+)\\)" },
      },
    ],
  },
  session: {
    channel: "exec",
    setup: ["terminal length 0"],
    marker: "!",
    pager: [],
    dialogs: [],
    exit: "exit",
    log_line: "^\\d{4}[-/]\\d\\d[-/]\\d\\d[ T]\\d\\d:\\d\\d:\\d\\d(?:\\.\\d+)? \\[[A-Z]{2,8}\\] \\w+: ",
    width: 511,
    rate_per_s: 4,
    hangs_together: true,
  },
  errors: {
    unsupported: [
      "% ?Unknown command",
      "% ?Ambiguous command",
      "% Command incomplete",
      "% There is no matched command",
    ],
    denied: ["Permission denied", "not authorized", "% ?Authorization failed", "failed to connect to any daemons"],
    gated: [
      "\\w+ is not running",
      "% ?BGP instance not found",
      "% ?No BGP process",
      "OSPF(?:6)? (?:Routing Process|instance|is) not (?:enabled|found|running)",
      "%\\s*OSPF(?:6)? is not (?:enabled|running)",
      "% ?VRF .*(?:not found|does not exist)",
      "OSPFv[23] instance not found",
    ],
    limit: ["[Tt]oo many (?:sessions|connections|users)"],
  },
  hints: [
    {
      re: HUNG,
      text: "A daemon of this router does not answer, and vtysh waits for all of them: a Linux login on the same box asks each one by itself.",
    },
    {
      re: "Unknown command",
      text: "FRRouting says the same for a command that it does not know and for one that this user may not run.",
    },
    {
      re: "(\\w+) is not running",
      text: "A daemon of this router is not running; it is asked again every five minutes.",
    },
    {
      re: "failed to connect to any daemons|Permission denied",
      text: "Add this user to the group frrvty to read from FRRouting.",
    },
    { re: "instance not found|not enabled|No BGP process", text: "The protocol is not configured on this router." },
  ],
  // Devices that the kernel makes by itself with a tunnel module, and the multicast daemon's own.
  counter_bits: 64,
  interfaces: {
    prefixes: [],
    hide: ["^(?:tunl|gre|gretap|erspan|sit|ip6tnl|ip6gre|ip_vti|ip6_vti)0$", "^pimreg\\d*$"],
  },
  commands: {
    version: {
      tier: "A",
      daemon: "zebra",
      variants: [{ text: "show version", form: "text", parser: "frr.version", evidence: "V" }],
    },
    interfaces: json("D", "frr.interfaces", "zebra", "show interface json"),
    interface: { ...json("E", "frr.interfaces", "zebra", "show interface {IF} json"), params: { IF: "interface" } },
    routes4: summary("frr.route-summary-ipv4", "ip"),
    routes6: summary("frr.route-summary-ipv6", "ipv6"),
    routes4_vrf: {
      ...json("C", "frr.route-summary-ipv4", "zebra", "show ip route vrf {VRF} summary json"),
      params: { VRF: "vrf" },
      unless_first: "routes4",
    },
    routes6_vrf: {
      ...json("C", "frr.route-summary-ipv6", "zebra", "show ipv6 route vrf {VRF} summary json"),
      params: { VRF: "vrf" },
      unless_first: "routes6",
    },
    // Only the default VRF: nothing is printed then.
    vrfs: {
      tier: "A",
      daemon: "zebra",
      empty: "none",
      variants: [{ text: "show vrf", form: "text", parser: "frr.vrfs", evidence: "V" }],
    },
    lookup4: lookup("show ip route vrf {VRF} {IP} json"),
    lookup6: lookup("show ipv6 route vrf {VRF} {IP} json"),
    routes4_all: whole("show ip route vrf {VRF}"),
    routes6_all: whole("show ipv6 route vrf {VRF}"),
    // `{}` with `vrf all` means that BGP has no instance; so does an OSPF answer without a VRF.
    bgp: { ...json("D", "frr.bgp-summary", "bgpd", "show bgp vrf all summary json"), empty: "off" },
    ospf: { ...json("D", "frr.ospf-neighbors", "ospfd", "show ip ospf vrf all neighbor json"), empty: "off" },
    ospf6: json("D", "frr.ospf6-neighbors", "ospf6d", "show ipv6 ospf6 neighbor json"),
  },
  panels: {
    device_info: { commands: ["version"] },
    // The pinned port first: it is asked more often.
    ifstate: { commands: ["interface", "interfaces"] },
    routing_table: { commands: ["routes4", "routes6", "routes4_vrf", "routes6_vrf", "vrfs"] },
    route_lookup: { commands: ["lookup4", "lookup6"] },
    routes: { commands: ["routes4_all", "routes6_all"] },
    bgp: { commands: ["bgp"] },
    ospf: { commands: ["ospf", "ospf6"] },
  },
  unsupported: {
    cpu: NO_VTYSH,
    memory: NO_VTYSH,
    ifcounters: NO_VTYSH,
    traffic: NO_VTYSH,
    neighbors: NO_VTYSH,
    arp: NO_VTYSH,
    mac: NO_VTYSH,
    users: NO_VTYSH,
    log: "Not available with a vtysh login: vtysh prints log settings, not the log.",
    env: NO_VTYSH,
    optics: NO_VTYSH,
    lag: NO_VTYSH,
    poe: NO_VTYSH,
    arp_table: NO_VTYSH,
    mac_table: NO_VTYSH,
  },
};
