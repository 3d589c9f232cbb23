/** Store P: the host keys this proxy has seen, as a file in OpenSSH's known_hosts form [S51]. */
import { basename } from "node:path";
import type { HostKey } from "#protocol/messages/target.ts";
import { Serial } from "../serial.ts";
import { StartupError } from "../startup-error.ts";
import { sameKey } from "./host-key.ts";
import type { StoreVerdict } from "./host-key-decision.ts";
import { KnownHostsFile } from "./known-hosts-file.ts";
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

/** Keys that one host may have in this store by its own word; a file that grows with each connect helps nobody. */
const KEYS_PER_HOST = 8;

export class KnownHosts {
  readonly #own: KnownHostsFile;
  /** Of the OS user: read and never written. */
  readonly #imported: KnownHostsFile | undefined;
  readonly #writing = new Serial();

  private constructor(own: KnownHostsFile, imported: KnownHostsFile | undefined) {
    this.#own = own;
    this.#imported = imported;
  }

  /**
   * Reads the file, and another one read-only; a damaged one fails closed and names the line. `notice` is told of lines
   * that are skipped.
   */
  static async load(path: string, notice: (text: string) => void, imported?: string): Promise<KnownHosts> {
    const other = imported === undefined ? undefined : new KnownHostsFile(imported, true, notice);
    const store = new KnownHosts(new KnownHostsFile(path, false, notice), other);
    await store.#reread();
    return store;
  }

  async #reread(): Promise<void> {
    await this.#own.refresh();
    await this.#imported?.refresh();
  }

  /**
   * Reads what was edited since; call before each look. Says what stands in the way when a file is damaged or cannot be
   * read: then nothing may be decided by what was known before [S2].
   */
  async refresh(): Promise<string | undefined> {
    try {
      await this.#writing.run(() => this.#reread());
      return undefined;
    } catch (error) {
      if (!(error instanceof StartupError)) throw error;
      // Where the file lies is nobody's business but the host's.
      const files = [this.#own, this.#imported].flatMap((file) => file?.path ?? []);
      return files.reduce((text, path) => text.replace(path, basename(path)), error.message);
    }
  }

  get #all(): readonly KnownHostsEntry[] {
    return [...this.#own.entries, ...(this.#imported?.entries ?? [])];
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
      await this.#reread();
      if (this.look(place, key).verdict !== "none") return false;
      await this.#write(this.#own.lines, place, key, now);
      return true;
    });
  }

  /**
   * Adds a further key of a host that is known already; nothing is replaced, a revoked one never comes back, and a host that
   * is not known learns nothing this way [S50]. Call only with a key that the host has proved.
   */
  async add(place: HostPlace, key: HostKey, now: Date): Promise<boolean> {
    return this.#writing.run(async () => {
      await this.#reread();
      const { verdict, known } = this.look(place, key);
      if (verdict !== "other" || known.length >= KEYS_PER_HOST) return false;
      await this.#write(this.#own.lines, place, key, now);
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
      await this.#reread();
      const name = placeName(place);
      if (this.#imported?.entries.some((entry) => !entry.revoked && entryMatches(entry, name))) {
        throw new Error("the old key stands in the imported known_hosts file, which is never written");
      }
      const keeps = (line: string) => {
        const read = readKnownHostsLine(line);
        if (read === "damaged" || !("entry" in read) || read.entry.revoked) return true;
        if (!entryMatches(read.entry, name)) return true;
        if (read.entry.patterns.length === 1 && !/[*?]/.test(read.entry.patterns[0] ?? "")) return false;
        throw new Error("the old key stands in a line for several hosts; edit the proxy's known_hosts file");
      };
      await this.#write(this.#own.lines.filter(keeps), place, key, now);
    });
  }

  async #write(lines: readonly string[], place: HostPlace, key: HostKey, now: Date): Promise<void> {
    await this.#own.write([...lines, `${placeName(place)} ${key.type} ${key.key} ${now.toISOString()}`]);
  }
}
