/**
 * How a command at the console reaches the proxy that runs: a file in its state folder, which only its OS user can write.
 * The proxy answers with another file. No port and no socket is open for this.
 */
import { randomBytes } from "node:crypto";
import { type FSWatcher, watch } from "node:fs";
import { readdir, readFile, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import * as v from "valibot";
import { ensureStateDir, writeAtomic } from "../atomic-file.ts";
import { Serial } from "../serial.ts";

const REQUEST = ".request.json";
const ANSWER = ".answer.json";
/** Looked at this often where the system does not tell of new files. */
const LOOK_MS = 500;
/** What nobody came for is removed. */
const STALE_MS = 60_000;
/** How long a command waits for the proxy, and how often it looks. */
const WAIT_MS = 10_000;
const WAIT_LOOK_MS = 50;

export const ConsoleRequest = v.variant("kind", [
  v.object({ kind: v.literal("revoke"), client_id: v.string(), end_sessions: v.boolean() }),
  v.object({ kind: v.literal("disable"), user: v.string() }),
  v.object({ kind: v.literal("enable"), user: v.string() }),
  v.object({ kind: v.literal("allow_changes") }),
  /** A pairing secret was made by the command itself, and is to be audited. */
  v.object({ kind: v.literal("paired") }),
]);
export type ConsoleRequest = v.InferOutput<typeof ConsoleRequest>;
/** False: there was nothing to do it to. */
export type ConsoleAnswer = { done: boolean };
const Answer = v.pipe(v.string(), v.parseJson(), v.object({ done: v.boolean() }));

function dirOf(dataDir: string): string {
  return join(dataDir, "console");
}

export class ConsoleInbox {
  readonly #dir: string;
  readonly #answer: (request: ConsoleRequest) => Promise<ConsoleAnswer>;
  readonly #work = new Serial();
  readonly #timer: NodeJS.Timeout;
  readonly #watcher: FSWatcher | undefined;

  private constructor(dir: string, answer: (request: ConsoleRequest) => Promise<ConsoleAnswer>) {
    this.#dir = dir;
    this.#answer = answer;
    const look = (): void => void this.#work.run(() => this.#look()).catch(() => {});
    this.#timer = setInterval(look, LOOK_MS);
    this.#timer.unref();
    this.#watcher = watching(dir, look);
    look();
  }

  /** `answer` carries a request out; when it throws, the request is answered as not done. */
  static async open(
    dataDir: string,
    answer: (request: ConsoleRequest) => Promise<ConsoleAnswer>,
  ): Promise<ConsoleInbox> {
    const dir = dirOf(dataDir);
    await ensureStateDir(dir);
    // What an earlier process did not get to: whoever asked was told so.
    for (const name of await readdir(dir)) await rm(join(dir, name), { force: true });
    return new ConsoleInbox(dir, answer);
  }

  async #look(): Promise<void> {
    for (const name of await readdir(this.#dir)) {
      const path = join(this.#dir, name);
      if (name.endsWith(REQUEST) && !name.startsWith(".")) {
        const text = await readFile(path, "utf8");
        // Removed first: a request that ends the process must not do so again.
        await rm(path, { force: true });
        const parsed = v.safeParse(v.pipe(v.string(), v.parseJson(), ConsoleRequest), text);
        const done = parsed.success && (await this.#answer(parsed.output).catch(() => ({ done: false }))).done;
        await writeAtomic(join(this.#dir, `${name.slice(0, -REQUEST.length)}${ANSWER}`), JSON.stringify({ done }));
      } else if (name.endsWith(ANSWER)) {
        const age = Date.now() - (await stat(path).catch(() => ({ mtimeMs: Date.now() }))).mtimeMs;
        if (age > STALE_MS) await rm(path, { force: true });
      }
    }
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    this.#watcher?.close();
    await this.#work.run(async () => {});
  }
}

function watching(dir: string, look: () => void): FSWatcher | undefined {
  try {
    const watcher = watch(dir, look);
    // Some file systems cannot be watched: then looking has to do.
    watcher.on("error", () => watcher.close());
    watcher.unref();
    return watcher;
  } catch {
    return undefined;
  }
}

/**
 * Hands a request to the running proxy and waits for its answer; undefined when none comes. `leave`: the request stays for
 * a proxy that only stands still; one that starts anew throws it away.
 */
export async function askRunningProxy(
  dataDir: string,
  request: ConsoleRequest,
  { leave = false, waitMs = WAIT_MS } = {},
): Promise<ConsoleAnswer | undefined> {
  const dir = dirOf(dataDir);
  const id = randomBytes(12).toString("hex");
  await ensureStateDir(dir);
  await writeAtomic(join(dir, `${id}${REQUEST}`), JSON.stringify(request));
  const answer = join(dir, `${id}${ANSWER}`);
  for (let waited = 0; waited < waitMs; waited += WAIT_LOOK_MS) {
    const parsed = v.safeParse(Answer, await readFile(answer, "utf8").catch(() => ""));
    if (parsed.success) {
      await rm(answer, { force: true });
      return parsed.output;
    }
    await new Promise((resolve) => setTimeout(resolve, WAIT_LOOK_MS));
  }
  if (!leave) await rm(join(dir, `${id}${REQUEST}`), { force: true });
  return undefined;
}
