/**
 * Brings ssh2's channel window from 2 MiB to SSH_WINDOW_BYTES [WP13] and counts what a device sends beyond it [WP14].
 * Must be evaluated before ssh2's client is loaded: that module copies the constants when it loads. Side effect only.
 */
// Before the library's channels, which load the module that it changes.
import "./packet-patch.ts";
import { createRequire } from "node:module";
import type { Duplex, Readable } from "node:stream";
import { SSH_WINDOW_BYTES } from "#protocol/limits.ts";

/** Read buffer of a channel; a lower one alone brings Ctrl-C from seconds to 40-104 ms [WP13]. */
export const CHANNEL_READ_BUFFER_BYTES = 64 * 1024;
/** Write buffer of a channel, from which on it counts as full: the library's 2 MiB would be held for each jump host [S23]. */
export const CHANNEL_WRITE_BUFFER_BYTES = 64 * 1024;
/** Window is granted again once this much of it is free: half, so that grants are few and the device never starves. */
const GRANT_AT_BYTES = SSH_WINDOW_BYTES / 2;
/**
 * The local count of the window starts one byte above what was advertised. The library drops data without a word when
 * its count is exactly 0; this way an honest device never reaches 0, and whoever does has overrun [WP14].
 */
const COUNT_OFFSET_BYTES = 1;
const MARK = Symbol.for("rackside.ssh2.window-patch");

type BufferState = { highWaterMark: number };
type ChannelInfo = { incoming: { window: number } };
export type PatchedChannel = Duplex & {
  incoming: { window: number; state: string };
  outgoing: { id: number; state: string };
  stderr: Readable;
  _client: { _protocol: { channelWindowAdjust(id: number, bytes: number): void } };
  _readableState: BufferState;
  _writableState: BufferState;
};
type ChannelClass = new (client: unknown, info: ChannelInfo, opts?: { server?: boolean }) => PatchedChannel;
type ChannelModule = {
  Channel: ChannelClass;
  MAX_WINDOW: number;
  PACKET_SIZE: number;
  WINDOW_THRESHOLD: number;
  windowAdjust(channel: PatchedChannel): void;
  [MARK]?: true;
};

/** Bytes received that nobody has read yet, on both streams: they share one SSH window. */
function buffered(channel: PatchedChannel): number {
  const stderr = channel.stderr as Partial<Readable>;
  return channel.readableLength + (stderr.readableLength ?? 0);
}

/** Gives the device the window that consumed bytes left free. */
function grant(channel: PatchedChannel): void {
  if (channel.outgoing.state === "closed" || channel.incoming.state !== "open") return;
  const free = SSH_WINDOW_BYTES + COUNT_OFFSET_BYTES - channel.incoming.window - buffered(channel);
  if (free < GRANT_AT_BYTES) return;
  channel.incoming.window += free;
  channel._client._protocol.channelWindowAdjust(channel.outgoing.id, free);
}

/** Makes reading from a stream grant window, and pushing into it check the count. */
function watch(stream: Readable, channel: PatchedChannel): void {
  const push = stream.push.bind(stream);
  const read = stream.read.bind(stream);
  stream.push = (chunk: Buffer | null) => {
    if (chunk !== null && channel.incoming.window < COUNT_OFFSET_BYTES) channel.emit("window_overrun");
    return push(chunk);
  };
  stream.read = (size?: number) => {
    const chunk: unknown = read(size);
    if (chunk !== null) grant(channel);
    return chunk;
  };
  // Credit follows consumption alone: the library's own _read would grant from the wrong place, or not at all, and the
  // channel would stand still for ever with a window below the read buffer.
  stream._read = () => {};
}

function patched(Base: ChannelClass): ChannelClass {
  return class Channel extends Base {
    constructor(client: unknown, info: ChannelInfo, opts?: { server?: boolean }) {
      info.incoming.window += COUNT_OFFSET_BYTES;
      super(client, info, opts);
      this._readableState.highWaterMark = CHANNEL_READ_BUFFER_BYTES;
      this._writableState.highWaterMark = CHANNEL_WRITE_BUFFER_BYTES;
      watch(this, this);
      if (opts?.server !== true) {
        (this.stderr as unknown as { _readableState: BufferState })._readableState.highWaterMark =
          CHANNEL_READ_BUFFER_BYTES;
        watch(this.stderr, this);
      }
    }
  };
}

const require = createRequire(import.meta.url);
const channelModule = require("ssh2/lib/Channel.js") as ChannelModule;

if (channelModule[MARK] !== true) {
  if (require.cache[require.resolve("ssh2/lib/client.js")] !== undefined) {
    throw new Error("proxy/ssh/window-patch must be loaded before ssh2");
  }
  if (typeof channelModule.Channel !== "function" || channelModule.MAX_WINDOW !== 2 * 1024 * 1024) {
    throw new Error(
      "ssh2's Channel module is not the one this patch was written for; see tests/contract/ssh2-internals",
    );
  }
  channelModule.Channel = patched(channelModule.Channel);
  channelModule.MAX_WINDOW = SSH_WINDOW_BYTES;
  channelModule.WINDOW_THRESHOLD = SSH_WINDOW_BYTES;
  channelModule.windowAdjust = grant;
  channelModule[MARK] = true;
}
