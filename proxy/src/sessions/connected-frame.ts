import { sessionFrame } from "#protocol/builders.ts";
import type { Down } from "#protocol/down.ts";
import type { SessionState } from "#protocol/messages/session-entry.ts";
import type { Session } from "../session.ts";
import type { ConnectMessage } from "./connect-attempt.ts";

/** The answer to a connect that came through: what the page needs to go on with the session. */
export function connectedFrame(message: ConnectMessage, session: Session, token: string, state: SessionState): Down {
  const { device, session_id, payload, id } = message;
  const { connection, core } = session;
  return sessionFrame(
    device,
    session_id,
    "connected",
    {
      sid: session.identity.sid,
      token,
      // attach() gives these for every state but `gone`, which a fresh wish never gets.
      chan: state.chan ?? 1,
      epoch: state.epoch ?? 0,
      grace_s: payload.grace_s,
      ring: core.options.ringBytes,
      out_window: payload.window,
      out_start: state.out_start ?? 0,
      in_next: state.in_next ?? 0,
      in_limit: state.in_limit ?? 0,
      transport: session.transport,
      cols: core.size.cols,
      rows: core.size.rows,
      server_ident: connection.ident,
      algorithms: connection.algorithms,
      host_key: connection.hostKey,
      auth_method: connection.authMethod,
      ...(connection.authKey === undefined ? {} : { auth_key: connection.authKey }),
      ...(connection.terrapin ? { warnings: ["terrapin" as const] } : {}),
      ...(session.viaKeys.length === 0 ? {} : { via_host_keys: [...session.viaKeys] }),
      simulated: payload.target.host.startsWith("demo:"),
    },
    { re: id },
  );
}
