import type * as v from "valibot";
import { Attach } from "./messages/attach.ts";
import { ListAudit } from "./messages/audit.ts";
import { AuthReply } from "./messages/auth-prompt.ts";
import { CreatePairing, ListClients, RenameClient, RevokeClient } from "./messages/clients.ts";
import { Connect } from "./messages/connect.ts";
import { PutDevice, RemoveDevice } from "./messages/devices.ts";
import { Exec, ExecCancel } from "./messages/exec.ts";
import { Hello } from "./messages/hello.ts";
import { HostKeyReply } from "./messages/host-key.ts";
import { ListSessions } from "./messages/list-sessions.ts";
import { AllowTarget, EndUnfit, ListUnfit, ReplaceHostKey, VaultUnlocked } from "./messages/policy.ts";
import { Resize } from "./messages/resize.ts";
import { Detach, Disconnect } from "./messages/session-end.ts";
import { SetTransport } from "./messages/set-transport.ts";
import { AgentReply, SignReply } from "./messages/sign.ts";
import { SetPanelVisibility, SetTheme, UpdateLayout } from "./messages/ui-state.ts";

/** Schemas of what a page may send, by action. */
export const UP = {
  hello: Hello,
  list_sessions: ListSessions,
  list_clients: ListClients,
  rename_client: RenameClient,
  revoke_client: RevokeClient,
  create_pairing: CreatePairing,
  list_audit: ListAudit,
  attach: Attach,
  connect: Connect,
  host_key_reply: HostKeyReply,
  auth_reply: AuthReply,
  sign_reply: SignReply,
  agent_reply: AgentReply,
  allow_target: AllowTarget,
  list_unfit: ListUnfit,
  end_unfit: EndUnfit,
  replace_host_key: ReplaceHostKey,
  vault_unlocked: VaultUnlocked,
  exec: Exec,
  exec_cancel: ExecCancel,
  set_transport: SetTransport,
  resize: Resize,
  disconnect: Disconnect,
  detach: Detach,
  set_theme: SetTheme,
  update_layout: UpdateLayout,
  set_panel_visibility: SetPanelVisibility,
  put_device: PutDevice,
  remove_device: RemoveDevice,
} as const;

export type UpAction = keyof typeof UP;
export type Up<A extends UpAction = UpAction> = { [K in A]: v.InferOutput<(typeof UP)[K]> }[A];
