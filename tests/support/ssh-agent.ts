import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);

/** A running ssh-agent of OpenSSH without keys, as the proxy's host may have one. */
export type TestSshAgent = {
  /** Its socket, for `SSH_AUTH_SOCK` and for the proxy's configuration. */
  readonly socket: string;
  add(privateKeyFile: string): Promise<void>;
  /** Ends it and removes its socket. */
  stop(): Promise<void>;
};

/** Starts an agent. The caller stops it. */
export async function startSshAgent(): Promise<TestSshAgent> {
  const folder = await mkdtemp(join(tmpdir(), "rackside-agent-"));
  const socket = join(folder, "agent");
  const { stdout } = await run("ssh-agent", ["-a", socket, "-s"]);
  const pid = Number(/SSH_AGENT_PID=(\d+)/.exec(stdout)?.[1]);
  return {
    socket,
    add: async (file) => {
      await run("ssh-add", [file], { env: { ...process.env, SSH_AUTH_SOCK: socket } });
    },
    stop: async () => {
      if (pid > 0) process.kill(pid);
      await rm(folder, { recursive: true, force: true });
    },
  };
}
