/** One known_hosts file as it was read last; what stands in it is asked for again when it has changed [S51]. */
import { readFile, stat } from "node:fs/promises";
import { writeAtomic } from "../atomic-file.ts";
import { StartupError } from "../startup-error.ts";
import { type KnownHostsEntry, readKnownHostsLine } from "./known-hosts-line.ts";

export class KnownHostsFile {
  readonly path: string;
  /** Lines of the file as they stand, so that what others wrote stays. */
  lines: readonly string[] = [];
  entries: readonly KnownHostsEntry[] = [];
  readonly #required: boolean;
  readonly #notice: (text: string) => void;
  #stamp: string | undefined;
  /** It was there when it was read or written last. */
  #there = false;

  /** `required`: it must be there; `notice` is told of lines that are skipped, and of a file that is gone. */
  constructor(path: string, required: boolean, notice: (text: string) => void) {
    this.path = path;
    this.#required = required;
    this.#notice = notice;
  }

  /**
   * Reads it if it is not as it was. One that was removed is an empty one, unless it is required: what it said before counts
   * no longer. Throws StartupError naming the line when it is damaged, each time until it is mended.
   */
  async refresh(): Promise<void> {
    const stamp = await this.#now();
    if (stamp === this.#stamp) return;
    this.#stamp = undefined;
    const text = await this.#read();
    const lines = (text ?? "").split("\n");
    this.entries = this.#parse(lines);
    this.lines = lines.filter((line) => line.trim() !== "");
    // Taken before reading: an edit meanwhile is read the next time.
    this.#stamp = stamp;
    if (text === undefined && this.#there)
      this.#notice(`${this.path}: was removed; no host key is known until it has lines again`);
    this.#there = text !== undefined;
  }

  /** Replaces all lines in one step. Throws when it cannot be written, and then nothing has changed. */
  async write(lines: readonly string[]): Promise<void> {
    const entries = this.#parse(lines, () => {});
    await writeAtomic(this.path, [...lines, ""].join("\n"));
    this.lines = lines;
    this.entries = entries;
    this.#there = true;
    // Read once more before it counts as known: somebody may have edited it behind us.
    this.#stamp = undefined;
  }

  #parse(lines: readonly string[], notice = this.#notice): KnownHostsEntry[] {
    return lines.flatMap((line, index) => {
      const where = `${this.path}, line ${index + 1}`;
      const read = readKnownHostsLine(line);
      if (read === "damaged") {
        throw new StartupError(`${where}: not a known_hosts line; no host key can be trusted until it is mended`);
      }
      if ("entry" in read) return [read.entry];
      if (read.skip !== undefined) notice(`${where}: ${read.skip}`);
      return [];
    });
  }

  /** Undefined: there is none, and none is needed. */
  async #read(): Promise<string | undefined> {
    return readFile(this.path, "utf8").catch((error: NodeJS.ErrnoException) => {
      if (error.code === "ENOENT" && !this.#required) return undefined;
      throw new StartupError(`${this.path}: cannot be read (${error.code ?? "unknown"})`);
    });
  }

  async #now(): Promise<string> {
    return stat(this.path, { bigint: true }).then(
      ({ mtimeNs, ctimeNs, size, ino }) => `${mtimeNs} ${ctimeNs} ${size} ${ino}`,
      // What cannot be looked at is no empty file: reading it says why [S2].
      (error: NodeJS.ErrnoException) => error.code ?? "unknown",
    );
  }
}
