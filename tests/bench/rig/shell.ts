/** A shell with PTY on the test server, however it is reached. */
export interface Shell {
  write(text: string): void;
  /** Output as it becomes visible to a person: arrived, or applied where the client models a terminal. One listener. */
  onOutput(listener: (bytes: Uint8Array) => void): void;
  close(): Promise<void>;
}

/** Shown by the shells of the bench; never part of what they print. */
export const PROMPT = "bench> ";
/** Typed in two halves, so that its echo is not taken for the prompt. */
export const SET_PROMPT = "unset HISTFILE PROMPT_COMMAND; bind 'set enable-bracketed-paste off'; PS1='ben''ch> '\r";
/** A broken set-up must not hang the bench. */
export const WAIT_LIMIT_MS = 120_000;

type Wait = { text: string; done: (output: { bytes: number }) => void };

/** Waits for text in a shell's output without keeping the output. */
export class Watcher {
  readonly shell: Shell;
  /** Bytes of output so far. */
  bytes = 0;
  #tail = "";
  #wait: Wait | undefined;

  constructor(shell: Shell) {
    this.shell = shell;
    shell.onOutput((bytes) => this.#take(bytes));
  }

  #take(bytes: Uint8Array): void {
    this.bytes += bytes.length;
    const wait = this.#wait;
    const keep = wait?.text.length ?? 0;
    const text = this.#tail + Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("latin1");
    if (wait !== undefined && text.includes(wait.text)) {
      this.#wait = undefined;
      this.#tail = "";
      wait.done({ bytes: this.bytes });
      return;
    }
    this.#tail = keep > 1 ? text.slice(1 - keep) : "";
  }

  /** Types, then waits for a text that comes after it. One at a time. */
  async send(typed: string, until: string): Promise<void> {
    this.#tail = "";
    await new Promise<void>((resolve, reject) => {
      const limit = setTimeout(() => reject(new Error(`"${until}" did not come within 2 minutes`)), WAIT_LIMIT_MS);
      this.#wait = {
        text: until,
        done: () => {
          clearTimeout(limit);
          resolve();
        },
      };
      this.shell.write(typed);
    });
  }

  /** Sets the prompt that the figures wait for. */
  async prepare(): Promise<void> {
    await this.send(SET_PROMPT, PROMPT);
  }
}
