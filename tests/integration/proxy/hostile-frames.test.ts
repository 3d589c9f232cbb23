/** A share of the fuzzed frames through a real proxy: sockets, gateway, sessions and a device behind them [HC1]. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { CLOSE } from "#protocol/close-codes.ts";
import { encodeIn } from "#protocol/frames.ts";
import { MAX_MESSAGE_BYTES } from "#protocol/limits.ts";
import { type Acked, ackedBy, earned, NOTHING_ACKED, newInput, nextFrame } from "#support/fuzzed-frames.ts";
import { at, HostileBench } from "#support/hostile-bench.ts";
import { hostileCount } from "#support/hostile-count.ts";
import { type OddDevice, startOddDevice } from "#support/odd-device.ts";
import { chosenSeed, seededRandom } from "#support/seeded-random.ts";
import { WirePage } from "#support/wire-client.ts";
import { pairClient } from "#support/wire-pairing.ts";

/** RFC 6455, section 7.4.1. */
const MESSAGE_TOO_BIG = 1009;
/** All that the device says; then it listens. */
const SENT_BYTES = 1_000;
/** Frames sent at once at most: their input fits what is granted while the device takes it. */
const VOLLEY = 50;
/** As in the test of the link alone; here the process is proxy, device and client in one. */
const RSS_BUDGET_BYTES = 512 * 1024 * 1024;
const ATTACK_MS = 300_000;
const seed = chosenSeed();
const random = seededRandom(seed);
console.log(`hostile frames over sockets: seed ${seed}`);

let bench: HostileBench;
let device: OddDevice;
/** What the device got. */
const got: Buffer[] = [];
beforeAll(async () => {
  bench = await HostileBench.start({ upgrades_per_client_per_min: 100_000, upgrades_per_client_burst: 10_000 });
  device = await startOddDevice({
    shell: (channel) => {
      channel.on("data", (bytes: Buffer) => void got.push(bytes));
      channel.write(Buffer.alloc(SENT_BYTES, "x"));
    },
  });
});
afterAll(async () => {
  await bench.stop();
  await device.stop();
});

test(
  "each volley goes on or ends the link with the stated code, its session resumes where it was, and others go on echoing",
  async () => {
    const count = hostileCount("HC1 fuzzed frames over sockets", 6_000, 60_000);
    const client = await pairClient(await bench.proxy.pairUrl(), "attacker");
    let page = await WirePage.open(client);
    const session = await page.connect(at(device.port));
    await page.until(() => (session.recv === SENT_BYTES ? true : undefined), "what the device says");
    session.acking = false;
    const before = process.memoryUsage().rss;
    const ends = new Map<number | "goes on", number>();
    let expected = Buffer.alloc(0);
    let links = 0;
    /** The session on a new link, where nothing is acknowledged yet; the proxy has taken what the oracle says, not more. */
    const reopen = async (): Promise<void> => {
      const { instanceId } = page;
      page = await WirePage.open(client, { instanceId, sessions: [session.asRequest()] });
      const [state] = page.welcome?.sessions ?? [];
      expect(state, `seed ${seed}`).toMatchObject({ status: "resumed", in_next: expected.length });
      session.resumeOn(page, state ?? {});
      session.inNext = expected.length;
      session.accepted = expected.length;
      links += 1;
      if (links % 20 === 0) await bench.stillEchoes();
    };
    await page.cut();
    await reopen();
    let acked: Acked = NOTHING_ACKED;
    for (let sent = 0; sent < count; ) {
      const { chan } = session;
      const volley: string[] = [];
      let verdict: number | "goes on" = "goes on";
      const added: Uint8Array[] = [];
      let next = expected.length;
      while (verdict === "goes on" && volley.length < VOLLEY && sent < count) {
        const standing = { chan, next, grant: Number.MAX_SAFE_INTEGER, sent: SENT_BYTES, acked };
        const frame = sent % 1_000 === 999 ? new Uint8Array(MAX_MESSAGE_BYTES + 1) : nextFrame(random, standing);
        // Of a message that is too large the WebSocket layer lets nothing through to the decoder.
        verdict = frame.length > MAX_MESSAGE_BYTES ? MESSAGE_TOO_BIG : earned(frame, standing);
        page.sendFrame(frame);
        volley.push(Buffer.from(frame.subarray(0, 64)).toString("hex"));
        sent += 1;
        ends.set(verdict, (ends.get(verdict) ?? 0) + 1);
        if (verdict !== "goes on") break;
        const input = newInput(frame, next);
        added.push(input);
        next += input.length;
        acked = ackedBy(frame) ?? acked;
      }
      expected = Buffer.concat([expected, ...added]);
      if (verdict === "goes on") {
        // All of it has arrived, and the device has room for the next volley.
        await page.until(
          () => (session.accepted === expected.length ? true : undefined),
          `seed ${seed}: ${volley.join(" ")}`,
        );
        continue;
      }
      // Nothing that comes after what ends the link has an effect.
      page.sendFrame(encodeIn(chan, next, Uint8Array.of(1)));
      const { code } = await page.closed;
      if (code !== verdict) expect.fail(`seed ${seed}: ${volley.join(" ")}: ${code}, not ${verdict}`);
      await reopen();
      acked = NOTHING_ACKED;
    }
    await page.until(() => (session.accepted === expected.length ? true : undefined), "all input to be taken");
    await expect.poll(() => got.reduce((sum, bytes) => sum + bytes.length, 0)).toBe(expected.length);
    expect(Buffer.concat(got).equals(expected)).toBe(true);
    await bench.stillEchoes();
    const grown = process.memoryUsage().rss - before;
    const told = [...ends].map(([end, times]) => `${end}: ${times}`).join(", ");
    console.log(
      `hostile: HC1 over sockets: ${told}; ${links} links; memory grew by ${Math.round(grown / 1024 / 1024)} MiB`,
    );
    expect(new Set(ends.keys())).toEqual(new Set([CLOSE.protocol, MESSAGE_TOO_BIG, "goes on"]));
    expect(grown).toBeLessThan(RSS_BUDGET_BYTES);
    await page.close();
  },
  ATTACK_MS,
);
