import { chmod, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestSshServer } from "#support/sshd.ts";

/** A device with a real shell, seen from its own side as well. */
export type TrialDevice = {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
  /** `SHA256:..` of its host key. */
  readonly fingerprint: string;
  /** A folder on it that its user may write to. */
  readonly folder: string;
  put(name: string, text: string): Promise<void>;
  /** A file of the folder; empty when it is not there. */
  get(name: string): Promise<Buffer>;
  remove(): Promise<void>;
};

/** An SSH server of the tests as a device; it reads and writes a folder of this machine. */
export async function deviceOf(sshd: TestSshServer): Promise<TrialDevice> {
  const folder = await mkdtemp(join(tmpdir(), "rackside-trial-"));
  await chmod(folder, 0o777);
  const { host, port, user, password = "", fingerprint } = sshd;
  return {
    host,
    port,
    user,
    password,
    fingerprint,
    folder,
    put: (name, text) => writeFile(join(folder, name), text, { mode: 0o644 }),
    get: (name) => readFile(join(folder, name)).catch(() => Buffer.alloc(0)),
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}
