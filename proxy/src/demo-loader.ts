import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { DemoLab } from "./demo-devices.ts";

type DemoModule = { startDemoLab(): Promise<DemoLab> };

/** The demo lab beside this file in a build, or in its source folder under a loader of TypeScript. */
const PLACES = ["../demo/demo-lab.js", "../../demo/src/demo-lab.ts"];

/** Starts the simulated devices; undefined when this installation has none. */
export async function loadDemoLab(): Promise<DemoLab | undefined> {
  const found = PLACES.map((place) => new URL(place, import.meta.url)).find((url) => existsSync(fileURLToPath(url)));
  if (found === undefined) return undefined;
  const module = (await import(/* @vite-ignore */ found.href)) as DemoModule;
  return module.startDemoLab();
}
