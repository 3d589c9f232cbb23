import type { DeviceChannel } from "../ssh/channel.ts";

type Lane = {
  channel: DeviceChannel;
  waiting: Uint8Array[];
  /** Waiting, or written and not taken yet. */
  unsettled: number;
  writing: boolean;
};

/**
 * Hands input to the channel in order, one write at a time; what comes meanwhile is joined [WP17]. Each byte is settled
 * once: taken by the channel, or undeliverable, which is said and counted too, because the page's grant is made of what no
 * longer waits here [WP16]. A device that reads nothing for hours only makes it wait.
 */
export class InputWriter {
  readonly #settled: (bytes: number) => void;
  #lane: Lane | undefined;
  #taken = 0;
  #lost = 0;

  /** `settled`: so many bytes more wait no longer. The sender's credit bounds what can wait here [WP16]. */
  constructor(settled: (bytes: number) => void) {
    this.#settled = settled;
  }

  /** Bytes that channels have taken. */
  get taken(): number {
    return this.#taken;
  }

  /** Bytes that wait, or that the channel has not taken yet. */
  get unsettled(): number {
    return this.#lane?.unsettled ?? 0;
  }

  /** Bytes since the last call that went with a channel which did not take them. */
  takeLost(): number {
    const lost = this.#lost;
    this.#lost = 0;
    return lost;
  }

  /** The channel that input goes to from now on; undefined: none. What the one before had not taken is lost. */
  use(channel: DeviceChannel | undefined): void {
    const unsettled = this.#lane?.unsettled ?? 0;
    this.#lane = channel === undefined ? undefined : { channel, waiting: [], unsettled: 0, writing: false };
    this.#lost += unsettled;
    if (unsettled > 0) this.#settled(unsettled);
  }

  /** False when there is no channel: refused, and the caller tells. Bytes are copied: the socket owns their frame. */
  write(bytes: Uint8Array): boolean {
    const lane = this.#lane;
    if (lane === undefined) {
      this.#settled(bytes.length);
      return false;
    }
    lane.waiting.push(Uint8Array.from(bytes));
    lane.unsettled += bytes.length;
    if (!lane.writing) void this.#drain(lane);
    return true;
  }

  async #drain(lane: Lane): Promise<void> {
    lane.writing = true;
    while (lane.waiting.length > 0 && this.#lane === lane) {
      const bytes = Buffer.concat(lane.waiting);
      lane.waiting = [];
      const taken = await lane.channel.write(bytes);
      // Bytes of a channel that was replaced are settled already; one that closed by itself is about to be replaced.
      if (!taken || this.#lane !== lane) break;
      lane.unsettled -= bytes.length;
      this.#taken += bytes.length;
      this.#settled(bytes.length);
    }
    lane.writing = false;
  }
}
