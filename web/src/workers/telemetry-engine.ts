import type { createCollector, initialTransport } from "#telemetry/collector.ts";

/** Packs, parsers and all that reads devices. */
export type TelemetryEngine = {
  createCollector: typeof createCollector;
  initialTransport: typeof initialTransport;
};

let loading: Promise<TelemetryEngine> | null = null;

/**
 * The engine's code is a part of its own: the first screen and the first terminal do not wait for it. It is asked for as
 * soon as the worker runs; a load that failed is tried again by whoever needs it next.
 */
export function telemetryEngine(): Promise<TelemetryEngine> {
  loading ??= import("#telemetry/collector.ts").catch((error: unknown) => {
    loading = null;
    throw error;
  });
  return loading;
}
