import { afterEach, describe, expect, test, vi } from "vitest";
import { INPUT_QUEUE_BYTES } from "#protocol/limits.ts";
import type { BytesToPage, BytesToWorker } from "#workers/host-api.ts";
import { TerminalPort } from "#workers/terminal-port.ts";

const ports: MessagePort[] = [];
afterEach(() => {
  for (const port of ports.splice(0)) port.close();
});

function setUp() {
  const port = new TerminalPort();
  const heard = { input: [] as string[], applied: [] as number[], have: [] as [string | null, number][] };
  port.serve({
    input: (bytes) => heard.input.push(new TextDecoder().decode(bytes)),
    applied: (bytes) => heard.applied.push(bytes),
    have: (stream, pos) => heard.have.push([stream, pos]),
  });
  const attach = (stream: string | null, pos: number) => {
    const { port1, port2 } = new MessageChannel();
    ports.push(port1, port2);
    const got: BytesToPage[] = [];
    port1.addEventListener("message", (event) => void got.push(event.data as BytesToPage));
    port1.start();
    port.attach(port2);
    const tell = (message: BytesToWorker) => port1.postMessage(message);
    tell({ t: "have", stream, pos });
    return { got, tell };
  };
  return { port, heard, attach };
}

const body = (text: string): ArrayBuffer => new TextEncoder().encode(text).buffer;
const text = (bytes: ArrayBuffer): string => new TextDecoder().decode(bytes);
const kinds = (messages: readonly BytesToPage[]): string[] => messages.map(({ t }) => t);

describe("terminal port [WP6]", () => {
  test("bytes are moved, not copied: nothing of them stays behind", async () => {
    const { port, attach } = setUp();
    const page = attach(null, 0);
    port.begin("s1", 0, true);
    const bytes = body("hello");
    port.out(0, bytes);
    expect(bytes.byteLength).toBe(0);
    await vi.waitFor(() => expect(kinds(page.got)).toEqual(["begin", "out"]));
    expect(page.got[1]).toMatchObject({ t: "out", pos: 0, replay: false });
  });

  test("[I1] output that comes between a page's port and its first word stays behind what waited for the page", async () => {
    const { port, heard, attach } = setUp();
    port.begin("s1", 0, true);
    const page = attach(null, 0);
    port.out(0, body("prompt#"), true);
    await vi.waitFor(() => expect(heard.have).toHaveLength(1));
    port.out(7, body("x"));
    await vi.waitFor(() => expect(kinds(page.got)).toEqual(["begin", "out", "restoring", "out"]));
    expect(heard.have).toEqual([[null, 0]]);
  });

  test("[I1] [U97] what lies before the screen's beginning is told as lost; what the page had before this worker is not", async () => {
    const { port, attach } = setUp();
    const page = attach(null, 0);
    port.begin("s1", 500, true);
    port.gap(0, 500);
    port.out(500, body("x"));
    await vi.waitFor(() => expect(kinds(page.got)).toEqual(["begin", "gap", "out"]));
    expect(page.got[1]).toEqual({ t: "gap", from: 0, to: 500 });
    const next = setUp();
    const kept = next.attach("s1", 501);
    await vi.waitFor(() => expect(next.heard.have).toHaveLength(1));
    next.port.gap(0, 500);
    next.port.out(501, body("y"));
    await vi.waitFor(() => expect(kinds(kept.got)).toEqual(["out"]));
  });

  test("[WP31] [S82] what another page had is not answered again, and gives credit like any output", async () => {
    const { port, heard, attach } = setUp();
    const page = attach(null, 0);
    port.begin("s1", 0, true);
    port.out(0, body("abc"), true);
    port.out(3, body("d"));
    await vi.waitFor(() => expect(kinds(page.got)).toEqual(["begin", "out", "restoring", "out"]));
    expect(page.got).toMatchObject([{}, { pos: 0, replay: true }, { done: 0, total: 0 }, { pos: 3, replay: false }]);
    page.tell({ t: "applied", pos: 3 });
    await vi.waitFor(() => expect(heard.applied).toEqual([3]));
  });

  test("what comes before a page is there waits for it, in order", async () => {
    const { port, attach } = setUp();
    port.begin("s1", 0, true);
    port.out(0, body("abc"));
    port.note("n");
    const page = attach(null, 0);
    await vi.waitFor(() => expect(kinds(page.got)).toEqual(["begin", "out", "note"]));
  });

  test("a terminal that is closed has nothing any more, and what follows waits for the next one", async () => {
    const { port, attach, heard } = setUp();
    const first = attach(null, 0);
    await vi.waitFor(() => expect(heard.have).toHaveLength(1));
    port.begin("s1", 0, true);
    port.out(0, body("abc"));
    await vi.waitFor(() => expect(kinds(first.got)).toEqual(["begin", "out"]));
    first.tell({ t: "closed" });
    await vi.waitFor(() => expect(port.have).toEqual({ stream: null, pos: 0 }));
    port.begin("s1", 3, true);
    port.out(3, body("def"));
    const second = attach(null, 0);
    await vi.waitFor(() => expect(kinds(second.got)).toEqual(["begin", "out"]));
    expect(second.got[1]).toMatchObject({ pos: 3 });
  });

  test("[WP9] credit counts bytes that were drawn, never the positions of a gap, and each byte once", async () => {
    const { port, attach, heard } = setUp();
    const page = attach(null, 0);
    port.begin("s1", 0, true);
    port.out(0, body("aaaa"));
    port.gap(4, 100);
    port.out(100, body("bbbb"));
    page.tell({ t: "applied", pos: 2 });
    page.tell({ t: "applied", pos: 2 });
    page.tell({ t: "applied", pos: 4 });
    page.tell({ t: "applied", pos: 103 });
    page.tell({ t: "applied", pos: 1_000_000 });
    await vi.waitFor(() => expect(heard.applied).toEqual([2, 2, 3, 1]));
  });

  test("a new stream owes nothing for the one before", async () => {
    const { port, attach, heard } = setUp();
    const page = attach(null, 0);
    port.begin("s1", 0, true);
    port.out(0, body("aaaa"));
    port.begin("s2", 0, false);
    port.out(0, body("bb"));
    page.tell({ t: "applied", pos: 2 });
    await vi.waitFor(() => expect(heard.applied).toEqual([2]));
  });

  test("[U97] a page's first word on a new port tells what it has", async () => {
    const { port, attach, heard } = setUp();
    attach("s1", 77);
    await vi.waitFor(() => expect(heard.have).toEqual([["s1", 77]]));
    expect(port.have).toEqual({ stream: "s1", pos: 77 });
    port.out(77, body("abc"));
    expect(port.have).toEqual({ stream: "s1", pos: 80 });
  });

  test("[U97] what the page has is not given to it again, and counts as drawn", async () => {
    const { port, attach, heard } = setUp();
    const page = attach("s1", 100);
    await vi.waitFor(() => expect(heard.have).toHaveLength(1));
    port.out(90, body("0123456789"));
    port.out(96, body("6789abc"), true);
    port.gap(98, 110);
    port.gap(90, 105);
    port.out(110, body("end"));
    page.tell({ t: "applied", pos: 113 });
    await vi.waitFor(() => expect(heard.applied).toEqual([10, 4, 6]));
    const given = page.got.map((message) => (message.t === "out" ? [message.pos, text(message.body)] : message));
    expect(given).toEqual([
      [100, "abc"],
      { t: "restoring", done: 0, total: 0 },
      { t: "gap", from: 103, to: 110 },
      [110, "end"],
    ]);
  });

  test("what is typed while no session serves the port waits for one", async () => {
    const { port, attach, heard } = setUp();
    port.serve(null);
    const page = attach(null, 0);
    page.tell({ t: "in", body: body("ls\r") });
    page.tell({ t: "in", body: body("id\r") });
    await vi.waitFor(() => expect(port.have.pos).toBe(0));
    await new Promise((resolve) => setImmediate(resolve));
    port.serve({ input: (bytes) => heard.input.push(new TextDecoder().decode(bytes)), applied() {}, have() {} });
    await vi.waitFor(() => expect(heard.input).toEqual(["ls\r", "id\r"]));
  });

  test("[U97] the page is told how much of its input is with the proxy; what waits for a session is not", async () => {
    const { port, attach, heard } = setUp();
    const page = attach(null, 0);
    page.tell({ t: "in", body: body("abc") });
    await vi.waitFor(() => expect(heard.input).toEqual(["abc"]));
    port.settle();
    port.settle();
    port.serve(null);
    page.tell({ t: "in", body: body("de") });
    page.tell({ t: "applied", pos: 0 });
    await new Promise((resolve) => setImmediate(resolve));
    port.settle();
    port.serve({ input: (bytes) => heard.input.push(new TextDecoder().decode(bytes)), applied() {}, have() {} });
    await vi.waitFor(() => expect(heard.input).toEqual(["abc", "de"]));
    port.settle();
    await vi.waitFor(() => expect(page.got).toEqual([3, 5].map((bytes) => ({ t: "taken", bytes }))));
  });

  test("[U97] whoever has no session yet takes no input: it waits until there is one", async () => {
    const { port, attach, heard } = setUp();
    port.serve(null);
    const page = attach(null, 0);
    page.tell({ t: "in", body: body("ls") });
    const events = {
      input: (bytes: Uint8Array) => heard.input.push(text(bytes.slice().buffer)),
      applied() {},
      have() {},
    };
    await new Promise((resolve) => setImmediate(resolve));
    port.serve(events, "later");
    page.tell({ t: "in", body: body("id") });
    await new Promise((resolve) => setImmediate(resolve));
    expect(heard.input).toEqual([]);
    port.takeInput();
    await vi.waitFor(() => expect(heard.input).toEqual(["ls", "id"]));
  });

  test("[WP16] what waits for a session is bounded, and what does not fit is told", async () => {
    const { port, attach, heard } = setUp();
    port.serve(null);
    const page = attach(null, 0);
    page.tell({ t: "in", body: new ArrayBuffer(INPUT_QUEUE_BYTES - 2) });
    page.tell({ t: "in", body: body("abc") });
    page.tell({ t: "in", body: body("id") });
    await vi.waitFor(() =>
      expect(page.got).toMatchObject([{ t: "note", text: expect.stringMatching(/^3 bytes of input did not fit/) }]),
    );
    await new Promise((resolve) => setImmediate(resolve));
    port.serve({ input: (bytes) => heard.input.push(new TextDecoder().decode(bytes)), applied() {}, have() {} });
    expect(heard.input).toHaveLength(2);
    expect(heard.input[1]).toBe("id");
  });

  test("[S72] a secret is known as one, also when it waited", async () => {
    const { port, attach } = setUp();
    port.serve(null);
    const page = attach(null, 0);
    const hidden: boolean[] = [];
    page.tell({ t: "in", body: body("pw"), hidden: true });
    await vi.waitFor(() => expect(port.have.pos).toBe(0));
    await new Promise((resolve) => setImmediate(resolve));
    port.serve({ input: (_bytes, secret) => void hidden.push(secret), applied() {}, have() {} });
    page.tell({ t: "in", body: body("ls") });
    page.tell({ t: "in", body: body("pw"), hidden: true });
    await vi.waitFor(() => expect(hidden).toEqual([true, false, true]));
  });

  test("messages of a port that was replaced change nothing", async () => {
    const { attach, heard } = setUp();
    const old = attach(null, 0);
    const fresh = attach("s2", 5);
    old.tell({ t: "in", body: body("late") });
    fresh.tell({ t: "in", body: body("now") });
    await vi.waitFor(() => expect(heard.input).toEqual(["now"]));
  });
});
