import { execFile } from "node:child_process";
import { constants } from "node:os";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { reportMissing, requireTools } from "./find-tools.ts";

const run = promisify(execFile);
const SCRIPT = fileURLToPath(new URL("../lab/lab.sh", import.meta.url));

/** Longest that any one lab command may take; `up` and `clear` wait for routing up to 40 s on a busy machine. */
const COMMAND_LIMIT_MS = 180_000;

export type NodeName = "r1" | "r2" | "r3" | "peer" | "host" | "gate";
type RouterName = "r1" | "r2" | "r3";
export type UserName = "netops" | "viewer" | "paged" | "noexec" | "linux" | "both" | "otp" | "slow" | "newbie";
type CableName = "r1-r2" | "r2-r3" | "r1-r3" | "r3-peer" | "r2-gate" | "r1-host";
/** The gate's SSH servers, each odd in one way; `what` in the inventory says how. */
export type DoorName =
  | "normal"
  | "password"
  | "keyboard"
  | "otp"
  | "legacy"
  | "modern"
  | "maxsessions"
  | "banner"
  | "expired"
  | "noexec"
  | "nopty"
  | "dropbear"
  | "refused"
  | "silent"
  | "blackhole"
  | "slow"
  | "keyonly"
  | "twofactor"
  | "ancient";

interface Address {
  readonly host: string;
  readonly port: number;
}
interface CableEnd {
  readonly node: NodeName;
  readonly interface: string;
}

/** What `lab.sh inventory` prints. Keys are files of unencrypted OpenSSH private keys that every user accepts. */
export interface Inventory {
  readonly client: string;
  readonly keys: Readonly<Record<"ed25519" | "ecdsa" | "rsa", string>>;
  readonly bgp: {
    readonly routes: number;
    readonly routes6: number;
    readonly as: Readonly<Record<RouterName | "peer", number>>;
  };
  readonly otpCode: string;
  readonly nodes: Readonly<Record<NodeName, Address & { readonly router: boolean }>>;
  readonly users: Readonly<Record<UserName, { readonly password: string; readonly shell: string }>>;
  readonly cables: Readonly<Record<CableName, readonly [CableEnd, CableEnd]>>;
  readonly doors: Readonly<
    Record<DoorName, Address & { readonly user: UserName; readonly password: string; readonly what: string }>
  >;
}

/** A daemon that a fault may kill, stop, continue or start. */
type DaemonName = "zebra" | "staticd" | "ospfd" | "ospf6d" | "bgpd" | "bird" | "lldpd";

/** The faults of lab.sh as argument lists. Those that last are undone by `labClear`. */
export type Fault =
  | readonly ["cable", CableName | `mgmt-${NodeName}`, "pull" | "plug" | "cut" | "join"]
  | readonly ["flap", CableName, times: number, seconds: number]
  | readonly ["daemon", NodeName, DaemonName, "kill" | "start" | "stop" | "cont"]
  | readonly ["clear-bgp", RouterName]
  | readonly ["routes", number | "off"]
  | readonly ["loss", NodeName, percent: number | "off"]
  | readonly ["ssh", NodeName, "cut" | "heal" | "kick" | "reset" | "down" | "up"]
  | readonly ["hostkey", NodeName, "change" | "restore"]
  | readonly ["password", UserName, "expire"]
  | readonly ["delay", NodeName, number | "off"];

export interface ExecResult {
  readonly stdout: string;
  readonly stderr: string;
  readonly code: number;
}

/** Whether the lab is up, and what it consists of. `inventory` throws when it is not up. */
export interface Lab {
  readonly up: boolean;
  inventory(): Inventory;
}

let ready: Promise<Lab> | undefined;

/**
 * Brings the lab up, installing what it needs as root on Debian. Where that cannot be had it says so in one clear line and
 * `up` is false; with RACKSIDE_REQUIRE=all that is an error. For the top of a test file: `const lab = await requireLab()`,
 * then `describe.skipIf(!lab.up)` and `lab.inventory()` inside the tests.
 */
export function requireLab(): Promise<Lab> {
  ready ??= bringUp();
  return ready;
}

const DOWN: Lab = {
  up: false,
  inventory: () => {
    throw new Error("the lab is not up");
  },
};

async function bringUp(): Promise<Lab> {
  if (process.platform !== "linux" || process.getuid?.() !== 0) {
    reportMissing("the network lab", "it needs root on Linux (network namespaces)");
    return DOWN;
  }
  const tools = await requireTools(
    "ip",
    "nft",
    "pgrep",
    "socat",
    "vtysh",
    "lldpd",
    "bird",
    "sshd",
    "ssh",
    "ssh-keygen",
    "dropbear",
    "dropbearkey",
  );
  if (!tools.ok) return DOWN;
  const up = await lab("up");
  if (up.code !== 0) {
    reportMissing("the network lab", `it does not come up: ${up.stderr.trim().split("\n").at(-1) ?? ""}`);
    return DOWN;
  }
  const inventory = await readInventory();
  return { up: true, inventory: () => inventory };
}

async function readInventory(): Promise<Inventory> {
  const { stdout } = await mustSucceed("inventory");
  // lab.sh and this type are kept in step by lab-itself.test.ts
  return JSON.parse(stdout) as Inventory;
}

/** Runs a command as root inside a node; a non-zero exit is a value, not an error. */
export function labExec(node: NodeName, ...command: readonly string[]): Promise<ExecResult> {
  return lab("exec", node, ...command);
}

/** Several vtysh commands on one node; rejects when vtysh reports an error. */
export async function labVtysh(node: NodeName, ...commands: readonly string[]): Promise<string> {
  const { stdout } = await mustSucceed("exec", node, "vtysh", ...commands.flatMap((line) => ["-c", line]));
  return stdout;
}

/** Makes a fault. Resolves to false when this kernel cannot (`delay` without netem). */
export async function labFault(...fault: Fault): Promise<boolean> {
  const args = ["fault", ...fault.map(String)];
  const result = await lab(...args);
  if (result.code === NOT_ON_THIS_KERNEL) return false;
  if (result.code !== 0) throw new Error(`lab.sh ${args.join(" ")}: ${result.stderr.trim()}`);
  return true;
}

/** lab.sh's exit status for a fault that the kernel has no means for. */
const NOT_ON_THIS_KERNEL = 3;

/** Undoes every fault and waits until routing has settled. */
export async function labClear(): Promise<void> {
  await mustSucceed("clear");
}

/** Removes the lab from the machine. */
export async function labDown(): Promise<void> {
  await mustSucceed("down");
}

/** Whether the lab is up, without bringing it up. */
export async function labIsUp(): Promise<boolean> {
  return (await lab("status")).code === 0;
}

async function mustSucceed(...args: readonly string[]): Promise<ExecResult> {
  const result = await lab(...args);
  if (result.code !== 0) throw new Error(`lab.sh ${args.join(" ")}: ${(result.stderr || result.stdout).trim()}`);
  return result;
}

async function lab(...args: readonly string[]): Promise<ExecResult> {
  try {
    const { stdout, stderr } = await run(SCRIPT, args, { timeout: COMMAND_LIMIT_MS, maxBuffer: 64 << 20 });
    return { stdout, stderr, code: 0 };
  } catch (error) {
    const failed = error as Error & {
      stdout?: string;
      stderr?: string;
      code?: number | string;
      signal?: string | null;
    };
    if (typeof failed.code === "number") {
      return { stdout: failed.stdout ?? "", stderr: failed.stderr ?? "", code: failed.code };
    }
    const signal = failed.signal as NodeJS.Signals | null | undefined;
    if (signal == null) throw error;
    // as a shell counts it
    return { stdout: failed.stdout ?? "", stderr: failed.message, code: 128 + constants.signals[signal] };
  }
}
