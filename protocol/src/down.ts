import type * as v from "valibot";
import { Attached } from "./messages/attach.ts";
import { AuditPage, ProxyState } from "./messages/audit.ts";
import { AuthPrompt } from "./messages/auth-prompt.ts";
import { Challenge } from "./messages/challenge.ts";
import { Clients, Pairing } from "./messages/clients.ts";
import { Connected, Progress } from "./messages/connect.ts";
import { DevicesChanged } from "./messages/devices.ts";
import { ErrorMessage } from "./messages/error.ts";
import { ExecDone, ExecStarted } from "./messages/exec.ts";
import { GoingAway } from "./messages/going-away.ts";
import { Held } from "./messages/held.ts";
import { HostKeyQuestion } from "./messages/host-key.ts";
import { Sessions } from "./messages/list-sessions.ts";
import { HostKeyReplaced, TargetAllowed, UnfitSessions } from "./messages/policy.ts";
import { Resized } from "./messages/resize.ts";
import { Busy, Disconnected, Exit, SaveRequest, TakenOver } from "./messages/session-end.ts";
import { TransportChanged } from "./messages/set-transport.ts";
import { AgentConsent, Sign } from "./messages/sign.ts";
import { LayoutChanged, PanelUpdated, ThemeChanged } from "./messages/ui-state.ts";
import { Welcome } from "./messages/welcome.ts";

/** Schemas of what a proxy may send, by action. */
export const DOWN = {
  challenge: Challenge,
  welcome: Welcome,
  sessions: Sessions,
  clients: Clients,
  pairing: Pairing,
  audit_page: AuditPage,
  proxy_state: ProxyState,
  attached: Attached,
  connected: Connected,
  progress: Progress,
  host_key: HostKeyQuestion,
  auth_prompt: AuthPrompt,
  sign: Sign,
  agent_consent: AgentConsent,
  target_allowed: TargetAllowed,
  unfit_sessions: UnfitSessions,
  host_key_replaced: HostKeyReplaced,
  exec_started: ExecStarted,
  exec_done: ExecDone,
  transport_changed: TransportChanged,
  resized: Resized,
  save_request: SaveRequest,
  held: Held,
  exit: Exit,
  disconnected: Disconnected,
  taken_over: TakenOver,
  busy: Busy,
  theme_changed: ThemeChanged,
  layout_changed: LayoutChanged,
  panel_updated: PanelUpdated,
  devices_changed: DevicesChanged,
  going_away: GoingAway,
  error: ErrorMessage,
} as const;

export type DownAction = keyof typeof DOWN;
export type Down<A extends DownAction = DownAction> = { [K in A]: v.InferOutput<(typeof DOWN)[K]> }[A];
