/** Devices that read no input for a while, and sessions without a shell to read it [WP16] [WP17]. */
import { createHash, randomBytes } from "node:crypto";
import type { ServerChannel } from "ssh2";
import { afterAll, afterEach, beforeAll, expect, test, vi } from "vitest";
import { IN_WINDOW_BYTES } from "#protocol/limits.ts";
import { type OddDevice, startOddDevice } from "#support/odd-device.ts";
import { startTestProxy, type TestProxy } from "#support/test-proxy.ts";
import { WirePage } from "#support/wire-client.ts";
import { type PairedClient, pairClient } from "#support/wire-pairing.ts";
import type { WireSession } from "#support/wire-session.ts";

/** More than the device's SSH window, its streams and the page's grant hold together. */
const PASTE_BYTES = 3_000_000;
/** What may be left of a window that is spent. */
const CRUMBS_BYTES = 64;
const WAIT = { timeout: 20_000, interval: 20 };

let proxy: TestProxy;
let client: PairedClient;
const devices: OddDevice[] = [];

beforeAll(async () => {
  proxy = await startTestProxy({ config: { allow: [{ cidr: "127.0.0.1/32", ports: ["1024-65535"] }] } });
  client = await pairClient(await proxy.pairUrl());
});
afterEach(async () => {
  for (const device of devices.splice(0)) await device.stop();
});
afterAll(() => proxy?.stop());

async function connect(page: WirePage, shell?: (channel: ServerChannel) => void) {
  const device = await startOddDevice(shell === undefined ? {} : { shell });
  devices.push(device);
  return page.connect({ host: "127.0.0.1", port: device.port, user: "op", via: [] });
}

/** The device's window is spent, then the page's grant. */
async function stalled(session: WireSession, channel: () => ServerChannel | undefined): Promise<void> {
  const window = () => (channel() as unknown as { incoming: { window: number } } | undefined)?.incoming.window;
  await vi.waitFor(() => expect(window()).toBeLessThan(CRUMBS_BYTES), WAIT);
  await vi.waitFor(() => expect(session.inNext).toBe(session.inLimit), WAIT);
  await vi.waitFor(() => expect(session.accepted).toBe(session.inNext), WAIT);
}

test("[WP16] a paste into a device that reads nothing waits, over a new link too, and arrives whole when it reads", async () => {
  let channel: ServerChannel | undefined;
  const first = await WirePage.open(client);
  const session = await connect(first, (opened) => {
    channel = opened;
  });
  const paste = randomBytes(PASTE_BYTES);
  session.type(paste);
  await stalled(session, () => channel);
  expect(session.inNext).toBeLessThan(PASTE_BYTES);

  const second = await WirePage.open(client, { instanceId: first.instanceId, sessions: [session.asRequest()] });
  const state = second.welcome?.sessions[0];
  expect(state).toMatchObject({ status: "resumed" });
  session.resumeOn(second, state ?? {});

  const hash = createHash("sha256");
  let bytes = 0;
  channel?.on("data", (piece: Buffer) => {
    hash.update(piece);
    bytes += piece.length;
  });
  await vi.waitFor(() => expect(bytes).toBe(PASTE_BYTES), WAIT);
  expect(hash.digest("hex")).toBe(createHash("sha256").update(paste).digest("hex"));
  await second.until(() => (session.accepted === PASTE_BYTES ? true : undefined), "all is accepted");
  await second.close();
});

test("[WP16] input where there is no shell is refused with an answer, and costs no grant", async () => {
  const page = await WirePage.open(client);
  const session = await connect(page);
  await session.request("set_transport", { transport: "exec" } as never);
  session.type(Buffer.alloc(2 * IN_WINDOW_BYTES, "x"));
  const refusal = await page.next("error", (m) => m.device === session.device);
  expect(refusal.payload).toMatchObject({ code: "unsupported", reason: "no_shell" });
  await page.until(() => (session.accepted === 2 * IN_WINDOW_BYTES ? true : undefined), "all is answered");
  await session.request("set_transport", { transport: "shell" } as never);
  session.type("echoed");
  await session.waitFor(/echoed/);
  await page.close();
});

test("[WP16] input that a change of transport finds untaken is told, and costs no grant", async () => {
  let first: ServerChannel | undefined;
  const page = await WirePage.open(client);
  const session = await connect(page, (channel) => {
    // The first reads nothing, the second all.
    if (first === undefined) first = channel;
    else channel.resume();
  });
  session.type(randomBytes(PASTE_BYTES));
  await stalled(session, () => first);
  const changed = session.request("set_transport", { transport: "shell" } as never);
  // What the page sends while there is no shell is refused one by one, and may be told before.
  const told = await page.next("error", (m) => /^\d+ bytes of input/.test(m.payload.detail ?? ""));
  expect(told).toMatchObject({ device: session.device, payload: { code: "unsupported", reason: "no_shell" } });
  expect((await changed).action).toBe("transport_changed");
  await page.until(() => (session.accepted === PASTE_BYTES ? true : undefined), "the rest of the paste");
  await page.close();
});
