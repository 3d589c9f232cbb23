/** One configuration from defaults, file, environment and flags, in that order; every bad value names where it stands. */
import { readFile } from "node:fs/promises";
import { homedir } from "node:os";
import { join, resolve } from "node:path";
import * as v from "valibot";
import type { CliArgs } from "./config/cli-args.ts";
import { ConfigFile, type ConfigInput, type ConfigValues } from "./config/config-schema.ts";
import { rulesOf } from "./config/policy-schema.ts";
import { loadTrust } from "./identity/load-trust.ts";
import type { HeaderTrust } from "./identity/trusted-headers.ts";
import { parseAddress } from "./policy/address.ts";
import { deniedClass } from "./policy/address-class.ts";
import { StartupError } from "./startup-error.ts";
import { fieldOf, lineOf, parseJson } from "./state-file.ts";
import { DEFAULT_ALLOW, type TargetPolicy } from "./target-policy.ts";

export type Config = Omit<ConfigValues, "data_dir" | "allow" | "deny" | "default_allow" | "host"> & {
  /** An address, or `localhost`. */
  host: string;
  dataDir: string;
  policy: TargetPolicy;
  /** The configuration file, whether there is one or not: its rules are read again when it changes [S38]. */
  path: string;
  /** Whose word about addresses and users is believed [S13]. */
  trust: HeaderTrust;
};
type Env = Readonly<Record<string, string | undefined>>;
type Source = { field: keyof ConfigInput; name: string; value: unknown };

/** Where state lives when nobody says otherwise: the platform's place for it. */
export function defaultDataDir(env: Env, platform: NodeJS.Platform = process.platform): string {
  if (platform === "win32") return join(env.LOCALAPPDATA ?? join(homedir(), "AppData", "Local"), "rackside");
  if (platform === "darwin") return join(homedir(), "Library", "Application Support", "rackside");
  return join(env.XDG_STATE_HOME ?? join(homedir(), ".local", "state"), "rackside");
}

function numberOf(text: string): unknown {
  return /^-?\d+(\.\d+)?$/.test(text.trim()) ? Number(text) : text;
}

function booleanOf(text: string): unknown {
  if (/^(1|true|yes|on)$/i.test(text)) return true;
  return /^(0|false|no|off)$/i.test(text) ? false : text;
}

/** Values of the environment and the command line, with the name to blame. */
function overrides(args: CliArgs, env: Env): Source[] {
  const found: Source[] = [];
  const add = (field: keyof ConfigInput, name: string, value: unknown) => {
    if (value !== undefined) found.push({ field, name, value });
  };
  const { RACKSIDE_PORT: port, RACKSIDE_DEMO: demo, RACKSIDE_DRAIN_S: drain } = env;
  add("host", "RACKSIDE_HOST", env.RACKSIDE_HOST);
  add("lan", "RACKSIDE_LAN", env.RACKSIDE_LAN === undefined ? undefined : booleanOf(env.RACKSIDE_LAN));
  add("port", "RACKSIDE_PORT", port === undefined ? undefined : numberOf(port));
  add("data_dir", "RACKSIDE_DATA_DIR", env.RACKSIDE_DATA_DIR);
  add("demo", "RACKSIDE_DEMO", demo === undefined ? undefined : booleanOf(demo));
  add("node", "RACKSIDE_NODE", env.RACKSIDE_NODE);
  add("drain_s", "RACKSIDE_DRAIN_S", drain === undefined ? undefined : numberOf(drain));
  add("host", "--host", args.host);
  add("lan", "--lan", args.lan);
  add("port", "--port", args.port === undefined ? undefined : numberOf(args.port));
  add("data_dir", "--data-dir", args.dataDir);
  add("demo", "--no-demo", args.demo);
  const cert = args.tlsCert ?? env.RACKSIDE_TLS_CERT;
  const key = args.tlsKey ?? env.RACKSIDE_TLS_KEY;
  if (cert !== undefined && key !== undefined) add("tls", "--tls-cert and --tls-key", { cert, key });
  else if (cert !== undefined || key !== undefined) {
    const missing = cert === undefined ? "--tls-cert" : "--tls-key";
    throw new StartupError(`${missing}: is missing; a certificate and its key are given together`);
  }
  return found;
}

async function readConfigFile(path: string, required: boolean): Promise<{ values: unknown; text: string }> {
  try {
    const text = await readFile(path, "utf8");
    return { values: parseJson(text, path), text };
  } catch (error) {
    if (error instanceof StartupError) throw error;
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT" && !required) return { values: {}, text: "" };
    throw new StartupError(`${path}: the configuration file cannot be read (${code ?? "unknown"})`);
  }
}

function complain(path: string, text: string, issue: v.BaseIssue<unknown>): StartupError {
  const field = fieldOf(issue);
  const key = issue.path?.map((item) => item.key).findLast((item) => typeof item === "string");
  const found = key === undefined ? -1 : text.indexOf(`"${key}"`);
  const line = found < 0 ? "" : `, line ${lineOf(text, found)}`;
  const message =
    issue.type !== "strict_object"
      ? issue.message
      : issue.expected === "never"
        ? "is no key of the configuration"
        : issue.received === "undefined"
          ? "is missing"
          : issue.message;
  return new StartupError(`${path}${line}: ${field || "content"}: ${message}`);
}

/** The rules of one configuration file, with the shipped ones where it keeps them [S34]. */
function policyOf({ allow, deny, default_allow, identity }: ConfigValues): TargetPolicy {
  const shipped = (default_allow ?? identity === undefined) ? DEFAULT_ALLOW : [];
  return { allow: [...shipped, ...rulesOf(allow)], deny: rulesOf(deny) };
}

/**
 * Reads the rules anew, as after an edit [S38]; a file that is not there any more is an error. Whether there are several
 * users is what the proxy runs with: an edit of `identity` counts from the next start, and must not open private networks
 * to everybody before it [S34]. Throws StartupError as {@link loadConfig} does.
 */
export async function readPolicy(path: string, { identity }: Pick<Config, "identity">): Promise<TargetPolicy> {
  const { values, text } = await readConfigFile(path, true);
  const file = v.safeParse(ConfigFile, values);
  if (!file.success) throw complain(path, text, file.issues[0]);
  return policyOf({ ...file.output, identity });
}

/** The address to listen on: plain HTTP is for loopback only [S28]. */
function listenAddress({ host, lan, tls }: ConfigValues, name: string): string {
  if (host === undefined) return lan ? EVERY_ADDRESS : "127.0.0.1";
  if (host === "localhost") return host;
  const address = parseAddress(host);
  if (address === undefined) {
    throw new StartupError(`${name}: "${host}" is no address: it is one of this machine's, localhost, :: or 0.0.0.0`);
  }
  if (lan || tls !== undefined || deniedClass(address, []) === "loopback") return host;
  throw new StartupError(
    `${name}: "${host}" is not a loopback address, and browsers keep service workers and keys from pages without TLS. ` +
      `Add --lan, which makes a certificate for this machine (tablets have to trust it once: rackside tls enroll), or ` +
      `give your own with --tls-cert and --tls-key. Plain HTTP is served on loopback only (127.0.0.1, ::1, localhost).`,
  );
}

/** IPv6 and IPv4. */
export const EVERY_ADDRESS = "::";

function shown(value: unknown): string {
  return (typeof value === "string" ? value : JSON.stringify(value)).slice(0, 80);
}

/** Builds the configuration; throws StartupError with file or flag, field and what it must be. */
export async function loadConfig(args: CliArgs, env: Env): Promise<Config> {
  const given = overrides(args, env);
  const early = given.findLast(({ field }) => field === "data_dir")?.value;
  const guess = typeof early === "string" && early !== "" ? early : defaultDataDir(env);
  const named = args.config ?? env.RACKSIDE_CONFIG;
  const path = named ?? join(guess, "config.json");
  const { values, text } = await readConfigFile(path, named !== undefined);
  const file = v.safeParse(ConfigFile, values);
  if (!file.success) throw complain(path, text, file.issues[0]);
  let merged: ConfigValues = file.output;
  let hostFrom = `${path}: host`;
  for (const { field, name, value } of given) {
    const one = v.safeParse(ConfigFile, { [field]: value });
    if (!one.success) throw new StartupError(`${name}: ${one.issues[0].message} (it is "${shown(value)}")`);
    merged = { ...merged, [field]: one.output[field] };
    if (field === "host") hostFrom = name;
  }
  const host = listenAddress(merged, hostFrom);
  const { data_dir, allow: _allow, deny: _deny, default_allow: _default, ...rest } = merged;
  const policy = policyOf(merged);
  if (args.json && rest.audit.stdout) throw new StartupError("audit.stdout: stdout is for --json alone");
  return {
    ...rest,
    host,
    dataDir: resolve(data_dir ?? guess),
    policy,
    path,
    trust: await loadTrust({ ...merged, host }),
  };
}
