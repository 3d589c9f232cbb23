/** Commands, and what a session carries in bulk, through the proxy to OpenSSH. */
import { createHash } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { requireTools } from "#support/find-tools.ts";
import { requireOwnAccounts, startSshd, type TestSshServer } from "#support/sshd.ts";
import { startTestProxy, type TestProxy } from "#support/test-proxy.ts";
import { WirePage } from "#support/wire-client.ts";
import { pairClient, randomId } from "#support/wire-pairing.ts";
import { listSessions } from "#support/wire-rig.ts";

const tools = await requireTools("sshd", "ssh-keygen");
const ownAccounts = requireOwnAccounts();

describe.skipIf(!tools.ok || !ownAccounts)("commands and bulk on a real OpenSSH server", () => {
  let sshd: TestSshServer;
  let proxy: TestProxy;
  let page: WirePage;

  beforeAll(async () => {
    if (!tools.ok) return;
    sshd = await startSshd(tools);
    proxy = await startTestProxy({ ports: [sshd.port] });
    page = await WirePage.open(await pairClient(await proxy.pairUrl()));
  });
  afterAll(async () => {
    await page?.close();
    await proxy?.stop();
    await sshd?.stop();
  });

  function shell(options: Parameters<WirePage["connect"]>[1] = {}) {
    const target = { host: "127.0.0.1", port: sshd.port, user: sshd.user, via: [] };
    return page.connect(target, { password: sshd.password, ...options });
  }

  test("[WP41] exec: output, stderr marked, exit code; one at a time; transport changes without a new login", async () => {
    const session = await shell({ transport: "exec", session_id: "ssh1" });
    const done = await session.exec("printf out; sleep 0.05; printf err >&2; sleep 0.05; printf more; exit 3");
    expect(done).toMatchObject({ code: 3, signal: null, stderr: "err" });
    expect(done.output).toBe("outerrmore");
    const slow = session.request("exec", { exec_id: "slow", command: "sleep 30" } as never);
    expect((await slow).action).toBe("exec_started");
    const second = await session.request("exec", { exec_id: "second", command: "true" } as never);
    expect(second.payload).toMatchObject({ code: "limit", reason: "exec" });
    page.send({
      v: 1,
      device: session.device,
      session_id: "ssh1",
      type: "terminal",
      action: "exec_cancel",
      payload: { exec_id: "slow" },
    });
    const cancelled = await page.next("exec_done", (m) => m.payload.exec_id === "slow");
    expect(cancelled.payload).toMatchObject({ cancelled: true });
    const changed = await session.request("set_transport", { transport: "shell" } as never);
    expect(changed).toMatchObject({ action: "transport_changed", payload: { transport: "shell" } });
    session.type("echo plain-$((3+4)); tty\n");
    await session.waitFor(/plain-7\s+not a tty/);
  });

  test("[WP7] [I11] an exec sent twice runs once and is answered twice", async () => {
    const session = await shell({ transport: "exec" });
    const id = randomId();
    const command = 'echo run >> "$HOME/once"; wc -l < "$HOME/once"';
    const first = await session.request("exec", { exec_id: "once", command } as never, id);
    expect(first.action).toBe("exec_started");
    await page.next("exec_done", (m) => m.payload.exec_id === "once");
    const from = page.messages.length;
    await session.request("exec", { exec_id: "once", command } as never, id);
    await page.next("exec_done", (m) => m.payload.exec_id === "once", from);
    expect(session.text.trim()).toBe("1");
  });

  test("[I1] [WP16] 8 MB typed into the device and 50 MB out of it arrive byte for byte", async () => {
    const session = await shell({ transport: "exec" });
    await session.exec('seq 1 7000000 | head -c 52428800 > "$HOME/big"');
    const sum = (await session.exec('sha256sum < "$HOME/big"')).output.slice(0, 64);
    const start = createHash("sha256");
    const reader = await shell({ transport: "shell" });
    reader.type('exec cat "$HOME/big"\n');
    const exit = await page.next("exit", (m) => m.device === reader.device);
    expect(exit.payload).toMatchObject({ code: 0, at: 52_428_800 });
    expect(reader.hash.digest("hex")).toBe(sum);
    const sink = await shell({ transport: "shell" });
    sink.type("head -c 8000000 | sha256sum\n");
    const bytes = Buffer.alloc(8_000_000, "0123456789abcdef\n");
    sink.type(bytes);
    await sink.waitFor(new RegExp(start.update(bytes).digest("hex")));
  });

  test("[WP16] a paste that the device takes in one go while echo is off arrives, and the session goes on", async () => {
    const [session, beside] = [await shell(), await shell({ transport: "exec" })];
    session.type("stty -echo; echo sshd-$PPID-; cat | sha256sum\n");
    const [, pid] = await session.waitFor(/sshd-(\d+)-/);
    // OpenSSH answers hidden input with as many bytes of its own, in one packet for all that its terminal takes at once: here
    // mostly more than the 35,000 bytes that everyone must accept, and less than a grant.
    const bytes = Buffer.alloc(60_000, "0123456789abcde\n");
    await beside.exec(`kill -STOP ${pid}`);
    try {
      session.type(bytes);
      await page.until(() => (session.inLimit > session.inNext + 32_768 ? true : undefined), "the paste to leave");
    } finally {
      await beside.exec(`kill -CONT ${pid}`);
    }
    session.type("\x04");
    await session.waitFor(new RegExp(createHash("sha256").update(bytes).digest("hex")));
    session.type("echo still-$((40+2))\n");
    await session.waitFor(/still-42/);
  });

  test("[WP12] [WP13] [I3] a flood to a page that stands still stays bounded, and goes on when the page does", async () => {
    const session = await shell({ transport: "shell" });
    session.acking = false;
    session.type("seq 1 3000000; echo flood-over\n");
    await page.until(() => (session.recv >= session.window ? true : undefined), "a full window");
    // The link goes on answering meanwhile.
    await listSessions(page);
    expect(session.recv).toBe(session.window);
    const before = process.memoryUsage().arrayBuffers;
    session.acking = true;
    session.ack();
    await session.waitFor(/flood-over\n/);
    expect(before).toBeLessThan(64 * 1024 * 1024);
  });
});
