import type { Server } from "node:http";
import type { Socket } from "node:net";

/** Connections that are no WebSocket: in all, and of one address (section 4 of the security design). */
const PLAIN_MAX = 64;
const PLAIN_PER_ADDRESS_MAX = 8;

/** Closes the oldest plain connection when there are too many; browsers just open another. */
export function capConnections(servers: readonly Server[]): { upgraded(socket: Socket): void } {
  // Insertion order is age.
  const plain = new Set<Socket>();
  const opened = (socket: Socket): void => {
    plain.add(socket);
    socket.once("close", () => plain.delete(socket));
    const same = [...plain].filter(({ remoteAddress }) => remoteAddress === socket.remoteAddress);
    const oldest = same.length > PLAIN_PER_ADDRESS_MAX ? same[0] : plain.size > PLAIN_MAX ? [...plain][0] : undefined;
    oldest?.destroy();
  };
  for (const server of servers) server.on("connection", opened);
  return {
    upgraded: (socket) => {
      plain.delete(socket);
    },
  };
}
