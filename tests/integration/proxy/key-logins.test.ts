/** Logging in with keys that the page signs with, against OpenSSH; the page's own checks judge what the proxy sends. */
import { execFile, execFileSync } from "node:child_process";
import { createHash, webcrypto } from "node:crypto";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { requireTools } from "#support/find-tools.ts";
import { startOddDevice } from "#support/odd-device.ts";
import { requireOwnAccounts, type SshdOptions, startSshd, type TestSshServer } from "#support/sshd.ts";
import { startTestProxy, type TestProxy } from "#support/test-proxy.ts";
import { auditOf } from "#support/wire-admin.ts";
import type { Answers } from "#support/wire-answers.ts";
import { type ConnectOptions, WirePage } from "#support/wire-client.ts";
import { pairClient } from "#support/wire-pairing.ts";
import { WireSigner } from "#support/wire-signer.ts";
import { checkHostProof } from "#workers/keys/host-proof.ts";
import { checkSignRequest, type SignFacts } from "#workers/keys/sign-gate.ts";

const tools = await requireTools("sshd", "ssh-keygen");
const ownAccounts = requireOwnAccounts();
const run = promisify(execFile);
const subtle = webcrypto.subtle as SubtleCrypto;

const signers = {
  ed25519: new WireSigner("ed25519"),
  ecdsa: new WireSigner("ecdsa"),
  rsa: new WireSigner("rsa"),
};
const all = Object.values(signers);

let proxy: TestProxy;
let page: WirePage;
const stops: (() => Promise<void>)[] = [];

beforeAll(async () => {
  proxy = await startTestProxy({ config: { allow: [{ cidr: "127.0.0.1/32", ports: ["1024-65535"] }] } });
  page = await WirePage.open(await pairClient(await proxy.pairUrl()));
});
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
});
afterAll(async () => {
  await page?.close();
  await proxy?.stop();
});

async function sshd(options: SshdOptions = {}): Promise<TestSshServer> {
  const own = await startSshd(tools, { authorized: all.map((signer) => signer.authorized), ...options });
  stops.push(() => own.stop());
  return own;
}

function at({ port, user }: TestSshServer) {
  return { host: "127.0.0.1", port, user, via: [] };
}

function withKeys(keys: readonly WireSigner[], options: ConnectOptions = {}): ConnectOptions {
  return { auth: { keys: keys.map((key) => key.offered()), proof: true, agent: [] }, ...options };
}

/** A page that proves and signs by the rules of the app's worker. */
function carefulPage(user: string, keys: readonly WireSigner[]): Answers & { proofs: number; refused: string[] } {
  let session_id: Uint8Array<ArrayBuffer> | null = null;
  const seen = { proofs: 0, refused: [] as string[] };
  return Object.assign(seen, {
    proof: async (payload: Parameters<NonNullable<Answers["proof"]>>[0]) => {
      const result = await checkHostProof(subtle, payload, [payload.host_key]);
      seen.proofs += 1;
      if (result.ok) session_id = result.session_id;
      return result.ok;
    },
    sign: (payload: Parameters<NonNullable<Answers["sign"]>>[0]) => {
      const facts: SignFacts = {
        now: 1_000,
        started_at: 1_000,
        visible: true,
        sign_hidden: false,
        unlocked: true,
        hop: { user, session_id, signed: 0 },
        keys: keys.map(({ blob }) => ({ blob: new Uint8Array(blob), algorithms: [payload.algorithm] })),
      };
      const verdict = checkSignRequest(payload, facts);
      if (!verdict.ok) {
        seen.refused.push(verdict.failed);
        return { refused: verdict.failed };
      }
      const signer = keys.find(({ id }) => id === payload.key);
      return signer === undefined ? { refused: "key" } : { signature: signer.sign(payload) };
    },
  });
}

describe.skipIf(!tools.ok || !ownAccounts)("[S52] [S58] keys of the page", () => {
  test.each([
    ["ed25519", "ssh-ed25519"],
    ["ecdsa", "ecdsa-sha2-nistp256"],
    ["rsa", "rsa-sha2-256"],
  ] as const)(
    "[S47] [S53] %s logs in: proof first, one signature over exactly the session's request",
    async (name, algorithm) => {
      const own = await sshd();
      const signer = signers[name];
      const before = signer.asked.length;
      const careful = carefulPage(own.user, [signer]);
      const from = page.messages.length;
      const session = await page.connect(at(own), withKeys([signer]), careful);
      expect(session.connected).toMatchObject({ auth_method: "publickey", auth_key: signer.id });
      expect(signer.asked.slice(before)).toEqual([algorithm]);
      expect(careful).toMatchObject({ proofs: 1, refused: [] });
      const asked = page.messages.slice(from).filter((m) => m.device === session.device && m.id !== undefined);
      expect(asked.map((m) => (m.action === "host_key" ? m.payload.stage : m.action))).toEqual([
        "ask",
        "proof",
        "sign",
      ]);
      session.type("echo by-key-$((6*7))\r");
      await session.waitFor(/by-key-42/);
    },
  );

  test.each(["ed25519", "ecdsa", "rsa"] as const)(
    "[S47] the host's %s key proves itself to the page's own check",
    async (type) => {
      const own = await sshd({ hostKeys: [type] });
      const careful = carefulPage(own.user, all);
      await page.connect(at(own), withKeys([signers.ed25519]), careful);
      expect(careful).toMatchObject({ proofs: 1, refused: [] });
    },
  );

  test("[S47] [HC5] a page that refuses the proof ends the attempt before anything was authenticated", async () => {
    const own = await sshd();
    const start = page.startConnect(at(own), withKeys([signers.ed25519]));
    const outcome = await page.settleConnect(start, { proof: () => false, password: own.password });
    expect(outcome.payload).toMatchObject({ code: "device_misbehaved", reason: "bad_signature" });
    expect(
      page.messages.some((m) => m.device === start.device && (m.action === "sign" || m.action === "auth_prompt")),
    ).toBe(false);
    expect(own.log()).not.toMatch(/userauth|Failed|Accepted/);
  });

  test("two keys are tried in their order, and the one that is taken is named", async () => {
    const stranger = new WireSigner("ecdsa", "stranger");
    const own = await sshd();
    const session = await page.connect(at(own), withKeys([stranger, signers.ed25519]), {
      signers: [stranger, signers.ed25519],
    });
    expect(session.connected.auth_key).toBe("ed25519");
    // The device never said that it would take the first one, so nothing was signed with it.
    expect(stranger.asked).toEqual([]);
  });

  test("[S56] a refused signature moves on to the next method, and is named when there is none", async () => {
    const own = await sshd();
    const refusing: Answers = { sign: () => ({ refused: "locked" }), password: own.password };
    const session = await page.connect(at(own), withKeys([signers.ed25519]), refusing);
    expect(session.connected.auth_method).toBe("keyboard-interactive");
    // A key that did not let anybody in is not named.
    expect(session.connected.auth_key).toBeUndefined();
    const only = await sshd({ config: ["AuthenticationMethods publickey"] });
    const start = page.startConnect(at(only), withKeys([signers.ed25519]));
    const outcome = await page.settleConnect(start, { sign: () => ({ refused: "hidden" }) });
    expect(outcome.payload).toMatchObject({
      code: "auth_failed",
      reason: "sign_refused",
      detail: expect.stringContaining("hidden"),
    });
  });

  test("[S93] the audit names a signing key by its fingerprint, granted and refused", async () => {
    const own = await sshd({ config: ["AuthenticationMethods publickey"] });
    const signer = new WireSigner("ed25519", "audited");
    await page.settleConnect(page.startConnect(at(own), withKeys([signers.ecdsa])), {
      sign: () => ({ refused: "hidden" }),
    });
    await page.connect(at(own), withKeys([signer, signers.ed25519]), { signers: [signer, ...all] });
    const target = `127.0.0.1:${own.port}`;
    const signed = (await auditOf(page, "sign.")).filter((line) => line.target === target);
    const key = (one: WireSigner) =>
      `SHA256:${createHash("sha256").update(one.blob).digest("base64").replace("=", "")}`;
    expect(signed).toMatchObject([
      { event: "sign.refused", outcome: "refused", key: key(signers.ecdsa), check: "hidden" },
      { event: "sign.granted", outcome: "ok", key: key(signers.ed25519) },
    ]);
  });

  test("[S53] bytes that are no signature are refused by the proxy itself", async () => {
    const own = await sshd({ config: ["AuthenticationMethods publickey"] });
    for (const signature of ["", "AAAA", Buffer.alloc(4_000, 1).toString("base64")]) {
      const start = page.startConnect(at(own), withKeys([signers.ecdsa]));
      const outcome = await page.settleConnect(start, { sign: () => ({ signature }) });
      expect(outcome.payload).toMatchObject({ code: "auth_failed", reason: "sign_refused" });
    }
  });

  test("a key and a one-time code: the second factor is asked after the key was taken as a part", async () => {
    const own = await sshd({ config: ["AuthenticationMethods publickey,keyboard-interactive"] });
    const session = await page.connect(
      at(own),
      { ...withKeys([signers.ed25519]), password: own.password },
      { signers: all },
    );
    // The key is named too: whoever logs in again needs it [S59].
    expect(session.connected).toMatchObject({ auth_method: "keyboard-interactive", auth_key: "ed25519" });
    const asked = page.messages.filter(
      (m) => m.device === session.device && (m.action === "sign" || m.action === "auth_prompt"),
    );
    expect(asked.map(({ action }) => action)).toEqual(["sign", "auth_prompt"]);
  });

  test("a device that wants two keys gets two", async () => {
    const own = await sshd({ config: ["AuthenticationMethods publickey,publickey"] });
    const session = await page.connect(at(own), withKeys([signers.ed25519, signers.ecdsa]), { signers: all });
    expect(session.connected.auth_key).toBe("ecdsa");
  });

  test("[S56] an RSA key that is refused with the one algorithm tried is diagnosed by name, with advice", async () => {
    const own = await sshd({ config: ["AuthenticationMethods publickey", "PubkeyAcceptedAlgorithms rsa-sha2-512"] });
    const outcome = await page.settleConnect(page.startConnect(at(own), withKeys([signers.rsa])), { signers: all });
    expect(outcome.payload).toMatchObject({
      code: "auth_failed",
      reason: "rejected",
      detail: expect.stringMatching(/rsa-sha2-256.*use an ECDSA key/),
    });
  });
});

describe("[S56] [S61] a device that announces no signature algorithms", () => {
  test("is asked with SHA-1 for an RSA key only where legacy 1 is on; else the advice is an ECDSA key", async () => {
    const device = await startOddDevice({
      announcesNothing: true,
      auth: (context) => (context.method === "publickey" ? context.accept() : context.reject(["publickey"])),
    });
    stops.push(() => device.stop());
    const target = { host: "127.0.0.1", port: device.port, user: "op", via: [] };
    const outcome = await page.settleConnect(page.startConnect(target, withKeys([signers.rsa])), { signers: all });
    expect(outcome.payload).toMatchObject({
      code: "auth_failed",
      reason: "sign_refused",
      detail: expect.stringMatching(/SHA-1.*use an ECDSA key/),
    });
    const options = { algorithms: "compatible", keepalive: "off", overflow: "hold", auth_order: [] } as const;
    const legacy = withKeys([signers.rsa], { options: { ...options, auth_order: [] } });
    const session = await page.connect(target, legacy, { signers: all });
    expect(session.connected.auth_key).toBe("rsa");
    expect(signers.rsa.asked.at(-1)).toBe("ssh-rsa");
    expect((await page.connect(target, withKeys([signers.ecdsa]), { signers: all })).connected.auth_key).toBe("ecdsa");
  });
});

describe.skipIf(!tools.ok)("[S50] keys that a host announces after the login", () => {
  test("are kept by the proxy beside the known one once the host proved them, and replace nothing", async () => {
    const own = await sshd({ hostKeys: ["ed25519", "ecdsa", "rsa"] });
    const target = at(own);
    const login = withKeys([signers.ed25519]);
    const session = await page.connect(target, login, { signers: all });
    expect(session.connected.host_key.sha256).toBe(own.fingerprint);
    const place = `127.0.0.1:${own.port}`;
    const added = async () => (await auditOf(page, "hostkey.added")).filter((line) => line.target === place);
    await expect.poll(added, { timeout: 10_000 }).toHaveLength(2);
    const file = await readFile(join(proxy.dataDir, "known_hosts"), "utf8");
    const lines = file.split("\n").filter((line) => line.startsWith(`[127.0.0.1]:${own.port} `));
    expect(lines.map((line) => line.split(" ")[1] ?? "").toSorted()).toEqual([
      "ecdsa-sha2-nistp256",
      "ssh-ed25519",
      "ssh-rsa",
    ]);
    // Each connect announces them again: nothing is added twice.
    const again = await page.connect(target, { ...login, pins: [session.connected.host_key] }, { signers: all });
    again.type("\r");
    await again.waitFor(/\S/);
    expect(await added()).toHaveLength(2);
    // What the client itself trusts is asked for first, whatever the proxy knows besides.
    const rsa = lines.map((line) => line.split(" ")).find(([, type]) => type === "ssh-rsa");
    const blob = Buffer.from(rsa?.[2] ?? "", "base64");
    const sha256 = `SHA256:${createHash("sha256").update(blob).digest("base64").replace(/=+$/, "")}`;
    const pin = { type: "ssh-rsa", key: blob.toString("base64"), sha256 };
    const byRsa = await page.connect(target, { ...login, pins: [pin] }, { signers: all });
    expect(byRsa.connected.host_key.sha256).toBe(sha256);
    // A client that trusts another key is stopped as before: the proxy's word changes no client's pins.
    const other = { type: "ssh-ed25519", key: "AAAAC3NzaC1lZDI1NTE5AAAAIA==", sha256: `SHA256:${"x".repeat(43)}` };
    const stopped = await page.settleConnect(page.startConnect(target, { ...login, pins: [other] }), { signers: all });
    expect(stopped.payload).toMatchObject({ code: "host_key_changed" });
  });
});

describe.skipIf(!tools.ok || !ownAccounts)("[S60] the agent of the proxy's host", () => {
  test("is off by default; switched on it is asked for consent by fingerprint, and refused without it", async () => {
    const folder = await mkdtemp(join(tmpdir(), "rackside-agent-"));
    const socket = join(folder, "agent");
    const { stdout } = await run("ssh-agent", ["-a", socket, "-s"]);
    const pid = Number(/SSH_AGENT_PID=(\d+)/.exec(stdout)?.[1]);
    try {
      const own = await sshd({ config: ["AuthenticationMethods publickey"] });
      await run("ssh-add", [own.privateKeyFile], { env: { ...process.env, SSH_AUTH_SOCK: socket } });
      const wish: ConnectOptions = { auth: { keys: [], proof: true, agent: [0] } };
      const off = await page.settleConnect(page.startConnect(at(own), wish), {
        agent: (keys) => keys.map(({ sha256 }) => sha256),
      });
      expect(off.payload).toMatchObject({ code: "auth_failed", reason: "no_method" });
      const second = await startTestProxy({ ports: [own.port], config: { agent: { enabled: true, socket } } });
      stops.push(() => second.stop());
      const view = await WirePage.open(await pairClient(await second.pairUrl()));
      stops.push(() => view.close());
      const refused = await view.settleConnect(view.startConnect(at(own), wish), {});
      expect(refused.payload).toMatchObject({ code: "auth_failed", reason: "no_method" });
      const session = await view.connect(at(own), wish, { agent: (keys) => keys.map(({ sha256 }) => sha256) });
      const consent = await view.next("agent_consent", (m) => m.device === session.device);
      expect(consent.payload.keys).toEqual([
        { type: "ssh-ed25519", sha256: expect.stringMatching(/^SHA256:/), comment: "test" },
      ]);
      const key = consent.payload.keys[0]?.sha256;
      expect(session.connected.auth_key).toBe(key);
      // The consent is one thing, each signature another [S93].
      const signed = (await auditOf(view, "sign.")).map(({ event, check, key: which }) => [event, check, which]);
      expect(signed).toEqual([
        ["sign.granted", "agent_consent", key],
        ["sign.granted", "agent", key],
      ]);
      // An agent that signs no more: refused there, and audited so.
      const late = await view.settleConnect(view.startConnect(at(own), wish), {
        agent: (keys) => {
          execFileSync("ssh-add", ["-D"], { env: { ...process.env, SSH_AUTH_SOCK: socket }, stdio: "ignore" });
          return keys.map(({ sha256 }) => sha256);
        },
      });
      expect(late.payload).toMatchObject({ code: "auth_failed", reason: "sign_refused" });
      expect((await auditOf(view, "sign.refused")).map(({ check, key: which }) => [check, which])).toEqual([
        ["agent_refused", key],
      ]);
    } finally {
      process.kill(pid);
      await rm(folder, { recursive: true, force: true });
    }
  });
});
