import { PAUSE_UNSENT_BYTES } from "../limits.ts";

/** What the pause decision depends on, in bytes [WP12]. */
export type FlowState = {
  paused: boolean;
  attached: boolean;
  /** Received from the device and not yet sent to the page. */
  unsent: number;
  /** Received from the device and still to be kept: end - floor. */
  held: number;
  /** R: what a session may hold. */
  ring: number;
  overflow: "hold" | "drop_oldest";
  /** The user's or the proxy's byte budget is spent. */
  overBudget: boolean;
};

/**
 * Whether the SSH channel must stand still. It stops when an attached page lags by 64 KiB or R bytes are held, and goes
 * on when both are below half; between the two it stays as it is. With `drop_oldest` the ring never stops the device.
 */
export function mustPause(flow: FlowState): boolean {
  if (flow.overBudget) return true;
  const part = flow.paused ? 0.5 : 1;
  const lags = flow.attached && flow.unsent >= PAUSE_UNSENT_BYTES * part;
  const full = flow.overflow === "hold" && flow.held >= flow.ring * part;
  return lags || full;
}
