/** What a scripted use leaves in the audit log, and what it must never leave anywhere [S72] [S93] [S94]. */
import { mkdir, readdir, readFile, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { startDemoLab } from "#demo/demo-lab.ts";
import { AuditLog } from "#proxy/audit/audit-log.ts";
import { requireTools } from "#support/find-tools.ts";
import { requireOwnAccounts, startSshd, type TestSshServer } from "#support/sshd.ts";
import { startTestProxy, type TestProxy } from "#support/test-proxy.ts";
import { admin, auditOf } from "#support/wire-admin.ts";
import { type Target, WirePage } from "#support/wire-client.ts";
import { codeOf, type PairedClient, pairClient, requestPairing } from "#support/wire-pairing.ts";

const tools = await requireTools("sshd", "ssh-keygen");
const TYPED = "canary-that-somebody-typed";
const WRONG = "canary-of-a-wrong-password";

/** Everything that a proxy keeps and says, as one text. */
async function traces(proxy: TestProxy): Promise<string> {
  const names = await readdir(proxy.dataDir, { recursive: true, withFileTypes: true });
  const files = names.filter((one) => one.isFile()).map((one) => join(one.parentPath, one.name));
  const texts = await Promise.all(files.map((path) => readFile(path, "utf8")));
  return [...texts, JSON.stringify(proxy.log), ...proxy.said].join("\n");
}

describe.skipIf(!tools.ok || !requireOwnAccounts())("[S93] a session with a real server", () => {
  let sshd: TestSshServer;
  let proxy: TestProxy;
  let owner: PairedClient;
  const target = (): Target => ({ host: "127.0.0.1", port: sshd.port, user: sshd.user, via: [] });
  beforeAll(async () => {
    sshd = await startSshd(tools);
    proxy = await startTestProxy({ ports: [sshd.port] });
    owner = await pairClient(await proxy.pairUrl(), "first tablet");
  });
  afterAll(async () => {
    await proxy?.stop();
    await sshd?.stop();
  });

  test("leaves who did what to which device, in order, and no secret, typed text or output", async () => {
    const used = codeOf(await proxy.pairUrl());
    const second = await requestPairing(proxy.url, used, { label: "second tablet" });
    await requestPairing(proxy.url, used);
    const page = await WirePage.open(owner);
    const wrong = page.startConnect(target());
    await page.settleConnect(wrong, { password: WRONG });
    const session = await page.connect(target(), { password: sshd.password });
    session.type(`echo ${TYPED}\r`);
    await session.waitFor(new RegExp(`${TYPED}\\s[\\s\\S]*${TYPED}`));
    const resumed = await WirePage.open(owner, { instanceId: page.instanceId, sessions: [session.asRequest()] });
    const state = resumed.welcome?.sessions[0];
    if (state?.chan === undefined) throw new Error("not resumed");
    session.resumeOn(resumed, state);
    await session.request("disconnect", {} as never);
    const commands = await resumed.connect(target(), {
      password: sshd.password,
      session_id: "ssh2",
      transport: "exec",
      pty: undefined,
      pins: [session.connected.host_key],
    });
    await commands.exec("uname -s");
    await commands.request("disconnect", {} as never);
    await resumed.settleConnect(resumed.startConnect({ ...target(), host: "169.254.169.254", port: 22 }));

    const events = await auditOf(resumed);
    expect(events.map(({ seq }) => seq)).toEqual(events.map((_, index) => index + 1));
    const about = (prefix: string) => events.filter(({ event }) => event.startsWith(prefix));
    expect(about("pair.").map(({ event, outcome, label }) => [event, outcome, label])).toEqual([
      ["pair.created", "ok", undefined],
      ["pair.used", "ok", "first tablet"],
      ["pair.created", "ok", undefined],
      ["pair.used", "ok", "second tablet"],
      ["pair.refused", "refused", "second tablet"],
    ]);
    const who = { user: "owner", client: owner.clientId, addr: expect.stringMatching(/127\.0\.0\.1|::1/) };
    const place = `${sshd.user}@127.0.0.1:${sshd.port}`;
    expect(about("session.refused")[0]).toMatchObject({
      ...who,
      outcome: "refused",
      reason: expect.stringMatching(/^auth_failed/),
      target: place,
    });
    const [opened] = about("session.opened");
    expect(opened).toMatchObject({
      ...who,
      session_id: "ssh1",
      target: place,
      address: "127.0.0.1",
      hops: 0,
      host_key: sshd.fingerprint,
      auth: expect.stringMatching(/password|keyboard-interactive/),
      algorithms: expect.stringContaining("curve25519"),
    });
    expect(about("session.attached")).toMatchObject([{ sid: opened?.sid, epoch: 2 }]);
    const [ended] = about("session.ended");
    expect(ended).toMatchObject({ sid: opened?.sid, resumes: 1, bytes_in: TYPED.length + 6 });
    expect(Number(ended?.bytes_out)).toBeGreaterThan(TYPED.length);
    expect(about("exec.")).toMatchObject([
      { event: "exec.started", command: "uname -s" },
      { event: "exec.done", command: "uname -s", exit_code: 0, bytes: 6 },
    ]);
    expect(about("link.accepted")).toMatchObject([{ ...who, origin: proxy.url }, who]);
    expect(about("link.closed")).toMatchObject([{ ...who, close: 4003 }]);
    expect(about("policy.denied")[0]).toMatchObject({
      ...who,
      outcome: "refused",
      target: expect.stringContaining("169.254"),
    });

    const text = await traces(proxy);
    const secrets = { TYPED, WRONG, password: sshd.password, token: session.token, used, sid: session.connected.sid };
    for (const [name, secret] of Object.entries(secrets)) {
      // Which one is told, not its value.
      expect(text.includes(secret ?? ""), name).toBe(false);
    }
    for (const cookie of [owner.cookie, second.cookie ?? ""]) expect(text).not.toContain(cookie.split("=")[1]);
    await resumed.close();
  });
});

describe("[S94] an audit log that cannot be written", () => {
  const broken = async (proxy: TestProxy) => {
    const file = join(proxy.dataDir, "audit", "audit.jsonl");
    await rename(file, `${file}.kept`);
    // A folder in its place fails for every user, root too.
    await mkdir(file);
    return () => rm(file, { recursive: true });
  };
  const demo = async (page: WirePage): Promise<Target> => {
    const { payload } = await page.next("devices_changed");
    return payload.records[0]?.target as Target;
  };

  test.each([true, false])(
    "audit.required %s: pages are told; sessions are refused only where it is",
    async (required) => {
      const proxy = await startTestProxy({
        demo: await startDemoLab({ seed: 4, pace: 0 }),
        config: { audit: { required } },
      });
      const client = await pairClient(await proxy.pairUrl());
      const page = await WirePage.open(client);
      const target = await demo(page);
      // Everything so far is written.
      await auditOf(page);
      const mend = await broken(proxy);
      await admin.rename(page, client.clientId, "renamed");
      expect((await page.next("proxy_state")).payload).toEqual({ audit: "failing" });
      const outcome = await page.settleConnect(page.startConnect(target));
      if (required) expect(outcome).toMatchObject({ action: "error", payload: { code: "limit", reason: "audit" } });
      else expect(outcome.action).toBe("connected");
      // A page that comes later is told too.
      const later = await WirePage.open(client);
      expect((await later.next("proxy_state")).payload).toEqual({ audit: "failing" });
      await later.close();
      await mend();
      await admin.audit(page, { limit: 1 });
      expect((await page.next("proxy_state", ({ payload }) => payload.audit === "ok")).payload).toEqual({
        audit: "ok",
      });
      expect((await page.settleConnect(page.startConnect(target))).action).toBe("connected");
      expect((await auditOf(page)).map(({ event }) => event)).toContain("client.renamed");
      await page.close();
      await proxy.stop();
    },
  );
});

test("[WP7] a connect that is repeated while the log is written is answered once, with a token that is good", async () => {
  const proxy = await startTestProxy({
    demo: await startDemoLab({ seed: 5, pace: 0 }),
    config: { audit: { required: true } },
  });
  const client = await pairClient(await proxy.pairUrl());
  const page = await WirePage.open(client);
  const { payload } = await page.next("devices_changed");
  const target = payload.records[0]?.target as Target;
  let written: (() => void) | undefined;
  const ready = vi.spyOn(AuditLog.prototype, "ready").mockImplementation(
    () =>
      new Promise((resolve) => {
        written = () => resolve(true);
      }),
  );
  try {
    const at = page.startConnect(target);
    const settled = page.settleConnect(at);
    // A repetition that another message follows has been seen when that one is answered.
    const repeat = async () => {
      page.startConnect(target, at);
      await admin.list(page);
    };
    await vi.waitFor(() => expect(written).toBeDefined(), { timeout: 20_000 });
    await repeat();
    expect(page.messages.filter((m) => m.action === "connected")).toEqual([]);
    written?.();
    await settled;
    const connected = page.messages.filter((m) => m.action === "connected");
    const [only] = connected;
    if (only === undefined) throw new Error("not connected");
    const session = page.adopt(only, at.device, at.session_id);
    session.type("\r");
    await session.waitFor(/\S/);
    expect(page.messages.filter((m) => m.action === "connected")).toHaveLength(1);
    const anew = await WirePage.open(client, { instanceId: page.instanceId, sessions: [session.asRequest()] });
    expect(anew.welcome?.sessions[0]).toMatchObject({ status: "resumed" });
    await anew.close();
  } finally {
    ready.mockRestore();
    await proxy.stop();
  }
});

describe("[S94] pages of the log", () => {
  test("go over all of it, newest first, without a gap; a large page still fits a control message", async () => {
    const proxy = await startTestProxy();
    const client = await pairClient(await proxy.pairUrl());
    const page = await WirePage.open(client);
    for (let i = 0; i < 60; i += 1) await admin.rename(page, client.clientId, `${i} ${"long name ".repeat(12)}`);
    const first = await admin.audit(page, { limit: 100, prefix: "client." });
    expect(first.action).toBe("audit_page");
    const all = await auditOf(page, "client.");
    expect(all.map(({ label }) => Number.parseInt(String(label), 10))).toEqual([...Array(60).keys()]);
    await page.close();
    await proxy.stop();
  });
});
