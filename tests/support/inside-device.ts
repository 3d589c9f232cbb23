/** An SSH server inside this process, and a connection of the proxy to it; no port is opened. */
import { generateKeyPairSync } from "node:crypto";
import { createRequire } from "node:module";
import type { Duplex } from "node:stream";
import type { AuthContext, Connection, ServerChannel, Server as ServerType } from "ssh2";
import { parse } from "valibot";
import { duplexPair } from "#demo/ssh/duplex-pair.ts";
import { Limits } from "#proxy/config/limits-schema.ts";
import type { Outcome } from "#proxy/failure.ts";
import { type ConnectionOptions, openConnection, type SshConnection } from "#proxy/ssh/connection.ts";
import type { HostProof } from "#proxy/ssh/host-proof.ts";

const BOUNDS = parse(Limits, {});
const ssh2 = createRequire(import.meta.url)("ssh2") as typeof import("ssh2");
const HOST_KEY = generateKeyPairSync("ec", { namedCurve: "P-256" })
  .privateKey.export({ type: "sec1", format: "pem" })
  .toString();

export type InsideDevice = {
  /** What the proxy is given as a connected socket. */
  near: Duplex;
  /** The device's own end: paused, it reads nothing. */
  far: Duplex;
  connection: () => Connection;
};
export type InsideOptions = {
  auth?: (context: AuthContext) => void;
  shell?: (channel: ServerChannel, connection: Connection) => void;
  /** Gets the channel to the next host, which is this device for whatever is asked for. */
  forward?: (channel: ServerChannel) => void;
};

/** A server on one end of a stream; without one, on a pair of its own. */
export function insideDevice(options: InsideOptions = {}, onto?: Duplex): InsideDevice {
  const [near, far] = onto === undefined ? duplexPair() : [onto, onto];
  let own: Connection | undefined;
  const server = new ssh2.Server({ hostKeys: [HOST_KEY] }, (connection: Connection) => {
    own = connection;
    connection.on("error", () => {});
    connection.on("authentication", options.auth ?? ((context) => context.accept()));
    connection.on("tcpip", (accept) => {
      const channel = accept();
      channel.on("error", () => {});
      options.forward?.(channel);
    });
    connection.on("session", (accept) => {
      accept().on("shell", (yes) => {
        const channel = yes();
        channel.on("error", () => {});
        options.shell?.(channel, connection);
      });
    });
  });
  server.injectSocket(far as Parameters<ServerType["injectSocket"]>[0]);
  return {
    near,
    far,
    connection: () => {
      if (own === undefined) throw new Error("nobody has connected");
      return own;
    },
  };
}

export type Seen = { steps: string[]; proofs: HostProof[] };

/** A connection of the proxy over the stream; everybody agrees to everything unless `changes` says otherwise. */
export function startConnection(
  stream: Duplex,
  changes: Partial<ConnectionOptions> = {},
): { outcome: Promise<Outcome<SshConnection>>; seen: Seen } {
  const seen: Seen = { steps: [], proofs: [] };
  const outcome = openConnection({
    stream,
    user: "op",
    set: "modern",
    pinnedTypes: [],
    keepalive: "off",
    authOrder: [],
    verifyHostKey: () => Promise.resolve(undefined),
    proved: () => seen.steps.push("proved"),
    release: (proof) => {
      seen.proofs.push(proof);
      return Promise.resolve(undefined);
    },
    keys: () => Promise.resolve([]),
    ask: () => Promise.resolve("nobody"),
    refused: () => {},
    banner: () => {},
    bounds: BOUNDS,
    refusedChannels: () => {},
    announced: () => {},
    step: (step) => seen.steps.push(step),
    signal: new AbortController().signal,
    ...changes,
  });
  return { outcome, seen };
}

/** Lets what runs inside this process go on until `holds`; it takes turns of the event loop, not time. */
export async function turnsUntil(holds: () => boolean): Promise<void> {
  for (let turn = 0; turn < 100_000 && !holds(); turn += 1) await turns(1);
  if (!holds()) throw new Error("not reached");
}

/** So many turns of the event loop: enough for whatever would happen by itself to have happened. */
export async function turns(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}
