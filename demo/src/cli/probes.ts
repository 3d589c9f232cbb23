import { arpAt } from "../world/hosts.ts";
import { unit } from "../world/random.ts";
import type { Route } from "../world/routes.ts";
import { lookup, routesAt } from "../world/routes.ts";
import type { CommandContext } from "./session-state.ts";

const TIMEOUT_MS = 2_000;
const PING_MAX = 10_000;

/** Whether an address answers now, and how far it is (hops by address). */
function pathTo(context: CommandContext, ip: string): { hops: string[]; answers: boolean } {
  const at = context.world.now();
  const route: Route | undefined = lookup(routesAt(context.world, context.device, at), ip);
  if (route === undefined) return { hops: [], answers: false };
  if (route.code === "L" || (route.code === "C" && route.length === 32)) return { hops: [ip], answers: true };
  if (route.code === "C") {
    const answers = arpAt(context.world, context.device, at).some((entry) => entry.ip === ip);
    return { hops: answers ? [ip] : [], answers };
  }
  if (route.code === "B") {
    const beyond = (route.asPath ?? []).slice(1).map((as, index) => `100.${as % 100}.${index}.1`);
    const near =
      route.internal === true
        ? ["10.0.12.1", "10.0.12.2"].filter((hop) => hop.endsWith(context.device.id === "demo-r1" ? ".2" : ".1"))
        : [];
    return { hops: [...near, ...(route.internal === true ? [] : [route.via ?? ip]), ...beyond, ip], answers: true };
  }
  return { hops: route.via === ip ? [ip] : [route.via ?? ip, ip], answers: true };
}

function delayMs(context: CommandContext, ip: string, hop: number, index: number): number {
  const at = Math.floor(context.world.now() / 100);
  return Math.max(
    1,
    Math.round(hop * (1 + 7 * unit(context.world.seed, ip, hop)) * (0.6 + unit(context.world.seed, at, index))),
  );
}

/** `ping IP`: one mark per echo as it happens; interrupting still prints the statistics. */
export async function* ping(context: CommandContext, ip: string, countText = "5"): AsyncGenerator<string> {
  const wanted = Math.min(PING_MAX, Math.max(1, Number(countText)));
  yield `Type escape sequence to abort.\nSending ${wanted}, 100-byte ICMP Echos to ${ip}, timeout is 2 seconds:\n`;
  const times: number[] = [];
  let sent = 0;
  try {
    while (sent < wanted) {
      const { hops, answers } = pathTo(context, ip);
      const took = answers ? delayMs(context, ip, hops.length, sent) : TIMEOUT_MS;
      sent += 1;
      await context.sleep(answers ? Math.max(40, took) : took);
      if (answers) times.push(took);
      yield `${answers ? "!" : "."}${sent % 70 === 0 ? "\n" : ""}`;
    }
  } catch {
    // Interrupted: fall through to the statistics, as the real box does.
  }
  const rate = Math.floor((times.length * 100) / Math.max(1, sent));
  const mean = Math.round(times.reduce((total, time) => total + time, 0) / Math.max(1, times.length));
  const trip =
    times.length === 0 ? "" : `, round-trip min/avg/max = ${Math.min(...times)}/${mean}/${Math.max(...times)} ms`;
  yield `\nSuccess rate is ${rate} percent (${times.length}/${sent})${trip}\n`;
}

/** `traceroute IP`: three probes per hop, stars where nobody answers, up to 30 hops. */
export async function* traceroute(context: CommandContext, ip: string): AsyncGenerator<string> {
  yield `Type escape sequence to abort.\nTracing the route to ${ip}\nVRF info: (vrf in name/id, vrf out name/id)\n`;
  const { hops } = pathTo(context, ip);
  for (let hop = 1; hop <= (hops.length === 0 ? 30 : hops.length); hop += 1) {
    const address = hops[hop - 1];
    yield ` ${String(hop).padStart(2)} ${address === undefined ? "" : `${address} `}`;
    for (let probe = 0; probe < 3; probe += 1) {
      const took = address === undefined ? TIMEOUT_MS : delayMs(context, ip, hop, probe);
      await context.sleep(address === undefined ? took : Math.max(60, took));
      yield address === undefined ? " * " : `${took} msec `;
    }
    yield "\n";
  }
}
