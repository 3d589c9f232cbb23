import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { sessionFrame } from "#protocol/builders.ts";
import { requireTools } from "#support/find-tools.ts";
import { requireOwnAccounts, startSshd, type TestSshServer } from "#support/sshd.ts";
import { startTestProxy, type TestProxy } from "#support/test-proxy.ts";
import { type Target, WirePage } from "#support/wire-client.ts";
import { type PairedClient, pairClient } from "#support/wire-pairing.ts";
import { listSessions } from "#support/wire-rig.ts";
import type { WireSession } from "#support/wire-session.ts";

const tools = await requireTools("sshd", "ssh-keygen");
const ownAccounts = requireOwnAccounts();
let sshd: TestSshServer;
let proxy: TestProxy;
let client: PairedClient;
let page: WirePage;

// Password logins need an account of its own, which only root can give it.
describe.skipIf(!tools.ok || !ownAccounts)("a real OpenSSH server", () => {
  beforeAll(async () => {
    sshd = await startSshd(tools, { banner: "authorised use only\n" });
    proxy = await startTestProxy({ ports: [sshd.port] });
    client = await pairClient(await proxy.pairUrl());
    page = await WirePage.open(client);
  });

  afterAll(async () => {
    await page?.close();
    await proxy?.stop();
    await sshd?.stop();
  });

  function target(): Target {
    return { host: "127.0.0.1", port: sshd.port, user: sshd.user, via: [] };
  }

  function shell(options: Parameters<WirePage["connect"]>[1] = {}) {
    return page.connect(target(), { password: sshd.password, ...options });
  }

  test("[S44] [S45] an unknown host key is asked for with its fingerprint, and P learns it only then", async () => {
    const at = page.startConnect(target());
    const question = await page.next("host_key", (m) => m.device === at.device);
    expect(question.payload).toMatchObject({ stage: "ask", host: "127.0.0.1", port: sshd.port, bits: 256 });
    expect(question.payload.host_key.sha256).toBe(sshd.fingerprint);
    expect(question.payload.known_since).toBeUndefined();
    const refused = await page.settleConnect(at, { trust: false });
    expect(refused.payload).toMatchObject({ code: "host_key_unknown", reason: "refused", retry: "user" });
    const again = page.startConnect(target());
    const second = await page.next("host_key", (m) => m.device === again.device);
    expect(second.payload.known_since).toBeUndefined();
    const connected = await page.settleConnect(again, { password: sshd.password });
    expect(connected.action).toBe("connected");
    const third = page.startConnect(target());
    const known = await page.next("host_key", (m) => m.device === third.device);
    expect(Date.parse(known.payload.known_since ?? "")).not.toBeNaN();
    expect((await page.settleConnect(third, { trust: false })).action).toBe("error");
  });

  test("[S44] a pinned key goes through without a question; another pin is a hard stop with both fingerprints", async () => {
    const first = await shell();
    const pins = [first.connected.host_key];
    const at = page.startConnect(target(), { pins });
    expect((await page.settleConnect(at, { password: sshd.password })).action).toBe("connected");
    const shown = page.messages.filter((m) => m.action === "host_key" && m.device === at.device);
    expect(shown.map(({ payload }) => payload)).toMatchObject([{ stage: "proof" }]);
    const other = {
      ...first.connected.host_key,
      key: "AAAAC3NzaC1lZDI1NTE5AAAAIA==",
      sha256: `SHA256:${"x".repeat(43)}`,
    };
    const stopped = await page.settleConnect(page.startConnect(target(), { pins: [other] }));
    expect(stopped.payload).toMatchObject({
      code: "host_key_changed",
      host_keys: { known: [other.sha256, sshd.fingerprint], offered: sshd.fingerprint, type: "ssh-ed25519" },
    });
  });

  test("[S49] ssh2 never asks about a host key: without the pin it fails", async () => {
    const outcome = await page.settleConnect(page.startConnect(target(), { session_id: "ssh2", transport: "exec" }));
    expect(outcome.payload).toMatchObject({ code: "host_key_unknown" });
  });

  test("login by prompt: banner shown, a wrong password is asked again, the right one opens a shell that echoes", async () => {
    const at = page.startConnect(target(), { pins: [] });
    const ask = await page.next("host_key", (m) => m.device === at.device);
    page.send({ ...reply(at), action: "host_key_reply", re: ask.id, payload: { trust: true } });
    // [S47] The page's own check comes before the first prompt, whether the connect asked for it or not.
    const shown = await page.next("host_key", (m) => m.device === at.device && m.payload.stage === "proof");
    expect(page.messages.some((m) => m.action === "auth_prompt" && m.device === at.device)).toBe(false);
    page.send({ ...reply(at), action: "host_key_reply", re: shown.id, payload: { trust: true } });
    const first = await page.next("auth_prompt", (m) => m.device === at.device);
    expect(first.payload).toMatchObject({ kind: "keyboard_interactive", round: 1, user: sshd.user });
    expect(first.payload.prompts).toEqual([{ prompt: expect.stringMatching(/password/i), echo: false }]);
    page.send({ ...reply(at), action: "auth_reply", re: first.id, payload: { answers: ["wrong"] } });
    const second = await page.next("auth_prompt", (m) => m.device === at.device && m.payload.round === 2);
    page.send({ ...reply(at), action: "auth_reply", re: second.id, payload: { answers: [sshd.password ?? ""] } });
    const connected = await page.next("connected", (m) => m.re === at.id);
    expect(connected.payload).toMatchObject({
      auth_method: "keyboard-interactive",
      transport: "shell_pty",
      simulated: false,
    });
    expect(connected.payload.server_ident).toMatch(/^SSH-2\.0-OpenSSH/);
    expect(page.messages.some((m) => m.action === "progress" && m.payload.text?.includes("authorised use only"))).toBe(
      true,
    );
    const session = page.adopt(connected, at.device, at.session_id);
    session.type("echo $((6*7))\r");
    await session.waitFor(/\b42\b/);
  });

  test("[S47] a connect that waives the proof has to answer it all the same, for telemetry too", async () => {
    const pins = [(await shell()).connected.host_key];
    const auth = { keys: [], proof: false, agent: [] };
    for (const session_id of ["ssh1", "ssh2"] as const) {
      const at = page.startConnect(target(), { pins, auth, session_id });
      const outcome = await page.settleConnect(at, { proof: () => false, password: sshd.password });
      expect(outcome.payload).toMatchObject({ code: "device_misbehaved", reason: "bad_signature" });
      expect(page.messages.some((m) => m.action === "auth_prompt" && m.device === at.device)).toBe(false);
    }
  });

  test("[S49] telemetry at a host that the page never verified, or knows by another key, ends with that and not as misbehaviour", async () => {
    const pins = [(await shell()).connected.host_key];
    const ends: [string, object][] = [
      ["not_verified", { code: "host_key_unknown", reason: "not_verified" }],
      ["other_key", { code: "host_key_changed" }],
      ["host_signature", { code: "device_misbehaved", reason: "bad_signature" }],
    ];
    for (const [failed, ended] of ends) {
      const at = page.startConnect(target(), { pins, session_id: "ssh2" });
      const outcome = await page.settleConnect(at, { proof: () => false, failed, password: sshd.password });
      expect(outcome.payload).toMatchObject(ended);
      expect(page.messages.some((m) => m.action === "auth_prompt" && m.device === at.device)).toBe(false);
    }
  });

  function reply(at: { device: string; session_id: "ssh1" | "ssh2" }) {
    return { v: 1, device: at.device, session_id: at.session_id, type: "terminal" } as const;
  }

  test("a cancelled prompt and three wrong passwords end the attempt with a code each", async () => {
    const cancelled = await page.settleConnect(page.startConnect(target()));
    expect(cancelled.payload).toMatchObject({ code: "auth_failed", reason: "cancelled" });
    const at = page.startConnect(target());
    const rejected = await page.settleConnect(at, { password: "wrong" });
    expect(rejected.payload).toMatchObject({ code: "auth_failed", reason: "rejected" });
    expect(page.messages.filter((m) => m.action === "auth_prompt" && m.device === at.device)).toHaveLength(3);
  });

  test("[WP7] a connect sent twice runs once", async () => {
    const at = page.startConnect(target());
    page.startConnect(target(), at);
    const connected = await page.settleConnect(at, { password: sshd.password });
    expect(connected.action).toBe("connected");
    page.startConnect(target(), at);
    const again = await page.next("connected", (m) => m.re === at.id && m !== connected);
    expect(again.payload.sid).toBe((connected.payload as { sid?: string }).sid);
    expect(again.payload.token).not.toBe((connected.payload as { token?: string }).token);
  });

  test("[I9] a resize reaches the device: stty sees the last revision, an older one changes nothing", async () => {
    const session = await shell();
    const resized = await session.request("resize", { rev: 2, cols: 101, rows: 37 } as never);
    expect(resized).toMatchObject({ action: "resized", payload: { rev: 2, cols: 101, rows: 37 } });
    const old = await session.request("resize", { rev: 1, cols: 60, rows: 20 } as never);
    expect(old).toMatchObject({ action: "resized", payload: { rev: 2, cols: 101, rows: 37 } });
    await session.prompt();
    session.type("stty size\r");
    await session.waitFor(/37 101/);
    const silly = await session.request("resize", { rev: 3, cols: 5_000, rows: 37 } as never);
    expect(silly).toMatchObject({ action: "error", payload: { code: "unsupported", reason: "terminal_size" } });
  });

  test("[I7] exit status and signal come once, after the last byte", async () => {
    const session = await shell();
    session.type("echo last-word; exit 7\r");
    const exit = await page.next("exit", (m) => m.device === session.device);
    expect(exit.payload).toMatchObject({ code: 7, signal: null });
    expect(session.text).toContain("last-word");
    expect(exit.payload.at).toBe(session.recv);
    const killed = await shell();
    killed.type("exec sh -c 'kill -TERM $$'\r");
    const signalled = await page.next("exit", (m) => m.device === killed.device);
    expect(signalled.payload).toMatchObject({ code: null, signal: "SIGTERM" });
  });

  test("[WP18] [WP26] a lost link resumes at the byte: output goes on, input is neither lost nor doubled", async () => {
    const lost = await WirePage.open(client);
    const at = lost.startConnect(target());
    const connected = await lost.settleConnect(at, { password: sshd.password });
    if (connected.action !== "connected") throw new Error("no session");
    const session = lost.adopt(connected, at.device, at.session_id);
    session.type('echo $((40+2))-ready; n=0; while read line; do n=$((n+1)); echo "got $n $line"; done\r');
    // The line editor has let go of the terminal: from here on a CR ends a line for the program that reads.
    await session.waitFor(/42-ready/);
    session.type("one\r");
    await session.waitFor(/got 1 one/);
    session.type("two\r");
    await lost.cut();
    const page2 = await WirePage.open(client, { instanceId: lost.instanceId, sessions: [session.asRequest()] });
    const [state] = page2.welcome?.sessions ?? [];
    expect(state).toMatchObject({ sid: session.connected.sid, status: "resumed", out_start: session.recv });
    const delivered = state?.in_next ?? 0;
    const typed = session.inNext;
    session.resumeOn(page2, state ?? {});
    // Everything below in_next is proven delivered; what is above is sent again.
    session.type("two\r".slice("two\r".length - (typed - delivered)));
    session.type("three\r");
    await session.waitFor(/got 3 three/);
    expect(session.text.match(/got \d \w+/g)).toEqual(["got 1 one", "got 2 two", "got 3 three"]);
    await page2.close();
  });

  test("[WP27] [S20] a wrong token, a foreign session and an unknown one answer alike", async () => {
    const session = await shell();
    const stranger = await pairClient(await proxy.pairUrl(), "stranger");
    const wrong = { token: "A".repeat(43) };
    const unknown = { sid: `n1.${"B".repeat(22)}` };
    const other = await WirePage.open(stranger, {
      sessions: [session.asRequest(), session.asRequest(wrong), session.asRequest(unknown)],
    });
    expect(other.welcome?.sessions.map(({ status, reason }) => ({ status, reason }))).toEqual([
      { status: "gone", reason: "expired" },
      { status: "gone", reason: "expired" },
      { status: "gone", reason: "expired" },
    ]);
    await other.close();
    session.type("echo still-$((1+1))\r");
    await session.waitFor(/still-2/);
  });

  test("[WP28] a second live page is told busy; force takes over and the loser is told once", async () => {
    const session = await shell();
    const second = await WirePage.open(client);
    // A page that never wrote here takes the proxy's input position [WP26].
    const request = session.asRequest({ in_pos: null });
    const busy = await second.request(attach(request, false));
    expect(busy).toMatchObject({ action: "attached", payload: { status: "busy" } });
    const taken = await second.request(attach(request, true));
    expect(taken).toMatchObject({ action: "attached", payload: { status: "resumed", epoch: 2 } });
    await page.next("taken_over", (m) => m.device === session.device);
    // A fenced frame changes nothing, and costs the old page nothing either.
    session.type("echo must-not-run\r");
    session.resumeOn(second, (taken as { payload: object }).payload);
    session.type("echo after-$((2+3))\r");
    await session.waitFor(/after-5/);
    expect(session.text).not.toContain("must-not-run");
    await second.close();
  });

  function attach(request: ReturnType<import("#support/wire-session.ts").WireSession["asRequest"]>, force: boolean) {
    const payload = { ...request, force };
    return { v: 1, device: request.device, session_id: "ssh1", type: "terminal", action: "attach", payload } as const;
  }

  test("list_sessions names the user's sessions; detach keeps one, disconnect ends it", async () => {
    const session = await shell();
    const listed = async () => {
      return (await listSessions(page)).find(({ sid }) => sid === session.connected.sid);
    };
    expect(await listed()).toMatchObject({ status: "attached", holder: "test tablet", session_id: "ssh1" });
    page.send({ v: 1, device: session.device, session_id: "ssh1", type: "terminal", action: "detach", payload: {} });
    expect(await listed()).toMatchObject({ status: "detached", expires_in_s: expect.any(Number) });
    const back = await page.request(attach(session.asRequest(), false));
    expect(back).toMatchObject({ payload: { status: "resumed" } });
    expect((await session.request("disconnect", {} as never)).action).toBe("disconnected");
    expect(await listed()).toBeUndefined();
  });

  test("[WP28] a detach that names its session leaves the successor of the same name alone", async () => {
    const first = await shell();
    const second = await shell({ device: first.device });
    const statusOf = async ({ connected }: WireSession) =>
      (await listSessions(page)).find(({ sid }) => sid === connected.sid)?.status;
    page.send(sessionFrame(first.device, "ssh1", "detach", { sid: first.connected.sid }));
    expect(await statusOf(first)).toBe("detached");
    expect(await statusOf(second)).toBe("attached");
    page.send(sessionFrame(first.device, "ssh1", "detach", { sid: first.connected.sid }));
    expect(await statusOf(second)).toBe("attached");
    second.type("echo still-$((3+4))\r");
    await second.waitFor(/still-7/);
    page.send(sessionFrame(first.device, "ssh1", "detach", { sid: second.connected.sid }));
    expect(await statusOf(second)).toBe("detached");
    for (const session of [first, second]) {
      expect(await page.request(attach(session.asRequest(), false))).toMatchObject({ payload: { status: "resumed" } });
      expect((await session.request("disconnect", {} as never)).action).toBe("disconnected");
    }
  });

  test("[I1] the server dies: exit says device_closed, after the last byte", async () => {
    const own = await startSshd(tools);
    const mine = await startTestProxy({ ports: [own.port] });
    const view = await WirePage.open(await pairClient(await mine.pairUrl()));
    const session = await view.connect({ ...target(), port: own.port }, { password: own.password });
    session.type("echo here-$((4+4))\r");
    await session.waitFor(/here-8/);
    await own.killSessions();
    const exit = await view.next("exit", (m) => m.device === session.device);
    expect(exit.payload).toMatchObject({ error: { code: "device_closed" } });
    await view.close();
    await mine.stop();
    await own.stop();
  });

  test("[S72] no password, token or device byte is in the log", async () => {
    const text = JSON.stringify(proxy.log);
    expect(text).toContain("session.opened");
    expect(text).not.toContain(sshd.password);
    expect(text).not.toContain("flood-over");
    for (const message of page.messages)
      if (message.action === "connected") expect(text).not.toContain(message.payload.token);
  });
});
