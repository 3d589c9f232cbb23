import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { SSH_WINDOW_BYTES, TERMINAL_RING_BYTES } from "#protocol/limits.ts";
import type { WirePage } from "#support/wire-client.ts";
import type { BenchContext, Figure } from "../figure.ts";
import type { Measure } from "../measure.ts";
import { startFlood } from "../rig/flood.ts";
import { collectable, type Held, settled } from "../rig/process-memory.ts";
import { type ProxyRig, startRig } from "../rig/proxy-rig.ts";
import { Watcher } from "../rig/shell.ts";
import { sshBox } from "../rig/ssh-box.ts";

const WARM_UP_SESSIONS = 50;
const IDLE_SESSIONS = 100;
const FLOODED_SESSIONS = 10;
/** Handshakes at a time: sshd refuses more than its MaxStartups. */
const AT_ONCE = 5;
const KIB = 1_024;
const FILE_BYTES = 1_000_000;

async function openSessions(rig: ProxyRig, page: WirePage, count: number): Promise<Watcher[]> {
  const open: Watcher[] = [];
  while (open.length < count) {
    const batch = Array.from({ length: Math.min(AT_ONCE, count - open.length) }, async () => {
      const watcher = new Watcher(await rig.connect(page));
      await watcher.prepare();
      return watcher;
    });
    open.push(...(await Promise.all(batch)));
  }
  return open;
}

/** What each of `count` further sessions added. */
function share(before: Held, after: Held, count: number): Held {
  return { pages: (after.pages - before.pages) / count, live: (after.live - before.live) / count };
}

async function measure(context: BenchContext, rig: ProxyRig, sign: string): Promise<Measure[]> {
  const file = await (await sshBox(context)).textFile(FILE_BYTES);
  const held = (): Promise<Held> => settled(rig.app.pid, sign);
  const page = await rig.open();
  // The first ones pay for code and pools that all share.
  await openSessions(rig, page, WARM_UP_SESSIONS);
  const before = await held();
  await openSessions(rig, page, IDLE_SESSIONS);
  const idle = share(before, await held(), IDLE_SESSIONS);
  const leaving = await rig.open();
  const leavers = await openSessions(rig, leaving, FLOODED_SESSIONS);
  const calm = await held();
  for (const watcher of leavers) await startFlood(watcher, file);
  await leaving.cut();
  const flooded = share(calm, await held(), FLOODED_SESSIONS);
  await page.close();
  return [
    {
      id: "memory.idle_session",
      title: "proxy memory of an idle session",
      value: idle.pages,
      unit: "KiB",
      better: "lower",
      target: { kind: "max_value", bound: 200 },
      note: `pages after collection, ${IDLE_SESSIONS} more terminals on OpenSSH; ${idle.live.toFixed(0)} KiB of it live`,
    },
    {
      id: "memory.flooded_detached",
      title: "proxy memory of a flooded detached session",
      value: idle.live + flooded.live,
      unit: "KiB",
      better: "lower",
      floor: { title: "ring + SSH window", value: (TERMINAL_RING_BYTES + SSH_WINDOW_BYTES) / KIB },
      target: { kind: "max_ratio", bound: 1.25 },
      note: "live objects and buffers after collection",
    },
    {
      id: "memory.flooded_pages",
      title: "the same with the allocator's free lists",
      value: idle.pages + flooded.pages,
      unit: "KiB",
      better: "lower",
      note: `what ${FLOODED_SESSIONS} floods at once leave in the process; shared by all later sessions`,
    },
  ];
}

async function run(context: BenchContext): Promise<Measure[]> {
  const folder = await mkdtemp(join(tmpdir(), "rackside-bench-"));
  const sign = join(folder, "collected");
  try {
    const rig = await startRig(await sshBox(context), collectable(sign));
    try {
      return await measure(context, rig, sign);
    } finally {
      await rig.close();
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

export const proxyMemory: Figure = { name: "memory", title: "proxy memory", needs: ["sshd", "ssh-keygen"], run };
