import type { TelemetryView } from "#machines/views.ts";
import type { DeviceRecord } from "#protocol/messages/devices.ts";
import type { HostKey } from "#protocol/messages/target.ts";
import type { Remembered } from "#telemetry/collector.ts";
import { platforms } from "#telemetry/knowledge/platforms.ts";

/** Where a platform is remembered: one box answers differently to each login, as bash or as the CLI that is its shell. */
export function platformKey(host_key: HostKey, { target }: DeviceRecord): string {
  return `${host_key.sha256} ${target.user}`;
}

/** What the person chose or an earlier connection found: nothing is detected then, and views must still show it. */
export function knownPlatform(
  record: DeviceRecord,
  remembered: Remembered | undefined,
): TelemetryView["platform"] | undefined {
  const id = record.platform ?? remembered?.platform;
  const found = platforms.find((platform) => platform.id === id);
  if (found === undefined) return undefined;
  const chosen = record.platform !== undefined;
  const evidence = chosen ? "chosen by hand" : (remembered?.evidence ?? "found earlier");
  return { id: found.id, title: found.title, evidence, chosen };
}
