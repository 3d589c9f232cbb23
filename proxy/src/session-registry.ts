/** All sessions and connects of this process: who owns them, who may attach, when they go [S12] [WP24] to [WP28] [WP35]. */
import { CLOSE } from "#protocol/close-codes.ts";
import type { Down } from "#protocol/down.ts";
import type { SessionRequest, SessionState } from "#protocol/messages/session-entry.ts";
import { auditRefusal } from "./audit/audit.ts";
import { type LimitValues, sessionsTotal } from "./config/limits-schema.ts";
import { type Failure, failure } from "./failure.ts";
import type { Link } from "./links/link-table.ts";
import type { LogFields } from "./log.ts";
import { hostName } from "./policy/host-name.ts";
import { random256 } from "./random.ts";
import { RateLimit } from "./rate-limit.ts";
import type { AttachWish, Session } from "./session.ts";
import { ConnectAttempt, type ConnectMessage, tokenHash } from "./sessions/connect-attempt.ts";
import { ConnectLedger } from "./sessions/connect-ledger.ts";
import { connectedFrame } from "./sessions/connected-frame.ts";
import { DialLimits } from "./sessions/dial-limits.ts";
import { accessOf, claimOutcome } from "./sessions/session-claims.ts";
import type { SessionContext } from "./sessions/session-context.ts";
import { byUser, expiry, held, holderOf, isOwn, soonest } from "./sessions/session-figures.ts";
import type { SessionTrail } from "./sessions/session-trail.ts";

/** How often grace and budgets are looked at. */
const SWEEP_MS = 1_000;
/** Failed tokens a minute of one client, whatever its address [WP27]. */
const TOKEN_FAILURES_PER_MIN = 10;
/** All tabs of a client may ask for all its sessions after a restart, and none of them is there: that is no attack. */
const tokenFailureBurst = (limits: LimitValues) =>
  limits.links_per_client * limits.sessions_per_user + TOKEN_FAILURES_PER_MIN;

/** Clients that are told "in use" after an adoption; earlier ones are told that the session is gone. */
const FORMER_MAX = 8;

type SessionsPayload = Extract<Down, { action: "sessions" }>["payload"];

export class SessionRegistry {
  readonly #context: SessionContext;
  readonly #sessions = new Map<string, Session>();
  readonly #attempts = new ConnectLedger();
  readonly #trail: SessionTrail;
  readonly #dialLimits: DialLimits;
  readonly #tokenFailures: RateLimit;
  readonly #sweeper: NodeJS.Timeout;
  #draining = false;

  constructor(context: SessionContext) {
    this.#context = context;
    this.#trail = context.trail;
    this.#dialLimits = new DialLimits(context.limits);
    this.#tokenFailures = new RateLimit(TOKEN_FAILURES_PER_MIN, tokenFailureBurst(context.limits));
    this.#sweeper = setInterval(() => this.#sweep(), SWEEP_MS);
  }

  get all(): readonly Session[] {
    return [...this.#sessions.values()];
  }

  get size(): number {
    return this.#sessions.size;
  }

  /** Sessions whose device side is not over: what a drain waits for [WP36]. */
  get live(): number {
    return [...this.#sessions.values()].filter(({ core }) => core.endedWith === null).length;
  }

  /** Runs a connect once per id [WP7]; a repeated one goes on, or is answered as before. */
  async connect(link: Link, message: ConnectMessage & { id: string }): Promise<void> {
    const known = this.#attempts.get(link.user, link.clientId, message.id);
    if (known !== undefined) {
      this.#repeat(known, link);
      return;
    }
    const attempt = new ConnectAttempt(this.#context, link, message, this.#dialLimits);
    const { audit } = this.#context;
    const refusal = auditRefusal(audit) ?? this.#refusal(attempt);
    if (refusal !== undefined) {
      this.#trail.refused(attempt, refusal);
      attempt.tellFailure(refusal);
      return;
    }
    this.#attempts.add(attempt, message.id);
    this.#dialLimits.started(attempt.user);
    const outcome = await attempt.run();
    this.#dialLimits.finished(attempt.user);
    if (!outcome.ok) {
      this.#failed(attempt, outcome.failure);
      return;
    }
    const { session, token } = outcome.value;
    this.#sessions.set(session.identity.sid, session);
    this.#log("session.opened", session);
    this.#trail.opened(session, attempt);
    if (audit.required) {
      attempt.recording = true;
      const recorded = await audit.ready();
      attempt.recording = false;
      if (!recorded) {
        this.#drop(session);
        attempt.tellFailure(failure("limit", "audit"));
        return;
      }
    }
    if (attempt.link !== undefined) this.#announce(attempt, session, token, attempt.link);
    session.begin();
  }

  #refusal(attempt: ConnectAttempt): Failure | undefined {
    const { limits } = this.#context;
    if (this.#draining) return failure("overloaded", "draining", "the proxy is shutting down");
    const mine = [...this.#sessions.values()].filter(({ identity }) => identity.user === attempt.user);
    const live = mine.filter(({ core }) => core.endedWith === null);
    if (live.length + this.#attempts.pendingOf(attempt.user) >= limits.sessions_per_user) {
      const problem = failure("limit", "sessions", `at most ${limits.sessions_per_user} sessions`);
      return { ...problem, retry_after_s: soonest(live) };
    }
    const all = [...this.#sessions.values()];
    const here = all.filter(({ core }) => core.endedWith === null).length + this.#attempts.pending;
    if (here >= sessionsTotal(limits)) return { ...failure("overloaded", "sessions"), retry_after_s: soonest(all) };
    this.#makeRoom(mine.filter(({ core }) => core.endedWith !== null));
    if (held(mine) >= limits.bytes_held_per_user) return failure("limit", "memory");
    if (held(all) >= limits.bytes_held_total) return failure("overloaded", "memory");
    return this.#dialLimits.refusal(attempt.user);
  }

  /** Ended sessions do not count against the live ones; beyond as many again the oldest goes before its time [WP35]. */
  #makeRoom(ended: readonly Session[]): void {
    const [oldest] = ended;
    if (oldest !== undefined && ended.length >= this.#context.limits.sessions_per_user) this.#drop(oldest);
  }

  #failed(attempt: ConnectAttempt, problem: Failure): void {
    const { host, port } = attempt.message.payload.target;
    this.#context.log("info", "session.refused", {
      target: `${hostName(host)}:${port}`,
      code: problem.code,
      reason: problem.reason,
    });
    this.#trail.refused(attempt, problem);
    attempt.tellFailure(problem);
  }

  #repeat(attempt: ConnectAttempt, link: Link): void {
    attempt.adopt(link);
    const { session } = attempt;
    // Answered once it is on record, on the link that asked last: one token, and none before its time [S94].
    if (attempt.recording) return;
    if (attempt.failure !== undefined) attempt.tellFailure(attempt.failure);
    else if (session !== undefined && !isOwn(session, link)) attempt.tellFailure(failure("busy"));
    else if (session !== undefined) {
      // The page never had the first token, or it would attach: a new one replaces it.
      const token = random256();
      session.identity = { ...session.identity, tokenHash: tokenHash(token) };
      this.#announce(attempt, session, token, link);
    }
  }

  /** Attaches and sends `connected`. */
  #announce(attempt: ConnectAttempt, session: Session, token: string, link: Link): void {
    const { device, payload } = attempt.message;
    const { core } = session;
    // A repeated connect comes after an attachment whose news was lost: it takes the position as it is [WP26].
    const in_pos = core.epoch === 0 ? 0 : null;
    const wish = { device, out_pos: 0, in_pos, limit: payload.window, known_epoch: 0, durable: payload.durable };
    this.#attachTo(session, link, wish, (state) => connectedFrame(attempt.message, session, token, state));
  }

  /**
   * One session per name on a link: what its page says by that name is for the one that it was given last, so the one
   * before (over, or given up by a page that asked for another) is detached before the new one is told.
   */
  #attachTo(
    session: Session,
    link: Link,
    wish: AttachWish,
    message: (state: SessionState) => Down | undefined,
  ): SessionState {
    return session.attach(link, wish, (state) => {
      if (state.status !== "gone") this.#displace(link, wish.device, session);
      return message(state);
    });
  }

  #displace(link: Link, device: string, successor: Session): void {
    const before = this.#named(link, device, successor.identity.session_id).filter((one) => one !== successor);
    for (const session of before) {
      this.#trail.detached(session, link);
      session.detach(link);
    }
  }

  /** One session of a hello or attach: access, takeover, then fencing and the new state [section 8] [WP28]. */
  async attach(
    link: Link,
    request: SessionRequest,
    force: boolean,
    message: (state: SessionState) => Down | undefined,
  ): Promise<SessionState> {
    const session = this.#sessions.get(request.sid);
    const claim = { link, request, force };
    const access = accessOf(session, claim);
    // Not a guess: the client had the session until another one adopted it.
    if (session !== undefined && access === "displaced") {
      return { sid: request.sid, status: "busy", ...holderOf(session) };
    }
    if (session === undefined || access === "refuse") {
      if (this.#tokenFailures.take(link.clientId) > 0) link.close(CLOSE.overloaded, "token_failures");
      return { sid: request.sid, status: "gone", reason: "expired" };
    }
    const verdict = await claimOutcome(this.#context.links, session, claim);
    // Not answered: the page asks on its newer link, and nothing may be told on this one that looks like an answer.
    if (verdict === "superseded") link.close(CLOSE.superseded, "newer_link");
    // The session may have ended, or the client have been revoked, while the holder was asked.
    if (!this.#sessions.has(request.sid) || link.closed) return { sid: request.sid, status: "gone", reason: "expired" };
    if (verdict === "busy") {
      return { sid: request.sid, status: "busy", ...holderOf(session) };
    }
    const { holder } = session.core;
    const extra = access === "adopt" ? this.#adopt(session, link) : {};
    if (access !== "adopt" && holder !== null && holder.instance !== link.instanceId)
      this.#trail.takenOver(session, link);
    const full = (state: SessionState): SessionState => ({
      ...state,
      ...extra,
      // The clock of an attached session stands still until it ends.
      ...(state.status === "ended" ? expiry(session) : {}),
    });
    const state = full(this.#attachTo(session, link, request, (answer) => message(full(answer))));
    if (state.status !== "gone") this.#trail.attached(session, link, state);
    return state;
  }

  /** Another client of the user has the session from now on, with a token of its own; the one before is worth nothing. */
  #adopt(session: Session, link: Link): Pick<SessionState, "token" | "about"> {
    const { identity, connection, core } = session;
    const token = random256();
    const former = [...identity.former, { client: identity.clientId, tokenHash: identity.tokenHash }].slice(
      -FORMER_MAX,
    );
    session.identity = { ...identity, clientId: link.clientId, tokenHash: tokenHash(token), former };
    this.#trail.adopted(session, link);
    this.#log("session.adopted", session, { by: link.label, from: core.holder?.label });
    const about = {
      transport: session.transport,
      host_key: connection.hostKey,
      server_ident: connection.ident,
      algorithms: connection.algorithms,
      auth_method: connection.authMethod,
      simulated: identity.target.host.startsWith("demo:"),
      grace_s: Math.round(core.options.graceMs / 1_000),
      ...(session.viaKeys.length === 0 ? {} : { via_host_keys: [...session.viaKeys] }),
    };
    return { token, about };
  }

  /** The session that this link has under the device's logical name: one at most, see #attachTo. */
  at(link: Link, device: string, session_id: string): Session | undefined {
    return this.#named(link, device, session_id).at(-1);
  }

  #named(link: Link, device: string, session_id: string): Session[] {
    return [...this.#sessions.values()].filter(
      ({ identity, core }) =>
        core.holder?.link === link.id && identity.device === device && identity.session_id === session_id,
    );
  }

  /** The connect that is on its way for that name on this link. */
  connectingAt(link: Link, device: string, session_id: string): ConnectAttempt | undefined {
    return this.#attempts.pendingAt(link, device, session_id);
  }

  /** The sessions of the link's user, as its client is told of them [S12]. */
  list(link: Pick<Link, "user" | "clientId">): SessionsPayload {
    const mine = [...this.#sessions.values()].filter(({ identity }) => identity.user === link.user);
    const sessions = mine.map((session) => {
      const { sid, device, label, session_id, target, since } = session.identity;
      const { core } = session;
      const status =
        core.endedWith !== null
          ? ("ended" as const)
          : core.holder === null
            ? ("detached" as const)
            : ("attached" as const);
      return {
        sid,
        device,
        label,
        session_id,
        target,
        status,
        ...holderOf(session, link.clientId),
        since,
        ...expiry(session),
      };
    });
    return { sessions };
  }

  /** The link is gone: its sessions start their grace, its connects wait for another link of the client. */
  linkGone(link: Link): void {
    for (const session of this.#sessions.values()) {
      if (session.core.holder?.link === link.id) this.#trail.detached(session, link);
      session.detach(link);
    }
    this.#attempts.orphan(link);
  }

  /**
   * The client was revoked: what it was setting up ends, and its tokens are worth nothing. Its sessions stay for their
   * owner until grace ends, or end with it [S11].
   */
  clientGone(clientId: string, user: string, endSessions: boolean): void {
    this.#attempts.cancel(user, clientId);
    for (const session of this.#sessions.values()) {
      if (session.identity.user !== user || session.identity.clientId !== clientId) continue;
      if (endSessions) this.#drop(session);
      // Nobody has this token: only another client of the user can adopt the session from now on [S12].
      else session.identity = { ...session.identity, clientId: "", tokenHash: tokenHash(random256()) };
    }
  }

  /** Ends a session at its user's wish and forgets it. */
  async disconnect(session: Session, re: string | undefined): Promise<void> {
    await session.disconnect(re);
    this.#drop(session);
  }

  #drop(session: Session): void {
    this.#sessions.delete(session.identity.sid);
    this.#attempts.dropped(session);
    session.destroy();
    this.#log("session.ended", session);
    this.#trail.ended(session);
  }

  #sweep(): void {
    const now = Date.now();
    for (const session of this.#sessions.values()) {
      const at = session.core.expiresAt();
      if (at !== null && at <= now) this.#drop(session);
    }
    this.#attempts.sweep(now);
    this.#checkBudgets();
  }

  /** A spent budget pauses devices; nothing that is held is ever discarded [S25]. */
  #checkBudgets(): void {
    const { bytes_held_per_user, bytes_held_total } = this.#context.limits;
    const all = [...this.#sessions.values()];
    const total = held(all) >= bytes_held_total;
    for (const [, mine] of byUser(all)) {
      const over = total || held(mine) >= bytes_held_per_user;
      for (const session of mine) session.run(session.core.setOverBudget(over));
    }
  }

  #log(event: string, { identity, connection, core }: Session, more: LogFields = {}): void {
    const { host, port } = identity.target;
    this.#context.log("info", event, {
      ...more,
      session_id: identity.session_id,
      target: `${host}:${port}`,
      host_key: connection.hostKey.sha256,
      auth: connection.authMethod,
      kex: connection.algorithms.kex,
      cipher: connection.algorithms.cipher_in,
      terrapin: connection.terrapin || undefined,
      bytes_out: core.end,
    });
  }

  /** No new connects from now on. */
  drain(): void {
    this.#draining = true;
  }

  close(): void {
    clearInterval(this.#sweeper);
    this.#draining = true;
    this.#attempts.cancelAll();
    for (const session of this.#sessions.values()) this.#drop(session);
  }
}
