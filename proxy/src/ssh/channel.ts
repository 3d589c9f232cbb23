/** Channels of an SSH connection: shell with or without PTY, and exec; bytes, flow, exit [WP12] [WP14] [WP41]. */
import type { ClientChannel } from "ssh2";
import { CHANNEL_TIMEOUT_MS, SSH_WINDOW_BYTES } from "#protocol/limits.ts";
import { failed, failure, type Outcome, succeeded, visibleText } from "../failure.ts";
import type { SshConnection } from "./connection.ts";
import type { Outflow } from "./outflow.ts";

/** What may lie unread in a channel before it counts as overrun [WP14]. */
const READABLE_MAX_BYTES = 2 * SSH_WINDOW_BYTES + 64 * 1024;

/**
 * When an open is tried again that the device refused right after a channel of the same connection had closed. It gives
 * the place free only once it has taken in our close, and an open that comes with it is refused: OpenSSH with MaxSessions 1.
 */
const PLACE_FREE_AFTER_MS = [20, 80, 300, 600] as const;
/** A refusal this long after a close has other reasons. */
const CLOSE_TAKEN_IN_MS = 1_000;
const lastClosed = new WeakMap<SshConnection, number>();

/** Longest name of a signal that a page takes; those of RFC 4254 have four letters. */
const SIGNAL_MAX_CHARS = 32;

export type ChannelExit = { code: number | null; signal: string | null };
export type ChannelEvents = {
  /** Bytes of the device; the buffer belongs to the caller only during the call [WP15]. */
  data(bytes: Uint8Array, stderr: boolean): void;
  /** After the last byte of both streams, exactly once. */
  closed(exit: ChannelExit): void;
};
export type ChannelWish =
  | { kind: "shell" }
  | { kind: "shell_pty"; pty: { term: string; cols: number; rows: number } }
  | { kind: "exec"; command: string };

export type DeviceChannel = {
  /** Resolves true once the bytes are out of this process, however long the device lets them wait, and false when it closed. */
  write(bytes: Uint8Array): Promise<boolean>;
  /** Stops and restarts both streams: they share one SSH window [WP41]. */
  pause(): void;
  resume(): void;
  resize(cols: number, rows: number): void;
  end(): void;
  close(): void;
};

type Callback = (error: Error | undefined, channel: ClientChannel) => void;

function request(connection: SshConnection, wish: ChannelWish, callback: Callback): void {
  switch (wish.kind) {
    case "shell":
      connection.client.shell(false, callback);
      return;
    case "shell_pty":
      connection.client.shell(
        { term: wish.pty.term, cols: wish.pty.cols, rows: wish.pty.rows, width: 0, height: 0 },
        callback,
      );
      return;
    default:
      connection.client.exec(wish.command, callback);
  }
}

/** The device has no place for one more session on this connection. */
const NO_PLACE = "sessions";

/** Which part of the request the device refused; texts pinned by tests/contract/ssh2-internals. */
function refusalReason(error: Error, wish: ChannelWish): string {
  if (error.message.startsWith("(SSH) Channel open failure")) return NO_PLACE;
  if (/pseudo-terminal/.test(error.message)) return "pty";
  return wish.kind === "exec" ? "exec" : "shell";
}

/** Opens a channel and hands its bytes to `events`. Starts paused: call resume when ready. */
export async function openChannel(
  connection: SshConnection,
  wish: ChannelWish,
  events: ChannelEvents,
): Promise<Outcome<DeviceChannel>> {
  const placeMayBeTaken = performance.now() - (lastClosed.get(connection) ?? -Infinity) < CLOSE_TAKEN_IN_MS;
  for (const wait of placeMayBeTaken ? PLACE_FREE_AFTER_MS : []) {
    const opened = await openOnce(connection, wish, events);
    if (opened.ok || opened.failure.reason !== NO_PLACE) return opened;
    await new Promise((done) => setTimeout(done, wait));
  }
  return openOnce(connection, wish, events);
}

function openOnce(
  connection: SshConnection,
  wish: ChannelWish,
  events: ChannelEvents,
): Promise<Outcome<DeviceChannel>> {
  return new Promise((resolve) => {
    let late = false;
    const timer = setTimeout(() => {
      late = true;
      resolve(failed("dial_timeout", "channel"));
    }, CHANNEL_TIMEOUT_MS);
    const opened: Callback = (error, channel) => {
      clearTimeout(timer);
      if (late) {
        if (error === undefined) channel.close();
        return;
      }
      if (error === undefined) resolve(succeeded(wrap(connection, channel, events)));
      else if (/No response from server/.test(error.message)) resolve(failed("device_closed"));
      else {
        const reason = refusalReason(error, wish);
        // A channel that was open and is refused what it is for is closed by the library.
        if (reason !== NO_PLACE) lastClosed.set(connection, performance.now());
        resolve(failed("channel_refused", reason, visibleText(error.message)));
      }
    };
    try {
      request(connection, wish, opened);
    } catch {
      // ssh2 throws when the socket is already gone.
      clearTimeout(timer);
      resolve(failed("device_closed"));
    }
  });
}

function wrap(connection: SshConnection, channel: ClientChannel, events: ChannelEvents): DeviceChannel {
  const exit: ChannelExit = { code: null, signal: null };
  const { stderr } = channel;
  const { outflow } = connection;
  let open = 2;
  const streamClosed = () => {
    open -= 1;
    if (open > 0) return;
    lastClosed.set(connection, performance.now());
    events.closed(exit);
  };
  const overrun = () => connection.fail(failure("device_misbehaved", "window"));
  const watch = () => {
    if (channel.readableLength + stderr.readableLength > READABLE_MAX_BYTES) overrun();
  };
  channel.pause();
  stderr.pause();
  channel.on("error", () => {});
  stderr.on("error", () => {});
  channel.on("window_overrun", overrun);
  channel.on("data", (bytes: Buffer) => {
    watch();
    events.data(bytes, false);
  });
  stderr.on("data", (bytes: Buffer) => {
    watch();
    events.data(bytes, true);
  });
  channel.on("exit", (code: number | null, signal?: string) => {
    exit.code = code;
    exit.signal = signal === undefined ? null : visibleText(signal, SIGNAL_MAX_CHARS - 1);
  });
  channel.once("close", streamClosed);
  stderr.once("close", streamClosed);
  return {
    write: (bytes) => settledWrite(channel, bytes, outflow),
    pause: () => {
      channel.pause();
      stderr.pause();
    },
    resume: () => {
      channel.resume();
      stderr.resume();
    },
    resize: resizer(channel, outflow),
    end: () => void channel.end(),
    close: () => channel.close(),
  };
}

/**
 * Settles once the bytes have left: the library calls back as soon as the device's window allows, however full the socket
 * is. Not by a clock: a write that waits for the device is sent when it reads, and given up here it would be sent uncounted.
 */
async function settledWrite(channel: ClientChannel, bytes: Uint8Array, outflow: Outflow): Promise<boolean> {
  if (!outflow.clear && !(await outflow.cleared())) return false;
  if (!(await handed(channel, bytes))) return false;
  return outflow.clear || outflow.cleared();
}

/** By the library's callback, or by the close of the channel, after which the library never calls back. */
function handed(channel: ClientChannel, bytes: Uint8Array): Promise<boolean> {
  if (!channel.writable) return Promise.resolve(false);
  return new Promise((resolve) => {
    const settle = (taken: boolean) => {
      channel.off("close", lost);
      resolve(taken);
    };
    const lost = () => settle(false);
    channel.once("close", lost);
    channel.write(bytes, (error) => settle(error === undefined || error === null));
  });
}

/** The latest size reaches the device when it reads again; those before it say nothing any more. */
function resizer(channel: ClientChannel, outflow: Outflow): (cols: number, rows: number) => void {
  let wanted: { cols: number; rows: number } | undefined;
  const apply = () => {
    if (wanted !== undefined) channel.setWindow(wanted.rows, wanted.cols, 0, 0);
    wanted = undefined;
  };
  return (cols, rows) => {
    const waits = wanted !== undefined;
    wanted = { cols, rows };
    if (outflow.clear) apply();
    else if (!waits) void outflow.cleared().then((clear) => clear && apply());
  };
}
