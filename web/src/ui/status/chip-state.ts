import type { DeviceView, LinkView } from "#bridge/types.ts";
import { msText } from "../format/times.ts";
import type { Tone } from "../primitives/chip.tsx";
import type { IconName } from "../primitives/icon.tsx";

/** What the connection chip says: a shape and at most three words [U10]. */
export type ChipState = { name: string; icon: IconName; tone: Tone; words: string };

/** Typed text that the proxy has not confirmed for this long is worth a figure [U11]. */
const UNACKED_SHOWN_MS = 1_500;
const KIB = 1_024;

/** The figure beside the chip's words: what is held, what is not confirmed, else the round trip [U11]. */
export function chipFigure(
  link: LinkView | undefined,
  device: DeviceView | undefined,
  now: number,
): string | undefined {
  const { name } = chipState(link, device);
  const ssh1 = device?.ssh1;
  if (name === "held" && ssh1 !== undefined) return `${Math.ceil(ssh1.held_bytes / KIB)} KiB`;
  const waits = ssh1?.unacked_since !== undefined && now - ssh1.unacked_since > UNACKED_SHOWN_MS;
  if (waits && (name === "connected" || name === "slow")) return `${ssh1.unacked_bytes} B unconfirmed`;
  const shows = name === "connected" || name === "slow";
  return shows && link?.rtt_ms !== undefined ? msText(link.rtt_ms) : undefined;
}

/** A round trip this much above the 60 s median counts as slow, if it is also long enough to be felt [U12]. */
const SLOW_FACTOR = 3;
const SLOW_MIN_MS = 150;

const state = (name: string, icon: IconName, tone: Tone, words: string): ChipState => ({ name, icon, tone, words });

/** True while the network, and not the device, is what makes a person wait. */
export function linkIsSlow(link: LinkView): boolean {
  if (link.phase === "probing") return true;
  const { rtt_ms: rtt, rtt_p50_ms: median } = link;
  return rtt !== undefined && median !== undefined && rtt >= SLOW_MIN_MS && rtt > SLOW_FACTOR * median;
}

/** State of the connection chip for the device on the screen, or for the link alone; worst first. */
export function chipState(link: LinkView | undefined, device: DeviceView | undefined): ChipState {
  const ssh1 = device?.ssh1;
  const asks = ssh1?.question ?? device?.ssh2.question ?? ssh1?.stale_input;
  if (asks !== undefined) return state("asks", "hand", "warn", "Asks");
  if (ssh1?.phase === "busy" || ssh1?.phase === "taken_over") return state("asks", "hand", "warn", "In use elsewhere");
  if (link === undefined) return state("connecting", "busy", "info", "Starting");
  if (link.phase === "refused") return state("offline", "unlink", "crit", "Refused");
  if (link.phase === "offline") return state("offline", "unlink", "crit", "Offline");
  if (ssh1?.phase === "ended") return state("ended", "ended", "crit", "Ended");
  if (link.phase === "waiting" || link.phase === "dialling" || link.phase === "greeting") {
    if (link.attempt <= 1 && link.phase !== "waiting") return state("connecting", "busy", "info", "Connecting");
    return state("resuming", "busy", "warn", `Resuming (${link.attempt})`);
  }
  if (ssh1?.phase === "resuming" || ssh1?.phase === "suspended") return state("resuming", "busy", "warn", "Resuming");
  if (ssh1?.phase === "connecting") return state("connecting", "busy", "info", "Connecting");
  if (ssh1 !== undefined && ssh1.held_bytes > 0) return state("held", "pause", "warn", "Held");
  if (linkIsSlow(link)) return state("slow", "clock", "warn", "Slow");
  return state("connected", "link", "ok", "Connected");
}
