import type { LogEntry, PanelId } from "../knowledge/panel-data.ts";
import type { PlatformId } from "../knowledge/platforms.ts";
import type { CaptureId, ReasonCode, Source, TelemetryUpdate } from "../knowledge/reading.ts";
import type { PrefixEntry } from "../model/interface-names.ts";
import type { Fragment } from "../parsers/result.ts";
import type { Profile } from "../plan/plan-state.ts";
import type { WritePurpose } from "../transcript/writer.ts";
import type { Refusal } from "./on-demand.ts";

/** How commands reach the device. */
export type Transport = "shell" | "shell_pty" | "exec";

/** What was learned about a device before; stored by its host key and login. `beside`: FRRouting next to Linux. */
export type Remembered = {
  platform: PlatformId;
  beside?: "frr";
  transport?: Transport;
  evidence?: string;
  /** Version of the system, and of FRRouting beside it; `variants` holds for exactly these [T64]. */
  os_version?: string;
  beside_version?: string;
  /** Ways to ask that the box was found to need, by command: exact texts, as packs change. */
  variants?: Record<string, string>;
};

/**
 * What a collector is made with. Times are milliseconds by a clock that nobody sets and that began at the time of day;
 * how far this has moved away since is told by `clock` events [T15].
 */
export type CollectorInput = {
  device: string;
  /** Eight random hex digits of this session; they make end markers unmistakable [T40]. */
  nonce: string;
  profile: Profile;
  /** Chosen by the user: no detection. */
  platform?: PlatformId;
  remembered?: Remembered;
  /** False: no end markers on this device, for its AAA server would keep a record of each [T42]. */
  markers?: boolean;
  now: number;
};

/** What happens to a collector. Every event carries its time; none is ever taken from a clock. */
export type CollectorEvent =
  /**
   * The time of day is this much ahead of the clock of events now: it was set back. `jumped`: the clock of events was put
   * forward by so much, for the machine slept, or the time of day was set forward [T15]. Milliseconds.
   */
  | { type: "clock"; ahead: number; jumped: number; at: number }
  | { type: "opened"; transport: Transport; ident: string; fresh: boolean; at: number }
  | { type: "bytes"; bytes: Uint8Array; stderr: boolean; pos: number; at: number; late?: boolean }
  | { type: "exec_started"; id: string; at_pos: number; at: number }
  | { type: "exec_done"; id: string; at_pos: number; code?: number | null; signal?: string | null; at: number }
  | { type: "transport_changed"; transport: Transport; at: number }
  | { type: "failed"; code: string; detail?: string; at: number }
  /** The last so many `write` effects could not be handed to the channel: they were never sent. */
  | { type: "unwritten"; writes: number; at: number }
  | { type: "suspended"; at: number }
  | { type: "resumed"; at: number }
  | { type: "gap"; at: number }
  | { type: "closed"; at: number }
  | { type: "subscribe"; panels: PanelId[]; at: number }
  | { type: "pin"; interfaces: string[]; at: number }
  | { type: "refresh"; panel?: PanelId; at: number }
  /** Runs a command of the pack once, ahead of all others; the answer comes under the ticket, which the caller makes. */
  | { type: "ask"; ticket: string; command: string; params: Record<string, string>; at: number }
  | { type: "cancel"; ticket: string; at: number }
  | { type: "pause"; at: number }
  | { type: "continue"; at: number }
  | { type: "profile"; profile: Profile; at: number }
  | { type: "visibility"; hidden: boolean; at: number }
  | { type: "choose_platform"; platform: PlatformId; at: number }
  /** A person turned end markers on or off for the device; holds from the next channel on [T42]. */
  | { type: "markers"; on: boolean; at: number }
  | { type: "ssh1_echo"; echo_ms: number; typing: boolean; at: number }
  | { type: "wake"; at: number };

/** Where a collector is. */
export type CollectorPhase = "detecting" | "waiting" | "running" | "paused" | "throttled" | "suspended" | "ended";

/**
 * What became of an on-demand wish, once per ticket. `outcome`: `ok`; `refused` (`refusal` says why, nothing was sent);
 * `cancelled`; `ended` (telemetry ended first); else why there is no data, as of any command: `timeout`, `overflow`,
 * `gap`, `damaged`, `paged`, `unsupported`, `denied`, `gated`, `limit`, `parse` or `error`.
 */
export type Answer = {
  ticket: string;
  outcome: string;
  refusal?: Refusal;
  /** Text of the device that ended telemetry. */
  why?: string;
  hint?: string;
  /** The raw answer, while it is kept [T6]. */
  capture?: CaptureId;
  source?: Source;
  data?: Fragment;
  rows?: number;
  /** A full table, still to be read: by which parser, with what it has to know [T77]. */
  table?: { parser: string; params: [string, string][]; prefixes: readonly PrefixEntry[]; text: string };
};

/** Effects that send nothing to the device. */
export type Announcement = Exclude<CollectorEffect, { type: "write" } | { type: "exec" }>;

/** What the driver has to do or to pass on. */
export type CollectorEffect =
  | { type: "write"; bytes: Uint8Array; purpose: WritePurpose; text: string }
  | { type: "exec"; id: string; command: string }
  | { type: "exec_cancel"; id: string }
  | { type: "set_transport"; transport: Transport }
  | { type: "reading"; update: TelemetryUpdate }
  | { type: "log"; entries: LogEntry[] }
  | ({ type: "answer"; at: number } & Answer)
  /** An on-demand command began (0 bytes) or its answer grew. */
  | { type: "progress"; ticket: string; bytes: number; at: number }
  | { type: "phase"; phase: CollectorPhase; reason?: string }
  /** What to remember for this host key. */
  | { type: "platform"; platform: PlatformId; evidence: string; remembered: Remembered }
  /** Send `wake` at this time; a later effect replaces it. Infinity: not needed. */
  | { type: "wake_at"; at: number }
  | { type: "close_channel"; reason: string }
  | { type: "ended"; reason: ReasonCode | "no_transport"; text?: string };
