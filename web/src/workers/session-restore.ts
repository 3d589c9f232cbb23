import type { DeviceRecord } from "#protocol/messages/devices.ts";
import type { HostEnv } from "./host-env.ts";
import type { SessionLocks } from "./session-locks.ts";
import type { ResumeRecord, ResumeRecords } from "./storage/resume-records.ts";

/** A reloaded page's predecessor frees its locks within this time; a living page does not. */
const TRIES = 10;
const TRY_EVERY_MS = 200;
/** With one lock of a device here, so often the other is waited for: a dying page frees its locks one by one. */
const TRIES_FOR_ALL = 3;
/** Beyond the grace since the last sign of life there is nothing to ask for. */
const SLACK_MS = 60_000;

export type Restorable = { record: DeviceRecord; cols: number; rows: number; sessions: readonly ResumeRecord[] };

/**
 * Finds the sessions that an earlier page or worker left behind, device by device: those whose Web Lock nobody holds, and
 * those of this page's own former worker, whoever holds theirs [WP28] [U97]. Others belong to a living tab.
 */
export async function restorable(
  env: Pick<HostEnv, "now" | "setTimeout">,
  records: ResumeRecords,
  locks: SessionLocks,
  found: (device: Restorable) => void,
): Promise<void> {
  const byDevice = new Map<string, ResumeRecord[]>();
  for (const record of await records.list()) {
    if (env.now() - record.at > record.record.grace_s * 1_000 + SLACK_MS) await records.remove(record.sid);
    else byDevice.set(record.device, [...(byDevice.get(record.device) ?? []), record]);
  }
  await Promise.all([...byDevice.values()].map((sessions) => restore(env, locks, sessions, found)));
}

async function restore(
  env: Pick<HostEnv, "setTimeout">,
  locks: SessionLocks,
  sessions: readonly ResumeRecord[],
  found: (device: Restorable) => void,
): Promise<void> {
  // The newest of each kind; an older one of the same device is a left-over of a crash.
  const newest = ["ssh1", "ssh2"].flatMap(
    (kind) => sessions.filter(({ session_id }) => session_id === kind).sort((a, b) => b.at - a.at)[0] ?? [],
  );
  let since: number | undefined;
  for (let tries = 0; tries < TRIES || since !== undefined; tries++) {
    const free = await Promise.all(newest.map(async (session) => ((await locks.takeUp(session)) ? [session] : [])));
    const mine = free.flat();
    const [first] = mine;
    if (first !== undefined) {
      since ??= tries;
      if (mine.length === newest.length || tries - since >= TRIES_FOR_ALL) {
        found({ record: first.record, cols: first.cols, rows: first.rows, sessions: mine });
        return;
      }
    }
    await new Promise<void>((again) => env.setTimeout(again, TRY_EVERY_MS));
  }
}

/** What this tablet knows of a session, with its lock if no living tab shows it. */
export async function keptSession(
  sid: string,
  records: ResumeRecords,
  locks: SessionLocks,
): Promise<ResumeRecord | undefined> {
  const kept = (await records.list()).find((one) => one.sid === sid);
  if (kept !== undefined) await locks.takeUp(kept);
  return kept;
}

/**
 * The terminal session of a device that the proxy may still have: one that no living tab shows, with its lock; else one
 * that another tab shows, without [WP28].
 */
export async function keptTerminal(
  device: string,
  records: ResumeRecords,
  locks: SessionLocks,
): Promise<ResumeRecord | undefined> {
  const kept = (await records.list())
    .filter((one) => one.device === device && one.session_id === "ssh1")
    .sort((a, b) => b.at - a.at);
  for (const record of kept) if (await locks.takeUp(record)) return record;
  return kept[0];
}
