import type { Figure } from "./figure.ts";
import { telemetry } from "./figures/telemetry.ts";

/** In the order in which they run: the quiet ones before those that heat the machine. */
export const figures: readonly Figure[] = [telemetry];
