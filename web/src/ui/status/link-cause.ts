import type { DeviceView, LinkView } from "#bridge/types.ts";
import { withIec } from "../format/numbers.ts";
import { durationText } from "../format/times.ts";
import { linkIsSlow } from "./chip-state.ts";

const KIB = 1024;
/** Bounds of the table of causes [U12]. */
const UNDRAWN_BYTES = 64 * KIB;
const UNACKED_MS = 1_500;
const UNECHOED_MS = 3_000;
/** A quarter of the proxy's ring: what waits for storage there makes the device wait next. */
const UNSAVED_BYTES = 256 * KIB;

/** One line that names why the terminal is slow, by the first match [U12]; undefined when nothing is. */
export function slowCause(link: LinkView | undefined, device: DeviceView | undefined, now: number): string | undefined {
  const ssh1 = device?.ssh1;
  if (ssh1 !== undefined && ssh1.undrawn_bytes > UNDRAWN_BYTES) {
    return `This tablet is busy: ${withIec(ssh1.undrawn_bytes)} received, not yet drawn.`;
  }
  if (link !== undefined && linkIsSlow(link)) return "The network is slow.";
  if (ssh1?.unacked_since !== undefined && now - ssh1.unacked_since > UNACKED_MS) {
    const waited = durationText((now - ssh1.unacked_since) / 1_000);
    return `The proxy has not confirmed what you typed for ${waited}.`;
  }
  if (ssh1 !== undefined && ssh1.held_bytes > 0) {
    return `Output is held, ${Math.ceil(ssh1.held_bytes / KIB)} KiB at the proxy. The device is not dead.`;
  }
  if (ssh1?.unsaved_bytes !== undefined && ssh1.unsaved_bytes > UNSAVED_BYTES) {
    return `Storage is slow: ${withIec(ssh1.unsaved_bytes)} received, not yet saved on this tablet.`;
  }
  if (ssh1?.phase === "live" && ssh1.unechoed !== undefined && now - ssh1.unechoed.since > UNECHOED_MS) {
    return `The device has not answered for ${durationText((now - ssh1.unechoed.since) / 1_000)}.`;
  }
  return undefined;
}
