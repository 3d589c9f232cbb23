import type * as retry from "#machines/telemetry-retry.ts";
import type * as diff from "#telemetry/changes/diff.ts";
import type * as derive from "#telemetry/collector/derive.ts";
import type * as collector from "#telemetry/collector.ts";
import type * as plan from "#telemetry/plan/plan.ts";
import type * as planState from "#telemetry/plan/plan-state.ts";

/** What the scenarios drive: the shipped engine, or a copy of it with one fault built in. */
export type Engine = Pick<typeof collector, "createCollector"> &
  Pick<typeof derive, "Deriver"> &
  Pick<typeof diff, "PanelWatch"> &
  Pick<typeof plan, "plan"> &
  Pick<typeof planState, "newPlanState" | "newPlanned"> &
  Pick<typeof retry, "isNetworkFailure">;

/** What of web/src a copy needs. */
export const PARTS = ["telemetry", "machines/telemetry-retry.ts"] as const;

/** Loads the engine of the sources at `url`, a file URL of a web/src folder that ends in a slash. */
export async function loadEngine(url: string): Promise<Engine> {
  const at = (path: string): string => new URL(path, url).href;
  const [c, d, f, p, s, r] = await Promise.all([
    import(at("telemetry/collector.ts")) as Promise<typeof collector>,
    import(at("telemetry/collector/derive.ts")) as Promise<typeof derive>,
    import(at("telemetry/changes/diff.ts")) as Promise<typeof diff>,
    import(at("telemetry/plan/plan.ts")) as Promise<typeof plan>,
    import(at("telemetry/plan/plan-state.ts")) as Promise<typeof planState>,
    import(at("machines/telemetry-retry.ts")) as Promise<typeof retry>,
  ]);
  return {
    createCollector: c.createCollector,
    Deriver: d.Deriver,
    PanelWatch: f.PanelWatch,
    plan: p.plan,
    newPlanState: s.newPlanState,
    newPlanned: s.newPlanned,
    isNetworkFailure: r.isNetworkFailure,
  };
}
