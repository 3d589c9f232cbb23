/**
 * What is read and wrapped inside ssh2's client, in one place. Every name here is pinned by tests/contract/ssh2-internals
 * [S55].
 */
import type { Client } from "ssh2";

type Handler = (protocol: unknown, ...rest: unknown[]) => void;
type Handlers = Record<"USERAUTH_FAILURE" | "USERAUTH_PK_OK" | "EXT_INFO" | "GLOBAL_REQUEST" | "CHANNEL_OPEN", Handler>;
type Kex = { sessionID: Buffer | undefined; _sig: Buffer | undefined };
type Protocol = { _kex: Kex; _handlers: Handlers; _kexinit: Buffer | undefined; _queue: Buffer[] | undefined };
type Inside = { _protocol: Protocol; config: { password: string | undefined } };

function inside(client: Client): Inside {
  return client as unknown as Inside;
}

/** The host's signature as it came; there only from the verifier's call until the key exchange ends [S47]. */
export function hostSignature(client: Client): Buffer | undefined {
  const { _sig } = inside(client)._protocol._kex;
  return _sig === undefined ? undefined : Buffer.from(_sig);
}

/** Exchange hash of the first key exchange, once that is over. */
export function sessionId(client: Client): Buffer | undefined {
  const { sessionID } = inside(client)._protocol._kex;
  return sessionID === undefined ? undefined : Buffer.from(sessionID);
}

/** ssh2 takes the old password of a forced change from its config, and nowhere else. */
export function keepPassword(client: Client, password: string | undefined): void {
  inside(client).config.password = password;
}

export type AuthWatch = {
  /** The device refused a method, or took it as a part of the login. ssh2 does not pass this on after a key. */
  refused(left: readonly string[], partial: boolean): void;
  /** The device would take a key; false when none was offered: then ssh2 would throw. */
  expectsKeyAnswer(): boolean;
  unexpected(): void;
  /** Signature algorithms that the device announced (RFC 8308). */
  announced(algorithms: readonly string[]): void;
};

/** Watches the device's answers to authentication requests; call after `connect`. */
export function watchAuthentication(client: Client, watch: AuthWatch): void {
  const { _handlers: handlers } = inside(client)._protocol;
  const { USERAUTH_FAILURE: failure, USERAUTH_PK_OK: keyOk, EXT_INFO: extensions } = handlers;
  handlers.EXT_INFO = (protocol, found, ...rest) => {
    const all = Array.isArray(found) ? (found as { name?: unknown; algs?: unknown }[]) : [];
    const algorithms = all.find(({ name }) => name === "server-sig-algs")?.algs;
    if (Array.isArray(algorithms)) watch.announced(algorithms.map(String));
    extensions(protocol, found, ...rest);
  };
  handlers.USERAUTH_FAILURE = (protocol, left, partial) => {
    watch.refused(Array.isArray(left) ? left.map(String) : [], partial === true);
    failure(protocol, left, partial);
  };
  handlers.USERAUTH_PK_OK = (protocol, ...rest) => {
    if (watch.expectsKeyAnswer()) keyOk(protocol, ...rest);
    else watch.unexpected();
  };
}

/** Tells when a key exchange begins, whoever asked for it; its end is the event `handshake`. Call after `connect`. */
export function watchKeyExchanges(client: Client, begun: () => void): void {
  const { _protocol: protocol } = inside(client);
  let ours = protocol._kexinit;
  Object.defineProperty(protocol, "_kexinit", {
    get: () => ours,
    set: (offer: Buffer | undefined) => {
      ours = offer;
      if (offer !== undefined) begun();
    },
  });
}

/** Bytes that the library keeps until a key exchange is over. */
export function queuedBytes(client: Client): number {
  // Asked before `connect` too, when there is no protocol object yet.
  const queue = (inside(client) as Partial<Inside>)._protocol?._queue ?? [];
  return queue.reduce((sum, packet) => sum + packet.length, 0);
}

export type RequestWatch = {
  /** The device opens a channel of this type; the library refuses it afterwards [S60]. */
  opens(type: string): void;
  /** Whether an announcement of keys is looked at; the library would ask the device back for each one, without a bound. */
  mayAnnounce(): boolean;
  /** At most this many keys of an announcement are asked about. */
  keysMax: number;
};

/** Watches what the device asks of us; call after `connect`. */
export function watchRequests(client: Client, watch: RequestWatch): void {
  const { _handlers: handlers } = inside(client)._protocol;
  const { GLOBAL_REQUEST: request, CHANNEL_OPEN: open } = handlers;
  handlers.CHANNEL_OPEN = (protocol, info, ...rest) => {
    watch.opens(String((info as { type?: unknown }).type));
    open(protocol, info, ...rest);
  };
  handlers.GLOBAL_REQUEST = (protocol, name, wantReply, data, ...rest) => {
    if (name !== "hostkeys-00@openssh.com") request(protocol, name, wantReply, data, ...rest);
    else if (watch.mayAnnounce() && Array.isArray(data)) {
      request(protocol, name, wantReply, data.slice(0, watch.keysMax), ...rest);
    } else if (wantReply === true) (protocol as { requestFailure(): void }).requestFailure();
  };
}
