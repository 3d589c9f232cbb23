/** One connect on its way to a session: policy, dial, host key, login, channel. Outlives its link for a while [WP7]. */
import { createHash } from "node:crypto";
import { errorFrame, sessionFrame } from "#protocol/builders.ts";
import type { Down } from "#protocol/down.ts";
import { CONNECT_ORPHAN_MS, TERMINAL_TAIL_BYTES } from "#protocol/limits.ts";
import type { Up } from "#protocol/up.ts";
import { type Failure, failed, failure, type Outcome, payloadOf, succeeded, visibleText } from "../failure.ts";
import type { Identity } from "../identity/identity.ts";
import type { Link } from "../links/link-table.ts";
import { random128, random256 } from "../random.ts";
import { Session } from "../session.ts";
import { coarsened } from "./coarse-time.ts";
import type { DialLimits } from "./dial-limits.ts";
import type { AttemptVoice, Step } from "./hop-login.ts";
import { openPath, type Path } from "./hop-path.ts";
import { Questions } from "./questions.ts";
import type { SessionContext } from "./session-context.ts";

/** Size of a session whose connect named none: the terminal everybody assumes. */
const DEFAULT_SIZE = { cols: 80, rows: 24 };
const DEFAULT_TERM = "xterm-256color";
const LABEL_MAX_CHARS = 128;
/** Six bytes a character at worst in JSON: stays below the 64 KiB of a control message. */
const BANNER_PIECE_CHARS = 8_192;

export type ConnectMessage = Up<"connect">;
type Result = { session: Session; token: string };

/** Hash of a session token, as it is kept [WP27]. */
export function tokenHash(token: string): Uint8Array {
  return createHash("sha256").update(token).digest();
}

export class ConnectAttempt {
  readonly user: string;
  readonly clientId: string;
  readonly message: ConnectMessage;
  readonly questions: Questions;
  session: Session | undefined;
  /** The session is there, and waits for its line in the audit log. */
  recording = false;
  failure: Failure | undefined;
  #link: Link | undefined;
  readonly #context: SessionContext;
  readonly #dials: DialLimits;
  readonly #abort = new AbortController();
  #orphan: NodeJS.Timeout | undefined;
  readonly #identity: Identity;

  constructor(context: SessionContext, link: Link, message: ConnectMessage, dials: DialLimits) {
    this.#context = context;
    this.#dials = dials;
    this.#link = link;
    this.user = link.user;
    this.clientId = link.clientId;
    this.#identity = link.identity;
    this.message = message;
    this.questions = new Questions((question) => this.tell(question));
  }

  get link(): Link | undefined {
    return this.#link;
  }

  get pending(): boolean {
    return this.session === undefined && this.failure === undefined;
  }

  /** A link of the same client repeated the request. */
  adopt(link: Link): void {
    clearTimeout(this.#orphan);
    this.#link = link;
    this.questions.repeat();
  }

  /** The link is gone; without another one in time the attempt is given up [WP7]. */
  orphan(link: Link): void {
    if (this.#link?.id !== link.id) return;
    this.#link = undefined;
    if (this.pending) this.#orphan = setTimeout(() => this.cancel(), CONNECT_ORPHAN_MS);
  }

  /** Its session is gone; a repeated request is told so. */
  outlived(): void {
    this.session = undefined;
    this.failure = failure("gone", "expired");
  }

  cancel(): void {
    this.#abort.abort();
    this.questions.drop();
  }

  tell(message: Down): void {
    this.#link?.send(message);
    this.#link?.pump();
  }

  tellFailure(problem: Failure): void {
    const { device, session_id, id } = this.message;
    this.tell(errorFrame({ device, session_id }, payloadOf(problem), { re: id }));
  }

  #progress(step: Step, hop: number | undefined, text?: string): void {
    const { device, session_id, id } = this.message;
    if (step === "banner" && text !== undefined && text.length > BANNER_PIECE_CHARS) {
      for (let at = 0; at < text.length; at += BANNER_PIECE_CHARS)
        this.#progress("banner", hop, text.slice(at, at + BANNER_PIECE_CHARS));
      return;
    }
    const payload = { step, ...(text === undefined ? {} : { text }), ...(hop === undefined ? {} : { hop }) };
    this.tell(sessionFrame(device, session_id, "progress", payload, { re: id }));
  }

  /** Runs to the end; the caller registers the session or tells the failure. */
  async run(): Promise<Outcome<Result>> {
    const outcome = await this.#run().catch((error: unknown): Outcome<Result> => {
      this.#context.log("error", "connect.failed", { error: error instanceof Error ? error.message : "unknown" });
      return failed("internal");
    });
    clearTimeout(this.#orphan);
    this.questions.drop();
    if (outcome.ok) this.session = outcome.value.session;
    else this.failure = outcome.failure;
    return outcome;
  }

  async #run(): Promise<Outcome<Result>> {
    const since = Date.now();
    const path = await openPath(this.#context, this.#voice(), this.#identity);
    if (!path.ok) {
      await coarsened(path.failure.code, Date.now() - since);
      return path;
    }
    this.#progress("channel", undefined);
    return this.#open(path.value);
  }

  #voice(): AttemptVoice {
    return {
      message: this.message,
      user: this.user,
      who: () => ({ user: this.user, client: this.clientId, addr: this.#link?.address }),
      questions: this.questions,
      signal: this.#abort.signal,
      dials: this.#dials,
      progress: (step, hop, text) => this.#progress(step, hop, text),
    };
  }

  async #open({ connection, checked, viaKeys }: Path): Promise<Outcome<Result>> {
    const { device, session_id, payload } = this.message;
    const terminal = session_id === "ssh1";
    const { ring_terminal_bytes, ring_telemetry_bytes } = this.#context.limits;
    const token = random256();
    const sid = `${this.#context.node}.${random128()}`;
    const session = new Session(
      {
        sid,
        user: this.user,
        clientId: this.clientId,
        tokenHash: tokenHash(token),
        device,
        session_id,
        label: visibleText(payload.label, LABEL_MAX_CHARS),
        target: payload.target,
        address: checked.at(-1)?.address,
        checked,
        since: Date.now(),
        former: [],
      },
      {
        sid,
        session_id,
        ringBytes: terminal ? ring_terminal_bytes : ring_telemetry_bytes,
        overflow: payload.options.overflow,
        ...(payload.pty ?? DEFAULT_SIZE),
        graceMs: payload.grace_s * 1_000,
        tailBytes: terminal ? TERMINAL_TAIL_BYTES : 0,
      },
      {
        connection,
        viaKeys,
        transport: payload.transport,
        term: payload.pty?.term ?? DEFAULT_TERM,
        links: this.#context.links,
        limits: this.#context.limits,
        trail: this.#context.trail,
        log: this.#context.log,
      },
    );
    const problem = await session.open();
    if (problem === undefined && !this.#abort.signal.aborted) return succeeded({ session, token });
    connection.end();
    return { ok: false, failure: problem ?? failure("auth_failed", "cancelled") };
  }
}
