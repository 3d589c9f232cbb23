/**
 * Most that all commands together take of wall clock, percent of any minute: while panels fill at first, as a rule, and
 * while the person's own typing suffers [T53].
 */
export const DUTY_CAP_PCT = { first_minute: 30, usual: 10, typing: 5 } as const;

/** One command as the load panel shows it. */
export type CollectorCommand = {
  command: string;
  tier: string;
  interval_ms?: number;
  last_ms?: number;
  cost_ms?: number;
  bytes?: number;
  ok: number;
  errors: number;
  timeouts: number;
  parser?: string;
  unparsed?: number;
  next_due?: number;
  state?: string;
};
/** The load guard at work [T61]: what telemetry costs the device and what holds it back. */
export type CollectorStats = {
  commands: CollectorCommand[];
  commands_per_min: number;
  duty_pct: number;
  duty_cap_pct: number;
  bytes_total: number;
  guard: "normal" | "throttled" | "paused" | "backing_off" | "suspended";
  guard_reason?: string;
  cpu_before_pct?: number;
  cpu_now_pct?: number;
  platform?: string;
  transport?: string;
};

/** One byte sequence written to the device, or one exec, with what became of it [T61]. */
export type AuditEntry = {
  seq: number;
  at: number;
  text: string;
  purpose: string;
  outcome?: string;
  ms?: number;
  bytes?: number;
  capture?: string;
};
