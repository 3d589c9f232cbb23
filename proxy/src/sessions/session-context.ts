import type { Audit } from "../audit/audit.ts";
import type { LimitValues } from "../config/limits-schema.ts";
import type { DemoDevices } from "../demo-devices.ts";
import type { LinkTable } from "../links/link-table.ts";
import type { Log } from "../log.ts";
import type { KnownHosts } from "../ssh/known-hosts.ts";
import type { TargetPolicy } from "../target-policy.ts";
import type { Lookup } from "./resolve-target.ts";
import type { SessionTrail } from "./session-trail.ts";

/** What sessions share. */
export type SessionContext = {
  node: string;
  policy: TargetPolicy;
  knownHosts: KnownHosts;
  /** Whether unknown keys may be trusted on first use [S45]. */
  firstUse: boolean;
  demo: DemoDevices;
  links: LinkTable;
  limits: LimitValues;
  lookup: Lookup;
  audit: Audit;
  trail: SessionTrail;
  log: Log;
};
