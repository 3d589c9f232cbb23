import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { type Direction, FaultLane } from "./fault-relay-lane.ts";

/** Bytes that arrived at and left the relay in one direction. */
interface LaneCount {
  readonly received: number;
  readonly delivered: number;
}

/** One client's connection through the relay. */
interface RelayedConnection {
  /** Counted from 1 in the order of arrival. */
  readonly id: number;
  readonly up: LaneCount;
  readonly down: LaneCount;
  readonly open: boolean;
}

interface Pair {
  readonly id: number;
  readonly client: Socket;
  readonly server: Socket;
  readonly lanes: Record<Direction, FaultLane>;
  open: boolean;
}

/** A TCP relay on real sockets whose faults can be changed while bytes flow. "up" is client to server. */
export interface FaultRelay {
  readonly host: string;
  readonly port: number;
  /** All connections so far, closed ones included. */
  readonly connections: readonly RelayedConnection[];
  /** After n more bytes in this direction (over all connections) both sides are closed with FIN, or with RST. */
  cutAfter(direction: Direction, bytes: number, how?: "end" | "reset"): void;
  /** Nothing passes while connections stay open, FIN included; bytes wait. False lets them go. */
  blackHole(on: boolean, direction?: Direction): void;
  /** The same for one connection only, by its id: others, and later ones, pass. */
  hold(id: number, on: boolean, direction?: Direction): void;
  /** Ends one direction with FIN; the other keeps flowing. */
  halfClose(direction: Direction): void;
  /** Each chunk is passed on this much later, in order. */
  delay(ms: number, direction?: Direction): void;
  /** At most so many bytes at a time, with this pause between; 0 bytes switches it off. */
  drip(bytes: number, everyMs: number, direction?: Direction): void;
  /** RST to both sides of every open connection. */
  reset(): void;
  /** FIN to both sides of every open connection. */
  cut(): void;
  /** New connections are closed at once while this is on. */
  refuse(on: boolean): void;
  /** Back to a plain relay for open and new connections. */
  clear(): void;
  /** Resolves when the condition holds; it is looked at after every event of the relay. */
  until(condition: (relay: FaultRelay) => boolean): Promise<void>;
  /** Closes every connection and the listening socket. */
  stop(): Promise<void>;
}

const BOTH: readonly Direction[] = ["up", "down"];

/** Listens on a free loopback port and relays to the target. */
export async function startFaultRelay(target: { host: string; port: number }): Promise<FaultRelay> {
  const pairs: Pair[] = [];
  const settings = {
    up: { held: false, delayMs: 0, dripBytes: 0, dripMs: 0 },
    down: { held: false, delayMs: 0, dripBytes: 0, dripMs: 0 },
  };
  const cuts: Record<Direction, { left: number; how: "end" | "reset" } | undefined> = {
    up: undefined,
    down: undefined,
  };
  const waiting = new Set<() => void>();
  let refusing = false;

  const changed = (): void => {
    for (const look of waiting) look();
  };
  const openPairs = (): Pair[] => pairs.filter((pair) => pair.open);
  const close = (pair: Pair, how: "end" | "reset"): void => {
    if (!pair.open) return;
    pair.open = false;
    for (const direction of BOTH) pair.lanes[direction].stop();
    for (const socket of [pair.client, pair.server]) {
      if (how === "reset") socket.resetAndDestroy();
      else socket.destroySoon();
    }
    changed();
  };
  /** How many of these bytes may still pass, and whether the connection is cut after them. */
  const allowance = (direction: Direction, size: number): { pass: number; cut: "end" | "reset" | undefined } => {
    const cut = cuts[direction];
    if (cut === undefined) return { pass: size, cut: undefined };
    const pass = Math.min(size, cut.left);
    cut.left -= pass;
    if (cut.left > 0) return { pass, cut: undefined };
    cuts[direction] = undefined;
    return { pass, cut: cut.how };
  };

  const server = createServer({ allowHalfOpen: true, noDelay: true }, (client) => {
    if (refusing) {
      client.resetAndDestroy();
      return;
    }
    const far = connect({ ...target, allowHalfOpen: true, noDelay: true });
    const lane = (direction: Direction, from: Socket, to: Socket): FaultLane =>
      new FaultLane({
        from,
        to,
        allowance: (size) => allowance(direction, size),
        onCut: (how) => close(pair, how),
        onChange: changed,
      });
    const lanes = { up: lane("up", client, far), down: lane("down", far, client) };
    const pair: Pair = { id: pairs.length + 1, client, server: far, open: true, lanes };
    pairs.push(pair);
    for (const direction of BOTH) lanes[direction].set(settings[direction]);
    for (const [socket, other] of [
      [client, far],
      [far, client],
    ] as const) {
      // a reset on one side is passed on as a reset; errors after that are the same event again
      socket.on("error", () => close(pair, "reset"));
      socket.on("close", () => {
        if (other.destroyed) close(pair, "end");
      });
    }
    changed();
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, "127.0.0.1", resolve);
  });
  // A listening TCP server's address is an AddressInfo; only pipes have a string.
  const { port } = server.address() as AddressInfo;

  const adjust = (direction: Direction | undefined, change: Partial<(typeof settings)["up"]>): void => {
    for (const one of direction === undefined ? BOTH : [direction]) {
      Object.assign(settings[one], change);
      for (const pair of openPairs()) pair.lanes[one].set(settings[one]);
    }
    changed();
  };

  const relay: FaultRelay = {
    host: "127.0.0.1",
    port,
    get connections() {
      return pairs.map(({ id, lanes, open }) => ({ id, open, up: lanes.up.count(), down: lanes.down.count() }));
    },
    cutAfter: (direction, bytes, how = "end") => {
      cuts[direction] = { left: bytes, how };
    },
    blackHole: (on, direction) => adjust(direction, { held: on }),
    hold: (id, on, direction) => {
      const lanes = openPairs().find((pair) => pair.id === id)?.lanes;
      for (const one of direction === undefined ? BOTH : [direction]) lanes?.[one].set({ ...settings[one], held: on });
      changed();
    },
    halfClose: (direction) => {
      for (const pair of openPairs()) pair.lanes[direction].endAfterQueue();
    },
    delay: (ms, direction) => adjust(direction, { delayMs: ms }),
    drip: (bytes, everyMs, direction) => adjust(direction, { dripBytes: bytes, dripMs: everyMs }),
    reset: () => {
      for (const pair of openPairs()) close(pair, "reset");
    },
    cut: () => {
      for (const pair of openPairs()) close(pair, "end");
    },
    refuse: (on) => {
      refusing = on;
    },
    clear: () => {
      refusing = false;
      cuts.up = undefined;
      cuts.down = undefined;
      adjust(undefined, { held: false, delayMs: 0, dripBytes: 0, dripMs: 0 });
    },
    until: (condition) =>
      new Promise((resolve) => {
        const look = (): void => {
          if (!condition(relay)) return;
          waiting.delete(look);
          resolve();
        };
        waiting.add(look);
        look();
      }),
    stop: async () => {
      for (const pair of openPairs()) close(pair, "reset");
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
      });
    },
  };
  return relay;
}
