/** Store P: the host keys this proxy has seen, as a file in OpenSSH's known_hosts form [S51]. */
import { readFile } from "node:fs/promises";
import type { HostKey } from "#protocol/messages/target.ts";
import { writeAtomic } from "../atomic-file.ts";
import { Serial } from "../serial.ts";
import { StartupError } from "../startup-error.ts";
import { sameKey } from "./host-key.ts";
import type { StoreVerdict } from "./host-key-decision.ts";
import { entryMatches, hostPattern, type KnownHostsEntry, readKnownHostsLine } from "./known-hosts-line.ts";

/** `since`: of that key, where the proxy wrote it. */
export type KnownKey = { key: HostKey; since?: string | undefined };
export type KnownHostsVerdict = { verdict: StoreVerdict; since?: string | undefined; known: readonly KnownKey[] };
/** A host by address and port; `behind`: the jump path to it, since private addresses repeat behind different ones. */
export type HostPlace = { host: string; port: number; behind?: string | undefined };

export { hostPattern };

/** The name under which a host is stored. */
export function placeName({ host, port, behind }: HostPlace): string {
  const name = hostPattern(host, port);
  return behind === undefined ? name : `${name}@${behind}`;
}

async function linesOf(path: string, required: boolean): Promise<string[]> {
  const text = await readFile(path, "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT" && !required) return "";
    throw new StartupError(`${path}: cannot be read (${error.code ?? "unknown"})`);
  });
  return text.split("\n");
}

function readEntries(lines: readonly string[], path: string, notice: (text: string) => void): KnownHostsEntry[] {
  return lines.flatMap((line, index) => {
    const where = `${path}, line ${index + 1}`;
    const read = readKnownHostsLine(line);
    if (read === "damaged") {
      throw new StartupError(`${where}: not a known_hosts line; no host key can be trusted until it is mended`);
    }
    if ("entry" in read) return [read.entry];
    if (read.skip !== undefined) notice(`${where}: ${read.skip}`);
    return [];
  });
}

/** Keys that one host may have in this store by its own word; a file that grows with each connect helps nobody. */
const KEYS_PER_HOST = 8;

export class KnownHosts {
  readonly path: string;
  /** Lines of the file as they stand, so that what others wrote stays. */
  #lines: string[] = [];
  #entries: KnownHostsEntry[] = [];
  /** Of files that are read and never written. */
  #imported: readonly KnownHostsEntry[] = [];
  readonly #writing = new Serial();

  private constructor(path: string) {
    this.path = path;
  }

  /**
   * Reads the file, and another one read-only; a damaged one fails closed and names the line. `notice` is told of lines
   * that are skipped.
   */
  static async load(path: string, notice: (text: string) => void, imported?: string): Promise<KnownHosts> {
    const store = new KnownHosts(path);
    store.#lines = (await linesOf(path, false)).filter((line) => line.trim() !== "");
    store.#entries = readEntries(store.#lines, path, notice);
    if (imported !== undefined) store.#imported = readEntries(await linesOf(imported, true), imported, notice);
    return store;
  }

  get #all(): readonly KnownHostsEntry[] {
    return [...this.#entries, ...this.#imported];
  }

  /** Entries of a place. Behind a jump host a plain name says only what it confirms: it may be another box's. */
  #found(place: HostPlace, key: HostKey | undefined): readonly KnownHostsEntry[] {
    const own = this.#all.filter((entry) => entryMatches(entry, placeName(place)));
    if (place.behind === undefined || own.some((entry) => !entry.revoked)) return own;
    const plain = this.#all.filter((entry) => entryMatches(entry, hostPattern(place.host, place.port)));
    return [...own, ...plain.filter((entry) => key === undefined || sameKey(entry.key, key))];
  }

  /** What this store says about a key of a target [S44]. Revoked lines count for every host they match. */
  look(place: HostPlace, key: HostKey): KnownHostsVerdict {
    const found = this.#found(place, key);
    const trusted = found.filter((entry) => !entry.revoked);
    const known = trusted.map((entry) => ({ key: entry.key, since: entry.since }));
    if (found.some((entry) => entry.revoked && sameKey(entry.key, key))) return { verdict: "revoked", known };
    const same = trusted.find((entry) => sameKey(entry.key, key));
    if (same !== undefined) return { verdict: "same", since: same.since, known };
    return { verdict: trusted.length === 0 ? "none" : "other", known };
  }

  /** Keys known for a target, for ordering what is offered [S50]. */
  keysOf(place: HostPlace): readonly HostKey[] {
    return this.#found(place, undefined)
      .filter((entry) => !entry.revoked)
      .map((entry) => entry.key);
  }

  /** Remembers a key; call only after the handshake proved it [S46]. Throws when the file cannot be written. */
  async learn(place: HostPlace, key: HostKey, now: Date): Promise<boolean> {
    return this.#writing.run(async () => {
      if (this.look(place, key).verdict !== "none") return false;
      await this.#write(this.#lines, this.#entries, place, key, now);
      return true;
    });
  }

  /**
   * Adds a further key of a host that is known already; nothing is replaced, a revoked one never comes back, and a host that
   * is not known learns nothing this way [S50]. Call only with a key that the host has proved.
   */
  async add(place: HostPlace, key: HostKey, now: Date): Promise<boolean> {
    return this.#writing.run(async () => {
      const { verdict, known } = this.look(place, key);
      if (verdict !== "other" || known.length >= KEYS_PER_HOST) return false;
      await this.#write(this.#lines, this.#entries, place, key, now);
      return true;
    });
  }

  /**
   * Puts a key in the place of those that were known for the host, after a person's act and the handshake's proof [S48].
   * Lines for other hosts stay; a line that names several hosts, hashed ones and an imported file cannot be edited so: then
   * it throws, and the text says which.
   */
  async replace(place: HostPlace, key: HostKey, now: Date): Promise<void> {
    await this.#writing.run(async () => {
      const name = placeName(place);
      if (this.#imported.some((entry) => !entry.revoked && entryMatches(entry, name))) {
        throw new Error("the old key stands in the imported known_hosts file, which is never written");
      }
      const keeps = (line: string) => {
        const read = readKnownHostsLine(line);
        if (read === "damaged" || !("entry" in read) || read.entry.revoked) return true;
        if (!entryMatches(read.entry, name)) return true;
        if (read.entry.patterns.length === 1 && !/[*?]/.test(read.entry.patterns[0] ?? "")) return false;
        throw new Error("the old key stands in a line for several hosts; edit the proxy's known_hosts file");
      };
      const lines = this.#lines.filter(keeps);
      await this.#write(
        lines,
        readEntries(lines, this.path, () => {}),
        place,
        key,
        now,
      );
    });
  }

  async #write(
    lines: readonly string[],
    entries: readonly KnownHostsEntry[],
    place: HostPlace,
    key: HostKey,
    now: Date,
  ): Promise<void> {
    const since = now.toISOString();
    const line = `${placeName(place)} ${key.type} ${key.key} ${since}`;
    await writeAtomic(this.path, [...lines, line, ""].join("\n"));
    this.#lines = [...lines, line];
    this.#entries = [...entries, { patterns: [placeName(place)], key, revoked: false, since }];
  }
}
