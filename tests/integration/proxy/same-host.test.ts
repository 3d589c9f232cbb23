/** One host under several spellings: its keys, its dial rates and its failed logins are the same. */
import { appendFile, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { AuthContext, Connection } from "ssh2";
import { afterEach, describe, expect, test } from "vitest";
import type { ConfigInput } from "#proxy/config/config-schema.ts";
import { makeServerKey, type OddDevice, type OddOptions, startOddDevice } from "#support/odd-device.ts";
import { startTestProxy, type TestProxy } from "#support/test-proxy.ts";
import { auditOf } from "#support/wire-admin.ts";
import { type Answers, answerTo } from "#support/wire-answers.ts";
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
    config: { allow: [{ cidr: "127.0.0.1/32", ports: ["1024-65535"] }], limits: { login_failures: 3, ...limits } },
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

/** Lets nobody in by password; counts what it was told. */
function vault(refuse: (context: AuthContext) => void = (context) => context.reject(["password"])) {
  const told = { passwords: 0 };
  const auth = (context: AuthContext) => {
    if (context.method !== "password") return context.reject(["password"]);
    told.passwords += 1;
    return refuse(context);
  };
  return { told, auth };
}

/** Gives so many wrong passwords, then cancels. */
function wrong(times: number): Answers {
  let left = times;
  return {
    get password() {
      left -= 1;
      return left >= 0 ? "wrong" : undefined;
    },
  };
}

describe("failed logins: three in all, then a pause", () => {
  test("[S36] for a host under every spelling, and by name", async () => {
    const { page } = await rig();
    const { told, auth } = vault();
    const { port } = await device({ auth });
    expect(await outcome(page, at(port), wrong(3))).toBe("auth_failed/rejected");
    for (const host of [...SPELLINGS, "r1.lab", "R1.lab."]) {
      expect(await outcome(page, at(port, host), wrong(3))).toBe("auth_failed/rate_limited");
    }
    expect(told.passwords).toBe(3);
    // Another user there is another account.
    expect(await outcome(page, { ...at(port), user: "other" }, wrong(1))).toBe("auth_failed/cancelled");
  });

  test("also where the person cancels after two, or the device closes instead of refusing", async () => {
    const { page } = await rig();
    const first = vault();
    const { port } = await device({ auth: first.auth });
    expect(await outcome(page, at(port), wrong(2))).toBe("auth_failed/cancelled");
    // The third ends the attempt itself.
    expect(await outcome(page, at(port), wrong(3))).toBe("auth_failed/rejected");
    expect(await outcome(page, at(port), wrong(3))).toBe("auth_failed/rate_limited");
    expect(first.told.passwords).toBe(3);
    const connections: Connection[] = [];
    const closing = vault(() => void connections.at(-1)?.end());
    const other = await device({ auth: closing.auth, connected: (one) => void connections.push(one) });
    for (let i = 0; i < 3; i += 1) expect(await outcome(page, at(other.port), wrong(1))).toBe("device_closed");
    expect(await outcome(page, at(other.port), wrong(1))).toBe("auth_failed/rate_limited");
    expect(closing.told.passwords).toBe(3);
  });

  test("[S39] at a jump host, whatever lies behind it; and the device's own account is left alone", async () => {
    const { page } = await rig();
    const { told, auth } = vault();
    const { port } = await device({ auth });
    const via = (host: string) => [{ host, port, user: "hop" }];
    const ends: string[] = [];
    for (const [index, host] of SPELLINGS.entries()) {
      ends.push(await outcome(page, at(2_000 + index, "127.0.0.1", via(host)), wrong(1)));
    }
    expect(ends).toEqual([
      ...Array(2).fill("auth_failed/cancelled/0"),
      // Nobody is asked for a fourth.
      "auth_failed/rejected/0",
      ...Array(SPELLINGS.length - 3).fill("auth_failed/rate_limited/0"),
    ]);
    expect(told.passwords).toBe(3);
    // The same host as a device is the same target.
    expect(await outcome(page, { ...at(port), user: "hop" }, wrong(1))).toBe("auth_failed/rate_limited");
  });

  test("two connects at once: the answer that comes when the tries are used up is not sent", async () => {
    const { page } = await rig();
    const { told, auth } = vault();
    const { port } = await device({ auth });
    const late = page.startConnect(at(port));
    const key = await page.next("host_key", (m) => m.device === late.device);
    page.send(await answerTo(key, {}));
    const proof = await page.next("host_key", (m) => m.device === late.device && m.payload.stage === "proof");
    page.send(await answerTo(proof, {}));
    const prompt = await page.next("auth_prompt", (m) => m.device === late.device);
    expect(await outcome(page, at(port), wrong(3))).toBe("auth_failed/rejected");
    page.send(await answerTo(prompt, { password: "wrong" }));
    const end = await page.next("error", (m) => m.re === late.id);
    expect(end.payload).toMatchObject({ code: "auth_failed", reason: "rate_limited", retry_after_s: 60 });
    expect(told.passwords).toBe(3);
  });
});

test("[S36] [S40] dials count for the address, however it is spelled", async () => {
  const { page } = await rig({ dials_per_target_per_min: 6, dials_per_user_per_min: 1_000 });
  const { port } = await device();
  const ends: string[] = [];
  for (const host of [...SPELLINGS, ...SPELLINGS, "r1.lab"]) ends.push(await outcome(page, at(port, host)));
  expect(ends).toEqual([...Array(6).fill("connected"), ...Array(SPELLINGS.length + 1).fill("limit/rate")]);
});
