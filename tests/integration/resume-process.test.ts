/** The proxy as a process: leaving by signals [WP36], and its memory while nobody is there [WP13] [I3]. */
import { createHash } from "node:crypto";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { SIGINT_EXIT_MS, SSH_WINDOW_BYTES, TERMINAL_RING_BYTES } from "#protocol/limits.ts";
import { type RunningApp, startApp } from "#support/app.ts";
import { requireTools } from "#support/find-tools.ts";
import { buildFreshProxy } from "#support/fresh-build.ts";
import { requireOwnAccounts, startSshd, type TestSshServer } from "#support/sshd.ts";
import { type Target, WirePage } from "#support/wire-client.ts";
import { pairClient } from "#support/wire-pairing.ts";
import { listSessions } from "#support/wire-rig.ts";
import type { WireSession } from "#support/wire-session.ts";
import { collectable, settled } from "../bench/rig/process-memory.ts";

const tools = await requireTools("sshd", "ssh-keygen");
const usable = tools.ok && requireOwnAccounts();
/** Sessions that are flooded while nobody is attached. */
const FLOODED = 12;
/** [WP13]: ring, SSH window, the page's window (none is attached: nothing), 64 KiB. */
const SESSION_BYTES = TERMINAL_RING_BYTES + SSH_WINDOW_BYTES + 64 * 1_024;
/** Blocks, objects and what the allocator keeps beyond that. */
const MARGIN = 1.25;
/** Live objects that come with floods and not with bytes held: compiled code, library buffers of 12 connections. */
const BASE_BYTES = 4 * 1_024 * 1_024;
/** Garbage between two collections: resident, and gone when somebody needs the memory. */
const GARBAGE_BYTES = 64 * 1_024 * 1_024;
const LINES = 1_500_000;
/** By its path in the sources; the bench names it from its bundle. */
const COLLECTOR = resolve(import.meta.dirname, "../bench/rig/collect-garbage.cjs");

describe.skipIf(!usable)("the proxy as a process", () => {
  let build: string;
  let server: TestSshServer;
  const apps: RunningApp[] = [];

  beforeAll(async () => {
    if (!tools.ok) return;
    build = await buildFreshProxy("proxy-under-test");
    server = await startSshd(tools);
  });
  afterAll(async () => {
    for (const app of apps) await app.close();
    await server?.stop();
  });

  const target = (): Target => ({ host: server.host, port: server.port, user: server.user, via: [] });
  async function start(
    config: Record<string, unknown> = {},
    env: Record<string, string> = {},
  ): Promise<{ app: RunningApp; page: WirePage }> {
    const limits = { dials_per_user_per_min: 1_000, dials_per_target_per_min: 1_000, links_per_client: 20 };
    const allow = [{ cidr: "127.0.0.1/32", ports: [server.port] }];
    const app = await startApp({ build, env, config: { allow, limits, demo: false, ...config } });
    apps.push(app);
    return { app, page: await WirePage.open(await pairClient(app.pairUrl)) };
  }
  const shell = (page: WirePage, options: Parameters<WirePage["connect"]>[1] = {}) =>
    page.connect(target(), { password: server.password, ...options });

  test("[WP36] SIGTERM: pages are told, connects refused, sessions go on and resume, until the last one has ended", async () => {
    const { app, page } = await start({ drain_s: 600 });
    const [session, other] = [await shell(page), await shell(page)];
    const left = app.stop("SIGTERM");
    expect((await page.next("going_away")).payload).toEqual({ deadline_s: 600 });
    const refused = await page.settleConnect(page.startConnect(target()));
    expect(refused.payload).toMatchObject({ code: "overloaded", reason: "draining" });
    // A link lost during the drain comes back to its session, and hears how long it has.
    await page.cut();
    const { instanceId, client } = page;
    const back = await WirePage.open(client, { instanceId, sessions: [session.asRequest(), other.asRequest()] });
    const [one, two] = back.welcome?.sessions ?? [];
    expect([one?.status, two?.status]).toEqual(["resumed", "resumed"]);
    expect((await back.next("going_away")).payload.deadline_s).toBeGreaterThan(590);
    session.resumeOn(back, one ?? {});
    other.resumeOn(back, two ?? {});
    session.type("echo still-$((1+1)); exit 5\r");
    expect((await back.next("exit", (m) => m.device === session.device)).payload).toMatchObject({ code: 5 });
    expect(session.text).toContain("still-2");
    other.type("exit 0\r");
    await back.next("exit", (m) => m.device === other.device);
    // Long before the 600 s: what ended is not waited for.
    expect(await left).toBe(0);
    expect(await back.closed).toMatchObject({ code: 4001 });
  });

  test("[WP36] SIGTERM with a short drain ends what is still there when it is over", async () => {
    const { app, page } = await start({ drain_s: 1 });
    await shell(page);
    expect(await app.stop("SIGTERM")).toBe(0);
    expect(await page.closed).toMatchObject({ code: 4001 });
  });

  test("[WP36] SIGINT: told, closed with 4001, gone within 2 s with a flood under way; after the restart sessions are gone", async () => {
    const { app, page } = await start();
    const session = await shell(page, { transport: "shell" });
    session.acking = false;
    session.type("yes\n");
    await page.until(() => (session.recv >= session.window ? true : undefined), "a full window");
    const from = performance.now();
    expect(await app.stop("SIGINT")).toBe(0);
    expect(performance.now() - from).toBeLessThan(2 * SIGINT_EXIT_MS);
    expect(await page.closed).toMatchObject({ code: 4001 });
    await app.restart();
    const back = await WirePage.open(page.client, { instanceId: page.instanceId, sessions: [session.asRequest()] });
    expect(back.welcome?.sessions[0]).toMatchObject({ status: "gone" });
    expect(back.welcome?.boot_id).not.toBe(page.welcome?.boot_id);
    const anew = await shell(back);
    anew.type("echo anew-$((1+1))\r");
    await anew.waitFor(/anew-2/);
    await back.close();
  });

  test("[WP36] a second signal ends a drain at once", async () => {
    const { app, page } = await start({ drain_s: 600 });
    await shell(page);
    const left = app.stop("SIGTERM");
    await page.next("going_away");
    process.kill(app.pid, "SIGTERM");
    expect(await left).toBe(130);
  });

  const rss = async (pid: number): Promise<number> => {
    const text = await readFile(`/proc/${pid}/status`, "utf8");
    return Number(/^VmRSS:\s+(\d+) kB/m.exec(text)?.[1] ?? Number.NaN) * 1_024;
  };

  test("[I3] [WP12] [WP13] floods while everybody is away stay within their bound; every byte comes when somebody is back [I1]", async () => {
    const collected = join(await mkdtemp(join(tmpdir(), "rackside-collected-")), "sign");
    const { app, page } = await start({}, { ...collectable(collected), NODE_OPTIONS: `--require ${COLLECTOR}` });
    const live = async () => (await settled(app.pid, collected)).live * 1_024;
    const sessions: WireSession[] = [];
    while (sessions.length < FLOODED) sessions.push(await shell(page, { transport: "shell" }));
    const watcher = await WirePage.open(page.client);
    const [idle, idleLive] = [await rss(app.pid), await live()];
    for (const session of sessions) session.type(`sleep 0.5; seq 1 ${LINES}\n`);
    // Taken by the shells before the link goes.
    await page.until(() => (sessions.every(({ accepted, inNext }) => accepted === inNext) ? true : undefined), "acks");
    await page.cut();
    await expect
      .poll(async () => (await listSessions(watcher)).every(({ status }) => status === "detached"))
      .toBe(true);
    // Full rings stop their devices: memory no longer grows, and stays below the bound on the way.
    const seen: number[] = [];
    const bound = idle + FLOODED * SESSION_BYTES * MARGIN + GARBAGE_BYTES;
    await expect
      .poll(
        async () => {
          seen.push(await rss(app.pid));
          const last = seen.slice(-8);
          return last.length === 8 && Math.max(...last) - Math.min(...last) < 1_024 * 1_024;
        },
        { timeout: 40_000, interval: 250 },
      )
      .toBe(true);
    const held = (await live()) - idleLive;
    const mb = (bytes: number) => `${(bytes / 1e6).toFixed(1)} MB`;
    console.info(
      `resume-process: ${FLOODED} floods hold ${mb(held)}; resident ${mb(idle)}, then up to ${mb(Math.max(...seen))}`,
    );
    expect(held).toBeGreaterThan(FLOODED * TERMINAL_RING_BYTES);
    expect(held).toBeLessThan(FLOODED * SESSION_BYTES * MARGIN + BASE_BYTES);
    expect(Math.max(...seen)).toBeLessThan(bound);
    await rm(dirname(collected), { recursive: true });
    const { instanceId, client } = page;
    const back = await WirePage.open(client, { instanceId, sessions: sessions.map((session) => session.asRequest()) });
    const hash = createHash("sha256");
    for (let line = 1; line <= LINES; line += 1) hash.update(`${line}\n`);
    const expected = hash.digest("hex");
    for (const [at, session] of sessions.entries()) session.resumeOn(back, back.welcome?.sessions[at] ?? {});
    const length = Array.from({ length: 7 }, (_, digits) => digits + 1).reduce((sum, digits) => {
      const lines = Math.max(0, Math.min(LINES, 10 ** digits - 1) - 10 ** (digits - 1) + 1);
      return sum + lines * (digits + 1);
    }, 0);
    await back.until(() => (sessions.every(({ recv }) => recv >= length) ? true : undefined), "all output");
    for (const session of sessions) {
      expect(session.recv).toBe(length);
      expect(session.hash.digest("hex")).toBe(expected);
    }
    await back.close();
    await watcher.close();
  }, 120_000);
});
