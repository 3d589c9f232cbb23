import { type ChildProcess, spawn } from "node:child_process";
import { readdir, readFile } from "node:fs/promises";
import { type AddressInfo, createServer } from "node:net";

/** A running server process. */
export interface Server {
  readonly port: number;
  readonly process: ChildProcess;
  /** Whether the server runs below a namespace wrapper. */
  readonly wrapped: boolean;
  log(): string;
  stop(): Promise<void>;
}

interface ServerSpec {
  readonly command: (port: number) => readonly string[];
  /** Text on stderr that says the server listens. */
  readonly ready: string;
  /** Wrapper command put before the server's. */
  readonly inside: readonly string[] | undefined;
}

/** Neither server can choose a free port itself, so a port may be lost between look-up and start; then another is taken. */
const PORT_TRIES = 5;

export async function startServer(spec: ServerSpec): Promise<Server> {
  let failure = "";
  for (let attempt = 0; attempt < PORT_TRIES; attempt++) {
    const port = await freePort();
    const result = await startOnce(spec, port);
    if (typeof result !== "string") return result;
    failure = result;
    if (!/in use|listening/i.test(failure)) break;
  }
  throw new Error(`the server did not start: ${failure}`);
}

async function startOnce(spec: ServerSpec, port: number): Promise<Server | string> {
  const [file = "", ...args] = [...(spec.inside ?? []), ...spec.command(port)];
  const child = spawn(file, args, { stdio: ["ignore", "ignore", "pipe"] });
  let log = "";
  const exited = new Promise<void>((resolve) => {
    child.once("close", () => resolve());
    child.once("error", (error) => {
      log += error.message;
      resolve();
    });
  });
  const listening = await new Promise<boolean>((resolve) => {
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      log += text;
      if (log.includes(spec.ready)) resolve(true);
    });
    void exited.then(() => resolve(false));
  });
  if (!listening) return log;
  const wrapped = spec.inside !== undefined;
  const server: Server = {
    port,
    process: child,
    wrapped,
    log: () => log,
    stop: async () => {
      const { pid } = child;
      if (pid !== undefined && child.exitCode === null && child.signalCode === null) {
        // the wrapper reaps its namespace's first process, with which all others end, and then ends itself
        for (const first of wrapped ? await childrenOf(pid) : [pid]) await killTree(first);
      }
      await exited;
    },
  };
  return server;
}

/** Host pids of the processes that each serve one connection. */
export async function sessionsOf(server: Server): Promise<number[]> {
  const top = server.process.pid;
  if (top === undefined) return [];
  const children = await childrenOf(top);
  if (!server.wrapped) return children;
  const listener = children[0];
  return listener === undefined ? [] : childrenOf(listener);
}

/** Kills a process and its descendants, the deepest last, so that none is adopted by another before it is found. */
export async function killTree(pid: number): Promise<void> {
  const below = await childrenOf(pid);
  kill(pid);
  for (const child of below) await killTree(child);
}

function kill(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch (error) {
    // it may have ended by itself meanwhile
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}

async function childrenOf(pid: number): Promise<number[]> {
  const children: number[] = [];
  for (const entry of await readdir("/proc")) {
    if (!/^\d+$/.test(entry)) continue;
    const stat = await readFile(`/proc/${entry}/stat`, "utf8").catch(() => "");
    // fields after the command's closing bracket: state, parent pid
    const parent = stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1];
    if (parent === String(pid)) children.push(Number(entry));
  }
  return children;
}

async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((resolve, reject) => {
    probe.once("error", reject);
    probe.listen(0, "127.0.0.1", resolve);
  });
  // a TCP server that listens has an AddressInfo
  const { port } = probe.address() as AddressInfo;
  await new Promise<void>((resolve) => {
    probe.close(() => resolve());
  });
  return port;
}
