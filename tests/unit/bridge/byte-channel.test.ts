import { describe, expect, test } from "vitest";
import { PortChannel } from "#bridge/byte-channel.ts";
import type { BytesToPage, BytesToWorker, TakenBytes } from "#workers/host-api.ts";

class FakePort {
  readonly sent: BytesToWorker[] = [];
  closed = false;
  #listener: (event: MessageEvent) => void = () => {};
  addEventListener(_type: "message", listener: (event: MessageEvent) => void): void {
    this.#listener = listener;
  }
  start(): void {}
  postMessage(message: unknown): void {
    this.sent.push(message as BytesToWorker);
  }
  close(): void {
    this.closed = true;
  }
  give(data: BytesToPage | TakenBytes): void {
    this.#listener({ data } as MessageEvent);
  }
}

const out = (pos: number, text: string): BytesToPage => {
  return { t: "out", pos, body: new TextEncoder().encode(text).buffer, replay: false };
};

describe("byte channel", () => {
  test("[U97] a new worker hears what the page has, then what was typed meanwhile", () => {
    const channel = new PortChannel(() => {});
    const first = new FakePort();
    channel.bind(first);
    expect(first.sent).toEqual([{ t: "have", stream: null, pos: 0 }]);
    first.give({ t: "begin", stream: "s1", pos: 100, clear: true });
    first.give(out(100, "abc"));
    first.give({ t: "gap", from: 103, to: 110 });
    first.give(out(110, "de"));
    channel.applied(103);
    channel.unbind();
    expect(first.closed).toBe(true);
    channel.send(new TextEncoder().encode("x"));
    const second = new FakePort();
    channel.bind(second);
    expect(second.sent).toEqual([
      { t: "have", stream: "s1", pos: 112 },
      { t: "applied", pos: 103 },
      { t: "in", body: new TextEncoder().encode("x").buffer },
    ]);
  });

  test("[U97] input that a worker had and did not bring to the proxy is told when it is gone, and not typed again", () => {
    const channel = new PortChannel(() => {});
    const notes: string[] = [];
    channel.onMessage((message) => void (message.t === "note" && notes.push(message.text)));
    const type = (text: string): void => channel.send(new TextEncoder().encode(text));
    const [first, second] = [new FakePort(), new FakePort()];
    channel.bind(first);
    type("abc");
    first.give({ t: "taken", bytes: 3 });
    type("de");
    channel.unbind();
    expect(notes).toEqual(["2 bytes typed just before may be lost: the app's worker was replaced"]);
    // What is typed meanwhile waits for the next one.
    type("f");
    channel.bind(second);
    expect(second.sent.filter(({ t }) => t === "in")).toHaveLength(1);
    second.give({ t: "taken", bytes: 1 });
    channel.unbind();
    channel.bind(new FakePort());
    type("g");
    channel.close();
    expect(notes).toHaveLength(1);
  });

  test("messages wait for the first listener and keep their order", () => {
    const channel = new PortChannel(() => {});
    const port = new FakePort();
    channel.bind(port);
    port.give({ t: "begin", stream: "s1", pos: 0, clear: true });
    port.give(out(0, "a"));
    const heard: string[] = [];
    const stop = channel.onMessage((message) => heard.push(message.t));
    port.give(out(1, "b"));
    stop();
    expect(heard).toEqual(["begin", "out", "out"]);
  });

  test("messages of a port that was replaced change nothing", () => {
    const channel = new PortChannel(() => {});
    const old = new FakePort();
    channel.bind(old);
    channel.unbind();
    old.give({ t: "begin", stream: "late", pos: 5, clear: true });
    const fresh = new FakePort();
    channel.bind(fresh);
    expect(fresh.sent[0]).toEqual({ t: "have", stream: null, pos: 0 });
  });

  test("sent bytes are a copy: the caller may reuse its array", () => {
    const channel = new PortChannel(() => {});
    const port = new FakePort();
    channel.bind(port);
    const bytes = new Uint8Array([1, 2, 3, 4]);
    channel.send(bytes.subarray(1, 3));
    bytes.fill(9);
    expect(port.sent.at(-1)).toEqual({ t: "in", body: new Uint8Array([2, 3]).buffer });
  });
});
