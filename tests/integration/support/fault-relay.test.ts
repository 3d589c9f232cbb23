import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type FaultRelay, startFaultRelay } from "#support/fault-relay.ts";

/** A far end that keeps what it got and lets the test answer. */
interface FarEnd {
  readonly server: Server;
  readonly sockets: Socket[];
  received(): string;
}

async function startFarEnd(): Promise<FarEnd> {
  const sockets: Socket[] = [];
  let text = "";
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    sockets.push(socket);
    socket.on("data", (data) => {
      text += data.toString("latin1");
    });
    socket.on("error", () => undefined);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return { server, sockets, received: () => text };
}

describe("fault relay", () => {
  let far: FarEnd;
  let relay: FaultRelay;
  const clients: Socket[] = [];

  async function join(): Promise<Socket> {
    const client = connect({ host: relay.host, port: relay.port, allowHalfOpen: true });
    clients.push(client);
    const count = relay.connections.length + 1;
    await once(client, "connect");
    await relay.until((r) => r.connections.length >= count);
    return client;
  }
  function connection(index = 0) {
    const one = relay.connections[index];
    if (one === undefined) throw new Error(`no connection ${index}`);
    return one;
  }
  async function farSocket(): Promise<Socket> {
    const [socket] = far.sockets;
    if (socket !== undefined) return socket;
    // the listener above stores the socket before this one runs
    await once(far.server, "connection");
    return farSocket();
  }

  beforeEach(async () => {
    far = await startFarEnd();
    // a TCP server that listens has an AddressInfo
    relay = await startFaultRelay({ host: "127.0.0.1", port: (far.server.address() as AddressInfo).port });
  });
  afterEach(async () => {
    for (const socket of [...clients, ...far.sockets]) socket.destroy();
    clients.length = 0;
    await relay.stop();
    await new Promise((resolve) => far.server.close(resolve));
  });

  it("passes bytes both ways and counts them", async () => {
    const client = await join();
    client.write("to the device");
    await relay.until((r) => r.connections[0]?.up.delivered === 13);
    (await farSocket()).write("back");
    const [data] = await once(client, "data");
    expect(String(data)).toBe("back");
    expect(connection()).toMatchObject({ up: { received: 13, delivered: 13 }, down: { received: 4, delivered: 4 } });
  });

  it("cuts after exactly N bytes", async () => {
    const client = await join();
    const socket = await farSocket();
    relay.cutAfter("up", 5);
    const ended = once(socket, "end");
    client.write("123456789");
    await ended;
    expect(far.received()).toBe("12345");
    expect(connection()).toMatchObject({ open: false, up: { delivered: 5 } });
  });

  it("cuts once: the next connection is whole", async () => {
    relay.cutAfter("up", 1);
    const first = await join();
    first.on("error", () => undefined);
    first.write("ab");
    await relay.until((r) => r.connections[0]?.open === false);
    const second = await join();
    second.write("cd");
    await relay.until((r) => r.connections[1]?.up.delivered === 2);
    expect(connection(1).open).toBe(true);
  });

  it("holds bytes and FIN in a black hole and lets them go afterwards", async () => {
    const client = await join();
    const socket = await farSocket();
    relay.blackHole(true);
    client.end("lost for now");
    await relay.until((r) => r.connections[0]?.up.received === 12);
    expect(connection()).toMatchObject({ open: true, up: { delivered: 0 } });
    expect(socket.readableEnded).toBe(false);
    relay.blackHole(false);
    await once(socket, "end");
    expect(far.received()).toBe("lost for now");
  });

  it("closes one direction and keeps the other", async () => {
    const client = await join();
    const socket = await farSocket();
    const ended = once(socket, "end");
    relay.halfClose("up");
    await ended;
    socket.write("still here");
    const [data] = await once(client, "data");
    expect(String(data)).toBe("still here");
  });

  it("resets both sides", async () => {
    const client = await join();
    const socket = await farSocket();
    const errors = Promise.all([once(client, "error"), once(socket, "error")]);
    relay.reset();
    const [[atClient], [atServer]] = await errors;
    expect(atClient).toMatchObject({ code: "ECONNRESET" });
    expect(atServer).toMatchObject({ code: "ECONNRESET" });
  });

  it("drips in small pieces and keeps order and every byte", async () => {
    const client = await join();
    const socket = await farSocket();
    relay.drip(3, 1, "down");
    const pieces: string[] = [];
    client.on("data", (data) => pieces.push(String(data)));
    socket.end("abcdefghij");
    await once(client, "end");
    expect(pieces.join("")).toBe("abcdefghij");
    expect(connection().down.delivered).toBe(10);
  });

  it("delays without reordering, and clearing lets waiting bytes go at once", async () => {
    const client = await join();
    await farSocket();
    // far longer than the test may take: only clear() can let the bytes through
    relay.delay(3_600_000, "up");
    client.write("one");
    await relay.until((r) => r.connections[0]?.up.received === 3);
    expect(connection().up.delivered).toBe(0);
    relay.clear();
    client.write("two");
    await relay.until((r) => r.connections[0]?.up.delivered === 6);
    client.end();
    await once(await farSocket(), "end");
    expect(far.received()).toBe("onetwo");
  });

  it("refuses while told to", async () => {
    relay.refuse(true);
    const client = connect(relay.port, relay.host);
    clients.push(client);
    const [error] = await once(client, "error");
    expect(error).toMatchObject({ code: "ECONNRESET" });
    expect(relay.connections).toHaveLength(0);
    relay.refuse(false);
    await join();
    expect(connection().open).toBe(true);
  });

  it("stops reading a sender whose bytes go nowhere", async () => {
    const client = await join();
    relay.blackHole(true);
    const block = Buffer.alloc(64 * 1024);
    while (client.write(block)) {
      // until the client's own buffer is full
    }
    for (let i = 0; i < 400; i++) client.write(block);
    await relay.until((r) => (r.connections[0]?.up.received ?? 0) >= 256 * 1024);
    // 25 MB were offered; the queue takes its limit and at most one more chunk
    expect(connection().up.received).toBeLessThan(1024 * 1024);
  });
});
