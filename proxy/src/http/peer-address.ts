import type { IncomingMessage } from "node:http";

/** Who is at the other end of a connection. A listener for both families sees IPv4 as `::ffff:10.0.0.1`; people do not. */
export function peerAddress({ socket }: Pick<IncomingMessage, "socket">): string | undefined {
  return socket.remoteAddress?.replace(/^::ffff:(?=\d+\.\d+\.\d+\.\d+$)/i, "");
}
