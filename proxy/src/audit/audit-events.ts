/** What is audited, and which fields each event has: the closed table of the audit log [S93]. */

/** Who did it and from where; what is not known is left out. */
export type AuditWho = {
  user?: string | undefined;
  /** Id of the paired client. */
  client?: string | undefined;
  addr?: string | undefined;
};

export type AuditOutcome = "ok" | "refused" | "failed";

/** `key` is a fingerprint, `SHA256:...`; `by` is the client, or "console", that asked for it. */
type ClientFields = { label?: string | undefined; key?: string | undefined; by?: string | undefined };
type LinkFields = { origin?: string | undefined; close?: number | undefined; duration_s?: number | undefined };
/** `sid` is always `hashedSid()` of the session's id, `host_key` a fingerprint, `address` the one that was checked. */
type SessionFields = {
  sid?: string | undefined;
  session_id: string;
  target: string;
  address?: string | undefined;
  hops?: number | undefined;
  host_key?: string | undefined;
  algorithms?: string | undefined;
  legacy?: string | undefined;
  /** Jump hosts with older algorithms, such as `0=compatible`. */
  legacy_via?: string | undefined;
  auth?: string | undefined;
  bytes_in?: number | undefined;
  bytes_out?: number | undefined;
  resumes?: number | undefined;
  exit?: string | undefined;
};
type AttachFields = {
  sid: string;
  session_id: string;
  target: string;
  epoch?: number | undefined;
  gap_bytes?: number | undefined;
};
type ExecFields = {
  sid: string;
  target: string;
  command: string;
  ms?: number | undefined;
  bytes?: number | undefined;
  exit_code?: number | undefined;
};
/** `old` and `new` are fingerprints; `store` says whose pin it is. */
type HostKeyFields = {
  target: string;
  old?: string | undefined;
  new?: string | undefined;
  store?: "browser" | "proxy" | "both" | undefined;
};
/** `key` is the fingerprint of the signing key, `check` the check that failed. */
type SignFields = { target: string; key?: string | undefined; check?: string | undefined };
/** `kind` is one of a closed list; how many more there were stands in `suppressed`. */
type ChannelFields = { target: string; kind: string };
type DeniedFields = {
  target: string;
  class?: string | undefined;
  rule?: number | undefined;
};
/** Short hashes of the whole policy or configuration; `detail` names what changed, never a secret. */
type ChangedFields = { before: string; after: string; rule?: number | undefined; detail?: string | undefined };

export type AuditFields = {
  "pair.created": ClientFields;
  "pair.used": ClientFields;
  "pair.refused": ClientFields;
  "client.revoked": ClientFields;
  "client.renamed": ClientFields;
  "user.disabled": ClientFields;
  "user.enabled": ClientFields;
  "link.accepted": LinkFields;
  "link.refused": LinkFields;
  "link.closed": LinkFields;
  "session.opened": SessionFields;
  "session.refused": SessionFields;
  "session.ended": SessionFields;
  "session.attached": AttachFields;
  "session.detached": AttachFields;
  "session.adopted": AttachFields;
  "session.taken_over": AttachFields;
  "exec.started": ExecFields;
  "exec.done": ExecFields;
  "hostkey.first_use": HostKeyFields;
  "hostkey.replaced": HostKeyFields;
  "hostkey.mismatch": HostKeyFields;
  /** A further key that the host announced and proved. */
  "hostkey.added": HostKeyFields;
  /** A channel that the device opened by itself. */
  "channel.refused": ChannelFields;
  "sign.granted": SignFields;
  "sign.refused": SignFields;
  "policy.denied": DeniedFields;
  "policy.changed": ChangedFields;
  "config.changed": ChangedFields;
  /** Lines that could not be written; the first thing in the file once it can be written again. */
  "audit.lost": { lines: number };
  /** Lines were too many, and none of the same kind came after them: as many of the event `of` as stand in `suppressed`. */
  "audit.damped": { of: string; suppressed: number };
};
export type AuditEvent = keyof AuditFields;

/** One event, before the writer adds `v`, `ts` and `seq`. */
export type AuditEntry = {
  [E in AuditEvent]: AuditWho & {
    event: E;
    outcome: AuditOutcome;
    /** A code, or `code/reason`. */
    reason?: string | undefined;
    /** What was not written of this event since its line before, because this client or address had too much of it. */
    suppressed?: number | undefined;
  } & AuditFields[E];
}[AuditEvent];
