/**
 * What the policy refuses costs no packet, counted by the kernel [HC3]. The file runs itself a second time in a network
 * namespace of its own, where nothing else sends.
 */
import { execFile } from "node:child_process";
import { createRequire } from "node:module";
import { connect } from "node:net";
import { networkInterfaces } from "node:os";
import { relative, resolve } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { sessionFrame } from "#protocol/builders.ts";
import { reportMissing, requireTools } from "#support/find-tools.ts";
import { PacketCount } from "#support/packet-count.ts";
import { startTestProxy, type TestProxy } from "#support/test-proxy.ts";
import { WirePage } from "#support/wire-client.ts";
import { pairClient } from "#support/wire-pairing.ts";

const run = promisify(execFile);
const ROOT = resolve(import.meta.dirname, "../../..");
const INSIDE = process.env.RACKSIDE_NO_PACKET === "inside";
const isRoot = process.platform === "linux" && process.getuid?.() === 0;
if (!isRoot) reportMissing("counting packets", "it needs root on Linux (network namespaces)");
const tools = await requireTools("ip", "nft");
const able = isRoot && tools.ok;
/** The first run of the second vitest takes its time on a busy machine. */
const INNER_MS = 50_000;

const PUBLIC = "192.0.2.10";

function counted(): void {
  let proxy: TestProxy;
  let page: WirePage;
  let packets: PacketCount;
  let answers: Readonly<Record<string, string[][]>> = {};
  let asked: string[] = [];

  beforeAll(async () => {
    proxy = await startTestProxy({
      config: { allow: ["0.0.0.0/0", "::/0"].map((cidr) => ({ cidr, ports: ["1-65535"] })) },
      lookup: async (name) => {
        asked.push(name);
        return answers[name]?.shift() ?? [];
      },
    });
    page = await WirePage.open(await pairClient(await proxy.pairUrl()));
    packets = await PacketCount.start(tools);
  });
  afterAll(async () => {
    await page?.close();
    await proxy?.stop();
  });

  async function refusal(host: string, port: number) {
    const outcome = await page.settleConnect(page.startConnect({ host, port, user: "op", via: [] }));
    return outcome.payload;
  }

  test("this machine, its own addresses and port, metadata, link-local, multicast and unusual spellings: no packet at all", async () => {
    const own = Object.values(networkInterfaces()).flatMap((list) => (list ?? []).map(({ address }) => address));
    expect(own).toEqual(expect.arrayContaining(["127.0.0.1", "198.18.0.1", "fd00:5::1"]));
    const spelt = ["127.1", "0x7f000001", "2130706433", "0177.0.0.1", "0", "127.0.0.1."];
    const mapped = ["::ffff:127.0.0.1", "::ffff:7f00:1", "64:ff9b::7f00:1", "2002:7f00:1::", "::ffff:198.18.0.1"];
    const special = ["127.9.9.9", "0.0.0.0", "::", "255.255.255.255"];
    const linkLocal = ["169.254.1.1", "::ffff:169.254.1.1", "fe80::1", "fe80::1%lo", "febf::1"];
    const multicast = ["224.0.0.1", "239.255.255.250", "::ffff:224.0.0.251", "ff02::1", "ff02::1%lo", "ff0e::1"];
    const metadata = [
      "169.254.169.254",
      "::ffff:169.254.169.254",
      "64:ff9b::a9fe:a9fe",
      "2002:a9fe:a9fe::",
      "fd00:ec2::254",
    ];
    const denied = [...special, ...linkLocal, ...multicast, ...metadata];
    const ownPort = Number(new URL(proxy.url).port);
    for (const host of [...spelt, ...mapped, ...denied, ...own.filter((one) => !one.startsWith("fe80"))]) {
      for (const port of [22, ownPort])
        expect(await refusal(host, port), host).toMatchObject({ code: "refused_by_policy" });
    }
    expect(await packets.read()).toEqual({ all: 0, toSelf: 0 });
  });

  test("names: one address of this machine refuses all of them; each name is asked for once, and no packet is sent", async () => {
    answers = {
      "mixed.example": [[PUBLIC, "127.0.0.1"]],
      "local.example": [["127.0.0.1"]],
      "mapped.example": [["::ffff:127.0.0.1"]],
      "metadata.example": [["169.254.169.254", PUBLIC]],
      "link-local.example": [[PUBLIC, "fe80::1"]],
      "multicast.example": [["224.0.0.251"]],
      "own.example": [["198.18.0.1"]],
    };
    const names = Object.keys(answers);
    asked = [];
    for (const name of names) expect(await refusal(name, 22), name).toMatchObject({ code: "refused_by_policy" });
    expect(asked).toEqual(names);
    expect(await packets.read()).toEqual({ all: 0, toSelf: 0 });
  });

  test("a name that answers public and then loopback: what is dialled is what was checked, never this machine", async () => {
    answers = { "rebound.example": [[PUBLIC], ["127.0.0.1"]] };
    asked = [];
    const at = page.startConnect({ host: "rebound.example", port: 22, user: "op", via: [] });
    // The count counts: what is not refused is seen by it.
    await expect.poll(async () => (await packets.read()).all, { timeout: 10_000 }).toBeGreaterThan(0);
    expect(asked).toEqual(["rebound.example"]);
    page.send(sessionFrame(at.device, "ssh1", "disconnect", {}));
    expect((await page.settleConnect(at)).action).toBe("error");
    expect(await refusal("rebound.example", 22)).toMatchObject({ code: "refused_by_policy" });
    expect((await packets.read()).toSelf).toBe(0);
    // So does the other: a dial of this machine would be seen.
    const probe = connect(22, "127.0.0.1");
    await new Promise((done) => probe.once("error", done));
    expect((await packets.read()).toSelf).toBeGreaterThan(0);
  });
}

if (INSIDE) describe("[HC3] [S35] [S36] [S37] in the namespace, where every network is allowed by a rule", counted);
else {
  test.skipIf(!able)("[HC3] a network with nothing else in it counts the packets of every refusal", async () => {
    const vitest = resolve(createRequire(import.meta.url).resolve("vitest/package.json"), "../vitest.mjs");
    const file = relative(ROOT, import.meta.filename);
    const inner = [process.execPath, vitest, "run", "--project", "integration", file, "--reporter=json"];
    const script = `${tools.path("ip")} link set lo up && exec "$@"`;
    const { stdout } = await run("unshare", ["--net", "--", "sh", "-c", script, "sh", ...inner], {
      cwd: ROOT,
      env: { ...process.env, RACKSIDE_NO_PACKET: "inside" },
      timeout: INNER_MS,
      maxBuffer: 16 * 1024 * 1024,
    }).catch((error: { stdout?: string }) => ({ stdout: error.stdout ?? "" }));
    const report = JSON.parse(stdout.slice(stdout.indexOf("{")) || "{}") as Record<string, number>;
    expect(report, stdout).toMatchObject({ numPassedTests: 3, numFailedTests: 0 });
  });
}
