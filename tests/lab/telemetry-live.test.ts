import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { HostRig, type RigDevice } from "#support/host-rig.ts";
import { labClear, labExec, labFault, requireLab } from "#support/lab.ts";
import { changed, LONG, note, seen } from "#support/lab-watch.ts";
import { LabWitness } from "#support/lab-witness.ts";
import type { PanelId } from "#telemetry/knowledge/panel-data.ts";

const lab = await requireLab();

/** How long traffic flows and load is measured, milliseconds: short for every change, long for the nightly tier. */
const TRAFFIC_MS = LONG ? 60_000 : 20_000;
const LOAD_MS = LONG ? 600_000 : 60_000;
/** How far telemetry's rates may be from iperf3's: the lower also holds for the short run, which has fewer samples. */
const RATE_TOLERANCE = 0.02;
/** A datagram of iperf3 and what carries it: Ethernet, IPv4 and UDP, bytes. */
const PAYLOAD = 1_400;
const HEADERS = 14 + 20 + 8;
/** All commands together, share of any minute after the first [T53]; one run of a cost not known before may add itself. */
const DUTY_CAP = 0.1;
const MINUTE_MS = 60_000;
/** Within which a hang and its end have to show. */
const HANG_MS = 60_000;

/**
 * Without `cpu`: the processor of a node is that of the machine, and where that is busy with tests telemetry would step
 * back [T55].
 */
const LINUX: PanelId[] = [
  "device_info",
  "memory",
  "ifstate",
  "ifcounters",
  "traffic",
  "neighbors",
  "routing_table",
  "arp",
  "mac",
  "users",
  "log",
  "collector",
  "audit",
];
const FRR = ["device_info", "ifstate", "routing_table", "bgp", "ospf"] as const satisfies readonly PanelId[];
const OTHERS = ["ifstate", "ospf", "ifcounters", "memory"] as const satisfies readonly PanelId[];

describe.skipIf(!lab.up)("measured while it runs", () => {
  let rig: HostRig;
  let witness: LabWitness;
  let host: RigDevice;
  let began: number;

  beforeAll(async () => {
    await labClear();
    witness = await LabWitness.install("host", "linux");
    rig = await HostRig.start({ config: { allow: [{ cidr: "198.19.0.0/24", ports: [22] }] } });
    const { nodes, users } = lab.inventory();
    host = await rig.open({ ...nodes.host, user: "linux" }, users.linux.password);
    await host.login();
    began = Date.now();
    await host.monitor({ panels: LINUX, pinned: ["eth1"], profile: "fast" });
    await host.filled("traffic");
  });
  afterAll(async () => {
    await rig?.stop();
    await witness?.remove();
    await labClear();
  });

  test(`[T15] rates match iperf3's within 2 % over ${TRAFFIC_MS / 1_000} s`, async () => {
    const server = labExec("host", "iperf3", "-s", "-1");
    await expect
      .poll(async () => (await labExec("host", "ss", "-tlnH", "( sport = :5201 )")).stdout, { timeout: 10_000 })
      .not.toBe("");
    const seconds = String(TRAFFIC_MS / 1_000);
    const options = ["-u", "-b", "20M", "-l", String(PAYLOAD), "-t", seconds, "-J"];
    const from = Date.now();
    const client = await labExec("r1", "iperf3", "-c", "198.19.10.2", ...options);
    const to = Date.now();
    await server;
    type Report = { end: { sum: { seconds: number; lost_packets: number; packets: number } } };
    const { sum } = (JSON.parse(client.stdout) as Report).end;
    // a datagram that the receiving program was too late for came over the wire all the same
    const expected = (sum.packets * (PAYLOAD + HEADERS) * 8) / sum.seconds;
    note(`iperf3 sent ${sum.packets} datagrams, its server missed ${sum.lost_packets}`);
    const { data } = await host.filled("traffic");
    const points = data?.rows?.find(({ name }) => name === "eth1")?.trend ?? [];
    // a rate spans the time since the point before it; those at the ends also span a silence
    const inside = points.flatMap(({ t, in_bps }, at) => {
      const last = points[at - 1]?.t ?? 0;
      return last >= from + 1_500 && t <= to - 500 && in_bps !== undefined ? [{ bps: in_bps, ms: t - last }] : [];
    });
    const covered = inside.reduce((total, { ms }) => total + ms, 0);
    expect(covered).toBeGreaterThan(TRAFFIC_MS / 2);
    const mean = inside.reduce((total, { bps, ms }) => total + bps * ms, 0) / covered;
    const off = mean / expected - 1;
    note(
      `iperf3 ${(expected / 1e6).toFixed(3)} Mbit/s on the wire, telemetry ${(mean / 1e6).toFixed(3)} over ${covered} ms: ${(off * 100).toFixed(2)} %`,
    );
    expect(Math.abs(off)).toBeLessThan(RATE_TOLERANCE);
  });

  describe("a stopped bgpd of r2, where one is logged in with a shell and one with vtysh", () => {
    let shell: RigDevice;
    let vtysh: RigDevice;

    beforeAll(async () => {
      const { nodes, users } = lab.inventory();
      shell = await rig.open({ ...nodes.r2, user: "both" }, users.both.password);
      await shell.login();
      vtysh = await rig.open({ ...nodes.r2, user: "netops" }, users.netops.password);
      await vtysh.login();
      await shell.monitor({ panels: [...OTHERS, "bgp"], profile: "fast" });
      await vtysh.monitor({ panels: [...FRR], profile: "fast" });
      for (const panel of [...OTHERS, "bgp"] as const) await shell.filled(panel);
      for (const panel of FRR) await vtysh.filled(panel);
    });
    afterAll(async () => {
      await labClear();
      await shell?.close();
      await vtysh?.close();
    });

    const answered = (to: string, since: number) =>
      changed(
        rig,
        shell,
        since,
        (event) => event.panel === "bgp" && event.field === "answer" && event.to === to,
        `bgpd: ${to}`,
        HANG_MS,
      );
    const hung = (device: RigDevice, panel: PanelId, hint: RegExp, withinMs: number) =>
      seen(
        rig,
        `panel:${device.id}:${panel}`,
        (reading) => reading.reason === "timeout" && hint.test(reading.hint ?? ""),
        `${panel} says that a daemon does not answer`,
        withinMs,
      );
    const fresh = (device: RigDevice, panel: PanelId, since: number, withinMs: number) =>
      seen(
        rig,
        `panel:${device.id}:${panel}`,
        ({ status, ts }) => status === "ok" && ts >= since,
        `${panel} goes on`,
        withinMs,
      );

    test("[T44] [T85] within 60 s: BGP says so with its hint, in its panel and in the strip, and the others go on; with vtysh all say so, and the terminal is untouched", async () => {
      const since = Date.now();
      await labFault("daemon", "r2", "bgpd", "stop");
      const left = (): number => HANG_MS - (Date.now() - since);
      const all = FRR.map((panel) => hung(vtysh, panel, /daemon of this router does not answer/, left()));
      const { view } = await hung(shell, "bgp", /routing daemon behind this does not answer/, left());
      note(`bgpd stopped: BGP of the shell login says so after ${((Date.now() - since) / 1_000).toFixed(1)} s`);
      expect(view.status).toBe("error");
      await answered("timed out", since);
      // what was read before stays, and is marked
      expect(view.data).toBeDefined();
      const noticed = Date.now();
      await Promise.all(all);
      note(`bgpd stopped: all panels of the vtysh login say so after ${((Date.now() - since) / 1_000).toFixed(1)} s`);
      expect(await vtysh.say("list permutations | include qqq\x15", /qqq/)).not.toContain("closed");
      expect(vtysh.view?.ssh1).toMatchObject({ phase: "live", unacked_bytes: 0 });
      const going = await Promise.all(OTHERS.map((panel) => fresh(shell, panel, noticed, HANG_MS)));
      note(`bgpd stopped: the others are fresh within ${Math.max(...going.map(({ ms }) => ms))} ms of that`);
    });

    test("[T44] within 60 s of its recovery all is well again", async () => {
      const since = Date.now();
      await labFault("daemon", "r2", "bgpd", "cont");
      await Promise.all([
        fresh(shell, "bgp", since, HANG_MS),
        answered("ok", since),
        ...FRR.map((panel) => fresh(vtysh, panel, since, HANG_MS)),
      ]);
      note(`bgpd goes on: all panels are well ${((Date.now() - since) / 1_000).toFixed(1)} s later`);
      expect(vtysh.view?.ssh1.phase).toBe("live");
    });
  });

  test(
    `[T3] [T53] over ${LOAD_MS / 1_000} s the device saw one command at a time, its share of time, and two connections`,
    async () => {
      const start = began + MINUTE_MS;
      const rest = start + LOAD_MS - Date.now();
      if (rest > 0) await new Promise((resolve) => setTimeout(resolve, rest));
      const spans = (await witness.spans("linux")).toSorted((a, b) => a.from - b.from);
      expect(spans.length).toBeGreaterThan(LOAD_MS / 10_000);
      const overlapping = spans.filter(({ from }, at) => from < (spans[at - 1]?.to ?? 0));
      expect(overlapping).toEqual([]);
      expect(await witness.mostConnections()).toBe(2);
      expect(await witness.logins()).toEqual(["linux", "linux"]);
      // any minute after the first: the one right after it, and each that begins with a command
      const usedIn = (from: number, to: number): number =>
        spans.reduce((total, span) => total + Math.max(0, Math.min(to, span.to) - Math.max(from, span.from)), 0);
      const now = Date.now();
      const starts = [start, ...spans.map(({ from }) => from)].filter(
        (from) => from >= start && from + MINUTE_MS <= now,
      );
      const minutes = starts.map((from) => usedIn(from, from + MINUTE_MS));
      const worst = Math.max(...minutes) / MINUTE_MS;
      const { data } = await host.panel("collector", () => true, "a reading");
      note(
        `load: ${spans.length} commands, worst minute of ${minutes.length} ${(worst * 100).toFixed(2)} % by the device's clock, cap ${data?.duty_cap_pct} %, collector says ${data?.duty_pct} %`,
      );
      expect(minutes.length).toBeGreaterThan(0);
      expect(worst).toBeLessThanOrEqual(DUTY_CAP);
      expect(data?.duty_cap_pct).toBe(10);
    },
    LOAD_MS + 180_000,
  );
});
