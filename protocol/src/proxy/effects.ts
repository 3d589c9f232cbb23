import { CLOSE, type CloseCode } from "../close-codes.ts";
import type { Down } from "../down.ts";

/** The proxy's own name of a link, unique in the process and never used again. */
export type LinkId = string;

/** What a session core asks its owner to do. */
export type ProxyEffect =
  /** Stop, or go on with, reading from the SSH channel, both streams [WP12] [WP41]. */
  | { type: "pause" | "resume" }
  /** Write to the SSH channel at once; report the bytes back with inputTaken() when it took them. */
  | { type: "write"; bytes: Uint8Array }
  /** Send window-change to the device. */
  | { type: "set_window"; cols: number; rows: number }
  /** Queue on that link, as control. */
  | { type: "send"; link: LinkId; message: Down }
  /** Its peer broke the protocol: close that link; the session is unchanged [WP4]. */
  | { type: "fault"; link: LinkId; closeCode: CloseCode; reason: string };

export const NONE: readonly ProxyEffect[] = [];

export function errorFault(link: LinkId, reason: string): readonly ProxyEffect[] {
  return [{ type: "fault", link, closeCode: CLOSE.protocol, reason }];
}
