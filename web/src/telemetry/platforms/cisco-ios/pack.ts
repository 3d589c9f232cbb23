import type { CommandDef, Pack, Tier } from "../../packs/pack.ts";
import { iosPrefixes } from "./prefixes.ts";

const text = (tier: Tier, parser: string, ...texts: string[]): CommandDef => ({
  tier,
  variants: texts.map((each) => ({ text: each, form: "text", parser, evidence: "F" })),
});

/** Forms that no capture has shown yet [T80]. */
const untried = (def: CommandDef): CommandDef => ({
  ...def,
  variants: def.variants.map((variant) => ({ ...variant, evidence: "U" })),
});

/** A question of a person, with values that the builder checks [T63]. */
const asked = (params: NonNullable<CommandDef["params"]>, parser: string, ...texts: string[]): CommandDef => ({
  ...text("L", parser, ...texts),
  params,
});

/** A whole table: its rows are read while they arrive [T77]. */
const whole = (def: CommandDef): CommandDef => ({ ...def, heavy: true, full: true, timeout_s: 180 });

/** Cisco IOS and IOS-XE over an interactive shell: the box closes the connection after one exec. */
export const iosPack: Pack = {
  id: "cisco_ios",
  title: "Cisco IOS / IOS-XE",
  version: 1,
  detect: {
    ident: ["Cisco-"],
    prompt: ["^[\\w./:-]+[>#]$"],
    output: [
      {
        command: "show version",
        re: "^Cisco IOS[ -]XE Software|IOS-XE [Ss]oftware",
        priority: 30,
        fields: {
          os_version: "Version ([^\\s,]+)",
          hostname: "(?:^|\\n)(\\S+) uptime is",
          model: "\\n[Cc]isco (\\S+) .*memory",
        },
      },
      {
        command: "show version",
        re: "Cisco IOS Software|^IOS \\(tm\\)|Cisco Internetwork Operating System",
        priority: 20,
        fields: {
          os_version: "Version ([^\\s,]+)",
          hostname: "(?:^|\\n)(\\S+) uptime is",
          model: "\\n[Cc]isco (\\S+) .*memory",
        },
      },
    ],
  },
  session: {
    channel: "shell",
    setup: ["terminal length 0", "terminal width 511"],
    marker: "!",
    pager: [{ re: "^-+ ?More ?-+$", quit: "q", next: " " }],
    dialogs: [],
    exit: "exit",
    log_line:
      "^(?:\\d+: )?(?:[\\w.-]+: )?[*.]?(?:[A-Z][a-z]{2} +\\d+(?: \\d{4})? +\\d\\d:\\d\\d:\\d\\d(?:\\.\\d+)?(?: [A-Z]{2,5})?|\\d+[ywdh]\\d+[wdhm]|\\d+:\\d\\d:\\d\\d): %[A-Z0-9_]+-(?:[A-Z0-9_]+-)?\\d-[A-Z0-9_]+: ",
    width: 511,
    rate_per_s: 1,
  },
  errors: {
    unsupported: [
      "% ?Invalid input detected",
      "% ?Unknown command",
      "% ?Ambiguous command",
      "% ?Incomplete command",
      "% Unrecognized command",
      "% ?Invalid command",
    ],
    denied: [
      "% ?Authorization failed",
      "Command authorization failed",
      "Permission denied",
      "% ?Not authorized",
      "% This command is not authorized",
    ],
    gated: [
      "% ?BGP not active",
      "% ?LLDP is not enabled",
      "% ?CDP is not enabled",
      "OSPF(?:v3)?: .*not (?:running|enabled)",
      "% ?OSPF: No router process",
      "% ?IP routing (?:table|not enabled)",
      "not (?:running|enabled|active)\\b",
      "% ?VRF .* (?:does not exist|not found)",
    ],
    limit: ["% ?No more .*(?:lines|connections)", "session limit", "too many (?:sessions|connections)", "no free vty"],
  },
  hints: [
    { re: "LLDP is not enabled", text: "LLDP is off on this device: `lldp run` turns it on." },
    { re: "CDP is not enabled", text: "CDP is off on this device: `cdp run` turns it on." },
    { re: "BGP not active", text: "No BGP process is configured." },
    {
      re: "[Aa]uthorization failed|not authorized",
      text: "This user may not run the command: allow it on the AAA server or use another user.",
    },
    { re: "Invalid input|Unknown command", text: "This device or this privilege level does not know the command." },
  ],
  mac_form: "dotted",
  // Octets beyond 2^32 are in real output of every train; what old boxes count in 32 bits has a gap where it wraps.
  counter_bits: 64,
  interfaces: {
    prefixes: iosPrefixes.map((entry) => [...entry]),
    hide: ["^(?:EOBC|LIIN|VoIP-Null|Control Plane Interface)\\d*"],
  },
  commands: {
    version: { ...text("A", "ios.version", "show version") },
    inventory: text("A", "ios.inventory", "show inventory"),
    cpu: text("D", "ios.cpu", "show processes cpu | include CPU utilization"),
    resources: text("D", "ios.platform-resources", "show platform resources"),
    memory: text("D", "ios.memory", "show memory statistics"),
    description: text("D", "ios.interfaces-description", "show interfaces description"),
    status: text("D", "ios.interfaces-status", "show interfaces status"),
    brief: text("D", "ios.ip-interface-brief", "show ip interface brief"),
    interfaces: text("C", "ios.interfaces", "show interfaces"),
    interface: { ...text("E", "ios.interfaces", "show interfaces {IF}"), params: { IF: "interface" } },
    lldp: text("B", "ios.lldp-detail", "show lldp neighbors detail"),
    cdp: text("B", "ios.cdp-detail", "show cdp neighbors detail"),
    routes: text("C", "ios.route-summary", "show ip route summary"),
    routes4_vrf: {
      ...text("C", "ios.route-summary", "show ip route vrf {VRF} summary"),
      params: { VRF: "vrf" },
    },
    vrfs: { ...text("A", "ios.vrfs", "show vrf"), empty: "none" },
    bgp: text("D", "ios.bgp-summary", "show bgp all summary", "show ip bgp summary"),
    ospf: text("D", "ios.ospf-neighbor", "show ip ospf neighbor"),
    arp: text("C", "ios.arp-summary", "show ip arp summary"),
    mac: text("C", "ios.mac-count", "show mac address-table count"),
    env: text("C", "ios.environment", "show environment all", "show env all", "show environment temperature"),
    optics: text("C", "ios.transceiver", "show interfaces transceiver"),
    log: {
      tier: "D",
      log: true,
      since: "log_since",
      variants: [
        { text: "show logging last 50", form: "text", parser: "ios.logging", evidence: "U" },
        { text: "show logging", form: "text", parser: "ios.logging", evidence: "F" },
      ],
    },
    // From the last entry's time of day on; entries that are known already are told by their text [T78].
    log_since: {
      ...untried(asked({ TIME: "time" }, "ios.logging", "show logging | begin {TIME}")),
      log: true,
    },
    users: text("C", "ios.users", "show users"),
    lines: untried(text("C", "ios.lines", "show line")),
    lag: text("B", "ios.etherchannel", "show etherchannel summary"),
    poe: untried(asked({ IF: "interface" }, "ios.poe", "show power inline {IF}")),
    optics_port: untried(
      asked(
        { IF: "interface" },
        "ios.transceiver-detail",
        "show interfaces {IF} transceiver detail",
        "show interfaces transceiver detail",
      ),
    ),
    lookup4: asked({ IP: "ip" }, "ios.route-lookup", "show ip route {IP}"),
    lookup4_vrf: asked({ VRF: "vrf", IP: "ip" }, "ios.route-lookup", "show ip route vrf {VRF} {IP}"),
    lookup6: untried(asked({ IP: "ip" }, "ios.route-lookup", "show ipv6 route {IP}")),
    cef4: asked({ IP: "ip" }, "ios.cef", "show ip cef {IP}"),
    cef4_vrf: asked({ VRF: "vrf", IP: "ip" }, "ios.cef", "show ip cef vrf {VRF} {IP}"),
    routes4_all: whole(text("L", "ios.routes", "show ip route")),
    routes4_all_vrf: whole(asked({ VRF: "vrf" }, "ios.routes", "show ip route vrf {VRF}")),
    arp_find: { ...asked({ IP: "ip" }, "ios.arp", "show ip arp {IP}"), empty: "none" },
    arp_find_vrf: { ...asked({ VRF: "vrf", IP: "ip" }, "ios.arp", "show ip arp vrf {VRF} {IP}"), empty: "none" },
    arp_all: whole(text("L", "ios.arp", "show ip arp")),
    mac_find: asked({ MAC: "mac" }, "ios.mac-table", "show mac address-table address {MAC}"),
    mac_port: asked({ IF: "interface" }, "ios.mac-table", "show mac address-table interface {IF}"),
    mac_all: whole(text("L", "ios.mac-table", "show mac address-table")),
  },
  panels: {
    device_info: { commands: ["version", "inventory"] },
    cpu: { commands: ["cpu", "resources"] },
    memory: { commands: ["memory", "resources"] },
    ifstate: { commands: ["status", "description", "brief"], also: ["interfaces", "interface"] },
    ifcounters: { commands: ["interfaces"] },
    traffic: { commands: ["interface"] },
    neighbors: { commands: ["lldp", "cdp"] },
    routing_table: { commands: ["routes", "routes4_vrf", "vrfs"] },
    bgp: { commands: ["bgp"] },
    ospf: { commands: ["ospf"] },
    arp: { commands: ["arp"] },
    mac: { commands: ["mac"] },
    users: { commands: ["users", "lines"] },
    log: { commands: ["log"], also: ["log_since"] },
    env: { commands: ["env"] },
    optics: { commands: ["optics"], also: ["optics_port"] },
    lag: { commands: ["lag"] },
    poe: { commands: ["poe"] },
    route_lookup: { commands: ["lookup4", "lookup4_vrf", "lookup6", "cef4", "cef4_vrf"] },
    routes: { commands: ["routes4_all", "routes4_all_vrf"] },
    arp_table: { commands: ["arp_find", "arp_find_vrf", "arp_all"] },
    mac_table: { commands: ["mac_find", "mac_port", "mac_all"] },
  },
  all_in_one: { command: "interfaces", rest: ["description", "status", "brief"] },
  unsupported: {},
};
