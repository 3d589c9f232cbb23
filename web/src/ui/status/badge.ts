import type { DeviceView } from "#bridge/types.ts";
import type { Tone } from "../primitives/chip.tsx";
import type { IconName } from "../primitives/icon.tsx";

export type BadgeName = DeviceView["badge"];
/** A device's worst state as shape, word and colour role; `rank` 1 is the worst [U7]. */
export type Badge = { icon: IconName; word: string; tone: Tone; rank: number; filled?: true; spoken: string };

const BADGES: Record<BadgeName, Badge> = {
  key: { icon: "key_stop", word: "key", tone: "crit", rank: 1, filled: true, spoken: "host key does not match" },
  asks: { icon: "hand", word: "asks", tone: "warn", rank: 2, filled: true, spoken: "needs an answer" },
  ended: { icon: "ended", word: "ended", tone: "crit", rank: 3, spoken: "session ended" },
  offline: { icon: "unlink", word: "offline", tone: "crit", rank: 4, spoken: "link lost" },
  held: { icon: "pause", word: "held", tone: "warn", rank: 6, spoken: "output held" },
  stale: { icon: "clock", word: "stale", tone: "stale", rank: 7, spoken: "telemetry is stale" },
  wait: { icon: "busy", word: "wait", tone: "info", rank: 9, spoken: "connecting or resuming" },
  ok: { icon: "check", word: "ok", tone: "ok", rank: 10, spoken: "connected" },
  idle: { icon: "power", word: "closed", tone: "neutral", rank: 11, spoken: "not connected" },
};

export const badgeOf = (name: BadgeName): Badge => BADGES[name];
