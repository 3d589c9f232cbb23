import type { DeviceChannel } from "../ssh/channel.ts";

/** Hands input to the channel in order, one write at a time; what comes meanwhile is joined [WP17]. */
export class InputWriter {
  readonly #taken: (bytes: number) => void;
  #channel: DeviceChannel | undefined;
  #waiting: Uint8Array[] = [];
  #writing = false;

  /** `taken`: so many bytes more were taken by the channel. The sender's credit bounds what can wait here [WP16]. */
  constructor(taken: (bytes: number) => void) {
    this.#taken = taken;
  }

  /** The channel that input goes to from now on; undefined: none. */
  use(channel: DeviceChannel | undefined): void {
    this.#channel = channel;
    this.#waiting = [];
  }

  /** False when there is no channel. Bytes are copied: they are a view into a frame that the socket owns. */
  write(bytes: Uint8Array): boolean {
    if (this.#channel === undefined) return false;
    this.#waiting.push(Uint8Array.from(bytes));
    if (!this.#writing) void this.#drain(this.#channel);
    return true;
  }

  async #drain(channel: DeviceChannel): Promise<void> {
    this.#writing = true;
    while (this.#waiting.length > 0 && this.#channel === channel) {
      const bytes = Buffer.concat(this.#waiting);
      this.#waiting = [];
      const taken = await channel.write(bytes);
      if (!taken) break;
      if (this.#channel === channel) this.#taken(bytes.length);
    }
    this.#writing = false;
  }
}
