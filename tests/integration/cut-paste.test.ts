/** A paste that a lost link cut inside a line, and that waited too long: the device gets what the person says [S92] [U46]. */
import { createHash } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { commands } from "#bridge/commands.ts";
import { MAX_IN_BODY_BYTES, STALE_INPUT_MS } from "#protocol/limits.ts";
import { type FaultRelay, startFaultRelay } from "#support/fault-relay.ts";
import { requireTools } from "#support/find-tools.ts";
import { HostRig, type RigDevice } from "#support/host-rig.ts";
import { requireOwnAccounts, startSshd, type TestSshServer } from "#support/sshd.ts";

const tools = await requireTools("sshd", "ssh-keygen");
const usable = tools.ok && requireOwnAccounts();

/** 29 bytes each, so that the first frame's end is inside a line; three frames of them. */
const LINES = Array.from({ length: 1_600 }, (_, n) => ` description line ${String(n).padStart(10, "0")}`);
const TEXT = LINES.map((line) => `${line}\r`).join("");
/** The line in which the first frame ends. */
const CUT = Math.floor(MAX_IN_BODY_BYTES / (TEXT.length / LINES.length));
/** Frames before and the head of the second one pass; its body does not. */
const PASS_BYTES = MAX_IN_BODY_BYTES + 512;

const fileOf = (lines: readonly string[]): string => lines.map((line) => `${line}\n`).join("");
const sha256 = (text: string): string => createHash("sha256").update(text).digest("hex");

describe.skipIf(!usable)("[S92] [U46] a paste cut inside a line", () => {
  let server: TestSshServer;
  let rig: HostRig;
  let relay: FaultRelay;
  let device: RigDevice;

  beforeAll(async () => {
    if (!tools.ok) return;
    server = await startSshd(tools, { config: ["KbdInteractiveAuthentication no"] });
    rig = await HostRig.start({ ports: [server.port] });
    relay = await startFaultRelay({ host: "127.0.0.1", port: rig.proxy.port });
    const { host, port, user, password = "" } = server;
    device = await rig.open({ host, port, user }, password, { telemetry: "off" });
    await device.login();
    await device.say("stty -echo; echo ready-$((1+1))\r", /ready-2/);
    rig.page.via = `127.0.0.1:${relay.port}`;
    rig.page.cutLinks();
    await rig.until("link", ({ phase, resumes }) => phase === "online" && resumes === 1, "the link by the relay");
    await device.until(({ ssh1 }) => ssh1.phase === "live", "a live terminal");
  });
  afterAll(async () => {
    await device?.close();
    await rig?.stop();
    await relay?.stop();
    await server?.stop();
  });

  /** Pastes into `cat`, loses the link in the second frame, and comes back after the time in which nobody is asked. */
  async function cutPaste() {
    await device.say("echo lis''ten; cat | sha256sum; echo at-the-$((1+1))\r", /listen/);
    // Not by a reset, which takes what the proxy has not read yet with it.
    relay.cutAfter("up", PASS_BYTES, "end");
    device.terminal.type(TEXT);
    relay.refuse(true);
    const lost = await device.until(({ ssh1 }) => ssh1.phase === "suspended", "a lost link");
    const since = lost.ssh1.unacked_since ?? Date.now();
    await expect.poll(() => Date.now() - since, { timeout: 30_000 }).toBeGreaterThan(STALE_INPUT_MS + 200);
    relay.clear();
    await rig.page.bridge.dispatch(commands.retry());
    const { ssh1 } = await device.until((view) => view.ssh1.stale_input !== undefined, "a question");
    return ssh1.stale_input;
  }

  /** Ends the reader and gives the hash of what it got. */
  async function got(): Promise<string> {
    await device.until(({ ssh1 }) => ssh1.stale_input === undefined && ssh1.unacked_bytes === 0, "all sent");
    const text = await device.say("\x04", /at-the-2/);
    return /[0-9a-f]{64}/.exec(text)?.[0] ?? "";
  }

  test("is asked about with its first lines and their count; from the next line on each line comes once, the cut one not at all", async () => {
    const stale = await cutPaste();
    const at = MAX_IN_BODY_BYTES % (TEXT.length / LINES.length);
    const line = LINES[CUT] ?? "";
    expect(stale?.cut).toEqual({ at_device: line.slice(0, at) });
    expect(stale?.bytes).toBe(TEXT.length - MAX_IN_BODY_BYTES);
    expect(stale?.lines).toBe(LINES.length - CUT);
    expect(stale?.text).toBe(
      [line.slice(at), ...LINES.slice(CUT + 1, CUT + 4)]
        .map((part) => `${part}⏎`)
        .join("\n")
        .concat("…"),
    );
    await rig.page.bridge.dispatch(commands.staleInput(device.id, "next_line"));
    expect(await got()).toBe(sha256(fileOf(LINES.filter((_, n) => n !== CUT))));
  });

  test("sent as a whole, the cut line is made whole", async () => {
    await cutPaste();
    await rig.page.bridge.dispatch(commands.staleInput(device.id, "send"));
    expect(await got()).toBe(sha256(fileOf(LINES)));
  });
});
