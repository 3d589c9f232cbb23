import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { commands } from "#bridge/commands.ts";
import { secretCommands } from "#bridge/secret-commands.ts";
import type { DeviceRecord, NewKeyKind } from "#bridge/types.ts";
import { deviceRecord } from "#support/device-record.ts";
import { requireTools } from "#support/find-tools.ts";
import { HostRig, RigDevice } from "#support/host-rig.ts";
import { requireOwnAccounts, startSshd, type TestSshServer } from "#support/sshd.ts";
import { randomId } from "#support/wire-pairing.ts";
import { publicKeyLine } from "#telemetry/knowledge/public-key-lines.ts";
import { wayOf } from "#workers/keys/bound-way.ts";

const run = promisify(execFile);
const tools = await requireTools("sshd", "ssh-keygen");
const usable = tools.ok && requireOwnAccounts();
const PASSPHRASE = "a passphrase of the vault";
/** Planted in every field that takes a secret; must be found nowhere that is kept or shown [S72]. */
const CANARY = "canary-7f3a91";

describe.skipIf(!usable)("logging in with keys of the tablet", () => {
  let server: TestSshServer;
  let rig: HostRig;
  let folder = "";
  let keysFile = "";

  beforeAll(async () => {
    if (!tools.ok) return;
    folder = await mkdtemp(join(tmpdir(), "rackside-authorized-"));
    keysFile = join(folder, "keys");
    await writeFile(keysFile, "");
    await run("chmod", ["-R", "a+rX", folder]);
    server = await startSshd(tools, {
      config: [
        `AuthorizedKeysCommand /bin/cat ${keysFile}`,
        "AuthorizedKeysCommandUser root",
        "PubkeyAuthentication yes",
      ],
    });
    rig = await HostRig.start({ ports: [server.port] });
  });
  afterAll(async () => {
    await rig?.stop();
    await server?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  const send = async <T>(command: Parameters<HostRig["page"]["bridge"]["dispatch"]>[0]): Promise<T> => {
    const result = await rig.page.bridge.dispatch<T>(command);
    if (!result.ok) throw new Error(JSON.stringify(result.error));
    return result.value as T;
  };

  /** What a person pastes into the server's authorized_keys, from what the app shows. */
  async function authorise(id: string): Promise<void> {
    const { keys } = await rig.until("ssh_keys", (view) => view.keys.some((key) => key.id === id), "the key");
    const key = keys.find((one) => one.id === id);
    if (key === undefined) throw new Error("no key");
    const line = publicKeyLine({ type: key.type, base64: key.public_key, comment: key.name });
    await writeFile(keysFile, `${line}\n`);
  }

  async function openWith(keys: readonly string[], changes: Partial<DeviceRecord> = {}): Promise<RigDevice> {
    const record = deviceRecord(server, changes);
    await send(commands.putDevice(record));
    await rig.until("catalog", ({ records }) => records.some(({ id }) => id === record.id), "the device in the list");
    await send(
      secretCommands.chooseLogin(record.id, { keys, via_keys: [], sign_hidden: false, bound: wayOf(record.target) }),
    );
    const device = new RigDevice(rig, record.id);
    await send(commands.open(record.id, { cols: 100, rows: 30 }));
    return device;
  }

  test.each<[NewKeyKind, string]>([
    ["ed25519", "ssh-ed25519"],
    ["ecdsa-p256", "ecdsa-sha2-nistp256"],
    ["rsa-3072", "ssh-rsa"],
  ])(
    "[S47] [S52] [S53] %s made here: the host is proved on the tablet, and the login is signed there",
    async (kind, type) => {
      const id = await send<string>(secretCommands.makeKey(kind, `tablet ${kind}`));
      await authorise(id);
      const device = await openWith([id]);
      await device.login();
      expect(device.view?.ssh1.auth_method).toBe("publickey");
      await device.say("echo key-$((40+2))\r", /key-42/);
      expect(rig.page.view("ssh_keys")?.keys.find((key) => key.id === id)?.type).toBe(type);
      await device.close();
    },
  );

  test("[S57] [S67] an encrypted OpenSSH key of a file, by way of the vault; locked, it logs in nowhere", async () => {
    await send(secretCommands.createVault(PASSPHRASE));
    const file = join(folder, "id");
    await run(tools.ok ? tools.path("ssh-keygen") : "", [
      "-q",
      "-t",
      "ed25519",
      "-a",
      "4",
      "-N",
      CANARY,
      "-C",
      "old laptop",
      "-f",
      file,
    ]);
    const text = await readFile(file, "utf8");
    const anywhere = [{ kind: "pattern" as const, host: server.host }];
    const id = await send<string>(secretCommands.importKey(text, CANARY, "", anywhere));
    await authorise(id);
    const device = await openWith([id]);
    await device.login();
    expect(device.view?.ssh1.auth_method).toBe("publickey");
    // [S70] Locked: what is typed goes nowhere, and the session lives on.
    await send(secretCommands.lock());
    const before = device.terminal.text.length;
    device.terminal.type("echo must-not-arrive\r");
    await device.until(({ ssh1 }) => (ssh1.refused_input?.bytes ?? 0) > 0, "the refusal of what was typed");
    await send(secretCommands.unlock({ passphrase: PASSPHRASE }));
    await device.say("echo after-$((1+1))\r", /after-2/);
    expect(device.terminal.text.slice(before)).not.toContain("must-not-arrive");
    await device.close();
    await rig.until("ssh_keys", ({ keys }) => keys.some((key) => key.id === id), "the imported key");
  });

  test("[S67] a password of the vault logs in where it is bound", async () => {
    if (server.password === undefined) return;
    await writeFile(keysFile, "");
    const record = randomId();
    const bindings = [
      { kind: "device" as const, device: record, at: { host: server.host, port: server.port, user: server.user } },
    ];
    const entry = await send<string>(
      secretCommands.putEntry({ kind: "password", name: "sshd", bindings, user: server.user, secret: server.password }),
    );
    const device = await openWith([], { id: record });
    // Chosen only now: the first connection has to ask. The host is known to this tablet from another device of the list.
    await device.until(({ ssh1 }) => ssh1.question?.kind === "auth", "the question for the password");
    await send(commands.cancel(record, "ssh1"));
    const bound = { host: server.host, port: server.port, user: server.user, via: [] };
    await send(
      secretCommands.chooseLogin(record, { keys: [], via_keys: [], sign_hidden: false, password: entry, bound }),
    );
    await send(commands.open(record, { cols: 100, rows: 30 }));
    await device.login();
    expect(device.view?.ssh1.auth_method).toMatch(/password|keyboard-interactive/);
    // [S91] [S72] A secret is typed without Enter, and the page never gets it.
    await device.say(`read -s x; echo got-\${#x}\r`, /\n/);
    await send(secretCommands.typeSecret(record, entry));
    await device.say("\r", new RegExp(`got-${server.password.length}`));
    await device.close();
  });

  test("[S70] [S71] after a crash of the worker's tree or a reload the vault is locked; sessions come back when it is open", async () => {
    const id = await send<string>(secretCommands.makeKey("ecdsa-p256", "for the reload"));
    await authorise(id);
    const device = await openWith([id]);
    await device.login();
    await device.say("echo screen-$((50+5))\r", /screen-55/);
    rig.page.crashWorker();
    await rig.until(
      "worker",
      ({ phase, replaced }) => phase === "running" && replaced === 1,
      "the worker to be replaced",
    );
    await rig.until("vault", ({ phase }) => phase === "locked", "the locked vault");
    await rig.until("link", ({ phase }) => phase === "online", "the link");
    expect(rig.page.view(`device:${device.id}`)).toBeUndefined();
    await send(secretCommands.unlock({ passphrase: PASSPHRASE }));
    await device.until(({ ssh1 }) => ssh1.phase === "live", "the session of before");
    await device.say("echo again-$((50+6))\r", /again-56/);
    await device.close();
  });

  test("[S72] [HP4] no view, no stored record and no notice has a secret, a private key or a passphrase in it", async () => {
    const canaries = [CANARY, PASSPHRASE, ...(server.password === undefined ? [] : [server.password])];
    const secret = await send<string>(
      secretCommands.putEntry({
        kind: "snippet",
        name: "planted",
        bindings: [{ kind: "pattern", host: "*" }],
        secret: CANARY,
      }),
    );
    expect(secret).toMatch(/^[A-Za-z0-9_-]{22}$/);
    const seen = JSON.stringify(
      (["vault", "ssh_keys", "logins", "notices", "catalog", "ui_state", "sign_in", "link"] as const).map((key) =>
        rig.page.view(key),
      ),
    );
    const stored = await rig.page.storedText();
    for (const canary of canaries) {
      expect(seen).not.toContain(canary);
      expect(stored).not.toContain(canary);
      expect(stored).not.toContain(Buffer.from(canary).toString("base64").replaceAll("=", ""));
    }
    expect(stored).not.toContain("PRIVATE KEY");
    expect(stored.length).toBeGreaterThan(1_000);
    expect(JSON.stringify([rig.proxy.log, rig.proxy.said])).not.toMatch(new RegExp(canaries.join("|")));
  });
});
