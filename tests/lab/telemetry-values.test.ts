import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { commands } from "#bridge/commands.ts";
import { deskCommand } from "#bridge/desk-commands.ts";
import { HostRig, type RigDevice } from "#support/host-rig.ts";
import { labClear, labExec, labVtysh, requireLab } from "#support/lab.ts";
import { json, lines, lldpNeighbours, neighbours, read, word } from "#support/lab-tools.ts";
import { note, seen } from "#support/lab-watch.ts";
import type { RouteLookup, RouteRow } from "#telemetry/knowledge/lookup-data.ts";
import type { ArpRow, IfCountersRow, PanelId } from "#telemetry/knowledge/panel-data.ts";
import type { PanelReading } from "#telemetry/knowledge/reading.ts";

const lab = await requireLab();

const PANELS = [
  "device_info",
  "cpu",
  "memory",
  "ifstate",
  "ifcounters",
  "neighbors",
  "routing_table",
  "bgp",
  "ospf",
  "arp",
  "mac",
  "users",
] as const satisfies readonly PanelId[];

/** Share of busy time and of memory that may lie between two looks at a machine that others use, too. */
const BUSY_TOLERANCE_PCT = 12;
const MEMORY_TOLERANCE = 0.1;
/** Between two samples of ticks, so that a look on either side of them covers nearly the same time. */
const TICKS_MS = 8_000;
/** Rows of a window of a table. */
const WINDOW = 500;
const FAR = "198.19.255.13";

describe.skipIf(!lab.up)("values of r1 equal what its own tools say at the same time", () => {
  let rig: HostRig;
  let r1: RigDevice;

  beforeAll(async () => {
    await labClear();
    rig = await HostRig.start({ config: { allow: [{ cidr: "198.19.0.0/24", ports: [22] }] } });
    const { nodes, users } = lab.inventory();
    r1 = await rig.open({ ...nodes.r1, user: "both" }, users.both.password);
    await r1.login();
    await r1.monitor({ panels: [...PANELS], profile: "fast" });
    // a panel of two families is filled when both are there
    await r1.panel("routing_table", ({ data }) => data?.row_count === 2, "both families");
    await r1.panel("ospf", ({ data }) => data?.row_count === 4, "both versions");
  });
  afterAll(async () => {
    await rig?.stop();
    await labExec("r1", "ip", "link", "del", "br-test");
  });

  /** The panel asked again, and only it. */
  const fresh = async <P extends PanelId>(panel: P): Promise<PanelReading<P>> => {
    const asked = Date.now();
    await r1.monitor({ refresh: panel });
    return r1.since(asked, panel);
  };

  test("device_info: /etc/hostname, /etc/os-release, uname, /proc/uptime", async () => {
    const { data } = await fresh("device_info");
    const uptime = Number((await read("cat", "/proc/uptime")).split(" ")[0]);
    const release = await read("cat", "/etc/os-release");
    expect(data).toMatchObject({
      hostname: (await read("hostname")).trim(),
      kernel: (await read("uname", "-sr")).trim(),
      os_version: expect.stringContaining(word(release, /^VERSION_ID="?([^"\n]+)/m) ?? "?"),
    });
    expect(Math.abs((data?.uptime_s ?? 0) - uptime)).toBeLessThan(30);
  });

  test("ifstate: ip -d link and ip addr as text, /sys, and the descriptions of the routing configuration", async () => {
    const { data } = await fresh("ifstate");
    const names = lines(await read("ls", "/sys/class/net"));
    expect(data?.rows?.map(({ name }) => name).toSorted()).toEqual(names.toSorted());
    for (const name of names) {
      const link = await read("ip", "-d", "link", "show", "dev", name);
      const addresses = await read("ip", "addr", "show", "dev", name);
      const all = (family: string) =>
        [...addresses.matchAll(new RegExp(`${family} (\\S+)`, "g"))].map(([, a = ""]) => a);
      const sys = async (file: string) => (await labExec("r1", "cat", `/sys/class/net/${name}/${file}`)).stdout.trim();
      const speed = Number(await sys("speed"));
      const shown = await labVtysh("r1", `show interface ${name}`);
      const row = data?.rows?.find((one) => one.name === name);
      expect(row, name).toMatchObject({
        admin: /<[^>]*\bUP\b/.test(link) ? "up" : "down",
        oper: /<[^>]*LOWER_UP/.test(link) ? "up" : "down",
        mtu: Number(word(link, /mtu (\d+)/)),
        flaps: word(shown, /Link downs: +(\d+)/),
      });
      expect(row?.mac, name).toBe(name === "lo" ? undefined : word(link, /link\/ether (\S+)/));
      expect(row?.speed_bps, name).toBe(speed > 0 ? speed * 1e6 : undefined);
      expect(row?.duplex, name).toBe(speed > 0 ? await sys("duplex") : undefined);
      expect(row?.desc, name).toBe(word(shown, /^ {2}Description: (.+)$/m)?.trim());
      expect((row?.ipv4 ?? []).toSorted(), name).toEqual(all("inet").toSorted());
      expect((row?.ipv6 ?? []).toSorted(), name).toEqual(all("inet6").toSorted());
    }
  });

  test("[T13] ifcounters: each between two looks at /proc/net/dev, on every interface", async () => {
    /** Columns of /proc/net/dev that a counter stands in. */
    const COLUMN = {
      in_octets: 0,
      in_pkts: 1,
      in_err: 2,
      in_mcast: 7,
      out_octets: 8,
      out_pkts: 9,
      out_err: 10,
    } as const;
    const look = async (): Promise<Map<string, bigint[]>> =>
      new Map(
        lines(await read("cat", "/proc/net/dev"))
          .slice(2)
          .map((line) => {
            const [name = "", values = ""] = line.split(":");
            return [name.trim(), values.trim().split(/\s+/).map(BigInt)];
          }),
      );
    const before = await look();
    const { data } = await fresh("ifcounters");
    const after = await look();
    expect(data?.rows?.map(({ name }) => name).toSorted()).toEqual([...before.keys()].toSorted());
    let compared = 0;
    for (const row of data?.rows ?? []) {
      for (const [field, column] of Object.entries(COLUMN) as [keyof IfCountersRow & keyof typeof COLUMN, number][]) {
        const value = row[field];
        if (value === undefined) continue;
        compared++;
        expect(BigInt(value), `${row.name} ${field}`).toBeGreaterThanOrEqual(before.get(row.name)?.[column] ?? -1n);
        expect(BigInt(value), `${row.name} ${field}`).toBeLessThanOrEqual(after.get(row.name)?.[column] ?? -1n);
      }
    }
    expect(compared).toBeGreaterThanOrEqual(before.size * 6);
  });

  test("neighbors: lldpcli in its key=value form, neighbour by neighbour", async () => {
    const { data } = await fresh("neighbors");
    const expected = await lldpNeighbours();
    const got = data?.rows?.map((row) => ({
      local_if: row.local_if,
      proto: row.proto,
      chassis_id: row.chassis_id,
      remote_name: row.remote_name,
      desc: row.desc,
      remote_if: row.remote_if,
      mgmt_ip: row.mgmt_ip?.toSorted(),
      ttl_s: row.ttl_s,
      caps: row.caps?.toSorted(),
    }));
    expect(expected.length).toBeGreaterThanOrEqual(3);
    expect(got?.toSorted((a, b) => (a.local_if ?? "").localeCompare(b.local_if ?? ""))).toEqual(
      expected.toSorted((a, b) => a.local_if.localeCompare(b.local_if)),
    );
  });

  test("routing_table: the text of vtysh's summary, per family and protocol", async () => {
    const { data } = await fresh("routing_table");
    for (const [afi, command] of [
      ["ipv4", "show ip route summary"],
      ["ipv6", "show ipv6 route summary"],
    ] as const) {
      const text = await labVtysh("r1", command);
      const counted = [...text.matchAll(/^(\S+) +(\d+) +(\d+) *$/gm)].map(([, proto = "", rib, fib]) => {
        return { proto, rib: Number(rib), fib: Number(fib) };
      });
      const totals = counted.find(({ proto }) => proto === "Totals");
      const row = data?.rows?.find((one) => one.afi === afi);
      expect(row).toMatchObject({ vrf: "default", total: totals?.rib, fib_total: totals?.fib });
      expect(row?.protocols).toEqual(counted.filter(({ proto }) => proto !== "Totals"));
    }
  });

  test("[T27] bgp: the text of vtysh's summaries and of its neighbours", async () => {
    const { data } = await fresh("bgp");
    let compared = 0;
    for (const family of ["ipv4", "ipv6"] as const) {
      const text = await labVtysh("r1", `show bgp ${family} unicast summary wide`);
      for (const line of lines(text)) {
        const [peer = "", version, remote_as, local_as, , , , , , , pfx, sent] = line.trim().split(/\s+/);
        if (version !== "4") continue;
        compared++;
        const about = await labVtysh("r1", `show bgp neighbors ${peer}`);
        expect(data?.rows).toContainEqual(
          expect.objectContaining({
            vrf: "default",
            peer,
            remote_as,
            local_as,
            state: "established",
            pfx_rx: Number(pfx),
            pfx_tx: Number(sent),
            desc: word(about, /^ Description: (.+)$/m)?.trim(),
            router_id: word(text, /BGP router identifier (\S+),/),
            flaps: word(about, /dropped (\d+)/),
          }),
        );
      }
    }
    expect(compared).toBe(4);
    expect(data?.row_count).toBe(4);
  });

  test("[T27] ospf: the text of `show ip ospf neighbor` and `show ipv6 ospf6 neighbor`", async () => {
    const { data } = await fresh("ospf");
    const v4 = [
      ...(await labVtysh("r1", "show ip ospf neighbor")).matchAll(
        /^(\d\S+) +(\d+) +(\w+)\/\S+ .* (\d\S+) +(\w+):\S+ +(\d+) +\d+ +\d+ *$/gm,
      ),
    ];
    const v6 = [
      ...(await labVtysh("r1", "show ipv6 ospf6 neighbor")).matchAll(
        /^(\d\S+) +(\d+) +\S+ +(\w+)\/\S+ +\S+ +(\w+)\[/gm,
      ),
    ];
    const expected = [
      ...v4.map(([, neighbor_id, prio, state = "", address, port]) => {
        return { afi: "ipv4", neighbor_id, prio: Number(prio), state: state.toLowerCase(), address, if: port };
      }),
      ...v6.map(([, neighbor_id, prio, state = "", port]) => {
        return { afi: "ipv6", neighbor_id, prio: Number(prio), state: state.toLowerCase(), if: port };
      }),
    ];
    expect(expected).toHaveLength(4);
    for (const row of expected) expect(data?.rows).toContainEqual(expect.objectContaining(row));
    expect(data?.row_count).toBe(4);
  });

  const key = ({ ip, if: port }: ArpRow): string => `${ip} ${port}`;

  test("arp: ip neigh as text, entry by entry", async () => {
    await read("ping", "-c", "1", "-w", "5", "198.19.10.2");
    const before = await neighbours();
    const { data } = await fresh("arp");
    const after = await neighbours();
    const known = new Set([...before, ...after].map(key));
    expect(data?.count).toBe(data?.rows?.length);
    expect(before.length).toBeGreaterThan(4);
    for (const row of data?.rows ?? []) expect(known).toContain(key(row));
    for (const one of before.filter((entry) => after.some((later) => key(later) === key(entry)))) {
      const row = data?.rows?.find((each) => key(each) === key(one));
      expect(row, key(one)).toMatchObject({ vrf: "default", mac: one.mac });
    }
  });

  test("mac: bridge fdb as text, with a bridge that learned", async () => {
    await read(
      "sh",
      "-c",
      "ip link add br-test up type bridge && ip link add v-a up type veth peer name v-b && ip link set v-a master br-test up && ip link set v-b up",
    );
    await read("bridge", "fdb", "add", "02:00:00:00:00:a1", "dev", "v-a", "master", "static");
    await read("bridge", "fdb", "add", "02:00:00:00:00:a2", "dev", "v-a", "master", "dynamic");
    try {
      const { data } = await fresh("mac");
      const printed = lines(await read("bridge", "fdb", "show")).filter((line) => !line.includes("permanent"));
      const expected = printed.map((line) => ({
        mac: line.split(" ")[0],
        if: word(line, / dev (\S+)/),
        type: line.includes(" static") ? "static" : "dynamic",
      }));
      expect(expected.length).toBeGreaterThanOrEqual(2);
      expect(data).toMatchObject({
        count: expected.length,
        static: expected.filter(({ type }) => type === "static").length,
        dynamic: expected.filter(({ type }) => type === "dynamic").length,
      });
      for (const row of expected) expect(data?.rows).toContainEqual(expect.objectContaining(row));
    } finally {
      await read("sh", "-c", "ip link del v-a; ip link del br-test");
    }
  });

  test("memory: /proc/meminfo; total exactly, what moves within tolerance", async () => {
    const { data } = await fresh("memory");
    const meminfo = await read("cat", "/proc/meminfo");
    const kb = (name: string): number => Number(word(meminfo, new RegExp(`^${name}:\\s+(\\d+) kB`, "m"))) * 1_024;
    const pool = data?.pools?.[0];
    expect(pool?.total_b).toBe(kb("MemTotal"));
    const near = (got: number | undefined, name: string) =>
      expect(Math.abs((got ?? 0) - kb(name)), name).toBeLessThan(kb("MemTotal") * MEMORY_TOLERANCE);
    near(pool?.available_b, "MemAvailable");
    near(pool?.free_b, "MemFree");
    expect(data?.swap_total_b ?? 0).toBe(kb("SwapTotal"));
  });

  test("[T20] cpu: own looks at /proc/stat around its two samples, within tolerance", async () => {
    const look = async () => {
      const ticks = ((await read("cat", "/proc/stat")).split("\n")[0] ?? "")
        .trim()
        .split(/\s+/)
        .slice(1, 9)
        .map(Number);
      const idle = (ticks[3] ?? 0) + (ticks[4] ?? 0);
      return { total: ticks.reduce((sum, one) => sum + one, 0), idle };
    };
    const before = await look();
    const first = await fresh("cpu");
    await new Promise((resolve) => setTimeout(resolve, TICKS_MS - (Date.now() - first.ts)));
    const { data } = await fresh("cpu");
    const after = await look();
    const busy = 100 * (1 - (after.idle - before.idle) / (after.total - before.total));
    note(`processor: /proc/stat says ${busy.toFixed(1)} % busy, the panel ${data?.busy_pct?.toFixed(1)} %`);
    expect(Math.abs((data?.busy_pct ?? -100) - busy)).toBeLessThan(BUSY_TOLERANCE_PCT);
    const load = Number((await read("cat", "/proc/loadavg")).split(" ")[0]);
    expect(Math.abs((data?.load1 ?? -100) - load)).toBeLessThan(1);
  });

  test("users: who, line by line", async () => {
    const { data } = await fresh("users");
    const expected = lines(await read("who")).map((line) => ({
      user: line.split(/\s+/)[0],
      line: line.split(/\s+/)[1],
      from: word(line, /\(([^)]+)\)/),
    }));
    expect(expected.map(({ user }) => user)).toContain("both");
    expect(data?.lines?.map(({ user, line, from }) => ({ user, line, from }))).toEqual(expected);
  });

  test("[T63] [T66] route lookup: what `ip route get` and `show ip route` say of the address", async () => {
    const asked = await rig.page.bridge.dispatch(
      deskCommand(r1.id, "lookup", { ticket: "where", what: "route", query: FAR }),
    );
    type Answers = { outcome: string; data?: { route_lookup?: RouteLookup } }[];
    const answers = asked.ok ? (asked.value as Answers) : [];
    expect(answers.map(({ outcome }) => outcome)).toEqual(answers.map(() => "ok"));
    const [, via, dev] = / via (\S+) dev (\S+)/.exec(await read("ip", "route", "get", FAR)) ?? [];
    const fib = answers.flatMap(({ data }) => data?.route_lookup?.fib?.nexthops ?? []);
    expect(fib).toContainEqual(expect.objectContaining({ ip: via, if: dev }));
    const text = await labVtysh("r1", `show ip route ${FAR}`);
    const shown = [...text.matchAll(/Known via "(\w+)", distance (\d+), metric (\d+)(, best)?/g)];
    const matches = answers.flatMap(({ data }) => data?.route_lookup?.matches ?? []);
    for (const [, proto, distance, metric, best] of shown) {
      const row = { proto, distance: Number(distance), metric: Number(metric) };
      expect(matches).toContainEqual(expect.objectContaining(best ? { ...row, selected: true } : row));
    }
    expect(shown.length).toBeGreaterThanOrEqual(2);
  });

  test("[T77] the full table: `show ip route json` and its IPv6 sister, route by route", async () => {
    const dispatch = await rig.page.bridge.dispatch(
      deskCommand(r1.id, "full_table", { ticket: "all", table: "routes", confirmed: true }),
    );
    expect(dispatch).toMatchObject({ ok: true });
    const { view } = await seen(rig, `load:${r1.id}`, ({ phase }) => phase === "done", "the table", 30_000);
    const rows: RouteRow[] = [];
    while (rows.length < view.rows) {
      const window = { panel: "routes", table: "rows", offset: rows.length, limit: WINDOW };
      const found = await rig.page.bridge.dispatch(commands.table(r1.id, window));
      const more = found.ok ? (found.value as { rows: RouteRow[] }).rows : [];
      if (more.length === 0) break;
      rows.push(...more);
    }
    type Shown = {
      prefix: string;
      protocol: string;
      selected?: boolean;
      nexthops: { ip?: string; interfaceName?: string }[];
    };
    const tables = [
      await json<Record<string, Shown[]>>("show ip route json"),
      await json<Record<string, Shown[]>>("show ipv6 route json"),
    ];
    const text = (prefix: string, proto: string, selected: boolean, hops: string[]): string =>
      [prefix, proto, selected ? "best" : "", ...hops.toSorted()].join(" ");
    const expected = tables
      .flatMap((table) => Object.values(table).flat())
      .map(({ prefix, protocol, selected, nexthops }) =>
        text(
          prefix,
          protocol,
          selected === true,
          nexthops.map(({ ip, interfaceName }) => `${ip ?? ""}%${interfaceName ?? ""}`),
        ),
      );
    const got = rows.map(({ prefix, proto, selected, nexthops = [] }) =>
      text(
        prefix,
        proto,
        selected === true,
        nexthops.map((hop) => `${hop.ip ?? ""}%${hop.if ?? ""}`),
      ),
    );
    expect(expected.length).toBeGreaterThan(lab.inventory().bgp.routes + lab.inventory().bgp.routes6);
    expect(got.toSorted()).toEqual(expected.toSorted());
  });
});
