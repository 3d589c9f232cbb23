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

/** One changed view; `undefined` removes it. */
export type ViewChange = { [K in ViewKey]: readonly [K, Views[K] | undefined] }[ViewKey];
/** Changes since the last batch. `pong` answers a {@link ViewsToWorker} ping: the worker's loop still turns [U97]. */
export type ViewBatch = { changes: readonly ViewChange[]; pong?: number };
/** Page to worker on the port of views. */
export type ViewsToWorker =
  | { t: "ping"; n: number }
  /** The page begins or stops to look at a series; others are sent unasked. */
  | { t: "watch"; key: ViewKey; on: boolean };

/** Value of a `table` command: rows [offset, offset + limit) of `total` after filter and sort [T77]. */
export type TableWindow = { total: number; rows: readonly Readonly<Record<string, unknown>>[] };

/** Worker to page on a terminal's port. Positions are output positions of the session. */
export type BytesToPage =
  /** Bytes [pos, pos + body.byteLength); `replay`: from the tablet's log, or seen by another page, so replies stay muted [WP31]. */
  | { t: "out"; pos: number; body: ArrayBuffer; replay: boolean }
  /** Output of session `stream` begins at `pos`; `clear` when the screen of the old one is not continued. */
  | { t: "begin"; stream: string; pos: number; clear: boolean }
  /** The range is lost for good; draw a ruled line [U69]. */
  | { t: "gap"; from: number; to: number }
  /** Size in force from here on; during a replay the recorded one [U35]. */
  | { t: "size"; cols: number; rows: number; replay: boolean }
  /** Restoring from the tablet's log: `done` of `total` bytes have been sent; equal when finished. */
  | { t: "restoring"; done: number; total: number }
  /** A dated line that belongs to the app, not to the device (ended, reconnected). */
  | { t: "note"; text: string };

/** To the page's end of the port, not to its terminal: so much of what was typed on this port is with the proxy. */
export type TakenBytes = { t: "taken"; bytes: number };

/** Page to worker on a terminal's port. */
export type BytesToWorker =
  /** First message on a port: what this page has of the device's output, after a worker was replaced [U97]. */
  | { t: "have"; stream: string | null; pos: number }
  /** xterm has parsed everything below `pos`: this is what credit comes from [WP9]. */
  | { t: "applied"; pos: number }
  /** Typed, pasted, or answered by the terminal; `hidden`: at a prompt that does not echo, never to be shown [S72]. */
  | { t: "in"; body: ArrayBuffer; hidden?: true }
  /** Last message on a port: the terminal is gone, and with it what it showed. */
  | { t: "closed" };
