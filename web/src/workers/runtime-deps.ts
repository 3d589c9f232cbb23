import type { Down } from "#protocol/down.ts";
import type { ShellSessionId } from "#protocol/ids.ts";
import type { LoginChoice } from "#protocol/local-secrets.ts";
import type { HostEnv } from "./host-env.ts";
import type { LinkHub } from "./link-hub.ts";
import type { PendingEnds } from "./pending-ends.ts";
import type { SessionLocks } from "./session-locks.ts";
import type { ResumeRecord, ResumeRecords } from "./storage/resume-records.ts";

/** What a session in the worker is made with. */
export type RuntimeDeps = {
  env: HostEnv;
  hub: LinkHub;
  locks: SessionLocks;
  resume: ResumeRecords;
  ends: Pick<PendingEnds, "keep">;
  /** Gives the machines a message that the byte plane held back until its bytes were through. */
  message(message: Down): void;
  /** A person's "take over" did not reach the proxy, or its answer did not come back: the session is where it was. */
  notTaken(device: string, session_id: ShellSessionId, sid: string): void;
  /** The login that was chosen for this opening of the device alone; undefined where there is none. */
  loginOnce(device: string): LoginChoice | undefined;
  /** The vault is locked: nothing is typed [S70]. */
  isLocked(): boolean;
  gap(device: string, session_id: ShellSessionId, from: number, to: number): void;
};

/** What a resume record says beyond the session itself. */
export type ResumeFacts = Pick<
  ResumeRecord,
  | "record"
  | "cols"
  | "rows"
  | "host_key"
  | "simulated"
  | "transport"
  | "server_ident"
  | "via_host_keys"
  | "auth_key"
  | "auth_method"
>;
