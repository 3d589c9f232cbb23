/** Devices that abuse an open connection: requests without end, keys that change, channels nobody asked for. */
import ssh2, { type Connection } from "ssh2";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { at, HostileBench } from "#support/hostile-bench.ts";
import { type Below, makeServerKey, sendPacket, sshString, swapKey } from "#support/odd-device.ts";
import { auditOf } from "#support/wire-admin.ts";

let bench: HostileBench;

beforeAll(async () => {
  bench = await HostileBench.start();
});
afterEach(() => bench.after());
afterAll(() => bench.stop());

/** Requests sent before the event loop turns. */
const BATCH = 2_000;
/** Answers of 30 bytes and more: several times what the kernel and the proxy may hold. */
const REQUESTS = 1_000_000;

const SSH_MSG_GLOBAL_REQUEST = 80;
const SSH_MSG_CHANNEL_OPEN = 90;

function publicKeyOf(pem: string): Buffer {
  const key = ssh2.utils.parseKey(pem);
  if (key instanceof Error) throw key;
  return key.getPublicSSH();
}

/** A channel that nobody asked for. */
function channelOpen(type: string, id: number): Buffer {
  const numbers = Buffer.alloc(12);
  for (const [at, value] of [id, 1_024, 1_024].entries()) numbers.writeUInt32BE(value, 4 * at);
  return Buffer.concat([Uint8Array.of(SSH_MSG_CHANNEL_OPEN), sshString(type), numbers]);
}

function inside(connection: Connection | undefined): Below {
  return connection as unknown as Below;
}

describe("[HD8] requests without end", () => {
  test("a million global requests of a device that reads no answer end its session, with memory under budget", async () => {
    let connection: Connection | undefined;
    const session = await bench.connect({
      shell: (channel, own) => {
        connection = own;
        channel.pipe(channel);
      },
    });
    const before = process.memoryUsage().rss;
    const { _protocol, _sock } = inside(connection);
    _sock.pause();
    const flood = async () => {
      for (let sent = 0; sent < REQUESTS && !_sock.destroyed; sent += BATCH) {
        for (let i = 0; i < BATCH; i += 1) _protocol.ping();
        await new Promise((resolve) => setImmediate(resolve));
        // The device's own queue is its own affair, and this process is both.
        while (_sock.writableLength > 4 * 1024 * 1024 && !_sock.destroyed) {
          await new Promise((resolve) => setTimeout(resolve, 5));
        }
      }
    };
    const flooding = flood();
    await bench.stillEchoes();
    expect(await bench.fault(session)).toMatchObject({ code: "device_misbehaved", reason: "backlog" });
    _sock.destroy();
    await flooding;
    expect(process.memoryUsage().rss - before).toBeLessThan(256 * 1024 * 1024);
  });
});

describe("[S23] [WP16] input to a device that opens its window and reads nothing", () => {
  test("is taken only as far as the system's buffers go; it all arrives once the device reads", async () => {
    let connection: Connection | undefined;
    let got = 0;
    const session = await bench.connect({
      shell: (channel, own) => {
        connection = own;
        const { id } = (channel as unknown as { outgoing: { id: number } }).outgoing;
        inside(own)._protocol.channelWindowAdjust(id, 0x7000_0000);
        channel.on("data", (bytes: Buffer) => {
          got += bytes.length;
        });
      },
    });
    // The window has arrived when more than the first one was taken.
    session.type(Buffer.alloc(256 * 1024, "w"));
    await expect.poll(() => got).toBe(256 * 1024);
    inside(connection)._sock.pause();
    const total = 24 * 1024 * 1024;
    session.type(Buffer.alloc(total, "x"));
    let before = -1;
    await expect
      .poll(
        () => {
          const stands = session.accepted === before;
          before = session.accepted;
          return stands;
        },
        { interval: 1_500, timeout: 30_000 },
      )
      .toBe(true);
    expect(session.accepted).toBeLessThan(total);
    await bench.stillEchoes();
    inside(connection)._sock.resume();
    await expect.poll(() => got, { timeout: 30_000 }).toBe(total + 256 * 1024);
  });
});

describe("[HD1] [S62] group exchange", () => {
  test("is absent from our offer: a device that has nothing else is diagnosed, and nobody waits for its primes", async () => {
    const device = await bench.device({ algorithms: { kex: ["diffie-hellman-group-exchange-sha256"] } });
    const problem = bench.refusal(device.port);
    await bench.stillEchoes();
    expect(await problem).toMatchObject({
      code: "no_common_algorithm",
      detail: expect.stringContaining("Group exchange is not offered"),
    });
  });
});

describe("[S60] [HD8] channels of the device's own", () => {
  test("agent, X11 and forwarded channels are refused each time, and the session goes on", async () => {
    const answers: string[] = [];
    const from = (await auditOf(bench.page, "channel.")).length;
    let own: Connection | undefined;
    const session = await bench.connect({
      shell: (channel, connection) => {
        own = connection;
        channel.pipe(channel);
        const note = (error: Error | undefined) => void answers.push(error === undefined ? "opened" : "refused");
        for (let i = 0; i < 50; i += 1) {
          connection.x11("127.0.0.1", 6_000, note);
          connection.forwardOut("127.0.0.1", 1, "127.0.0.1", 2, note);
          connection.openssh_forwardOutStreamLocal("/nowhere", note);
        }
      },
    });
    await expect.poll(() => answers.length, { timeout: 10_000 }).toBe(150);
    expect(new Set(answers)).toEqual(new Set(["refused"]));
    // What the library offers no function for: a session of the device's own, its agent, and names that nobody knows.
    if (own === undefined) throw new Error("no shell");
    for (let i = 0; i < 500; i += 1) {
      const types = ["session", "auth-agent@openssh.com", `made-up-${i}@attacker.example`];
      for (const type of types) sendPacket(own, channelOpen(type, 1_000 + i));
    }
    session.type("goes-on");
    await session.waitFor(/goes-on/);
    const audited = async () => (await auditOf(bench.page, "channel.")).slice(from);
    const target = expect.stringMatching(/^127\.0\.0\.1:\d+$/);
    const first = (kind: string) =>
      expect.objectContaining({ event: "channel.refused", outcome: "refused", target, kind });
    const kinds = ["x11", "forwarded-tcpip", "forwarded-streamlocal", "session", "auth-agent", "other"];
    await expect.poll(audited).toHaveLength(kinds.length);
    const lines = await audited();
    expect(lines).toEqual(kinds.map(first));
    expect(lines.map(({ suppressed }) => suppressed)).toEqual(kinds.map(() => undefined));
    // At the end one line more of each kind says how many there were: a flood does not fill the log.
    await session.request("disconnect", {} as never);
    await expect.poll(audited).toHaveLength(2 * kinds.length);
    const rest = (await audited()).slice(kinds.length);
    expect(rest.map(({ kind, suppressed }) => [kind, suppressed])).toEqual(
      kinds.map((kind, at) => [kind, at < 3 ? 49 : 499]),
    );
  });
});

describe("[S50] keys that a host announces", () => {
  const announcement = (keys: readonly Buffer[]) =>
    Buffer.concat([
      Uint8Array.of(SSH_MSG_GLOBAL_REQUEST),
      sshString("hostkeys-00@openssh.com"),
      Uint8Array.of(0),
      ...keys.map(sshString),
    ]);

  test("[HD8] announcements without end, never proved: one is asked about, nothing is stored, the session goes on", async () => {
    let asked = 0;
    const session = await bench.connect({
      ident: "OpenSSH_9.9",
      shell: (channel, own) => {
        channel.pipe(channel);
        const { _protocol } = own as unknown as {
          _protocol: { _handlers: Record<string, (...all: unknown[]) => void> };
        };
        // Never answered: the library would keep each question for ever.
        _protocol._handlers.GLOBAL_REQUEST = (_p, name) => {
          if (name === "hostkeys-prove-00@openssh.com") asked += 1;
        };
        const keys = Array.from({ length: 200 }, () => publicKeyOf(makeServerKey()));
        for (let i = 0; i < 2_000; i += 1) sendPacket(own, announcement(keys.slice(0, 1 + (i % 200))));
      },
    });
    session.type("goes-on");
    await session.waitFor(/goes-on/);
    expect(asked).toBe(1);
    expect(await auditOf(bench.page, "hostkey.added")).toEqual([]);
  });
});

describe("[HD4] keys that change", () => {
  test("[S50] another key at a rekey drops the connection", async () => {
    let connection: Connection | undefined;
    const session = await bench.connect({
      shell: (channel, own) => {
        connection = own;
        channel.pipe(channel);
      },
    });
    if (connection === undefined) throw new Error("no shell");
    swapKey(connection);
    inside(connection)._protocol.rekey();
    const fault = await bench.fault(session);
    expect(fault).toMatchObject({ code: "host_key_changed" });
  });

  test("[S49] another key for ssh2 alone: telemetry ends, nobody is asked, and ssh1 goes on", async () => {
    const device = await bench.device({ shell: (channel) => void channel.pipe(channel) });
    const session = await bench.page.connect(at(device.port));
    // What a middle man would show to the second connection only.
    const other = await bench.device({ key: makeServerKey() });
    const from = bench.page.messages.length;
    const problem = await bench.refusal(other.port, { session_id: "ssh2", pins: [session.connected.host_key] });
    expect(problem).toMatchObject({ code: "host_key_changed" });
    expect(bench.page.messages.slice(from).some((m) => m.action === "host_key")).toBe(false);
    session.type("ssh1-goes-on");
    await session.waitFor(/ssh1-goes-on/);
  });
});

describe("[S48] replacing a changed key", () => {
  const replace = (payload: { host: string; port: number; offered: string; typed: string }) =>
    bench.page.request({
      v: 1,
      device: "-",
      session_id: "link",
      type: "system",
      action: "replace_host_key",
      payload,
    });

  test("stops hard with old and new; six characters of the new fingerprint replace it, once it is proved", async () => {
    const first = await bench.device({ key: makeServerKey() });
    const { port } = first;
    await bench.page.connect(at(port));
    await bench.gone(first);
    await bench.device({ key: makeServerKey(), port });
    const stopped = await bench.refusal(port);
    expect(stopped).toMatchObject({
      code: "host_key_changed",
      host_keys: { pinned: [{ store: "proxy", since: expect.stringMatching(/^\d{4}-/) }] },
    });
    const offered = stopped.host_keys?.offered ?? "";
    const wish = { host: "127.0.0.1", port, offered };
    expect(await replace({ ...wish, typed: "AAAAAA" })).toMatchObject({
      payload: { code: "host_key_changed", reason: "mistyped" },
    });
    expect(await replace({ ...wish, offered: `SHA256:${"x".repeat(43)}`, typed: "xxxxxx" })).toMatchObject({
      payload: { code: "gone" },
    });
    // Still refused: nothing was accepted so far.
    expect(await bench.refusal(port)).toMatchObject({ code: "host_key_changed" });
    const done = await replace({ ...wish, typed: offered.slice(-6) });
    expect(done).toMatchObject({ action: "host_key_replaced", payload: { host_key: { sha256: offered } } });
    const session = await bench.page.connect(at(port));
    expect(session.connected.host_key.sha256).toBe(offered);
    // From now on it is the known one, and the one before is the stranger.
    const again = bench.page.startConnect(at(port));
    const question = await bench.page.next("host_key", (m) => m.device === again.device);
    expect(question.payload.known_since).toMatch(/^\d{4}-/);
    await bench.page.settleConnect(again);
  });
});
