import type { PlainPage } from "./plain-page.ts";

/** How the page's main thread fared. */
export type MainThread = { longestTaskMs: number; longestFrameGapMs: number };

type Watched = typeof globalThis & { benchThread?: { stop(): MainThread } };

/** Watches tasks and frames from now on; `stop` gives the worst of each. */
export async function watchMainThread(page: PlainPage): Promise<{ stop(): Promise<MainThread> }> {
  await page.evaluate(() => {
    const worst = { longestTaskMs: 0, longestFrameGapMs: 0 };
    const observer = new PerformanceObserver((list) => {
      for (const { duration } of list.getEntries()) worst.longestTaskMs = Math.max(worst.longestTaskMs, duration);
    });
    observer.observe({ type: "longtask" });
    let last = performance.now();
    let running = true;
    const frame = (): void => {
      const now = performance.now();
      worst.longestFrameGapMs = Math.max(worst.longestFrameGapMs, now - last);
      last = now;
      if (running) requestAnimationFrame(frame);
    };
    requestAnimationFrame(frame);
    (globalThis as Watched).benchThread = {
      stop: () => {
        running = false;
        observer.disconnect();
        return worst;
      },
    };
  }, undefined);
  return {
    stop: () =>
      page.evaluate(() => {
        const { benchThread } = globalThis as Watched;
        if (benchThread === undefined) throw new Error("the page was loaded anew");
        return benchThread.stop();
      }, undefined),
  };
}
