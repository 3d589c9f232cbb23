/** Connections that are no WebSocket are counted: the oldest idle one goes when there are too many (section 4). */
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Server as PlainServer, Socket } from "node:net";
import type { LimitValues } from "../config/limits-schema.ts";
import { rateKey } from "../rate-key.ts";

type Caps = Pick<LimitValues, "plain_connections" | "plain_connections_per_address">;
type Entry = { socket: Socket; address: string; requests: number };

export type ConnectionCap = {
  /** From now on a WebSocket: counted elsewhere. */
  upgraded(socket: Socket): void;
  /** Ends all that are counted, those in a TLS handshake included, which no HTTP server knows of yet. */
  end(): void;
};

/**
 * Counts the connections of these servers. A connection is idle while no request of it is being answered, also while it
 * sends its headers or shakes hands. `shared`: addresses behind which many people are, a reverse proxy's.
 */
export function capConnections(
  servers: readonly PlainServer[],
  caps: Caps,
  shared: (address: string) => boolean = () => false,
): ConnectionCap {
  // Insertion order is age. Under TLS a request's socket is another object than the connection's, with the same ends.
  const plain = new Map<string, Entry>();
  const opened = (socket: Socket): void => {
    const key = endsOf(socket);
    const address = rateKey(socket.remoteAddress ?? "");
    plain.set(key, { socket, address, requests: 0 });
    socket.once("close", () => plain.delete(key));
    const all = [...plain.values()];
    const same = shared(socket.remoteAddress ?? "") ? [] : all.filter((one) => one.address === address);
    if (same.length > caps.plain_connections_per_address) oldestOf(same)?.socket.destroy();
    else if (all.length > caps.plain_connections) oldestOf(all)?.socket.destroy();
  };
  const asked = (req: IncomingMessage, res: ServerResponse): void => {
    const entry = plain.get(endsOf(req.socket));
    if (entry === undefined) return;
    entry.requests += 1;
    res.once("close", () => {
      entry.requests -= 1;
    });
  };
  for (const server of servers) {
    server.on("connection", opened);
    server.on("request", asked);
  }
  return {
    upgraded: (socket) => {
      plain.delete(endsOf(socket));
    },
    end: () => {
      for (const { socket } of plain.values()) socket.destroy();
    },
  };
}

/** The oldest idle one; where all are busy, the oldest: people who read slowly must not keep everybody else out. */
function oldestOf(entries: readonly Entry[]): Entry | undefined {
  return entries.find(({ requests }) => requests === 0) ?? entries[0];
}

function endsOf({ remoteAddress, remotePort, localAddress, localPort }: Socket): string {
  return `${remoteAddress} ${remotePort} ${localAddress} ${localPort}`;
}
