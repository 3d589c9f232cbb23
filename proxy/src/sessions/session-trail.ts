/** What the audit log gets to know of sessions [S93]: facts only, never a byte of what they carry. */
import type { SessionState } from "#protocol/messages/session-entry.ts";
import { type Audit, hashedSid } from "../audit/audit.ts";
import type { AuditWho } from "../audit/audit-events.ts";
import type { Failure } from "../failure.ts";
import type { Link } from "../links/link-table.ts";
import { hostName } from "../policy/host-name.ts";
import type { Session } from "../session.ts";
import type { ConnectMessage } from "./connect-attempt.ts";

type Attempted = { user: string; clientId: string; link: Link | undefined; message: ConnectMessage };

export class SessionTrail {
  readonly #audit: Audit;

  constructor(audit: Audit) {
    this.#audit = audit;
  }

  opened(session: Session, { link, message }: Attempted): void {
    const { options, target } = message.payload;
    const { algorithms: set } = options;
    const jumps = target.via.flatMap(({ algorithms = "modern" }, at) =>
      algorithms === "modern" ? [] : [`${at}=${algorithms}`],
    );
    this.#audit.write({
      event: "session.opened",
      outcome: "ok",
      ...ownerOf(session, link),
      ...factsOf(session),
      legacy: set === "modern" ? undefined : set,
      legacy_via: jumps.length === 0 ? undefined : jumps.join(" "),
    });
  }

  refused({ user, clientId, link, message }: Attempted, { code, reason, hop }: Failure): void {
    this.#audit.write({
      event: "session.refused",
      outcome: "refused",
      reason: reason === undefined ? code : `${code}/${reason}`,
      user,
      client: clientId,
      addr: link?.address,
      session_id: message.session_id,
      target: targetOf(message.payload.target),
      hops: hop ?? message.payload.target.via.length,
    });
  }

  ended(session: Session): void {
    const { core } = session;
    const { endedWith } = core;
    const exit = endedWith?.error?.code ?? endedWith?.signal ?? endedWith?.code ?? "closed";
    this.#audit.write({
      event: "session.ended",
      outcome: "ok",
      ...ownerOf(session),
      ...factsOf(session),
      bytes_in: session.bytesIn,
      bytes_out: core.end,
      resumes: Math.max(0, core.epoch - 1),
      exit: String(exit),
    });
  }

  attached(session: Session, link: Link, state: SessionState): void {
    const gap_bytes = state.gap === undefined ? undefined : state.gap.to - state.gap.from;
    this.#move("session.attached", session, link, gap_bytes);
  }

  detached(session: Session, link: Link): void {
    this.#move("session.detached", session, link);
  }

  adopted(session: Session, link: Link): void {
    this.#move("session.adopted", session, link);
  }

  takenOver(session: Session, link: Link): void {
    this.#move("session.taken_over", session, link);
  }

  execStarted(session: Session, command: string): void {
    this.#audit.write({ event: "exec.started", outcome: "ok", ...ownerOf(session), ...execOf(session, command) });
  }

  /** `problem`: why it ended before its time. */
  execDone(
    session: Session,
    done: { command: string; ms: number; bytes: number; exit_code?: number | undefined; problem?: Failure | undefined },
  ): void {
    const { command, ms, bytes, exit_code, problem } = done;
    this.#audit.write({
      event: "exec.done",
      outcome: problem === undefined ? "ok" : "failed",
      reason:
        problem === undefined
          ? undefined
          : [problem.code, problem.reason].filter((part) => part !== undefined).join("/"),
      ...ownerOf(session),
      ...execOf(session, command),
      ms,
      bytes,
      exit_code,
    });
  }

  #move(
    event: "session.attached" | "session.detached" | "session.adopted" | "session.taken_over",
    session: Session,
    link: Link,
    gap_bytes?: number,
  ): void {
    const { sid, session_id, target } = session.identity;
    const { epoch } = session.core;
    const what = { sid: hashedSid(sid), session_id, target: targetOf(target), epoch, gap_bytes };
    this.#audit.write({ event, outcome: "ok", ...whoIs(link), ...what });
  }
}

function whoIs(link: Link): AuditWho {
  return { user: link.user, client: link.clientId, addr: link.address };
}

function ownerOf({ identity }: Session, link?: Link): AuditWho {
  return { user: identity.user, client: identity.clientId, addr: link?.address };
}

function targetOf({ host, port, user }: { host: string; port: number; user: string }): string {
  return `${user}@${hostName(host)}:${port}`;
}

/** Commands come from the list that is compiled into the app, or from what a person set up as a read-only check. */
function execOf({ identity }: Session, command: string) {
  return { sid: hashedSid(identity.sid), target: targetOf(identity.target), command };
}

function factsOf({ identity, connection }: Session) {
  const { kex, cipher_in, mac_in } = connection.algorithms;
  return {
    sid: hashedSid(identity.sid),
    session_id: identity.session_id,
    target: targetOf(identity.target),
    address: identity.address,
    hops: identity.target.via.length,
    host_key: connection.hostKey.sha256,
    algorithms: [kex, cipher_in, mac_in].filter((name) => name !== undefined && name !== "").join(" "),
    auth: connection.authMethod,
  };
}
