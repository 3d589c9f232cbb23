/** One exec command of a session: its channel, its bounds, its end [WP41]. */
import { EXEC_STDERR_BYTES } from "#protocol/limits.ts";
import type { LimitValues } from "../config/limits-schema.ts";
import { type Failure, failure, type Outcome } from "../failure.ts";
import { type ChannelExit, type DeviceChannel, openChannel } from "../ssh/channel.ts";
import type { SshConnection } from "../ssh/connection.ts";

/** How long a device may take to confirm a cancelled channel's end. */
const CANCEL_MAX_MS = 2_000;

export type ExecResult = ChannelExit & { stderrDropped: number; cancelled: boolean };
export type ExecEvents = {
  started(): void;
  data(bytes: Uint8Array, stderr: boolean): void;
  done(outcome: Outcome<ExecResult>): void;
};

/** Most output, and longest time, of one command (section 4 of the security design). */
export type ExecBounds = Pick<LimitValues, "exec_output_bytes" | "exec_s">;

export class ExecRun {
  readonly id: string;
  readonly #bounds: ExecBounds;
  readonly #events: ExecEvents;
  #channel: DeviceChannel | undefined;
  #stdout = 0;
  #stderr = 0;
  #dropped = 0;
  #cancelled = false;
  #problem: Failure | undefined;
  #finished = false;
  #timer: NodeJS.Timeout | undefined;

  constructor(id: string, bounds: ExecBounds, events: ExecEvents) {
    this.#bounds = bounds;
    this.id = id;
    this.#events = events;
  }

  /** Opens the channel and runs the command. `paused`: the session stands still, so reading starts later. */
  async start(connection: SshConnection, command: string, paused: () => boolean): Promise<void> {
    const opened = await openChannel(
      connection,
      { kind: "exec", command },
      {
        data: (bytes, stderr) => this.#data(bytes, stderr),
        closed: (exit) => this.#finish(exit),
      },
    );
    if (this.#finished) {
      if (opened.ok) opened.value.close();
      return;
    }
    if (!opened.ok) {
      this.#end({ ok: false, failure: opened.failure });
      return;
    }
    this.#channel = opened.value;
    this.#timer = setTimeout(
      () => this.#stop(failure("limit", "time", "the command ran too long")),
      this.#bounds.exec_s * 1_000,
    );
    this.#events.started();
    // A command gets no input: one that asks for some ends instead of waiting for ever.
    opened.value.end();
    if (this.#cancelled) opened.value.close();
    if (!paused()) opened.value.resume();
  }

  /** Output so far. */
  get bytes(): number {
    return this.#stdout + this.#stderr;
  }

  pause(): void {
    this.#channel?.pause();
  }

  resume(): void {
    this.#channel?.resume();
  }

  /** Closes this command's channel only. */
  cancel(): void {
    if (this.#cancelled || this.#finished) return;
    this.#cancelled = true;
    this.#close();
  }

  #data(bytes: Uint8Array, stderr: boolean): void {
    if (this.#finished) return;
    if (!stderr) {
      this.#stdout += bytes.length;
      if (this.#stdout > this.#bounds.exec_output_bytes) this.#stop(failure("limit", "output"));
      else this.#events.data(bytes, false);
      return;
    }
    const room = Math.max(0, EXEC_STDERR_BYTES - this.#stderr);
    const kept = bytes.subarray(0, room);
    this.#stderr += kept.length;
    this.#dropped += bytes.length - kept.length;
    if (kept.length > 0) this.#events.data(kept, true);
  }

  #stop(problem: Failure): void {
    if (this.#problem !== undefined) return;
    this.#problem = problem;
    this.#close();
  }

  #close(): void {
    clearTimeout(this.#timer);
    this.#channel?.close();
    this.#channel?.resume();
    this.#timer = setTimeout(() => this.#finish({ code: null, signal: null }), CANCEL_MAX_MS);
  }

  #finish(exit: ChannelExit): void {
    const result = { ...exit, stderrDropped: this.#dropped, cancelled: this.#cancelled };
    this.#end(this.#problem === undefined ? { ok: true, value: result } : { ok: false, failure: this.#problem });
  }

  /** The connection is gone and will bring no more. */
  lost(problem: Failure): void {
    this.#end({ ok: false, failure: problem });
  }

  #end(outcome: Outcome<ExecResult>): void {
    if (this.#finished) return;
    this.#finished = true;
    clearTimeout(this.#timer);
    this.#events.done(outcome);
  }
}
