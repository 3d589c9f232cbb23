/** Jump hosts: every hop a target of its own under policy, with its own verified key and login [S39]. */
import { createHash } from "node:crypto";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { requireTools } from "#support/find-tools.ts";
import { startLineServer } from "#support/line-server.ts";
import { type OddDevice, type OddOptions, startOddDevice } from "#support/odd-device.ts";
import { requireOwnAccounts, startSshd } from "#support/sshd.ts";
import { startTestProxy, type TestProxy } from "#support/test-proxy.ts";
import { auditOf } from "#support/wire-admin.ts";
import { type ConnectOptions, type Target, WirePage } from "#support/wire-client.ts";
import { pairClient } from "#support/wire-pairing.ts";
import { attachTo } from "#support/wire-rig.ts";
import { WireSigner } from "#support/wire-signer.ts";

const tools = await requireTools("sshd", "ssh-keygen");
const ownAccounts = requireOwnAccounts();
const ANY_PORT = ["1024-65535"];
const HERE = "127.0.0.1";

let proxy: TestProxy;
let page: WirePage;
const stops: (() => Promise<void>)[] = [];

beforeAll(async () => {
  proxy = await startTestProxy({
    config: {
      allow: [
        { cidr: "127.0.0.1/32", ports: ANY_PORT },
        { cidr: "127.0.0.1/32", ports: ANY_PORT, via: [HERE] },
        { name: "localhost", ports: ANY_PORT, via: [HERE] },
      ],
    },
  });
  page = await WirePage.open(await pairClient(await proxy.pairUrl()));
});
afterEach(async () => {
  for (const stop of stops.splice(0).toReversed()) await stop();
});
afterAll(async () => {
  await page?.close();
  await proxy?.stop();
});

async function device(options: OddOptions = {}): Promise<OddDevice> {
  const one = await startOddDevice(options);
  stops.push(() => one.stop());
  return one;
}

function path(port: number, ...jumps: number[]): Target {
  return { host: HERE, port, user: "op", via: jumps.map((jump) => ({ host: HERE, port: jump, user: "hop" })) };
}

async function refusal(target: Target, options: ConnectOptions & { password?: string } = {}, view = page) {
  const { password, ...rest } = options;
  const outcome = await view.settleConnect(view.startConnect(target, rest), { password });
  if (outcome.action !== "error") throw new Error("it connected");
  return outcome.payload;
}

describe("[S39] the way through", () => {
  test("one, two and three jump hosts: each key is asked for and proved by its hop, and bytes go through whole", async () => {
    const jumps = [
      await device({ forwards: true }),
      await device({ forwards: true }),
      await device({ forwards: true }),
    ];
    const end = await device();
    for (const count of [1, 2, 3]) {
      const ports = jumps.slice(0, count).map(({ port }) => port);
      const from = page.messages.length;
      const session = await page.connect(path(end.port, ...ports), { auth: { keys: [], proof: true, agent: [] } });
      const questions = page.messages.slice(from).filter((m) => m.action === "host_key");
      const proofs = questions.flatMap(({ payload }) => (payload.stage === "proof" ? [payload.hop] : []));
      expect(proofs).toEqual(Array.from({ length: count + 1 }, (_, hop) => hop));
      expect(session.connected.via_host_keys).toHaveLength(count);
      const bytes = Buffer.alloc(1_000_000, `${count} jump hosts and back\n`);
      session.type(bytes);
      await page.until(() => (session.recv >= bytes.length ? true : undefined), "everything back");
      expect(session.hash.copy().digest("hex")).toBe(createHash("sha256").update(bytes).digest("hex"));
      expect((await session.request("disconnect", {} as never)).action).toBe("disconnected");
    }
  });

  test("[S49] [WP28] a client that adopts the session is told the jump hosts' keys; without any there is nothing to tell", async () => {
    const [jump, end] = [await device({ forwards: true }), await device()];
    const other = await WirePage.open(await pairClient(await proxy.pairUrl()));
    for (const way of [path(end.port, jump.port), path(end.port)]) {
      const session = await page.connect(way);
      const request = session.asRequest({ token: undefined, out_pos: null, in_pos: null, known_epoch: 0 });
      const { about } = await attachTo(other, request, true);
      expect(about?.host_key).toEqual(session.connected.host_key);
      expect(about?.via_host_keys).toEqual(session.connected.via_host_keys);
      expect(about?.via_host_keys?.length).toBe(way.via.length === 0 ? undefined : 1);
    }
    await other.close();
  });

  test("more than three are no valid message", async () => {
    const [client, end] = [await pairClient(await proxy.pairUrl()), await device()];
    const view = await WirePage.open(client);
    view.startConnect(path(end.port, 1, 2, 3, 4));
    expect((await view.closed).code).toBe(4500);
  });

  test("a name behind a jump host is resolved there, and only where a rule has exactly that name", async () => {
    const [jump, end] = [await device({ forwards: true }), await device()];
    const session = await page.connect({ ...path(end.port, jump.port), host: "LocalHost" });
    session.type("by-name");
    await session.waitFor(/by-name/);
    expect(await refusal({ ...path(end.port, jump.port), host: "other.example" })).toMatchObject({
      code: "refused_by_policy",
      reason: "via",
      hop: 1,
      policy: { class: "not in the allow list", addable: false },
    });
  });

  test("keys and prompts are those of their hop", async () => {
    const [first, second] = [new WireSigner("ed25519", "first"), new WireSigner("ecdsa", "second")];
    const byKey: OddOptions["auth"] = (context) =>
      context.method === "publickey" ? context.accept() : context.reject(["publickey"]);
    const [jump, end] = [await device({ forwards: true, auth: byKey }), await device({ auth: byKey })];
    const keys = [second.offered(1), first.offered(0)];
    const session = await page.connect(
      path(end.port, jump.port),
      { auth: { keys, proof: true, agent: [] } },
      { signers: [first, second] },
    );
    const asked = page.messages.flatMap((m) =>
      m.action === "sign" && m.device === session.device ? [[m.payload.hop, m.payload.key]] : [],
    );
    expect(asked).toEqual([
      [0, "first"],
      [1, "second"],
    ]);
    expect(session.connected.auth_key).toBe("second");
  });

  test("telemetry takes the same way with the keys that ssh1 verified, and asks nothing [S49]", async () => {
    const [jump, end] = [await device({ forwards: true }), await device()];
    const target = path(end.port, jump.port);
    const { connected } = await page.connect(target);
    const from = page.messages.length;
    const wish: ConnectOptions = { session_id: "ssh2", pins: [connected.host_key], transport: "shell" };
    const via_pins = [connected.via_host_keys ?? []];
    const second = await page.settleConnect(page.startConnect(target, { ...wish, via_pins }));
    expect(second.action).toBe("connected");
    const shown = page.messages.slice(from).filter((m) => m.action === "host_key");
    expect(shown.map(({ payload }) => payload)).toMatchObject([
      { stage: "proof", hop: 0 },
      { stage: "proof", hop: 1 },
    ]);
    const without = await page.settleConnect(page.startConnect(target, wish));
    expect(without.payload).toMatchObject({ code: "host_key_unknown", hop: 0 });
  });
});

describe("[S39] [S61] each hop has an algorithm set of its own", () => {
  const old = { kex: ["diffie-hellman-group14-sha1"], hmac: ["hmac-sha1"], cipher: ["aes128-ctr"] } as const;
  const algorithms = { kex: [...old.kex], hmac: [...old.hmac], cipher: [...old.cipher] };
  const legacyDevice: NonNullable<ConnectOptions["options"]> = {
    algorithms: "compatible",
    keepalive: "off",
    overflow: "hold",
    auth_order: [],
  };

  test("an old jump host before a modern device: its diagnosis names it, and its own switch opens the way [S64]", async () => {
    const [jump, end] = [await device({ forwards: true, algorithms }), await device()];
    const target = path(end.port, jump.port);
    const problem = await refusal(target);
    expect(problem).toMatchObject({ code: "no_common_algorithm", hop: 0, diagnosis: { fix: "compatible" } });
    expect(problem.detail).toContain(`jump host 1 (${HERE}:${jump.port}): key exchange: the host offers only`);
    // The device's own switch is not the jump host's.
    expect(await refusal(target, { options: legacyDevice })).toMatchObject({ code: "no_common_algorithm", hop: 0 });
    const via = target.via.map((hop) => ({ ...hop, algorithms: "compatible" as const }));
    const session = await page.connect({ ...target, via });
    expect(session.connected.algorithms.kex).toMatch(/curve25519|ecdh/);
    session.type("through-an-old-host");
    await session.waitFor(/through-an-old-host/);
    // The device is modern, the jump host is not: the audit keeps them apart.
    const opened = (await auditOf(page, "session.opened")).at(-1);
    expect(opened).toMatchObject({ hops: 1, legacy_via: "0=compatible" });
    expect(opened).not.toHaveProperty("legacy");
  });

  test("an old device behind a modern jump host: the jump host's switch is not the device's", async () => {
    const [jump, end] = [await device({ forwards: true }), await device({ algorithms })];
    const target = path(end.port, jump.port);
    const via = target.via.map((hop) => ({ ...hop, algorithms: "legacy" as const }));
    const problem = await refusal({ ...target, via });
    expect(problem).toMatchObject({ code: "no_common_algorithm", hop: 1, diagnosis: { fix: "compatible" } });
    expect(problem.detail).not.toContain("jump host");
    const session = await page.connect({ ...target, via }, { options: legacyDevice });
    expect(session.connected.algorithms.kex).toBe("diffie-hellman-group14-sha1");
  });
});

describe("[S39] what goes wrong names its hop", () => {
  const rejects: OddOptions["auth"] = (context) => context.reject(["password"]);

  test("a wrong login at the jump host is hop 0, at the device hop 1", async () => {
    const [good, bad] = [await device({ forwards: true }), await device({ forwards: true, auth: rejects })];
    const end = await device({ auth: rejects });
    const options = { password: "wrong" };
    expect(await refusal(path(end.port, bad.port), options)).toMatchObject({
      code: "auth_failed",
      reason: "rejected",
      hop: 0,
    });
    expect(await refusal(path(end.port, good.port), options)).toMatchObject({
      code: "auth_failed",
      reason: "rejected",
      hop: 1,
    });
  });

  test("a device that is not there, or not SSH, is hop 1", async () => {
    const jump = await device({ forwards: true });
    const gone = await startLineServer(() => {});
    await gone.stop();
    expect(await refusal(path(gone.port, jump.port))).toMatchObject({ code: "unreachable", hop: 1 });
    const web = await startLineServer((socket) => socket.write("HTTP/1.1 400 Bad Request\r\n\r\n"));
    stops.push(() => web.stop());
    expect(await refusal(path(web.port, jump.port))).toMatchObject({ code: "unreachable", reason: "not_ssh", hop: 1 });
  });

  test("another key at the jump host is a hard stop at hop 0, before anything goes on", async () => {
    const [jump, end] = [await device({ forwards: true }), await device()];
    const other = { type: "ssh-ed25519", key: "AAAAC3NzaC1lZDI1NTE5AAAAIA==", sha256: `SHA256:${"x".repeat(43)}` };
    const problem = await refusal(path(end.port, jump.port), { via_pins: [[other]] });
    expect(problem).toMatchObject({ code: "host_key_changed", hop: 0, host_keys: { known: [other.sha256] } });
  });

  test("[S35] the jump host's own loopback needs a rule with via; a port outside it is refused", async () => {
    const [jump, end] = [await device({ forwards: true }), await device()];
    const strict = await startTestProxy({ ports: [jump.port, end.port] });
    stops.push(() => strict.stop());
    const view = await WirePage.open(await pairClient(await strict.pairUrl()));
    stops.push(() => view.close());
    const problem = await refusal(path(end.port, jump.port), {}, view);
    expect(problem).toMatchObject({
      code: "refused_by_policy",
      reason: "address",
      hop: 1,
      policy: { class: "loopback" },
    });
    expect(await refusal({ ...path(23, jump.port), host: "10.1.2.3" }, {}, view)).toMatchObject({
      reason: "port",
      hop: 1,
    });
  });

  test("the jump host dies: the session ends with its fault, once", async () => {
    const [jump, end] = [await device({ forwards: true }), await device()];
    const session = await page.connect(path(end.port, jump.port));
    await jump.stop();
    stops.splice(stops.length - 2, 1);
    const exit = await page.next("exit", (m) => m.device === session.device);
    expect(exit.payload).toMatchObject({ error: { code: "device_closed" } });
  });

  test.skipIf(!tools.ok || !ownAccounts)(
    "OpenSSH as jump host; one that forbids forwarding is channel_refused/forward at hop 0",
    async () => {
      const end = await device();
      const jump = await startSshd(tools);
      stops.push(() => jump.stop());
      const through = (port: number): Target => ({ ...path(end.port), via: [{ host: HERE, port, user: jump.user }] });
      const session = await page.connect(through(jump.port), { password: jump.password });
      session.type("through-openssh");
      await session.waitFor(/through-openssh/);
      const closed = await startSshd(tools, { config: ["AllowTcpForwarding no"] });
      stops.push(() => closed.stop());
      expect(await refusal(through(closed.port), { password: closed.password ?? "" })).toMatchObject({
        code: "channel_refused",
        reason: "forward",
        hop: 0,
      });
    },
  );
});
