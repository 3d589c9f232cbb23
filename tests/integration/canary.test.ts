/** One run with a secret in every field that takes one, and a look for them wherever something is kept or shown. */
import { execFile } from "node:child_process";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Actor } from "xstate";
import { commands } from "#bridge/commands.ts";
import { secretCommands } from "#bridge/secret-commands.ts";
import { requireTools } from "#support/find-tools.ts";
import { HostRig } from "#support/host-rig.ts";
import { requireOwnAccounts, startSshd, type TestSshServer } from "#support/sshd.ts";

const run = promisify(execFile);
const tools = await requireTools("sshd", "ssh-keygen");
const usable = tools.ok && requireOwnAccounts();

/** Secrets of a person, one for each field. */
const PLANTED = {
  passphrase: "canary-vault-passphrase",
  next: "canary-second-passphrase",
  wrong: "canary-wrong-password",
  keyPassphrase: "canary-key-passphrase",
  snippet: "canary-snippet-secret",
  enable: "canary-enable-secret",
  file: "canary-export-passphrase",
};

/** What the tablet keeps, and nobody reads in its storage [S71]. */
const KEPT = { line: "show canary-typed-line", output: "canary-of-the-device" };

/** Text of anything that could be cloned to the page or stored: bytes as Latin-1, so that text in them is found. */
function textOf(value: unknown): string {
  const seen = new WeakSet<object>();
  return (
    JSON.stringify(value, (_key, one: unknown) => {
      if (one instanceof ArrayBuffer || ArrayBuffer.isView(one)) {
        return Buffer.from(one instanceof ArrayBuffer ? one : one.buffer).toString("latin1");
      }
      if (typeof one === "bigint" || typeof one === "function" || typeof one === "symbol") return String(one);
      if (typeof one !== "object" || one === null) return one;
      if (seen.has(one)) return "(again)";
      seen.add(one);
      return one instanceof Map || one instanceof Set ? [...one] : one;
    }) ?? ""
  );
}

/** What the page asks of its worker carries secrets by design; everything else that crosses a port does not. */
const REQUESTS: ReadonlySet<unknown> = new Set(["APPLY", "GET", "SET", "CONSTRUCT", "ENDPOINT", "RELEASE"]);

type Post = (this: MessagePort, message: unknown, transfer?: Transferable[]) => void;
type Inner = { _send: (this: Actor<never>, event: unknown) => void };

describe.skipIf(!usable)("[S72] [HP4] canaries", () => {
  let server: TestSshServer;
  let rig: HostRig;
  let folder = "";
  const posted: string[] = [];
  const events: string[] = [];
  const actors = new Set<Actor<never>>();
  const tokens = new Set<string>();
  const port = MessagePort.prototype as unknown as { postMessage: Post };
  const inner = Actor.prototype as unknown as Inner;
  const [post, send] = [port.postMessage, inner._send];

  beforeAll(async () => {
    port.postMessage = function (message, transfer) {
      const type = typeof message === "object" && message !== null && "type" in message ? message.type : undefined;
      if (!REQUESTS.has(type)) posted.push(textOf(message));
      post.call(this, message, transfer);
    };
    inner._send = function (event) {
      events.push(textOf(event));
      actors.add(this);
      send.call(this, event);
    };
    if (!tools.ok) return;
    folder = await mkdtemp(join(tmpdir(), "rackside-canary-"));
    const keysFile = join(folder, "keys");
    await run(tools.path("ssh-keygen"), [
      "-q",
      "-t",
      "ed25519",
      "-a",
      "4",
      "-N",
      PLANTED.keyPassphrase,
      "-f",
      join(folder, "id"),
    ]);
    await writeFile(keysFile, await readFile(join(folder, "id.pub")));
    await run("chmod", ["-R", "a+rX", folder]);
    server = await startSshd(tools, {
      config: [
        `AuthorizedKeysCommand /bin/cat ${keysFile}`,
        "AuthorizedKeysCommandUser root",
        "PubkeyAuthentication yes",
      ],
    });
    rig = await HostRig.start({ ports: [server.port] });
    rig.page.onWire = (text) => {
      const message = JSON.parse(text) as { payload?: { token?: string } };
      if (message.payload?.token !== undefined) tokens.add(message.payload.token);
    };
  });
  afterAll(async () => {
    port.postMessage = post;
    inner._send = send;
    await rig?.stop();
    await server?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  test("a whole run with logins by password and by key, vault, export, a crash and a lock leaves none anywhere", async () => {
    const { page, proxy } = rig;
    const dispatch = async <T>(command: Parameters<typeof page.bridge.dispatch>[0]): Promise<T | undefined> => {
      const result = await page.bridge.dispatch<T>(command);
      return result.ok ? result.value : undefined;
    };
    const anywhere = [{ kind: "pattern" as const, host: "*" }];
    const password = server.password ?? "";
    const target = { host: server.host, port: server.port, user: server.user };
    await dispatch(secretCommands.createVault(PLANTED.passphrase));
    for (const kind of ["snippet", "enable"] as const) {
      const secret = PLANTED[kind];
      await dispatch(secretCommands.putEntry({ kind, name: `a ${kind}`, bindings: anywhere, secret }));
    }
    const keyText = await readFile(join(folder, "id"), "utf8");
    expect((await page.bridge.dispatch(secretCommands.importKey(keyText, PLANTED.wrong, "", anywhere))).ok).toBe(false);
    const key = await dispatch<string>(secretCommands.importKey(keyText, PLANTED.keyPassphrase, "", anywhere));

    // By password: the form's is wrong, the prompt's is right and goes into the vault.
    const byPassword = await rig.open(target, PLANTED.wrong);
    const asked = await byPassword.until(({ ssh1 }) => ssh1.question?.kind === "host_key", "the host key question");
    await dispatch(commands.hostKeyReply(byPassword.id, "ssh1", asked.ssh1.question?.id ?? "", true));
    const again = await byPassword.until(({ ssh1 }) => ssh1.question?.kind === "auth", "the prompt");
    const answer = { answers: [password], reuse: true, save: true };
    await dispatch(commands.authReply(byPassword.id, "ssh1", again.ssh1.question?.id ?? "", answer));
    await byPassword.until(({ ssh1 }) => ssh1.phase === "live", "a live terminal");
    await byPassword.until(({ ssh2 }) => ssh2.phase === "live", "live telemetry");
    await byPassword.say(`read -rs x; echo got-\${#x}\r`, /\n/);
    const snippet = page.view("vault")?.entries.find(({ kind }) => kind === "snippet");
    await dispatch(secretCommands.typeSecret(byPassword.id, snippet?.id ?? ""));
    await byPassword.say("\r", new RegExp(`got-${PLANTED.snippet.length}`));
    await dispatch(commands.historyAdd(byPassword.id, KEPT.line, Date.now()));
    await byPassword.say(`echo ${KEPT.output}\r`, new RegExp(`[\r\n]${KEPT.output}\r`));

    // By the imported key, to the same host.
    const byKey = await rig.open(target, "", { telemetry: "off" });
    await byKey.until(({ ssh1 }) => ssh1.question !== undefined, "a question");
    await dispatch(commands.cancel(byKey.id, "ssh1"));
    const bound = { ...target, via: [] };
    await dispatch(
      secretCommands.chooseLogin(byKey.id, { keys: [key ?? ""], via_keys: [], sign_hidden: false, bound }),
    );
    await dispatch(commands.open(byKey.id, { cols: 100, rows: 30 }));
    await byKey.login();
    expect(byKey.view?.ssh1.auth_method).toBe("publickey");

    expect(await dispatch<string>(secretCommands.exportVault(PLANTED.file))).toBeDefined();
    await dispatch(secretCommands.changePassphrase(PLANTED.passphrase, PLANTED.next));
    page.crashWorker();
    await rig.until("worker", ({ phase, replaced }) => phase === "running" && replaced === 1, "another worker");
    await rig.until("vault", ({ phase }) => phase === "locked", "the locked vault");
    expect((await page.bridge.dispatch(secretCommands.unlock({ passphrase: PLANTED.wrong }))).ok).toBe(false);
    expect((await page.bridge.dispatch(secretCommands.unlock({ passphrase: PLANTED.next }))).ok).toBe(true);
    await byPassword.until(({ ssh1 }) => ssh1.phase === "live", "the terminal of before");

    const places: Record<string, string> = {
      "messages of the worker to the page": posted.join("\n"),
      "events of machines": events.join("\n"),
      "states of machines": [...actors].map((actor) => textOf(actor.getSnapshot())).join("\n"),
      "addresses asked for": page.requested.join("\n"),
      "storage of the browser": await page.storedText(),
      "log of the proxy": textOf(proxy.log),
      "console of the proxy": textOf(proxy.said),
      "files of the proxy": await filesBelow(proxy.dataDir),
    };
    // Each place was really looked at.
    expect(Object.entries(places).filter(([, text]) => text.length < 20)).toEqual([]);
    expect(places["states of machines"]).toContain(server.host);
    expect(places["files of the proxy"]).toContain("session.opened");
    expect(tokens.size).toBeGreaterThanOrEqual(2);

    for (const text of Object.values(KEPT)) expect(places["storage of the browser"]).not.toContain(text);

    const privateLines = keyText
      .split("\n")
      .filter((line) => line !== "" && !line.startsWith("-----"))
      .slice(2, -1);
    expect(privateLines.length).toBeGreaterThan(1);
    const secrets = {
      ...PLANTED,
      password,
      token: [...tokens],
      key: ["PRIVATE KEY", ...privateLines],
      cookie: page.cookieValue,
    };
    for (const [name, values] of Object.entries(secrets)) {
      for (const value of [values].flat()) {
        expect(value.length, name).toBeGreaterThan(5);
        const forms = [
          value,
          Buffer.from(value).toString("base64").replace(/=+$/, ""),
          Buffer.from(value).toString("hex"),
        ];
        const found = Object.entries(places).filter(([, text]) => forms.some((form) => text.includes(form)));
        // Where and beside what, without the secret itself.
        const near = found.map(([place, text]) => {
          const at = Math.max(...forms.map((form) => text.indexOf(form)));
          return `${name} in ${place}: ${text.slice(Math.max(0, at - 200), at)}`;
        });
        expect(near).toEqual([]);
      }
    }
  });
});

/** Text of every file below a folder, with its name. */
async function filesBelow(folder: string): Promise<string> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  return (await Promise.all(files.map(async (file) => `${file}\n${await readFile(file, "latin1")}`))).join("\n");
}
