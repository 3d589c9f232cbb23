import type { DeviceSpec } from "../world/topology.ts";
import type { World } from "../world/world.ts";

/** What a show command prints from: the world at one instant, seen from one device. */
export type ShowContext = { world: World; device: DeviceSpec; at: number };

/** The configured host name right now. */
export function hostnameOf(context: ShowContext): string {
  return context.world.edits.hostname(context.device.id, context.device.hostname);
}

const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
const DAYS = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];

const two = (value: number) => String(value).padStart(2, "0");
const three = (value: number) => String(value).padStart(3, "0");

/** `Jun  9 03:02:31.125`, as log lines carry it (UTC). */
export function logStamp(at: number): string {
  const date = new Date(at);
  const day = String(date.getUTCDate()).padStart(2, " ");
  return `${MONTHS[date.getUTCMonth()]} ${day} ${clockTime(date)}.${three(date.getUTCMilliseconds())}`;
}

function clockTime(date: Date): string {
  return `${two(date.getUTCHours())}:${two(date.getUTCMinutes())}:${two(date.getUTCSeconds())}`;
}

/** `03:02:31.125 UTC Mon Jun 9 2025`, or without the milliseconds. */
export function clockText(at: number, withMs: boolean): string {
  const date = new Date(at);
  const fraction = withMs ? `.${three(date.getUTCMilliseconds())}` : "";
  const day = `${DAYS[date.getUTCDay()]} ${MONTHS[date.getUTCMonth()]} ${date.getUTCDate()} ${date.getUTCFullYear()}`;
  return `${clockTime(date)}${fraction} UTC ${day}`;
}

/** A duration as tables print it: `00:12:33`, `1d02h`, `3w4d`, `1y12w`. */
export function age(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  const hours = Math.floor(seconds / 3600);
  const days = Math.floor(hours / 24);
  const weeks = Math.floor(days / 7);
  if (days < 1) return `${two(hours)}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
  if (weeks < 1) return `${days}d${two(hours % 24)}h`;
  if (weeks < 52) return `${weeks}w${days % 7}d`;
  return `${Math.floor(weeks / 52)}y${weeks % 52}w`;
}

/** A duration as `show version` prints it: `7 weeks, 2 days, 6 hours, 11 minutes`. */
export function uptimeText(ms: number): string {
  const minutes = Math.floor(ms / 60_000);
  const parts: [number, string][] = [
    [Math.floor(minutes / (60 * 24 * 7 * 52)), "year"],
    [Math.floor(minutes / (60 * 24 * 7)) % 52, "week"],
    [Math.floor(minutes / (60 * 24)) % 7, "day"],
    [Math.floor(minutes / 60) % 24, "hour"],
    [minutes % 60, "minute"],
  ];
  const shown = parts
    .filter(([count]) => count > 0)
    .map(([count, word]) => `${count} ${word}${count === 1 ? "" : "s"}`);
  return shown.length === 0 ? "0 minutes" : shown.join(", ");
}

/** A prefix length as a dotted mask. */
export function dottedMask(length: number): string {
  const mask = length === 0 ? 0 : (0xffffffff << (32 - length)) >>> 0;
  return [24, 16, 8, 0].map((shift) => (mask >>> shift) & 255).join(".");
}
