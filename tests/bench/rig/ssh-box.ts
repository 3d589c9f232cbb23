import { chmod, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { requireTools } from "#support/find-tools.ts";
import { startSshd, type TestSshServer } from "#support/sshd.ts";
import { showInterfacesText } from "../cli-text.ts";
import type { BenchContext } from "../figure.ts";

/** A real OpenSSH server on loopback with CLI text to print. */
export type SshBox = {
  server: TestSshServer;
  /** The file with at least so many bytes of `show interfaces`. */
  textFile(bytes: number): Promise<string>;
  /** The same text as a terminal gets it, with CR before each LF. */
  asTerminal(file: string): Promise<string>;
  close(): Promise<void>;
};

async function startBox(): Promise<SshBox> {
  const tools = await requireTools("sshd", "ssh-keygen");
  if (!tools.ok) throw new Error(tools.reason);
  const server = await startSshd(tools, { config: ["MaxStartups 500", "MaxSessions 100"] });
  const folder = await mkdtemp(join(tmpdir(), "rackside-bench-"));
  // the logged-in user is another one
  await chmod(folder, 0o755);
  const files = new Map<number, string>();
  return {
    server,
    textFile: async (bytes) => {
      const known = files.get(bytes);
      if (known !== undefined) return known;
      const file = join(folder, `show-${bytes}.txt`);
      await writeFile(file, showInterfacesText(bytes), { mode: 0o644 });
      files.set(bytes, file);
      return file;
    },
    asTerminal: async (file) => {
      const text = (await readFile(file, "utf8")).replaceAll("\n", "\r\n");
      await writeFile(`${file}.crlf`, text);
      return `${file}.crlf`;
    },
    close: async () => {
      await server.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** One server for all figures of a run. */
export const sshBox = (context: BenchContext): Promise<SshBox> => context.shared("ssh box", startBox);
