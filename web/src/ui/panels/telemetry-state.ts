import type { TelemetryView } from "#bridge/types.ts";
import { platforms } from "#telemetry/knowledge/platforms.ts";
import type { Tone } from "../primitives/chip.tsx";
import type { IconName } from "../primitives/icon.tsx";

/** What telemetry does, as shape, word and a line of detail. */
export type TelemetryState = { icon: IconName; tone: Tone; word: string; detail?: string };

const state = (icon: IconName, tone: Tone, word: string, detail?: string): TelemetryState =>
  detail === undefined ? { icon, tone, word } : { icon, tone, word, detail };

/** State of the second connection for the head of the panels; `chosen` is the platform of the device's record. */
export function telemetryState(ssh2: TelemetryView, chosen?: string): TelemetryState {
  const platform = ssh2.platform?.title ?? platforms.find((one) => one.id === chosen)?.title;
  switch (ssh2.phase) {
    case "ended":
      return state("ended", "crit", "Ended", platform);
    case "suspended":
    case "resuming":
      return state("busy", "warn", "Resuming", platform);
    case "busy":
    case "taken_over":
      return state("tablet", "warn", "Elsewhere", platform);
    case "connecting":
      return state("busy", "info", "Connecting");
    case "idle":
      return ssh2.activity === "asking_consent" ? state("hand", "warn", "Asks") : state("power", "neutral", "Off");
    default:
      return liveState(ssh2, platform);
  }
}

function liveState(ssh2: TelemetryView, platform: string | undefined): TelemetryState {
  switch (ssh2.activity) {
    case "asking_consent":
      return state("hand", "warn", "Asks");
    case "detecting":
      return state("busy", "info", "Detecting", ssh2.command);
    case "paused":
      return state("pause", "stale", "Paused", platform);
    case "throttled":
      return state("warn", "warn", "Throttled", ssh2.reason ?? platform);
    case "off":
      return state("power", "neutral", "Off", platform);
    default:
      return state("activity", "ok", "Live", platform);
  }
}
