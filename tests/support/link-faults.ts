import type { FaultRelay } from "./fault-relay.ts";
import type { SeededRandom } from "./seeded-random.ts";

const KIB = 1_024;

/** Ways in which a network takes a link away. Every one of them makes the page dial again. */
export const LINK_FAULTS = [
  "cut_after_down",
  "cut_after_up",
  "reset_after_down",
  "black_hole",
  "half_close_up",
  "half_close_down",
  "delay_then_cut",
  "drip_then_reset",
  "reset",
  "refuse_for_a_while",
] as const;
export type LinkFault = (typeof LINK_FAULTS)[number];

/** How fast the network is between faults: bytes at a time, with a pause between; 0 is as fast as it can. */
export type Pace = { bytes: number; everyMs: number };

export type Strike = {
  relay: FaultRelay;
  random: SeededRandom;
  pace: Pace;
  /** Makes the page ask for a sign of life, as a wake does: a black hole shows in nothing else for a long time. */
  wake: () => void;
};

const delivered = (relay: FaultRelay): number =>
  relay.connections.reduce((sum, { up, down }) => sum + up.delivered + down.delivered, 0);

/**
 * Takes the link away and resolves when the page has dialled again. Bytes must be flowing in both directions. What a black
 * hole swallowed comes out afterwards, behind the back of the next link.
 */
export async function strike(kind: LinkFault, { relay, random, pace, wake }: Strike): Promise<void> {
  const before = relay.connections.length;
  const dialled = () => relay.until(({ connections }) => connections.length > before);
  const flowed = async (bytes: number) => {
    const from = delivered(relay);
    await relay.until(() => delivered(relay) - from >= bytes);
  };
  switch (kind) {
    case "cut_after_down":
      relay.cutAfter("down", random.between(1, 96 * KIB));
      break;
    case "cut_after_up":
      relay.cutAfter("up", random.between(1, 200));
      break;
    case "reset_after_down":
      relay.cutAfter("down", random.between(1, 96 * KIB), "reset");
      break;
    case "black_hole":
      relay.blackHole(true);
      wake();
      await dialled();
      relay.blackHole(false);
      break;
    case "half_close_up":
      relay.halfClose("up");
      break;
    case "half_close_down":
      relay.halfClose("down");
      break;
    case "delay_then_cut":
      relay.delay(random.between(5, 40));
      await flowed(random.between(1, 16 * KIB));
      relay.cut();
      relay.delay(0);
      break;
    case "drip_then_reset":
      relay.drip(random.between(11, 997), 1);
      await flowed(random.between(1, 8 * KIB));
      relay.reset();
      relay.drip(pace.bytes, pace.everyMs);
      break;
    case "reset":
      relay.reset();
      break;
    case "refuse_for_a_while":
      relay.refuse(true);
      relay.cut();
      // One refused dial at least: the page's second try comes after its first delay.
      await new Promise((resolve) => setTimeout(resolve, random.between(20, 120)));
      relay.refuse(false);
      break;
    default:
      kind satisfies never;
  }
  await dialled();
}
