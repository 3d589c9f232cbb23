import type { ByteChannel } from "#bridge/byte-channel.ts";
import type { BytesToPage } from "#bridge/types.ts";
import { OutputSkip, type SkipDeps } from "./output-skip.ts";

export type OutputPathDeps = Pick<SkipDeps, "isPrompt" | "rows" | "changed"> & {
  channel: ByteChannel;
  take(this: void, message: BytesToPage): void;
};

/** What the device's output goes through between the port and the sink: skipped when a person says so. */
export class OutputPath {
  readonly #skip: OutputSkip;
  readonly #stop: () => void;

  constructor({ channel, take, isPrompt, rows, changed }: OutputPathDeps) {
    this.#skip = new OutputSkip({
      pass: take,
      applied: (pos) => channel.applied(pos),
      isPrompt,
      rows,
      changed,
      after: (ms, run) => {
        const timer = setTimeout(run, ms);
        return () => clearTimeout(timer);
      },
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
