import type { Audit } from "../audit/audit.ts";
import type { LimitValues } from "../config/limits-schema.ts";
import type { DemoDevices } from "../demo-devices.ts";
import type { LinkTable } from "../links/link-table.ts";
import type { Log } from "../log.ts";
import type { KnownHosts } from "../ssh/known-hosts.ts";
import type { TargetPolicy } from "../target-policy.ts";
import type { KeyReplacements } from "./key-replacements.ts";
import type { Lookup } from "./resolve-target.ts";
import type { SessionTrail } from "./session-trail.ts";

/** What sessions share. */
export type SessionContext = {
  node: string;
  /** The rules in force; looked at anew for each connect [S38]. */
  policy: { readonly current: TargetPolicy };
  /** Ports that the proxy itself listens on [S35]. */
  ownPorts: () => readonly number[];
  /** The agent of the proxy's host, where it may be used at all [S60]. */
  agentSocket: string | undefined;
  /** Changed host keys that somebody may replace, or has [S48]. */
  replacements: KeyReplacements;
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
