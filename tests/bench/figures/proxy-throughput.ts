import type { BenchContext, Figure } from "../figure.ts";
import type { Measure } from "../measure.ts";
import { printFile } from "../rig/flood.ts";
import { proxyRig } from "../rig/proxy-rig.ts";
import { Watcher } from "../rig/shell.ts";
import { openAlone } from "../rig/ssh-alone.ts";
import { sshBox } from "../rig/ssh-box.ts";
import { median } from "../statistics.ts";

const FULL_BYTES = 50_000_000;
const SHORT_BYTES = 8_000_000;
const RUNS = 5;

async function run(context: BenchContext): Promise<Measure[]> {
  const box = await sshBox(context);
  const rig = await proxyRig(context);
  const file = await box.textFile(context.short ? SHORT_BYTES : FULL_BYTES);
  const page = await rig.open();
  const alone = new Watcher(await openAlone(box.server));
  const proxied = new Watcher(await rig.connect(page));
  const floor: number[] = [];
  const value: number[] = [];
  try {
    for (const watcher of [alone, proxied]) {
      await watcher.prepare();
      await printFile(watcher, file);
    }
    // turn about, so that what else the machine does hits both
    for (let count = 0; count < RUNS; count++) {
      floor.push(await printFile(alone, file));
      value.push(await printFile(proxied, file));
    }
  } finally {
    await Promise.all([alone.shell.close(), proxied.shell.close()]);
    await page.close();
  }
  return [
    {
      id: "proxy.throughput",
      title: "proxy throughput, shell with PTY",
      value: median(value),
      unit: "MB/s",
      better: "higher",
      floor: { title: "ssh2 alone", value: median(floor) },
      target: { kind: "min_ratio", bound: 0.8 },
      note: `median of ${RUNS} prints`,
    },
  ];
}

export const proxyThroughput: Figure = {
  name: "proxy-throughput",
  title: "proxy throughput",
  needs: ["sshd", "ssh-keygen"],
  run,
};
