import type { BenchContext, Figure } from "../figure.ts";
import type { Measure } from "../measure.ts";
import { startFlood } from "../rig/flood.ts";
import { proxyRig } from "../rig/proxy-rig.ts";
import { PROMPT, Watcher } from "../rig/shell.ts";
import { openAlone } from "../rig/ssh-alone.ts";
import { sshBox } from "../rig/ssh-box.ts";
import { typeKeys } from "../rig/typing.ts";
import { percentile } from "../statistics.ts";

const FULL_KEYS = 3_000;
const SHORT_KEYS = 600;
/** Keys of one turn; the two sides take turns. */
const TURN_KEYS = 120;
const FLOOD_FILE_BYTES = 1_000_000;
/** What a page draws of a flood beside the session that is typed into. */
const FLOOD_RENDER_MB_PER_S = 10;

async function run(context: BenchContext): Promise<Measure[]> {
  const box = await sshBox(context);
  const rig = await proxyRig(context);
  const keys = context.short ? SHORT_KEYS : FULL_KEYS;
  const page = await rig.open();
  const alone = new Watcher(await openAlone(box.server));
  const proxied = new Watcher(await rig.connect(page));
  const noise = new Watcher(await rig.connect(page, FLOOD_RENDER_MB_PER_S));
  const times = { alone: [] as number[], idle: [] as number[], flooded: [] as number[] };
  try {
    for (const watcher of [alone, proxied, noise]) await watcher.prepare();
    for (const watcher of [alone, proxied]) await typeKeys(watcher, TURN_KEYS);
    while (times.alone.length < keys) {
      times.alone.push(...(await typeKeys(alone, TURN_KEYS)));
      times.idle.push(...(await typeKeys(proxied, TURN_KEYS)));
    }
    await startFlood(noise, await box.textFile(FLOOD_FILE_BYTES));
    while (times.flooded.length < keys) times.flooded.push(...(await typeKeys(proxied, TURN_KEYS)));
    await noise.send("\x03", PROMPT);
  } finally {
    await Promise.all([alone, proxied, noise].map((watcher) => watcher.shell.close()));
    await page.close();
  }
  const echo = (share: number, name: string, bound: number): Measure => ({
    id: `echo.${name}`,
    title: `key echo through the proxy, ${name}`,
    value: percentile(times.idle, share),
    unit: "ms",
    better: "lower",
    floor: { title: "ssh2 alone", value: percentile(times.alone, share) },
    target: { kind: "max_over_floor", bound },
    note: `${times.idle.length} keys into a shell's line editor`,
  });
  return [
    echo(0.5, "p50", 2),
    echo(0.99, "p99", 8),
    {
      id: "echo.flooded_p99",
      title: "key echo p99 beside a flooding session",
      value: percentile(times.flooded, 0.99),
      unit: "ms",
      better: "lower",
      floor: { title: "idle, same run", value: percentile(times.idle, 0.99) },
      target: { kind: "max_ratio", bound: 3 },
    },
  ];
}

export const keyEcho: Figure = { name: "echo", title: "key echo", needs: ["sshd", "ssh-keygen"], run };
