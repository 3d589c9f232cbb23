import type { WebSocket } from "ws";

/** Passes every control message that comes in through `alter`, before anybody hears of it; bytes go by untouched. */
export function alterControls(socket: WebSocket, alter: (text: string) => string): void {
  const emit = socket.emit.bind(socket);
  socket.emit = (name: string | symbol, ...args: unknown[]): boolean => {
    const [data, isBinary] = args;
    if (name !== "message" || !Buffer.isBuffer(data) || isBinary !== false) return emit(name, ...args);
    return emit(name, Buffer.from(alter(data.toString("utf8"))), false);
  };
}
