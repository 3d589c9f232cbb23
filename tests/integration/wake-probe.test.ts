/** A tablet wakes with a socket that may be dead without looking so: a second one is tried beside it [section 11]. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { commands } from "#bridge/commands.ts";
import type { LinkView } from "#machines/views.ts";
import { type FaultRelay, startFaultRelay } from "#support/fault-relay.ts";
import { requireTools } from "#support/find-tools.ts";
import { HostRig, type RigDevice } from "#support/host-rig.ts";
import { requireOwnAccounts, startSshd, type TestSshServer } from "#support/sshd.ts";

const tools = await requireTools("sshd", "ssh-keygen");
const usable = tools.ok && requireOwnAccounts();

describe.skipIf(!usable)("[section 11] waking up behind a network that swallows everything", () => {
  let server: TestSshServer;
  let rig: HostRig;
  let relay: FaultRelay;
  let device: RigDevice;
  let stopWatching: () => void = () => {};
  /** What a person saw, in order, without repetitions. */
  let seen: { link: LinkView["phase"][]; ssh1: string[] };

  beforeAll(async () => {
    if (!tools.ok) return;
    server = await startSshd(tools, { config: ["KbdInteractiveAuthentication no"] });
    rig = await HostRig.start({ ports: [server.port] });
    relay = await startFaultRelay({ host: "127.0.0.1", port: rig.proxy.port });
    const { host, port, user, password = "" } = server;
    device = await rig.open({ host, port, user }, password, { telemetry: "off" });
    await device.login();
    await device.say("stty -echo; echo ready-$((1+1))\r", /ready-2/);
    const before = link().resumes;
    rig.page.via = `${relay.host}:${relay.port}`;
    rig.page.cutLinks();
    await rig.until("link", ({ phase, resumes }) => phase === "online" && resumes > before, "a link by the relay");
    await device.until(({ ssh1 }) => ssh1.phase === "live", "a live terminal");
  });
  afterEach(() => {
    stopWatching();
    relay?.clear();
  });
  afterAll(async () => {
    await rig?.stop();
    await relay?.stop();
    await server?.stop();
  });

  const link = (): LinkView => {
    const view = rig.page.view("link");
    if (view === undefined) throw new Error("no link view");
    return view;
  };
  /** The connection that the link is on. */
  const inUse = (): number => relay.connections.findLast(({ open }) => open)?.id ?? 0;
  const wake = () => rig.page.bridge.dispatch(commands.presence({ visible: true, online: true, event: "visibility" }));
  const count = (word: string): number => device.terminal.text.split(word).length - 1;
  const accepted = (): number => rig.proxy.log.filter(({ event }) => event === "link.accepted").length;
  const closings = (): unknown[] =>
    rig.proxy.log.filter(({ event }) => event === "link.closing").map(({ fields }) => fields.close);

  function watch(): void {
    seen = { link: [link().phase], ssh1: [device.view?.ssh1.phase ?? ""] };
    const note = <T>(list: T[], value: T | undefined): void => {
      if (value !== undefined && list.at(-1) !== value) list.push(value);
    };
    const subscriptions = [
      rig.page.bridge.view("link").subscribe((view) => note(seen.link, view?.phase)),
      rig.page.bridge.view(`device:${device.id}`).subscribe((view) => note(seen.ssh1, view?.ssh1.phase)),
    ];
    stopWatching = () => {
      for (const subscription of subscriptions) subscription.unsubscribe();
    };
  }

  test("a hole for good: the second socket takes the session over; nothing is shown as lost, nothing typed twice", async () => {
    const before = link().resumes;
    const dialled = relay.connections.length;
    const told = closings().length;
    relay.hold(inUse(), true);
    watch();
    // Goes into the hole, and once more by the second socket.
    device.terminal.type("echo swallowed-$((40+2))\r");
    await wake();
    const now = await rig.until("link", ({ resumes }) => resumes > before, "the second socket");
    expect(now.phase).toBe("online");
    await device.terminal.until(() => count("swallowed-42") > 0);
    // The first is let go by the page, and closed as superseded by the proxy: by no word of these a third is dialled.
    expect(relay.connections).toHaveLength(dialled + 1);
    expect(closings().slice(told)).toEqual([4003]);
    // What the hole swallowed comes out late and changes nothing.
    relay.clear();
    await device.say("echo after-$((1+1))\r", /after-2/);
    expect(count("swallowed-42")).toBe(1);
    expect(seen).toEqual({ link: ["online", "probing", "online"], ssh1: ["live"] });
    expect([link().resumes, relay.connections.length]).toEqual([before + 1, dialled + 1]);
  });

  test("a hole that heals while the second socket is dialled: the first is used on, and the proxy hears of one link only", async () => {
    const before = { resumes: link().resumes, accepted: accepted(), closings: closings().length };
    const [first, dialled] = [inUse(), relay.connections.length];
    relay.blackHole(true);
    watch();
    device.terminal.type("echo healed-$((40+2))\r");
    await wake();
    await relay.until(({ connections }) => connections.length > dialled);
    relay.hold(first, false);
    await rig.until("link", ({ phase }) => phase === "online", "an answer on the first socket");
    await device.terminal.until(() => count("healed-42") > 0);
    relay.clear();
    await relay.until(({ connections }) => connections[dialled]?.open === false);
    await device.say("echo after-$((1+2))\r", /after-3/);
    expect(count("healed-42")).toBe(1);
    expect(seen).toEqual({ link: ["online", "probing", "online"], ssh1: ["live"] });
    expect(link().resumes).toBe(before.resumes);
    expect([accepted(), closings().length]).toEqual([before.accepted, before.closings]);
  });

  test("nothing passes at all: seconds are tried again until the first is given up, then dialled as ever; the session goes on", async () => {
    const before = link().resumes;
    relay.refuse(true);
    relay.hold(inUse(), true);
    watch();
    await wake();
    await rig.until("link", ({ phase }) => phase === "waiting", "the end of the first socket");
    expect(seen.link).toEqual(["online", "probing", "waiting"]);
    relay.clear();
    relay.refuse(false);
    await rig.until("link", ({ resumes }) => resumes > before, "the network is back");
    await device.say("echo after-$((2+2))\r", /after-4/);
    // Never taken from itself [I10], and no hello with an old attempt [WP23].
    expect(seen.ssh1).toEqual(["live", "suspended", "live"]);
    expect(closings()).not.toContain(4005);
  });
});
