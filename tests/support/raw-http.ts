import { connect, type Socket } from "node:net";
import { connect as connectTls } from "node:tls";

/** A connection that says exactly what a test wants, and what came back on it. */
export type RawConnection = {
  readonly socket: Socket;
  /** Everything that came so far. */
  text(): string;
  send(text: string): void;
  /** Settles when the other side is gone, with everything that came. */
  readonly closed: Promise<string>;
};

type To = { port: number; ca?: string | undefined; localAddress?: string | undefined };

/** Opens a connection to 127.0.0.1, with TLS when `ca` (PEM) is given; resolves when it is up. */
export function openRaw({ port, ca, localAddress }: To): Promise<RawConnection> {
  const host = "127.0.0.1";
  const local = localAddress === undefined ? {} : { localAddress };
  return new Promise((resolve, reject) => {
    let text = "";
    const up = () => resolve({ socket, closed, text: () => text, send: (more) => void socket.write(more) });
    const socket: Socket =
      ca === undefined ? connect({ host, port, ...local }, up) : connectTls({ host, port, ca, ...local }, up);
    const closed = new Promise<string>((done) => socket.once("close", () => done(text)));
    socket.on("data", (chunk: Buffer) => {
      text += chunk.toString("latin1");
    });
    // A reset is an end as well; before the connection is up it is an error of the test.
    socket.on("error", (error) => reject(error));
  });
}

/** The status line's number, of the first answer in a text. */
export function statusOf(text: string): number | undefined {
  const found = /^HTTP\/1\.1 (\d{3})/.exec(text)?.[1];
  return found === undefined ? undefined : Number(found);
}
