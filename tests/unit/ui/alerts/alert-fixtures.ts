import type { AlertState, ChangeEvent } from "#bridge/types.ts";

/** A port that went down, with what a test changes of it. */
export const change = (more: Partial<ChangeEvent> = {}): ChangeEvent => ({
  id: `${String(more.at ?? 1_000).padStart(15, "0")}-0000`,
  at: 1_000,
  not_before: 500,
  panel: "ifstate",
  key: "Gi0/1",
  label: "Gi0/1",
  field: "oper",
  kind: "changed",
  from: "up",
  to: "down",
  severity: "crit",
  count: 1,
  captures: ["c1"],
  ...more,
});

export const alert = (more: Partial<AlertState> = {}): AlertState => ({
  id: "port.down/Gi0/1",
  rule: "port.down",
  title: "Port down that was up",
  panel: "ifstate",
  key: "Gi0/1",
  label: "Gi0/1",
  field: "oper",
  level: "crit",
  phase: "active",
  since: 1_000,
  at: 1_000,
  value: "down",
  ...more,
});
