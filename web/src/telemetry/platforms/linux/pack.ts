import type { CommandDef, Pack, Tier } from "../../packs/pack.ts";

const command = (
  tier: Tier,
  form: "json" | "kv" | "text",
  parser: string,
  text: string,
  evidence: "V" | "U" = "V",
): CommandDef => ({
  tier,
  variants: [{ text, form, parser, evidence }],
});

/** A login without root has no /sbin in its PATH; the C locale keeps words and numbers as the parsers know them. */
export const LINUX_ENV = "env LC_ALL=C PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/** A command that a person asks for, with values that the builder checks [T63]. */
const asked = (def: CommandDef, params: NonNullable<CommandDef["params"]>): CommandDef => ({ ...def, params });

/** A whole table: its rows are read while they arrive [T77]. */
const whole = (def: CommandDef): CommandDef => ({ ...def, heavy: true, full: true, timeout_s: 180 });

/** All that the log panel shows; without the list journalctl prints some thirty fields an entry. */
const FIELDS = "--output-fields=PRIORITY,SYSLOG_FACILITY,SYSLOG_IDENTIFIER,_PID,MESSAGE";

const journal = (tier: Tier, what: string): CommandDef => ({
  tier,
  log: true,
  needs: ["journalctl"],
  variants: [
    { text: `journalctl ${what} -o json ${FIELDS} --no-pager`, form: "json", parser: "linux.journal", evidence: "U" },
    // systemd before 236 has no list of fields.
    { text: `journalctl ${what} -o json --no-pager`, form: "json", parser: "linux.journal", evidence: "U" },
  ],
});

/** The table of a router can be huge: below this many prefixes it is counted by reading it. */
const ROUTE_GUARD = { command: "fib", below: 5_000 };

/** Linux over exec. */
export const linuxPack: Pack = {
  id: "linux",
  title: "Linux",
  version: 1,
  detect: {
    ident: ["OpenSSH_", "dropbear"],
    prompt: ["\\$ ?$", "^\\[?[\\w.-]+@[\\w.-]+[: ].*[#$] ?$"],
    output: [
      { command: "posix", re: "^Linux \\S+ \\S+$", priority: 10, fields: { os_version: 'VERSION_ID="?([^"\\n]+)' } },
    ],
  },
  session: {
    channel: "exec",
    setup: [],
    marker: "#",
    pager: [],
    dialogs: [],
    wrap: `${LINUX_ENV} sh -c '{command}'`,
    exit: "exit",
    width: 511,
    rate_per_s: 4,
  },
  errors: {
    unsupported: [
      "(?:sh|bash|dash|ash): .*not found",
      "[Cc]ommand not found",
      "No such file or directory",
      'Object ".*" is unknown',
      "Unknown command",
      "[Uu]nrecognized option",
      "invalid option",
      'Option ".*" is unknown',
      "No sensors found",
      "No journal files were found",
      "unable to connect to socket",
    ],
    denied: ["insufficient permissions", "[Pp]ermission denied", "Operation not permitted", "must be root"],
    gated: ["RTNETLINK answers: Network is unreachable", "is not running", "unable to connect to lldpd"],
    limit: ["Resource temporarily unavailable", "Cannot fork", "[Tt]oo many (?:sessions|logins)"],
  },
  hints: [
    {
      re: "lldp.*[Pp]ermission denied|[Pp]ermission denied.*lldp|unable to connect to socket .*lldp",
      text: "Add this user to the group that may talk to lldpd (adm or _lldpd) to read LLDP.",
    },
    { re: "lldpcli.*not found", text: "lldpd is not installed: there are no LLDP neighbours to read." },
    { re: "RTNETLINK answers: Network is unreachable", text: "This machine has no route to that address." },
    { re: "No journal files were found", text: "This machine keeps no journal." },
    {
      re: "No journal files were opened due to insufficient permissions",
      text: "Add this user to the group systemd-journal or adm to read the journal.",
    },
    { re: "No sensors found", text: "The kernel of this machine shows no sensors." },
    { re: "[Pp]ermission denied|Operation not permitted|must be root", text: "This user may not read it." },
    { re: "not found", text: "The program is not installed on this machine." },
  ],
  // Devices that the kernel makes by itself with a tunnel module, and the multicast daemon's own.
  counter_bits: 64,
  interfaces: {
    prefixes: [],
    hide: ["^(?:tunl|gre|gretap|erspan|sit|ip6tnl|ip6gre|ip_vti|ip6_vti)0$", "^pimreg\\d*$"],
  },
  commands: {
    identity: command("A", "kv", "linux.identity", "uname -srm; hostname; cat /etc/os-release /proc/uptime"),
    dmi: command("A", "kv", "linux.dmi", "cat /sys/class/dmi/id/sys_vendor /sys/class/dmi/id/product_name", "U"),
    cpu: command("D", "kv", "linux.cpu", "cat /proc/stat /proc/loadavg"),
    memory: command("D", "kv", "linux.memory", "cat /proc/meminfo"),
    links: command("D", "json", "linux.links", "ip -j -d link"),
    addresses: command("D", "json", "linux.addresses", "ip -j addr"),
    speeds: command("D", "kv", "linux.speeds", "grep -sH . /sys/class/net/*/speed /sys/class/net/*/duplex"),
    counters: command("C", "json", "linux.counters", "ip -j -s -s link"),
    counter: {
      ...command("E", "json", "linux.counters", "ip -j -s -s link show dev {IF}"),
      params: { IF: "interface" },
    },
    tools: command(
      "A",
      "text",
      "linux.tools",
      "command -v lldpcli; command -v bridge; command -v sensors; command -v ethtool; command -v journalctl",
    ),
    lldp: {
      ...command("B", "json", "linux.lldp", "lldpcli -f json0 show neighbors details"),
      needs: ["lldpcli"],
    },
    fib: command("C", "text", "linux.fib-guard", "cat /proc/net/fib_triestat"),
    routes4: { ...command("C", "json", "linux.routes-ipv4", "ip -j route"), guard: ROUTE_GUARD },
    routes6: { ...command("C", "json", "linux.routes-ipv6", "ip -6 -j route"), guard: ROUTE_GUARD },
    neigh: command("C", "json", "linux.neigh", "ip -j neigh"),
    fdb: { ...command("C", "json", "linux.fdb", "bridge -j fdb"), needs: ["bridge"] },
    users: { ...command("C", "text", "linux.users", "who"), empty: "none" },
    env: { ...command("C", "json", "linux.sensors", "sensors -j"), needs: ["sensors"] },
    optics: {
      ...asked(command("L", "text", "linux.optics", "ethtool -m {IF}", "U"), { IF: "interface" }),
      needs: ["ethtool"],
    },
    log: { ...journal("D", "-n 50"), since: "log_since" },
    // What came since a second that the panel has an entry of; that entry's cursor tells it from new ones [T78].
    log_since: { ...journal("L", "-n 500 --since=@{TIME}"), params: { TIME: "time" } },
    route_get: asked(command("L", "json", "linux.route-get", "ip -j route get {IP}"), { IP: "ip" }),
    route_match: asked(command("L", "json", "linux.route-match", "ip -j route get fibmatch {IP}"), { IP: "ip" }),
    routes4_all: whole(command("L", "json", "linux.route-table-ipv4", "ip -j route show")),
    routes6_all: whole(command("L", "json", "linux.route-table-ipv6", "ip -6 -j route show")),
    arp_find: asked(command("L", "json", "linux.arp-table", "ip -j neigh show to {IP}"), { IP: "ip" }),
    arp_all: whole(command("L", "json", "linux.arp-table", "ip -j neigh show")),
    mac_find: asked(command("L", "json", "linux.mac-table", "bridge -j fdb show dynamic"), { MAC: "mac" }),
    mac_port: asked(command("L", "json", "linux.mac-table", "bridge -j fdb show brport {IF}"), { IF: "interface" }),
    mac_all: whole(command("L", "json", "linux.mac-table", "bridge -j fdb show")),
  },
  panels: {
    device_info: { commands: ["identity", "dmi"] },
    cpu: { commands: ["cpu"] },
    memory: { commands: ["memory"] },
    ifstate: { commands: ["links", "addresses", "speeds"], also: ["counters", "counter"] },
    ifcounters: { commands: ["counters"] },
    traffic: { commands: ["counter"] },
    neighbors: { commands: ["lldp"] },
    routing_table: { commands: ["fib", "routes4", "routes6"] },
    arp: { commands: ["neigh"] },
    mac: { commands: ["fdb"] },
    users: { commands: ["users"] },
    env: { commands: ["env"] },
    // Asked for the port that a person looks at, never for all.
    optics: { commands: [], also: ["optics"] },
    log: { commands: ["log"], also: ["log_since"] },
    lag: { commands: ["links"] },
    route_lookup: { commands: ["route_get", "route_match"] },
    routes: { commands: ["routes4_all", "routes6_all"] },
    arp_table: { commands: ["arp_find", "arp_all"] },
    mac_table: { commands: ["mac_find", "mac_port", "mac_all"] },
  },
  capabilities: {
    command: "tools",
    gives: {
      lldpcli: "/lldpcli$",
      bridge: "/bridge$",
      sensors: "/sensors$",
      ethtool: "/ethtool$",
      journalctl: "/journalctl$",
    },
    missing: {
      lldpcli: "lldpd is not installed on this machine: there are no LLDP neighbours to read.",
      bridge: "The program bridge (iproute2) is not installed on this machine: its MAC table cannot be read.",
      sensors: "lm-sensors is not installed on this machine: there is nothing to read temperatures with.",
      ethtool: "ethtool is not installed on this machine: optics cannot be read.",
      journalctl: "This machine has no systemd journal to read.",
    },
  },
  all_in_one: { command: "counters", rest: [] },
  unsupported: {
    bgp: "No routing daemon that this app knows was found on this machine.",
    ospf: "No routing daemon that this app knows was found on this machine.",
    optics: "Linux tells of one module at a time: it is read for the card of its port.",
    poe: "Linux has no common way to read power over Ethernet.",
  },
};
