import { execFile } from "node:child_process";
import { access, constants } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);

/** What tests need beyond npm, with the names a system may know it by and the Debian package that has it. */
const TOOLS = {
  chromium: { binaries: ["chromium", "chromium-browser", "google-chrome"], package: "chromium" },
  sshd: { binaries: ["sshd"], package: "openssh-server" },
  ssh: { binaries: ["ssh"], package: "openssh-client" },
  "ssh-keygen": { binaries: ["ssh-keygen"], package: "openssh-client" },
  dropbear: { binaries: ["dropbear"], package: "dropbear-bin" },
  dropbearkey: { binaries: ["dropbearkey"], package: "dropbear-bin" },
  ip: { binaries: ["ip"], package: "iproute2" },
  certutil: { binaries: ["certutil"], package: "libnss3-tools" },
  nft: { binaries: ["nft"], package: "nftables" },
  pgrep: { binaries: ["pgrep"], package: "procps" },
  socat: { binaries: ["socat"], package: "socat" },
  vtysh: { binaries: ["vtysh"], package: "frr" },
  lldpd: { binaries: ["lldpd"], package: "lldpd" },
  bird: { binaries: ["bird"], package: "bird2" },
  iperf3: { binaries: ["iperf3"], package: "iperf3" },
} as const;

export type ToolName = keyof typeof TOOLS;

/** What was looked for. `ok` is false when anything is missing; `reason` then says why. */
export interface Tools {
  readonly ok: boolean;
  readonly missing: readonly ToolName[];
  readonly reason: string;
  /** Path of a tool; throws for one that is missing, so that tests which are not skipped cannot go on without it. */
  path(tool: ToolName): string;
}

/** Daemons live outside an ordinary user's PATH. */
const EXTRA_PATH = ["/usr/local/sbin", "/usr/sbin", "/sbin"];

/** The browser is a large download; a slow mirror must not hang a run for ever. */
const INSTALL_LIMIT_MS = 10 * 60_000;

const found = new Map<ToolName, string>();
const said = new Set<string>((process.env.RACKSIDE_TOOLS_SAID ?? "").split(",").filter((name) => name !== ""));
let installing: Promise<unknown> = Promise.resolve();
const installFailed = new Map<string, string>();

async function onPath(binaries: readonly string[]): Promise<string | undefined> {
  const folders = [...(process.env.PATH ?? "").split(delimiter), ...EXTRA_PATH];
  for (const folder of folders) {
    for (const binary of binaries) {
      const candidate = join(folder, binary);
      if (
        await access(candidate, constants.X_OK).then(
          () => true,
          () => false,
        )
      )
        return candidate;
    }
  }
  return undefined;
}

/** Root on Debian (or a descendant) may install packages. */
async function mayInstall(): Promise<boolean> {
  return process.getuid?.() === 0 && (await onPath(["apt-get"])) !== undefined;
}

/** Keeps daemons that come with a package from starting on this machine, unless it already has such a policy. */
const INSTALL_SCRIPT = `
  policy=/usr/sbin/policy-rc.d
  ours=
  if [ ! -e $policy ]; then printf '#!/bin/sh\\nexit 101\\n' >$policy; chmod 755 $policy; ours=1; fi
  trap '[ -z "$ours" ] || rm -f $policy' EXIT
  export DEBIAN_FRONTEND=noninteractive
  get() { apt-get -y -qq -o DPkg::Lock::Timeout=300 --no-install-recommends install "$@"; }
  get "$@" || { apt-get -qq update && get "$@"; }
`;

/** One apt-get at a time, over all test processes of the machine. Returns why it failed, if it did. */
async function install(packages: readonly string[]): Promise<string | undefined> {
  const key = packages.join(" ");
  const before = installFailed.get(key);
  if (before !== undefined) return before;
  const done = installing.then(() =>
    run("flock", ["/run/lock/rackside-install.lock", "sh", "-c", INSTALL_SCRIPT, "sh", ...packages], {
      timeout: INSTALL_LIMIT_MS,
      maxBuffer: 64 << 20,
    }).then(
      () => undefined,
      (error: Error & { stderr?: string }) => {
        const reason = `apt-get could not install ${key}: ${lastLine(error.stderr) ?? error.message}`;
        installFailed.set(key, reason);
        return reason;
      },
    ),
  );
  installing = done;
  return done;
}

function lastLine(text: string | undefined): string | undefined {
  return text?.trim().split("\n").at(-1) || undefined;
}

/** Playwright's own browser, for systems where no package can be had [Q2]. */
async function playwrightChromium(): Promise<string | undefined> {
  const { chromium } = await import("playwright");
  const usable = async (path: string): Promise<string | undefined> =>
    access(path, constants.X_OK).then(
      () => path,
      () => undefined,
    );
  const present = await usable(chromium.executablePath());
  if (present !== undefined) return present;
  const cli = new URL("../../node_modules/playwright/cli.js", import.meta.url).pathname;
  await run(process.execPath, [cli, "install", "chromium"], { timeout: INSTALL_LIMIT_MS }).catch(() => undefined);
  return usable(chromium.executablePath());
}

/**
 * Finds each tool: what is installed first, then apt-get as root on Debian, then (the browser only) Playwright's own
 * download [Q2]. Found paths are remembered for the life of the process.
 */
async function findTools(...names: readonly ToolName[]): Promise<Tools> {
  let reason: string | undefined;
  const lookUp = async (): Promise<ToolName[]> => {
    const missing: ToolName[] = [];
    for (const name of names) {
      const path = found.get(name) ?? (await onPath(TOOLS[name].binaries));
      if (path === undefined) missing.push(name);
      else found.set(name, path);
    }
    return missing;
  };
  let missing = await lookUp();
  if (missing.length > 0 && (await mayInstall())) {
    reason = await install([...new Set(missing.map((name) => TOOLS[name].package))]);
    missing = await lookUp();
  }
  if (missing.includes("chromium")) {
    const own = await playwrightChromium();
    if (own !== undefined) found.set("chromium", own);
    missing = await lookUp();
  }
  if (missing.length === 0) return { ok: true, missing, reason: "", path: foundPath };
  const packages = [...new Set(missing.map((name) => TOOLS[name].package))].join(" ");
  return {
    ok: false,
    missing,
    reason: reason ?? `not installed (Debian: apt-get install ${packages})`,
    path: foundPath,
  };
}

function foundPath(tool: ToolName): string {
  const path = found.get(tool);
  if (path === undefined) throw new Error(`${tool} is missing, or was not among the tools asked for`);
  return path;
}

/**
 * For the top of a test file: `const tools = await requireTools("sshd")`, then `describe.skipIf(!tools.ok)`.
 * A missing tool gives one line per run; with RACKSIDE_REQUIRE=all it is an error and fails the file [Q2].
 */
export async function requireTools(...names: readonly ToolName[]): Promise<Tools> {
  const result = await findTools(...names);
  if (!result.ok) for (const name of result.missing) reportMissing(name, result.reason);
  return result;
}

/** Says once that something tests need is not there, or throws when everything is required. */
export function reportMissing(what: string, reason: string): void {
  const line = `skipped: tests that need ${what}: ${reason}`;
  if (process.env.RACKSIDE_REQUIRE === "all") throw new Error(`RACKSIDE_REQUIRE=all, but ${what}: ${reason}`);
  if (said.has(what)) return;
  said.add(what);
  process.stderr.write(`${line}\n`);
}
