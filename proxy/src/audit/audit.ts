/** What the rest of the proxy sees of the audit log [S93] [S94]. */
import { type Failure, failure } from "../failure.ts";
import { sha256 } from "../random.ts";
import type { AuditEntry } from "./audit-events.ts";

/** What was written, newest first; `next` is the `before` of the following page, absent at the end. */
export type AuditPage = { entries: readonly AuditLine[]; next?: number | undefined };
/** A stored line: `v, ts, seq, event, user, client, addr, outcome, reason` and the event's own fields. */
export type AuditLine = {
  v: 1;
  /** ISO 8601, UTC. */
  ts: string;
  /** Counts up over rotations and restarts: a hole is a loss. */
  seq: number;
  event: string;
  outcome: string;
} & Readonly<Record<string, string | number | boolean>>;

export type AuditQuery = {
  /** Whose events; `nobodys` adds those that belong to no user, for a proxy that has one user. */
  user: string;
  nobodys: boolean;
  /** Only lines with a smaller `seq`. */
  before?: number | undefined;
  /** Only events that begin with this, such as `session.`. */
  prefix?: string | undefined;
  limit: number;
};

export type Audit = {
  /** Adds a line. Never throws and never waits: a failure shows in `ready()` and `onState`. */
  write(entry: AuditEntry): void;
  /** Writes what is waiting and tells whether the log can be written now. */
  ready(): Promise<boolean>;
  /** Whether sessions may be opened only while the log can be written. */
  readonly required: boolean;
  /** Whether the last write failed. */
  readonly failing: boolean;
  /** Called when `failing` changes. */
  onState(listener: (failing: boolean) => void): void;
  page(query: AuditQuery): Promise<AuditPage>;
  close(): Promise<void>;
};

/** Why no session may be opened now, or undefined: only where audit is required and cannot be written [S94]. */
export function auditRefusal(audit: Audit): Failure | undefined {
  if (!audit.required || !audit.failing) return undefined;
  // Whoever tries again finds out whether it can be written by then.
  void audit.ready();
  return failure("limit", "audit");
}

/** How a session is named in the audit: enough to follow it, and worth nothing as an id. */
export function hashedSid(sid: string): string {
  return sha256(sid).slice(0, 16);
}

/** For parts that are used without a proxy around them: keeps nothing and refuses nothing. */
export function noAudit(): Audit {
  return {
    write: () => {},
    ready: () => Promise.resolve(true),
    required: false,
    failing: false,
    onState: () => {},
    page: () => Promise.resolve({ entries: [] }),
    close: () => Promise.resolve(),
  };
}
