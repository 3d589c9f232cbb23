import { describe, expect, test } from "vitest";
import { ASK_EVERY_MS, SILENCE_MS, WorkerWatch } from "#bridge/worker-watch.ts";

/** Ticks once a second from `from` to `to`; the times at which it asked, and when it gave up. */
function run(watch: WorkerWatch, from: number, to: number): { asked: number[]; deadAt?: number } {
  const asked: number[] = [];
  for (let now = from; now <= to; now += 1_000) {
    const step = watch.tick(now);
    if (step.dead) return { asked, deadAt: now };
    if (step.ask !== undefined) asked.push(now);
  }
  return { asked };
}

describe("worker watch [U97]", () => {
  test("a silent worker is dead 5 s after the question it did not answer", () => {
    const watch = new WorkerWatch();
    watch.begin(0);
    expect(run(watch, 1_000, 20_000)).toEqual({ asked: [ASK_EVERY_MS], deadAt: ASK_EVERY_MS + SILENCE_MS });
  });

  test("any message proves life", () => {
    const watch = new WorkerWatch();
    watch.begin(0);
    run(watch, 1_000, 6_000);
    watch.heard();
    expect(run(watch, 7_000, 9_000)).toEqual({ asked: [7_000] });
  });

  test("[WP34] a page that slept itself does not blame the worker", () => {
    const watch = new WorkerWatch();
    watch.begin(0);
    run(watch, 1_000, 3_000);
    expect(watch.tick(60_000)).toMatchObject({ dead: false });
  });

  test("nothing is asked before the first views and after the end", () => {
    const watch = new WorkerWatch();
    expect(run(watch, 0, 10_000)).toEqual({ asked: [] });
    watch.begin(10_000);
    watch.end();
    expect(run(watch, 11_000, 30_000)).toEqual({ asked: [] });
  });

  test("two crashes in a minute stop; one a minute goes on; a person may start again", () => {
    const watch = new WorkerWatch();
    expect(watch.mayReplace(0)).toBe(true);
    expect(watch.mayReplace(61_000)).toBe(true);
    expect(watch.mayReplace(100_000)).toBe(false);
    watch.forgive();
    expect(watch.mayReplace(101_000)).toBe(true);
  });
});
