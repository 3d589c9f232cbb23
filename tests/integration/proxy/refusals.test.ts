/** What a device, or something else at its address, may do instead of letting a person in: each has its code. */
import { afterEach, describe, expect, test } from "vitest";
import { requireTools } from "#support/find-tools.ts";
import { type LineServer, startLineServer } from "#support/line-server.ts";
import { requireOwnAccounts, startDropbear, startSshd, type TestSshServer } from "#support/sshd.ts";
import { startTestProxy } from "#support/test-proxy.ts";
import { type ConnectOptions, WirePage } from "#support/wire-client.ts";
import { pairClient } from "#support/wire-pairing.ts";

const tools = await requireTools("sshd", "ssh-keygen", "dropbear", "dropbearkey");
const ownAccounts = requireOwnAccounts();
const stops: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const stop of stops.splice(0).toReversed()) await stop();
});

/** A page of a proxy of its own: a port that the system gives out again must not look like a changed key. */
async function page(): Promise<WirePage> {
  // Any loopback port: each test has a server of its own.
  const proxy = await startTestProxy({ config: { allow: [{ cidr: "127.0.0.1/32", ports: ["1024-65535"] }] } });
  stops.push(() => proxy.stop());
  const opened = await WirePage.open(await pairClient(await proxy.pairUrl()));
  stops.push(() => opened.close());
  return opened;
}

async function server<T extends TestSshServer | LineServer>(started: Promise<T>): Promise<T> {
  const one = await started;
  stops.push(() => one.stop());
  return one;
}

function at(port: number, user = "nobody") {
  return { host: "127.0.0.1", port, user, via: [] };
}

async function outcome(port: number, options: ConnectOptions & { password?: string | undefined; user?: string } = {}) {
  const { password, user, ...rest } = options;
  const view = await page();
  return view.settleConnect(view.startConnect(at(port, user), rest), { password });
}

describe("no SSH at the address", () => {
  test("a closed port is unreachable/refused, and the text names address and port", async () => {
    const gone = await startLineServer(() => {});
    await gone.stop();
    const { payload } = await outcome(gone.port);
    expect(payload).toMatchObject({
      code: "unreachable",
      reason: "refused",
      retry: "user",
      detail: expect.stringContaining(`${gone.port}`),
    });
  });

  test("a name that does not exist is unreachable/name", async () => {
    const view = await page();
    const target = { ...at(22), host: "no-such-device.invalid" };
    expect((await view.settleConnect(view.startConnect(target))).payload).toMatchObject({
      code: "unreachable",
      reason: "name",
    });
  });

  test.each([
    ["a web server", "HTTP/1.1 400 Bad Request\r\n\r\n"],
    ["a mail server", "220 mail.example ESMTP\r\n"],
    ["SSH version 1", "SSH-1.5-old\r\n"],
  ])("%s is unreachable/not_ssh", async (_what, greeting) => {
    const other = await server(startLineServer((socket) => socket.write(greeting)));
    expect((await outcome(other.port)).payload).toMatchObject({ code: "unreachable", reason: "not_ssh" });
  });

  test("a device that hangs up at once is device_closed", async () => {
    const other = await server(startLineServer((socket) => socket.end()));
    expect((await outcome(other.port)).payload).toMatchObject({ code: "device_closed" });
  });

  test("[HD3] a greeting without end is cut at 16 KiB: device_misbehaved/greeting", async () => {
    const other = await server(startLineServer((socket) => socket.write("welcome to the box\r\n".repeat(1_000))));
    expect((await outcome(other.port)).payload).toMatchObject({ code: "device_misbehaved", reason: "greeting" });
  });

  test("a silent device ends in dial_timeout/kex, and a cancel before that in auth_failed/cancelled", async () => {
    const silent = await server(startLineServer(() => {}));
    const view = await page();
    const waiting = view.startConnect(at(silent.port));
    const cancelled = view.startConnect(at(silent.port));
    await view.next("progress", (m) => m.device === cancelled.device && m.payload.step === "key_exchange");
    view.send({
      v: 1,
      device: cancelled.device,
      session_id: "ssh1",
      type: "terminal",
      action: "disconnect",
      payload: {},
    });
    expect((await view.settleConnect(cancelled)).payload).toMatchObject({ code: "auth_failed", reason: "cancelled" });
    expect((await view.settleConnect(waiting)).payload).toMatchObject({ code: "dial_timeout", reason: "kex" });
  });
});

describe("[S34] [S35] [S36] target policy on the way in", () => {
  test.each([
    ["127.0.0.2", 22_222, "address"],
    ["::1", 22_222, "address"],
    ["169.254.169.254", 22, "address"],
    ["8.8.8.8", 22, "address"],
    ["10.1.2.3", 23, "port"],
    ["0177.0.0.1", 22, "spelling"],
    ["2130706433", 22, "spelling"],
    ["0x7f000001", 22, "spelling"],
    ["::ffff:127.0.0.9", 22_222, "address"],
    ["64:ff9b::7f00:9", 22_222, "address"],
  ])("%s port %i is refused_by_policy/%s without a packet sent", async (host, port, reason) => {
    const view = await page();
    const { payload } = await view.settleConnect(view.startConnect({ host, port, user: "x", via: [] }));
    expect(payload).toMatchObject({ code: "refused_by_policy", reason });
  });

  test("[HC3] a name with a public and a loopback address is refused whole", async () => {
    const mixed = await startTestProxy({ lookup: async () => ["10.0.0.9", "127.0.0.1"] });
    stops.push(() => mixed.stop());
    const view = await WirePage.open(await pairClient(await mixed.pairUrl()));
    stops.push(() => view.close());
    const { payload } = await view.settleConnect(
      view.startConnect({ host: "rebound.example", port: 22, user: "x", via: [] }),
    );
    expect(payload).toMatchObject({
      code: "refused_by_policy",
      reason: "dns_mixed",
      detail: expect.stringContaining("loopback"),
    });
  });
});

describe("limits of connects", () => {
  test("dials per target are limited, and the answer says when to try again", async () => {
    const strict = await startTestProxy({ ports: [9], config: { limits: { dials_per_target_per_min: 2 } } });
    stops.push(() => strict.stop());
    const view = await WirePage.open(await pairClient(await strict.pairUrl()));
    stops.push(() => view.close());
    const tries = [];
    for (let i = 0; i < 3; i += 1) tries.push((await view.settleConnect(view.startConnect(at(9)))).payload);
    expect(tries[2]).toMatchObject({ code: "limit", reason: "rate", retry_after_s: expect.any(Number) });
  });
});

// Password logins need an account of its own, which only root can give it.
describe.skipIf(!tools.ok || !ownAccounts)("real servers that refuse", () => {
  const login = (own: TestSshServer) => ({ password: own.password, user: own.user });

  test("MaxSessions 1: the second channel on the connection is channel_refused/sessions", async () => {
    const own = await server(startSshd(tools, { maxSessions: 0 }));
    expect((await outcome(own.port, login(own))).payload).toMatchObject({
      code: "channel_refused",
      reason: "sessions",
    });
    const one = await server(startSshd(tools, { maxSessions: 1 }));
    const view = await page();
    const session = await view.connect(at(one.port, one.user), { password: one.password });
    // The shell's channel is closed before the next kind opens, so one session is enough.
    expect((await session.request("set_transport", { transport: "exec" } as never)).action).toBe("transport_changed");
    expect((await session.exec("echo only-one")).output).toBe("only-one\n");
  });

  test("PermitTTY no: channel_refused/pty for a terminal, while a shell without one works", async () => {
    const own = await server(startSshd(tools, { config: ["PermitTTY no"] }));
    expect((await outcome(own.port, login(own))).payload).toMatchObject({ code: "channel_refused", reason: "pty" });
    const view = await page();
    const session = await view.connect(at(own.port, own.user), { password: own.password, transport: "shell" });
    session.type("echo no-tty-$((5+5))\n");
    await session.waitFor(/no-tty-10/);
  });

  test("group exchange only: no_common_algorithm with what was offered, and no advice that cannot help [HD1] [S63]", async () => {
    const own = await server(startSshd(tools, { config: ["KexAlgorithms diffie-hellman-group-exchange-sha256"] }));
    const { payload } = await outcome(own.port, login(own));
    expect(payload).toMatchObject({
      code: "no_common_algorithm",
      detail: expect.stringContaining("Group exchange is not offered"),
      diagnosis: { categories: [{ category: "key exchange", offered: ["diffie-hellman-group-exchange-sha256"] }] },
    });
    expect(payload).not.toHaveProperty("diagnosis.fix");
  });

  test("old algorithms only: the diagnosis names the smallest set that helps, and that set connects [S64]", async () => {
    const own = await server(
      startSshd(tools, {
        config: ["KexAlgorithms diffie-hellman-group14-sha1", "MACs hmac-sha1", "Ciphers aes128-ctr"],
      }),
    );
    const { payload } = await outcome(own.port, login(own));
    expect(payload).toMatchObject({ code: "no_common_algorithm", diagnosis: { fix: "compatible" } });
    const options = { algorithms: "compatible", keepalive: "off", overflow: "hold", auth_order: [] } as const;
    const second = await outcome(own.port, { ...login(own), options: { ...options, auth_order: [] } });
    expect(second).toMatchObject({
      action: "connected",
      payload: { algorithms: { kex: "diffie-hellman-group14-sha1", mac_in: "hmac-sha1" } },
    });
  });

  test("keys only: auth_failed/no_method says what the device takes", async () => {
    const own = await server(startSshd(tools, { config: ["AuthenticationMethods publickey"] }));
    const { payload } = await outcome(own.port, login(own));
    expect(payload).toMatchObject({ code: "auth_failed", reason: "no_method", detail: "the device takes: publickey" });
  });

  test("password only, without keyboard-interactive: asked as a password", async () => {
    const own = await server(startSshd(tools, { config: ["AuthenticationMethods password"] }));
    const view = await page();
    const session = await view.connect(at(own.port, own.user), { password: own.password });
    expect(session.connected.auth_method).toBe("password");
    const prompt = await view.next("auth_prompt");
    expect(prompt.payload).toMatchObject({ kind: "password", prompts: [{ echo: false }] });
  });

  test("a changed host key is a hard stop: store P remembers the first server at that address", async () => {
    const first = await server(startSshd(tools));
    const view = await page();
    const session = await view.connect(at(first.port, first.user), { password: first.password });
    const pins = [session.connected.host_key];
    const second = await server(startSshd(tools));
    const { payload } = await outcome(second.port, { ...login(second), pins });
    expect(payload).toMatchObject({
      code: "host_key_changed",
      host_keys: { known: [first.fingerprint], offered: second.fingerprint },
    });
  });

  test("first use switched off: an unknown key fails without a question [S45]", async () => {
    const own = await server(startSshd(tools));
    const strict = await startTestProxy({ ports: [own.port], config: { host_keys: { first_use: false } } });
    stops.push(() => strict.stop());
    const view = await WirePage.open(await pairClient(await strict.pairUrl()));
    stops.push(() => view.close());
    const { payload } = await view.settleConnect(view.startConnect(at(own.port)));
    expect(payload).toMatchObject({ code: "host_key_unknown", reason: "first_use_off" });
    expect(view.messages.some((m) => m.action === "host_key")).toBe(false);
  });

  test("dropbear: shell, exec with exit code, resize", async () => {
    const own = await server(startDropbear(tools));
    const view = await page();
    const session = await view.connect(at(own.port, own.user), { password: own.password });
    expect(session.connected.server_ident).toMatch(/dropbear/);
    await session.request("resize", { rev: 1, cols: 90, rows: 30 } as never);
    await session.prompt();
    session.type("stty size\r");
    await session.waitFor(/30 90/);
    await session.request("set_transport", { transport: "exec" } as never);
    expect(await session.exec("echo out; echo err >&2; exit 4")).toMatchObject({ code: 4, stderr: "err\n" });
  });
});
