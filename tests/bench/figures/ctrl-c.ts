import { setTimeout as pause } from "node:timers/promises";
import type { BenchContext, Figure } from "../figure.ts";
import type { Measure } from "../measure.ts";
import { AppScreen } from "../rig/app-screen.ts";
import { browser } from "../rig/browser.ts";
import { startFlood } from "../rig/flood.ts";
import { proxyRig } from "../rig/proxy-rig.ts";
import { PROMPT, Watcher } from "../rig/shell.ts";
import { sshBox } from "../rig/ssh-box.ts";
import { percentile } from "../statistics.ts";

const FULL_TRIES = 60;
const SHORT_TRIES = 20;
/** About what xterm.js draws in a tablet's browser; a slower page means more output in flight when the key is pressed. */
const RENDER_MB_PER_S = 10;
/** Long enough for every buffer on the way to fill. */
const FLOOD_MS = 400;
const FILE_BYTES = 1_000_000;

/** With the log on, in the app itself: what is stored comes before the next credit, and must not delay the key. */
async function inApp(context: BenchContext, tries: number): Promise<number[]> {
  const box = await sshBox(context);
  const rig = await proxyRig(context);
  const { browser: chromium } = await browser(context);
  const file = await box.textFile(FILE_BYTES);
  const app = await AppScreen.open(chromium, await rig.app.pairAgain());
  const seconds: number[] = [];
  try {
    await app.connect(box.server);
    while (seconds.length < tries) {
      await app.startFlood(file);
      await pause(FLOOD_MS);
      seconds.push((await app.timeCtrlC()) / 1_000);
    }
  } finally {
    await app.close();
  }
  return seconds;
}

async function run(context: BenchContext): Promise<Measure[]> {
  const box = await sshBox(context);
  const rig = await proxyRig(context);
  const file = await box.textFile(FILE_BYTES);
  const page = await rig.open();
  const watcher = new Watcher(await rig.connect(page, RENDER_MB_PER_S));
  const seconds: number[] = [];
  try {
    await watcher.prepare();
    while (seconds.length < (context.short ? SHORT_TRIES : FULL_TRIES)) {
      await startFlood(watcher, file);
      await pause(FLOOD_MS);
      const from = performance.now();
      await watcher.send("\x03", PROMPT);
      seconds.push((performance.now() - from) / 1_000);
    }
  } finally {
    await watcher.shell.close();
    await page.close();
  }
  const logged = await inApp(context, context.short ? SHORT_TRIES : FULL_TRIES);
  return [
    {
      id: "ctrl_c.logged_p95",
      title: "Ctrl-C to prompt on the screen during a flood, log on, p95",
      value: percentile(logged, 0.95),
      unit: "s",
      better: "lower",
      target: { kind: "max_value", bound: 0.3 },
      note: `${logged.length} tries in the app; median ${percentile(logged, 0.5).toFixed(3)} s`,
    },
    {
      id: "ctrl_c.p95",
      title: "Ctrl-C to prompt during a flood, p95",
      value: percentile(seconds, 0.95),
      unit: "s",
      better: "lower",
      target: { kind: "max_value", bound: 0.3 },
      note: `${seconds.length} tries, a page that renders ${RENDER_MB_PER_S} MB/s; median ${percentile(seconds, 0.5).toFixed(3)} s`,
    },
  ];
}

export const ctrlC: Figure = {
  name: "ctrl-c",
  title: "Ctrl-C during a flood",
  needs: ["sshd", "ssh-keygen", "chromium"],
  run,
};
