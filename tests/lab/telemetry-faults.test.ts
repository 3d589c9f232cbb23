import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { type FaultRelay, startFaultRelay } from "#support/fault-relay.ts";
import { HostRig, type RigDevice } from "#support/host-rig.ts";
import { labClear, labFault, labVtysh, requireLab } from "#support/lab.ts";
import { changed, LONG, note, seen, showsWithin } from "#support/lab-watch.ts";
import type { ChangeEvent } from "#telemetry/changes/change.ts";
import type { PanelId } from "#telemetry/knowledge/panel-data.ts";
import type { PanelReading } from "#telemetry/knowledge/reading.ts";

const lab = await requireLab();

/** Without `cpu`: a machine that is busy with tests would make telemetry step back [T55]. */
const PANELS = ["ifstate", "bgp", "ospf", "routing_table"] as const satisfies readonly PanelId[];
/** Every deadline below is one interval under the fast profile and the limit of a command. */
const SOON_MS = showsWithin("D");
/** A daemon that is not running is asked about again after this time [T47]. */
const GATED_MS = 300_000;
/** How much later each packet of the management path arrives, one way, milliseconds. */
const DELAY_MS = 300;
const LOSS_PCT = 15;

/** Addresses of the other ends, as r1 knows them. */
const R2 = ["198.19.1.2", "2001:db8:19:1::2"];
const R3 = ["198.19.1.10", "2001:db8:19:3::2"];

/** A pulled cable of a virtual pair reads `lower-down` on Linux: the other side of the pair has none either. */
const isDown = (oper: string | undefined): boolean => oper === "down" || oper === "lower-down";
const port = (name: string, is: (to: string | undefined) => boolean) => (event: ChangeEvent) =>
  event.panel === "ifstate" && event.key === name && event.field === "oper" && is(event.to);
/** What is back within 30 s is one event: it went and came back. */
const adjacency =
  (name: string, ...kinds: ChangeEvent["kind"][]) =>
  (event: ChangeEvent) =>
    event.panel === "ospf" && event.key.split("|").includes(name) && kinds.includes(event.kind);
const peering = (peer: string, is: (event: ChangeEvent) => boolean) => (event: ChangeEvent) =>
  event.panel === "bgp" && event.key.split("|").includes(peer) && is(event);

describe.skipIf(!lab.up)("faults on r1, seen by one session from its shell login", () => {
  let rig: HostRig;
  let r1: RigDevice;
  let relay: FaultRelay;

  beforeAll(async () => {
    await labClear();
    const { nodes, users } = lab.inventory();
    relay = await startFaultRelay(nodes.r3);
    const config = { allow: [{ cidr: "198.19.0.0/24", ports: [22] }] };
    rig = await HostRig.start({ config, ports: [relay.port] });
    r1 = await rig.open({ ...nodes.r1, user: "both" }, users.both.password);
    await r1.login();
    watch(r1);
    await r1.monitor({ panels: [...PANELS], profile: "fast" });
    for (const panel of PANELS) await r1.panel(panel, ({ status }) => status === "ok", "whole");
  });
  afterEach(labClear);
  afterAll(async () => {
    await rig?.stop();
    await relay?.stop();
    await labClear();
  });

  /** A view that nobody looks at is not sent. */
  const watch = (device: RigDevice) => rig.page.bridge.view(`changes:${device.id}`).subscribe(() => undefined);
  const strip = (since: number, is: (event: ChangeEvent) => boolean, what: string, within = SOON_MS) =>
    changed(rig, r1, since, is, what, within);
  const shows = <P extends (typeof PANELS)[number]>(
    panel: P,
    holds: (reading: PanelReading<P>) => boolean,
    what: string,
    within = SOON_MS,
  ) => seen(rig, `panel:${r1.id}:${panel}`, (reading) => holds(reading as PanelReading<P>), what, within);
  const established = async (count: number): Promise<void> => {
    await shows("bgp", ({ status, data }) => status === "ok" && data?.totals?.up === count, `${count} BGP sessions`);
  };

  test("[T85] while the panels fill nothing has changed", () => {
    expect(rig.page.view(`changes:${r1.id}`)?.events ?? []).toEqual([]);
  });

  test("[T85] a pulled cable, and a flap of another port meanwhile: interface, OSPF and BGP, each in its panel and in the strip, and back", async () => {
    const since = Date.now();
    await labFault("cable", "r1-r2", "pull");
    await labFault("flap", "r1-host", 2, 0.4);
    await Promise.all([
      strip(since, port("eth1", isDown), "cable pulled: eth1"),
      strip(since, adjacency("eth1", "gone"), "cable pulled: OSPF on eth1"),
      ...R2.map((peer) =>
        strip(
          since,
          peering(peer, ({ from }) => from === "established"),
          `cable pulled: ${peer}`,
        ),
      ),
      strip(
        since,
        (event) =>
          event.panel === "ifstate" && event.key === "eth3" && (event.kind === "flapped" || event.field === "oper"),
        "port flapped: eth3",
      ),
      shows("ifstate", ({ data }) => isDown(data?.rows?.find(({ name }) => name === "eth1")?.oper), "eth1 down"),
      shows("ospf", ({ data }) => data?.rows?.every((row) => row.if !== "eth1") === true, "no neighbour on eth1"),
      shows("bgp", ({ data }) => data?.totals?.down === 2, "two sessions down"),
    ]);
    const mended = Date.now();
    await labFault("cable", "r1-r2", "plug");
    await Promise.all([
      strip(
        mended,
        port("eth1", (to) => to === "up"),
        "cable plugged: eth1",
      ),
      strip(mended, adjacency("eth1", "appeared", "flapped"), "cable plugged: OSPF on eth1"),
      ...R2.map((peer) =>
        strip(
          mended,
          peering(peer, ({ to }) => to === "established"),
          `cable plugged: ${peer}`,
        ),
      ),
      shows("ospf", ({ data }) => data?.row_count === 4, "four neighbours"),
      established(4),
    ]);
  });

  test("[T85] a silent cut: the port stays up, OSPF and BGP say so; in both panels and in the strip, and back", async () => {
    const since = Date.now();
    await labFault("cable", "r1-r3", "cut");
    await Promise.all([
      strip(since, adjacency("eth2", "gone"), "silent cut: OSPF on eth2"),
      ...R3.map((peer) =>
        strip(
          since,
          peering(peer, ({ from }) => from === "established"),
          `silent cut: ${peer}`,
        ),
      ),
      shows("ospf", ({ data }) => data?.rows?.every((row) => row.if !== "eth2") === true, "no neighbour on eth2"),
      shows("bgp", ({ data }) => data?.totals?.down === 2, "two sessions down"),
    ]);
    const { data } = await r1.filled("ifstate");
    expect(data?.rows?.find(({ name }) => name === "eth2")).toMatchObject({ oper: "up" });
    const events = rig.page.view(`changes:${r1.id}`)?.events ?? [];
    expect(events.filter((event) => event.at > since && port("eth2", isDown)(event))).toEqual([]);
    const mended = Date.now();
    await labFault("cable", "r1-r3", "join");
    await Promise.all([
      strip(mended, adjacency("eth2", "appeared", "flapped"), "silent cut mended: OSPF on eth2"),
      ...R3.map((peer) =>
        strip(
          mended,
          peering(peer, ({ to }) => to === "established"),
          `silent cut mended: ${peer}`,
        ),
      ),
      established(4),
    ]);
  });

  test("[T85] clear BGP: sessions that are up again at the next reading have flapped", async () => {
    // an uptime that fell shows only where it had grown [T16]; the counter of drops moves at once
    const since = Date.now();
    await labFault("clear-bgp", "r1");
    await Promise.all(
      [...R2, ...R3].map((peer) =>
        strip(
          since,
          peering(peer, ({ kind, from }) => kind === "flapped" || from === "established"),
          `cleared: ${peer}`,
        ),
      ),
    );
    await established(4);
  });

  test(
    "[T47] [T85] a killed bgpd: gated with its hint, in the strip, the others go on; back when it runs again",
    async () => {
      const since = Date.now();
      await labFault("daemon", "r1", "bgpd", "kill");
      await Promise.all([
        shows("bgp", ({ status, hint }) => status === "gated" && /not running/.test(hint ?? ""), "gated"),
        strip(since, ({ panel, field, to }) => panel === "bgp" && field === "answer" && to !== "ok", "bgpd killed"),
      ]);
      const noticed = Date.now();
      await shows("ospf", ({ status, ts }) => status === "ok" && ts >= noticed, "OSPF goes on");
      await labClear();
      const mended = Date.now();
      // by itself it is asked about again after five minutes; a person need not wait for that
      if (!LONG) await r1.monitor({ refresh: "bgp" });
      const within = SOON_MS + (LONG ? GATED_MS : 0);
      await Promise.all([
        strip(
          mended,
          ({ panel, field, to }) => panel === "bgp" && field === "answer" && to === "ok",
          "bgpd back",
          within,
        ),
        shows("bgp", ({ status, data }) => status === "ok" && data?.totals?.up === 4, "four sessions", within),
      ]);
    },
    180_000 + (LONG ? GATED_MS : 0),
  );

  test(`a management path with ${DELAY_MS} ms more each way, then ${LOSS_PCT} % loss: shows as time of commands, in no change, and clears`, async () => {
    const { users } = lab.inventory();
    const { host, port: at } = relay;
    const r3 = await rig.open({ host, port: at, user: "linux" }, users.linux.password);
    await r3.login();
    watch(r3);
    await r3.monitor({ panels: ["memory", "ifstate", "collector"], profile: "fast" });
    await r3.filled("memory");
    const lastMs = (reading: PanelReading): number =>
      reading.panel === "collector"
        ? (reading.data?.commands.find(({ command }) => command.includes("meminfo"))?.last_ms ?? 0)
        : 0;
    // asked at once: how long a command takes does not depend on when it is asked
    const slow = async (holds: (ms: number) => boolean, what: string) => {
      await r3.monitor({ refresh: "memory" });
      return seen(rig, `panel:${r3.id}:collector`, (reading) => holds(lastMs(reading)), what, SOON_MS);
    };
    const usual = lastMs((await slow((ms) => ms > 0, "a first run")).view);
    relay.delay(DELAY_MS);
    const { ms, view } = await slow((took) => took >= 2 * DELAY_MS, "slow commands");
    note(`delay of ${DELAY_MS} ms each way: ${usual} ms became ${lastMs(view)} ms, seen after ${ms} ms`);
    relay.delay(0);
    await slow((took) => took < 2 * DELAY_MS, "quick commands");
    // dropped by chance where they arrive; this kernel has no netem
    const lossy = await labFault("loss", "r3", LOSS_PCT);
    note(lossy ? `${LOSS_PCT} % of the packets to port 22 of r3 vanish` : "this kernel drops no packets by chance");
    const since = await r3.refresh();
    for (const panel of ["memory", "ifstate"] as const)
      await seen(rig, `panel:${r3.id}:${panel}`, ({ status, ts }) => status === "ok" && ts > since, "goes on", SOON_MS);
    await labClear();
    expect(r3.view?.ssh1.phase).toBe("live");
    expect(rig.page.view(`changes:${r3.id}`)?.events ?? []).toEqual([]);
    await r3.close();
  });

  test("what the router itself says of its sessions at the end is what the panel shows", async () => {
    const { data } = await r1.refreshed("bgp");
    type Summary = Record<string, { peers: Record<string, { state: string }> }>;
    const summary = JSON.parse(await labVtysh("r1", "show bgp summary json")) as Summary;
    const states = Object.values(summary).flatMap(({ peers }) => Object.entries(peers));
    const expected = states.map(([peer, { state }]) => `${peer} ${state.toLowerCase()}`).toSorted();
    expect(data?.rows?.map(({ peer, state }) => `${peer} ${state ?? ""}`).toSorted()).toEqual(expected);
  });
});
