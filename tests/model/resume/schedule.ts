import { encodeAck } from "#protocol/frames.ts";
import { KEPT_REPLIES } from "#protocol/limits.ts";
import type { Cores } from "./cores.ts";
import { settle } from "./settle.ts";
import type { SimLink } from "./sim-link.ts";
import { hold } from "./violation.ts";
import { type Setup, World } from "./world.ts";

/** One step of a schedule: which operation, and two numbers from 0 to 1 that it may use. */
type Operation = (world: World, a: number, b: number) => void;

function pick<T>(list: readonly T[], at: number): T | undefined {
  return list[Math.floor(at * list.length)];
}

function span(at: number, from: number, to: number): number {
  return from + Math.floor(at * (to - from + 1));
}

function openLinks(world: World): SimLink[] {
  return world.links.filter((link) => link.pageOpen || link.proxyOpen);
}

function withLink(act: (world: World, link: SimLink, b: number) => void): Operation {
  return (world, a, b) => {
    const link = pick(openLinks(world), a);
    if (link !== undefined) act(world, link, b);
  };
}

function withPage(act: (world: World, page: World["pages"][number], b: number) => void): Operation {
  return (world, a, b) => {
    const page = pick(world.livePages, a);
    if (page !== undefined) act(world, page, b);
  };
}

/** What may happen, with its weight. Several steps of progress are one operation, so that schedules stay short. */
const OPERATIONS: readonly [weight: number, operation: Operation][] = [
  [7, (world, a, b) => world.parts.device.emit(span(b, 1, a < 0.1 ? 100_000 : a < 0.4 ? 8_000 : 300))],
  [7, (world, _a, b) => world.proxy.readDevice(span(b, 1, 65_536))],
  [8, withLink((world, link, b) => world.proxy.pump(link, span(b, 1, 12)))],
  [10, withLink((world, link, b) => world.deliverUp(link, span(b, 1, 8)))],
  [12, withLink((world, link, b) => world.deliverDown(link, span(b, 1, 8)))],
  [6, withPage((_world, page, b) => page.type(span(b, 1, b > 0.97 ? 9_000 : 40)))],
  [7, withPage((_world, page, b) => page.sendInput(span(b, 1, 4)))],
  [
    5,
    (world, _a, b) =>
      world.parts.device.untaken > 0 && world.proxy.session?.inputTaken(world.parts.device.take(span(b, 4, 40_000))),
  ],
  [5, (world) => world.proxy.sendInputAck()],
  [8, withPage((_world, page, b) => page.apply(span(b, 1, 60_000)))],
  [6, withPage((_world, page) => page.sendAck())],
  [4, withPage((world, page, b) => page.commit(world.log.end + span(b, 0, 60_000), true))],
  [2, withPage((world, page, b) => page.commit(world.log.end + span(b, 0, 60_000), false))],
  [5, (world, _a, b) => tick(world, span(b, 1, 60))],
  [1, (world, _a, b) => tick(world, span(b, 1_000, 40_000))],
  [7, withPage((world, page) => (page.link === null || !page.link.pageOpen) && world.dial(page))],
  [2, withPage((world, page) => page.link?.welcomed === true && world.dial(page))],
  [2, dialAgain],
  [6, withLink(exchange)],
  [5, withPage(greet)],
  [2, withLink((world, link) => world.abandon(link))],
  [1, withLink((_world, link) => link.blackHole())],
  [2, withLink((world, link) => world.closeByProxy(link, 4002))],
  [1, withLink((world, link) => bothClose(world, link))],
  [2, withPage((world, page) => world.kill(page))],
  [2, (world, a, b) => void (a < 0.9 && world.openPage(b > 0.8))],
  [5, withPage((_world, page) => page.force())],
  [3, (world, a) => world.proxy.resolveProbe(Math.floor(a * world.proxy.probes.length))],
  [3, withPage((_world, page, b) => page.resize(span(b, 20, 200), 30))],
  [2, withPage((_world, page) => page.requests.size < KEPT_REPLIES / 8 && page.request())],
  [1, withPage((_world, page) => page.discardUnsent())],
  [1, withPage((_world, page, b) => page.answerHeld(b < 0.5))],
  [1, (world, a) => void (a < 0.15 && world.exit())],
  [1, (world) => world.expire()],
  [1, (world, a) => void (a < 0.5 && forgedAck(world))],
  [1, (world) => stolenToken(world)],
];

const TABLE: readonly Operation[] = OPERATIONS.flatMap(([weight, operation]) =>
  Array.from({ length: weight }, () => operation),
);

/** Everything under way on a link arrives, there and back. */
function exchange(world: World, link: SimLink): void {
  world.deliverUp(link, 100);
  world.proxy.pump(link, 100);
  world.deliverDown(link, 100);
}

/** A page without a link gets one, and its answer. */
function greet(world: World, page: World["pages"][number]): void {
  if (page.link === null || !page.link.pageOpen) world.dial(page);
  const { link } = page;
  if (link === null) return;
  exchange(world, link);
  while (world.proxy.probes.length > 0) world.proxy.resolveProbe(0);
  exchange(world, link);
}

/** A page whose claim still waits for the holder's answer opens a second socket, and its hello arrives. */
function dialAgain(world: World, a: number): void {
  const page = pick(world.proxy.probes, a)?.link.page;
  if (page?.alive !== true) return;
  world.dial(page);
  if (page.link !== null) world.deliverUp(page.link, 1);
}

function tick(world: World, ms: number): void {
  world.now += ms;
}

function bothClose(world: World, link: SimLink): void {
  world.closeByProxy(link, 4001);
  world.abandon(link);
}

/** A page that acknowledges what it was never sent: its link ends, nothing else changes [I8]. */
function forgedAck(world: World): void {
  const { session } = world.proxy;
  const link = world.links.find((other) => other.id === session?.holder?.link);
  if (session === null || link === undefined || !link.proxyOpen) return;
  const before = session.floor;
  const far = session.reach + 1;
  world.hostile = true;
  world.proxy.receive(link, encodeAck(session.holder?.chan ?? 1, far, far + 1_000, far));
  world.hostile = false;
  hold(session.floor === before, "I8", () => "a forged ACK moved the floor");
  hold(!link.proxyOpen, "S25", () => "a forged ACK was taken");
}

/** Another user shows a stolen token [WP27]. */
function stolenToken(world: World): void {
  const { user, client, token } = world.proxy.owner;
  const tokenHash = new TextEncoder().encode(token);
  const shown = { user: "u2", client, tokenHash, force: false };
  const access = world.cores.checkAccess({ user, client, tokenHash, former: [] }, shown);
  hold(access === "refuse", "I12", () => "a stolen token let another user in");
}

/** The setup that the first word of a schedule stands for. */
function setupOf(word: number): Setup {
  const session_id = word % 5 === 0 ? "ssh2" : "ssh1";
  return {
    session_id,
    durable: session_id === "ssh1" && word % 4 !== 1,
    overflow: word % 7 === 0 ? "drop_oldest" : "hold",
    ringBytes: 192 * 1024,
    window: [4_096, 32_768, 262_144][word % 3] ?? 4_096,
  };
}

/** Runs a schedule of 32-bit words, lets faults stop, and throws the first violation. */
export function runSchedule(cores: Cores, words: ArrayLike<number>): World {
  const world = new World(cores, setupOf(words[0] ?? 0));
  for (let at = 1; at < words.length; at++) {
    const word = words[at] ?? 0;
    TABLE[(word & 0xffff) % TABLE.length]?.(world, ((word >>> 16) & 0xff) / 256, (word >>> 24) / 256);
    world.check();
  }
  settle(world);
  return world;
}
