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
      "unable to connect to socket",
    ],
    denied: ["[Pp]ermission denied", "Operation not permitted", "must be root"],
    gated: ["is not running", "unable to connect to lldpd"],
    limit: ["Resource temporarily unavailable", "Cannot fork", "[Tt]oo many (?:sessions|logins)"],
  },
  hints: [
    {
      re: "lldp.*[Pp]ermission denied|[Pp]ermission denied.*lldp|unable to connect to socket .*lldp",
      text: "Add this user to the group that may talk to lldpd (adm or _lldpd) to read LLDP.",
    },
    { re: "lldpcli.*not found", text: "lldpd is not installed: there are no LLDP neighbours to read." },
    { re: "No sensors found", text: "The kernel of this machine shows no sensors." },
    { re: "[Pp]ermission denied|Operation not permitted|must be root", text: "This user may not read it." },
    { re: "not found", text: "The program is not installed on this machine." },
  ],
  interfaces: { prefixes: [], hide: [] },
  commands: {
    identity: command("A", "kv", "linux.identity", "uname -srm; hostname; cat /etc/os-release /proc/uptime"),
    dmi: command("A", "kv", "linux.dmi", "cat /sys/class/dmi/id/sys_vendor /sys/class/dmi/id/product_name", "U"),
    cpu: command("D", "kv", "linux.cpu", "cat /proc/stat /proc/loadavg"),
    memory: command("D", "kv", "linux.memory", "cat /proc/meminfo"),
    links: command("D", "json", "linux.links", "ip -j -d link"),
    addresses: command("D", "json", "linux.addresses", "ip -j addr"),
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
  },
  panels: {
    device_info: { commands: ["identity", "dmi"] },
    cpu: { commands: ["cpu"] },
    memory: { commands: ["memory"] },
    ifstate: { commands: ["links", "addresses"], also: ["counters"] },
    ifcounters: { commands: ["counters"] },
    traffic: { commands: ["counter"] },
    neighbors: { commands: ["lldp"] },
    routing_table: { commands: ["fib", "routes4", "routes6"] },
    arp: { commands: ["neigh"] },
    mac: { commands: ["fdb"] },
    users: { commands: ["users"] },
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
    log: "Reading the journal is not built yet.",
    env: "Reading lm-sensors is not built yet.",
    optics: "Reading optics needs root on Linux.",
    lag: "Not read yet.",
    poe: "Not read yet.",
    route_lookup: "Not read yet.",
    routes: "Not read yet.",
    arp_table: "Not read yet.",
    mac_table: "Not read yet.",
  },
};
