import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { allowList, buildCommand, DETECTION, type SeenNames } from "#telemetry/packs/build-command.ts";
import { packErrors } from "#telemetry/packs/validate-pack.ts";
import { linuxWithFrr, packs } from "#telemetry/platforms/packs.ts";
import { parsers } from "#telemetry/platforms/parsers.ts";

const LINUX = "env LC_ALL=C PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
const JOURNAL_FIELDS = "--output-fields=PRIORITY,SYSLOG_FACILITY,SYSLOG_IDENTIFIER,_PID,MESSAGE";
const names = new Set(parsers.keys());
const seen: SeenNames = { interface: new Set(["GigabitEthernet1/0/1", "eth0"]), vrf: new Set(), peer: new Set() };

describe("[T62] packs are valid plain data", () => {
  test.each(Object.values({ ...packs, linuxWithFrr }).map((pack) => [pack.title, pack] as const))(
    "%s",
    (_title, pack) => {
      expect(packErrors(pack, names)).toEqual([]);
      expect(JSON.parse(JSON.stringify(pack))).toEqual(pack);
    },
  );

  test("a pack with a forbidden word, a shell character, an unknown parser or a forgotten panel is refused", () => {
    const bad = structuredClone(packs.cisco_ios);
    bad.commands.evil = {
      tier: "L",
      variants: [{ text: "clear counters", form: "text", parser: "nope", evidence: "U" }],
    };
    bad.commands.shell = {
      tier: "L",
      variants: [{ text: "show x > flash:y", form: "text", parser: "raw", evidence: "U" }],
    };
    delete bad.panels.env;
    expect(packErrors(bad, names)).toEqual([
      'evil: forbidden word in "clear counters"',
      "evil: unknown parser nope",
      'shell: forbidden character in "show x > flash:y"',
      "env: neither a command nor a reason",
    ]);
  });
});

describe("[T62] the read-only allow-list, every text that can be sent", () => {
  test("detection", () => {
    expect(Object.values(DETECTION)).toEqual([
      "uname -srm; cat /etc/os-release; command -v vtysh",
      "show version",
      "get system status",
      "show system",
      "vtysh -c 'show version'",
    ]);
  });

  test("cisco_ios", () => {
    expect(allowList(packs.cisco_ios)).toEqual([
      "show version",
      "show inventory",
      "show processes cpu | include CPU utilization",
      "show platform resources",
      "show memory statistics",
      "show interfaces description",
      "show interfaces status",
      "show ip interface brief",
      "show interfaces",
      "show interfaces {IF}",
      "show lldp neighbors detail",
      "show cdp neighbors detail",
      "show ip route summary",
      "show ip route vrf {VRF} summary",
      "show vrf",
      "show bgp all summary",
      "show ip bgp summary",
      "show ip ospf neighbor",
      "show ip arp summary",
      "show mac address-table count",
      "show environment all",
      "show env all",
      "show environment temperature",
      "show interfaces transceiver",
      "show logging last 50",
      "show logging",
      "show logging | begin {TIME}",
      "show users",
      "show line",
      "show etherchannel summary",
      "show power inline {IF}",
      "show interfaces {IF} transceiver detail",
      "show interfaces transceiver detail",
      "show ip route {IP}",
      "show ip route vrf {VRF} {IP}",
      "show ipv6 route {IP}",
      "show ip cef {IP}",
      "show ip cef vrf {VRF} {IP}",
      "show ip route",
      "show ip route vrf {VRF}",
      "show ip arp {IP}",
      "show ip arp vrf {VRF} {IP}",
      "show ip arp",
      "show mac address-table address {MAC}",
      "show mac address-table interface {IF}",
      "show mac address-table",
    ]);
    expect(packs.cisco_ios.session.setup).toEqual(["terminal length 0", "terminal width 511"]);
  });

  test("frr", () => {
    expect(allowList(packs.frr)).toEqual([
      "show version",
      "show interface json",
      "show interface {IF} json",
      "show ip route vrf all summary json",
      "show ip route summary json",
      "show ipv6 route vrf all summary json",
      "show ipv6 route summary json",
      "show ip route vrf {VRF} summary json",
      "show ipv6 route vrf {VRF} summary json",
      "show vrf",
      "show ip route vrf {VRF} {IP} json",
      "show ipv6 route vrf {VRF} {IP} json",
      "show ip route vrf {VRF}",
      "show ipv6 route vrf {VRF}",
      "show bgp vrf all summary json",
      "show ip ospf vrf all neighbor json",
      "show ipv6 ospf6 neighbor json",
    ]);
    expect(packs.frr.session.setup).toEqual(["terminal length 0"]);
  });

  test("linux", () => {
    expect(allowList(packs.linux)).toEqual(
      [
        "uname -srm; hostname; cat /etc/os-release /proc/uptime",
        "cat /sys/class/dmi/id/sys_vendor /sys/class/dmi/id/product_name",
        "cat /proc/stat /proc/loadavg",
        "cat /proc/meminfo",
        "ip -j -d link",
        "ip -j addr",
        "grep -sH . /sys/class/net/*/speed /sys/class/net/*/duplex",
        "ip -j -s -s link",
        "ip -j -s -s link show dev {IF}",
        "command -v lldpcli; command -v bridge; command -v sensors; command -v ethtool; command -v journalctl",
        "lldpcli -f json0 show neighbors details",
        "cat /proc/net/fib_triestat",
        "ip -j route",
        "ip -6 -j route",
        "ip -j neigh",
        "bridge -j fdb",
        "who",
        "sensors -j",
        "ethtool -m {IF}",
        `journalctl -n 50 -o json ${JOURNAL_FIELDS} --no-pager`,
        "journalctl -n 50 -o json --no-pager",
        `journalctl -n 500 --since=@{TIME} -o json ${JOURNAL_FIELDS} --no-pager`,
        "journalctl -n 500 --since=@{TIME} -o json --no-pager",
        "ip -j route get {IP}",
        "ip -j route get fibmatch {IP}",
        "ip -j route show",
        "ip -6 -j route show",
        "ip -j neigh show to {IP}",
        "ip -j neigh show",
        "bridge -j fdb show dynamic",
        "bridge -j fdb show brport {IF}",
        "bridge -j fdb show",
      ].map((text) => `${LINUX} sh -c '${text}'`),
    );
    expect(packs.linux.session.setup).toEqual([]);
  });

  test("[T44] linux with vtysh asks each daemon by itself", () => {
    const added = allowList(linuxWithFrr).filter((text) => !allowList(packs.linux).includes(text));
    expect(added).toEqual([
      `${LINUX} vtysh -d zebra -c 'show version'`,
      `${LINUX} vtysh -d zebra -c 'show interface json'`,
      `${LINUX} vtysh -d zebra -c 'show interface {IF} json'`,
      `${LINUX} vtysh -d zebra -c 'show ip route vrf all summary json'`,
      `${LINUX} vtysh -d zebra -c 'show ip route summary json'`,
      `${LINUX} vtysh -d zebra -c 'show ipv6 route vrf all summary json'`,
      `${LINUX} vtysh -d zebra -c 'show ipv6 route summary json'`,
      `${LINUX} vtysh -d zebra -c 'show ip route vrf {VRF} summary json'`,
      `${LINUX} vtysh -d zebra -c 'show ipv6 route vrf {VRF} summary json'`,
      `${LINUX} vtysh -d zebra -c 'show vrf'`,
      `${LINUX} vtysh -d zebra -c 'show ip route vrf {VRF} {IP} json'`,
      `${LINUX} vtysh -d zebra -c 'show ipv6 route vrf {VRF} {IP} json'`,
      `${LINUX} vtysh -d zebra -c 'show ip route vrf {VRF}'`,
      `${LINUX} vtysh -d zebra -c 'show ipv6 route vrf {VRF}'`,
      `${LINUX} vtysh -d bgpd -c 'show bgp vrf all summary json'`,
      `${LINUX} vtysh -d ospfd -c 'show ip ospf vrf all neighbor json'`,
      `${LINUX} vtysh -d ospf6d -c 'show ipv6 ospf6 neighbor json'`,
    ]);
  });

  test("an unknown platform is asked three safe things", () => {
    expect(allowList(packs.unknown)).toEqual(["show version", "show interfaces", "show lldp neighbors"]);
  });
});

describe("[T63] parameters", () => {
  const build = (value: string): ReturnType<typeof buildCommand> =>
    buildCommand(packs.cisco_ios, "interface", 0, new Map([["IF", value]]), seen);

  test("an interface that a reading has shown", () => {
    expect(build("GigabitEthernet1/0/1")).toEqual({
      ok: true,
      command: { text: "show interfaces GigabitEthernet1/0/1" },
    });
  });

  test("an interface that no reading has shown is refused", () => {
    expect(build("GigabitEthernet9/9/9")).toEqual({
      ok: false,
      code: "unseen",
      param: "IF",
      why: "IF: not known on this device",
    });
  });

  test("no value escapes its characters, whatever the device called its ports", () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string({ unit: "binary" }),
          fc.constantFrom("-x", "a;reload", "a\nreload", "$(x)", "a|b", "a'b", "..", "a b"),
        ),
        (value) => {
          const lying: SeenNames = { ...seen, interface: new Set([value]) };
          const built = buildCommand(packs.linux, "counter", 0, new Map([["IF", value]]), lying);
          if (built.ok) expect(built.command.text).toMatch(/ show dev [A-Za-z0-9._:/][A-Za-z0-9._:/-]{0,63}'$/);
        },
      ),
    );
  });
});
