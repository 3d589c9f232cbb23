import type { DeviceView } from "#bridge/types.ts";
import type { PlatformId } from "#telemetry/knowledge/platforms.ts";

/** How long a platform keeps a session in which nobody types, and what its configuration calls that. */
type IdleLimit = { seconds: number; name: string };

/**
 * What a platform does unless it was told otherwise; absent where there is no such limit, or none is known. A device may be
 * configured differently, so texts say "usually" [U100].
 */
const LIMITS: Partial<Record<PlatformId, IdleLimit>> = {
  // Lines close after 10 min without input by default (`exec-timeout 10 0`).
  cisco_ios: { seconds: 10 * 60, name: "exec-timeout" },
};

/** An end this much before the limit is still the limit's: the device's clock starts a little before this page's. */
const EARLY_MS = 5_000;
/** And this much after it: the page may have heard of the end later. */
const LATE_MS = 60_000;

/** The usual idle limit of the device's platform; undefined when there is none that is known [WP35]. */
export function idleLimitOf({ record, ssh2 }: Pick<DeviceView, "record" | "ssh2">): IdleLimit | undefined {
  const id = ssh2.platform?.id ?? record.platform;
  return record.simulated === true || id === undefined || !Object.hasOwn(LIMITS, id)
    ? undefined
    : LIMITS[id as PlatformId];
}

/**
 * When the device itself will usually have closed the session: its idle limit after the last key. Null without a known
 * limit, or when this page does not know when somebody typed last.
 */
export function idleEndOf(view: Pick<DeviceView, "record" | "ssh1" | "ssh2">): number | null {
  const limit = idleLimitOf(view);
  const { typed_at } = view.ssh1;
  return limit === undefined || typed_at === undefined ? null : typed_at + limit.seconds * 1_000;
}

/** Names the idle limit when the device closed the session about then; nobody else can say why it did. */
export function idleEndText(view: Pick<DeviceView, "record" | "ssh1" | "ssh2">): string | undefined {
  const limit = idleLimitOf(view);
  const end = idleEndOf(view);
  const { ended } = view.ssh1;
  if (limit === undefined || end === null || ended === undefined) return undefined;
  const { error, code, signal } = ended;
  const byDevice =
    error === undefined ? (code ?? null) === null && (signal ?? null) === null : error.code === "device_closed";
  if (!byDevice || ended.at < end - EARLY_MS) return undefined;
  // Of an end that came while the page was away only the time of the news is known.
  if (ended.at > end + LATE_MS && !ended.while_away) return undefined;
  const minutes = Math.round(limit.seconds / 60);
  return `Nobody had typed for ${minutes} min: this is usually the device's idle limit (${limit.name}).`;
}
