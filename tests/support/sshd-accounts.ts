import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import { chown, copyFile, mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);

/** An account that exists only inside one server's mount namespace. */
export interface Person {
  readonly name: string;
  readonly uid: number;
  readonly password: string;
  readonly shell: string;
}

/** Own account files, and the command that runs another one with them in place of the machine's. */
export interface Accounts {
  readonly authorizedKeys: string;
  readonly enter: readonly string[];
}

const PAM_SSHD = `auth required pam_unix.so
account required pam_unix.so
session required pam_permit.so
password required pam_unix.so
`;

/**
 * The machine's accounts plus one, as files that a private mount namespace shows instead of the real ones. The PID
 * namespace makes every session end with the server: sshd's sessions leave its process group.
 */
export async function makeAccounts(folder: string, person: Person, authorised: string): Promise<Accounts> {
  const etc = join(folder, "etc");
  const home = join(folder, "home");
  await mkdir(join(etc, "pam.d"), { recursive: true });
  await mkdir(join(home, ".ssh"), { recursive: true, mode: 0o700 });
  const authorizedKeys = join(home, ".ssh", "authorized_keys");
  await writeFile(authorizedKeys, authorised, { mode: 0o600 });
  for (const path of [home, join(home, ".ssh"), authorizedKeys]) await chown(path, person.uid, person.uid);
  const { name, uid, shell } = person;
  const salt = randomBytes(6).toString("hex");
  const { stdout: hash } = await run("perl", [
    "-e",
    "print crypt($ARGV[0], $ARGV[1])",
    person.password,
    `$6$rounds=1000$${salt}$`,
  ]);
  await append("passwd", `${name}:x:${uid}:${uid}:test user:${home}:${shell}`);
  await append("group", `${name}:x:${uid}:`);
  await append("shadow", `${name}:${hash}:19000:0:99999:7:::`);
  await append("shells", shell);
  await writeFile(join(etc, "pam.d", "sshd"), PAM_SSHD);
  await writeFile(join(etc, "pam.d", "other"), "auth required pam_deny.so\naccount required pam_deny.so\n");
  // sshd as root insists on this empty folder; packages make it when the service starts
  await mkdir("/run/sshd", { recursive: true, mode: 0o755 });
  const script = `set -e
for file in passwd group shadow shells pam.d; do mount --bind "$0/$file" "/etc/$file"; done
exec "$@"`;
  return {
    authorizedKeys,
    enter: ["unshare", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc", "sh", "-c", script, etc],
  };

  async function append(file: string, line: string): Promise<void> {
    const target = join(etc, file);
    await copyFile(`/etc/${file}`, target).catch(() => writeFile(target, ""));
    const before = await readFile(target, "utf8");
    await writeFile(target, `${before}${before === "" || before.endsWith("\n") ? "" : "\n"}${line}\n`);
  }
}
