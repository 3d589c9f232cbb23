/** One host under several spellings: its keys, its dial rates and its failed logins are the same. */
import { appendFile, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import type { ConfigInput } from "#proxy/config/config-schema.ts";
import { makeServerKey, type OddDevice, type OddOptions, startOddDevice } from "#support/odd-device.ts";
import { startTestProxy, type TestProxy } from "#support/test-proxy.ts";
import { auditOf } from "#support/wire-admin.ts";
import type { Answers } from "#support/wire-answers.ts";
import { type Target, WirePage } from "#support/wire-client.ts";
import { pairClient } from "#support/wire-pairing.ts";

const stops: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0).toReversed()) await stop();
});

/** The same loopback address, each spelled as the policy takes it. */
const SPELLINGS = [
  "127.0.0.1",
  "[127.0.0.1]",
  "::ffff:127.0.0.1",
  "[::ffff:7f00:1]",
  "64:ff9b::7f00:1",
  "2002:7f00:1::5",
];

async function rig(limits: ConfigInput["limits"] = {}): Promise<{ proxy: TestProxy; page: WirePage }> {
  const proxy = await startTestProxy({
    config: { allow: [{ cidr: "127.0.0.1/32", ports: ["1024-65535"] }], limits },
    lookup: () => Promise.resolve(["127.0.0.1"]),
  });
  stops.push(() => proxy.stop());
  const page = await WirePage.open(await pairClient(await proxy.pairUrl()));
  stops.push(() => page.close());
  return { proxy, page };
}

async function device(options: OddOptions = {}): Promise<OddDevice> {
  const one = await startOddDevice(options);
  stops.push(() => one.stop());
  return one;
}

function at(port: number, host = "127.0.0.1", via: Target["via"] = []): Target {
  return { host, port, user: "op", via };
}

/** `connected`, or code and reason of the refusal. */
async function outcome(page: WirePage, target: Target, answers: Answers = {}): Promise<string> {
  const settled = await page.settleConnect(page.startConnect(target), answers);
  if (settled.action === "connected") return "connected";
  const { code, reason, hop } = settled.payload;
  return [code, reason, hop].filter((part) => part !== undefined).join("/");
}

describe("[S44] [S36] host keys", () => {
  test("a changed key stops hard, however the address is spelled; nobody is asked to trust it as a first one", async () => {
    const { page, proxy } = await rig();
    const first = await startOddDevice({ key: makeServerKey() });
    const { port } = first;
    expect(await outcome(page, at(port, "[::ffff:127.0.0.1]"))).toBe("connected");
    await first.stop();
    await device({ key: makeServerKey(), port });
    const asked = page.messages.filter(({ action }) => action === "host_key").length;
    for (const host of SPELLINGS) expect(await outcome(page, at(port, host))).toBe("host_key_changed");
    expect(page.messages.filter(({ action }) => action === "host_key")).toHaveLength(asked);
    expect(await readFile(join(proxy.dataDir, "known_hosts"), "utf8")).toMatch(/^\[127\.0\.0\.1\]:\d+ \S+ \S+ \S+\n$/);
    const targets = (await auditOf(page, "hostkey.")).map(({ target }) => target);
    expect(new Set(targets)).toEqual(new Set([`127.0.0.1:${port}`]));
  });

  test("[S51] [S2] an edit counts at the next connect and is kept; a damaged file refuses each, untouched", async () => {
    const { page, proxy } = await rig();
    const [one, other] = [await device(), await device()];
    expect(await outcome(page, at(one.port))).toBe("connected");
    const file = join(proxy.dataDir, "known_hosts");
    await appendFile(file, `@revoked ${await readFile(file, "utf8")}`);
    expect(await outcome(page, at(one.port))).toBe("host_key_changed/revoked");
    expect(await outcome(page, at(other.port))).toBe("connected");
    await expect.poll(() => readFile(file, "utf8")).toMatch(/\n@revoked .*\n.+\n$/);
    const damaged = `${await readFile(file, "utf8")}nonsense\n`;
    await writeFile(file, damaged);
    const settled = await page.settleConnect(page.startConnect(at(other.port)));
    expect(settled.payload).toMatchObject({
      code: "host_key_unknown",
      reason: "store",
      detail: expect.stringMatching(/^known_hosts, line 4: /),
    });
    expect(await readFile(file, "utf8")).toBe(damaged);
  });
});
