/** The whole page without a browser, a broken network, the proxy and OpenSSH: every byte once, both ways [I1] [I2]. */
import { createHash } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { commands } from "#bridge/commands.ts";
import { type FaultRelay, startFaultRelay } from "#support/fault-relay.ts";
import { requireTools } from "#support/find-tools.ts";
import { HostRig, type RigDevice } from "#support/host-rig.ts";
import { LINK_FAULTS, strike } from "#support/link-faults.ts";
import { chosenSeed, seededRandom } from "#support/seeded-random.ts";
import { requireOwnAccounts, startSshd, type TestSshServer } from "#support/sshd.ts";

const MIB = 1_024 * 1_024;
const OUT_BYTES = 20 * MIB;
const IN_BYTES = 2 * MIB;
/** Rounds of all kinds of faults: 44 reconnects or more, where 40 are asked for. */
const ROUNDS = 44;
/** 3 MB/s: the output lasts through all rounds. */
const PACE = { bytes: 12 * 1_024, everyMs: 4 };
/** Typed at a time, once a round. */
const PIECE_BYTES = Math.ceil(IN_BYTES / ROUNDS);
const LIMIT_MS = 180_000;

const tools = await requireTools("sshd", "ssh-keygen");
const usable = tools.ok && requireOwnAccounts();

/** What `seq 1 9999999 | head -c BYTES` prints. */
function seqBytes(bytes: number): Buffer {
  const lines: string[] = [];
  for (let line = 1, length = 0; length < bytes; line += 1) {
    const text = `${line}\n`;
    lines.push(text);
    length += text.length;
  }
  return Buffer.from(lines.join("")).subarray(0, bytes);
}

const sha256 = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");

/**
 * Prints OUT_BYTES and reads IN_BYTES at the same time, then says what it read and how large its terminal is, and ends
 * with a code. A shell of its own without job control: nothing else is printed.
 */
const DEVICE_SIDE = [
  "stty raw -echo; printf BEGIN",
  `seq 1 9999999 | head -c ${OUT_BYTES} & S=$(head -c ${IN_BYTES} | sha256sum); wait`,
  'printf "\\nIN=%s" "$S"; read -r -n 1 _; printf "SIZE=%s\\nEND" "$(stty size)"; exit 7',
].join("; ");

describe.skipIf(!usable)("[I1] [I2] a link that breaks in every way", () => {
  let server: TestSshServer;
  let rig: HostRig;
  let relay: FaultRelay;

  beforeAll(async () => {
    if (!tools.ok) return;
    server = await startSshd(tools, { config: ["KbdInteractiveAuthentication no"] });
    rig = await HostRig.start({
      ports: [server.port],
      config: { limits: { upgrades_per_client_per_min: 10_000 } },
    });
    relay = await startFaultRelay({ host: "127.0.0.1", port: rig.proxy.port });
  });
  afterAll(async () => {
    await rig?.stop();
    await relay?.stop();
    await server?.stop();
  });

  const wake = () => {
    void rig.page.bridge.dispatch(commands.presence({ visible: true, online: true, event: "online" }));
  };

  /** Moves the page from its direct link to the relay. */
  async function throughRelay(): Promise<void> {
    rig.page.via = `127.0.0.1:${relay.port}`;
    const resumes = rig.page.view("link")?.resumes ?? 0;
    rig.page.cutLinks();
    await rig.until("link", (link) => link.phase === "online" && link.resumes > resumes, "the link by the relay");
  }

  /** A new link is up after so many, the session is on it, and output has reached `share` of what there will be. */
  async function recovered(device: RigDevice, resumes: number, share: number): Promise<void> {
    await rig.until("link", (link) => link.phase === "online" && link.resumes > resumes, "the next link");
    await device.until(({ ssh1 }) => ssh1.phase === "live", "a live terminal");
    await device.terminal.until(() => device.terminal.received > share * OUT_BYTES);
  }

  test(
    "[WP18] [WP26] 20 MiB out and 2 MiB in are hash-equal over more than 40 reconnects; [I9] the size converges; [I7] exit comes once, last",
    async () => {
      const random = seededRandom(chosenSeed());
      console.info(`resume-bytes: RACKSIDE_SEED=${random.seed}`);
      const device = await rig.open(
        { host: server.host, port: server.port, user: server.user },
        server.password ?? "",
        {
          telemetry: "off",
        },
      );
      await device.login();
      await device.say("echo ready-$((1+1))\r", /ready-2/);
      await throughRelay();
      const { terminal } = device;
      const before = terminal.received;
      terminal.type(`exec bash -c '${DEVICE_SIDE.replaceAll("'", `'"'"'`)}'\r`);
      await terminal.until(() => terminal.received > before + 64 * 1_024);
      relay.drip(PACE.bytes, PACE.everyMs, "down");

      // "Send or discard" is the person's answer to input that waited too long; here it is always "send" [WP19].
      const view = rig.page.bridge.view(`device:${device.id}`);
      const asked = view.subscribe((now) => {
        if (now?.ssh1.stale_input !== undefined) void rig.page.bridge.dispatch(commands.staleInput(device.id, "send"));
      });
      const typed = random.bytes(IN_BYTES);
      const kinds: string[] = [];
      let size = { cols: 120, rows: 40 };
      const start = rig.page.view("link")?.resumes ?? 0;
      for (let round = 0; round < ROUNDS; round += 1) {
        terminal.channel.send(typed.slice(round * PIECE_BYTES, (round + 1) * PIECE_BYTES));
        if (random.next() < 0.3) {
          size = { cols: random.between(40, 200), rows: random.between(10, 80) };
          await rig.page.bridge.dispatch(commands.size(device.id, size.cols, size.rows));
        }
        // Each kind in its turn, then at random.
        const kind = LINK_FAULTS[round] ?? random.pick(LINK_FAULTS);
        kinds.push(kind);
        const before = rig.page.view("link")?.resumes ?? 0;
        await strike(kind, { relay, random, pace: PACE, wake });
        await recovered(device, before, (round + 1) / (ROUNDS + 1));
      }
      const flowing = terminal.received;
      const resumes = (rig.page.view("link")?.resumes ?? 0) - start;
      relay.clear();
      await terminal.until(() => terminal.received >= before + OUT_BYTES);
      await terminal.until(() => terminal.bytes.subarray(-200).includes("\nIN="));
      await device.until(
        ({ ssh1 }) => ssh1.cols === size.cols && ssh1.rows === size.rows,
        `size ${size.cols}x${size.rows}`,
      );
      terminal.type("x");
      const over = await device.until(({ ssh1 }) => ssh1.phase === "ended", "the end");
      await terminal.noted("code 7");
      asked.unsubscribe();

      console.info(`resume-bytes: ${resumes} reconnects: ${kinds.join(" ")}`);
      expect(resumes).toBeGreaterThanOrEqual(40);
      // The output was still flowing when the last fault struck.
      expect(flowing).toBeLessThan(before + OUT_BYTES);
      const { bytes } = terminal;
      const begin = bytes.lastIndexOf("BEGIN", before + 4_096) + "BEGIN".length;
      const expected = seqBytes(OUT_BYTES);
      const output = bytes.subarray(begin, begin + OUT_BYTES);
      expect(sha256(output)).toBe(sha256(expected));
      const rest = bytes.subarray(begin + OUT_BYTES).toString("latin1");
      expect(rest).toContain(`\nIN=${sha256(typed)}`);
      expect(rest).toContain(`SIZE=${size.rows} ${size.cols}`);
      expect(rest.endsWith("END")).toBe(true);
      expect(over.ssh1.ended).toMatchObject({ code: 7 });
      expect(terminal.messages.filter(({ t }) => t === "gap")).toEqual([]);
      expect(
        terminal.messages.filter((message) => message.t === "note" && message.text.includes("code 7")),
      ).toHaveLength(1);
    },
    LIMIT_MS,
  );
});
