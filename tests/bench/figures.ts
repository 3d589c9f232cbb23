import type { Figure } from "./figure.ts";
import { ctrlC } from "./figures/ctrl-c.ts";
import { keyEcho } from "./figures/key-echo.ts";
import { proxyMemory } from "./figures/proxy-memory.ts";
import { proxyThroughput } from "./figures/proxy-throughput.ts";
import { resumeTime } from "./figures/resume.ts";
import { telemetry } from "./figures/telemetry.ts";

/** In the order in which they run: the quiet ones before those that heat the machine. */
export const figures: readonly Figure[] = [telemetry, keyEcho, resumeTime, proxyMemory, ctrlC, proxyThroughput];
