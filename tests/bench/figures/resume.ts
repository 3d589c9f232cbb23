import { once } from "node:events";
import { type FaultRelay, startFaultRelay } from "#support/fault-relay.ts";
import type { WirePage } from "#support/wire-client.ts";
import type { BenchContext, Figure } from "../figure.ts";
import type { Measure } from "../measure.ts";
import type { BenchSession } from "../rig/bench-session.ts";
import { nextAttempt, type ProxyRig, proxyRig } from "../rig/proxy-rig.ts";
import { Watcher } from "../rig/shell.ts";
import { median, percentile } from "../statistics.ts";

const FULL_TRIES = 60;
const SHORT_TRIES = 20;
/** Each way: a round trip of 40 ms, as over a busy Wi-Fi and a VPN. */
const DELAY_MS = 20;
const RTT_SAMPLES = 11;
/** A device that always has something to say, without a new process for every word. */
const TICKER = "while :; do echo tick; read -t 0.005; done\r";

async function roundTripMs(page: WirePage): Promise<number> {
  const samples: number[] = [];
  while (samples.length < RTT_SAMPLES) {
    const from = performance.now();
    const answered = once(page.socket, "pong");
    page.socket.ping();
    await answered;
    samples.push(performance.now() - from);
  }
  return median(samples);
}

/** Dials again and takes the session up; gives the new page and the milliseconds until its first byte of output. */
async function resume(
  rig: ProxyRig,
  relay: FaultRelay,
  session: BenchSession,
): Promise<{ page: WirePage; ms: number }> {
  const from = performance.now();
  const firstByte = new Promise<number>((resolve) => {
    session.onOutput(() => resolve(performance.now() - from));
  });
  const { page, nonce } = await rig.dial(`http://${relay.host}:${relay.port}`, session.page.instanceId);
  await page.hello(nonce, nextAttempt(), [session.asRequest()]);
  await page.until(() => {
    const state = page.messages.find((message) => message.action === "welcome")?.payload.sessions[0];
    if (state === undefined) return undefined;
    if (state.status !== "resumed") throw new Error(`the session is ${state.status}`);
    // at once: output may follow in the same turn
    session.resumeOn(page, state);
    return true;
  }, "welcome");
  return { page, ms: await firstByte };
}

async function run(context: BenchContext): Promise<Measure[]> {
  const rig = await proxyRig(context);
  const relay = await startFaultRelay({ host: "127.0.0.1", port: Number(new URL(rig.app.url).port) });
  const times: number[] = [];
  try {
    relay.delay(DELAY_MS);
    let page = await rig.open({ through: `http://${relay.host}:${relay.port}` });
    const session = await rig.connect(page);
    const watcher = new Watcher(session);
    await watcher.prepare();
    const rtt = await roundTripMs(page);
    await watcher.send(TICKER, "tick\r\ntick");
    while (times.length < (context.short ? SHORT_TRIES : FULL_TRIES)) {
      relay.cut();
      await page.closed;
      const back = await resume(rig, relay, session);
      page = back.page;
      times.push(back.ms);
    }
    session.write("\x03");
    await session.close();
    await page.close();
    return [
      {
        id: "resume.live_output",
        title: "resume: dial to live output",
        value: median(times),
        unit: "ms",
        better: "lower",
        // Of the design's 3 round trips one is the TCP handshake, which the relay answers at once.
        floor: { title: "2 round trips", value: 2 * rtt },
        target: { kind: "max_over_floor", bound: 20 },
        note: `${(median(times) / rtt).toFixed(2)} round trips of ${rtt.toFixed(1)} ms through a relay; p95 ${percentile(times, 0.95).toFixed(1)} ms of ${times.length}`,
      },
    ];
  } finally {
    await relay.stop();
  }
}

export const resumeTime: Figure = { name: "resume", title: "resume", needs: ["sshd", "ssh-keygen"], run };
