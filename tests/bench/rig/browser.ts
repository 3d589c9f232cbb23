import type { Browser } from "playwright";
import { launchChromium, requireChromium } from "#support/chromium.ts";
import type { BenchContext } from "../figure.ts";

/**
 * One browser for all figures. Without 3D both the app and its yardstick draw with DOM: a headless machine has no GPU,
 * and WebGL in software says nothing about a tablet.
 */
export const browser = (context: BenchContext): Promise<{ browser: Browser; close(): Promise<void> }> =>
  context.shared("browser", async () => {
    const path = await requireChromium();
    if (path === undefined) throw new Error("no Chromium");
    const started = await launchChromium(path, ["--disable-3d-apis"], { ownSignals: true });
    return { browser: started, close: () => started.close() };
  });

/** One device pixel for each CSS pixel: without a GPU, more of them measures the rasteriser and nothing of ours. */
export const SCREEN = { deviceScaleFactor: 1 } as const;
