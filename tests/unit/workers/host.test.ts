import "fake-indexeddb/auto";
import { IDBFactory } from "fake-indexeddb";
import { afterEach, describe, expect, test, vi } from "vitest";
import { commands } from "#bridge/commands.ts";
import { linkFrame, uiFrame } from "#protocol/builders.ts";
import { encodeControl } from "#protocol/control.ts";
import { MAX_CONTROL_BYTES } from "#protocol/limits.ts";
import { SocketDouble } from "#support/socket-double.ts";
import { RECORD } from "#support/wire-messages.ts";
import { createHost, type Host } from "#workers/host.ts";
import type { HostEnv } from "#workers/host-env.ts";
import { ClientIdentity } from "#workers/storage/client-identity.ts";
import { openTabletStore } from "#workers/storage/tablet-store.ts";

const hosts: Host[] = [];
afterEach(() => {
  for (const host of hosts.splice(0)) host.stop();
});

/** A host of a paired client, whose sockets the test plays; `broken`: objects that are no sockets. */
async function setUp(broken = 0) {
  const sockets: SocketDouble[] = [];
  const fatal: unknown[] = [];
  let left = broken;
  let slept = 0;
  let client_id = "";
  const env = {
    origin: "https://proxy.test",
    app_version: "1",
    crypto: globalThis.crypto,
    indexedDB: new IDBFactory(),
    locks: undefined,
    persisted: async () => false,
    now: () => Date.now() + slept,
    steady: () => Date.now() + slept,
    putForward: () => 0,
    random: () => 0,
    setTimeout: (run: () => void, ms: number) => setTimeout(run, ms) as unknown as number,
    clearTimeout: (id: number) => clearTimeout(id),
    fetch: async () => ({ status: 200, json: async () => ({ user: "owner", label: "l", client_id }) }),
    webSocket: () => {
      if (left-- > 0) return {};
      const socket = new SocketDouble();
      sockets.push(socket);
      return socket;
    },
  } as unknown as HostEnv;
  const store = await openTabletStore(env.indexedDB, () => {});
  const identity = await ClientIdentity.load(env, store);
  await (await identity.draft("c", "l")).keep("owner");
  client_id = identity.client?.client_id ?? "";
  store.close();
  const host = createHost(env, (error) => fatal.push(error));
  hosts.push(host);
  const online = async (): Promise<SocketDouble> => {
    const socket = await vi.waitFor(() => {
      const found = sockets.at(-1);
      if (found === undefined) throw new Error("no socket yet");
      return found;
    });
    socket.give(encodeControl(linkFrame("challenge", { nonce: "N".repeat(43) })));
    await vi.waitFor(() => expect(socket.controls()).toMatchObject([{ action: "hello" }]));
    const limits = { grace_max_s: 60, sessions: 1 };
    const about = { boot_id: "b", node: "n1", version: "1", user: "owner", features: [], ping_ms: 15_000 };
    socket.give(encodeControl(linkFrame("welcome", { ...about, limits, sessions: [] })));
    socket.give(encodeControl(uiFrame("devices_changed", { records: [RECORD], rev: 1 })));
    return socket;
  };
  const sleep = (ms: number): void => {
    slept += ms;
  };
  return { host, sockets, fatal, online, sleep };
}

describe("host", () => {
  test("[section 11] a machine that slept with the page in view: the link is asked for a sign of life by itself", async () => {
    const { host, online, sleep } = await setUp();
    await host.start();
    const socket = await online();
    expect(socket.frames()).toEqual([]);
    sleep(60_000);
    await vi.waitFor(() => expect(socket.frames().map(([kind]) => kind)).toContain(0x10), { timeout: 5_000 });
  });

  test("[A8] calls made before the start has finished are answered", async () => {
    const { host } = await setUp();
    const answer = host.api.dispatch(commands.setTheme("light"));
    await host.start();
    expect(await answer).toEqual({ ok: true });
  });

  test("[A3] a tree whose actor throws ends with its sockets, and another takes over", async () => {
    const { host, fatal, online, sockets } = await setUp(1);
    await host.start();
    const socket = await online();
    expect(sockets).toHaveLength(1);
    const answer = host.api.dispatch(commands.setTheme("light"));
    await vi.waitFor(() => expect(socket.controls().at(-1)).toMatchObject({ action: "set_theme" }));
    const { id } = socket.controls().at(-1) as { id: string };
    socket.give(encodeControl(uiFrame("theme_changed", { theme: "light", rev: 1 }, { re: id })));
    expect(await answer).toEqual({ ok: true });
    expect(fatal).toEqual([]);
  });

  test("[U97] a tree that fails twice within a minute is the page's to judge", async () => {
    const { host, fatal } = await setUp(100);
    await host.start();
    await vi.waitFor(() => expect(fatal).toHaveLength(1));
    expect(await host.api.dispatch(commands.retry())).toMatchObject({ ok: false, error: { code: "worker_failed" } });
  });

  test("what does not fit a frame is refused, and harms nothing", async () => {
    const { host, online } = await setUp();
    await host.start();
    await online();
    const result = await host.api.dispatch(commands.updateLayout("main", { text: "x".repeat(MAX_CONTROL_BYTES) }));
    expect(result).toMatchObject({ ok: false, error: { code: "invalid", reason: "too_large" } });
    expect(await host.api.dispatch(commands.historyList(RECORD.id, "", 5))).toEqual({ ok: true, value: [] });
  });

  test("[WP7] a connect without an answer is sent again, verbatim, on the next link", async () => {
    const { host, online, sockets } = await setUp();
    await host.start();
    const first = await online();
    await vi.waitFor(async () => {
      const payload = { cols: 80, rows: 24, password: "correct horse" };
      expect(await host.api.dispatch(commands.open(RECORD.id, payload))).toEqual({ ok: true });
    });
    const connectOf = (socket: SocketDouble) => socket.controls().find(({ action }) => action === "connect");
    await vi.waitFor(() => expect(connectOf(first)).toBeDefined());
    expect(JSON.stringify(first.controls()), "[S72]").not.toContain("correct horse");
    first.drop(1006);
    await vi.waitFor(() => expect(sockets).toHaveLength(2));
    const second = await online();
    await vi.waitFor(() => expect(connectOf(second)).toEqual(connectOf(first)));
  });
});
