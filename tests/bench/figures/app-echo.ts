import type { BenchContext, Figure } from "../figure.ts";
import type { Measure } from "../measure.ts";
import { AppScreen } from "../rig/app-screen.ts";
import { browser } from "../rig/browser.ts";
import { proxyRig } from "../rig/proxy-rig.ts";
import { PROMPT } from "../rig/shell.ts";
import { sshBox } from "../rig/ssh-box.ts";
import { percentile } from "../statistics.ts";

const FULL_KEYS = 400;
const SHORT_KEYS = 100;
/** Keys of one line, all on the terminal's first. */
const LINE_KEYS = 25;

async function run(context: BenchContext): Promise<Measure[]> {
  const box = await sshBox(context);
  const rig = await proxyRig(context);
  const { browser: chromium } = await browser(context);
  const app = await AppScreen.open(chromium, await rig.app.pairAgain());
  const times: number[] = [];
  try {
    await app.connect(box.server);
    for (let line = 0; times.length < (context.short ? SHORT_KEYS : FULL_KEYS); line++) {
      await app.type(`echo li''ne-${line}.`);
      await app.timeEnter(`line-${line}.`);
      // every line begins differently, so that no earlier one on the screen is mistaken for it
      let typed = `#${line}:`;
      await app.type(typed);
      for (let key = 0; key < LINE_KEYS; key++) {
        const letter = String.fromCharCode(97 + key);
        typed += letter;
        times.push(await app.timeKey(letter, `${PROMPT}${typed}`));
      }
      await app.page.press("Enter");
    }
  } finally {
    await app.close();
  }
  const echo = (share: number, name: string): Measure => ({
    id: `app_echo.${name}`,
    title: `key to painted echo in the app, ${name}`,
    value: percentile(times, share),
    unit: "ms",
    better: "lower",
    note: `${times.length} keys; frames come every 16.7 ms and are part of it`,
  });
  return [echo(0.5, "p50"), echo(0.99, "p99")];
}

export const appEcho: Figure = {
  name: "app-echo",
  title: "key echo in the app",
  needs: ["sshd", "ssh-keygen", "chromium"],
  run,
};
