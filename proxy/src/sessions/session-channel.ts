/** The channel that a session's terminal bytes travel on, and its changes of kind. */
import type { Transport } from "#protocol/messages/target.ts";
import type { Failure } from "../failure.ts";
import { Serial } from "../serial.ts";
import { type ChannelExit, type ChannelWish, type DeviceChannel, openChannel } from "../ssh/channel.ts";
import type { SshConnection } from "../ssh/connection.ts";

/** How long a device may take to confirm the end of a channel that we close. */
const CLOSE_MAX_MS = 2_000;
const NO_EXIT: ChannelExit = { code: null, signal: null };

export type SessionChannelEvents = {
  data(bytes: Uint8Array, stderr: boolean): void;
  /** The device closed the channel, or the connection went; never for a change of kind. */
  closed(exit: ChannelExit): void;
  /** Input goes here from now on; undefined: nowhere. */
  opened(channel: DeviceChannel | undefined): void;
  paused(): boolean;
};
type Open = { channel: DeviceChannel; closing: boolean; gone: Promise<ChannelExit> };
type Size = { cols: number; rows: number };

export class SessionChannel {
  transport: Transport;
  readonly #connection: SshConnection;
  readonly #term: string;
  readonly #events: SessionChannelEvents;
  #open: Open | undefined;
  readonly #changes = new Serial();

  constructor(connection: SshConnection, transport: Transport, term: string, events: SessionChannelEvents) {
    this.#connection = connection;
    this.transport = transport;
    this.#term = term;
    this.#events = events;
  }

  get isOpen(): boolean {
    return this.#open !== undefined;
  }

  #wish(transport: Transport, size: Size): ChannelWish | undefined {
    if (transport === "exec") return undefined;
    return transport === "shell" ? { kind: "shell" } : { kind: "shell_pty", pty: { term: this.#term, ...size } };
  }

  /** Opens the channel of the current kind, if that kind has one; reading starts with resumeUnlessPaused(). */
  async open(size: Size): Promise<Failure | undefined> {
    const wish = this.#wish(this.transport, size);
    if (wish === undefined) return undefined;
    let left: (exit: ChannelExit) => void = () => {};
    const gone = new Promise<ChannelExit>((resolve) => {
      left = resolve;
    });
    let mine: Open | undefined;
    const opened = await openChannel(this.#connection, wish, {
      data: (bytes, stderr) => this.#events.data(bytes, stderr),
      closed: (exit) => {
        if (this.#open === mine) {
          this.#open = undefined;
          this.#events.opened(undefined);
        }
        left(exit);
        if (mine?.closing !== true) this.#events.closed(exit);
      },
    });
    if (!opened.ok) return opened.failure;
    mine = { channel: opened.value, closing: false, gone };
    this.#open = mine;
    this.#events.opened(opened.value);
    return undefined;
  }

  /**
   * Closes what is open and opens the other kind; after a refusal the session goes on with exec alone. One change at a time:
   * two at once would open two channels, and know of one.
   */
  change(transport: Transport, size: Size): Promise<Failure | undefined> {
    return this.#changes.run(() => this.#change(transport, size));
  }

  async #change(transport: Transport, size: Size): Promise<Failure | undefined> {
    await this.close();
    this.transport = transport;
    const problem = await this.open(size);
    if (problem !== undefined) this.transport = "exec";
    return problem;
  }

  /** Closes the channel; resolves with its exit once the device confirmed, or after CLOSE_MAX_MS. */
  async close(): Promise<ChannelExit> {
    const open = this.#open;
    if (open === undefined) return NO_EXIT;
    open.closing = true;
    open.channel.close();
    // A paused stream would never reach its end.
    open.channel.resume();
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<ChannelExit>((resolve) => {
      timer = setTimeout(() => resolve(NO_EXIT), CLOSE_MAX_MS);
    });
    const exit = await Promise.race([open.gone, late]);
    clearTimeout(timer);
    if (this.#open === open) {
      this.#open = undefined;
      this.#events.opened(undefined);
    }
    return exit;
  }

  pause(): void {
    this.#open?.channel.pause();
  }

  resumeUnlessPaused(): void {
    if (!this.#events.paused()) this.#open?.channel.resume();
  }

  resize(cols: number, rows: number): void {
    this.#open?.channel.resize(cols, rows);
  }
}
