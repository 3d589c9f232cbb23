import { logText } from "../show/logging.ts";
import type { DeviceSpec } from "../world/topology.ts";
import type { World } from "../world/world.ts";
import type { CommandTree } from "./command-tree.ts";
import { endConfiguration } from "./config-commands.ts";
import type { LineFilter } from "./filter.ts";
import { helpScreen, tabCompletion } from "./help-screen.ts";
import { KeyQueue } from "./key-queue.ts";
import type { Key } from "./keys.ts";
import { LineEditor } from "./line-editor.ts";
import { Pager } from "./pager.ts";
import { resolveLine } from "./resolve-line.ts";
import type { Command, CommandContext, CommandOutput, SessionState, VtyLine } from "./session-state.ts";
import { interfaceResolver, promptOf } from "./session-state.ts";

/** Why output stopped: the user interrupted, or the channel went away. */
class Interrupted extends Error {}

/** What a session needs of its surroundings. `write` resolves when more may be written and rejects once closed. */
export type SessionPorts = {
  world: World;
  device: DeviceSpec;
  tree: CommandTree;
  state: SessionState;
  lines: () => readonly VtyLine[];
  write: (text: string) => Promise<void>;
  /** Waits; slower or faster than the clock by the lab's pace. Rejects when the signal aborts. */
  wait: (ms: number, signal: AbortSignal) => Promise<void>;
};

/** Bytes that come out at once, and the pause after them: about 250 KB/s, as a busy box sends. */
const CHUNK_CHARS = 1024;
const CHUNK_PAUSE_MS = 4;
/** How often `terminal monitor` looks for new log lines. */
const MONITOR_MS = 400;

/** One CLI session on one channel: reads keys, runs commands, pages their output. */
export class CliSession {
  readonly #ports: SessionPorts;
  readonly #keys = new KeyQueue();
  readonly #editor = new LineEditor();
  readonly #resolve;
  #running: AbortController | undefined;
  #isReading = false;
  #isClosed = false;
  #monitorFrom: number;

  constructor(ports: SessionPorts) {
    this.#ports = ports;
    this.#resolve = interfaceResolver(ports.device);
    this.#monitorFrom = ports.world.now();
    this.#keys.onAbort = () => {
      if (this.#running === undefined) return false;
      this.#running.abort(new Interrupted());
      return true;
    };
  }

  /** Bytes from the client. */
  push(bytes: Uint8Array): void {
    this.#ports.state.vty.lastInput = this.#ports.world.now();
    this.#keys.push(bytes);
  }

  /** A new screen size; 0 keeps what was. */
  resize(columns: number, rows: number): void {
    if (columns > 0) this.#ports.state.width = columns;
    // `terminal length 0` was asked for by hand: a new screen size does not bring the pager back.
    if (rows > 0 && this.#ports.state.length !== 0) this.#ports.state.length = rows;
    this.#editor.width = this.#ports.state.width;
  }

  /** Stops a running command (a signal request does what Ctrl-C does). */
  interrupt(): void {
    this.#running?.abort(new Interrupted());
  }

  /** The channel is gone. */
  close(): void {
    this.#isClosed = true;
    this.#running?.abort(new Interrupted());
    this.#keys.close();
  }

  /** Runs the interactive session until it is left or closed. */
  async runShell(): Promise<void> {
    const monitor = setInterval(() => this.#showLogLines(), MONITOR_MS);
    monitor.unref();
    try {
      await this.#put("\n");
      while (!this.#isClosed && !this.#ports.state.isOver) {
        const line = await this.#readLine(this.#prompt(), true);
        if (line !== undefined) await this.#execute(line);
      }
    } finally {
      clearInterval(monitor);
    }
  }

  /** Runs one line without a prompt (an exec request). */
  async runOnce(line: string): Promise<void> {
    this.#ports.state.length = 0;
    await this.#put("\n");
    await this.#execute(line);
  }

  #prompt(): string {
    const { world, device, state } = this.#ports;
    return promptOf(world.edits.hostname(device.id, device.hostname), state.mode);
  }

  async #put(text: string): Promise<void> {
    if (this.#isClosed || text === "") return;
    await this.#ports.write(text.replaceAll(/\r?\n/gu, "\r\n"));
  }

  async #readLine(prompt: string, isCommand: boolean): Promise<string | undefined> {
    this.#editor.width = this.#ports.state.width;
    await this.#put(this.#editor.start(prompt));
    this.#isReading = isCommand;
    try {
      for (;;) {
        const key = await this.#keys.next();
        if (key === undefined) return undefined;
        const { output, event } = this.#editor.key(key);
        await this.#put(output);
        if (event === "line") {
          if (isCommand) this.#editor.remember(this.#editor.text);
          return this.#editor.text;
        }
        if (event === "interrupt" || event === "end-config") {
          await this.#put("\n");
          return isCommand ? await this.#leaveLine(event) : undefined;
        }
        if (event !== undefined && isCommand) await this.#assist(event);
      }
    } finally {
      this.#isReading = false;
    }
  }

  /** Ctrl-C drops the line, Ctrl-Z takes it; both leave configuration. */
  async #leaveLine(event: "interrupt" | "end-config"): Promise<undefined> {
    const isConfig = this.#ports.state.mode.name.startsWith("config");
    this.#isReading = false;
    if (event === "end-config" && isConfig && this.#editor.text.trim() !== "") await this.#execute(this.#editor.text);
    if (isConfig && this.#ports.state.mode.name.startsWith("config")) endConfiguration(this.#ports);
    return undefined;
  }

  async #assist(event: "help" | "tab"): Promise<void> {
    const { tree, state } = this.#ports;
    const before = this.#editor.beforeCursor;
    if (event === "help") {
      this.#isReading = false;
      const text = helpScreen(tree, state.mode, before, this.#resolve, this.#editor.prompt.length);
      await this.#put("\n");
      await this.#page([text], undefined);
      this.#isReading = true;
      await this.#put(this.#editor.repeat());
      return;
    }
    const rest = before === this.#editor.text ? tabCompletion(tree, state.mode, before, this.#resolve) : undefined;
    if (rest === undefined) {
      await this.#put("\u0007");
      return;
    }
    this.#editor.insert(rest);
    await this.#put(`\n${this.#editor.repeat()}`);
  }

  async #execute(line: string): Promise<void> {
    const { tree, state } = this.#ports;
    const resolved = resolveLine(tree, state.mode, line, this.#resolve, this.#prompt().length);
    if (resolved.kind === "error") await this.#put(resolved.text);
    if (resolved.kind === "run") await this.#run(resolved.command, resolved.args, resolved.filter);
  }

  async #run(command: Command, args: readonly string[], filter: LineFilter | undefined): Promise<void> {
    const running = new AbortController();
    this.#running = running;
    try {
      await this.#ports.wait(command.thinkMs, running.signal);
      const output = await command.run(this.#context(running.signal), args);
      if (output !== undefined) await this.#page(pieces(output), filter);
    } catch (cause) {
      if (!(cause instanceof Interrupted)) throw cause;
      await this.#put("\n");
    } finally {
      this.#running = undefined;
    }
  }

  #context(signal: AbortSignal): CommandContext {
    const { world, device, state, lines, wait } = this.#ports;
    return {
      world,
      device,
      state,
      lines,
      at: world.now(),
      history: () => this.#editor.history,
      sleep: (ms) => wait(ms, signal),
      ask: async (prompt, isEchoing) => {
        this.#editor.isEchoing = isEchoing;
        const line = await this.#readLine(prompt, false);
        this.#editor.isEchoing = true;
        return line;
      },
      confirm: async (prompt) => {
        await this.#put(prompt);
        const key = await this.#keys.next();
        await this.#put("\n");
        return key?.name === "enter" || (key?.name === "char" && key.text.toLowerCase() === "y");
      },
    };
  }

  /** Prints output through the modifier and the pager, in small chunks; an interrupt stops it between two. */
  async #page(output: Iterable<string> | AsyncIterable<string>, filter: LineFilter | undefined): Promise<void> {
    const pager = new Pager(this.#ports.state.length, this.#ports.state.width);
    const source = filter === undefined ? output : filtered(output, filter);
    for await (const piece of source) {
      for (let at = 0; at < piece.length; at += CHUNK_CHARS) {
        await this.#put(pager.feed(piece.slice(at, at + CHUNK_CHARS)));
        while (pager.isWaiting) {
          const key: Key | undefined = await this.#keys.next();
          if (key === undefined) return;
          const answer = pager.key(key);
          await this.#put(answer.output);
          if (answer.isQuit) return;
        }
        const signal = this.#running?.signal;
        if (signal !== undefined && piece.length > CHUNK_CHARS) await this.#ports.wait(CHUNK_PAUSE_MS, signal);
      }
    }
  }

  #showLogLines(): void {
    const { world, device, state } = this.#ports;
    if (!state.monitor) {
      this.#monitorFrom = world.now();
      return;
    }
    if (!this.#isReading || this.#isClosed) return;
    const until = world.now();
    const from = this.#monitorFrom;
    const fresh = (world.signals(until).logs.get(device.id) ?? []).filter((line) => line.at > from && line.at <= until);
    this.#monitorFrom = until;
    if (fresh.length === 0) return;
    const text = fresh.map((line) => `${logText(line)}\n`).join("");
    // A channel that closes meanwhile ends the session through its own event.
    this.#put(this.#editor.erase() + text + this.#editor.repeat()).catch(() => this.close());
  }
}

function pieces(output: Exclude<CommandOutput, undefined>): Iterable<string> | AsyncIterable<string> {
  if (!Array.isArray(output)) return output;
  return output.length === 0 ? [] : [`${output.join("\n")}\n`];
}

async function* filtered(output: Iterable<string> | AsyncIterable<string>, filter: LineFilter): AsyncGenerator<string> {
  let rest = "";
  for await (const piece of output) {
    const lines = (rest + piece).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) for (const kept of filter.line(line)) yield `${kept}\n`;
  }
  if (rest !== "") for (const kept of filter.line(rest)) yield `${kept}\n`;
  for (const line of filter.end()) yield `${line}\n`;
}
