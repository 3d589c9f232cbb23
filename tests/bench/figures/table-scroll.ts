import { startApp } from "#support/app.ts";
import type { TestSshServer } from "#support/sshd.ts";
import type { BenchContext, Figure } from "../figure.ts";
import type { Measure } from "../measure.ts";
import { AppScreen } from "../rig/app-screen.ts";
import { browser } from "../rig/browser.ts";
import { routeBox } from "../rig/route-box.ts";
import { type Frames, layPlainList, scrollPlainList, scrollTable, watchOpening } from "../rig/table-watch.ts";
import { ROUTES } from "../route-text.ts";
import { percentile } from "../statistics.ts";

/** From the tap until 14 MB came over SSH, were read and shown. */
const ARRIVAL_LIMIT_MS = 120_000;
const FULL_MS = 5_000;
const SHORT_MS = 2_000;
/** A finger that reads along, and a fling: pixels in a frame. */
const SLOW_PX = 20;
const FAST_PX = 300;
/** A frame of the display; one that comes half a frame later missed its turn. */
const FRAME_MS = 1_000 / 60;
const ON_TIME_MS = FRAME_MS * 1.5;

/** Share of frames that came more than half a frame late. */
function latePct(runs: readonly Frames[]): number {
  const gaps = runs.flatMap(({ gapsMs }) => gapsMs);
  return (100 * gaps.filter((gap) => gap > ON_TIME_MS).length) / gaps.length;
}

async function run(context: BenchContext): Promise<Measure[]> {
  const { server } = await routeBox(context);
  const { browser: chromium } = await browser(context);
  const allow = [{ cidr: `${server.host}/32`, ports: [server.port] }];
  const proxy = await startApp({ config: { allow, demo: false, log: { level: "error" } } });
  try {
    return await measure(context, await AppScreen.open(chromium, proxy.pairUrl), server);
  } finally {
    await proxy.close();
  }
}

async function measure(context: BenchContext, app: AppScreen, server: TestSshServer): Promise<Measure[]> {
  try {
    await app.logIn(server);
    await app.press("[data-testid=consent] button", "Show telemetry");
    await app.press("[data-panel=routing_table] button", "Whole table");
    const watch = await watchOpening(app.page, ARRIVAL_LIMIT_MS);
    await app.press("[data-testid=whole-table] button", "Ask for all of it");
    const openMs = await watch.opened();
    const ms = context.short ? SHORT_MS : FULL_MS;
    const slow = await scrollTable(app.page, ms, SLOW_PX);
    const fast = await scrollTable(app.page, ms, FAST_PX);
    await layPlainList(app.page);
    const plain = [await scrollPlainList(app.page, ms, SLOW_PX), await scrollPlainList(app.page, ms, FAST_PX)];
    const gaps = [...slow.gapsMs, ...fast.gapsMs];
    const empty = [slow, fast].map(({ emptyShare }) => (100 * emptyShare).toFixed(0)).join(" and ");
    const alone = latePct(plain);
    const what = `a table of ${ROUTES} rows in the app`;
    return [
      {
        id: "table_scroll.open",
        title: `${what}: shown, once it is read`,
        value: openMs,
        unit: "ms",
        better: "lower",
        target: { kind: "max_value", bound: 200 },
        note: "from the end of reading until the first rows are painted",
      },
      {
        id: "table_scroll.late",
        title: `${what}: frames that come late while it scrolls`,
        value: latePct([slow, fast]),
        unit: "%",
        better: "lower",
        floor: { title: "a plain list without script in the same page", value: Math.max(alone, 1) },
        target: { kind: "max_over_floor", bound: 10 },
        note: `${gaps.length} frames, ${SLOW_PX} and ${FAST_PX} px in each: ${latePct([slow]).toFixed(0)} and ${latePct([fast]).toFixed(0)} %; p95 ${percentile(gaps, 0.95).toFixed(1)} ms; no row in sight in ${empty} %`,
      },
      {
        id: "table_scroll.gap",
        title: `${what}: longest frame gap while it scrolls`,
        value: Math.max(...gaps),
        unit: "ms",
        better: "lower",
        target: { kind: "max_value", bound: 100 },
      },
    ];
  } finally {
    await app.close();
  }
}

export const tableScroll: Figure = {
  name: "table-scroll",
  title: "a whole table in the app",
  needs: ["sshd", "ssh-keygen", "chromium"],
  run,
};
