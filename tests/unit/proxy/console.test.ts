import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { CliArgs } from "#proxy/config/cli-args.ts";
import { loadConfig } from "#proxy/config.ts";
import { consoleCommand } from "#proxy/console/console-commands.ts";
import { askRunningProxy, ConsoleInbox, type ConsoleRequest } from "#proxy/console/console-inbox.ts";
import { writeRuntime } from "#proxy/runtime-file.ts";
import { type ClientRecord, ClientStore } from "#proxy/sign-in/client-store.ts";

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), "rackside-console-"));
});
afterEach(() => rm(dir, { recursive: true, force: true }));

const client = (id: string, label: string, user = "owner"): ClientRecord => ({
  client_id: id.repeat(22),
  public_key: Buffer.from(id).toString("base64url"),
  user,
  label,
  cookie_sha256: id.repeat(43),
  paired: 1,
  cookie_issued: 1,
  last_seen: id.charCodeAt(0),
  last_addr: "192.0.2.1",
});
const fill = async (...clients: ClientRecord[]) => {
  const store = await ClientStore.open(dir);
  for (const one of clients) await store.add(one);
};
const left = async () => (await ClientStore.open(dir)).list().map(({ label }) => label);
const audited = async () =>
  (await readFile(join(dir, "audit", "audit.jsonl"), "utf8"))
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as Record<string, unknown>);

async function run(args: Partial<CliArgs>): Promise<string> {
  const lines: string[] = [];
  const all: CliArgs = { command: "clients", json: false, dataDir: dir, ...args };
  expect(await consoleCommand(all, await loadConfig(all, {}), (line) => void lines.push(line))).toBe(true);
  return lines.join("\n");
}

describe("the console without a proxy", () => {
  test("[S11] lists clients, those seen last first, with key fingerprints", async () => {
    expect(await run({})).toBe("No client is paired.");
    await fill(client("a", "iPad"), client("b", "laptop"));
    expect(await run({})).toMatch(/"laptop"[\s\S]*SHA256:[A-Za-z0-9+/]{43}[\s\S]*"iPad"/);
    const json = JSON.parse(await run({ json: true })) as Record<string, unknown>[];
    expect(json.map(({ label }) => label)).toEqual(["iPad", "laptop"]);
    expect(JSON.stringify(json)).not.toContain("cookie");
  });

  test("[S11] revokes by label or id, and only when it is clear which one is meant", async () => {
    await fill(client("a", "iPad"), client("b", "iPad"), client("c", "laptop"));
    expect(await run({ command: "revoke", operand: "laptop" })).toContain("Revoked");
    expect(await left()).toEqual(["iPad", "iPad"]);
    await expect(run({ command: "revoke", operand: "iPad" })).rejects.toThrow(/2 clients are called/);
    await expect(run({ command: "revoke", operand: "tablet" })).rejects.toThrow(/no paired client/);
    await run({ command: "revoke", operand: "a".repeat(22) });
    expect(await left()).toEqual(["iPad"]);
    expect(await audited()).toMatchObject([
      { event: "client.revoked", label: "laptop", by: "console", seq: 1 },
      { event: "client.revoked", label: "iPad", by: "console", seq: 2 },
    ]);
  });

  test("[S11] disables a user with all clients, and lets the user in again", async () => {
    await fill(client("a", "iPad", "ada"), client("b", "phone", "ada"), client("c", "laptop", "bob"));
    await run({ command: "disable", operand: "ada" });
    expect(await left()).toEqual(["laptop"]);
    expect((await ClientStore.open(dir)).isDisabled("ada")).toBe(true);
    await run({ command: "enable", operand: "ada" });
    expect((await ClientStore.open(dir)).isDisabled("ada")).toBe(false);
    expect((await audited()).map(({ event }) => event)).toEqual([
      "client.revoked",
      "client.revoked",
      "user.disabled",
      "user.enabled",
    ]);
  });

  test("[S6] [S10] rackside pair makes a link and audits it, without the secret", async () => {
    const text = await run({ command: "pair", json: true });
    const { pair_url } = JSON.parse(text) as { pair_url: string };
    const secret = new URL(pair_url).hash.slice("#pair=".length);
    expect(secret).toMatch(/^[A-Za-z0-9_-]{22}$/);
    expect(await audited()).toMatchObject([{ event: "pair.created", by: "console" }]);
    for (const name of await readdir(dir, { recursive: true })) {
      const content = await readFile(join(dir, name), "utf8").catch(() => "");
      expect(content).not.toContain(secret);
    }
  });

  test("[S16] changes cannot be allowed where no proxy would know", async () => {
    await expect(run({ command: "allow-changes" })).rejects.toThrow(/no proxy runs/);
  });
});

describe("the console and a proxy that was killed", () => {
  test.skipIf(process.platform !== "linux")(
    "[S11] whose number another process has now: a client is revoked at once, without asking anybody",
    async () => {
      await fill(client("a", "iPad"));
      await writeRuntime(dir, "http://localhost:1");
      const path = join(dir, "running.json");
      const stored = JSON.parse(await readFile(path, "utf8")) as { birth: { ticks: string } };
      stored.birth.ticks = "1";
      await writeFile(path, JSON.stringify(stored));
      expect(await run({ command: "revoke", operand: "iPad" })).toContain("Revoked");
      expect(await left()).toEqual([]);
      await expect(readdir(join(dir, "console"))).rejects.toThrow("ENOENT");
    },
  );

  test("a request that is left is carried out by a proxy that stood still, and withdrawn otherwise", async () => {
    const request = { kind: "enable", user: "ada" } as const;
    expect(await askRunningProxy(dir, request, { waitMs: 0 })).toBeUndefined();
    expect(await readdir(join(dir, "console"))).toEqual([]);
    expect(await askRunningProxy(dir, request, { leave: true, waitMs: 0 })).toBeUndefined();
    expect(await readdir(join(dir, "console"))).toHaveLength(1);
  });
});

describe("the console and a proxy that runs", () => {
  test("requests are answered in order; what is malformed is not done; nothing stays behind", async () => {
    const seen: ConsoleRequest[] = [];
    const inbox = await ConsoleInbox.open(dir, async (request) => {
      seen.push(request);
      if (request.kind === "disable") throw new Error("disk");
      return { done: true };
    });
    expect(await askRunningProxy(dir, { kind: "enable", user: "ada" })).toEqual({ done: true });
    expect(await askRunningProxy(dir, { kind: "disable", user: "ada" })).toEqual({ done: false });
    expect(await askRunningProxy(dir, { kind: "format" } as unknown as ConsoleRequest)).toEqual({ done: false });
    expect(seen.map(({ kind }) => kind)).toEqual(["enable", "disable"]);
    await inbox.close();
    expect(await readdir(join(dir, "console"))).toEqual([]);
  });
});
