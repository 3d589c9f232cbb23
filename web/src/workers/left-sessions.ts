import type { HostParts } from "./host-parts.ts";
import type { PendingEnds } from "./pending-ends.ts";
import type { ResourceScope } from "./resource-scope.ts";
import type { SessionLocks } from "./session-locks.ts";
import { type Restorable, restorable } from "./session-restore.ts";

/**
 * Takes up what an earlier page, worker or tree left: sessions whose end was not confirmed, then those that go on. What a
 * locked vault protects comes back when it is open; the sessions wait in their grace [S71].
 */
export async function takeUpSessions(
  { env, resume, logs, secrets }: Pick<HostParts, "env" | "resume" | "logs" | "secrets">,
  ends: Pick<PendingEnds, "load">,
  locks: SessionLocks,
  scope: ResourceScope,
  found: (device: Restorable) => Promise<void>,
): Promise<void> {
  await ends.load();
  if (secrets.isLocked) {
    await secrets.whenOpen();
    if (scope.ended) return;
    await ends.load();
  }
  if (scope.ended) return;
  await restorable(env, resume, locks, (device) => void found(device));
  if (!scope.ended) await logs.sweep(new Set(await resume.sids()), env.now());
}
