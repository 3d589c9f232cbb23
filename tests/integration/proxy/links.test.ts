/** The link itself: hello, malformed frames, shared state, caps, leaving. */

import { readdirSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startDemoLab } from "#demo/demo-lab.ts";
import { linkFrame, uiFrame } from "#protocol/builders.ts";
import { encodeAck, encodeIn, encodePing } from "#protocol/frames.ts";
import type { DeviceRecord } from "#protocol/messages/devices.ts";
import { startTestProxy, type TestProxy } from "#support/test-proxy.ts";
import { type Target, WirePage } from "#support/wire-client.ts";
import { type PairedClient, pairClient, randomId, signOut } from "#support/wire-pairing.ts";

let proxy: TestProxy;
let client: PairedClient;

beforeAll(async () => {
  proxy = await startTestProxy({ demo: await startDemoLab({ seed: 4, pace: 0 }) });
  client = await pairClient(await proxy.pairUrl());
});

afterAll(() => proxy.stop());

function record(id: string, label: string): DeviceRecord {
  const target = { host: "192.0.2.1", port: 22, user: "op", via: [] };
  return { id, label, target, algorithms: "modern", keepalive: "off", grace_s: 900, telemetry: "ask", pins: [] };
}

describe("[S19] hello", () => {
  test("the proxy speaks first; a signed hello is welcomed, a second one closes with 4500", async () => {
    const page = await WirePage.open(client);
    expect(page.messages[0]?.action).toBe("challenge");
    expect(page.welcome).toMatchObject({ node: "n1", user: "owner", sessions: [] });
    await page.hello("x".repeat(43), Date.now() * 2, []);
    expect(await page.closed).toMatchObject({ code: 4500, reason: "second_hello" });
  });

  test("[HC2] a bad signature, a replayed one and another client's key are closed with 4501", async () => {
    const first = await WirePage.dial(client);
    const sig = await client.signHello(first.nonce, first.page.instanceId, 5);
    const replay = await WirePage.dial(client, { instanceId: first.page.instanceId });
    await replay.page.hello(replay.nonce, 5, [], sig);
    expect(await replay.page.closed).toMatchObject({ code: 4501 });
    const stranger = await pairClient(await proxy.pairUrl());
    const other = await WirePage.dial(client);
    await other.page.hello(other.nonce, 6, [], await stranger.signHello(other.nonce, other.page.instanceId, 6));
    expect(await other.page.closed).toMatchObject({ code: 4501 });
    await first.page.cut();
  });

  test("another first frame, text or binary, is closed with 4501", async () => {
    const text = await WirePage.dial(client);
    text.page.send(linkFrame("list_sessions", {}));
    expect(await text.page.closed).toMatchObject({ code: 4501, reason: "hello_expected" });
    const binary = await WirePage.dial(client);
    binary.page.sendFrame(encodePing(1));
    expect(await binary.page.closed).toMatchObject({ code: 4501 });
  });

  test("no hello within 5 s is closed with 4501", async () => {
    const { page } = await WirePage.dial(client);
    expect(await page.closed).toMatchObject({ code: 4501, reason: "hello_timeout" });
  });

  test("[WP24] an attempt that is not newer is closed with 4005 and changes nothing", async () => {
    const page = await WirePage.open(client);
    const stale = await WirePage.dial(client, { instanceId: page.instanceId });
    await stale.page.hello(stale.nonce, 7, []);
    expect(await stale.page.closed).toMatchObject({ code: 4005 });
    expect((await page.request(linkFrame("list_sessions", {}))).action).toBe("sessions");
    await page.close();
  });

  test("[WP24] a newer link of the same instance closes the older one with 4003", async () => {
    const old = await WirePage.open(client);
    const newer = await WirePage.open(client, { instanceId: old.instanceId });
    expect(await old.closed).toMatchObject({ code: 4003 });
    await newer.close();
  });

  test("[S11] signing out closes the client's links with 4501 at once", async () => {
    const leaving = await pairClient(await proxy.pairUrl());
    const page = await WirePage.open(leaving);
    expect((await signOut(leaving)).status).toBe(200);
    expect(await page.closed).toMatchObject({ code: 4501, reason: "client_revoked" });
  });

  test("[WP3] another version of the protocol is told so with 4502", async () => {
    const { page } = await WirePage.dial(client);
    page.socket.send(
      JSON.stringify({ v: 9, device: "-", session_id: "link", type: "system", action: "hello", payload: {} }),
    );
    expect(await page.closed).toMatchObject({ code: 4502 });
  });
});

describe("[WP4] malformed input closes that link only", () => {
  const envelope = { v: 1, device: "-", session_id: "link", type: "system" };
  test.each([
    ["no JSON", "{", 4500],
    ["no envelope", "{}", 4500],
    [
      "a bad payload",
      JSON.stringify({ ...envelope, session_id: "ui_state", action: "set_theme", payload: { theme: 7 } }),
      4500,
    ],
    [
      "__proto__",
      '{"v":1,"device":"-","session_id":"link","type":"system","action":"list_sessions","payload":{"__proto__":1}}',
      4500,
    ],
    ["nesting", `${"[".repeat(40)}${"]".repeat(40)}`, 4500],
    [
      "control beyond 64 KiB",
      JSON.stringify({ ...envelope, action: "list_sessions", payload: { x: "y".repeat(70_000) } }),
      4505,
    ],
    ["a message beyond 256 KiB", "x".repeat(300_000), 1009],
  ])("%s", async (_what, text, code) => {
    const witness = await WirePage.open(client);
    const page = await WirePage.open(client);
    page.socket.send(text);
    expect((await page.closed).code).toBe(code);
    expect((await witness.request(linkFrame("list_sessions", {}))).action).toBe("sessions");
    await witness.close();
  });

  test.each([
    ["an unknown kind", Uint8Array.from([0x7e, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0])],
    ["a truncated frame", Uint8Array.from([2, 0, 0])],
    ["an OUT frame of a page", Uint8Array.from([1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 65])],
    ["a channel that never was", encodeIn(9, 0, Buffer.from("x"))],
  ])("%s closes with 4500", async (_what, frame) => {
    const page = await WirePage.open(client);
    page.sendFrame(frame);
    expect((await page.closed).code).toBe(4500);
  });

  test("[WP5] a skippable unknown frame is passed over; [S26] an unknown action is answered unsupported", async () => {
    const page = await WirePage.open(client);
    page.sendFrame(Uint8Array.from([0x7e, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]));
    page.socket.send(JSON.stringify({ ...envelope, action: "make_coffee", id: "c1", payload: {} }));
    const error = await page.next("error");
    expect(error).toMatchObject({ re: "c1", payload: { code: "unsupported", reason: "action", retry: "no" } });
    await page.close();
  });

  test("[S25] credit overrun by the page: input beyond the grant and an ack beyond sent close with 4500", async () => {
    for (const frame of [
      (chan: number) => encodeIn(chan, 1_000_000, Buffer.from("x")),
      (chan: number) => encodeAck(chan, 1 << 30, 1 << 30),
    ]) {
      const page = await WirePage.open(client);
      const { payload } = await page.next("devices_changed");
      const session = await page.connect(payload.records[0]?.target as Target);
      page.sendFrame(frame(session.chan));
      expect((await page.closed).code).toBe(4500);
      const back = await WirePage.open(client, { instanceId: page.instanceId, sessions: [session.asRequest()] });
      expect(back.welcome?.sessions[0]?.status).toBe("resumed");
      session.resumeOn(back, back.welcome?.sessions[0] ?? {});
      await session.request("disconnect", {} as never);
      await back.close();
    }
  });

  test("more than 50 control messages a second close with 4004", async () => {
    const page = await WirePage.open(client);
    for (let i = 0; i < 300; i += 1) page.send(linkFrame("list_sessions", {}, { id: randomId() }));
    expect((await page.closed).code).toBe(4004);
  });
});

describe("shared state", () => {
  test("a theme set in one page is confirmed there, shown in the other, and survives a restart", async () => {
    const own = await startTestProxy();
    const who = await pairClient(await own.pairUrl());
    const [one, two] = [await WirePage.open(who), await WirePage.open(who)];
    expect(await one.setTheme("crt-amber", 0)).toMatchObject({
      action: "theme_changed",
      payload: { theme: "crt-amber", rev: 1 },
    });
    expect(await two.next("theme_changed")).toMatchObject({ payload: { theme: "crt-amber", rev: 1 } });
    // Online the order of arrival wins.
    expect(await two.setTheme("dark", 0)).toMatchObject({ payload: { theme: "dark", rev: 2 } });
    const again = await own.restart({ port: own.port });
    const three = await WirePage.open(who);
    expect((await three.next("theme_changed")).payload).toEqual({ theme: "dark", rev: 2 });
    // Made offline, before somebody else's change: a conflict with the current value.
    expect(await three.setTheme("light", 1)).toMatchObject({
      action: "error",
      payload: { code: "conflict", current: { theme: "dark", rev: 2 } },
    });
    await three.close();
    await again.stop();
  });

  test("layouts, panels and devices are kept per key; simulated devices cannot be edited", async () => {
    const page = await WirePage.open(client);
    const send = (message: Parameters<WirePage["request"]>[0]) => page.request(message);
    expect(await send(uiFrame("update_layout", { key: "wide", layout: { a: [1, 2] }, base_rev: 0 }))).toMatchObject({
      action: "layout_changed",
      payload: { key: "wide", layout: { a: [1, 2] }, rev: 1 },
    });
    expect(await send(uiFrame("set_panel_visibility", { panel: "bgp", visible: false, base_rev: 0 }))).toMatchObject({
      payload: { panel: "bgp", visible: false, rev: 1 },
    });
    const id = randomId();
    expect(await send(uiFrame("put_device", { record: record(id, "edge"), base_rev: 0 }))).toMatchObject({
      action: "devices_changed",
    });
    const edited = await send(uiFrame("put_device", { record: record(id, "edge 2"), base_rev: 1 }));
    expect(
      (edited as { payload: { records: { id: string; label: string }[] } }).payload.records.find((one) => one.id === id)
        ?.label,
    ).toBe("edge 2");
    expect(await send(uiFrame("remove_device", { id: "demo:r1", base_rev: 2 }))).toMatchObject({
      payload: { code: "invalid", reason: "simulated" },
    });
    expect(
      await send(uiFrame("update_layout", { key: "big", layout: { x: "y".repeat(60_000) }, base_rev: 0 })),
    ).toMatchObject({ action: "layout_changed" });
    const file = readdirSync(join(proxy.dataDir, "ui-state"))[0] ?? "";
    expect(await readFile(join(proxy.dataDir, "ui-state", file), "utf8")).not.toContain("demo:");
    await page.close();
  });

  test("[S23] a write that fails is told to who asked, and the value stays", async () => {
    const own = await startTestProxy();
    const page = await WirePage.open(await pairClient(await own.pairUrl()));
    await page.setTheme("dark", 0);
    const { rm, mkdir } = await import("node:fs/promises");
    const folder = join(own.dataDir, "ui-state");
    await rm(folder, { recursive: true });
    expect(await page.setTheme("light", 1)).toMatchObject({ payload: { code: "storage" } });
    await mkdir(folder);
    expect(await page.setTheme("light", 1)).toMatchObject({ payload: { theme: "light", rev: 2 } });
    await page.close();
    await own.stop();
  });

  test("damaged state stops the start with file and line, and the file stays as it is", async () => {
    const own = await startTestProxy();
    const page = await WirePage.open(await pairClient(await own.pairUrl()));
    await page.setTheme("dark", 0);
    await page.close();
    await own.close();
    const file = join(own.dataDir, "ui-state", readdirSync(join(own.dataDir, "ui-state"))[0] ?? "");
    await writeFile(file, '{"version":1,\n"theme": 5}');
    await expect(own.restart()).rejects.toThrow(/ui-state.*line 2: theme/);
    expect(await readFile(file, "utf8")).toContain('"theme": 5');
    await own.stop();
  });
});

describe("[WP36] leaving", () => {
  test("pages hear going_away, then the socket closes with 4001 and sessions end", async () => {
    const own = await startTestProxy({ demo: await startDemoLab({ seed: 6, pace: 0 }) });
    const page = await WirePage.open(await pairClient(await own.pairUrl()));
    const { payload } = await page.next("devices_changed");
    const session = await page.connect(payload.records[0]?.target as Target);
    own.drain(3);
    expect((await page.next("going_away")).payload).toEqual({ deadline_s: 3 });
    const refused = await page.settleConnect(page.startConnect(payload.records[0]?.target as Target));
    expect(refused.payload).toMatchObject({ code: "overloaded", reason: "draining" });
    await own.stop();
    expect(await page.closed).toMatchObject({ code: 4001 });
    expect(session.recv).toBeGreaterThan(0);
  });
});
