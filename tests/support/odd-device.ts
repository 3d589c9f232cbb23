import { generateKeyPairSync } from "node:crypto";
import { once } from "node:events";
import { type AddressInfo, connect, type Socket } from "node:net";
import ssh2, { type AuthContext, type Connection, type ServerChannel, type ServerConfig } from "ssh2";

const { Server, utils } = ssh2;

/** An SSH server of this process that does what no honest device does. */
export type OddDevice = { readonly port: number; stop(): Promise<void> };

export type OddOptions = {
  /** Decides about each authentication request; by default everybody is let in. */
  auth?: (context: AuthContext) => void;
  /** Gets the shell once it is open. */
  shell?: (channel: ServerChannel, connection: Connection) => void;
  /** Banners sent before the login is answered. */
  banners?: readonly string[];
  /** Shows another key than the one it can sign with. */
  foreignKey?: boolean;
  /** Does not announce which signatures it takes, as equipment of the 2010s. */
  announcesNothing?: boolean;
  /** Opens channels to others, as a jump host does; the port is one of this machine. */
  forwards?: boolean;
  /** Another host key than the one that all of them share, and a port of a device that is gone. */
  key?: string;
  port?: number;
  /** What it calls itself, behind `SSH-2.0-`. */
  ident?: string;
  /** Instead of everything that the library can do. */
  algorithms?: NonNullable<ServerConfig["algorithms"]>;
  /** Sees each connection before its handshake. */
  connected?: (connection: Connection) => void;
};

/** What lies below the public face of a server-side channel or connection. */
export type Below = {
  _protocol: {
    rekey(): void;
    channelData(id: number, data: Buffer): void;
    channelWindowAdjust(id: number, bytes: number): void;
    /** A global request that wants an answer. */
    ping(): void;
  };
  _sock: Socket;
};

/** One for all of them: a port that the system gives out again must not look like a changed key. */
const SERVER_KEY = makeServerKey();

type HostKeys = { _protocol: { _hostKeys: Record<string, { getPublicSSH(): Buffer }> } };

/**
 * An ECDSA key made by Node: about one in 270 of ssh2's own Ed25519 keys comes out in a form that it cannot read back.
 */
export function makeServerKey(): string {
  const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  return privateKey.export({ type: "sec1", format: "pem" }).toString();
}

/** From its next key exchange on, the server has another key, and signs with it. */
export function swapKey(connection: Connection): void {
  const other = utils.parseKey(makeServerKey());
  if (other instanceof Error) throw other;
  (connection as unknown as HostKeys)._protocol._hostKeys["ecdsa-sha2-nistp256"] = other;
}

/** Makes the server show a key that it cannot sign with. */
function showForeignKey(connection: Connection): void {
  const other = utils.parseKey(makeServerKey());
  if (other instanceof Error) throw other;
  showKey(connection, () => other.getPublicSSH());
}

/** Makes the server show something else than its key, made of its key. */
export function showKey(connection: Connection, make: (own: Buffer) => Buffer): void {
  const own = (connection as unknown as HostKeys)._protocol._hostKeys["ecdsa-sha2-nistp256"];
  if (own === undefined) throw new Error("no ECDSA key to replace");
  const shown = make(own.getPublicSSH());
  own.getPublicSSH = () => shown;
}

/** Keeps the answer to `ext-info-c` back. */
function hideExtensions(connection: Connection): void {
  const { _protocol } = connection as unknown as { _protocol: { _kex?: { remoteExtInfoEnabled: boolean } } };
  let kex = _protocol._kex;
  Object.defineProperty(_protocol, "_kex", {
    get: () => kex,
    set: (value: { remoteExtInfoEnabled: boolean } | undefined) => {
      kex = value;
      if (value !== undefined)
        Object.defineProperty(value, "remoteExtInfoEnabled", { get: () => false, set: () => {} });
    },
  });
}

/** A jump host's part: a TCP connection of this machine for each channel that is asked for. */
function forward(connection: Connection): void {
  connection.on("tcpip", (accept, reject, { destIP, destPort }) => {
    const socket = connect({ host: destIP, port: destPort });
    socket.once("error", () => reject());
    socket.once("connect", () => {
      socket.removeAllListeners("error");
      const channel = accept();
      socket.on("error", () => channel.close());
      channel.on("error", () => socket.destroy());
      socket.pipe(channel).pipe(socket);
    });
  });
}

/** With `force` as for a packet of a key exchange, which begins elsewhere in its buffer. */
type Writer = {
  allocStart: number;
  allocStartKEX: number;
  alloc(size: number, force?: boolean): Buffer;
  finalize(packet: Buffer, force?: boolean): Buffer;
};
type Sender = { _protocol: { _packetRW: { write: Writer }; _cipher: { encrypt(packet: Buffer): void } } };
const SSH_MSG_USERAUTH_BANNER = 53;

/** A string of the SSH protocol: its length, then its bytes. */
export function sshString(value: string | Uint8Array): Buffer {
  const bytes = Buffer.from(value as string, "latin1");
  const length = Buffer.alloc(4);
  length.writeUInt32BE(bytes.length);
  return Buffer.concat([length, bytes]);
}

/** Sends a packet that the library itself would not send. */
export function sendPacket(connection: Connection, payload: Uint8Array): void {
  const { _packetRW, _cipher } = (connection as unknown as Sender)._protocol;
  const start = _packetRW.write.allocStart;
  const packet = _packetRW.write.alloc(payload.length);
  packet.set(payload, start);
  _cipher.encrypt(_packetRW.write.finalize(packet));
}

const SSH_MSG_KEX_ECDH_REPLY = 31;

/** Makes the server's signature over the key exchange longer, behind what a check of it looks at. */
export function lengthenSignature(connection: Connection, tail: Uint8Array): void {
  const { write } = (connection as unknown as Sender)._protocol._packetRW;
  const finalize = write.finalize.bind(write);
  write.finalize = (packet, force) => {
    const start = write.allocStartKEX;
    if (packet[start] !== SSH_MSG_KEX_ECDH_REPLY) return finalize(packet, force);
    // The host key and the server's half come first, each a string.
    let at = start + 1;
    for (let strings = 0; strings < 2; strings++) at += 4 + packet.readUInt32BE(at);
    const signature = packet.subarray(at + 4, at + 4 + packet.readUInt32BE(at));
    const payload = Buffer.concat([packet.subarray(start, at), sshString(Buffer.concat([signature, tail]))]);
    const longer = write.alloc(payload.length, true);
    longer.set(payload, start);
    return finalize(longer, force);
  };
}

/** Sends one more banner; the library itself would send one only. */
function sendBanner(connection: Connection, text: string): void {
  const none = Buffer.alloc(4);
  sendPacket(connection, Buffer.concat([Uint8Array.of(SSH_MSG_USERAUTH_BANNER), sshString(text), none]));
}

function configOf({ algorithms, ident }: OddOptions): Pick<ServerConfig, "algorithms" | "ident"> {
  return { ...(algorithms === undefined ? {} : { algorithms }), ...(ident === undefined ? {} : { ident }) };
}

/** Starts it on a free loopback port. Sessions echo unless `shell` says otherwise. */
export async function startOddDevice(options: OddOptions = {}): Promise<OddDevice> {
  const connections = new Set<Connection>();
  const server = new Server({ hostKeys: [options.key ?? SERVER_KEY], ...configOf(options) }, (connection) => {
    connections.add(connection);
    options.connected?.(connection);
    if (options.foreignKey === true) showForeignKey(connection);
    if (options.announcesNothing === true) hideExtensions(connection);
    if (options.forwards === true) forward(connection);
    connection.on("error", () => {});
    connection.once("close", () => connections.delete(connection));
    connection.on("authentication", (context) => {
      for (const banner of options.banners ?? []) sendBanner(connection, banner);
      if (options.auth === undefined) context.accept();
      else options.auth(context);
    });
    connection.on("session", (accept) => {
      const session = accept();
      session.on("pty", (yes) => yes?.());
      session.on("window-change", (yes) => yes?.());
      session.on("shell", (yes) => {
        const channel = yes();
        channel.on("error", () => {});
        if (options.shell === undefined) channel.pipe(channel);
        else options.shell(channel, connection);
      });
    });
  });
  server.listen(options.port ?? 0, "127.0.0.1");
  await once(server, "listening");
  return {
    port: (server.address() as AddressInfo).port,
    stop: async () => {
      for (const connection of connections) connection.end();
      server.close();
      await once(server, "close");
    },
  };
}
