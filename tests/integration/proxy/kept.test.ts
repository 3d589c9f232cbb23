/**
 * The "kept" column of the table of bad inputs in docs/security.md, at the proxy: after each of them, everything else is
 * as it was. Codes have tests of their own; here they only say that the input was bad.
 */
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { linkFrame, sessionFrame, uiFrame } from "#protocol/builders.ts";
import { encodeAck, encodeIn } from "#protocol/frames.ts";
import type { SessionRequest } from "#protocol/messages/session-entry.ts";
import { at, HostileBench } from "#support/hostile-bench.ts";
import { startLineServer } from "#support/line-server.ts";
import type { OddOptions } from "#support/odd-device.ts";
import { clientsOf } from "#support/wire-admin.ts";
import type { Answers } from "#support/wire-answers.ts";
import { type ConnectOptions, type Target, WirePage } from "#support/wire-client.ts";
import { codeOf, type PairedClient, pairClient, randomId, requestPairing } from "#support/wire-pairing.ts";
import { listSessions } from "#support/wire-rig.ts";
import type { WireSession } from "#support/wire-session.ts";

let bench: HostileBench;
/** The client that misbehaves; it has a session on its link, and one that is detached. */
let client: PairedClient;
let page: WirePage;
let session: WireSession;
let aside: WireSession;
let detached: SessionRequest;
/** A code that somebody has paired with. */
let spent: string;

beforeAll(async () => {
  bench = await HostileBench.start();
  await bench.page.setTheme("crt-amber", 0);
  const honest = await bench.device({});
  client = await pairClient(await bench.proxy.pairUrl(), "attacker");
  spent = codeOf(await bench.proxy.pairUrl());
  await requestPairing(client.url, spent, { label: "neighbour" });
  const first = await WirePage.open(client);
  aside = await first.connect(at(honest.port));
  aside.type("kept before ");
  await aside.waitFor(/kept before /);
  detached = aside.asRequest();
  await first.close();
  page = await WirePage.open(client);
  session = await page.connect(at(honest.port));
});
afterAll(async () => {
  await page?.close();
  await bench?.after();
  await bench?.stop();
});

/** Every file of the data folder but the audit, which is told of everything, and when clients were seen last. */
async function files(): Promise<Record<string, string>> {
  const { dataDir } = bench.proxy;
  const found = await readdir(dataDir, { recursive: true, withFileTypes: true });
  const paths = found.filter((one) => one.isFile()).map((one) => join(one.parentPath, one.name));
  const kept = paths.filter((path) => /known_hosts$|config\.json$|ui-state/.test(path));
  return Object.fromEntries(await Promise.all(kept.map(async (path) => [path, await readFile(path, "utf8")] as const)));
}

async function kept() {
  const sessions = await listSessions(bench.page);
  const clients = await clientsOf(bench.page);
  return {
    files: await files(),
    clients: clients.map(({ client_id, label }) => ({ client_id, label })),
    sessions: sessions.map(({ sid, status }) => ({ sid, status })).filter(({ status }) => status !== "ended"),
  };
}

/** Devices of one row; they end with it. */
async function refusedBy(options: OddOptions, wish: ConnectOptions = {}, answers: Answers = {}, via?: Target["via"]) {
  const device = await bench.device(options);
  const target = { ...at(device.port), via: via ?? [] };
  const outcome = await page.settleConnect(page.startConnect(target, wish), answers);
  await bench.gone(device);
  return outcome.payload;
}

const attach = (request: SessionRequest) =>
  page.request(sessionFrame(request.device, request.session_id, "attach", { ...request, force: false }));
const GONE = { payload: { status: "gone", reason: "expired" } };
const post = async (headers: Record<string, string>): Promise<unknown> => {
  const all = { Cookie: client.cookie, ...headers };
  return (await fetch(`${client.url}/api/sign-out`, { method: "POST", body: "{}", headers: all })).json();
};
const me = async (headers: Record<string, string>): Promise<unknown> =>
  (await fetch(`${client.url}/api/me`, { headers })).json();
async function saying(text: string) {
  const server = await startLineServer((socket) => void socket.write(text));
  const problem = await refused({ port: server.port });
  await server.stop();
  return problem;
}
const refused = async (target: Partial<Target>) =>
  (await page.settleConnect(page.startConnect({ ...at(22), ...target }))).payload;
const oldKey = { type: "ssh-ed25519", key: "AAAAC3NzaC1lZDI1NTE5AAAAIA==", sha256: `SHA256:${"x".repeat(43)}` };
const envelope = { v: 1, device: "-", session_id: "link", type: "system", action: "list_sessions" };

/** Inputs after which the link goes on, and what they get. */
const ANSWERED: Readonly<Record<string, [attack: () => Promise<unknown>, answer: unknown]>> = {
  "wrong pairing code": [async () => (await requestPairing(client.url, randomId())).body, { code: "pair_invalid" }],
  "used pairing code": [async () => (await requestPairing(client.url, spent)).body, { code: "pair_used" }],
  "missing Origin": [() => post({}), { code: "origin_denied" }],
  "null Origin": [() => post({ Origin: "null" }), { code: "origin_denied" }],
  "foreign Origin": [() => post({ Origin: "http://evil.example" }), { code: "origin_denied" }],
  "no or stale cookie": [() => me({ Cookie: `rackside-lo=${"A".repeat(43)}` }), { reason: "auth_required" }],
  "unknown action": [
    async () => {
      page.socket.send(JSON.stringify({ ...envelope, action: "make_coffee", id: "c1", payload: {} }));
      return (await page.next("error", ({ re }) => re === "c1")).payload;
    },
    { code: "unsupported" },
  ],
  "wrong session token": [() => attach({ ...detached, token: "A".repeat(43) }), GONE],
  "unknown session": [() => attach({ ...detached, sid: `${detached.sid.slice(0, -6)}AAAAAA` }), GONE],
  "forbidden address": [() => refused({ host: "169.254.169.254" }), { code: "refused_by_policy" }],
  "forbidden port": [() => refused({ host: "10.0.0.1", port: 23 }), { code: "refused_by_policy" }],
  "bad spelling": [() => refused({ host: "0x7f000001" }), { code: "refused_by_policy" }],
  "connection refused": [
    async () => {
      const gone = await startLineServer(() => {});
      await gone.stop();
      return refused({ port: gone.port });
    },
    { code: "unreachable", reason: "refused" },
  ],
  "not SSH": [() => saying("HTTP/1.1 400 Bad Request\r\n\r\n"), { code: "unreachable", reason: "not_ssh" }],
  "no common algorithm": [
    () => refusedBy({ algorithms: { kex: ["diffie-hellman-group-exchange-sha256"] } }),
    { code: "no_common_algorithm" },
  ],
  "host key that nobody trusts": [() => refusedBy({}, {}, { trust: false }), { code: "host_key_unknown" }],
  "host key unknown with nobody to ask": [() => refusedBy({}, { session_id: "ssh2" }), { code: "host_key_unknown" }],
  "host key changed": [() => refusedBy({}, { pins: [oldKey] }), { code: "host_key_changed" }],
  "host key without its signature": [() => refusedBy({ foreignKey: true }), { reason: "bad_signature" }],
  "endless greeting": [() => saying(`${"x".repeat(1_000)}\r\n`.repeat(40)), { reason: "greeting" }],
};

/** The proxy learns the key of these, whose handshake proved it: known_hosts may grow and nothing else. */
const LEARNING: Readonly<Record<string, () => Promise<unknown>>> = {
  "wrong password": () => refusedBy({ auth: (context) => context.reject(["password"]) }, {}, { prompt: () => "wrong" }),
  "prompt cancelled": () => refusedBy({ auth: (context) => context.reject(["password"]) }),
  "prompts without end": () =>
    refusedBy(
      {
        auth: (context) => {
          if (context.method !== "keyboard-interactive") return context.reject(["keyboard-interactive"]);
          context.prompt(
            Array.from({ length: 100 }, () => ({ prompt: "again" })),
            () => context.accept(),
          );
        },
      },
      {},
      { password: "x" },
    ),
  "banners without end": () => refusedBy({ banners: Array.from({ length: 100 }, () => "b".repeat(1_000)) }),
  "a hop that fails": async () => {
    const jump = await bench.device({ forwards: true });
    const problem = await refusedBy(
      { auth: (context) => context.reject(["password"]) },
      {},
      { prompt: () => "wrong" },
      [{ host: "127.0.0.1", port: jump.port, user: "hop" }],
    );
    await bench.gone(jump);
    return problem;
  },
};

/** Inputs that cost the link: its sessions detach and resume on a new one. */
const CLOSING: Readonly<Record<string, [attack: () => void, code: number]>> = {
  "second hello": [
    () => page.send(linkFrame("hello", { client_id: client.clientId, instance_id: page.instanceId } as never)),
    4500,
  ],
  "oversize message": [() => page.socket.send("x".repeat(300_000)), 1009],
  "oversize JSON": [() => page.socket.send(JSON.stringify({ ...envelope, payload: { x: "y".repeat(70_000) } })), 4505],
  "a theme that is none": [
    () => page.send(uiFrame("set_theme", { theme: "no such theme", base_rev: 1 }, { id: randomId() })),
    4500,
  ],
  "bad JSON": [() => page.socket.send("{"), 4500],
  "input over the grant": [() => page.sendFrame(encodeIn(session.chan, 1_000_000, Buffer.from("x"))), 4500],
  "ack beyond what was sent": [() => page.sendFrame(encodeAck(session.chan, 2 ** 30, 2 ** 30)), 4500],
  "foreign channel": [() => page.sendFrame(encodeIn(99, 0, Buffer.from("x"))), 4500],
  "control messages without end": [
    () => {
      for (let i = 0; i < 300; i += 1) page.send(linkFrame("list_sessions", {}, { id: randomId() }));
    },
    4004,
  ],
};

async function stillTypes(): Promise<void> {
  const word = `typed-${randomId()}.`;
  session.type(word);
  await session.waitFor(new RegExp(word));
  await bench.stillEchoes();
}

test.each(Object.entries(ANSWERED))(
  "%s: files, clients, sessions and what is typed are as before",
  async (_name, [attack, answer]) => {
    const before = await kept();
    expect(await attack()).toMatchObject(answer as object);
    expect(await kept()).toEqual(before);
    await stillTypes();
  },
);

test.each(Object.keys(LEARNING))("%s: what the handshake proved is learnt, all else is as before", async (name) => {
  const before = await kept();
  expect(await LEARNING[name]?.()).toHaveProperty("code");
  const after = await kept();
  const known = (all: Record<string, string>) =>
    Object.entries(all).find(([path]) => path.endsWith("known_hosts"))?.[1];
  expect(known(after.files)?.startsWith(known(before.files) ?? "?")).toBe(true);
  const without = ({ files: all, ...rest }: typeof before) => ({
    ...rest,
    files: Object.entries(all).filter(([path]) => !path.endsWith("known_hosts")),
  });
  expect(without(after)).toEqual(without(before));
  await stillTypes();
});

test.each(Object.entries(CLOSING))(
  "%s: its sessions wait and resume with what was accepted; others notice nothing",
  async (_name, [attack, code]) => {
    session.type("accepted before ");
    await session.waitFor(/accepted before /);
    const before = await kept();
    attack();
    expect((await page.closed).code).toBe(code);
    const next = await WirePage.open(client, { instanceId: page.instanceId, sessions: [session.asRequest()] });
    const [state] = next.welcome?.sessions ?? [];
    expect(state).toMatchObject({ status: "resumed", in_next: session.inNext });
    session.resumeOn(next, state ?? {});
    page = next;
    expect(await kept()).toEqual(before);
    await stillTypes();
  },
);

test("after all of it the session that was detached before is there, and its token opens it", async () => {
  const back = await WirePage.open(client, { instanceId: aside.page.instanceId, sessions: [aside.asRequest()] });
  const [state] = back.welcome?.sessions ?? [];
  expect(state).toMatchObject({ status: "resumed", sid: detached.sid, in_next: aside.inNext });
  aside.resumeOn(back, state ?? {});
  aside.type("and after");
  await aside.waitFor(/^kept before and after$/);
  await back.close();
});
