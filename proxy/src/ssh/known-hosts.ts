/** Store P: the host keys this proxy has seen, as a file in OpenSSH's known_hosts form [S51]. */
import { createHmac, timingSafeEqual } from "node:crypto";
import { readFile } from "node:fs/promises";
import type { HostKey } from "#protocol/messages/target.ts";
import { writeAtomic } from "../atomic-file.ts";
import { Serial } from "../serial.ts";
import { StartupError } from "../startup-error.ts";
import { hostKeyOf, sameKey } from "./host-key.ts";
import type { StoreVerdict } from "./host-key-decision.ts";

type Entry = { patterns: readonly string[]; key: HostKey; revoked: boolean; since: string | undefined };
export type KnownHostsVerdict = { verdict: StoreVerdict; since?: string | undefined; known: readonly HostKey[] };

/** `host`, or `[host]:port` for a port other than 22, as OpenSSH writes it. */
export function hostPattern(host: string, port: number): string {
  const name = host.toLowerCase();
  return port === 22 ? name : `[${name}]:${port}`;
}

/** `|1|salt|hash` of OpenSSH's HashKnownHosts. */
function matchesHashed(pattern: string, host: string): boolean {
  const [, , salt, hash] = pattern.split("|");
  if (salt === undefined || hash === undefined) return false;
  const expected = Buffer.from(hash, "base64");
  const actual = createHmac("sha1", Buffer.from(salt, "base64")).update(host).digest();
  return expected.length === actual.length && timingSafeEqual(expected, actual);
}

function matches(entry: Entry, host: string): boolean {
  return entry.patterns.some((pattern) =>
    pattern.startsWith("|1|") ? matchesHashed(pattern, host) : pattern === host,
  );
}

function parseLine(line: string, where: string): Entry | "skip" {
  const text = line.trim();
  if (text === "" || text.startsWith("#") || text.startsWith("@cert-authority")) return "skip";
  const revoked = text.startsWith("@revoked");
  const [hosts, type, blob, ...comment] = (revoked ? text.slice("@revoked".length).trim() : text).split(/\s+/);
  const key = blob === undefined ? undefined : hostKeyOf(Buffer.from(blob, "base64"));
  if (hosts === undefined || key === undefined || key.type !== type) {
    throw new StartupError(`${where}: not a known_hosts line; no host key can be trusted until it is mended`);
  }
  const since = comment.find((word) => /^\d{4}-\d{2}-\d{2}T/.test(word));
  const patterns = hosts.split(",").map((pattern) => (pattern.startsWith("|1|") ? pattern : pattern.toLowerCase()));
  return { patterns, key, revoked, since };
}

export class KnownHosts {
  readonly path: string;
  /** Lines of the file as they stand, so that what others wrote stays. */
  #lines: string[] = [];
  #entries: Entry[] = [];
  readonly #writing = new Serial();

  private constructor(path: string) {
    this.path = path;
  }

  /** Reads the file; a damaged one fails closed and names the line. `notice` is told of lines that are skipped. */
  static async load(path: string, notice: (text: string) => void): Promise<KnownHosts> {
    const store = new KnownHosts(path);
    const text = await readFile(path, "utf8").catch((error: NodeJS.ErrnoException) => {
      if (error.code === "ENOENT") return "";
      throw new StartupError(`${path}: cannot be read (${error.code ?? "unknown"})`);
    });
    store.#lines = text.split("\n").filter((line) => line.trim() !== "");
    store.#lines.forEach((line, index) => {
      if (line.startsWith("@cert-authority"))
        notice(`${path}, line ${index + 1}: certificate authorities are not used`);
      const entry = parseLine(line, `${path}, line ${index + 1}`);
      if (entry !== "skip") store.#entries.push(entry);
    });
    return store;
  }

  /** What this store says about a key of a target [S44]. Revoked lines count for every host they match. */
  look(host: string, port: number, key: HostKey): KnownHostsVerdict {
    const name = hostPattern(host, port);
    const found = this.#entries.filter((entry) => matches(entry, name));
    const known = found.filter((entry) => !entry.revoked);
    const keys = known.map((entry) => entry.key);
    if (found.some((entry) => entry.revoked && sameKey(entry.key, key))) return { verdict: "revoked", known: keys };
    const same = known.find((entry) => sameKey(entry.key, key));
    if (same !== undefined) return { verdict: "same", since: same.since, known: keys };
    return { verdict: known.length === 0 ? "none" : "other", known: keys };
  }

  /** Keys known for a target, for ordering what is offered [S50]. */
  keysOf(host: string, port: number): readonly HostKey[] {
    const name = hostPattern(host, port);
    return this.#entries.filter((entry) => !entry.revoked && matches(entry, name)).map((entry) => entry.key);
  }

  /** Remembers a key; call only after the handshake proved it [S46]. Throws when the file cannot be written. */
  async learn(host: string, port: number, key: HostKey, now: Date): Promise<void> {
    const since = now.toISOString();
    const line = `${hostPattern(host, port)} ${key.type} ${key.key} ${since}`;
    await this.#writing.run(async () => {
      if (this.look(host, port, key).verdict !== "none") return;
      await writeAtomic(this.path, [...this.#lines, line, ""].join("\n"));
      this.#lines.push(line);
      this.#entries.push({ patterns: [hostPattern(host, port)], key, revoked: false, since });
    });
  }
}
