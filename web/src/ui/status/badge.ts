import type { AlertsView, DeviceView } from "#bridge/types.ts";
import type { Tone } from "../primitives/chip.tsx";
import type { IconName } from "../primitives/icon.tsx";

/** What the worker says of a device, and what alerts add to it. */
export type BadgeName = DeviceView["badge"] | "crit" | "warn";
/** A device's worst state as shape, word and colour role; `rank` 1 is the worst [U7]. */
export type Badge = { icon: IconName; word: string; tone: Tone; rank: number; filled?: true; spoken: string };

const BADGES: Record<BadgeName, Badge> = {
  key: { icon: "key_stop", word: "key", tone: "crit", rank: 1, filled: true, spoken: "host key does not match" },
  asks: { icon: "hand", word: "asks", tone: "warn", rank: 2, filled: true, spoken: "needs an answer" },
  ended: { icon: "ended", word: "ended", tone: "crit", rank: 3, spoken: "session ended" },
  offline: { icon: "unlink", word: "offline", tone: "crit", rank: 4, spoken: "link lost" },
  crit: { icon: "warn", word: "crit", tone: "crit", rank: 5, filled: true, spoken: "critical alert" },
  held: { icon: "pause", word: "held", tone: "warn", rank: 6, spoken: "output held" },
  stale: { icon: "clock", word: "stale", tone: "stale", rank: 7, spoken: "telemetry is stale" },
  warn: { icon: "warn", word: "warn", tone: "warn", rank: 8, spoken: "warning" },
  wait: { icon: "busy", word: "wait", tone: "info", rank: 9, spoken: "connecting or resuming" },
  ok: { icon: "check", word: "ok", tone: "ok", rank: 10, spoken: "connected" },
  idle: { icon: "power", word: "closed", tone: "neutral", rank: 11, spoken: "not connected" },
};

export const badgeOf = (name: BadgeName): Badge => BADGES[name];

/**
 * The worst of a device's states and its alerts [U7]. An alert counts while it holds and the person has not said "seen";
 * what is unknown is for `stale` to say.
 */
export function worstBadge(name: DeviceView["badge"], alerts: AlertsView | undefined): BadgeName {
  const open = alerts?.alerts.filter(({ phase, acknowledged_at: seen }) => phase === "active" && seen === undefined);
  const level = open?.some((alert) => alert.level === "crit") ? "crit" : open?.length ? "warn" : name;
  return badgeOf(level).rank < badgeOf(name).rank ? level : name;
}
