/** The way to a device: each host dialled through the one before it, each an ordinary target under policy [S37] [S39]. */
import type { Socket } from "node:net";
import type { Duplex } from "node:stream";
import type { HostKey, JumpHop } from "#protocol/messages/target.ts";
import { DemoDevices } from "../demo-devices.ts";
import { type Failure, failed, failure, type Outcome, succeeded, visibleText } from "../failure.ts";
import { type Identity, mayChangePolicy, mayLowerGuard } from "../identity/identity.ts";
import { type Address, formatAddress, parseAddress } from "../policy/address.ts";
import { hostName } from "../policy/host-name.ts";
import type { SshConnection } from "../ssh/connection.ts";
import { dial } from "../ssh/dial.ts";
import { openForward } from "../ssh/forward.ts";
import { hostPattern } from "../ssh/known-hosts.ts";
import type { Asker, JumpHost } from "../target-policy.ts";
import { type AttemptVoice, HopLogin, type HopSpec } from "./hop-login.ts";
import { type Resolved, resolveTarget } from "./resolve-target.ts";
import type { SessionContext } from "./session-context.ts";

/** A host that was checked and dialled; `address` is the name where a jump host resolves it [S38]. */
export type CheckedHop = { host: string; port: number; address: string; asker: Asker };
export type Path = {
  connection: SshConnection;
  /** None for a simulated device. */
  checked: readonly CheckedHop[];
  /** Verified keys of the jump hosts, in order. */
  viaKeys: readonly HostKey[];
};

/** `target`: as it is counted, with the path to it. */
type Before = { hop: number; target: string; connection: SshConnection; via: JumpHost; ended: Failure | undefined };

/** Opens it hop by hop; a failure names its hop. `identity` decides whether a refusal offers one tap [S34]. */
export async function openPath(
  context: SessionContext,
  voice: AttemptVoice,
  identity: Identity,
): Promise<Outcome<Path>> {
  const { target } = voice.message.payload;
  const hops = hopsOf(voice);
  // Where there are roles, old algorithms are an administrator's decision, for whichever host they are [S16].
  const lowered = hops.find(({ set }) => set !== "modern");
  if (lowered !== undefined && !mayLowerGuard(identity, true, Date.now()).ok) {
    const problem = failure("refused_by_policy", "role", `the algorithm set "${lowered.set}" needs an administrator`);
    return { ok: false, failure: named(problem, lowered, target.via.length) };
  }
  if (DemoDevices.isDemoHost(target.host)) return openDemo(context, voice);
  const before: Before[] = [];
  const checked: CheckedHop[] = [];
  for (const hop of hops) {
    const opened = await openHop(context, voice, identity, hop, before);
    // The host before it may be what really ended.
    const broken = before.findIndex(({ ended }) => ended !== undefined);
    if (!opened.ok || broken >= 0) {
      if (opened.ok) opened.value.connection.end();
      for (const { connection } of before.toReversed()) connection.end();
      const own = opened.ok ? undefined : opened.failure;
      const problem = before[broken]?.ended ?? own;
      const index = broken >= 0 ? broken : (own?.hop ?? hop.index);
      if (problem === undefined) return failed("internal");
      return { ok: false, failure: named(problem, hops[index] ?? hop, target.via.length) };
    }
    const { connection, step } = opened.value;
    checked.push(step);
    if (hop.isDevice)
      return succeeded({
        connection: chained(connection, before),
        checked,
        viaKeys: before.map((one) => one.connection.hostKey),
      });
    const address = opened.value.address;
    const entry: Before = {
      hop: hop.index,
      target: opened.value.target,
      connection,
      via: { host: hop.host, address },
      ended: undefined,
    };
    connection.onEnd((problem) => {
      entry.ended = problem;
    });
    before.push(entry);
  }
  return failed("internal");
}

function hopsOf({ message }: AttemptVoice): HopSpec[] {
  const { target, pins, options, via_pins = [] } = message.payload;
  const hosts: JumpHop[] = [...target.via, { ...target, algorithms: options.algorithms }];
  return hosts.map(({ host, port, user, algorithms = "modern" }, index) => ({
    index,
    host,
    port,
    user,
    pins: index === target.via.length ? pins : (via_pins[index] ?? []),
    set: algorithms,
    behind:
      index === 0
        ? undefined
        : target.via
            .slice(0, index)
            .map((one) => hostPattern(one.host, one.port))
            .join(">"),
    isDevice: index === target.via.length,
  }));
}

/**
 * The failure with its hop, where there are several. What a jump host offered is told with its name: the advice is for that
 * host and not for the device [S39] [S64].
 */
function named(problem: Failure, { index, host, port, isDevice }: HopSpec, jumps: number): Failure {
  if (jumps === 0) return problem;
  if (isDevice || problem.diagnosis === undefined) return { ...problem, hop: index };
  const where = `jump host ${index + 1} (${visibleText(host)}:${port})`;
  return {
    ...failure(problem.code, problem.reason, `${where}: ${problem.detail ?? ""}`),
    diagnosis: problem.diagnosis,
    hop: index,
  };
}

async function openDemo(context: SessionContext, voice: AttemptVoice): Promise<Outcome<Path>> {
  const { target } = voice.message.payload;
  if (target.via.length > 0) return failed("refused_by_policy", "via", "simulated devices lie behind no jump host");
  const demo = context.demo.find(target.host);
  if (demo === undefined) return failed("unreachable", "name", `there is no simulated device "${target.host}"`);
  const [hop] = hopsOf(voice);
  if (hop === undefined) return failed("internal");
  const pass = voice.dials.enter({ targets: [hostName(target.host)], user: target.user, isDevice: true });
  if (!pass.ok) return pass;
  const login = new HopLogin(context, voice, hop, pass.value, demo);
  const connection = await login.run(demo.sock()).finally(() => pass.value.leave());
  return connection.ok ? succeeded({ connection: connection.value, checked: [], viaKeys: [] }) : connection;
}

type Opened = { connection: SshConnection; step: CheckedHop; address: Address | undefined; target: string };

async function openHop(
  context: SessionContext,
  voice: AttemptVoice,
  identity: Identity,
  hop: HopSpec,
  jumps: readonly Before[],
): Promise<Outcome<Opened>> {
  const before = jumps.at(-1);
  const { host, port } = hop;
  const shown = voice.message.payload.target.via.length === 0 ? undefined : hop.index;
  const earlier = jumps.slice(0, -1).map(({ via }) => via);
  const asker: Asker = { user: voice.user, via: before?.via, earlier };
  voice.progress("resolve", shown);
  const question = {
    policy: context.policy.current,
    host,
    port,
    asker,
    ownPorts: context.ownPorts(),
    mayAdd: mayAdd(identity),
  };
  const resolved = await resolveTarget(question, context.lookup, ({ class: name, rule }) => {
    const target = `${hostName(host)}:${port}`;
    context.log("warn", "policy.denied", { target, reason: name });
    context.audit.write({ ...voice.who(), event: "policy.denied", outcome: "refused", target, class: name, rule });
  });
  if (!resolved.ok) return resolved;
  const to =
    "addresses" in resolved.value ? { addresses: resolved.value.addresses.slice(0, DIALLED_MAX) } : resolved.value;
  const targetOf = (address: string) =>
    `${before === undefined ? "" : `${before.target}>`}${hostPattern(address, port)}`;
  const pass = voice.dials.enter({ targets: namesOf(to).map(targetOf), user: hop.user, isDevice: hop.isDevice });
  if (!pass.ok) return pass;
  try {
    voice.progress("tcp", shown);
    const stream = await reach(to, port, before, voice.signal);
    if (!stream.ok) return stream;
    const { address, duplex } = stream.value;
    pass.value.answeredAt(targetOf(address));
    const login = new HopLogin(context, voice, hop, pass.value, undefined);
    const connection = await login.run(duplex, before?.connection.outflow);
    if (!connection.ok) return connection;
    return succeeded({
      connection: connection.value,
      step: { host, port, address, asker },
      address: literals(to).find((one) => formatAddress(one) === address),
      target: targetOf(address),
    });
  } finally {
    pass.value.leave();
  }
}

/** Addresses of one name that are tried: a resolver's answer must not fill the tables of rates [S23]. */
const DIALLED_MAX = 16;

function namesOf(to: Resolved): string[] {
  return "remoteName" in to ? [to.remoteName] : to.addresses.map(formatAddress);
}

type Reached = { duplex: Duplex; address: string };

/** A socket to a checked address, or a channel of the host before it. */
async function reach(
  to: Resolved,
  port: number,
  before: Before | undefined,
  signal: AbortSignal,
): Promise<Outcome<Reached>> {
  const names = namesOf(to);
  if (before === undefined) {
    const socket = await dial({ addresses: names, port }, signal);
    return socket.ok ? succeeded({ duplex: socket.value, address: dialled(socket.value, literals(to)) }) : socket;
  }
  const [name = ""] = names;
  const channel = await openForward(before.connection, name, port);
  if (channel.ok) return succeeded({ duplex: channel.value, address: name });
  const { failure } = channel;
  // Forbidden by the jump host, and gone with it, is its own word; all else is about the host behind it.
  const theirs = failure.code === "channel_refused" || failure.code === "device_closed";
  return theirs ? { ok: false, failure: { ...failure, hop: before.hop } } : channel;
}

function literals(to: Resolved): readonly Address[] {
  return "addresses" in to ? to.addresses : [];
}

/** Which of the checked addresses answered, in the form in which it was checked. */
function dialled({ remoteAddress }: Socket, checked: readonly Address[]): string {
  const peer = parseAddress(remoteAddress ?? "");
  const found = checked.find(({ v, bits }) => peer !== undefined && v === peer.v && bits === peer.bits);
  return found === undefined ? (remoteAddress ?? "") : formatAddress(found);
}

/** Whether a tap could add a rule at all; whether the proof is fresh enough is asked when it comes [S16]. */
function mayAdd(identity: Identity): boolean {
  const now = Date.now();
  return mayChangePolicy(identity, { consoleAct: now }, now).ok;
}

/** The device's connection as one with those it runs through: they end together. */
function chained(inner: SshConnection, before: readonly Before[]): SshConnection {
  if (before.length === 0) return inner;
  const endAll = () => {
    for (const { connection } of before.toReversed()) connection.end();
  };
  for (const { hop, connection } of before) {
    connection.onEnd((problem) => inner.fail({ ...problem, hop }));
  }
  return {
    ...inner,
    onEnd: (listener) =>
      inner.onEnd((problem) => {
        listener(problem);
        endAll();
      }),
    end: () => {
      inner.end();
      // The inner goodbye travels through the outer connections: they follow once it is on its way.
      setTimeout(endAll, GOODBYE_MS).unref();
    },
  };
}

/** How long the device's goodbye may take through its jump hosts. */
const GOODBYE_MS = 500;
