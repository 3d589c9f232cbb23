import { readFile } from "node:fs/promises";
import type { BenchContext, Figure } from "../figure.ts";
import type { Measure } from "../measure.ts";
import { AppScreen } from "../rig/app-screen.ts";
import { browser } from "../rig/browser.ts";
import { type MainThread, watchMainThread } from "../rig/main-thread.ts";
import { proxyRig } from "../rig/proxy-rig.ts";
import { type SshBox, sshBox } from "../rig/ssh-box.ts";
import { openXtermAlone } from "../rig/xterm-alone.ts";
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

async function runInApp(app: AppScreen, file: string): Promise<{ mbPerS: number[]; thread: MainThread }> {
  const bytes = await terminalBytes(file);
  await app.printFile(file);
  const watch = await watchMainThread(app.page);
  const mbPerS: number[] = [];
  while (mbPerS.length < RUNS) mbPerS.push(bytes / 1_000 / (await app.printFile(file)));
  return { mbPerS, thread: await watch.stop() };
}

async function runAlone(context: BenchContext, box: SshBox, file: string, size: { rows: number; cols: number }) {
  const { browser: chromium } = await browser(context);
  const shape = { ...size, fontSize: FONT_PX, scrollback: SCROLLBACK_LINES };
  const alone = await openXtermAlone(chromium, await box.asTerminal(file), shape);
  const mbPerS: number[] = [];
  try {
    await alone.mbPerS();
    while (mbPerS.length < RUNS) mbPerS.push(await alone.mbPerS());
  } finally {
    await alone.close();
  }
  return mbPerS;
}

async function run(context: BenchContext): Promise<Measure[]> {
  const box = await sshBox(context);
  const rig = await proxyRig(context);
  const { browser: chromium } = await browser(context);
  const file = await box.textFile(context.short ? SHORT_BYTES : FULL_BYTES);
  const app = await AppScreen.open(chromium, await rig.app.pairAgain());
  try {
    await app.connect(box.server);
    const size = await app.size();
    const { mbPerS, thread } = await runInApp(app, file);
    const alone = await runAlone(context, box, file, size);
    return [
      {
        id: "throughput.rendered",
        title: "throughput, device to rendered terminal",
        value: median(mbPerS),
        unit: "MB/s",
        better: "higher",
        floor: { title: "xterm.js alone", value: median(alone) },
        target: { kind: "min_ratio", bound: 0.45 },
        note: `${size.cols}x${size.rows}, DOM renderer, ${context.short ? SHORT_BYTES : FULL_BYTES} bytes, median of ${RUNS}`,
      },
      {
        id: "main_thread.longest_task",
        title: "main thread during a flood: longest task",
        value: thread.longestTaskMs,
        unit: "ms",
        better: "lower",
        target: { kind: "max_value", bound: 50 },
        note: "0: none above 50 ms, which is where the browser begins to report",
      },
      {
        id: "main_thread.frame_gap",
        title: "main thread during a flood: longest frame gap",
        value: thread.longestFrameGapMs,
        unit: "ms",
        better: "lower",
        target: { kind: "max_value", bound: 100 },
      },
    ];
  } finally {
    await app.close();
  }
}

export const throughput: Figure = {
  name: "throughput",
  title: "throughput in the app",
  needs: ["sshd", "ssh-keygen", "chromium"],
  run,
};
