import type { ByteChannel } from "#bridge/byte-channel.ts";
import type { BytesToPage } from "#bridge/types.ts";
import { OutputSkip, type SkipDeps } from "./output-skip.ts";

export type OutputPathDeps = Pick<SkipDeps, "isPrompt" | "rows" | "idle" | "changed"> & {
  channel: ByteChannel;
  take(this: void, message: BytesToPage): void;
};

/** A timer this late says that the page was busy, in ms: output may have come that it has not seen. */
const LATE_MS = 50;

/** Runs after so many ms in which the page was not held up. */
function undisturbed(ms: number, run: () => void): () => void {
  let due = performance.now() + ms;
  const rung = (): void => {
    if (performance.now() - due <= LATE_MS) {
      run();
      return;
    }
    due = performance.now() + ms;
    timer = setTimeout(rung, ms);
  };
  let timer = setTimeout(rung, ms);
  return () => clearTimeout(timer);
}

/** What the device's output goes through between the port and the sink: skipped when a person says so. */
export class OutputPath {
  readonly #skip: OutputSkip;
  readonly #stop: () => void;

  constructor({ channel, take, isPrompt, rows, idle, changed }: OutputPathDeps) {
    this.#skip = new OutputSkip({
      pass: take,
      applied: (pos) => channel.applied(pos),
      isPrompt,
      rows,
      idle,
      changed,
      after: undisturbed,
    });
    this.#stop = channel.onMessage((message) => this.#skip.take(message));
  }

  skip(on: boolean): void {
    if (on) this.#skip.begin();
    else this.#skip.finish();
  }

  close(): void {
    this.#stop();
    this.#skip.close();
  }
}
