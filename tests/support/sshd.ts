import { execFile } from "node:child_process";
import { readFile, writeFile } from "node:fs/promises";
import { userInfo } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { reportMissing, type Tools } from "./find-tools.ts";
import { makeAccounts, type Person } from "./sshd-accounts.ts";
import { killTree, type Server, sessionsOf, startServer } from "./sshd-process.ts";
import { makeScratch } from "./sshd-scratch.ts";

const run = promisify(execFile);

/** How the server differs from OpenSSH's defaults. */
export interface SshdOptions {
  /** Sessions per connection; 1 refuses a second channel. */
  readonly maxSessions?: number;
  /** Shown before login. */
  readonly banner?: string;
  /** Login shell of the test user (root only). */
  readonly shell?: string;
  /** Further lines of sshd_config; they stand first, and sshd takes a keyword's first value. */
  readonly config?: readonly string[];
  /** Types of host keys, in the order offered. */
  readonly hostKeys?: readonly ("ed25519" | "ecdsa" | "rsa")[];
  /** Further lines of authorized_keys. */
  readonly authorized?: readonly string[];
}

/** A real SSH server on loopback for one test file. */
export interface TestSshServer {
  readonly host: "127.0.0.1";
  readonly port: number;
  readonly user: string;
  /** Undefined when tests do not run as root: only root can give an account of its own to a test. */
  readonly password: string | undefined;
  /** OpenSSH private key that may log in, unencrypted. */
  readonly privateKey: string;
  readonly privateKeyFile: string;
  /** `SHA256:...` of the first host key, as ssh-keygen prints it. */
  readonly fingerprint: string;
  /** What the server has logged so far. */
  log(): string;
  /** Kills the server processes of all connections; the server itself stays. */
  killSessions(): Promise<void>;
  /** Kills the server and every session and removes its files. */
  stop(): Promise<void>;
}

const isRoot = process.getuid?.() === 0;

/**
 * For `it.skipIf(!requireOwnAccounts())`: password logins and dropbear need an account of their own, which only root can
 * give (a private mount namespace). Says so once when it cannot be had, or throws with RACKSIDE_REQUIRE=all.
 */
export function requireOwnAccounts(): boolean {
  if (!isRoot) reportMissing("password logins and dropbear", "only root can give a test its own account");
  return isRoot;
}

const USER: Person = { name: "tester", uid: 6201, password: "correct horse", shell: "/bin/bash" };

/**
 * Starts OpenSSH's sshd on a free loopback port. As root it has a user of its own with key, password and
 * keyboard-interactive login, without touching the machine's accounts; otherwise the current user with a key.
 * `tools` comes from `requireTools("sshd", "ssh-keygen")`.
 */
export async function startSshd(tools: Tools, options: SshdOptions = {}): Promise<TestSshServer> {
  const scratch = await makeScratch("sshd");
  try {
    const keyFile = await makeKey(tools, scratch.path, "id", "ed25519");
    const hostKeys: string[] = [];
    for (const type of options.hostKeys ?? ["ed25519"]) {
      hostKeys.push(await makeKey(tools, scratch.path, `host-${type}`, type));
    }
    const person = { ...USER, shell: options.shell ?? USER.shell };
    const own = await readFile(`${keyFile}.pub`, "utf8");
    const authorised = `${[own.trim(), ...(options.authorized ?? [])].join("\n")}\n`;
    const accounts = isRoot ? await makeAccounts(scratch.path, person, authorised) : undefined;
    if (accounts === undefined) await writeFile(join(scratch.path, "authorized_keys"), authorised, { mode: 0o600 });
    if (options.banner !== undefined) await writeFile(join(scratch.path, "banner"), options.banner);
    const lines = [
      ...(options.config ?? []),
      ...hostKeys.map((file) => `HostKey ${file}`),
      `UsePAM ${isRoot ? "yes" : "no"}`,
      `PasswordAuthentication ${isRoot ? "yes" : "no"}`,
      `KbdInteractiveAuthentication ${isRoot ? "yes" : "no"}`,
      `AuthorizedKeysFile ${accounts?.authorizedKeys ?? join(scratch.path, "authorized_keys")}`,
      // the scratch folder lies under a world-writable one, which strict checks refuse
      "StrictModes no",
      "PidFile none",
      "UseDNS no",
      "PrintMotd no",
      "PrintLastLog no",
      "MaxStartups 100",
      ...(options.maxSessions === undefined ? [] : [`MaxSessions ${options.maxSessions}`]),
      ...(options.banner === undefined ? [] : [`Banner ${join(scratch.path, "banner")}`]),
    ];
    const sshd = tools.path("sshd");
    if (await understands(sshd, "PerSourcePenalties=no")) lines.push("PerSourcePenalties no");
    const config = join(scratch.path, "sshd_config");
    await writeFile(config, `${lines.join("\n")}\n`);
    const server = await startServer({
      command: (port) => [sshd, "-D", "-e", "-f", config, "-o", `ListenAddress=127.0.0.1:${port}`],
      ready: "Server listening on",
      inside: accounts?.enter,
    });
    return await describeServer(tools, server, scratch, { keyFile, hostKey: hostKeys[0], ownAccount: isRoot });
  } catch (error) {
    await scratch.remove();
    throw error;
  }
}

/** Starts dropbear likewise. Root only, as dropbear reads keys from the user's home alone. */
export async function startDropbear(tools: Tools): Promise<TestSshServer> {
  if (!isRoot) throw new Error("dropbear needs an account of its own, which only root can give it");
  const scratch = await makeScratch("dropbear");
  try {
    const keyFile = await makeKey(tools, scratch.path, "id", "ed25519");
    const hostKey = join(scratch.path, "host");
    await run(tools.path("dropbearkey"), ["-t", "ed25519", "-f", hostKey]);
    const accounts = await makeAccounts(scratch.path, USER, await readFile(`${keyFile}.pub`, "utf8"));
    const dropbear = tools.path("dropbear");
    const server = await startServer({
      command: (port) => [
        dropbear,
        "-F",
        "-E",
        "-r",
        hostKey,
        "-p",
        `127.0.0.1:${port}`,
        "-P",
        join(scratch.path, "pid"),
      ],
      ready: "Not backgrounding",
      inside: accounts.enter,
    });
    const { stdout } = await run(tools.path("dropbearkey"), ["-y", "-f", hostKey]);
    const publicKey = stdout.split("\n").find((line) => line.startsWith("ssh-")) ?? "";
    await writeFile(`${hostKey}.pub`, `${publicKey}\n`);
    return await describeServer(tools, server, scratch, { keyFile, hostKey, ownAccount: true });
  } catch (error) {
    await scratch.remove();
    throw error;
  }
}

async function describeServer(
  tools: Tools,
  server: Server,
  scratch: { remove(): Promise<void> },
  facts: { keyFile: string; hostKey: string | undefined; ownAccount: boolean },
): Promise<TestSshServer> {
  const { stdout } = await run(tools.path("ssh-keygen"), ["-l", "-f", `${facts.hostKey}.pub`]);
  const fingerprint = stdout.split(" ")[1] ?? "";
  return {
    host: "127.0.0.1",
    port: server.port,
    user: facts.ownAccount ? USER.name : userInfo().username,
    password: facts.ownAccount ? USER.password : undefined,
    privateKey: await readFile(facts.keyFile, "utf8"),
    privateKeyFile: facts.keyFile,
    fingerprint,
    log: () => server.log(),
    killSessions: async () => {
      for (const pid of await sessionsOf(server)) await killTree(pid);
    },
    stop: async () => {
      await server.stop();
      await scratch.remove();
    },
  };
}

async function makeKey(tools: Tools, folder: string, name: string, type: string): Promise<string> {
  const file = join(folder, name);
  const size = type === "rsa" ? ["-b", "2048"] : [];
  await run(tools.path("ssh-keygen"), ["-q", "-t", type, ...size, "-N", "", "-C", "test", "-f", file]);
  return file;
}

async function understands(sshd: string, option: string): Promise<boolean> {
  return run(sshd, ["-T", "-f", "/dev/null", "-o", option]).then(
    () => true,
    (error: { stderr?: string }) => !(error.stderr ?? "").includes("Bad configuration option"),
  );
}
