import type { AnyActorRef, AnyMachineSnapshot, AnyStateMachine, EventObject } from "xstate";
import { getShortestPaths } from "xstate/graph";

type After = { _nodes: readonly { after: readonly { eventType: string }[] }[] };

/** One real actor on which a path is walked. */
export type Walk = {
  actor: AnyActorRef;
  /** Makes the event happen: sends it, lets time pass for a timer, or settles a promise. */
  perform(event: EventObject): void | Promise<void>;
  stop(): void;
};

export type PathPlan = {
  machine: AnyStateMachine;
  input?: unknown;
  /** Events that may happen in any state; timers of the state are added. */
  events: readonly EventObject[];
  /** What makes two snapshots the same place: keeps the graph finite. */
  place(snapshot: AnyMachineSnapshot): string;
  begin(): Walk;
  /** Looks at every state on the way. */
  visit(snapshot: AnyMachineSnapshot): void;
};

/** Name of the delay in a timer's event, as `setup({delays})` calls it. */
export function delayName(event: EventObject): string | undefined {
  return /^xstate\.after\.([^.]+)\./.exec(event.type)?.[1];
}

/**
 * Finds the shortest path to every place of the real machine and walks each on a real actor [A10]. The actor has to come
 * by where the graph says, step by step. Returns the number of places.
 */
export async function walkShortestPaths(plan: PathPlan): Promise<number> {
  const timers = (snapshot: AnyMachineSnapshot): EventObject[] =>
    (snapshot as unknown as After)._nodes.flatMap(({ after }) => after.map(({ eventType }) => ({ type: eventType })));
  const paths = getShortestPaths(plan.machine, {
    input: plan.input,
    events: (snapshot: AnyMachineSnapshot) => [...plan.events, ...timers(snapshot)],
    serializeState: (snapshot: AnyMachineSnapshot) => plan.place(snapshot),
    stopWhen: (snapshot: AnyMachineSnapshot) => snapshot.status === "done",
    limit: 20_000,
  } as never);
  for (const path of paths) {
    const walk = plan.begin();
    try {
      for (const { event, state } of path.steps) {
        if (event.type !== "xstate.init") await walk.perform(event);
        const here = walk.actor.getSnapshot() as AnyMachineSnapshot;
        const told = path.steps.map((step) => step.event.type).join(" > ");
        const expected = JSON.stringify((state as AnyMachineSnapshot).value);
        if (JSON.stringify(here.value) !== expected) {
          throw new Error(`after ${event.type}: ${JSON.stringify(here.value)}, the graph says ${expected} (${told})`);
        }
        plan.visit(here);
      }
    } finally {
      walk.stop();
    }
  }
  return paths.length;
}
