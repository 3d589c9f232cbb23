import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { HostRig, type RigDevice } from "#support/host-rig.ts";
import { labClear, labExec, labFault, labVtysh, type NodeName, requireLab } from "#support/lab.ts";
import { LabWitness } from "#support/lab-witness.ts";
import type { IfCountersRow, PanelId } from "#telemetry/knowledge/panel-data.ts";
import { allowList, DETECTION } from "#telemetry/packs/build-command.ts";
import { linuxWithFrr, packs } from "#telemetry/platforms/packs.ts";

const lab = await requireLab();
const CONFIG = { allow: [{ cidr: "198.19.0.0/24", ports: [22] }] };

const PANELS = [
  "device_info",
  "cpu",
  "memory",
  "ifstate",
  "ifcounters",
  "neighbors",
  "users",
  "routing_table",
  "arp",
  "traffic",
] as const satisfies readonly PanelId[];

/** An independent look at a Linux node. */
const read = async (node: NodeName, ...command: string[]): Promise<string> => (await labExec(node, ...command)).stdout;

type Counters = Record<"in_octets" | "in_pkts" | "in_err" | "in_drop" | "out_octets" | "out_pkts", bigint>;

/** /proc/net/dev of a node: its own record of what `ip -s` also counts. */
async function countersOf(node: NodeName, name: string): Promise<Counters> {
  const line = (await read(node, "cat", "/proc/net/dev")).split("\n").find((one) => one.trim().startsWith(`${name}:`));
  const [rxBytes, rxPackets, rxErrors, rxDropped, , , , , txBytes, txPackets] =
    line?.split(":")[1]?.trim().split(/\s+/).map(BigInt) ?? [];
  if (rxBytes === undefined || rxPackets === undefined || txBytes === undefined || txPackets === undefined) {
    throw new Error(`no counters of ${name}`);
  }
  return {
    in_octets: rxBytes,
    in_pkts: rxPackets,
    in_err: rxErrors ?? 0n,
    in_drop: rxDropped ?? 0n,
    out_octets: txBytes,
    out_pkts: txPackets,
  };
}

/** Every command that arrived is one of the pack, with its parameters filled in, or a question of detection. */
function strangers(arrived: readonly string[], pack: Parameters<typeof allowList>[0]): string[] {
  const patterns = allowList(pack).map((text) => {
    const parts = text.split(/\{[A-Z]+\}/).map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
    return new RegExp(`^${parts.join("[A-Za-z0-9._:/-]{1,64}")}$`);
  });
  const questions: string[] = Object.values(DETECTION);
  return arrived.filter((text) => !questions.includes(text) && !patterns.some((pattern) => pattern.test(text)));
}

describe.skipIf(!lab.up)("host as linux, whose login is bash", () => {
  let rig: HostRig;
  let witness: LabWitness;
  let host: RigDevice;

  beforeAll(async () => {
    await labClear();
    witness = await LabWitness.install("host", "linux");
    rig = await HostRig.start({ config: CONFIG });
    const { nodes, users } = lab.inventory();
    host = await rig.open({ host: nodes.host.host, port: 22, user: "linux" }, users.linux.password);
    await host.login();
    await host.monitor({ panels: [...PANELS, "collector", "audit"], pinned: ["eth1"] });
  });
  afterAll(async () => {
    await rig?.stop();
    await witness?.remove();
  });

  test("[T62] is found to be Linux", async () => {
    const { ssh2 } = await host.until(({ ssh2 }) => ssh2.platform !== undefined, "a platform");
    expect(ssh2.platform).toMatchObject({ id: "linux", evidence: expect.stringContaining("Linux") });
  });

  test("[T76] every panel fills", async () => {
    for (const id of PANELS) {
      // under load the periodic polls of some panels rest [T55]
      if ((await host.panel(id, () => true, "a reading")).data === undefined) await host.monitor({ refresh: id });
      const { sources } = await host.filled(id);
      expect(sources.length, id).toBeGreaterThan(0);
    }
  });

  test("identity, memory and processor are the kernel's own", async () => {
    const [{ data: info }, { data: memory }] = [await host.refreshed("device_info"), await host.refreshed("memory")];
    const uptime = Number((await read("host", "cat", "/proc/uptime")).split(" ")[0]);
    expect(info).toMatchObject({ hostname: "host", kernel: (await read("host", "uname", "-sr")).trim() });
    expect(Math.abs((info?.uptime_s ?? 0) - uptime)).toBeLessThan(60);
    const meminfo = await read("host", "cat", "/proc/meminfo");
    const total = Number(/^MemTotal:\s+(\d+) kB/m.exec(meminfo)?.[1]) * 1024;
    expect(memory?.pools?.[0]).toMatchObject({ total_b: total });
    // a share of ticks needs two samples [T20]
    await host.monitor({ refresh: "cpu" });
    const { data: cpu } = await host.panel("cpu", ({ data }) => data?.busy_pct !== undefined, "a share");
    const cores = Number(await read("host", "grep", "-c", "^processor", "/proc/cpuinfo"));
    expect(cpu?.cores).toHaveLength(cores);
    expect(cpu?.load1).toBeGreaterThanOrEqual(0);
  });

  test("interfaces are those of ip and of /sys", async () => {
    const { data } = await host.refreshed("ifstate");
    for (const name of ["lo", "eth0", "eth1"]) {
      const sys = async (file: string) => (await read("host", "cat", `/sys/class/net/${name}/${file}`)).trim();
      const row = data?.rows?.find((one) => one.name === name);
      expect(row).toMatchObject({ mtu: Number(await sys("mtu")), admin: "up", oper: "up" });
      if (name !== "lo") expect(row?.mac).toBe(await sys("address"));
    }
    expect(data?.rows?.find(({ name }) => name === "eth1")).toMatchObject({
      ipv4: ["198.19.10.2/24"],
      ipv6: expect.arrayContaining(["2001:db8:19:10::2/64"]),
    });
    const names = (await read("host", "ls", "/sys/class/net")).trim().split(/\s+/);
    expect(data?.rows?.map(({ name }) => name).toSorted()).toEqual(names.toSorted());
  });

  test("[T13] [T15] counters lie between two looks at /proc/net/dev, and rates follow from them", async () => {
    const rowOf = (rows: readonly IfCountersRow[] | undefined) => rows?.find(({ name }) => name === "eth1");
    const before = await countersOf("host", "eth1");
    const first = rowOf((await host.refreshed("ifcounters")).data?.rows);
    // traffic in between: 200 pings of 1,000 bytes to the router at the other end
    const ping = await read("host", "ping", "-f", "-q", "-c", "200", "-s", "972", "198.19.10.1");
    expect(ping).toContain("200 received");
    const reading = await host.refreshed("ifcounters");
    const second = rowOf(reading.data?.rows);
    const after = await countersOf("host", "eth1");
    for (const field of ["in_octets", "out_octets", "in_pkts", "out_pkts", "in_err", "in_drop"] as const) {
      const [one, two] = [BigInt(first?.[field] ?? "-1"), BigInt(second?.[field] ?? "-1")];
      expect(one, field).toBeGreaterThanOrEqual(before[field]);
      expect(two, field).toBeGreaterThanOrEqual(one);
      expect(two, field).toBeLessThanOrEqual(after[field]);
    }
    const moved = BigInt(second?.out_octets ?? "0") - BigInt(first?.out_octets ?? "0");
    expect(moved).toBeGreaterThanOrEqual(200n * 1_014n);
    expect(second?.out_bps).toBeGreaterThan(0);
    expect(second?.out_pps).toBeGreaterThan(0);
    // an interface without a known speed has no share of it [T5]
    expect(rowOf(reading.data?.rows)).not.toHaveProperty("err_per_s", Number.NaN);
  });

  test("[T54] a pinned port is polled on its own and gives rates as a series", async () => {
    const points = async () => (await host.refreshed("traffic")).data?.rows?.[0]?.trend?.length ?? 0;
    await expect.poll(points, { timeout: 60_000 }).toBeGreaterThanOrEqual(2);
    const { data } = await host.filled("traffic");
    expect(data?.rows?.map(({ name }) => name)).toEqual(["eth1"]);
    for (const { in_bps } of data?.rows?.[0]?.trend ?? []) expect(in_bps ?? 0).toBeGreaterThanOrEqual(0);
  });

  test("LLDP neighbours are those of lldpd", async () => {
    const { data } = await host.refreshed("neighbors");
    const summary = await read("host", "lldpcli", "-f", "keyvalue", "show", "neighbors", "details");
    const chassis = /^lldp\.eth1\.chassis\.mac=(.+)$/m.exec(summary)?.[1];
    expect(data?.rows).toContainEqual(
      expect.objectContaining({
        local_if: "eth1",
        proto: "lldp",
        chassis_id: chassis,
        remote_name: "r1",
        remote_if: "eth3",
      }),
    );
  });

  test("ARP entries and routes are those of the kernel", async () => {
    await read("host", "ping", "-c", "1", "-w", "5", "198.19.10.1");
    const { data: arp } = await host.refreshed("arp");
    const entry = (await read("host", "ip", "neigh", "show", "198.19.10.1")).trim();
    const mac = /lladdr (\S+)/.exec(entry)?.[1];
    expect(arp?.rows).toContainEqual(expect.objectContaining({ ip: "198.19.10.1", mac, if: "eth1" }));
    const { data: routes } = await host.refreshed("routing_table");
    const count = async (family: string) => {
      return (await read("host", "ip", family, "route")).split("\n").filter((line) => line !== "").length;
    };
    expect(routes?.rows?.find(({ afi }) => afi === "ipv4")?.total).toBe(await count("-4"));
    expect(routes?.rows?.find(({ afi }) => afi === "ipv6")?.total).toBe(await count("-6"));
  });

  test("users are those of who, the terminal among them", async () => {
    const { data } = await host.refreshed("users");
    const who = (await read("host", "who")).split("\n").filter((line) => line !== "");
    const expected = who.map((line) => line.split(/\s+/)).map(([user, line]) => ({ user, line }));
    expect(data?.lines?.map(({ user, line }) => ({ user, line }))).toEqual(expected);
    expect(expected.map(({ user }) => user)).toContain("linux");
  });

  test("[T76] what is not built or not there says so", async () => {
    await host.monitor({ panels: ["bgp", "ospf", "log", "env", "optics"] });
    for (const id of ["bgp", "ospf", "env", "optics"] as const) {
      const { hint, data } = await host.panel(id, ({ status }) => status === "unsupported", "unsupported");
      expect(hint, id).toMatch(/\w/);
      expect(data, id).toBeUndefined();
    }
    // no journald runs in a node: there is nothing to read, and that is what it says
    const { data: log } = await host.panel("log", ({ status }) => status === "ok", "a reading");
    expect(log?.entries).toEqual([]);
  });

  test("[T1] [T3] the host saw nothing of telemetry but its allow-list, over one connection beside the terminal's", async () => {
    const arrived = await witness.execs("linux");
    expect(arrived.length).toBeGreaterThan(15);
    expect(strangers(arrived, packs.linux)).toEqual([]);
    expect(await witness.logins()).toEqual(["linux", "linux"]);
    expect(await witness.mostConnections()).toBe(2);
  });
});

describe.skipIf(!lab.up)("r2 as both, a Linux login that may use vtysh", () => {
  let rig: HostRig;
  let witness: LabWitness;
  let r2: RigDevice;

  beforeAll(async () => {
    await labClear();
    witness = await LabWitness.install("r2", "both");
    rig = await HostRig.start({ config: CONFIG });
    const { nodes, users } = lab.inventory();
    r2 = await rig.open({ host: nodes.r2.host, port: 22, user: "both" }, users.both.password);
    await r2.login();
    await r2.monitor({ panels: ["cpu", "ifstate", "ifcounters", "neighbors", "routing_table", "bgp", "ospf"] });
  });
  afterAll(async () => {
    await rig?.stop();
    await witness?.remove();
    await labClear();
  });

  test("[T62] is found to be Linux with FRRouting, in at most three questions", async () => {
    const { ssh2 } = await r2.until(({ ssh2 }) => ssh2.platform !== undefined, "a platform");
    expect(ssh2.platform).toMatchObject({ id: "linux", evidence: expect.stringMatching(/Linux[\s\S]*FRRouting/) });
    const questions: string[] = Object.values(DETECTION);
    const asked = (await r2.audit()).filter(({ text }) => questions.includes(text));
    expect(asked.length).toBeLessThanOrEqual(3);
  });

  test("panels of the kernel and of the routing daemons fill side by side", async () => {
    for (const id of ["cpu", "ifstate", "ifcounters", "neighbors", "routing_table", "bgp", "ospf"] as const) {
      await r2.filled(id);
    }
    const { data: bgp } = await r2.filled("bgp");
    const summary = JSON.parse(await labVtysh("r2", "show bgp summary json")) as {
      ipv4Unicast: { peers: Record<string, { state: string }> };
    };
    const peers = bgp?.rows?.filter(({ afi }) => afi.toLowerCase().startsWith("ipv4")).map(({ peer }) => peer);
    expect(peers?.toSorted()).toEqual(Object.keys(summary.ipv4Unicast.peers).toSorted());
    const { data: links } = await r2.filled("ifstate");
    // addresses are the kernel's, descriptions those of the routing configuration
    expect(links?.rows?.find(({ name }) => name === "eth1")).toMatchObject({
      oper: "up",
      ipv4: expect.arrayContaining(["198.19.1.2/30"]),
      desc: "cable r1-r2 to r1 eth1",
    });
    const { data: seen } = await r2.panel("neighbors", ({ data }) => (data?.row_count ?? 0) >= 3, "three neighbours");
    expect(seen?.rows?.map(({ remote_name }) => remote_name).toSorted()).toEqual(["gate", "r1", "r3"]);
  });

  test("[T44] one stopped daemon costs its own panel only", async () => {
    await labFault("daemon", "r2", "ospfd", "stop");
    await r2.monitor({ refresh: "all" });
    const { hint } = await r2.panel("ospf", ({ reason }) => reason === "timeout", "a timeout");
    expect(hint).toMatch(/daemon/);
    await r2.refreshed("bgp");
    await labFault("daemon", "r2", "ospfd", "cont");
    await r2.refreshed("ospf");
  });

  test("[T1] the router saw nothing of telemetry but its allow-list", async () => {
    const arrived = await witness.execs("both");
    expect(arrived.length).toBeGreaterThan(10);
    expect(strangers(arrived, linuxWithFrr)).toEqual([]);
  });
});
