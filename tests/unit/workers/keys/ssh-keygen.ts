import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Runs OpenSSH's own tool in a folder that is removed afterwards. */
export class KeyGen {
  readonly #dir = mkdtempSync(join(tmpdir(), "rackside-keys-"));
  readonly #tool: string;
  #count = 0;

  /** `tool`: where ssh-keygen is. */
  constructor(tool: string) {
    this.#tool = tool;
  }

  /** Makes a key; `args` as ssh-keygen takes them, without -f, -N, -q and -C. */
  make(args: readonly string[], passphrase = "", comment = "someone@somewhere"): { text: string; line: string } {
    const file = this.#file();
    this.run(["-q", "-f", file, "-N", passphrase, "-C", comment, ...args]);
    return { text: readFileSync(file, "utf8"), line: readFileSync(`${file}.pub`, "utf8").trim() };
  }

  /** What `ssh-keygen -l` prints of a public key. */
  fingerprint(line: string): string {
    return this.run(["-l", "-f", this.write(line)]);
  }

  /** Gives the file in which the text stands now. */
  write(text: string): string {
    const file = this.#file();
    writeFileSync(file, `${text}\n`, { mode: 0o600 });
    return file;
  }

  run(args: readonly string[], input?: string): string {
    return execFileSync(this.#tool, args, { encoding: "utf8", input, stdio: ["pipe", "pipe", "pipe"] }).trim();
  }

  #file(): string {
    this.#count++;
    return join(this.#dir, `key-${this.#count}`);
  }

  remove(): void {
    rmSync(this.#dir, { recursive: true, force: true });
  }
}
