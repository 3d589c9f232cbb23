import type { Tone } from "../primitives/chip.tsx";
import type { IconName } from "../primitives/icon.tsx";

export type StateLook = { icon: IconName; tone: Tone };

const look = (icon: IconName, tone: Tone): StateLook => ({ icon, tone });
const GOOD = look("check", "ok");
const BAD = look("down", "crit");
const OFF = look("minus", "neutral");
const MOVING = look("busy", "warn");

/** Words of the closed vocabularies of states (section 2.3 of the telemetry design), by what they mean to a person. */
const LOOKS: ReadonlyMap<string, StateLook> = new Map([
  ["up", GOOD],
  ["established", GOOD],
  ["full", GOOD],
  ["2way", GOOD],
  ["ok", GOOD],
  ["normal", GOOD],
  ["reachable", GOOD],
  ["permanent", GOOD],
  ["down", BAD],
  ["lower-down", BAD],
  ["absent", OFF],
  ["off", OFF],
  ["admin-down", OFF],
  ["shut", OFF],
  ["err-disabled", look("key_stop", "crit")],
  ["crit", look("key_stop", "crit")],
  ["failed", BAD],
  ["incomplete", MOVING],
  ["warn", look("warn", "warn")],
  ["idle", BAD],
  ["connect", MOVING],
  ["active", MOVING],
  ["opensent", MOVING],
  ["openconfirm", MOVING],
  ["attempt", MOVING],
  ["init", MOVING],
  ["exstart", MOVING],
  ["exchange", MOVING],
  ["loading", MOVING],
  ["testing", MOVING],
  ["dormant", MOVING],
  ["stale", look("clock", "stale")],
  ["delay", MOVING],
  ["probe", MOVING],
  ["throttled", look("warn", "warn")],
  ["backing_off", look("warn", "warn")],
  ["paused", look("pause", "stale")],
  ["suspended", look("pause", "warn")],
]);

/** Shape and colour role of a state word; an unknown word gets the shape of the unknown [T5]. */
export const stateLook = (word: string): StateLook => LOOKS.get(word) ?? look("help", "unknown");

/** An interface that somebody switched off is not a fault: `down` while shut reads as shut. */
export function interfaceStateWord(row: Readonly<Record<string, unknown>>): string | undefined {
  const oper = row.oper;
  if (typeof oper !== "string") return undefined;
  return oper === "down" && row.admin === "down" ? "admin-down" : oper;
}
