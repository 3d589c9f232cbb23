import type { DeviceRecord, ErrorPayload } from "#bridge/types.ts";

/** `set`: the smallest that would do; `record`: with it, for the host that needs it; `jumpHost`: its number, counted from 1. */
export type Allowance = { set: DeviceRecord["algorithms"]; record: DeviceRecord; jumpHost?: number };

/** What a person may allow after a negotiation failed: for a jump host its own set, never the device's [S39] [S61] [S64]. */
export function allowanceOf(record: DeviceRecord, error: ErrorPayload | undefined): Allowance | undefined {
  const set = error?.diagnosis?.fix;
  if (error === undefined || set === undefined) return undefined;
  const { target } = record;
  const at = error.hop ?? target.via.length;
  if (at >= target.via.length) return { set, record: { ...record, algorithms: set } };
  const via = target.via.map((hop, index) => (index === at ? { ...hop, algorithms: set } : hop));
  return { set, record: { ...record, target: { ...target, via } }, jumpHost: at + 1 };
}
