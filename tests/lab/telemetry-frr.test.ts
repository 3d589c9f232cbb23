import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { commands } from "#bridge/commands.ts";
import { HostRig, type RigDevice } from "#support/host-rig.ts";
import { labClear, labExec, labFault, labVtysh, requireLab } from "#support/lab.ts";
import { LabWitness } from "#support/lab-witness.ts";
import type { PanelId } from "#telemetry/knowledge/panel-data.ts";
import { allowList, DETECTION } from "#telemetry/packs/build-command.ts";
import { packs } from "#telemetry/platforms/packs.ts";

const lab = await requireLab();

const FILLED = ["device_info", "ifstate", "routing_table", "bgp", "ospf"] as const;
/** What vtysh has no command for. */
const NOT_IN_VTYSH = [
  "cpu",
  "memory",
  "ifcounters",
  "neighbors",
  "arp",
  "mac",
  "users",
  "log",
  "env",
  "optics",
] as const;
const PANELS: readonly PanelId[] = [...FILLED, ...NOT_IN_VTYSH];

describe.skipIf(!lab.up)("r1 as netops, whose login is vtysh", () => {
  let rig: HostRig;
  let witness: LabWitness;
  let r1: RigDevice;
  /** All that the tests themselves type into the terminal. */
  const typed: string[] = [];
  let configuration: string;

  const say = (text: string, answer: RegExp): Promise<string> => {
    typed.push(text);
    return r1.say(text, answer);
  };

  beforeAll(async () => {
    await labClear();
    configuration = await labVtysh("r1", "show running-config");
    witness = await LabWitness.install("r1", "netops");
    rig = await HostRig.start({ config: { allow: [{ cidr: "198.19.0.0/24", ports: [22] }] } });
    const { nodes, users } = lab.inventory();
    const { host, port } = nodes.r1;
    r1 = await rig.open({ host, port, user: "netops" }, users.netops.password);
  });
  afterAll(async () => {
    await rig?.stop();
    await witness?.remove();
    await labClear();
  });

  test("[S44] the key that is asked about on first use is the router's own, and the password of the form logs in", async () => {
    const { stdout } = await labExec("r1", "ssh-keygen", "-lf", "/lab/ssh/host-ed25519.pub");
    expect(stdout).toContain(await r1.login());
    expect(r1.view?.ssh1).toMatchObject({ phase: "live", auth_method: "password" });
  });

  test("the terminal works: ?, Tab, configuration mode and Ctrl-C", async () => {
    await r1.shows(/r1# $/);
    expect(await say("show ip o?", /r1# show ip o$/)).toMatch(/\bospf\b[\s\S]*OSPF/);
    // one letter more makes it the only word, which Tab completes
    expect(await say("s\t", /^spf $/)).toBe("spf ");
    await say("\x15", /r1# (?:\x1b\[K)?$/);
    expect(await say("show vers\t\r", /show version[\s\S]*r1# $/)).toMatch(/FRRouting \S+ \(r1\)/);
    expect(await say("configure terminal\r", /r1\(config\)# $/)).toContain("configure terminal");
    expect(await say("end\r", /r1# $/)).toContain("end");
    await say("ping 198.19.1.2\r", /icmp_seq=\d+[\s\S]*icmp_seq=\d+/);
    expect(await say("\x03", /r1# $/)).toMatch(/packets transmitted/);
    expect(r1.view?.ssh1.gaps).toEqual([]);
  });

  test("[T62] the platform is found with at most three questions, and said with its evidence", async () => {
    await r1.monitor({ panels: [...PANELS, "collector", "audit"] });
    const { ssh2 } = await r1.until(({ ssh2 }) => ssh2.platform !== undefined, "a platform");
    expect(ssh2.platform).toMatchObject({ id: "frr", chosen: false, evidence: expect.stringContaining("FRRouting") });
    const questions: string[] = Object.values(DETECTION);
    // asked in the shell that the connection opens with; what comes over exec is the pack's
    const asked = (await r1.audit()).filter(({ purpose, text }) => purpose === "command" && questions.includes(text));
    expect(asked.length).toBeGreaterThan(0);
    expect(asked.length).toBeLessThanOrEqual(3);
  });

  test("[T76] every panel fills, or says why it cannot", async () => {
    for (const id of FILLED) {
      const { data, sources } = await r1.panel(id, ({ status }) => status === "ok", "ok");
      expect(data).toBeDefined();
      expect(sources[0]).toMatchObject({ complete: true, unparsed_lines: 0 });
    }
    for (const id of NOT_IN_VTYSH) {
      const { hint, data } = await r1.panel(id, ({ status }) => status === "unsupported", "unsupported");
      expect(hint, id).toMatch(/vtysh/);
      expect(data, id).toBeUndefined();
    }
  });

  describe("values equal what vtysh says at the same time", () => {
    const json = async (command: string): Promise<Record<string, unknown>> =>
      JSON.parse(await labVtysh("r1", command)) as Record<string, unknown>;

    test("interfaces", async () => {
      const { data } = await r1.refreshed("ifstate");
      type Shown = {
        administrativeStatus: string;
        operationalStatus: string;
        mtu: number;
        hardwareAddress?: string;
        description?: string;
        linkDowns: number;
        ipAddresses: { address: string }[];
      };
      const shown = (await json("show interface json")) as Record<string, Shown>;
      const expected = Object.entries(shown).map(([name, one]) => ({
        name,
        admin: one.administrativeStatus,
        oper: one.operationalStatus,
        mtu: one.mtu,
        mac: one.hardwareAddress,
        desc: one.description,
        flaps: String(one.linkDowns),
        addresses: one.ipAddresses.map(({ address }) => address).toSorted(),
      }));
      const got = data?.rows?.map(({ name, admin, oper, mtu, mac, desc, flaps, ipv4 = [], ipv6 = [] }) => {
        return { name, admin, oper, mtu, mac, desc, flaps, addresses: [...ipv4, ...ipv6].toSorted() };
      });
      expect(got).toEqual(expect.arrayContaining(expected));
      expect(got).toHaveLength(expected.length);
      expect(expected.length).toBeGreaterThanOrEqual(5);
    });

    test("BGP", async () => {
      const { data } = await r1.refreshed("bgp");
      type Peer = {
        remoteAs: number;
        state: string;
        pfxRcd: number;
        pfxSnt: number;
        desc: string;
        connectionsDropped: number;
      };
      type Family = { routerId: string; as: number; peers: Record<string, Peer> };
      const shown = (await json("show bgp vrf all summary json")) as Record<string, Record<string, Family>>;
      const expected = Object.entries(shown).flatMap(([vrf, families]) =>
        Object.values(families).flatMap(({ peers, routerId, as }) =>
          Object.entries(peers).map(([peer, one]) => ({
            vrf,
            peer,
            desc: one.desc,
            remote_as: String(one.remoteAs),
            local_as: String(as),
            router_id: routerId,
            state: one.state.toLowerCase(),
            pfx_rx: one.pfxRcd,
            pfx_tx: one.pfxSnt,
          })),
        ),
      );
      expect(expected).toHaveLength(4);
      expect(data).toMatchObject({ row_count: 4, totals: { up: 4, down: 0, admin_down: 0 } });
      for (const row of expected) expect(data?.rows).toContainEqual(expect.objectContaining(row));
    });

    test("OSPF for IPv4 and IPv6", async () => {
      const { data } = await r1.refreshed("ospf");
      type Shown = { default: { neighbors: Record<string, { nbrState: string; ifaceName: string }[]> } };
      type Shown6 = { neighbors: { neighborId: string; state: string; interfaceName: string }[] };
      const v4 = (await json("show ip ospf vrf all neighbor json")) as Shown;
      const v6 = (await json("show ipv6 ospf6 neighbor json")) as Shown6;
      const expected = [
        ...Object.entries(v4.default.neighbors).flatMap(([neighbor_id, list]) =>
          list.map(({ nbrState, ifaceName }) => {
            const [name, address] = ifaceName.split(":");
            return { afi: "ipv4", neighbor_id, state: nbrState.split("/")[0]?.toLowerCase(), if: name, address };
          }),
        ),
        ...v6.neighbors.map(({ neighborId, state, interfaceName }) => {
          return { afi: "ipv6", neighbor_id: neighborId, state: state.toLowerCase(), if: interfaceName };
        }),
      ];
      expect(expected).toHaveLength(4);
      expect(data?.rows).toHaveLength(4);
      for (const { address: _, ...row } of expected as { address?: string }[]) {
        expect(data?.rows).toContainEqual(expect.objectContaining(row));
      }
    });

    test("routes of both families", async () => {
      const { data } = await r1.refreshed("routing_table");
      type Summary = {
        routes: { type: string; rib: number; fib: number }[];
        routesTotal: number;
        routesTotalFib: number;
      };
      for (const [afi, command] of [
        ["ipv4", "show ip route summary json"],
        ["ipv6", "show ipv6 route summary json"],
      ] as const) {
        const shown = (await json(command)) as Summary;
        const row = data?.rows?.find((one) => one.afi === afi);
        expect(row).toMatchObject({ vrf: "default", total: shown.routesTotal, fib_total: shown.routesTotalFib });
        const protocols = shown.routes.map(({ type, rib, fib }) => ({ proto: type, rib, fib }));
        expect(row?.protocols).toEqual(protocols);
      }
      expect(data?.rows?.find(({ afi }) => afi === "ipv4")?.total).toBeGreaterThan(lab.inventory().bgp.routes);
    });

    test("the device itself", async () => {
      const { data } = await r1.refreshed("device_info");
      const version = /^FRRouting (\S+) \(r1\)/.exec(await labVtysh("r1", "show version"))?.[1];
      expect(data).toMatchObject({ hostname: "r1", os_version: version });
    });
  });

  test("a pulled cable shows within one refresh as interface, OSPF neighbour and BGP session, and so does its mending", async () => {
    await labFault("cable", "r1-r2", "pull");
    // from here on the router itself knows; telemetry then has one reading to show it
    await expect
      .poll(() => labVtysh("r1", "show bgp summary"), { timeout: 30_000 })
      .toMatch(/198\.19\.1\.2 .*(?:Idle|Active|Connect)[\s\S]*2001:db8:19:1::2 .*(?:Idle|Active|Connect)/);
    await expect
      .poll(() => labVtysh("r1", "show ip ospf neighbor", "show ipv6 ospf6 neighbor"), { timeout: 30_000 })
      .not.toContain("198.19.255.12 ");
    const asked = await r1.refresh();
    const { data: links } = await r1.since(asked, "ifstate");
    expect(links?.rows?.find(({ name }) => name === "eth1")).toMatchObject({ admin: "up", oper: "down" });
    const { data: ospf } = await r1.since(asked, "ospf");
    expect(ospf?.rows?.filter(({ afi }) => afi === "ipv4").map((row) => row.if)).toEqual(["eth2"]);
    const bgp = await r1.since(asked, "bgp");
    expect(bgp.data?.totals).toMatchObject({ up: 2, down: 2 });
    const down = bgp.data?.rows?.find(({ peer }) => peer === "198.19.1.2");
    expect(down?.state).not.toBe("established");
    // a session that is down has no uptime and no prefixes [T27]
    expect(down).not.toHaveProperty("uptime_s");
    expect(down).not.toHaveProperty("pfx_rx");
    await labClear();
    const again = await r1.refresh();
    const { data: mended } = await r1.since(again, "ifstate");
    expect(mended?.rows?.find(({ name }) => name === "eth1")).toMatchObject({ oper: "up" });
    expect((await r1.since(again, "ospf")).data?.rows).toHaveLength(4);
    expect((await r1.since(again, "bgp")).data?.totals).toMatchObject({ up: 4 });
  });

  test("[T47] a killed daemon is gated with a hint, the others go on, and clear brings it back", async () => {
    await labFault("daemon", "r1", "bgpd", "kill");
    await r1.monitor({ refresh: "all" });
    const { hint } = await r1.panel("bgp", ({ status }) => status === "gated", "gated");
    expect(hint).toMatch(/not running/);
    expect(await r1.refreshed("ospf")).toMatchObject({ status: "ok" });
    await labClear();
    expect(await r1.refreshed("bgp")).toMatchObject({ status: "ok", data: { totals: { up: 4 } } });
  });

  test("[T44] a stopped daemon hangs vtysh: panels say timeout, the terminal is untouched, and all comes back", async () => {
    await labFault("daemon", "r1", "bgpd", "stop");
    await r1.monitor({ refresh: "all" });
    const { data, hint } = await r1.panel("bgp", ({ reason }) => reason === "timeout", "a timeout");
    // the last good reading stays, and is marked
    expect(data?.rows).toHaveLength(4);
    expect(hint).toBeDefined();
    expect(await say("list permutations | include qqq\x15", /qqq/)).not.toContain("closed");
    expect(r1.view?.ssh1).toMatchObject({ phase: "live", unacked_bytes: 0 });
    await labFault("daemon", "r1", "bgpd", "cont");
    expect(await r1.refreshed("bgp")).toMatchObject({ status: "ok" });
    for (const id of FILLED) await r1.panel(id, ({ status }) => status === "ok", "ok again");
    await labClear();
  });

  test("[T1] [T62] the router saw nothing of telemetry but its allow-list", async () => {
    const allowed = new Set<string>([...allowList(packs.frr), ...Object.values(DETECTION)]);
    const arrived = await witness.execs("netops");
    expect(arrived.filter((text) => !allowed.has(text))).toEqual([]);
    expect(arrived.length).toBeGreaterThan(20);
    // the collector's own record says the same, neither less nor more
    const audit = (await r1.audit()).toReversed();
    expect(audit.filter(({ purpose }) => purpose === "exec").map(({ text }) => text)).toEqual(arrived);
    // two shells: the terminal with exactly what was typed there, and the one in which the platform was found
    const [terminal, telemetry, ...more] = await witness.typed("netops");
    expect(terminal).toBe(typed.join(""));
    const written = audit.filter(({ purpose }) => purpose !== "exec").map(({ text }) => text);
    expect(telemetry?.split("\n")).toEqual([...written, ""]);
    const inShell = new Set(["", ...packs.frr.session.setup, ...Object.values(DETECTION)]);
    expect(written.filter((text) => !inShell.has(text) && !/^! rs-[0-9a-f]+$/.test(text))).toEqual([]);
    expect(more).toEqual([]);
    expect(await labVtysh("r1", "show running-config")).toBe(configuration);
  });

  test("[T3] two SSH connections for the device from first to last, with one login each", async () => {
    expect(await witness.mostConnections()).toBe(2);
    expect(await witness.logins()).toEqual(["netops", "netops"]);
    await rig.page.bridge.dispatch(commands.close(r1.id, "end"));
    const open = async () => (await labExec("r1", "ss", "-tnH", "state", "established", "( sport = :22 )")).stdout;
    await expect.poll(open, { timeout: 30_000 }).toBe("");
  });
});
