import type { ViewKey, Views } from "#machines/views.ts";
import type { Result, UiCommand } from "#protocol/local-messages.ts";

/** What the worker exposes through Comlink [A7] [A11]: commands, a port of views, and a port of bytes per terminal. */
export type HostApi = {
  /** Routes one message; expected failures come back as values. */
  dispatch(message: UiCommand): Promise<Result>;
  /** The port gets every view once, then batches of changes as {@link ViewBatch}. */
  subscribe(port: MessagePort): void;
  /** Bytes of the device's terminal, both ways, as {@link BytesToPage} and {@link BytesToWorker}. */
  openBytes(device: string, port: MessagePort): void;
};

/** Changes since the last batch; `undefined` removes a view. */
export type ViewBatch = { changes: readonly { [K in ViewKey]: readonly [K, Views[K] | undefined] }[ViewKey][] };

/** Worker to page on a terminal's port. Positions are output positions of the session. */
export type BytesToPage =
  /** Bytes [pos, pos + body.byteLength); `replay`: from the tablet's log, so replies stay muted [WP31]. */
  | { t: "out"; pos: number; body: ArrayBuffer; replay: boolean }
  /** A new session begins at `pos`; `clear` when the screen of the old one is not continued. */
  | { t: "begin"; pos: number; clear: boolean }
  /** The range is lost for good; draw a ruled line [U69]. */
  | { t: "gap"; from: number; to: number }
  /** Size in force from here on; during a replay the recorded one [U35]. */
  | { t: "size"; cols: number; rows: number; replay: boolean }
  /** Restoring from the tablet's log: `done` of `total` bytes have been sent; equal when finished. */
  | { t: "restoring"; done: number; total: number }
  /** A dated line that belongs to the app, not to the device (ended, reconnected). */
  | { t: "note"; text: string };

/** Page to worker on a terminal's port. */
export type BytesToWorker =
  /** xterm has parsed everything below `pos`: this is what credit comes from [WP9]. */
  | { t: "applied"; pos: number }
  /** Typed, pasted, or answered by the terminal. */
  | { t: "in"; body: ArrayBuffer };
