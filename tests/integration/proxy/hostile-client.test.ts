/** Paired but hostile clients: what they do not read or grant stands still at the device, and nobody else notices. */
import { createHash } from "node:crypto";
import type { Socket } from "node:net";
import type { ServerChannel } from "ssh2";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { linkFrame } from "#protocol/builders.ts";
import { encodeAck } from "#protocol/frames.ts";
import { OUT_WINDOW_BYTES, SSH_WINDOW_BYTES, TERMINAL_RING_BYTES } from "#protocol/limits.ts";
import { at, HostileBench } from "#support/hostile-bench.ts";
import { type OddDevice, startOddDevice } from "#support/odd-device.ts";
import { auditOf } from "#support/wire-admin.ts";
import { WirePage } from "#support/wire-client.ts";
import { pairClient, randomId } from "#support/wire-pairing.ts";
import type { WireSession } from "#support/wire-session.ts";

/** What one write of the device has. */
const PIECE_BYTES = 16 * 1024;
/** The figure of the design: the ring, the SSH window before it, and the piece that is on its way. */
const HELD_BYTES = TERMINAL_RING_BYTES + SSH_WINDOW_BYTES + PIECE_BYTES;
/** Garbage of this process, which is proxy, device and client in one. */
const RSS_BYTES = 96 * 1024 * 1024;
/** Far more than anything on the way may hold. */
const FLOOD_BYTES = 48 * 1024 * 1024;
/** The device counts as standing still when nothing moves over as many round trips of the other session. */
const STILL_ROUNDS = 10;

let bench: HostileBench;
beforeAll(async () => {
  bench = await HostileBench.start();
});
afterEach(() => bench.after());
afterAll(() => bench.stop());

/** A device that says as much as it can, and counts what was taken from it. */
class Flood {
  taken = 0;
  readonly hash = createHash("sha256");
  #stopped = false;

  readonly shell = (channel: ServerChannel): void => {
    const next = (): void => {
      if (this.#stopped || this.taken >= FLOOD_BYTES) return;
      const piece = Buffer.alloc(PIECE_BYTES, `${this.taken} bytes came before this line\n`);
      channel.write(piece, (error) => {
        if (error) return;
        this.taken += PIECE_BYTES;
        this.hash.update(piece);
        next();
      });
    };
    next();
  };

  stop(): void {
    this.#stopped = true;
  }
}

/** A client of its own, with a session at a flooding device that is attached and has not been read so far. */
async function attacker(options: { acking: boolean }) {
  const flood = new Flood();
  const device: OddDevice = await startOddDevice({ shell: flood.shell });
  const page = await WirePage.open(await pairClient(await bench.proxy.pairUrl()));
  const socket = (page.socket as unknown as { _socket: Socket })._socket;
  const rss = process.memoryUsage().rss;
  const started = page.startConnect(at(device.port), { window: OUT_WINDOW_BYTES });
  const outcome = await page.settleConnect(started);
  if (outcome.action !== "connected") throw new Error("not connected");
  const session = page.adopt(outcome, started.device, started.session_id);
  session.acking = options.acking;
  // What came before the session was taken up is acknowledged already.
  const acked = session.recv;
  const end = async () => {
    flood.stop();
    socket.resume();
    await page.cut();
    await device.stop();
  };
  return { flood, page, socket, session, acked, rss, end };
}

/** Waits until the device can send no more, while another session echoes. */
async function standsStill(flood: Flood, meanwhile: () => void = () => {}): Promise<number> {
  for (let same = 0, before = -1; same < STILL_ROUNDS; ) {
    meanwhile();
    await bench.stillEchoes();
    same = flood.taken === before && before > 0 ? same + 1 : 0;
    before = flood.taken;
  }
  return flood.taken;
}

function memoryIsBounded(rss: number): void {
  const grown = process.memoryUsage().rss - rss;
  console.log(`hostile: HC1: memory grew by ${Math.round(grown / 1024 / 1024)} MiB`);
  expect(grown).toBeLessThan(RSS_BYTES);
}

/** All that was taken from the device arrives, in order and whole. */
async function arrivesWhole(flood: Flood, session: WireSession): Promise<void> {
  flood.stop();
  await session.page.until(() => (session.recv >= flood.taken ? true : undefined), "the rest of the output");
  await expect.poll(() => session.recv).toBe(flood.taken);
  expect(session.hash.copy().digest("hex")).toBe(flood.hash.copy().digest("hex"));
}

describe("[HC1] [S25] a client that does not read", () => {
  test("never reads, whatever it has granted: the device stands still within the ring, nothing is lost", async () => {
    const { flood, socket, session, rss, page, end } = await attacker({ acking: true });
    socket.pause();
    page.sendFrame(encodeAck(session.chan, session.recv, Number.MAX_SAFE_INTEGER));
    // Bytes on their way to a client stay in the ring until it has them.
    expect(await standsStill(flood)).toBeLessThanOrEqual(session.recv + HELD_BYTES);
    memoryIsBounded(rss);
    socket.resume();
    await arrivesWhole(flood, session);
    await end();
  });

  test("reads a byte at a time: no more is taken from the device than it acknowledges", async () => {
    const { flood, socket, session, rss, end } = await attacker({ acking: true });
    socket.pause();
    const drop = socket.listeners("data");
    socket.removeAllListeners("data");
    let read = 0;
    const taken = await standsStill(flood, () => {
      read += (socket.read(1) as Buffer | null)?.length ?? 0;
    });
    expect(read).toBeGreaterThan(0);
    expect(taken).toBeLessThanOrEqual(session.recv + HELD_BYTES);
    memoryIsBounded(rss);
    for (const listener of drop) socket.on("data", listener as (chunk: Buffer) => void);
    await end();
  });

  test("asks and never reads the answers: its link is closed with 4004 once they fill its queue", async () => {
    const { socket, page, session, rss, end } = await attacker({ acking: false });
    for (let i = 0; i < 60; i += 1) {
      const label = `${i} ${"long name ".repeat(11)}`;
      await page.request(linkFrame("rename_client", { client_id: page.client.clientId, label }));
    }
    socket.pause();
    for (let sent = 0; sent < 5_000 && page.socket.readyState === page.socket.OPEN; sent += 20) {
      for (let i = 0; i < 20; i += 1) page.send(linkFrame("list_audit", { limit: 100 }, { id: randomId() }));
      await bench.stillEchoes();
    }
    // The word itself waits behind what is not read: it is cut off, and the audit has the code.
    await page.closed;
    const closed = (await auditOf(bench.page, "link.closed")).filter((line) => line.client === page.client.clientId);
    expect(closed.map(({ close }) => close)).toEqual([4004]);
    memoryIsBounded(rss);
    // Its sessions stay, for a link that reads.
    const again = await WirePage.open(page.client, { instanceId: page.instanceId, sessions: [session.asRequest()] });
    expect(again.welcome?.sessions[0]).toMatchObject({ status: expect.stringMatching(/resumed|gap/) });
    await again.close();
    await end();
  });
});

describe("[HC1] [S25] a client and its credit", () => {
  test("never grants more: it gets what it granted and not a byte beyond; once it does, all the rest", async () => {
    const { flood, session, acked, rss, page, end } = await attacker({ acking: false });
    expect(await standsStill(flood)).toBeLessThanOrEqual(acked + HELD_BYTES);
    expect(session.recv).toBe(acked + OUT_WINDOW_BYTES);
    memoryIsBounded(rss);
    expect(page.socket.readyState).toBe(page.socket.OPEN);
    session.acking = true;
    session.ack();
    await arrivesWhole(flood, session);
    await end();
  });

  test("takes its grant back, to nothing: what is sent stays sent, and nothing follows", async () => {
    const { flood, session, acked, page, end } = await attacker({ acking: false });
    await page.until(() => (session.recv > 0 ? true : undefined), "first output");
    page.sendFrame(encodeAck(session.chan, acked, 0));
    expect(await standsStill(flood)).toBeLessThanOrEqual(acked + HELD_BYTES);
    expect(session.recv).toBeLessThanOrEqual(acked + OUT_WINDOW_BYTES);
    session.acking = true;
    session.ack();
    await arrivesWhole(flood, session);
    await end();
  });

  test("grants without measure and acknowledges nothing: the ring is the end of it", async () => {
    const { flood, session, acked, rss, page, end } = await attacker({ acking: false });
    page.sendFrame(encodeAck(session.chan, acked, Number.MAX_SAFE_INTEGER));
    expect(await standsStill(flood)).toBeLessThanOrEqual(acked + HELD_BYTES);
    expect(session.recv).toBeLessThanOrEqual(acked + TERMINAL_RING_BYTES);
    memoryIsBounded(rss);
    session.acking = true;
    session.ack();
    await arrivesWhole(flood, session);
    await end();
  });

  test("acknowledges what was never sent: 4500, its session waits for another link, no other link closes", async () => {
    const { session, page, end } = await attacker({ acking: false });
    page.sendFrame(encodeAck(session.chan, Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER));
    expect(await page.closed).toEqual({ code: 4500, reason: "ack_beyond_sent" });
    const again = await WirePage.open(page.client, { instanceId: page.instanceId, sessions: [session.asRequest()] });
    expect(again.welcome?.sessions[0]).toMatchObject({ status: "resumed" });
    await again.close();
    await end();
  });
});
