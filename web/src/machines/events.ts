import type { Down } from "#protocol/down.ts";
import type { UiCommand } from "#protocol/local-messages.ts";
import type { SessionState } from "#protocol/messages/session-entry.ts";
import type { HostKey } from "#protocol/messages/target.ts";

/** What is known of a session that this page did not open itself, from a resume record. */
export type RestoredFacts = { host_key: HostKey; server_ident: string; simulated: boolean };

/**
 * What every event that comes from outside carries, since machines have neither a clock nor dice [A1]: `at` is epoch
 * milliseconds, `random` is in [0, 1).
 */
export type Stamp = { at: number; random: number };

/** A message as the router hands it on: `<type>.<action>` [A11]. */
type Routed<T extends string, M> = M extends { action: infer A extends string }
  ? { type: `${T}.${A}`; message: M } & Stamp
  : never;

type SessionDown = Down<
  | "connected"
  | "progress"
  | "host_key"
  | "auth_prompt"
  | "exit"
  | "disconnected"
  | "taken_over"
  | "busy"
  | "resized"
  | "transport_changed"
  | "exec_started"
  | "exec_done"
  | "save_request"
  | "sign"
  | "error"
>;
/** Commands that may be addressed to session `S`. */
type CommandFor<S, C> = C extends { session_id: infer I } ? (S extends I ? C : never) : never;

/** Messages for ssh1, from the proxy or from the UI. */
export type TerminalMessageEvent = Routed<
  "terminal",
  SessionDown | Down<"agent_consent"> | CommandFor<"ssh1", UiCommand>
>;
/** Messages for ssh2. */
export type TelemetryMessageEvent = Routed<"telemetry", SessionDown | CommandFor<"ssh2", UiCommand>>;

/** Facts about the link that every session hears. */
export type LinkFact =
  /** The proxy's answer for this session, from welcome or attached; positions have been taken over already. */
  | ({ type: "session.answered"; state: SessionState; facts?: RestoredFacts | undefined } & Stamp)
  /** The link is up, and the proxy was asked nothing about this session: it has none yet. */
  | ({ type: "session.link_up" } & Stamp)
  /** `heard_at`: when the proxy was heard last, where it was. */
  | ({ type: "session.link_lost"; heard_at?: number | undefined } & Stamp);

/** What the page and its surroundings do. */
export type PresenceFact = { type: "presence.changed"; visible: boolean; online: boolean; wake: boolean } & Stamp;
