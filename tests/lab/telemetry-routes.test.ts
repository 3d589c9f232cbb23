import { monitorEventLoopDelay } from "node:perf_hooks";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { commands } from "#bridge/commands.ts";
import { deskCommand } from "#bridge/desk-commands.ts";
import type { LoadView } from "#machines/desk-views.ts";
import { HostRig, type RigDevice } from "#support/host-rig.ts";
import { labClear, labExec, labFault, labVtysh, requireLab } from "#support/lab.ts";
import { changed, LONG, note, seen, showsWithin } from "#support/lab-watch.ts";
import type { PanelReading } from "#telemetry/knowledge/reading.ts";

const lab = await requireLab();

const SOME = 10_000;
const MANY = 100_000;
const MIB = 1 << 20;
/** What a summary may take, however many routes there are: bytes of its answers, and the time that makes a command heavy [T79]. */
const SUMMARY_BYTES = 8 * 1_024;
const SUMMARY_MS = 2_000;
/** The rows of a table of 100,000 routes and what is held twice while they are read; a row takes about a kilobyte. */
const HEAP_BYTES = 256 * MIB;
/** A router with two busy cores has to take the routes first. */
const ROUTER_MS = 60_000;

/** Address of the peer that announces them. */
const PEER = "198.19.1.14";

setFlagsFromString("--expose-gc");
const collectGarbage = runInNewContext("gc") as () => void;
const heap = (): number => {
  collectGarbage();
  return process.memoryUsage().heapUsed;
};

type Summary = { routesTotal: number; routesTotalFib: number };

describe.skipIf(!lab.up)("routes that are injected into r3", () => {
  let rig: HostRig;
  let r3: RigDevice;
  const announced = lab.up ? lab.inventory().bgp.routes : 0;

  const ask = async <A extends Parameters<typeof deskCommand>[1]>(
    action: A,
    payload: Parameters<typeof deskCommand<A>>[2],
  ) => rig.page.bridge.dispatch(deskCommand(r3.id, action, payload));
  const load = (holds: (view: LoadView) => boolean, what: string) => seen(rig, `load:${r3.id}`, holds, what, 120_000);
  const summary = async (family: "ip" | "ipv6"): Promise<Summary> =>
    JSON.parse(await labVtysh("r3", `show ${family} route summary json`)) as Summary;
  const total = (reading: PanelReading, afi = "ipv4"): number =>
    reading.panel === "routing_table" ? (reading.data?.rows?.find((row) => row.afi === afi)?.total ?? 0) : 0;

  /** The summary is asked for every 45 s; the short run does not wait for that, the nightly one does. */
  const hurry = async (): Promise<void> => {
    if (!LONG) await r3.monitor({ refresh: "all" });
  };

  beforeAll(async () => {
    await labClear();
    rig = await HostRig.start({ config: { allow: [{ cidr: "198.19.0.0/24", ports: [22] }] } });
    const { nodes, users } = lab.inventory();
    r3 = await rig.open({ ...nodes.r3, user: "both" }, users.both.password);
    await r3.login();
    await r3.monitor({ panels: ["routing_table", "bgp", "ifstate", "collector"], profile: "fast" });
    for (const panel of ["routing_table", "bgp", "ifstate"] as const) await r3.filled(panel);
  });
  afterAll(async () => {
    await rig?.stop();
    await labClear();
  });

  test.each([
    [SOME, announced],
    [MANY, SOME + announced],
  ])("[T85] %i more: in the summary, as the peer's prefixes, and in the strip", async (count, before) => {
    const since = Date.now();
    await labFault("routes", count);
    await expect
      .poll(async () => (await summary("ip")).routesTotal, { timeout: ROUTER_MS, interval: 500 })
      .toBeGreaterThanOrEqual(count + announced);
    const took = Date.now() - since;
    note(`${count} routes: the router itself has them after ${took} ms`);
    const bound = showsWithin("C");
    await hurry();
    await Promise.all([
      changed(
        rig,
        r3,
        since,
        ({ panel, field, to }) => panel === "routing_table" && field === "total" && Number(to) >= count,
        `${count} routes`,
        bound,
      ),
      changed(
        rig,
        r3,
        since,
        ({ panel, key, field, to }) =>
          panel === "bgp" && key.split("|").includes(PEER) && field === "pfx_rx" && Number(to) >= count + announced,
        `${count} prefixes of ${PEER}`,
        bound,
      ),
      seen(rig, `panel:${r3.id}:routing_table`, (reading) => total(reading) >= count, "in the summary", bound),
    ]);
    expect(before).toBeLessThan(count);
  });

  test("[T77] the summary stays small and quick, and is what vtysh counts", async () => {
    const { data, sources } = await r3.refreshed("routing_table");
    for (const [family, afi] of [
      ["ip", "ipv4"],
      ["ipv6", "ipv6"],
    ] as const) {
      const { routesTotal, routesTotalFib } = await summary(family);
      expect(data?.rows?.find((row) => row.afi === afi)).toMatchObject({
        total: routesTotal,
        fib_total: routesTotalFib,
      });
    }
    const bytes = sources.reduce((sum, source) => sum + source.bytes, 0);
    const slowest = Math.max(...sources.map(({ ms }) => ms));
    note(`summary of ${data?.rows?.[0]?.total} routes: ${bytes} bytes, the slower command took ${slowest} ms`);
    expect(bytes).toBeLessThan(SUMMARY_BYTES);
    expect(slowest).toBeLessThan(SUMMARY_MS);
  });

  test("[T77] the whole table: its size is shown first, it arrives with progress, and is the kernel's; memory stays bounded", async () => {
    const before = heap();
    const question = await ask("full_table", { ticket: "all", table: "routes", confirmed: false });
    expect(question).toMatchObject({ ok: true, value: { confirm: expect.any(Number) } });
    const steps: LoadView[] = [];
    const subscription = rig.page.bridge.view(`load:${r3.id}`).subscribe((view) => {
      if (view !== undefined) steps.push(view);
    });
    const pauses = monitorEventLoopDelay({ resolution: 10 });
    pauses.enable();
    let peak = 0;
    const sampler = setInterval(() => {
      peak = Math.max(peak, process.memoryUsage().heapUsed);
    }, 100);
    const since = Date.now();
    const asked = ask("full_table", { ticket: "all", table: "routes", confirmed: true });
    await load(({ phase, bytes }) => bytes > 0 && phase !== "confirm", "progress");
    // the terminal goes on meanwhile
    expect(await r3.say("echo still-$((40 + 2))\r", /still-42/)).toContain("still-42");
    const { view } = await load(({ phase }) => phase === "done" || phase === "failed", "the table");
    const took = Date.now() - since;
    clearInterval(sampler);
    pauses.disable();
    subscription.unsubscribe();
    expect(view, JSON.stringify(view)).toMatchObject({ phase: "done" });
    expect(await asked).toEqual({ ok: true, value: { rows: view.rows } });
    expect(view.rows).toBe((await summary("ip")).routesTotal + (await summary("ipv6")).routesTotal);
    const grown = steps.map(({ bytes, rows }) => bytes + rows);
    expect(new Set(grown).size).toBeGreaterThan(2);
    expect(grown).toEqual(grown.toSorted((a, b) => a - b));
    const held = heap() - before;
    note(
      `${view.rows} rows of ${(view.bytes / MIB).toFixed(1)} MiB in ${took} ms and ${steps.length} steps; heap grew by ${(held / MIB).toFixed(0)} MiB, at most ${((peak - before) / MIB).toFixed(0)} before collection; longest pause of the thread ${(pauses.max / 1e6).toFixed(0)} ms`,
    );
    expect(held).toBeLessThan(HEAP_BYTES);
    // every prefix that the kernel forwards by, and its next hop
    const page = { panel: "routes", table: "rows", offset: 0, limit: 200 };
    const kernel = await labExec("r3", "ip", "-4", "route", "show", "198.18.200.17/32");
    const found = await rig.page.bridge.dispatch(commands.table(r3.id, { ...page, filter: "198.18.200.17/32" }));
    expect(found).toMatchObject({ ok: true });
    expect(JSON.stringify(found)).toContain("198.18.200.17/32");
    expect(kernel.stdout).toContain(`via ${PEER}`);
    expect(JSON.stringify(found)).toContain(PEER);
    await ask("ask_cancel", { ticket: "all" });
  });

  test("[T77] it is cancelled at once, and the other panels go on", async () => {
    const asked = ask("full_table", { ticket: "again", table: "routes", confirmed: true });
    await load(({ ticket, phase }) => ticket === "again" && phase === "running", "running");
    await ask("ask_cancel", { ticket: "again" });
    expect(await asked).toEqual({ ok: true });
    const { view } = await load(({ ticket }) => ticket === "again", "cancelled");
    expect(view).toMatchObject({ phase: "cancelled", rows: 0 });
    const since = Date.now();
    await seen(
      rig,
      `panel:${r3.id}:ifstate`,
      ({ status, ts }) => status === "ok" && ts >= since,
      "interfaces go on",
      showsWithin("D"),
    );
    expect(r3.view?.ssh1.phase).toBe("live");
  });

  test("[T85] withdrawn, the counts fall again, in the panel and in the strip", async () => {
    const since = Date.now();
    await labFault("routes", "off");
    await expect
      .poll(async () => (await summary("ip")).routesTotal, { timeout: ROUTER_MS, interval: 500 })
      .toBeLessThan(SOME);
    await hurry();
    await changed(
      rig,
      r3,
      since,
      ({ panel, field, to }) => panel === "routing_table" && field === "total" && Number(to) < SOME,
      "routes withdrawn",
      showsWithin("C") + ROUTER_MS,
    );
    const { view } = await seen(
      rig,
      `panel:${r3.id}:routing_table`,
      (reading) => total(reading) < SOME,
      "fewer",
      1_000,
    );
    expect(total(view)).toBeGreaterThanOrEqual(announced);
  });
});
