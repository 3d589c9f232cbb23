import type { Figure } from "./figure.ts";
import { appEcho } from "./figures/app-echo.ts";
import { ctrlC } from "./figures/ctrl-c.ts";
import { fullTable } from "./figures/full-table.ts";
import { keyEcho } from "./figures/key-echo.ts";
import { proxyMemory } from "./figures/proxy-memory.ts";
import { proxyThroughput } from "./figures/proxy-throughput.ts";
import { resumeTime } from "./figures/resume.ts";
import { start } from "./figures/start.ts";
import { tableScroll } from "./figures/table-scroll.ts";
import { telemetry } from "./figures/telemetry.ts";
import { throughput } from "./figures/throughput.ts";

/** In the order in which they run: the quiet ones before those that heat the machine. */
export const figures: readonly Figure[] = [
  telemetry,
  fullTable,
  start,
  tableScroll,
  keyEcho,
  appEcho,
  resumeTime,
  proxyMemory,
  ctrlC,
  proxyThroughput,
  throughput,
];
