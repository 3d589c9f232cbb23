/**
 * What the proxy relies on inside ssh2. The library is pinned; when this fails after an update, read its changes before
 * touching proxy/src/ssh [S55] [WP13].
 */
import { SSH_PACKET_MAX_BYTES } from "#proxy/ssh/packet-patch.ts";
import "#proxy/ssh/window-patch.ts";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { type AddressInfo, createConnection, type Socket } from "node:net";
import type { ClientChannel, Client as ClientType, Connection, ServerChannel } from "ssh2";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { SSH_WINDOW_BYTES } from "#protocol/limits.ts";
import { ALGORITHM_SETS } from "#proxy/ssh/algorithms.ts";
import { hostSignature, queuedBytes, sessionId, watchKeyExchanges } from "#proxy/ssh/library-inside.ts";
import { rsaAlgorithm } from "#proxy/ssh/signing-key.ts";
import { CHANNEL_READ_BUFFER_BYTES } from "#proxy/ssh/window-patch.ts";
import { makeServerKey, sendPacket, sshString, startOddDevice } from "#support/odd-device.ts";

const require = createRequire(import.meta.url);
const ssh2 = require("ssh2") as typeof import("ssh2");

function source(file: string): string {
  return readFileSync(require.resolve(`ssh2/lib/${file}`), "utf8");
}

type Inside = ClientChannel & {
  incoming: { window: number };
  outgoing: { id: number };
  _readableState: { highWaterMark: number };
};
type ServerSide = ServerChannel & { outgoing: { window: number } };

let port = 0;
let onShell: (channel: ServerSide) => void = () => {};
const server = new ssh2.Server({ hostKeys: [makeServerKey()] }, (connection) => {
  connection.on("error", () => {});
  connection.on("authentication", (context) => context.accept());
  connection.on("session", (accept) => {
    accept().on("shell", (yes) => onShell(yes() as ServerSide));
  });
});

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  port = (server.address() as AddressInfo).port;
});

afterAll(() => new Promise<void>((resolve) => server.close(() => resolve())));

async function openShell(
  algorithms: object = {},
): Promise<{ client: ClientType; channel: Inside; peer: ServerSide; socket: Socket }> {
  const shell = new Promise<ServerSide>((resolve) => {
    onShell = resolve;
  });
  const client = new ssh2.Client();
  const socket = createConnection(port, "127.0.0.1");
  await new Promise<void>((resolve, reject) => {
    client.once("ready", resolve).once("error", reject);
    client.connect({ sock: socket, username: "x", hostVerifier: () => true, algorithms });
  });
  const channel = await new Promise<Inside>((resolve, reject) => {
    client.shell(false, (error, opened) => (error === undefined ? resolve(opened as Inside) : reject(error)));
  });
  return { client, channel, peer: await shell, socket };
}

describe("ssh2 internals", () => {
  test("the version is the one that was read", () => {
    expect((require("ssh2/package.json") as { version: string }).version).toBe("1.17.0");
  });

  test("[WP13] the device is granted 128 KiB, and the read buffer is below that", async () => {
    const { client, channel, peer } = await openShell();
    expect(peer.outgoing.window).toBe(SSH_WINDOW_BYTES);
    expect(channel._readableState.highWaterMark).toBe(CHANNEL_READ_BUFFER_BYTES);
    expect(CHANNEL_READ_BUFFER_BYTES).toBeLessThan(SSH_WINDOW_BYTES);
    client.end();
  });

  test("[WP13] credit follows consumption: a paused channel holds one window, a read one goes on without end", async () => {
    const { client, channel, peer } = await openShell();
    const total = 4 * 1024 * 1024;
    let got = 0;
    channel.pause();
    peer.write(Buffer.alloc(total, "x"));
    peer.end();
    await new Promise<void>((resolve) => {
      const look = () => {
        if (channel.readableLength >= SSH_WINDOW_BYTES) resolve();
        else setImmediate(look);
      };
      look();
    });
    expect(channel.readableLength).toBe(SSH_WINDOW_BYTES);
    const done = new Promise<void>((resolve) => void channel.once("end", () => resolve()));
    channel.on("data", (bytes: Buffer) => {
      got += bytes.length;
      // Stopping and going on in the middle must not lose the grant.
      if (got % 7 === 0) {
        channel.pause();
        setImmediate(() => channel.resume());
      }
    });
    channel.resume();
    await done;
    expect(got).toBe(total);
    client.end();
  });

  test("[WP14] an overrun is noticed, at window 0 exactly too", async () => {
    const { client, channel, peer } = await openShell();
    let overruns = 0;
    channel.on("window_overrun", () => {
      overruns += 1;
    });
    channel.pause();
    peer.write(Buffer.alloc(SSH_WINDOW_BYTES, "x"));
    await new Promise<void>((resolve) => {
      const look = () => (channel.readableLength >= SSH_WINDOW_BYTES ? resolve() : void setImmediate(look));
      look();
    });
    expect(channel.incoming.window).toBe(1);
    expect(overruns).toBe(0);
    const below = peer as unknown as {
      _client: { _protocol: { channelData(id: number, data: Buffer): void } };
      outgoing: { id: number };
    };
    below._client._protocol.channelData(below.outgoing.id, Buffer.from("y"));
    await new Promise<void>((resolve) => {
      const look = () => (overruns > 0 ? resolve() : void setImmediate(look));
      look();
    });
    client.end();
  });

  describe("a packet as large as OpenSSH makes them is taken, and a larger one is a fault", () => {
    const MSG_IGNORE = 2;
    /** What OpenSSH sends for input that is not echoed. */
    const ignored = (connection: Connection, bytes: number) =>
      sendPacket(connection, Buffer.concat([Uint8Array.of(MSG_IGNORE), sshString(Buffer.alloc(bytes))]));
    const faultOf = (client: ClientType, socket: Socket) =>
      new Promise<Error>((resolve) => {
        client.once("error", (error) => {
          // The library would go on with what follows, and throw.
          socket.destroy();
          resolve(error);
        });
      });
    const sets = [
      { cipher: ["aes128-gcm@openssh.com"] },
      { cipher: ["chacha20-poly1305@openssh.com"] },
      { cipher: ["aes128-ctr"], hmac: ["hmac-sha2-256-etm@openssh.com"] },
      { cipher: ["aes256-ctr"], hmac: ["hmac-sha2-256"] },
    ];
    test.each(sets)("$cipher", async (algorithms) => {
      const { client, channel, peer, socket } = await openShell(algorithms);
      const { _client: device } = peer as unknown as { _client: Connection };
      ignored(device, SSH_PACKET_MAX_BYTES - 1_024);
      peer.write("after");
      const after = await new Promise<Buffer>((resolve) => void channel.once("data", resolve));
      expect(String(after)).toBe("after");
      const fault = faultOf(client, socket);
      ignored(device, SSH_PACKET_MAX_BYTES + 1_024);
      expect((await fault).message).toMatch(/^Bad packet length/);
      client.end();
    });

    test("in clear text nothing above 35,000 bytes is", async () => {
      const device = await startOddDevice({ connected: (connection) => ignored(connection, 36_000) });
      const client = new ssh2.Client();
      const socket = createConnection(device.port, "127.0.0.1");
      const fault = faultOf(client, socket);
      client.connect({ sock: socket, username: "x", hostVerifier: () => true });
      expect((await fault).message).toMatch(/^Bad packet length/);
      await device.stop();
    });
  });

  test("[S62] the lists are supported, and none holds group exchange, compression or a broken cipher", () => {
    const { SUPPORTED_KEX, SUPPORTED_CIPHER, SUPPORTED_MAC, SUPPORTED_SERVER_HOST_KEY } =
      require("ssh2/lib/protocol/constants.js") as Record<string, string[]>;
    for (const set of Object.values(ALGORITHM_SETS)) {
      expect(SUPPORTED_KEX).toEqual(expect.arrayContaining([...set.kex]));
      expect(SUPPORTED_CIPHER).toEqual(expect.arrayContaining([...set.cipher]));
      expect(SUPPORTED_MAC).toEqual(expect.arrayContaining([...set.hmac]));
      expect(SUPPORTED_SERVER_HOST_KEY).toEqual(expect.arrayContaining([...set.serverHostKey]));
      expect(JSON.stringify(set)).not.toMatch(/group-exchange|zlib|arcfour|blowfish|cast128/);
      expect(set.compress).toEqual(["none"]);
    }
  });

  test.each([
    ["protocol/kex.js", "Handshake failed: no matching key exchange algorithm"],
    ["protocol/kex.js", "Handshake failed: no matching host key format"],
    ["protocol/kex.js", "Handshake failed: no matching C->S cipher"],
    ["protocol/kex.js", "Handshake failed: no matching S->C MAC"],
    ["protocol/kex.js", "Handshake failed: signature verification failed"],
    ["protocol/kex.js", "Wrong signature type: "],
    ["client.js", "Unable to request a pseudo-terminal"],
    ["client.js", "Unable to open shell"],
    ["client.js", "Unable to exec"],
    ["client.js", "No response from server"],
    ["utils.js", "(SSH) Channel open failure: "],
  ])("%s still says: %s", (file, text) => {
    expect(source(file)).toContain(text);
  });

  test("[S46] the verifier is asked before the host's signature is checked, and 'handshake' comes after it", () => {
    const kex = source("protocol/kex.js");
    expect(kex.indexOf("_hostVerifier")).toBeGreaterThan(0);
    expect(kex.indexOf("this._protocol._onHandshakeComplete(negotiated)")).toBeGreaterThan(
      kex.indexOf("Verifying signature ..."),
    );
  });

  test("[S55] the fields of the host's proof: signature and session id, there when they are read and gone when they should be", async () => {
    const client = new ssh2.Client();
    const socket = createConnection(port, "127.0.0.1");
    const order: string[] = [];
    let asked: { signature: Buffer | undefined; id: Buffer | undefined } | undefined;
    await new Promise<void>((resolve, reject) => {
      client.once("error", reject);
      client.once("handshake", () => {
        order.push("handshake");
        expect(hostSignature(client)).toBeUndefined();
        expect(sessionId(client)?.length).toBeGreaterThanOrEqual(20);
      });
      client.once("ready", () => resolve());
      client.connect({
        sock: socket,
        username: "x",
        hostVerifier: (_key: Buffer, verify: (trusted: boolean) => void) => {
          order.push("verifier");
          asked = { signature: hostSignature(client), id: sessionId(client) };
          verify(true);
        },
        authHandler: (_left, _partial, next) => {
          order.push("auth");
          (next as (method: object) => void)({ type: "none", username: "x" });
        },
      });
    });
    expect(order).toEqual(["verifier", "handshake", "auth"]);
    expect(asked?.signature?.subarray(4, 23).toString("latin1")).toBe("ecdsa-sha2-nistp256");
    expect(asked?.id).toBeUndefined();
    client.end();
  });

  test("[S56] answers to authentication requests pass through handlers that can be wrapped", () => {
    const text = source("client.js");
    for (const name of ["USERAUTH_FAILURE", "USERAUTH_PK_OK", "EXT_INFO"]) expect(text).toContain(`${name}: (p`);
    expect(source("protocol/Protocol.js")).toContain("this._handlers = messageHandlers;");
    expect(source("protocol/handlers.misc.js")).toContain("self._handlers.USERAUTH_PK_OK");
    // After a key the library calls the handler with what it heard before: the reason for the wrapping.
    expect(text).toMatch(
      /curAuth\.type === 'agent'\) \{\s+const pos = curAuth\.agentCtx\.pos\(\);[\s\S]{0,120}return tryNextAgentKey\(\);/,
    );
    expect(text).toMatch(/err\.level = 'agent';\s+this\.emit\('error', err\);/);
  });

  test("[S56] an RSA key is offered with one algorithm, the first of what the device announced", () => {
    expect(source("client.js")).toMatch(
      /indexOf\('rsa-sha2-256'\) !== -1\)\s+return \[\['rsa-sha2-256', 'sha256'\]\];[\s\S]{0,120}return \[\['rsa-sha2-512', 'sha512'\]\];[\s\S]{0,120}return \[\['ssh-rsa', 'sha1'\]\]/,
    );
    expect(rsaAlgorithm(["ssh-rsa", "rsa-sha2-512", "rsa-sha2-256"])).toBe("rsa-sha2-256");
    expect(rsaAlgorithm(["rsa-sha2-512"])).toBe("rsa-sha2-512");
    expect(rsaAlgorithm(undefined)).toBe("ssh-rsa");
  });

  test("[S60] channels that a device opens are refused unless a handler is registered, and the proxy registers none", () => {
    for (const file of ["connection.ts", "authenticator.ts", "channel.ts", "forward.ts"]) {
      const text = readFileSync(new URL(`../../proxy/src/ssh/${file}`, import.meta.url), "utf8");
      expect(text).not.toMatch(/on\("(x11|tcp connection|unix connection)"/);
      expect(text).not.toMatch(/agentForward/);
    }
  });

  test("[S50] [S60] channels and announced keys pass through handlers that can be wrapped, and keys are proved before they are told", () => {
    const text = source("client.js");
    expect(text).toContain("GLOBAL_REQUEST: (p, name, wantReply, data) => {");
    expect(text).toContain("CHANNEL_OPEN: (p, info) => {");
    expect(source("protocol/handlers.misc.js")).toContain("const handler = self._handlers.CHANNEL_OPEN;");
    expect(source("protocol/handlers.misc.js")).toContain("const handler = self._handlers.GLOBAL_REQUEST;");
    expect(text).toMatch(
      /hostKeysProve\(this, data, \(err, keys\) => \{\s+if \(err\)\s+return;\s+this\.emit\('hostkeys', keys\);/,
    );
    expect(text).toMatch(/if \(key\.verify\(verifyData, value, algo\) === true\)\s+ret\.push\(key\);/);
    // Each announcement is asked back without a bound: the reason for the wrapping.
    expect(text).toContain("client._callbacks.push((had_err, data) => {");
    // Only hosts that call themselves OpenSSH are asked at all.
    expect(text).toContain("client.config.strictVendor && RE_OPENSSH.test(client._remoteVer)");
  });

  test("[S23] the library takes input by the device's window alone, and keeps it while keys are exchanged", async () => {
    // Why the proxy waits for the socket itself: what the socket answers is not looked at.
    expect(source("client.js")).toMatch(/onWrite: \(data\) => \{\s+if \(isWritable\(sock\)\)\s+sock\.write\(data\);/);
    expect(source("protocol/utils.js")).toMatch(
      /proto\._kexinit !== undefined\) \{[\s\S]{0,200}_queue\.push\(packet\)/,
    );
    const { client, peer } = await openShell();
    let begun = 0;
    watchKeyExchanges(client, () => {
      begun += 1;
    });
    const over = new Promise<void>((resolve) => void client.once("handshake", () => resolve()));
    (peer as unknown as { _client: { _protocol: { rekey(): void } } })._client._protocol.rekey();
    await over;
    expect(begun).toBe(1);
    expect(queuedBytes(client)).toBe(0);
    client.end();
  });

  test("a forced password change takes the old password from the client's config", () => {
    expect(source("client.js")).toMatch(/change password[\s\S]{0,200}this\.config\.password,\s+newPassword/);
  });

  test("the pieces that the window patch replaces are taken from Channel.js when the client loads", () => {
    for (const file of ["client.js", "server.js"]) {
      expect(source(file)).toMatch(
        /const \{\s+Channel,\s+MAX_WINDOW,\s+PACKET_SIZE,\s+windowAdjust,\s+WINDOW_THRESHOLD,\s+\} = require\('\.\/Channel\.js'\)/,
      );
    }
    expect(source("client.js")).toContain("if (channel.incoming.window === 0)");
  });
});
