import type { PageHost } from "./page-host.ts";
import { hold } from "./violation.ts";
import type { World } from "./world.ts";

/** Far more rounds than any schedule needs; reaching it means that something waits for ever. */
const ROUNDS = 400;
/** Attempts in which a page must have been resumed or told why not, once nothing fails any more [L4]. */
const ATTEMPTS = 6;

/** Faults stop: everything under way is lost, links work, storage and terminal work; then L1 to L5 must come true. */
export function settle(world: World): void {
  for (const link of world.links) {
    world.closeByProxy(link, 4002);
    world.abandon(link);
  }
  const page = chooseSurvivor(world);
  const before = world.links.length;
  let rounds = 0;
  while (progress(world) && rounds < ROUNDS) {
    rounds++;
    world.check();
  }
  hold(rounds < ROUNDS, "L4", () => "no end in sight");
  hold(world.links.length - before <= ATTEMPTS * world.livePages.length, "L4", () => "too many attempts");
  judge(world, page);
}

/** The page whose user stays; without one that still asks, somebody comes and takes the session. */
function chooseSurvivor(world: World): PageHost | null {
  for (const page of world.livePages) if (page.session.asks) return null;
  const page = world.livePages.length < 3 ? world.openPage(!world.ownedByFirst) : null;
  return page;
}

/** One round of everything; false when nothing is left to do. */
function progress(world: World): boolean {
  const { session } = world.proxy;
  const { device } = world.parts;
  const before = fingerprint(world);
  for (const page of world.livePages) {
    if (page.session.asks && page.link === null) world.dial(page);
    page.answerHeld(true);
    page.sendInput(64);
  }
  for (const link of world.links) world.deliverUp(link, 1_000);
  while (world.proxy.probes.length > 0) world.proxy.resolveProbe(0);
  world.proxy.readDevice(1 << 20);
  session?.inputTaken(device.take(1 << 20));
  world.proxy.sendInputAck();
  for (const link of world.links) world.proxy.pump(link, 1_000);
  for (const link of world.links) world.deliverDown(link, 1_000);
  for (const page of world.livePages) {
    page.apply(1 << 20);
    page.commit(Number.MAX_SAFE_INTEGER, true);
    world.now += 60;
    page.sendAck();
  }
  // Nothing that is due may be left undone: a pass without change is the end.
  return (
    fingerprint(world) !== before ||
    world.links.some((link) => (link.pageOpen && link.down.length > 0) || (link.proxyOpen && link.up.length > 0))
  );
}

function fingerprint(world: World): string {
  const { session } = world.proxy;
  const { device } = world.parts;
  const pages = world.livePages.map(({ session: s }) => {
    return [s.phase, s.epoch, s.output.recv, s.output.applied, s.output.saved, s.input.acked, s.input.end].join();
  });
  const proxy = [session?.end, session?.floor, session?.unsent, session?.epoch, session?.paused].join();
  return [world.links.length, device.inPipe, device.untaken, proxy, ...pages].join("|");
}

function judge(world: World, came: PageHost | null): void {
  const { session, runs } = world.proxy;
  const { device } = world.parts;
  for (const [id, count] of runs) hold(count === 1, "I11", () => `request ${id} ran ${count} times`);
  judgeInput(world);
  for (const page of world.livePages) {
    const { phase } = page.session;
    const told = phase !== "detached" || !page.session.asks;
    hold(told, "L4", () => `${page.name} was neither resumed nor told`);
    if (phase === "gone") {
      hold(session === null, "L4", () => `${page.name} was told gone`);
    }
  }
  if (session === null) return;
  const holder = world.livePages.find((page) => page.session.attachment !== null);
  hold(holder !== undefined || came === null, "L4", () => "nobody got the session");
  if (holder === undefined) return;
  judgeHolder(world, holder);
  hold(device.inPipe === 0 && !session.paused, "L3", () => `${device.inPipe} bytes wait in a paused channel`);
}

function judgeHolder(world: World, page: PageHost): void {
  const { session } = world.proxy;
  const { device } = world.parts;
  if (session === null) return;
  const { output, input, size, phase } = page.session;
  hold(output.applied === device.emitted, "L1", () => `${page.name}: ${output.applied} of ${device.emitted} applied`);
  if (page.durable) hold(output.saved === device.emitted, "L1", () => `${output.saved} of ${device.emitted} saved`);
  hold(session.floor === session.end, "WP11", () => `floor ${session.floor}, end ${session.end}`);
  for (const [id, { answered }] of page.requests) hold(answered, "L5", () => `request ${id} has no answer`);
  if (device.exited) {
    hold(
      phase === "ended" && page.exitsShown === 1,
      "I7",
      () => `${page.name}: exit was shown ${page.exitsShown} times`,
    );
    return;
  }
  hold(input.unacknowledged === 0, "L2", () => `${input.unacknowledged} bytes were not delivered`);
  const same = device.window.cols === size.wanted.cols && device.window.rows === size.wanted.rows;
  hold(same, "I9", () => `device ${device.window.cols}, terminal ${size.wanted.cols}`);
  const have = new Set(device.tokens);
  for (const token of page.typed) {
    hold(
      have.has(token) || page.discarded.has(token),
      "I2",
      () => `${page.name}: unit ${token} is neither delivered nor discarded`,
    );
  }
}

/** Every unit at most once, in the order it was typed on its page, whole, and none that its user was told is gone [I2]. */
function judgeInput(world: World): void {
  const { device } = world.parts;
  hold(!device.split, "I2", () => "input was cut inside a unit");
  const owner = new Map<number, PageHost>();
  for (const page of world.pages) for (const token of page.typed) owner.set(token, page);
  const last = new Map<PageHost, number>();
  for (const token of device.tokens) {
    const page = owner.get(token);
    hold(page !== undefined, "I2", () => `unit ${token} was never typed`);
    hold(token > (last.get(page) ?? 0), "I2", () => `unit ${token} came again or out of order`);
    hold(!page.discarded.has(token), "I2", () => `unit ${token} was discarded, and delivered`);
    last.set(page, token);
  }
}
