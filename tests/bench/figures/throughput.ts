import { readFile } from "node:fs/promises";
import type { BenchContext, Figure } from "../figure.ts";
import type { Measure } from "../measure.ts";
import { AppScreen } from "../rig/app-screen.ts";
import { browser } from "../rig/browser.ts";
import { type MainThread, watchMainThread } from "../rig/main-thread.ts";
import { proxyRig } from "../rig/proxy-rig.ts";
import { sshBox } from "../rig/ssh-box.ts";
import { type AloneTerminal, openXtermAlone } from "../rig/xterm-alone.ts";
import { median } from "../statistics.ts";

const FULL_BYTES = 50_000_000;
const SHORT_BYTES = 8_000_000;
const RUNS = 3;
/** As the app's terminal on a touch screen. */
const FONT_PX = 15;
const SCROLLBACK_LINES = 5_000;

/** Bytes that the terminal gets: the line discipline of the device puts a CR before each LF. */
async function terminalBytes(file: string): Promise<number> {
  const bytes = await readFile(file);
  let count = bytes.length;
  for (const byte of bytes) if (byte === 0x0a) count++;
  return count;
}

type Contestants = { bytes: number; file: string; unlogged: AppScreen; logged: AppScreen; alone: AloneTerminal };
type Rates = { unlogged: number[]; logged: number[]; alone: number[]; thread: MainThread };

/** Turn about, so that what else the machine does hits all three. The first round warms up and does not count. */
async function measureRates({ bytes, file, unlogged, logged, alone }: Contestants): Promise<Rates> {
  const print = async (app: AppScreen): Promise<number> => bytes / 1_000 / (await app.printFile(file));
  await alone.mbPerS();
  await print(unlogged);
  await print(logged);
  const watch = await watchMainThread(unlogged.page);
  const rates: Omit<Rates, "thread"> = { unlogged: [], logged: [], alone: [] };
  while (rates.alone.length < RUNS) {
    rates.alone.push(await alone.mbPerS());
    rates.unlogged.push(await print(unlogged));
    rates.logged.push(await print(logged));
  }
  return { ...rates, thread: await watch.stop() };
}

async function run(context: BenchContext): Promise<Measure[]> {
  const box = await sshBox(context);
  const rig = await proxyRig(context);
  const { browser: chromium } = await browser(context);
  const file = await box.textFile(context.short ? SHORT_BYTES : FULL_BYTES);
  const open: { close(): Promise<void> }[] = [];
  try {
    const unlogged = await AppScreen.open(chromium, await rig.app.pairAgain());
    open.push(unlogged);
    await unlogged.keepNothing();
    await unlogged.connect(box.server);
    const logged = await AppScreen.open(chromium, await rig.app.pairAgain());
    open.push(logged);
    await logged.connect(box.server);
    const size = await unlogged.size();
    const shape = { ...size, fontSize: FONT_PX, scrollback: SCROLLBACK_LINES };
    const alone = await openXtermAlone(chromium, await box.asTerminal(file), shape);
    open.push(alone);
    const rates = await measureRates({ bytes: await terminalBytes(file), file, unlogged, logged, alone });
    const floor = { title: "xterm.js alone", value: median(rates.alone) };
    const note = `${size.cols}x${size.rows}, DOM renderer, ${context.short ? SHORT_BYTES : FULL_BYTES} bytes, median of ${RUNS}`;
    return [
      {
        id: "throughput.unlogged",
        title: "throughput, device to rendered terminal, nothing kept",
        value: median(rates.unlogged),
        unit: "MB/s",
        better: "higher",
        floor,
        target: { kind: "min_ratio", bound: 0.45 },
        note,
      },
      {
        id: "throughput.logged",
        title: "throughput, device to rendered terminal, log on",
        value: median(rates.logged),
        unit: "MB/s",
        better: "higher",
        floor,
        target: { kind: "min_ratio", bound: 0.35 },
        note,
      },
      {
        id: "main_thread.longest_task",
        title: "main thread during a flood: longest task",
        value: rates.thread.longestTaskMs,
        unit: "ms",
        better: "lower",
        target: { kind: "max_value", bound: 50 },
        note: "0: none above 50 ms, which is where the browser begins to report",
      },
      {
        id: "main_thread.frame_gap",
        title: "main thread during a flood: longest frame gap",
        value: rates.thread.longestFrameGapMs,
        unit: "ms",
        better: "lower",
        target: { kind: "max_value", bound: 100 },
      },
    ];
  } finally {
    for (const one of open.toReversed()) await one.close();
  }
}

export const throughput: Figure = {
  name: "throughput",
  title: "throughput in the app",
  needs: ["sshd", "ssh-keygen", "chromium"],
  run,
};
